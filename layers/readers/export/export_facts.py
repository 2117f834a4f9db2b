"""Facts about all rows that an export needs before it writes the first: their kinds of geometry and their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from layers.readers.arrow.geometry_stream import geometry_batches
from layers.readers.export.stored_shapes import measured_name
from layers.readers.features.vector_source import parsed_layer
from layers.readers.files import Content
from layers.readers.rows.source_rows import VectorSource

_BATCH_ROWS = 5_000
_NAMES = {
    1: "Point",
    2: "LineString",
    3: "Polygon",
    4: "MultiPoint",
    5: "MultiLineString",
    6: "MultiPolygon",
    7: "GeometryCollection",
}
_STRAIGHT = {8: 2, 9: 2, 10: 3, 11: 5, 12: 6}
"""Straight kinds of geometry that curves become where they cannot be kept."""


class ExportFacts(Struct, frozen=True):
    """Facts of the rows that are wanted: the WKB type numbers (ISO) that occur, and whether the file gives them ids."""

    kinds: frozenset[int]
    has_ids: bool

    @property
    def are_points(self) -> bool:
        """True where each row is one point or nothing, and one at least is a point."""
        return {kind % 1000 for kind in self.kinds} == {1}

    def name(self, *, curves: bool) -> str:
        """OGR's name of the kind that holds them all, single ones promoted where there are several; or "Unknown"."""
        bases = {kind % 1000 for kind in self.kinds}
        if not curves:
            bases = {_STRAIGHT.get(base, base) for base in bases}
        if len(bases) == 2 and min(bases) <= 3 and max(bases) == min(bases) + 3:
            bases = {max(bases)}
        known = _NAMES.get(bases.pop(), "") if len(bases) == 1 else ""
        if not known:
            return "Unknown"  # what pyogrio writes has no names for curves
        dimensions = {kind // 1000 for kind in self.kinds}
        has_z = bool(dimensions & {1, 3})
        return measured_name(known, has_z) if dimensions & {2, 3} else f"{known} Z" if has_z else known

    @property
    def mixes_measures(self) -> bool:
        """True where some geometries have M, and others none."""
        return len({kind // 1000 >= 2 for kind in self.kinds}) == 2

    @property
    def has_more_than_xy(self) -> bool:
        return any(kind >= 1000 for kind in self.kinds)


def facts_of(source: VectorSource, wanted: NDArray[np.int64] | None) -> ExportFacts:
    """Facts from one look at all geometries; `wanted`: the fids of those written, ascending. Raises NotReadable."""
    kinds: set[int] = set()
    seen, has_ids = 0, source.by_fid
    is_json = source.content in (Content.JSON, Content.JSON_LINES)
    for fids, codes in _kinds(source):
        if is_json and not has_ids:
            has_ids = bool((fids != np.arange(seen, seen + len(fids)) + source.first).any())
        seen += len(fids)
        kinds |= set(np.unique(codes if wanted is None else codes[np.isin(fids, wanted)]).tolist())
    return ExportFacts(frozenset(kinds - {0}), has_ids)


def _kinds(source: VectorSource) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    if source.is_ogr:
        for _, (fids, blobs) in geometry_batches(source, _BATCH_ROWS):
            yield fids, blobs.kinds()
        return
    layer = parsed_layer(source)
    shapes = shapely.from_wkb(np.array(list(layer.wkb), object), on_invalid="fix")
    yield layer.fids, kinds_of(shapes)


def kinds_of(shapes: NDArray[Any]) -> NDArray[np.int64]:
    """(n,) the WKB type number (ISO) of each, 0 for None."""
    base = np.array([1, 2, 2, 3, 4, 5, 6, 7, 0])[shapely.get_type_id(shapes)]
    kinds = base + 1000 * shapely.has_z(shapes) + 2000 * shapely.has_m(shapes)
    return np.where(base == 0, 0, kinds).astype(np.int64)


def as_kind(wkb: Sequence[bytes | None], name: str, *, with_heights: bool = False) -> list[bytes | None]:
    """The geometries as a layer of the kind `name` holds them: of a multi kind each single one as a multi of one part.

    `with_heights`: those that have none get nan, which says that none is known.
    """
    plain = name.removesuffix(" Z").split(" ")[-1].removesuffix("M")
    number = next((number for number, kind in _NAMES.items() if kind == plain), 0)
    blobs = list(wkb)
    for at, blob in enumerate(wkb):
        head = int.from_bytes(blob[1:5], "little") if blob and blob[0] == 1 else 0
        promotes = 4 <= number <= 6 and head % 1000 == number - 3
        raises = with_heights and 0 < head < 1000
        if promotes or raises:
            shape = shapely.from_wkb(blob)
            shape = _multi(shape) if promotes else shape
            blobs[at] = shapely.to_wkb(_raised(shape) if raises else shape, flavor="iso", byte_order=1)
    return blobs


def _raised(shape: Any) -> Any:
    flat = np.array([shapely.force_3d(shape)], object)
    coordinates = shapely.get_coordinates(flat, include_z=True)
    coordinates[:, 2] = np.nan
    return shapely.set_coordinates(flat, coordinates)[0]


def _multi(shape: Any) -> Any:
    make = {"Point": shapely.MultiPoint, "LineString": shapely.MultiLineString, "Polygon": shapely.MultiPolygon}
    return make[shape.geom_type]([] if shape.is_empty else [shape])
