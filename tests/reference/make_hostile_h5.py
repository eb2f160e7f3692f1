"""Makes tests/fixtures/hostile/*.h5: HDF5 files that lie about where, how large or of which type their numbers are.

Each is laid out as Keras does, with one weight of shape [3, 4] in the layer `d`. Most have a flaw; those called `good_…`
are unusual and right, and hold the numbers 0 to 11.
"""

from collections.abc import Callable

import h5py
import numpy as np
from h5py import h5d, h5p, h5s, h5t

import json_files

FOLDER = json_files.FIXTURES / "hostile"
SHAPE = (3, 4)
VALUES = np.arange(12, dtype="<f4").reshape(SHAPE)
WEIGHT = "w:0"

Fill = Callable[[h5py.Group], object]


def write(name: str, fill: Fill, weight: str = WEIGHT, **options: object) -> None:
    """Writes one file; `fill` puts the weight into the layer's group."""
    with h5py.File(FOLDER / f"{name}.h5", "w", **options) as file:
        file.attrs["layer_names"] = np.array(["d"], dtype="S")
        group = file.create_group("d")
        group.attrs["weight_names"] = np.array([weight], dtype="S")
        fill(group)


def create(shape: tuple[int, ...] = SHAPE, dtype: h5t.TypeID = h5t.IEEE_F32LE, **properties: object) -> Fill:
    """Makes a dataset by HDF5's own functions, without numbers; `properties` are arguments of `set_…` in h5py.h5p."""

    def fill(group: h5py.Group) -> h5d.DatasetID:
        plist = h5p.create(h5p.DATASET_CREATE)
        plist.set_obj_track_times(False)
        for key, value in properties.items():
            getattr(plist, f"set_{key}")(*value)
        return h5d.create(group.id, WEIGHT.encode(), dtype, h5s.create_simple(shape), plist)

    return fill


def filled(values: np.ndarray = VALUES, dtype: h5t.TypeID = h5t.IEEE_F32LE, **properties: object) -> Fill:
    """As `create`, with numbers."""
    return lambda group: create(values.shape, dtype, **properties)(group).write(h5s.ALL, h5s.ALL, values)


def set_plain(group: h5py.Group) -> None:
    """The weight as Keras writes it."""
    group[WEIGHT] = VALUES


def floats(size: int, exponent: int, fraction: int, bias: int) -> h5t.TypeID:
    """A floating-point type of a file's own."""
    dtype = h5t.IEEE_F64LE.copy()
    dtype.set_fields(exponent + fraction, fraction, exponent, 0, fraction)
    dtype.set_ebias(bias)
    dtype.set_precision(1 + exponent + fraction)
    dtype.set_size(size)
    return dtype


def half_written(group: h5py.Group) -> None:
    """The first of two chunks."""
    dataset = group.create_dataset(WEIGHT, shape=SHAPE, dtype="<f4", chunks=(2, 4), fillvalue=7)
    dataset[:2] = VALUES[:2]


def twice_compressed(group: h5py.Group) -> None:
    """Compressed, and the result once more."""
    plist = h5p.create(h5p.DATASET_CREATE)
    plist.set_obj_track_times(False)
    plist.set_chunk(SHAPE)
    plist.set_deflate(9)
    plist.set_deflate(9)
    space = h5s.create_simple(SHAPE)
    h5d.create(group.id, WEIGHT.encode(), h5t.IEEE_F32LE, space, plist).write(h5s.ALL, h5s.ALL, VALUES)


def committed(group: h5py.Group) -> None:
    """A number type that stands elsewhere in the file."""
    group["type"] = np.dtype("<f4")
    group.create_dataset(WEIGHT, data=VALUES, dtype=group["type"])


def bits(group: h5py.Group) -> None:
    """Bits that stand for no numbers."""
    create(dtype=h5t.STD_B32LE)(group).write(h5s.ALL, h5s.ALL, VALUES.view("<u4"), h5t.STD_B32LE)


def virtual(group: h5py.Group) -> None:
    """The numbers of another file."""
    layout = h5py.VirtualLayout(shape=SHAPE, dtype="<f4")
    layout[:] = h5py.VirtualSource("good_plain.h5", f"d/{WEIGHT}", shape=SHAPE)
    group.create_virtual_dataset(WEIGHT, layout)


def cyclic(group: h5py.Group) -> None:
    """A group that holds itself."""
    set_plain(group)
    group["self"] = group


def soft_circle(group: h5py.Group) -> None:
    """Two links, each to the other."""
    group[WEIGHT] = h5py.SoftLink("/d/other")
    group["other"] = h5py.SoftLink(f"/d/{WEIGHT}")


def main() -> None:
    """Writes all files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    write("good_plain", set_plain)
    write("good_behind_a_block_of_another_program", set_plain, userblock_size=512)
    write("good_in_a_newer_version", set_plain, libver="latest")
    write("good_in_the_header", filled(layout=(h5d.COMPACT,)))
    write("good_in_compressed_chunks", filled(chunk=((2, 3),), shuffle=(), deflate=(9,), fletcher32=()))
    write("good_with_a_fill_value", filled(fill_value=(np.array(7, "<f4"),)))
    write("good_bfloat16", filled(dtype=floats(2, 8, 7, 127)))
    write("good_in_itself", cyclic, weight="self/self/w:0")

    write("never_written", create())
    write("half_written", half_written)
    write("huge", create((1 << 40, 1 << 12)))
    write("huge_and_chunked", create((1 << 40, 1 << 12), chunk=((1 << 10, 1 << 10),), deflate=(9,)))
    write("huge_chunk", create((1 << 14, 1 << 14), chunk=((1 << 14, 1 << 14),), deflate=(9,)))
    write("other_file", create(external=(b"good_plain.h5", 0, 48)))
    write("other_file_that_is_missing", create(external=(b"/nowhere", 0, 48)))
    write("virtual", virtual)
    write("compressed_twice", twice_compressed)
    write("other_compression", lambda group: group.create_dataset(WEIGHT, data=VALUES, compression="lzf"))
    write("newer_chunks", filled(chunk=((2, 3),)), libver="latest")
    write("committed_type", committed)
    write("float_of_3_bytes", filled(dtype=floats(3, 8, 15, 127)))
    write("float_of_other_bits", filled(dtype=floats(4, 9, 22, 255)))
    write("compound", lambda group: group.create_dataset(WEIGHT, data=np.zeros(SHAPE, [("a", "<f4")])))
    write("bits", bits)
    write("circle_of_links", soft_circle)
    write("endless_path", cyclic, weight="self/" * 100 + WEIGHT)
    for name, weight in {"above": "../w:0", "absolute": "/etc/passwd", "empty": ""}.items():
        write(f"{name}_name", set_plain, weight=weight)


if __name__ == "__main__":
    main()
