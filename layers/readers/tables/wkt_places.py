"""Geometries written as WKT in the cells of a column, each perhaps with the CRS that it is in (EWKT)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.errors import BadCRS
from layers.geo.coordinates.wkt import shape_of_wkt
from layers.geo.crs import WGS84, crs_name, is_geographic, parse_crs, same_crs, transform_points
from layers.phrase import Phrase
from layers.readers.rows.row_problems import RowProblems

_EWKT = re.compile(r"\s*SRID=(\d+)\s*;", re.I)
_WKT = re.compile(
    r"\s*(SRID=\d+\s*;)?\s*((MULTI)?(POINT|LINESTRING|POLYGON)|MULTICURVE|MULTISURFACE|GEOMETRYCOLLECTION|LINEARRING"
    r"|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|TRIANGLE|TIN|POLYHEDRALSURFACE)\s*(ZM?|M)?\s*(\(|EMPTY\b)",
    re.I,
)


def is_wkt(text: str) -> bool:
    """True where a text begins as a geometry does, also as one of a kind that is not read."""
    return _WKT.match(text) is not None


def from_wkt(values: Sequence[Any], crs: str, problems: RowProblems) -> tuple[list[bytes | None], str]:
    """WKB (ISO) of each row, None where it has none, and the CRS of all ("" where that has to be asked).

    The CRS is what a person said in `crs`; else what the rows name, WGS 84 where they name several. A row of another
    CRS is moved there, or listed where that cannot be. Where all rows name the same, a person's word is taken for it.
    """
    texts = [str(value or "").strip() for value in values]
    marks = [_EWKT.match(text) for text in texts]
    own = [f"EPSG:{int(mark[1])}" if mark and int(mark[1]) else "" for mark in marks]
    shapes = [
        _geometry(text[mark.end() :] if mark else text, index, problems)
        for index, (text, mark) in enumerate(zip(texts, marks, strict=True))
    ]
    named = {name for name, shape in zip(own, shapes, strict=True) if shape is not None}
    if named - {""} and not (crs and len(named) == 1):
        crs = _move(shapes, own, crs, problems)
    else:
        crs = crs or _guessed_crs(shapes)
    wkb = [None if shape is None else shapely.to_wkb(shape, byte_order=1, flavor="iso") for shape in shapes]
    return wkb, crs


def _geometry(text: str, index: int, problems: RowProblems) -> Any:
    if not text:
        return None
    try:
        return shape_of_wkt(text)
    except NotImplementedError:
        reason = Phrase("is curved, which is not read from text: give it straight pieces.")
    except (ValueError, shapely.errors.ShapelyError) as error:
        reason = Phrase("is not understood: {error}.", error=str(error)[:80])
    problems.add(index, Phrase("its geometry “{text}” {reason}", text=text[:40], reason=reason))
    return None


def _move(shapes: list[Any], own: list[str], crs: str, problems: RowProblems) -> str:
    """Put every shape into one CRS, which is returned, each from its own; None where that cannot be."""
    rows: dict[str, list[int]] = {}
    for index, (name, shape) in enumerate(zip(own, shapes, strict=True)):
        if shape is not None:
            rows.setdefault(name or crs, []).append(index)
    known = [name for name in rows if name and _is_known(name)]
    target = crs or (known[0] if len(known) == 1 else WGS84 if known else "")
    for name, indexes in rows.items():
        if name == target:
            continue
        reason: str = ""
        if not name:
            reason = Phrase("it names no CRS, as other rows do: choose the CRS of those that name none.")
        elif name not in known:
            reason = Phrase("its SRID {srid} is no CRS that is known.", srid=name.removeprefix("EPSG:"))
        for index in indexes:
            moved, why = (None, reason) if reason else _moved(shapes[index], name, target)
            shapes[index] = moved
            if why:
                problems.add(index, why)
    return target


def _moved(shape: Any, source: str, target: str) -> tuple[Any, str]:
    """The shape in `target`, heights as they are; or why it has no place there."""
    if same_crs(source, target):
        return shape, ""
    if shape.has_m:
        return None, Phrase(
            "its M would be lost on the way from {crs_name} to {crs_name_2}.",
            crs_name=crs_name(source),
            crs_name_2=crs_name(target),
        )

    def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = transform_points(source, target, points[:, 0], points[:, 1])
        return np.column_stack([x, y, points[:, 2:]])

    moved = shapely.transform(shape, move, include_z=shape.has_z)
    places = np.abs(shapely.get_coordinates(moved))
    if np.isfinite(places).all() and not (is_geographic(target) and (places > (360, 90)).any()):
        return moved, ""
    return None, Phrase("it has no place in {crs_name}.", crs_name=crs_name(target))


def _is_known(crs: str) -> bool:
    try:
        parse_crs(crs)
    except BadCRS:
        return False
    return True


def _guessed_crs(shapes: list[Any]) -> str:
    """WGS 84 where all numbers fit degrees."""
    bounds = shapely.bounds(np.array(shapes, object)).reshape(-1, 4)
    bounds = bounds[~np.isnan(bounds).any(axis=1)]
    fits = (np.abs(bounds) <= 360).all() and (np.abs(bounds[:, (1, 3)]) <= 90).all()
    return WGS84 if fits else ""
