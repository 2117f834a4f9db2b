"""Bands of different files in one tile, each placed as its own file or its layer says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.readers.deliveries.scene_tile import read_scene_tile
from layers.requests.imagery import ReadTile
from tests.support.readers.tiny_rasters import write_raster

PARAMS = {"crs": "EPSG:32632", "affine": [10.0, 0, 500_000.0, 0, -10.0, 5_000_320.0], "width": 32, "height": 32}
BOUNDS = Bounds(500_000, 5_000_000, 500_320, 5_000_320)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The second does not say in which CRS it is."""
    first, second = np.full((1, 32, 32), 7, np.uint8), np.full((2, 16, 16), 900, np.uint16)
    second[1, :, 8:] = 300
    return (
        write_raster(tmp_path / "a.tif", first, "EPSG:32632", BOUNDS),
        write_raster(tmp_path / "b.tif", second, None, BOUNDS),
    )


def test_each_band_has_the_crs_of_its_own_layer(files: tuple[Path, Path]) -> None:
    first, second = files
    bands = [{"paths": [str(first)], "index": 1}, {"paths": [str(second)], "index": 2, "source_crs": "EPSG:32632"}]
    header, (found, mask) = read_scene_tile(ReadTile.of({**PARAMS, "bands": bands}))
    assert (header["empty"], found.dtype) == (False, np.uint16)
    assert mask.all()
    assert (found[0] == 7).all()
    assert found[1, 16, 2] == 900
    assert found[1, 16, 29] == 300
    with pytest.raises(CannotBePlaced):
        read_scene_tile(ReadTile.of({**PARAMS, "bands": [bands[0], {"paths": [str(second)], "index": 2}]}))


def test_what_one_file_lacks_is_shown_of_none(files: tuple[Path, Path], tmp_path: Path) -> None:
    half = Bounds(500_000, 5_000_000, 500_160, 5_000_320)
    third = write_raster(tmp_path / "c.tif", np.full((1, 32, 16), 5, np.uint8), "EPSG:32632", half)
    bands = [{"paths": [str(files[0])], "index": 1}, {"paths": [str(third)], "index": 1}]
    _, (_, mask) = read_scene_tile(ReadTile.of({**PARAMS, "bands": bands}))
    assert mask[:, :15].all()
    assert not mask[:, 17:].any()
