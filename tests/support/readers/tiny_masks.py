"""Masks of cloud for tests: COGs in UTM around a place, and the way by which inline readers get their bytes."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_origin

from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, transform_points
from layers.requests.addresses import ServedRanges, WantedRanges
from tests.support.range_server import ThreadedRanges

UTM = "EPSG:32632"
STEP_M = 20.0


def write_mask(
    path: Path, values: NDArray[np.uint8], lon: float, lat: float, nodata: int | None = 0, driver: str = "COG"
) -> Path:
    """A mask (n, h, w) or (h, w) of pixels of 20 m, with a place in the middle of it."""
    bands = values if values.ndim == 3 else values[None]
    (x,), (y,) = transform_points(WGS84, UTM, np.array([lon]), np.array([lat]))
    count, height, width = bands.shape
    place = {"crs": UTM, "transform": from_origin(x - width * STEP_M / 2, y + height * STEP_M / 2, STEP_M, STEP_M)}
    options = {"blocksize": 128, "compress": "DEFLATE", "overview_resampling": "nearest"} if driver == "COG" else {}
    with rasterio.open(
        path,
        "w",
        driver=driver,
        width=width,
        height=height,
        count=count,
        dtype="uint8",
        nodata=nodata,
        **place,
        **options,
    ) as file:
        file.write(bands)
    return path


def halves(left: int, right: int, side: int = 256) -> NDArray[np.uint8]:
    """A mask with one value in its western half, and another in its eastern one."""
    values = np.full((side, side), left, np.uint8)
    values[:, side // 2 :] = right
    return values


def ranges_of(wanted: WantedRanges) -> ServedRanges:
    """Bytes of a file at an address, for the line of readers in the test's own process."""
    source, parts = ThreadedRanges(), []
    for first, last in wanted.ranges or ((0, 0),):
        arrived, answers = threading.Event(), list[ServedRanges | GeoloupeError]()

        def take(answer: ServedRanges | GeoloupeError, arrived=arrived, answers=answers) -> None:
            answers.append(answer)
            arrived.set()

        source.ranges(wanted.address, first, last, take)
        assert arrived.wait(20)
        (answer,) = answers
        if isinstance(answer, GeoloupeError):
            raise answer
        parts.append(answer)
    data = b"".join(part.data for part in parts) if wanted.ranges else b""
    return ServedRanges(data, parts[0].size, parts[0].mark)


@pytest.fixture
def inline_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers in the test's own process get bytes of files on loopback."""
    monkeypatch.setattr("layers.readers.window_bytes.LINE.ask", ranges_of)
