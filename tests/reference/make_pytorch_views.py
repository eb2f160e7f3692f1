"""Makes tests/fixtures/pytorch_views: files of torch.save with every kind of view and type of number.

`expected.json` holds what PyTorch has for each tensor. `views.bin` is the zip archive, `protocol_5.bin` the same with
the newest opcodes, `deflated.bin` packed anew, `big_endian.bin` as a big-endian machine writes it, and `legacy.bin` the
layout before it.
"""

import os
import zipfile
from collections import OrderedDict
from pathlib import Path

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import torch

import json_files

FOLDER = json_files.FIXTURES / "pytorch_views"

NUMBERS = [1.0, -2.0, 0.5, 96.0]
INTEGERS = [0, 1, 100, -128]
TYPES = {
    "float64": NUMBERS,
    "float32": NUMBERS,
    "float16": NUMBERS,
    "bfloat16": NUMBERS,
    "float8_e4m3fn": NUMBERS,
    "float8_e5m2": NUMBERS,
    "int64": [*INTEGERS, 2**40],
    "int32": [*INTEGERS, 2**20],
    "int16": [*INTEGERS, 2**14],
    "int8": INTEGERS,
    "uint64": [0, 1, 100, 2**62],
    "uint32": [0, 1, 100, 2**31],
    "uint16": [0, 1, 100, 2**15],
    "uint8": [0, 1, 100, 200],
    "bool": [True, False, True],
}
# The layout before the archive has no storages for the others.
LEGACY_TYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


def views() -> dict[str, torch.Tensor]:
    """Returns tensors that look into few storages in every way."""
    table = torch.arange(24, dtype=torch.float32).reshape(6, 4) / 8
    cube = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) - 12
    return {
        "table": table,
        "tied": table,
        "transposed": table.t(),
        "middle_rows": table[2:5],
        "every_other_row": table[::2],
        "columns": table[:, 1:3],
        "last_column": table[:, 3],
        "one_row": table[4],
        "one_number": table[3, 2],
        "diagonal": table[:4].diagonal(),
        "repeated_row": table[1].expand(3, 4),
        "repeated_number": table[2, 3].expand(2, 2),
        "windows": torch.as_strided(table, (4, 3), (2, 1), 5),
        "cube": cube,
        "permuted": cube.permute(2, 0, 1),
        "inner": cube[:, 1:, ::3],
        "one_in_the_middle": cube[:, :1].transpose(0, 2),
        "empty": torch.empty(0, 5),
        "empty_view": table[6:],
        "scalar": torch.tensor(2.5),
        "parameter": torch.nn.Parameter(table[:2] * 2),
    }


def typed(types: tuple[str, ...]) -> dict[str, torch.Tensor]:
    """Returns a tensor of each type."""
    return {f"of_type.{name}": torch.tensor(TYPES[name]).to(getattr(torch, name)) for name in types}


def state(types: tuple[str, ...]) -> OrderedDict[str, torch.Tensor]:
    """Returns all tensors."""
    return OrderedDict({**views(), **typed(types)})


def wrap(tensors: OrderedDict[str, torch.Tensor]) -> dict:
    """Returns what a training loop saves: the tensors in nested dictionaries, among other things."""
    nested = OrderedDict((name, value) for name, value in tensors.items() if "." not in name)
    nested["of_type"] = {name.split(".")[1]: value for name, value in tensors.items() if "." in name}
    return {
        "epoch": 3,
        "state_dict": nested,
        "metrics": {"loss": 0.25, "best": torch.tensor(0.5), "steps": [1, 2**40, -(2**70)], "done": False},
        "kept": {"bytes": b"\x00\xff", "set": {1}, "shape": torch.Size([2]), "device": torch.device("cpu"),
                 "dtype": torch.float16, "nothing": None},
    }


def rewrite(source: Path, target: Path, compression: int, swap: dict[str, int] | None = None) -> None:
    """Copies an archive; `swap` turns it big-endian, given the size of the numbers of each storage."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            data = old.read(name)
            key = name.split("/data/")[-1]
            if swap is not None and name.endswith("/byteorder"):
                data = b"big"
            elif swap is not None and "/data/" in name:
                size = swap[key]
                data = b"".join(data[at : at + size][::-1] for at in range(0, len(data), size))
            new.writestr(zipfile.ZipInfo(name), data, compression)


def sizes_of_storages(tensors: OrderedDict[str, torch.Tensor]) -> dict[str, int]:
    """Returns the size of the numbers of each storage by its key: the order in which PyTorch meets them."""
    sizes: dict[int, int] = {}
    for tensor in tensors.values():
        sizes.setdefault(tensor.untyped_storage()._cdata, tensor.element_size())
    return {str(key): size for key, size in enumerate(sizes.values())}


def expected(tensors: OrderedDict[str, torch.Tensor]) -> dict:
    """Returns type, shape and numbers of each tensor."""
    return {
        name: {
            "dtype": str(value.dtype).removeprefix("torch."),
            "shape": list(value.shape),
            "values": value.detach().double().flatten().tolist(),
        }
        for name, value in tensors.items()
    }


def main() -> None:
    """Writes the files and the numbers."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    tensors = state(tuple(TYPES))
    torch.save(wrap(tensors), FOLDER / "views.bin")
    torch.save(wrap(tensors), FOLDER / "protocol_5.bin", pickle_protocol=5)
    rewrite(FOLDER / "views.bin", FOLDER / "deflated.bin", zipfile.ZIP_DEFLATED)
    torch.save(tensors, FOLDER / "big_endian.bin")
    rewrite(FOLDER / "big_endian.bin", FOLDER / "swapped.bin", zipfile.ZIP_STORED, sizes_of_storages(tensors))
    (FOLDER / "swapped.bin").replace(FOLDER / "big_endian.bin")
    legacy = state(LEGACY_TYPES)
    torch.save(wrap(legacy), FOLDER / "legacy.bin", _use_new_zipfile_serialization=False)
    json_files.write(FOLDER / "expected.json", expected(tensors))


if __name__ == "__main__":
    main()
