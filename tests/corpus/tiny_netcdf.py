"""Writes classic netCDF: no library at hand writes just what its makers leave out."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct, field

_KINDS = {"i1": 1, "S1": 2, "i2": 3, "i4": 4, "f4": 5, "f8": 6}
type Value = str | float | int | np.generic


class Variable(Struct, frozen=True):
    """Values over named dimensions, with attributes."""

    dimensions: Sequence[str]
    values: np.ndarray
    attributes: Mapping[str, Value] = field(default_factory=dict)


def write_netcdf(path: Path, variables: Mapping[str, Variable], attributes: Mapping[str, Value] | None = None) -> Path:
    """All dimensions are of fixed length; those of the first variable that has one say how long it is."""
    sizes: dict[str, int] = {}
    for variable in variables.values():
        sizes |= dict(zip(variable.dimensions, variable.values.shape, strict=True))
    head = b"CDF\x01" + struct.pack(">i", 0)
    head += struct.pack(">ii", 10, len(sizes)) + b"".join(
        _name(name) + struct.pack(">i", n) for name, n in sizes.items()
    )
    head += _attributes(attributes or {})
    numbers = {name: number for number, name in enumerate(sizes)}
    blobs = [_padded(_big(variable.values).tobytes()) for variable in variables.values()]

    def described(begins: Sequence[int]) -> bytes:
        found = struct.pack(">ii", 11, len(variables))
        for (name, variable), blob, begin in zip(variables.items(), blobs, begins, strict=True):
            found += _name(name) + struct.pack(">i", len(variable.dimensions))
            found += b"".join(struct.pack(">i", numbers[one]) for one in variable.dimensions)
            found += _attributes(variable.attributes)
            found += struct.pack(">iii", _KINDS[_big(variable.values).dtype.str[1:]], len(blob), begin)
        return found

    at = len(head) + len(described([0] * len(blobs)))
    begins = [at + sum(map(len, blobs[:number])) for number in range(len(blobs))]
    path.write_bytes(head + described(begins) + b"".join(blobs))
    return path


def _big(values: np.ndarray) -> np.ndarray:
    return values.astype(values.dtype.newbyteorder(">"))


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 4)


def _name(text: str) -> bytes:
    content = text.encode()
    return struct.pack(">i", len(content)) + _padded(content)


def _attributes(attributes: Mapping[str, Value]) -> bytes:
    if not attributes:
        return struct.pack(">ii", 0, 0)
    found = struct.pack(">ii", 12, len(attributes))
    for name, value in attributes.items():
        if isinstance(value, str):
            content, kind, count = value.encode(), 2, len(value.encode())
        else:
            array = _big(np.atleast_1d(np.asarray(value)))
            array = array.astype(">i4") if array.dtype.str == ">i8" else array
            content, kind, count = array.tobytes(), _KINDS[array.dtype.str[1:]], array.size
        found += _name(name) + struct.pack(">ii", kind, count) + _padded(content)
    return found
