"""Rows of geometries as a canvas draws them: projected, cut at the antimeridian, long legs filled in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.geo.crs import is_geographic, is_unrolled
from layers.readers.geometry.long_legs import LONG_DEGREES, drawn_geometry
from layers.readers.geometry.shapes import Shapes, general_shapes, grouped
from layers.readers.geometry.steps import seam_length, step_of, to_steps
from layers.readers.geometry.wkb_columns import Blobs, parts_of
from layers.vector.lost_rows import BROKEN, NO_GEOMETRY, NO_PLACE
from layers.vector.table import LINE, POINT, bounds_of


class Drawn(Struct, frozen=True, eq=False):
    """Features in the columns of `FeatureTable`; several of a row stand together."""

    kind: NDArray[np.uint8]
    fid: NDArray[np.int64]
    part_of: NDArray[np.int64]
    start_of: NDArray[np.int64]
    steps: NDArray[np.int32]
    bounds: NDArray[np.int32] | None = None
    """(n, 4) the box of each feature in steps; None where each feature is a point."""
    lost: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    """(l, 2) the fid of each row that has no place, and why (`layers.vector.lost_rows`)."""

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def is_single(self) -> bool:
        return len(self.steps) == len(self.kind)

    @property
    def nbytes(self) -> int:
        """The most bytes that it has when it is sent."""
        return len(self.steps) * 8 + (0 if self.is_single else len(self.start_of) * 4 + len(self.kind) * 29)

    def form(self) -> dict[str, int]:
        """Facts that replace a column: `kind` of all features, `fid` of the first of consecutive ones,
        `single`: each feature is one coordinate, `whole`: each feature is one part.
        """
        form: dict[str, int] = {}
        if len(self) and (self.kind == self.kind[0]).all():
            form["kind"] = int(self.kind[0])
        if len(self) and self.fid[-1] - self.fid[0] == len(self) - 1 and (np.diff(self.fid) == 1).all():
            form["fid"] = int(self.fid[0])
        if self.is_single:
            form["single"] = 1
        elif len(self.start_of) == len(self.part_of):
            form["whole"] = 1
        return form

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The columns that the form does not make needless: kind, fid, part_of, start_of, xy, bounds."""
        form = self.form()
        columns: list[NDArray[Any]] = [] if "kind" in form else [self.kind]
        if "fid" not in form:
            narrow = len(self) and self.fid.min() >= -(2**31) and self.fid.max() < 2**31
            columns.append(self.fid.astype(np.int32) if narrow else self.fid)
        if "single" in form:
            return (*columns, self.steps)
        columns += [] if "whole" in form else [self.part_of.astype(np.int32)]
        bounds = self.bounds if self.bounds is not None else self._bounds()
        return (*columns, self.start_of.astype(np.int32), self.steps, bounds)

    def in_order(self) -> Drawn:
        """The rows by fid."""
        if not (np.diff(self.fid) < 0).any():
            return self
        order = np.argsort(self.fid, kind="stable")
        parts = _runs(self.part_of[order], np.diff(self.part_of)[order])
        counts = np.diff(self.start_of)[parts]
        steps = self.steps[_runs(self.start_of[parts], counts)]
        part_of, start_of = _ladder(np.diff(self.part_of)[order]), _ladder(counts)
        bounds = None if self.bounds is None else self.bounds[order]
        return Drawn(self.kind[order], self.fid[order], part_of, start_of, steps, bounds, self.lost)

    def before(self, fid: int) -> Drawn:
        """The features of rows before this fid."""
        n = int(np.searchsorted(self.fid, fid))
        m = int(self.part_of[n])
        k = int(self.start_of[m])
        bounds = None if self.bounds is None else self.bounds[:n]
        return Drawn(
            self.kind[:n],
            self.fid[:n],
            self.part_of[: n + 1],
            self.start_of[: m + 1],
            self.steps[:k],
            bounds,
            self.lost[self.lost[:, 0] < fid],
        )

    def rows_that_fit(self, room: int, fids: NDArray[np.int64]) -> int:
        """Number of leading rows of `fids` that fit so many bytes."""
        ends = self.start_of[self.part_of[1:]] * 8 + self.part_of[1:] * 4 + np.arange(1, len(self) + 1) * 29
        fitting = int(np.searchsorted(ends, room, side="right"))
        return len(fids) if fitting == len(self) else int(np.searchsorted(fids, self.fid[fitting]))

    def _bounds(self) -> NDArray[np.int32]:
        return bounds_of(self.steps, self.start_of[self.part_of[:-1]])


def joined(pieces: Sequence[Drawn]) -> Drawn:
    """One after the other."""
    if len(pieces) == 1:
        return pieces[0]
    if not pieces:
        none, ladder = np.zeros(0, np.int64), np.zeros(1, np.int64)
        return Drawn(np.zeros(0, np.uint8), none, ladder, ladder, np.zeros((0, 2), np.int32))
    lost = np.concatenate([piece.lost for piece in pieces])
    if all(piece.is_single for piece in pieces):
        ladder = np.arange(sum(len(piece) for piece in pieces) + 1)
        return Drawn(
            np.concatenate([piece.kind for piece in pieces]),
            np.concatenate([piece.fid for piece in pieces]),
            ladder,
            ladder,
            np.concatenate([piece.steps for piece in pieces]),
            None,
            lost,
        )
    bounds = np.concatenate([p._bounds() if p.bounds is None else p.bounds for p in pieces])
    return Drawn(
        np.concatenate([piece.kind for piece in pieces]),
        np.concatenate([piece.fid for piece in pieces]),
        _ladder(np.concatenate([np.diff(piece.part_of) for piece in pieces])),
        _ladder(np.concatenate([np.diff(piece.start_of) for piece in pieces])),
        np.concatenate([piece.steps for piece in pieces]),
        bounds,
        lost,
    )


def drawn_batch(
    blobs: Blobs,
    fids: NDArray[np.int64],
    source: str,
    canvas: str,
    *,
    clockwise: bool = False,
    step: float | None = None,
) -> tuple[Drawn, NDArray[np.int64]]:
    """Draw the rows that can be read from their bytes; return them with the indices of the others.

    `clockwise`: areas lie to the right of their rings.
    """
    parts = parts_of(blobs)
    lonlat = is_geographic(source)
    new = np.ones(len(parts.row), bool)
    new[1:] = parts.row[1:] != parts.row[:-1]
    first = np.flatnonzero(new)
    shapes = Shapes(
        parts.kind[first], parts.row[first], np.append(first, len(parts.row)), _ladder(parts.counts), parts.xy
    )
    hard = _hard(shapes, is_unrolled(canvas)) if lonlat else np.zeros(0, np.intp)
    if hard.size:
        shapes = shapes.without(hard)
    piece = _projected(shapes, fids, source, canvas, step)
    missing = len(blobs) - len(parts.left) - hard.size - _distinct(piece.fid)
    if missing:
        elsewhere = np.concatenate([parts.left, parts.row[first][hard]])
        rows = np.setdiff1d(np.arange(len(blobs)), elsewhere)
        reason = np.where(np.isin(rows, parts.row), NO_PLACE, NO_GEOMETRY)
        piece = replace(piece, lost=_lost(fids[rows], reason, piece.fid))
    if hard.size:
        rows = parts.row[first][hard]
        wkb = [blobs.row(int(row)) for row in rows]
        others = drawn_rows(wkb, fids[rows], source, canvas, clockwise=clockwise, step=step)
        piece = joined([piece, others]).in_order()
    return piece, parts.left


def drawn_rows(
    wkb: Sequence[bytes | None],
    fids: NDArray[Any],
    source: str,
    canvas: str,
    *,
    clockwise: bool = False,
    step: float | None = None,
) -> Drawn:
    """Any rows, by shapely; None, empty and undecodable ones are skipped."""
    rows = np.array([i for i, w in enumerate(wkb) if w], np.int64)
    with np.errstate(invalid="ignore"):  # of coordinates that are no numbers
        geometries = shapely.from_wkb(np.array([w for w in wkb if w], object), on_invalid="fix")
    without = shapely.is_empty(geometries)
    if is_geographic(source):
        unrolled = is_unrolled(canvas)
        left, bottom, right, top = np.nan_to_num(shapely.bounds(geometries)).T.reshape(4, -1)
        wide = (right - left > LONG_DEGREES) | (top - bottom > LONG_DEGREES) | (left < -180) | (right > 180)
        for index in np.flatnonzero(wide):
            geometries[index] = drawn_geometry(geometries[index], unrolled, clockwise=clockwise)
    piece = _projected(general_shapes(geometries, rows), np.asarray(fids, np.int64), source, canvas, step)
    if len(wkb) == _distinct(piece.fid):
        return piece
    reason = np.full(len(wkb), NO_GEOMETRY)
    reason[rows] = np.where(shapely.is_missing(geometries), BROKEN, NO_PLACE)
    reason[rows[without]] = NO_GEOMETRY
    return replace(piece, lost=_lost(np.asarray(fids, np.int64), reason, piece.fid))


def _hard(shapes: Shapes, unrolled: bool) -> NDArray[np.intp]:
    """Find features, in degrees, that may have long legs or reach over the antimeridian."""
    xy = shapes.xy
    if not len(xy):
        return np.zeros(0, np.intp)
    inside = bool(xy[:, 0].min() >= -180.0 and xy[:, 0].max() <= 180.0) or not unrolled
    if len(xy) == len(shapes):
        beyond = np.zeros(0, np.intp) if inside else np.flatnonzero(np.abs(xy[:, 0]) > 180.0)
        return beyond
    first = shapes.start_of[shapes.part_of[:-1]]
    lon, lat = xy[:, 0], xy[:, 1]
    left, right = np.minimum.reduceat(lon, first), np.maximum.reduceat(lon, first)
    bottom, top = np.minimum.reduceat(lat, first), np.maximum.reduceat(lat, first)
    wide = (right - left > LONG_DEGREES) | (top - bottom > LONG_DEGREES)
    if unrolled:
        wide &= (shapes.kind == LINE) | (right - left > 180.0)
    wide &= shapes.kind != POINT
    return np.flatnonzero(wide | (left < -180.0) | (right > 180.0))


def _projected(shapes: Shapes, fids: NDArray[np.int64], source: str, canvas: str, step: float | None) -> Drawn:
    """Coordinates without a place are left out; a line breaks there, and where it runs over the edge of the map."""
    steps, good = to_steps(source, canvas, shapes.xy, step)
    seam = seam_length(canvas) / (step or step_of(canvas))
    torn = np.zeros(0, bool)
    if math.isfinite(seam) and len(steps) > len(shapes):
        torn = (np.abs(np.diff(steps.astype(np.int64), axis=0)) > seam).any(axis=1)
    if good is not None or torn.any():
        shapes, steps = _with_places(shapes, steps, np.ones(len(steps), bool) if good is None else good, torn)
    single = len(steps) == len(shapes)
    first = shapes.start_of[shapes.part_of[:-1]]
    bounds = None if single else bounds_of(steps, first)
    return Drawn(shapes.kind, fids[shapes.row], shapes.part_of, shapes.start_of, steps, bounds)


def _with_places(
    shapes: Shapes, steps: NDArray[np.int32], good: NDArray[np.bool_], torn: NDArray[np.bool_]
) -> tuple[Shapes, NDArray[np.int32]]:
    part = shapes.part_of_coordinate()
    breaks = np.ones(good.size, bool)
    is_line = (shapes.kind[shapes.feature_of_part()] == LINE)[part]
    breaks[1:] = is_line[1:] & (~good[:-1] | torn if torn.size else ~good[:-1])
    runs = np.cumsum(breaks)[good]
    part = part[good]
    new = np.ones(part.size, bool)
    new[1:] = (part[1:] != part[:-1]) | (runs[1:] != runs[:-1])
    first = np.flatnonzero(new)
    counts = np.diff(np.append(first, part.size))
    feature = shapes.feature_of_part()[part[first]]
    return grouped(feature, counts, shapes.kind, shapes.row, shapes.xy[good]), steps[good]


def _lost(fids: NDArray[np.int64], reason: NDArray[Any], drawn: NDArray[np.int64]) -> NDArray[np.int64]:
    gone = ~np.isin(fids, drawn)
    return np.stack([fids[gone], reason[gone]], axis=1).astype(np.int64)


def _distinct(grouped_values: NDArray[np.int64]) -> int:
    """Number of different values, equal ones standing together."""
    return int((grouped_values[1:] != grouped_values[:-1]).sum()) + 1 if len(grouped_values) else 0


def _ladder(counts: NDArray[Any]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _runs(first: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """first[0], first[0] + 1, ... counts[0] of them, then those of first[1], ..."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - (ends - counts), counts)
