"""Pixels of the cells of a search: radar shadow is suggested where there is noise only, lacking data are counted."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from layers.observing.cell_pixels import Blocks, blocks_of, covered_cells, noise_floor, read_cells
from layers.observing.search_cells import SearchCell
from tests.support.searched_areas import AREA, GRID

SIDE = 500
NOISE, GROUND = 6.0, 60.0


def speckled(mean: NDArray[np.float64]) -> NDArray[np.uint8]:
    """A radar image of one look: values as strong in noise as in signal, with many zeros where there is only noise."""
    values = np.random.default_rng(7).rayleigh(np.maximum(mean, 1e-6) / 1.25) - 2.0
    return np.clip(values, 0, 255).astype(np.uint8)


def crater() -> NDArray[np.uint8]:
    """A scene of 5 x 5 cells with radar shadow in row 2, columns 3 and 4."""
    mean = np.full((SIDE, SIDE), GROUND)
    mean[100:200, 200:400] = NOISE
    return speckled(mean)


def five_by_five(across: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.stack([down // (SIDE / 5) + 1, across // (SIDE / 5) + 1], axis=-1).astype(np.int64)


def test_radar_shadow_is_suggested_in_the_dark_cells_alone() -> None:
    scene = crater()
    valid = np.ones_like(scene, np.bool_)
    cells = read_cells(blocks_of(scene, valid), five_by_five, is_radar=True)
    assert len(cells) == 25
    suggested = {(cell.row, cell.column): cell.suggested for cell in cells if cell.suggested}
    assert suggested == {(2, 3): "radar shadow", (2, 4): "radar shadow"}
    assert all(cell.no_data == 0 for cell in cells)


def test_nothing_is_suggested_on_an_image_that_is_no_radars_or_even() -> None:
    scene = crater()
    valid = np.ones_like(scene, np.bool_)
    assert not any(cell.suggested for cell in read_cells(blocks_of(scene, valid), five_by_five, is_radar=False))
    even = speckled(np.full((SIDE, SIDE), GROUND))
    assert noise_floor(blocks_of(even, valid)) is None
    assert not any(cell.suggested for cell in read_cells(blocks_of(even, valid), five_by_five, is_radar=True))


def test_lacking_data_are_counted_and_are_not_dark() -> None:
    scene, valid = crater(), np.ones((SIDE, SIDE), np.bool_)
    valid[:100, :75] = False
    scene[:100, :75] = 0
    cells = {(cell.row, cell.column): cell for cell in read_cells(blocks_of(scene, valid), five_by_five, is_radar=True)}
    assert cells[1, 1].no_data == 0.75
    assert cells[1, 1].suggested == "not covered"
    assert cells[1, 1].dark == 0.0
    assert cells[1, 2].no_data == 0.0


@given(st.integers(1, 70), st.integers(1, 70), st.integers(1, 40))
def test_blocks_hold_each_pixel_once(height: int, width: int, side: int) -> None:
    band = np.arange(height * width, dtype=np.float64).reshape(height, width)
    valid = np.ones((height, width), np.bool_)
    blocks = blocks_of(band, valid, side)
    assert isinstance(blocks, Blocks)
    assert np.all(blocks.valid == 1.0)
    assert blocks.across.max() < width
    assert blocks.down.max() < height
    assert np.isfinite(blocks.means).all()


def test_a_picture_of_nothing_has_no_floor() -> None:
    empty = blocks_of(np.zeros((SIDE, SIDE), np.uint8), np.zeros((SIDE, SIDE), np.bool_))
    assert noise_floor(empty) is None
    black = blocks_of(np.zeros((SIDE, SIDE), np.uint8), np.ones((SIDE, SIDE), np.bool_))
    assert noise_floor(black) is None


def test_cells_beside_the_picture_lack_their_data() -> None:
    picture = GRID.on_earth(shapely.union_all([GRID.cell(row, 1) for row in range(1, 6)]).buffer(GRID.width_m * 0.5))
    read = [SearchCell(row, column, no_data=0.0) for row in range(1, 6) for column in (1, 2)]
    cells = {(cell.row, cell.column): cell for cell in covered_cells(read, GRID, AREA, picture)}
    assert len(cells) == 25
    assert cells[3, 1].no_data == 0.0
    assert abs(cells[3, 2].no_data - 0.5) < 0.01
    assert cells[3, 4].no_data == 1.0


def test_cloud_hides_its_part_of_what_has_data() -> None:
    scene, valid, hidden = crater(), np.ones((SIDE, SIDE), np.bool_), np.zeros((SIDE, SIDE), np.bool_)
    hidden[:100, :50] = True
    valid[:100, 75:100] = False
    blocks = blocks_of(scene, valid, hidden=hidden)
    cells = {(cell.row, cell.column): cell for cell in read_cells(blocks, five_by_five, is_radar=False)}
    assert (cells[1, 1].cloud, cells[1, 1].no_data) == (0.5, 0.25)
    assert cells[1, 1].suggested == "cloud"
    assert cells[2, 2].cloud == 0.0
