"""Grids of tiles as services declare them."""

from __future__ import annotations

import pytest

from layers.errors import BadTemplate
from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_HALF_M, WGS84
from layers.services.template import check_template, tile_url
from layers.services.tile_matrix import TileMatrix, TileMatrixSet, mercator_quadtree, quadtree


def test_the_quadtree_of_most_services() -> None:
    grid = mercator_quadtree()
    assert [matrix.columns for matrix in grid.matrices[:4]] == [1, 2, 4, 8]
    half = MERCATOR_HALF_M
    assert grid.matrices[1].tile_bounds(1, 0) == pytest.approx((0, 0, half, half))
    assert all(grid.goes_round(level) for level in range(len(grid.matrices)))


def test_a_quadtree_of_the_world_in_degrees_is_two_tiles_wide() -> None:
    grid = quadtree(WGS84, Bounds(-180, -90, 180, 90), 256, 3, turn=360.0)
    assert [(matrix.columns, matrix.rows) for matrix in grid.matrices] == [(2, 1), (4, 2), (8, 4)]
    assert grid.matrices[0].resolution == pytest.approx(180 / 256)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"resolution": 0.0},
        {"resolution": float("nan")},
        {"left": float("inf")},
        {"columns": 0},
        {"rows": 2**40},
        {"tile_width": 1_000_000},
    ],
)
def test_matrices_that_make_no_sense_are_refused(spoiled: dict[str, float]) -> None:
    sound: dict[str, object] = {"identifier": "0", "left": 0.0, "top": 1.0, "resolution": 1.0, "columns": 1, "rows": 1}
    with pytest.raises(BadTemplate):
        TileMatrixSet(WGS84, (TileMatrix(**(sound | spoiled)),))  # type: ignore[arg-type]


def test_matrices_come_from_coarse_to_fine() -> None:
    coarse, fine = (TileMatrix(str(at), 0.0, 0.0, 2.0 - at, 1, 1) for at in range(2))
    with pytest.raises(BadTemplate):
        TileMatrixSet(WGS84, (fine, coarse))


@pytest.mark.parametrize(
    ("template", "address"),
    [
        ("https://e.org/{z}/{x}/{y}", "https://e.org/EPSG%3A4326%3A2/5/1"),
        ("https://e.org/{z}/{x}/{-y}", "https://e.org/EPSG%3A4326%3A2/5/2"),
        ("https://e.org/?bbox={bbox}&w={width}&h={height}", "https://e.org/?bbox=45,0,90,45&w=256&h=128"),
        ("https://e.org/?bbox={bbox-yx}", "https://e.org/?bbox=0,45,45,90"),
    ],
)
def test_addresses_of_a_declared_grid(template: str, address: str) -> None:
    check_template(template)
    matrix = TileMatrix("EPSG:4326:2", -180.0, 90.0, 45 / 256, 8, 4, 256, 256)
    if "height" in template:
        matrix = TileMatrix("2", -180.0, 90.0, 45 / 256, 8, 8, 256, 128)
        assert tile_url(template, matrix, 5, 2) == "https://e.org/?bbox=45,22.5,90,45&w=256&h=128"
        return
    assert tile_url(template, matrix, 5, 1) == address


def test_a_quadkey_names_level_column_and_row() -> None:
    assert tile_url("https://e.org/{q}.png", mercator_quadtree().matrices[3], 3, 5) == "https://e.org/213.png"
