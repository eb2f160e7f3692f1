"""Makes tests/fixtures/number_types/tf_model.h5: one dataset for each way in which HDF5 can store floats."""

import h5py
import numpy as np

import json_files

VALUES = np.array([[1.0, -2.0], [65504.0, 2.0**-24], [0.0, -0.0]])
DATASETS = {
    "half:0": {"dtype": "<f2"},
    "half_big_endian:0": {"dtype": ">f2"},
    "single_big_endian:0": {"dtype": ">f4"},
    "double_big_endian:0": {"dtype": ">f8"},
    "half_compressed:0": {"dtype": "<f2", "chunks": (1, 2), "compression": "gzip", "shuffle": True},
}


def main() -> None:
    """Writes the file in the layout of one shard."""
    folder = json_files.FIXTURES / "number_types"
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / "tf_model.h5", "w") as file:
        for name, options in DATASETS.items():
            file.create_dataset(name, data=VALUES, **options)
        file.attrs["layer_names"] = list(DATASETS)


if __name__ == "__main__":
    main()
