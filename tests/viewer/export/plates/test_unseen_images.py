"""Images that a map shows and that it does not: of the smallest as well, and at a glance where there is one alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.product.spec import ProductSpec
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.conftest import FRAME
from viewer.export.plates.maps import unseen_images
from viewer.export.plates.plate import Plate

pytestmark = pytest.mark.bounded

SPEC = ProductSpec(title="A yard", bounds=FRAME)


def image(folder: Path, bounds: Bounds, nodata: int | None = None) -> Document:
    """A case of one image; `nodata` fills all of it where given."""
    values = np.full((1, 64, 64), 90 if nodata is None else nodata, np.uint8)
    path = write_raster(folder / "image.tif", values, "EPSG:4326", bounds, nodata)
    return Document({"layers": [Layer(uuid="i", kind="raster", name="I", source_json=json.dumps({"path": str(path)}))]})


def unseen_and_steps(
    plate: Plate, monkeypatch: pytest.MonkeyPatch, moved_px: int = 0
) -> tuple[frozenset[str], list[int]]:
    """The images that a page does not show, moved to the right, and at one pixel of how many it was looked at."""
    (on_page,) = plate.maps
    steps, looked = list[int](), unseen_images.seen_images
    monkeypatch.setattr(unseen_images, "seen_images", lambda *given: (steps.append(given[3]), list(looked(*given)))[1])
    view = replace(on_page.view, left=on_page.view.left + moved_px)
    return unseen_images.unseen_images(on_page.shown.frames, view), steps


def test_one_image_alone_is_seen_at_a_glance(plate_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plate = plate_of(SPEC, image(tmp_path, FRAME))
    assert unseen_and_steps(plate, monkeypatch) == (frozenset(), [16])


def test_a_spot_that_a_glance_misses_is_seen(plate_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is near the edge of the map, where a glance leaves out more than a look at each pixel."""
    spot = Bounds(10.5, 50.5, 10.51, 50.51)
    plate = plate_of(SPEC, image(tmp_path, spot))
    view = plate.maps[0].view
    x, y = transform_points(WGS84, view.grid.crs, spot.right, spot.bottom)
    right, _ = view.to_pixel(float(x), float(y))
    assert unseen_and_steps(plate, monkeypatch, round(right) - 12) == (frozenset(), [16, 1])


def test_an_image_without_values_is_not_seen(plate_of, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plate = plate_of(SPEC, image(tmp_path, FRAME, nodata=0))
    assert unseen_and_steps(plate, monkeypatch) == (frozenset({"i"}), [16, 1])
