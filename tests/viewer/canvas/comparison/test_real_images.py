"""Comparisons of real files: what is on the hidden side is out of reach, and each image says of when it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from msgspec.structs import replace

from layers.document.comparison import spec_of
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.grid.tile_grid import View
from tests.support.painted_scenes import painted
from tests.support.readers.tiny_rasters import write_raster
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.side_words import words_of
from viewer.canvas.comparison.stretches import StretchMatch, stretch_notes, with_styles
from viewer.canvas.feature_query import hits_at
from viewer.canvas.image_below import images_below
from viewer.canvas.scene import MapScene
from viewer.canvas.snapping import snap_at
from viewer.rendering.context import RenderContext

SIDE = 256
PLACE = Bounds(1_200_000.0, 6_400_000.0, 1_202_560.0, 6_402_560.0)
VIEW = View.of_bounds(WEB_MERCATOR, PLACE, SIDE, SIDE)
TWO = spec_of(("old", "dots"), ("new",))


def image(folder: Path, name: str, order: float, **fields: object) -> Layer:
    noise = np.random.default_rng(int(order)).integers(20, 200, (3, SIDE, SIDE)).astype(np.uint8)
    path = write_raster(folder / f"{name}.tif", noise, WEB_MERCATOR, PLACE)
    source = json.dumps({"path": str(path)})
    return Layer(uuid=name, kind="raster", name=name.title(), order_key=order, source_json=source, **fields)


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Two images, and points 64 and 192 pixels from the left, in their middle."""
    middle = PLACE.centre[1]
    places = [[PLACE.left + 10 * px, middle] for px in (64, 192)]
    rows = [
        {"type": "Feature", "id": n, "properties": {}, "geometry": {"type": "Point", "coordinates": xy}}
        for n, xy in enumerate(places)
    ]
    named = {"type": "name", "properties": {"name": WEB_MERCATOR}}
    dots = tmp_path / "dots.geojson"
    dots.write_text(json.dumps({"type": "FeatureCollection", "features": rows, "crs": named}))
    layers = [
        image(tmp_path, "old", 1, acquired_at="1985-08-01", date_kind="instant"),
        image(tmp_path, "new", 2, acquired_at="2020/2021", date_kind="composite"),
        Layer(uuid="dots", kind="vector", name="Dots", order_key=3.0, source_json=json.dumps({"path": str(dots)})),
    ]
    return Document({"layers": layers})


@pytest.fixture
def show(document: Document, context: RenderContext, qtbot) -> Iterator[Callable[..., ComparedScene]]:
    made: list[ComparedScene] = []

    def show(spec: object) -> ComparedScene:
        if not made:
            made.append(ComparedScene(MapScene(document, context)))
        made[0].compare(spec)
        made[0].set_view(VIEW)
        qtbot.waitUntil(lambda: made[0].is_complete(VIEW), timeout=10_000)
        return made[0]

    yield show
    for scene in made:
        scene.close()


def found(scene: ComparedScene, px: float) -> list[int]:
    return [hit.fid for hit in hits_at(scene, VIEW, px, 128)]


def test_what_is_on_the_hidden_side_cannot_be_clicked(show):
    scene = show(TWO)
    assert found(scene, 64) == [0]
    assert found(scene, 192) == [], "the second frame is without the points"
    assert snap_at(scene, VIEW, 65, 128) is not None
    assert snap_at(scene, VIEW, 193, 128) is None
    scene.sides.move_bar(0.1, 0.5)
    assert found(scene, 64) == []
    scene.sides.move_bar(0.9, 0.5)
    assert found(scene, 192) == [1]
    scene.sides.hold(1)
    assert found(scene, 192) == []
    scene.sides.hold(-1)
    show(replace(TWO, mode="spyglass", position=0.25))
    assert found(scene, 64) == [], "the glass lies over it"
    assert found(scene, 192) == [1]
    show(None)
    assert found(scene, 64) == [0]
    assert found(scene, 192) == [1]


def test_a_mark_stands_on_the_image_that_is_seen_there(show):
    scene = show(TWO)

    def below(px: float) -> tuple[str, ...]:
        lon, lat = transform_points(WEB_MERCATOR, WGS84, *VIEW.to_world(px, 100))
        return images_below(scene, VIEW, float(lon), float(lat)).layers

    assert below(60) == ("old",)
    assert below(200) == ("new",)
    show(replace(TWO, mode="fade", position=0.3))
    assert below(60) == ("old", "new"), "where two are blended it is asked"
    show(replace(TWO, mode="blink"))
    scene.sides.show_phase(1)
    assert below(60) == ("new",)


def test_each_side_says_of_when_it_is(show, document):
    scene = show(TWO)
    old, new = words_of(TWO, scene.frames, ["", "x"])
    assert (old.head, old.text) == ("Before · 1 August 1985", "Old")
    assert (new.head, new.text) == ("After · composite of 2020 to 2021", "New · x")
    swapped = words_of(TWO.swapped(), scene.frames[::-1], ["", ""])
    assert [words.letter for words in swapped] == ["After", "Before"]
    row = document.layers["old"]
    for fields, letters, head in (
        ({"acquired_at": "2020-06-01"}, ["A", "B"], "A · 1 June 2020"),
        ({"acquired_at": "", "date_kind": "unknown"}, ["A", "B"], "A · date unknown"),
    ):
        document.apply(Edit("x", (Change("layers", document.layers["old"], replace(row, **fields)),)))
        scene = show(TWO)
        said = words_of(TWO, scene.frames, ["", ""])
        assert [words.letter for words in said] == letters, "Before and After need dates that do not overlap"
        assert said[0].head == head


def test_a_frame_that_is_gone_says_so(show, document):
    spec = spec_of(("old",), ("gone",))
    scene = show(spec)
    assert words_of(spec, scene.frames, ["", ""])[1].name == "(not in the case)"
    assert painted(scene, VIEW).pixelColor(250, 20) != painted(scene, VIEW).pixelColor(20, 20)


def test_a_stretch_is_matched_and_said(show):
    spec = replace(spec_of(("old",), ("new",)), match=True)
    scene = show(spec)
    assert stretch_notes(spec, scene.frames) == ["", ""], "not yet"
    match = StretchMatch.of(spec, scene.frames)
    assert match is not None
    matched = with_styles(spec, match.styles())
    assert list(matched.frames[1].styles) == ["new"]
    scene = show(matched)
    assert stretch_notes(matched, scene.frames) == ["", "stretch matched to Before, band by band"]
    assert scene.map.drawings["new"].layer.style_json == "", "the layer itself stays as it is"


def test_a_difference_is_made_by_a_job_on_the_screen(show, document, tmp_path, qtbot):
    tags = {"SENSOR": "MSI", "PLATFORM": "S9", "PROCESSING_LEVEL": "L2A", "UNITS": "reflectance"}
    for name in ("old", "new"):
        with rasterio.open(tmp_path / f"{name}.tif", "r+") as file:
            file.update_tags(**tags)
            file.write(np.full((3, SIDE, SIDE), 100 if name == "old" else 140, np.uint8))
    spec = spec_of(("old",), ("new",), mode="difference")
    scene = show(spec)
    with qtbot.waitSignal(scene.recomposed):
        meanwhile = painted(scene, VIEW, in_haste=True)
    assert meanwhile.pixelColor(20, 20).red() == 140, "the second image until it is there"
    there = painted(scene, VIEW, in_haste=True)
    assert there.pixelColor(20, 20).red() == pytest.approx(148, abs=1)
    assert there == painted(scene, VIEW)
    show(spec.swapped())
    assert painted(scene, VIEW).pixelColor(20, 20).red() == pytest.approx(108, abs=1), "less in the second"
