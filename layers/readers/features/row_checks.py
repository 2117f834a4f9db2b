"""Checks the geometries of a layer: faults are listed by row, never repaired (repairing may take for ever)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.geo.crs import is_geographic
from layers.geo.lon_extent import LARGEST_UNIT
from layers.phrase import Phrase
from layers.readers.geometry.surfaces import POLYHEDRAL, TIN, TRIANGLE
from layers.readers.rows.row_problems import MOST_LISTED, RowProblems
from layers.readers.rows.source_rows import Rows
from layers.readers.vector_words import broken_geometry
from layers.text.counted import counted

MOST_ROWS = 20_000
_MOST_VERTICES = 300_000
_SURFACES = {POLYHEDRAL: "polyhedral surface", TIN: "TIN", TRIANGLE: "triangle"}
_MAX_LON, _MAX_LAT = 360.0, 90.0


def shapes_of(wkb: Sequence[bytes | None]) -> NDArray[Any]:
    """Geometries, their rings closed; None for none, and for one that is broken."""
    with np.errstate(invalid="ignore"):  # of coordinates that are no numbers
        return np.asarray(shapely.from_wkb(np.array(list(wkb), dtype=object), on_invalid="fix"))


def check_rows(rows: Rows, shapes: NDArray[Any], crs: str, *, may_overlap: bool = False) -> list[str]:
    """Sentences about rows without geometry, and about broken or misplaced ones; `shapes` are the rows' geometries.

    `may_overlap`: the sides of a body may lie on each other in plan.
    """
    wkb = np.array(list(rows.wkb), dtype=object)
    missing, absent = shapely.is_missing(shapes), np.array([blob is None for blob in wkb], bool)
    problems = RowProblems(rows.fids.tolist())
    for index in np.flatnonzero(missing & ~absent)[: MOST_LISTED * 2].tolist():
        problems.add(index, _broken(wkb[index]))
    for index in _closed(wkb, shapes)[: MOST_LISTED * 2].tolist():
        problems.add(index, Phrase("a ring of it was not closed: it is shown closed."))
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    for index in np.unique(owner[~np.isfinite(coordinates).all(axis=1)]).tolist():
        problems.add(index, Phrase("it has coordinates that are no finite numbers."))
    if crs and is_geographic(crs):
        wrong = (np.abs(coordinates[:, 0]) > _MAX_LON) | (np.abs(coordinates[:, 1]) > _MAX_LAT)
        for index in np.unique(owner[wrong & np.isfinite(coordinates).all(axis=1)]).tolist():
            problems.add(index, Phrase("it lies outside the degrees of the Earth."))
    else:
        wrong = np.abs(coordinates).max(axis=1, initial=0.0) > LARGEST_UNIT
        for index in np.unique(owner[wrong & np.isfinite(coordinates).all(axis=1)]).tolist():
            problems.add(index, Phrase("its coordinates are larger than any on Earth."))
    if len(coordinates) <= _MOST_VERTICES and not may_overlap:
        _find_invalid(shapes, problems)
    empty = int(absent.sum()) + int((shapely.is_empty(shapes) & ~missing).sum())
    sentences = problems.sentences(Phrase("is kept; what has no place is not drawn"))
    if empty:
        count = counted(empty, "row has no geometry and stands", "rows have no geometry and stand")
        sentences.append(Phrase("{said} in the table only.", said=count))
    return sentences


def _find_invalid(shapes: Any, problems: RowProblems) -> None:
    polygons = np.flatnonzero(np.isin(shapely.get_type_id(shapes), (3, 6, 7)))
    with np.errstate(all="ignore"):  # of numbers as large as there are
        wrong = polygons[~shapely.is_valid(shapes[polygons])]
        reasons = [str(shapely.is_valid_reason(shapes[index])) for index in wrong.tolist()]
    for index, reason in zip(wrong.tolist(), reasons, strict=True):
        if "Invalid Coordinate" not in reason:
            problems.add(index, Phrase("{split}; it is drawn as it is.", split=reason.split("[")[0].strip().lower()))


def _closed(wkb: NDArray[Any], shapes: NDArray[Any]) -> NDArray[np.intp]:
    """Rows of areas whose rings had to be closed."""
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    with np.errstate(invalid="ignore"):
        as_they_are = shapely.from_wkb(wkb[areas], on_invalid="ignore")
    return areas[shapely.is_missing(as_they_are)]


def _broken(wkb: bytes) -> str:
    if wkb[:1] == b"\1" and (kind := _SURFACES.get((int.from_bytes(wkb[1:5], "little") & 0xFFFF) % 1000)):
        return Phrase("its geometry is a {kind}, which is not shown.", kind=kind)
    try:
        shapely.from_wkb(wkb)
    except (ValueError, shapely.errors.ShapelyError) as error:
        return broken_geometry(str(error))
    return Phrase("its geometry is broken.")
