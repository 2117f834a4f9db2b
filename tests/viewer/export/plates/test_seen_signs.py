"""A map of a product says of its marks how they were seen on the image that it shows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from layers.document.document import Document
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.support.many_scenes import write_scene
from tests.viewer.export.conftest import pixels
from tests.viewer.export.plates.conftest import MakePlate, picture

SEEN = Bounds(10.0, 50.0, 10.2, 50.2)
SPEC = ProductSpec(title="Bends", bounds=Bounds(10.05, 50.05, 10.15, 50.15), page="A4 landscape")


def case(folder: Path, **presences: str) -> Document:
    """Two images of one place, 1995 above 1985, and a site of each presence on the upper one, which 1985 shows."""
    layers, images, sites, rows = [], [], [], []
    for year in ("1985", "1995"):
        path = write_scene(folder / f"{year}.tif", SEEN, f"{year}-08-01T10:00:00Z", side=64)
        layers.append(Layer(uuid=year, kind="raster", name=year, source_json=json.dumps({"path": str(path)})))
        images.append(
            Image(uuid=f"i{year}", image_key=year, layer_uuid=year, acquired_at=f"{year}-08-01", date_kind="instant")
        )
    for at, (name, presence) in enumerate(presences.items()):
        sites.append(Site(uuid=name, geometry=shapely.Point(10.07 + 0.03 * at, 50.1), label=name))
        seen = {"i1985": "present", "i1995": presence}
        rows += [
            Observation(uuid=f"{name}{image}", site_uuid=name, image_uuid=image, presence=word)
            for image, word in seen.items()
        ]
    return Document({"layers": layers, "images": images, "sites": sites, "observations": rows})


def at_mark(plate_of: MakePlate, document: Document) -> NDArray[np.uint8]:
    """The pixels of a page about the symbol of its only mark, without its label."""
    plate = plate_of(SPEC, document)
    (on_page,) = plate.maps
    (frame,), corner = on_page.frames, on_page.rect.topLeft()
    x, y, reach = round(corner.x() + frame.px[0]), round(corner.y() + frame.py[0]), round(frame.symbol_radius_px)
    return pixels(picture(plate, 96))[y - reach : y + reach, x - reach : x + reach].astype(np.uint8)


@pytest.mark.bounded
def test_a_mark_is_struck_out_on_the_image_that_does_not_show_it_and_the_legend_says_so(
    plate_of: MakePlate, tmp_path: Path
) -> None:
    document = case(tmp_path, east="absent", west="cannot tell", north="present")
    plate = plate_of(SPEC, document)
    assert plate.maps[0].presences == {"east": "absent", "west": "cannot tell"}
    texts = [row.text for row in plate.legend]
    assert "Not seen on the image that is shown" in texts
    assert "Cannot be told from the image that is shown" in texts


@pytest.mark.bounded
def test_a_strike_is_thin_and_in_the_ink_of_the_page(plate_of: MakePlate, tmp_path: Path) -> None:
    """It was orange and thicker than the symbol that it struck out."""
    struck = at_mark(plate_of, case(tmp_path, east="absent"))
    plain = at_mark(plate_of, case(tmp_path, east="present"))
    changed = (struck != plain).any(axis=2)
    assert 0.1 < changed.mean() < 0.9
    spread_of_colours = struck[changed].astype(int)
    assert (spread_of_colours.max(axis=1) - spread_of_colours.min(axis=1)).mean() < 30, "no loud colour"


def test_a_page_of_what_is_present_has_no_such_sign(plate_of: MakePlate, tmp_path: Path) -> None:
    plate = plate_of(SPEC, case(tmp_path, east="present"))
    assert plate.maps[0].presences == {}
    assert not [row for row in plate.legend if row.presence]
