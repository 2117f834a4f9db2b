"""Frames of maps: their images fill them, whatever shape they and the page have."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.comparison import Frame
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.plates.conftest import dark_shares, faults

STRIP, WIDE, TALL = Bounds(9.0, 0.0, 15.0, 1.0), Bounds(9.0, 0.0, 13.0, 1.0), Bounds(9.0, 0.0, 10.0, 2.5)
LONG = Bounds(9.0, 0.0, 21.0, 1.0)
PAGES = ("A4 landscape", "A4 portrait", "1280x720")
FAR = Site(uuid="far", geometry=Point(60.0, 40.0), label="Elsewhere", class_code="port")


def case(folder: Path, bounds: Bounds, *sites: Site) -> Document:
    layers = [
        Layer(
            uuid=name,
            kind="raster",
            name=name,
            source_json=json.dumps(
                {"path": str(write_raster(folder / f"{name}.tif", values(more), "EPSG:4326", bounds))}
            ),
        )
        for name, more in (("old", 0), ("new", 60))
    ]
    return Document({"layers": layers, "sites": list(sites)})


def values(more: int) -> np.ndarray:
    return np.full((1, 64, 64), 90 + more, np.uint8)


def spec_of(layout: str, page: str, bounds: Bounds | None) -> ProductSpec:
    maps = (ProductMap(Frame(("old",))), ProductMap(Frame(("new",))))
    return ProductSpec(layout=layout, title="Two", page=page, bounds=bounds, maps=maps)


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(5)
@pytest.mark.bounded_after(2)
@pytest.mark.parametrize("page", ["A4 landscape", "A4 portrait", "1080x1080"])
@pytest.mark.parametrize("layout", ["before-after", "panels"])
@pytest.mark.parametrize("image", [WIDE, TALL], ids=["wide", "tall"])
def test_images_fill_their_frames(plate_of, tmp_path, image: Bounds, layout: str, page: str) -> None:
    """Wide ones stood between two dark bars, which took half of the frame; so did all in a view larger than they."""
    document = case(tmp_path, image, FAR)
    for asked in (None, image.expanded(2.0)):
        plate = plate_of(spec_of(layout, page, asked), document)
        assert max(dark_shares(plate)) < 0.05
        assert list(faults(plate)) == []


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    ("image", "layout", "page"),
    [
        (image, layout, PAGES[(at + number) % len(PAGES)])
        for at, image in enumerate((STRIP, WIDE, TALL))
        for number, layout in enumerate(("single", "plain", "site", "insets"))
    ],
)
def test_an_image_alone_fills_its_frame(plate_of, tmp_path, image: Bounds, layout: str, page: str) -> None:
    """An inset at the edge of an image was dark beyond it, and so were two thirds of a map of a long strip."""
    x, y = image.centre
    document = case(tmp_path, image, Site(uuid="s", geometry=Point(x, y), label="A pier", class_code="port"))
    edge, inner = Bounds(image.left - 0.1, y - 0.2, x - 0.3, y + 0.2), Bounds(x - 0.3, y - 0.3, x + 0.3, y + 0.3)
    maps = (ProductMap(), ProductMap(bounds=edge), ProductMap(bounds=inner)) if layout == "insets" else (ProductMap(),)
    for asked in (None, image.expanded(0.5), image.expanded(4.0)):
        spec = ProductSpec(layout=layout, title="One", page=page, bounds=asked, maps=maps, site="s")
        plate = plate_of(spec, document)
        assert max(dark_shares(plate)) < 0.02
        assert "s" in plate.maps[0].in_frame()
        assert list(faults(plate)) == []


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("layout", ["single", "plain"])
@pytest.mark.parametrize("page", ["A4 landscape", "Slide 16:9"])
def test_a_long_strip_alone_fills_its_frame(plate_of, tmp_path, layout: str, page: str) -> None:
    """One of 12 to 1 stood in a frame of 8 to 1, a third of which was dark."""
    sites = [Site(uuid=one, geometry=Point(at, 0.5), label=one) for one, at in (("West", 10.0), ("East", 20.0))]
    plate = plate_of(ProductSpec(layout=layout, title="One", page=page), case(tmp_path, LONG, *sites))
    assert max(dark_shares(plate)) < 0.03, "a row of pixels at most"
    assert plate.namings[0].named == {"West", "East"}
    assert list(faults(plate)) == []


def test_many_credits_below_a_narrow_map_run_on_beside_it(plate_of, tmp_path) -> None:
    """In the map's width they were a column of words, which left no room for the map: the page was refused."""
    layers = []
    for at in range(8):
        part = Bounds(10 + at % 4 / 5, 50 + at // 4 / 2, 10.2 + at % 4 / 5, 50.5 + at // 4 / 2)
        path = write_raster(tmp_path / f"{at}.tif", values(at)[:, :8, :8], "EPSG:4326", part)
        source, credit = json.dumps({"path": str(path)}), f"Agency {at} of the north and of its neighbours"
        layers.append(
            Layer(uuid=f"l{at}", kind="raster", name=f"Scene of the north {at}", source_json=source, credit=credit)
        )
    spec = ProductSpec(title="A harbour", page="420x340", bounds=Bounds(10, 50, 10.8, 51))
    plate = plate_of(spec, Document({"layers": layers}))
    (credit,) = (piece for piece in plate.pieces if piece.key == "credit:0")
    assert credit.box.width() > 2 * plate.maps[0].rect.width()
    assert len(plate.captions[0]) == 9
    assert list(faults(plate)) == []


def test_a_date_that_all_panels_share_is_not_in_their_titles(plate_of, tmp_path) -> None:
    """Each panel said "composite, date unknown" above its picture and in it."""
    document = case(tmp_path, WIDE)
    spec = replace(spec_of("panels", "A4 landscape", None), maps=(ProductMap(bounds=WIDE), ProductMap(bounds=WIDE)))
    assert plate_of(spec, document).strips == ["A", "B"]
    without = plate_of(replace(spec, left_out=frozenset({"date and place"})), document)
    assert without.strips == ["A · date unknown", "B · date unknown"]


def test_a_map_without_an_image_shows_what_is_asked_for(plate_of) -> None:
    plate = plate_of(ProductSpec(title="One", bounds=WIDE), Document({"sites": [FAR]}))
    found = plate.maps[0].framing.lonlat()
    assert found is not None
    assert (found.left, found.right) == pytest.approx((WIDE.left, WIDE.right), abs=0.01)


def test_the_circle_of_a_place_beside_an_image_stays_in_the_frame(plate_of, tmp_path) -> None:
    near = replace(FAR, uuid="near", geometry=Point(11.0, 1.3), position_error_m=30_000.0)
    plate = plate_of(ProductSpec(title="One", bounds=WIDE.expanded(2.0)), case(tmp_path, WIDE, FAR, near))
    found = plate.maps[0].framing.lonlat()
    assert found is not None
    assert found.top > 1.3 + 30.0 / 111.3
    assert found.top < 3.0


def test_a_mark_beside_the_images_stays_in_the_frame(plate_of, tmp_path) -> None:
    near = Site(uuid="near", geometry=Point(11.0, 1.8), label="A hill", class_code="port")
    plate = plate_of(spec_of("before-after", "A4 landscape", WIDE.expanded(2.0)), case(tmp_path, WIDE, FAR, near))
    assert [one.in_frame() for one in plate.maps] == [["near"], ["near"]]
    assert list(faults(plate)) == []
