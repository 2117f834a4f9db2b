"""The pictures inside a netCDF or HDF5 file. GDAL calls them subdatasets, and gives them names of its own form."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from rasterio.io import DatasetReader

from layers.errors import NotAllowed, NotReadable
from layers.readers.files import Content

MOST = 200
"""Most pictures that are offered; granules of weather satellites hold fewer."""
_PREFIX = {Content.HDF5: "HDF5", Content.NETCDF: "NETCDF"}
_DRIVER = {Content.HDF5: "HDF5Image", Content.NETCDF: "netCDF"}
_NAMED = re.compile(r'(?:HDF5|NETCDF):"(.*)":.*', re.DOTALL | re.IGNORECASE)
_DESCRIBED = re.compile(r"\[([^\]]+)\] .*?(?: \(([^()]*)\))?$", re.DOTALL)
_SIZE = re.compile(r"(?:\([^()=]*=)?(\d+)\)?(?:x|$)")
"""Size of a dimension: 30, or (nTimes=30) in a swath."""
_TYPES = {
    "8-bit unsigned character": "uint8",
    "8-bit unsigned integer": "uint8",
    "8-bit character": "int8",
    "8-bit integer": "int8",
    "16-bit integer": "int16",
    "16-bit unsigned integer": "uint16",
    "32-bit integer": "int32",
    "32-bit unsigned integer": "uint32",
    "64-bit integer": "int64",
    "64-bit unsigned integer": "uint64",
    "32-bit floating-point": "float32",
    "64-bit floating-point": "float64",
}
_DIMENSION = "NETCDF_DIM_"
_EAST = frozenset({"degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese"})
_NORTH = frozenset({"degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn"})
_HELPERS = re.compile(
    r"(?:.*[/:_])?(?:lat|lon|latitude|longitude|time|x|y)(?:_?(?:bnds|bounds|vertices))?", re.IGNORECASE
)
_NARROW = 2
"""Rows or columns of arrays with bounds of cells, which are no pictures."""


class Subdataset(NamedTuple):
    """One picture of a file: its name in the file, its sizes, the last two rows and columns, and its type."""

    part: str
    sizes: tuple[int, ...]
    dtype: str

    @property
    def words(self) -> str:
        """Its size for people, such as 12 bands of 360 × 180, float32."""
        bands = "".join(f"{size} × " for size in self.sizes[:-2])
        return f"{bands}{self.sizes[-1]} × {self.sizes[-2]} {self.dtype}".strip()

    @property
    def is_helper(self) -> bool:
        """Places of pixels, bounds of cells: shown where they are asked for, but not first."""
        return min(self.sizes[-2:]) <= _NARROW or bool(_HELPERS.fullmatch(self.part))


def file_name(dataset: DatasetReader) -> str:
    """The name of the file that a dataset is of, also where GDAL was given the name of a picture in it."""
    match = _NAMED.fullmatch(dataset.name)
    return os.path.basename(match[1] if match else dataset.name)


def names_degrees(dataset: DatasetReader) -> bool:
    """True where a netCDF says that its axes are longitude and latitude, as CF asks for, but not on which datum."""
    if dataset.driver != Content.NETCDF:
        return False
    units = {str(value).lower() for key, value in dataset.tags().items() if key.endswith("#units")}
    named = any("grid_mapping" in dataset.tags(index) for index in dataset.indexes[:1])
    return bool(units & _EAST and units & _NORTH) and not named


def dimension_words(dataset: DatasetReader, index: int) -> str:
    """The band's place on dimensions that are no rows and columns, such as time 6, depth 10; "" for none."""
    tags = dataset.tags(index)
    dimensions = [(key.removeprefix(_DIMENSION), value) for key, value in tags.items() if key.startswith(_DIMENSION)]
    return ", ".join(f"{name} {value}" for name, value in dimensions)[:200]


def pictures_of(container: DatasetReader, path: str, content: Content) -> tuple[Subdataset, ...]:
    """Pictures of a file that holds several, those that help to place others last; empty for a lone one."""
    tags, subdatasets = container.tags(ns="SUBDATASETS"), []
    start = f'{_PREFIX[content]}:"{path}":'
    for number in range(1, MOST + 1):
        name = str(tags.get(f"SUBDATASET_{number}_NAME", ""))
        if not name.startswith(start):
            break
        match = _DESCRIBED.match(str(tags.get(f"SUBDATASET_{number}_DESC", "")))
        sizes = tuple(int(size) for size in _SIZE.findall(match[1])) if match else ()
        if len(sizes) >= 2:
            words = (match[2] if match else "") or ""
            subdatasets.append(Subdataset(_part(name.removeprefix(start), content), sizes, _TYPES.get(words, words)))
    return tuple(sorted(subdatasets, key=lambda picture: picture.is_helper))


def _part(text: str, content: Content) -> str:
    return text.removeprefix("//") if content is Content.HDF5 else text


def target_of(pictures: tuple[Subdataset, ...], path: str, content: Content, part: str) -> tuple[str, str]:
    """The name that GDAL opens for one part ("" for the first), and the driver.

    Raises NotReadable for a part that is not among the pictures, NotAllowed for a name that GDAL would misread.
    """
    name = os.path.basename(path)
    if '"' in path:
        raise NotAllowed(
            '{name} cannot be opened where it lies: take the " out of the names of its folders and itself.', name=name
        )
    wanted = part or next((picture.part for picture in pictures), "")
    if wanted not in {picture.part for picture in pictures}:
        raise NotReadable("{name} has no picture {part}.", name=name, part=repr(part[:60]))
    slashes = "//" if content is Content.HDF5 else ""
    return f'{_PREFIX[content]}:"{path}":{slashes}{wanted}', _DRIVER[content]
