"""Fits of pictures to control points: there and back, residuals, degrees of freedom, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from layers.errors import CannotBePlaced
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.geo.measure import distance_m
from layers.raster.point_fit.control_point import ControlPoint, Method, PointSet
from layers.raster.point_fit.fitted_points import FittedPoints, fitted_points

SIZE = (1200, 900)
CORNERS = [(60.0, 40.0), (1150.0, 80.0), (1100.0, 860.0), (90.0, 820.0)]
MORE = [(600.0, 450.0), (300.0, 200.0), (900.0, 300.0), (500.0, 700.0), (700.0, 90.0)]
UTM = "EPSG:32652"
METHODS = list(Method)


def truth(turn: float, metres: float, tilt: tuple[float, float], bend: float, at: tuple[float, float]):
    """From pixels to the plane of the CRS: turned, scaled, tilted as an oblique view, bent."""
    cos, sin = math.cos(turn), math.sin(turn)

    def forwards(col, row):
        u, v = col / SIZE[0] - 0.5, row / SIZE[1] - 0.5
        w = 1 + tilt[0] * u + tilt[1] * v
        x, y = (u + bend * v * v) * SIZE[0] * metres / w, -(v + bend * u * u) * SIZE[1] * metres / w
        return at[0] + cos * x - sin * y, at[1] + sin * x + cos * y

    return forwards


def points_of(forwards, pixels, crs: str, noise=lambda: 0.0) -> tuple[ControlPoint, ...]:
    found = []
    for col, row in pixels:
        lon, lat = transform_points(crs, WGS84, *forwards(col, row))
        found.append(ControlPoint(col + noise(), row + noise(), float(lon), float(lat)))
    return tuple(found)


def fit(pixels, method: Method, tilt=(0.0, 0.0), bend=0.0, turn=0.3, noise=0.0, crs=UTM, at=(454_000.0, 5_748_000.0)):
    random = np.random.default_rng(5)
    forwards = truth(turn, 2.0, tilt, bend, at)
    points = points_of(forwards, pixels, crs, lambda: float(random.normal(0, noise)) if noise else 0.0)
    return fitted_points(PointSet(points, method, crs), SIZE), forwards


def lattice():
    cols, rows = np.meshgrid(np.linspace(0, SIZE[0], 13), np.linspace(0, SIZE[1], 11))
    return cols.ravel(), rows.ravel()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(METHODS),
    st.floats(-math.pi, math.pi),
    st.floats(0.01, 300.0),
    st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
    st.floats(-0.05, 0.05),
    st.integers(4, 9),
    st.sampled_from([(UTM, 454_000.0, 5_748_000.0), (WEB_MERCATOR, 20_037_000.0, -1e6)]),
)
def test_there_and_back_is_the_same_pixel(method, turn, metres, tilt, bend, count, where) -> None:
    crs, x, y = where
    pixels = (CORNERS + MORE)[:count]
    points = points_of(truth(turn, metres, tilt, bend, (x, y)), pixels, crs)
    try:
        found = fitted_points(PointSet(points, method, crs), SIZE)
    except CannotBePlaced:
        assume(False)
    cols, rows = lattice()
    back_cols, back_rows = found.to_pixels(*found.to_world(cols, rows))
    assert np.hypot(back_cols - cols, back_rows - rows).max() < 1e-3
    lon, lat = found.lonlat(cols.tolist(), rows.tolist())
    px, py = found.pixels(lon.tolist(), lat.tolist())
    assert np.hypot(px - cols, py - rows).max() < 2e-3, "by way of longitudes and latitudes, too"
    x, y = found.to_world(cols, rows)
    assert found.bounds.left - 1e-6 <= x.min() <= x.max() <= found.bounds.right + 1e-6
    assert found.bounds.bottom - 1e-6 <= y.min() <= y.max() <= found.bounds.top + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([Method.AFFINE, Method.PROJECTIVE]), st.floats(-3, 3), st.integers(0, 5))
def test_a_true_transform_is_found_exactly(method, turn, more) -> None:
    tilt = (0.4, -0.3) if method is Method.PROJECTIVE else (0.0, 0.0)
    found, forwards = fit(CORNERS + MORE[:more], method, tilt, turn=turn)
    cols, rows = lattice()
    (x, y), (true_x, true_y) = found.to_world(cols, rows), forwards(cols, rows)
    assert np.hypot(x - true_x, y - true_y).max() < 1e-4
    assert found.rms_m is None or found.rms_m < 1e-3


@pytest.mark.parametrize(
    ("method", "points", "freedom"),
    [
        (Method.AFFINE, 3, 0),
        (Method.AFFINE, 4, 2),
        (Method.AFFINE, 9, 12),
        (Method.PROJECTIVE, 4, 0),
        (Method.PROJECTIVE, 5, 2),
        (Method.THIN_PLATE, 9, 0),
    ],
)
def test_the_degrees_of_freedom_and_what_is_unchecked(method: Method, points: int, freedom: int) -> None:
    found, _ = fit((CORNERS + MORE)[:points], method, noise=2.0)
    assert found.degrees_of_freedom == freedom
    is_exact = freedom == 0 and method is not Method.THIN_PLATE
    assert (found.rms_m is None) == is_exact
    assert ("unchecked" in found.note) == is_exact
    assert found.note.startswith(f"{points} control points, {method}, ")
    assert is_exact or "no position error" in found.note
    assert all((residual is None) == is_exact for residual in found.residuals)


def test_three_points_of_a_spline_are_unchecked() -> None:
    found, _ = fit(CORNERS[:3], Method.THIN_PLATE)
    assert found.rms_m is None
    assert "unchecked" in found.note


def test_a_point_alone_off_the_line_of_the_others_is_unchecked() -> None:
    line = [(100.0, 100.0), (500.0, 300.0), (900.0, 500.0), (200.0, 800.0)]
    for method in (Method.AFFINE, Method.THIN_PLATE):
        found, _ = fit(line, method, noise=1.0)
        assert [residual is None for residual in found.residuals] == [False, False, False, True]


def test_residuals_are_geodesic_metres_and_pixels() -> None:
    found, _ = fit(CORNERS + MORE, Method.AFFINE, noise=2.0)
    for point, residual in zip(found.points.points, found.residuals, strict=True):
        assert residual is not None
        lon, lat = found.lonlat([point.col], [point.row])
        assert residual.metres == pytest.approx(distance_m(point.lon, point.lat, lon[0], lat[0]))
        px, py = found.pixels([point.lon], [point.lat])
        assert (residual.dx_px, residual.dy_px) == pytest.approx((px[0] - point.col, py[0] - point.row))
        assert residual.metres == pytest.approx(2.0 * residual.pixels, rel=0.01), "a pixel is 2 m"
    assert found.rms_m == pytest.approx(math.sqrt(sum(r.metres**2 for r in found.residuals) / 9))
    assert 1.0 < found.rms_px < 4.0


def test_a_spline_is_checked_by_leaving_each_point_out() -> None:
    pixels = CORNERS + MORE
    found, _ = fit(pixels, Method.THIN_PLATE, bend=0.05, noise=1.5)
    points = found.points.points
    for index, (point, residual) in enumerate(zip(points, found.residuals, strict=True)):
        px, py = found.pixels([point.lon], [point.lat])
        assert math.hypot(px[0] - point.col, py[0] - point.row) < 1e-6, "it goes through all of them"
        without = fitted_points(replace(found.points, points=points[:index] + points[index + 1 :]), SIZE)
        px, py = without.pixels([point.lon], [point.lat])
        assert (residual.dx_px, residual.dy_px) == pytest.approx((px[0] - point.col, py[0] - point.row), abs=1e-6)
        lon, lat = without.lonlat([point.col], [point.row])
        assert residual.metres == pytest.approx(distance_m(point.lon, point.lat, lon[0], lat[0]), rel=0.2)


def test_a_point_that_is_off_checks_and_does_not_count() -> None:
    found, _ = fit(CORNERS, Method.AFFINE)
    off = ControlPoint(600.0, 450.0, found.points.points[0].lon, found.points.points[0].lat, is_on=False)
    more = fitted_points(replace(found.points, points=(*found.points.points, off)), SIZE)
    assert more.rough == found.rough
    assert more.rms_m == found.rms_m
    assert more.residuals[-1] is not None
    assert more.residuals[-1].metres > 500


def refusal(points, method=Method.AFFINE, crs=UTM) -> str:
    with pytest.raises(CannotBePlaced) as refused:
        fitted_points(PointSet(tuple(points), method, crs), SIZE)
    return refused.value.sentence


@pytest.mark.parametrize("method", METHODS)
def test_what_determines_nothing_is_refused_in_a_sentence(method: Method) -> None:
    found, _ = fit(CORNERS + MORE, method)
    good = found.points.points
    assert "needs" in refusal(good[: method.least_points - 1], method)
    doubled = (*good[:4], replace(good[5], col=good[1].col, row=good[1].row))
    assert refusal(doubled, method) == "Points 2 and 5 have the same pixel: move one of them, or take it away."
    there = (*good[:4], replace(good[5], lon=good[2].lon, lat=good[2].lat))
    assert "Points 3 and 5 have the same place" in refusal(there, method)
    in_line = [replace(p, col=100.0 + 100 * i, row=50.0 + 80 * i) for i, p in enumerate(good[:5])]
    assert "in one line in the picture" in refusal(in_line, method)
    on_map = [replace(p, lon=127 + 0.01 * i, lat=51 + 0.02 * i) for i, p in enumerate(good[:5])]
    assert "in one line on the map" in refusal(on_map, method)
    mirrored = [replace(p, col=SIZE[0] - p.col) for p in good]
    assert "mirrored" in refusal(mirrored, method)


def test_a_picture_of_another_size_is_refused() -> None:
    found, _ = fit(CORNERS, Method.AFFINE)
    with pytest.raises(CannotBePlaced, match="a picture of 10 × 20 pixels"):
        fitted_points(replace(found.points, size=(10, 20)), SIZE)
    assert fitted_points(replace(found.points, size=SIZE), SIZE).rough == found.rough


def test_a_horizon_in_the_picture_is_refused() -> None:
    corner = [(560.0, 420.0), (640.0, 420.0), (640.0, 480.0), (560.0, 480.0)]
    points = points_of(truth(0.0, 2.0, (0.0, 2.5), 0.0, (454_000.0, 5_748_000.0)), corner, UTM)
    assert "horizon" in refusal(points, Method.PROJECTIVE)


def test_three_of_four_in_a_line_determine_no_projective_fit() -> None:
    pixels = [(100.0, 100.0), (500.0, 300.0), (900.0, 500.0), (200.0, 800.0)]
    points = points_of(truth(0.1, 2.0, (0.0, 0.0), 0.0, (454_000.0, 5_748_000.0)), pixels, UTM)
    assert "in one line" in refusal(points, Method.PROJECTIVE)


def test_a_spline_that_folds_is_refused() -> None:
    found, _ = fit(CORNERS + MORE, Method.THIN_PLATE)
    good = list(found.points.points)
    good[4], good[5] = (
        replace(good[4], lon=good[5].lon, lat=good[5].lat),
        replace(good[5], lon=good[4].lon, lat=good[4].lat),
    )
    assert "fold" in refusal(good, Method.THIN_PLATE)
    near = points_of(truth(0.1, 2.0, (0.0, 0.0), 0.0, (454_000.0, 5_748_000.0)), [(600.0, 450.0), (612.0, 450.0)], UTM)
    swapped = replace(near[0], lon=near[1].lon, lat=near[1].lat), replace(near[1], lon=near[0].lon, lat=near[0].lat)
    corners, _ = fit(CORNERS, Method.THIN_PLATE, turn=0.1)
    assert "fold" in refusal([*corners.points.points, *swapped], Method.THIN_PLATE), "also between two near ones"


def test_places_that_no_map_of_the_fit_holds_are_refused() -> None:
    polar = [ControlPoint(c, r, 20.0 + c / 100, 88.0 - r / 1000) for c, r in CORNERS]
    assert "Point 1 has no place in" in refusal(polar, crs=WEB_MERCATOR)
    assert fitted_points(PointSet(tuple(polar), crs="EPSG:3413"), SIZE).bounds.is_finite()
    tiny = [ControlPoint(600 + c / 1e4, 450 + r / 1e4, 20.0 + c / 20, 60.0 - r / 20) for c, r in CORNERS]
    assert "have the same pixel" in refusal(tiny) or "Earth" in refusal(tiny)
    wide = [ControlPoint(600 + c / 20, 450 + r / 20, 20.0 + c / 20, 60.0 - r / 20) for c, r in CORNERS]
    assert "larger than the Earth" in refusal(wide, crs=WEB_MERCATOR)
    assert "CRS" in refusal(wide, crs="nonsense")
    assert "CRS of the Earth" in refusal(wide, crs="pixels")


def test_points_on_both_sides_of_the_antimeridian_lie_together() -> None:
    found, _ = fit(CORNERS, Method.AFFINE, crs=WEB_MERCATOR, at=(20_037_508.0, 2e6))
    assert {point.lon > 0 for point in found.points.points} == {True}, "longitudes beyond 180 run on"
    turned = tuple(replace(p, lon=p.lon - 360 if p.lon > 180 else p.lon) for p in found.points.points)
    assert any(p.lon < 0 for p in turned)
    again = fitted_points(replace(found.points, points=turned), SIZE)
    assert again.rough == pytest.approx(found.rough)
    assert again.rms_m < 0.001


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-1e4, 1e4, width=32)] * 2, *[st.floats(-89, 89, width=32)] * 2), max_size=7),
    st.sampled_from(METHODS),
    st.sampled_from([WEB_MERCATOR, WGS84, UTM]),
)
def test_any_points_are_a_fit_or_a_sentence(numbers, method: Method, crs: str) -> None:
    points = tuple(ControlPoint(*each) for each in numbers)
    sentence = ""
    try:
        found = fitted_points(PointSet(points, method, crs), (100, 80))
    except CannotBePlaced as refused:
        sentence = refused.sentence
    if sentence:
        assert sentence.endswith(".")
        return
    assert isinstance(found, FittedPoints)
    assert found.bounds.is_finite()
    assert found.note
