"""A picture fitted to its control points: where it lies, and how well the points agree. A fit is refused in a sentence
where the points do not determine it, or where no picture could lie so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from layers.errors import BadCRS, CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, crs_name, is_off_earth, is_unrolled, transform_points, world_bounds
from layers.geo.longitudes import shift_near
from layers.geo.measure import GEOD
from layers.grid.tile_grid import Affine
from layers.phrase import Phrase
from layers.raster.point_fit.control_point import ControlPoint, Method, PointSet
from layers.raster.point_fit.plane_fits import PlaneFit, fit_affine, fit_projective
from layers.raster.point_fit.thin_plate import Floats, Plane, ThinPlate, backwards
from layers.text.counted import counted, metres

SAME_PX = 0.05
SAME_SHARE = 1e-7
"""Distance on the map, as a share of the extent of all points, below which two points are one place."""
LINE_SHARE = 2e-3
"""Points whose band is narrower than this share of its length lie in one line."""
LEAST_HEIGHT = 0.02
"""Least height above the horizon at which a picture is drawn; the middle of the points has 1."""
_OUTLINE = 33
_FOLD_NODES = 21
_SLOPE_PX = 0.25
_LEAST_MARGIN = 0.1


class Residual(NamedTuple):
    """The disagreement of the fit and a point. For a thin plate spline, of the fit through all other points."""

    metres: float
    """Distance on the ground, along the geodesic from the point's place to that of the fit."""
    dx_px: float
    """Columns from the point's pixel to the one where the fit has its place."""
    dy_px: float

    @property
    def pixels(self) -> float:
        return math.hypot(self.dx_px, self.dy_px)


class FittedPoints(Struct, frozen=True, eq=False):
    """The fit of a set of points for a picture; `to_world` and `to_pixels` are each other's inverse."""

    points: PointSet
    size: tuple[int, int]
    to_world: Plane
    """Converts pixels into the CRS of the fit."""
    to_pixels: Plane
    rough: Affine
    """Pixel to world: the fit itself where it is affine, else the nearest affine one."""
    bounds: Bounds
    """Bounds of the picture, in the CRS of the fit."""
    margin: float
    """Distance beyond the picture's edges, as a share of its size and by `rough`, up to which `to_pixels` holds."""
    residuals: tuple[Residual | None, ...]
    """Residuals of all points, also of those that are off; None for a point that nothing checks."""

    @property
    def degrees_of_freedom(self) -> int:
        return self.points.method.degrees_of_freedom(len(self.points.on))

    @property
    def checked(self) -> list[Residual]:
        """The residuals of the points that count."""
        pairs = zip(self.points.points, self.residuals, strict=True)
        return [residual for point, residual in pairs if point.is_on and residual is not None]

    @property
    def rms_m(self) -> float | None:
        """Root mean square of the residuals in metres; None where nothing checks the fit. It is no position error: the
        points may all be off together.
        """
        return _root_mean_square([residual.metres for residual in self.checked])

    @property
    def rms_px(self) -> float | None:
        return _root_mean_square([residual.pixels for residual in self.checked])

    @property
    def note(self) -> str:
        """The points and the method that place the picture and how well they do, after "is placed by"."""
        count, method = len(self.points.on), self.points.method
        words = Phrase("{points}, {method}", points=counted(count, "control point"), method=Phrase(method))
        if self.rms_m is None:
            return Phrase("{said}, unchecked: no point is left over to check the fit", said=words)
        how = Phrase("leaving out each point in turn") if method is Method.THIN_PLATE else self._freedom
        return Phrase(
            "{said}, RMS {metres} ({how}), which is no position error",
            said=words,
            metres=metres(max(self.rms_m, 0.001)),
            how=how,
        )

    @property
    def _freedom(self) -> str:
        return counted(self.degrees_of_freedom, "degree of freedom", "degrees of freedom")

    def lonlat(self, cols: Sequence[float], rows: Sequence[float]) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of pixels; nan where they have no place."""
        x, y = self.to_world(np.array(cols, dtype=np.float64), np.array(rows, dtype=np.float64))
        return transform_points(self.points.crs, WGS84, x, y)

    def pixels(self, lons: Sequence[float], lats: Sequence[float]) -> tuple[Floats, Floats]:
        """Pixels of places; nan where the picture has none."""
        return self.to_pixels(*_on_plane(self.points, lons, lats))


@lru_cache(maxsize=32)
def fitted_points(points: PointSet, size: tuple[int, int]) -> FittedPoints:
    """The fit of a picture of this size. Raises CannotBePlaced with what is wrong and what to do."""
    on, method = points.on, points.method
    if points.size not in ((0, 0), size):
        wide, high = points.size
        raise CannotBePlaced(
            "Its control points were set on a picture of {wide} × {high} pixels: set them anew.", wide=wide, high=high
        )
    if len(on) < method.least_points:
        needed = counted(method.least_points, "control point")
        raise CannotBePlaced(
            "{begun} needs {needed}, {count} of them so far: set more.",
            begun=_begun(method),
            needed=needed,
            count=len(on),
        )
    _check_crs(points)
    x, y = _on_plane(points, [point.lon for point in on], [point.lat for point in on])
    u, v = np.array([point.col for point in on]), np.array([point.row for point in on])
    numbers = [number for number, point in enumerate(points.points, 1) if point.is_on]
    _check_places(points, numbers, x, y)
    _check_apart(numbers, (u, v), (x, y))
    if method is Method.THIN_PLATE:
        spline_fit, left_out = _spline(points, size, (u, v), (x, y))
        return _with_residuals(spline_fit, left_out)
    fit = fit_affine(u, v, x, y) if method is Method.AFFINE else fit_projective(u, v, x, y)
    if fit is None:
        raise CannotBePlaced("Too many of the control points lie in one line: set one away from it.")
    return _with_residuals(_plane(points, size, fit), None, fit)


def _begun(method: Method) -> str:
    return {
        Method.AFFINE: Phrase("An affine fit"),
        Method.PROJECTIVE: Phrase("A projective fit"),
        Method.THIN_PLATE: Phrase("A thin plate spline"),
    }[method]


# -- the points ---------------------------------------------------------------------------------------------------


def _check_crs(points: PointSet) -> None:
    try:
        if is_off_earth(points.crs):
            raise CannotBePlaced("Control points are fitted in a CRS of the Earth: choose another CRS for the fit.")
    except BadCRS as error:
        raise CannotBePlaced("The CRS of the control points is not known: {why}", why=error.sentence) from error


def _on_plane(points: PointSet, lons: Sequence[float], lats: Sequence[float]) -> tuple[Floats, Floats]:
    """Places in the CRS of the fit, on one side of the antimeridian where that cuts it."""
    lon, lat = np.array(lons, dtype=np.float64), np.array(lats, dtype=np.float64)
    if is_unrolled(points.crs) and points.points:
        first = points.points[0].lon
        lon = np.array([shift_near(float(each), first) for each in lon])
    return transform_points(WGS84, points.crs, lon, lat)


def _check_places(points: PointSet, numbers: Sequence[int], x: Floats, y: Floats) -> None:
    """Raises CannotBePlaced for a place that the CRS of the fit cannot hold."""
    lon, lat = transform_points(points.crs, WGS84, x, y)
    for number, point, there_lon, there_lat in zip(numbers, points.on, lon, lat, strict=True):
        is_there = math.isfinite(there_lon) and math.isfinite(there_lat)
        if not is_there or GEOD.inv(point.lon, point.lat, there_lon, there_lat)[2] > 1.0:
            name = crs_name(points.crs)
            raise CannotBePlaced(
                "Point {number} has no place in {name}: choose another CRS for the fit.", number=number, name=name
            )


def _check_apart(numbers: Sequence[int], picture: tuple[Floats, Floats], world: tuple[Floats, Floats]) -> None:
    """Raises CannotBePlaced for points that are doubled or lie in one line."""
    extent = max(float(np.ptp(world[0])), float(np.ptp(world[1])))
    for where, plane, least in (("pixel", picture, SAME_PX), ("place", world, SAME_SHARE * extent)):
        apart = np.hypot(plane[0][:, None] - plane[0], plane[1][:, None] - plane[1])
        apart[np.tril_indices(len(apart))] = np.inf
        if float(apart.min()) <= least:
            first, other = np.unravel_index(int(apart.argmin()), apart.shape)
            pair = Phrase(
                "Points {numbers} and {numbers_2}", numbers=numbers[int(first)], numbers_2=numbers[int(other)]
            )
            raise CannotBePlaced(
                "{pair} have the same {where}: move one of them, or take it away.", pair=pair, where=where
            )
    for where, plane in ((Phrase("in the picture"), picture), (Phrase("on the map"), world)):
        if _is_line(*plane):
            raise CannotBePlaced("The control points lie in one line {where}: set one away from it.", where=where)


def _is_line(x: Floats, y: Floats) -> bool:
    values = np.linalg.svd(np.stack([x - x.mean(), y - y.mean()]), compute_uv=False)
    return bool(values[-1] <= LINE_SHARE * values[0])


# -- the fits -----------------------------------------------------------------------------------------------------


def _plane(points: PointSet, size: tuple[int, int], fit: PlaneFit) -> FittedPoints:
    cols, rows = _outline(size)
    x, y = fit.forwards(cols, rows)
    if float(fit.heights(cols, rows).min()) < LEAST_HEIGHT:
        raise CannotBePlaced(
            "With these points the horizon would cross the picture: set points nearer to its edges, or choose affine."
        )
    _check_turn(fit.forwards, size)
    rough = _nearest_affine(size, fit.forwards)
    bounds = _checked_bounds(points, x, y)
    return FittedPoints(points, size, fit.forwards, fit.back, rough, bounds, math.inf, ())


def _spline(
    points: PointSet, size: tuple[int, int], picture: tuple[Floats, Floats], world: tuple[Floats, Floats]
) -> tuple[FittedPoints, Floats]:
    """Fit a spline; also return, for each point, the pixel that the others give it, less its own."""
    plain = fit_affine(*picture, *world)
    if plain is None:
        raise CannotBePlaced("Too many of the control points lie in one line: set one away from it.")
    _check_turn(plain.forwards, size)
    try:
        spline = ThinPlate(*world, *picture)
        left_out = spline.left_out()
    except np.linalg.LinAlgError as error:
        raise CannotBePlaced("The control points contradict each other: take one away, or choose affine.") from error
    middle_x, middle_y = plain.forwards(np.array([0.0, 1.0]), np.array([0.0, 0.0]))
    step = float(np.hypot(np.diff(middle_x), np.diff(middle_y))[0]) * _SLOPE_PX
    to_world = backwards(spline, plain.forwards, step)
    x, y = to_world(*_outline(size))
    if not np.isfinite(x).all():
        raise _folded()
    rough = _as_affine(plain)
    over_u, over_v = _applied(rough.inverse(), x, y)
    overs = ((-over_u / size[0]).max(), (over_u / size[0] - 1).max(), (-over_v / size[1]).max())
    margin = max(_LEAST_MARGIN, *map(float, overs), float((over_v / size[1] - 1).max())) + 0.05
    _check_folds(spline, to_world, rough, size, margin, picture, world)
    bounds = _checked_bounds(points, x, y).expanded(math.hypot(rough.a, rough.d))  # its outline is bent between nodes
    fit = FittedPoints(points, size, to_world, spline, rough, bounds, margin, ())
    return fit, _without_lonely(left_out, picture)


def _without_lonely(left_out: Floats, picture: tuple[Floats, Floats]) -> Floats:
    """nan for points without which the others lie in one line."""
    u, v = picture
    if len(u) < 4:
        return np.full_like(left_out, np.nan)
    middle = np.stack([u - u.mean(), v - v.mean()])
    # The scatter of all others: of all, less what the one adds to it.
    scatter = middle @ middle.T - np.einsum("in,jn->nij", middle, middle) * len(u) / (len(u) - 1)
    least, most = np.linalg.eigvalsh(scatter).T
    return np.where((least <= LINE_SHARE**2 * most)[:, None], np.nan, left_out)


def _check_turn(forwards: Plane, size: tuple[int, int]) -> None:
    """Raises CannotBePlaced where the picture would lie face down."""
    u, v = np.array([0.0, 1.0, 0.0]) + size[0] / 2, np.array([0.0, 0.0, 1.0]) + size[1] / 2
    x, y = forwards(u, v)
    if not (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]) < 0:
        raise CannotBePlaced("With these points the picture would lie mirrored: two of them may be exchanged.")


def _check_folds(
    spline: Plane,
    to_world: Plane,
    rough: Affine,
    size: tuple[int, int],
    margin: float,
    picture: tuple[Floats, Floats],
    world: tuple[Floats, Floats],
) -> None:
    """Raises CannotBePlaced where the picture would be shown twice: on a lattice around it, at the points, and half way
    between neighbours.
    """
    shares = np.linspace(-margin, 1 + margin, _FOLD_NODES)
    lattice = _applied(rough, *(grid.ravel() for grid in np.meshgrid(shares * size[0], shares * size[1])))
    u, v = picture
    apart = np.hypot(u[:, None] - u, v[:, None] - v)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argmin(axis=1)
    between = to_world((u + u[nearest]) / 2, (v + v[nearest]) / 2)
    x, y = (np.concatenate(parts) for parts in zip(lattice, between, world, strict=True))
    step = _SLOPE_PX * math.hypot(rough.a, rough.d)
    (u0, v0), (u1, v1), (u2, v2) = spline(x, y), spline(x + step, y), spline(x, y + step)
    turn = (u1 - u0) * (v2 - v0) - (u2 - u0) * (v1 - v0)
    shown = (u0 >= 0) & (u0 <= size[0]) & (v0 >= 0) & (v0 <= size[1])
    if not np.isfinite(x).all() or bool((shown & ~(turn < 0)).any()):
        raise _folded()


def _folded() -> CannotBePlaced:
    return CannotBePlaced(
        "The spline would fold the picture over itself: a point is wrong, or two contradict each other. Choose affine "
        "to see which."
    )


def _checked_bounds(points: PointSet, x: Floats, y: Floats) -> Bounds:
    """Bounds of the picture's outline; raises CannotBePlaced where that is off the Earth, or larger than it."""
    lon, lat = transform_points(points.crs, WGS84, x, y)
    world = world_bounds(points.crs)
    around = world.expanded(max(world.width, world.height))
    if not (np.isfinite(x) & np.isfinite(y)).all() or not np.isfinite(lon + lat).any():
        raise CannotBePlaced("With these points the picture would lie off the Earth: look for a wrong one.")
    bounds = Bounds.of_points(x, y)
    if not around.contains(bounds):
        raise CannotBePlaced("With these points the picture would be larger than the Earth: look for a wrong one.")
    return bounds


def _outline(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Pixel positions round the edge of the picture."""
    along, none = np.linspace(0.0, 1.0, _OUTLINE), np.zeros(_OUTLINE)
    cols = np.concatenate([along, none + 1, along, none]) * size[0]
    rows = np.concatenate([none, along, none + 1, along]) * size[1]
    return cols, rows


def _nearest_affine(size: tuple[int, int], forwards: Plane) -> Affine:
    cols, rows = (grid.ravel() for grid in np.meshgrid(np.linspace(0, size[0], 9), np.linspace(0, size[1], 9)))
    fit = fit_affine(cols, rows, *forwards(cols, rows))
    if fit is None:
        raise CannotBePlaced("With these points the picture would shrink to a line: look for a wrong one.")
    return _as_affine(fit)


def _as_affine(fit: PlaneFit) -> Affine:
    (x0, x1, x2), (y0, y1, y2) = (
        values.tolist() for values in fit.forwards(np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    )
    return Affine(x1 - x0, x2 - x0, x0, y1 - y0, y2 - y0, y0)


def _applied(affine: Affine, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


# -- residuals ----------------------------------------------------------------------------------------------------


def _with_residuals(fitted: FittedPoints, left_out: Floats | None, fit: PlaneFit | None = None) -> FittedPoints:
    """Add the residuals of all points. `left_out`: those of a spline; `fit`: any other fit, which says which points it
    checks.
    """
    points = fitted.points.points
    cols, rows = np.array([p.col for p in points]), np.array([p.row for p in points])
    px, py = fitted.pixels([p.lon for p in points], [p.lat for p in points])
    off = np.stack([px - cols, py - rows], axis=1)
    is_known = np.ones(len(points), dtype=bool)
    counts = np.flatnonzero([point.is_on for point in points])
    if left_out is not None:
        off[counts] = left_out
    elif fit is not None:
        is_known[counts] = fit.is_checked
    # Where the fit has the point's pixel; a spline left that point out, and lies the other way.
    there_cols, there_rows = (cols, rows) if left_out is None else (cols - off[:, 0], rows - off[:, 1])
    lon, lat = fitted.lonlat(there_cols.tolist(), there_rows.tolist())
    each = zip(points, off.tolist(), lon.tolist(), lat.tolist(), is_known.tolist(), strict=True)
    return replace(fitted, residuals=tuple(_residual(*row) for row in each))


def _residual(point: ControlPoint, off: list[float], lon: float, lat: float, is_known: bool) -> Residual | None:
    if not is_known or not all(map(math.isfinite, (*off, lon, lat))):
        return None
    return Residual(float(GEOD.inv(point.lon, point.lat, lon, lat)[2]), *off)


def _root_mean_square(values: Sequence[float]) -> float | None:
    return math.sqrt(math.fsum(value * value for value in values) / len(values)) if values else None
