"""The processing of an image is said in the product; a stretch from the screen is frozen into it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.product.spec import ProductSpec
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch
from tests.support.pictures import map_of
from tests.support.readers.tiny_rasters import write_raster
from viewer.canvas.scene import MapScene
from viewer.commands.layers import update_layer
from viewer.export.headless import Studio, complete, wait_until
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.processing import processing_lines, stretches_on_screen

DARK, BRIGHT = Bounds(10.1, 50.1, 10.9, 50.9), Bounds(11.1, 50.45, 11.9, 50.55)
DRA = RasterStyle((1,), (Stretch(0, 4000),), rule=StretchRule("percentile", 5, 95, origin="view"))
SPEC = ProductSpec(page="600x500", title="T", left_out=frozenset({"legend"}))


@pytest.fixture
def case(tmp_path: Path) -> Document:
    """Dark in the west, bright in the east."""
    values = np.random.default_rng(5).integers(100, 300, (1, 100, 200)).astype(np.uint16)
    values[:, :, 100:] += 2000
    path = write_raster(tmp_path / "a.tif", values, "EPSG:4326", Bounds(10, 50, 12, 51))
    style = json.dumps(DRA.to_json())
    source = json.dumps({"path": str(path)})
    return Document({"layers": [Layer(uuid="l", kind="raster", name="Scene", source_json=source, style_json=style)]})


def looked_at(studio: Studio, case: Document, bounds: Bounds) -> MapScene:
    scene = studio.scene(case, None)
    complete(scene, View.of_bounds("EPSG:4326", bounds, 300, 300))
    return scene


def product_of(
    studio: Studio, case: Document, bounds: Bounds, frozen: dict[str, str]
) -> tuple[PrintedPlate, View, MapScene]:
    studio.allow(layer.source for layer in case.layers.values())
    scene = MapScene(case, studio.context, frozen=frozen)
    wait_until(scene.is_open)
    plate = Plate(replace(SPEC, bounds=bounds), case, [scene])
    complete(scene, plate.maps[0].view)
    printed = PrintedPlate(plate.refreshed(), 96)
    return printed, printed.plate.maps[0].view, scene


def test_the_stretch_on_the_screen_is_frozen_into_the_product(studio: Studio, case: Document) -> None:
    screen = looked_at(studio, case, DARK)
    seen = screen.drawings["l"].style
    assert seen.stretches[0].high < 400
    frozen = stretches_on_screen(screen)
    printed, view, scene = product_of(studio, case, BRIGHT, frozen)
    assert scene.drawings["l"].style.stretches == seen.stretches
    middle = map_of(scene, view)[100:150, 100:150]
    assert middle.min() == 255, "all of the east is beyond what was seen in the west"
    (line,) = processing_lines(scene, view)
    assert line == "Image processing of Scene: band 1, stretched as the view on the screen was (DRA), frozen."
    assert "band 1, stretched as the view on the screen was (DRA), frozen" in facts_of(printed.plate).words_of()
    case.apply(update_layer(case, "l", actor="me", style_json=json.dumps(replace(DRA, invert=True).to_json())))
    complete(scene, view)
    assert (map_of(scene, view)[100:150, 100:150] == middle).all()
    scene.close()


def test_without_a_screen_the_product_measures_its_own_view_and_says_so(studio: Studio, case: Document) -> None:
    printed, view, scene = product_of(studio, case, BRIGHT, {})
    low = scene.drawings["l"].style.stretches[0].low
    assert low > 2000
    assert len(np.unique(map_of(scene, view))) > 50
    said = printed.words.processing
    assert "stretched to 5 – 95 % of this view (DRA)" in said
    assert f"{low:.6g} – " in said
    assert processing_lines(scene, view) == [
        "Image processing of Scene: band 1, stretched to 5 – 95 % of this view (DRA)."
    ]
    scene.close()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rule": StretchRule(origin="given")}, ["stretched by hand"]),
        ({"rule": StretchRule("minmax")}, ["stretched to the least and the greatest value of the image"]),
        ({"rule": StretchRule("deviations", deviations=1.5)}, ["the mean ± 1.5 standard deviations of the image"]),
        ({"expression": "b1 / 2"}, ["b1 / 2 of bands 1"]),
        ({"invert": True, "sharpen": 0.5, "colormap": "viridis"}, ["inverted", "sharpened", "colours viridis"]),
        (
            {"brightness": 0.25, "contrast": -0.5, "stretches": (Stretch(0, 1, 1.5),)},
            ["brightness +0.25", "contrast -0.5", "gamma 1.5"],
        ),
    ],
)
def test_all_that_was_done_is_said(
    studio: Studio, case: Document, changed: dict[str, object], words: list[str]
) -> None:
    style = json.dumps(replace(DRA, **changed).to_json())
    case.apply(update_layer(case, "l", actor="me", style_json=style))
    scene = looked_at(studio, case, DARK)
    (line,) = processing_lines(scene, View.of_bounds("EPSG:4326", DARK, 300, 300))
    assert [word for word in words if word not in line] == []


def test_an_image_as_its_file_has_it_needs_no_line(studio: Studio, document: Document) -> None:
    scene = looked_at(studio, document, DARK)
    view = View.of_bounds("EPSG:4326", DARK, 300, 300)
    assert processing_lines(scene, view) == []
    assert "bands 1, 2, 3, pixel values unchanged" in processing_lines(scene, view, exactly=True)[0]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("", "", ""), "colours may be false: nobody states what the bands see"),
        (("nir", "red", "green"), "false colour (near infrared, red, green)"),
        (("red", "green", "blue"), ""),
    ],
)
def test_a_picture_in_other_colours_than_those_of_the_eye_says_so(
    studio: Studio, tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    values = np.full((3, 20, 20), 90, np.uint8)
    path = write_raster(tmp_path / "green.tif", values, "EPSG:4326", Bounds(10, 50, 11, 51), photometric="MINISBLACK")
    named = {"path": str(path), "band_names": {str(at): name for at, name in enumerate(names, 1) if name}}
    layer = Layer(uuid="l", kind="raster", name="Scene", source_json=json.dumps(named))
    printed, _, scene = product_of(studio, Document({"layers": [layer]}), Bounds(10, 50, 11, 51), {})
    words = facts_of(printed.plate).words_of()
    assert said in words
    assert ("false" in words) == bool(said), words
    scene.close()
