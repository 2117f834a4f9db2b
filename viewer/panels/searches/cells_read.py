"""Cells of a search as pixels and masks tell them: where data lack, and what lies under cloud or at the noise floor."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.errors import GeoloupeError
from layers.observing.cell_pixels import blocks_of, covered_cells, read_cells
from layers.observing.search_cells import SearchCell
from layers.observing.search_grid import SearchGrid
from layers.observing.search_mask import SearchMask
from layers.phrase import Phrase
from layers.scenes.scene_cloud import CLOUD, SHADOW, SeenGround
from layers.services.stac.cloud_masks import cloud_in_bands
from viewer.rendering.layers.image_values import AreaPixels

_SIDE_STEPS = 8
"""Stretches of a side of a picture, whose outline may be bent on the map."""


class CellsRead(NamedTuple):
    """The cells, the words for the mask by which cloud is known, and why another mask could not be used."""

    cells: tuple[SearchCell, ...]
    mask: str = ""
    problem: GeoloupeError | None = None


def read_search_cells(
    pixels: AreaPixels,
    grid: SearchGrid,
    area: BaseGeometry,
    is_radar: bool,
    names: tuple[str, ...],
    mask: SearchMask | None = None,
    mask_values: tuple[NDArray[Any], ...] = (),
) -> CellsRead:
    """Read what the pixels tell of each cell of a search; for any thread. `names` are those of the image's bands;
    `mask_values` are the bands of a mask apart from the image, on the same pixels, and where it has data.
    """

    def cells_at(across: NDArray[np.float64], down: NDArray[np.float64]) -> NDArray[np.int64]:
        return grid.cells_at(pixels.lonlats(across, down))

    hidden, problem = _hidden(cloud_in_bands(names, pixels.bands)), None
    words: list[str] = []
    if hidden is not None:
        words.append(Phrase("a band of the image"))
    if mask is not None and len(mask_values) == 2:
        try:
            bands, valid = mask_values
            inside = np.ones(pixels.valid.shape, np.bool_)
            own = _hidden(mask.rule.seen(bands, valid.astype(np.bool_), inside))
            hidden = own if hidden is None or own is None else hidden | own
            words.append(mask.words)
        except GeoloupeError as error:
            problem = error
    cells = read_cells(blocks_of(pixels.bands[0], pixels.valid, hidden=hidden), cells_at, is_radar=is_radar)
    made = covered_cells(cells, grid, area, _outline(pixels))
    return CellsRead(tuple(made), " and ".join(map(str, words)), problem)


def _hidden(codes: SeenGround | None) -> NDArray[np.bool_] | None:
    """True where a mask has cloud or its shadow."""
    return None if codes is None else (codes == CLOUD) | (codes == SHADOW)


def _outline(pixels: AreaPixels) -> BaseGeometry:
    """The outline of a picture in longitudes and latitudes."""
    height, width = pixels.valid.shape
    step, zero, ones = np.arange(_SIDE_STEPS) / _SIDE_STEPS, np.zeros(_SIDE_STEPS), np.ones(_SIDE_STEPS)
    across = np.concatenate([step, ones, 1 - step, zero]) * width
    down = np.concatenate([zero, step, ones, 1 - step]) * height
    places = pixels.lonlats(across, down)
    return shapely.Polygon(places) if np.isfinite(places).all() else shapely.Polygon()
