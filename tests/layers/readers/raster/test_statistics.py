"""The stretch of a whole file, against numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from layers.decoding import encoded
from layers.raster.stretch import StretchRule
from layers.readers.raster.statistics import read_statistics
from layers.readers.raster.tile import read_tile
from layers.requests.imagery import ReadStatistics
from tests.viewer.rendering.conftest import write_raster

BANDS = np.random.default_rng(2).integers(1, 5000, (2, 60, 80)).astype(np.uint16)
BANDS[:, :20] = 0


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(write_raster(tmp_path / "a.tif", BANDS, "EPSG:3857", 0, 0, 10, nodata=0))


def stretch(path: str, rule: StretchRule, expression: str = "") -> list[tuple[float, float]]:
    params = {"path": path, "bands": [1, 2], "rule": encoded(rule), "expression": expression}
    return read_statistics(ReadStatistics.of(params), read_tile)[0]["stretch"]


def test_of_each_band_and_of_both_together(path: str) -> None:
    valid = BANDS[:, 20:]
    for band, found in zip(valid, stretch(path, StretchRule(low_percent=5, high_percent=80)), strict=True):
        assert found == pytest.approx(np.percentile(band, (5, 80)))
    joint = stretch(path, StretchRule("minmax", joint=True))
    assert joint == [(valid.min(), valid.max())] * 2


def test_of_an_expression(path: str) -> None:
    ((low, high),) = stretch(path, StretchRule("minmax"), "b1 - b2")
    difference = BANDS[0, 20:].astype(int) - BANDS[1, 20:]
    assert (low, high) == (difference.min(), difference.max())


def test_without_valid_values_there_is_none(tmp_path: Path) -> None:
    empty = write_raster(tmp_path / "b.tif", np.zeros_like(BANDS), "EPSG:3857", 0, 0, 10, nodata=0)
    assert stretch(str(empty), StretchRule()) == []
