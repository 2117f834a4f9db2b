"""A mark whose image is hidden is not shown as if it had been seen on the image that is there instead."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.geo.crs import WGS84, transform_points
from tests.support.painted_scenes import painted, view_of
from tests.viewer.canvas.conftest import FlatDrawing, flat_layer, site
from viewer.canvas.mark_query import place_words_at
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.mark_judge import AllBut
from viewer.canvas.sites.site_index import SiteIndex

THERE, BESIDE, AWAY = shapely.Point(10.4, 50.0), shapely.Point(10.1, 50.0), shapely.Point(30.0, 50.0)


def marked(uuid: str, image: str, place: shapely.Point = THERE) -> Site:
    return replace(site(uuid, place), image_uuid=image)


@pytest.fixture
def document() -> Document:
    marks = [marked("new mark", "image of new"), marked("old mark", "image of old", BESIDE), marked("bare", "", BESIDE)]
    marks += [marked("away", "image of new", AWAY)]
    images = [Image(uuid=f"image of {uuid}", image_key=uuid, layer_uuid=uuid) for uuid in ("old", "new")]
    rows = [flat_layer("old", "#203040", 1), flat_layer("new", "#203040", 2)]
    return Document({"sites": marks, "images": images, "layers": rows})


def change(document: Document, table: str, uuid: str, **fields: object) -> None:
    before = getattr(document, table)[uuid]
    document.apply(Edit("Change", (Change(table, before, replace(before, rev=before.rev + 1, **fields)),)))


def places(scene: MapScene) -> set[str]:
    return {uuid for uuid in scene.document.sites if scene.marks.frames(view_of())[0].index.is_place(uuid)}


def test_a_mark_of_a_hidden_image_is_the_place_of_something_on_the_other(document, make_scene, qtbot):
    scene, view = make_scene(document), view_of()
    assert places(scene) == set(), "both images are shown"
    whole = painted(scene, view)
    change(document, "layers", "new", visible=False)
    assert places(scene) == {"new mark"}, "one without an image, and one where no image is, stay solid"
    assert painted(scene, view) != whole
    x, y = (float(value) for value in transform_points(WGS84, view.grid.crs, THERE.x, THERE.y))
    assert "not said to be present on this one" in place_words_at(scene, view, *view.to_pixel(x, y))
    look = Observation(uuid="o", site_uuid="new mark", image_uuid="image of old", presence="present")
    document.apply(Edit("Observe", (Change("observations", None, look),)))
    assert places(scene) == set(), "it was seen there"
    document.apply(Edit("Take back", (Change("observations", look, None),)))
    change(document, "sites", "bare", image_uuid="image of new")
    assert places(scene) == {"new mark", "bare"}
    change(document, "sites", "bare", image_uuid="")
    assert places(scene) == {"new mark"}
    change(document, "layers", "old", visible=False)
    assert places(scene) == set(), "there is no image that it could be thought to be on"
    change(document, "layers", "new", visible=True)
    assert places(scene) == {"old mark"}
    change(document, "layers", "old", visible=True)
    assert painted(scene, view) == whole


def test_an_image_of_the_same_day_and_the_world_map_say_nothing_else(document, make_scene):
    scene = make_scene(document)
    change(document, "images", "image of new", acquired_at="2020-07-01T15:00:00Z")
    change(document, "layers", "new", visible=False)
    change(document, "layers", "old", acquired_at="1985-07-01", date_kind="instant")
    assert places(scene) == {"new mark"}
    change(document, "layers", "old", acquired_at="2020-07-01", date_kind="instant")
    assert places(scene) == set()
    change(document, "layers", "old", acquired_at="", date_kind="unknown")
    assert places(scene) == {"new mark"}
    change(document, "layers", "old", source_json=json.dumps({"shipped": "world"}))
    assert places(scene) == set()


def test_marks_are_judged_once_it_is_known_where_an_image_lies(document, make_scene, qtbot, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(FlatDrawing, "bounds_lonlat", lambda drawing: None)
        scene = make_scene(document)
        change(document, "layers", "new", visible=False)
        assert places(scene) == set()
    scene.stack.updated.emit()
    assert places(scene) == {"new mark"}


def test_a_few_dashed_ones_among_very_many_cost_what_they_are():
    many = {str(n): site(str(n), shapely.Point(n / 1000, 10)) for n in range(3000)}
    index = SiteIndex.of(many)
    plain = index.shown_symbol.copy()
    assert index.show_solid(AllBut(frozenset({"7", "gone"})))
    assert not index.show_solid(AllBut(frozenset({"7", "gone"})))
    (other,) = np.flatnonzero(index.shown_symbol != plain).tolist()
    assert index.uuids[other] == "7"
    assert index.show_solid(None)
