"""A mark is solid in the frame of its own image, dashed and the place of something in the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.comparison import ComparisonSpec, spec_of
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.geo.crs import WGS84, transform_points
from tests.support.painted_scenes import painted, view_of
from tests.viewer.canvas.conftest import FlatDrawing, flat_layer, site, small_document
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.comparison.frame_scene import frame_scene, show_frame
from viewer.canvas.mark_query import place_words_at
from viewer.canvas.scene import MapScene
from viewer.rendering.context import RenderContext

SPEC = spec_of(("old",), ("new",))


def marked_on(image: str, row: Site) -> Site:
    return replace(row, image_uuid=image)


@pytest.fixture
def document() -> Document:
    number = site("number", shapely.Point(10.2, 50.2), shape_json='{"kind": "numbered_marker", "number": 4}')
    marks = [marked_on("image of old", row) for row in (*small_document().sites.values(), number)]
    images = [Image(uuid=f"image of {uuid}", image_key=uuid, layer_uuid=uuid) for uuid in ("old", "new")]
    rows = [flat_layer("old", "#203040", 1), flat_layer("new", "#203040", 2)]
    return Document({"sites": marks, "images": images, "layers": rows})


@pytest.fixture
def frame(document: Document, context: RenderContext) -> Iterator[Callable[[int], MapScene]]:
    made: list[MapScene] = []

    def make(at: int, spec: ComparisonSpec = SPEC) -> MapScene:
        flat = lambda row, folder, render_context: FlatDrawing(row, render_context)  # noqa: E731
        made.append(frame_scene(document, context, None, spec, at, make_drawing=flat))
        return made[-1]

    yield make
    for scene in made:
        scene.close()


def pictures(*scenes: MapScene) -> list[QImage]:
    return [painted(scene, view_of()) for scene in scenes]


def names(scene: MapScene) -> set[str]:
    return {" ".join(label.text.split()) for label in scene.label_layout(view_of()).placed}


def test_marks_are_solid_on_their_image_alone(document, make_scene, frame):
    plain, old, new = make_scene(document), frame(0), frame(1)
    assert names(old) == names(plain)
    assert names(new) == {f"place of {name}" for name in names(plain)}
    on_map, solid, dashed = pictures(plain, old, new)
    assert solid == on_map, "on its own image all is as on the map"
    assert dashed != solid
    view = view_of()
    for uuid in ("port", "firm", "line", "field", "number"):
        x, y = spot(plain, uuid)
        box = int(x) - 16, int(y) - 16, 32, 32
        assert dashed.copy(*box) != solid.copy(*box), f"{uuid} is dashed"
    at = spot(plain, "port")
    assert place_words_at(plain, view, *at) == place_words_at(old, view, *at) == ""
    assert place_words_at(new, view, *at).startswith("place of Site port: drawn on another image")
    assert place_words_at(new, view, 3, 3) == ""


def spot(scene: MapScene, uuid: str) -> tuple[float, float]:
    """A pixel of the sign of a site, or of its outline."""
    frame, geometry = scene.marks.frames(view_of())[0], scene.document.sites[uuid].geometry
    rows = frame.index.rows_of(uuid)
    if rows:
        at = frame.rows.tolist().index(rows[0])
        return float(frame.px[at]), float(frame.py[at])
    x, y = transform_points(WGS84, view_of().grid.crs, *shapely.get_coordinates(geometry)[0])
    return view_of().to_pixel(float(x), float(y))


def test_what_is_seen_on_an_image_becomes_solid_there_and_back(document, make_scene, frame):
    new, plain = frame(1), make_scene(document)
    look = Observation(uuid="o", site_uuid="port", image_uuid="image of new", presence="absent")
    add = Edit("Observe", (Change("observations", None, look),))
    document.apply(add)
    assert "place of Site port" in names(new)
    seen = replace(look, presence="present", rev=2)
    document.apply(Edit("Observe", (Change("observations", look, seen),)))
    assert "Site port" in names(new)
    assert "place of Site firm" in names(new)
    document.apply(Edit("Take back", (Change("observations", seen, None),)))
    before = document.sites["port"]
    document.apply(Edit("Mark", (Change("sites", before, replace(before, image_uuid="image of new", rev=2)),)))
    assert "Site port" in names(new)
    show_frame(new, SPEC, 0)
    assert {"place of Site port", "Site firm"} <= names(new)
    new.arrange(list)
    new.show_solid_on(None)
    show = painted(plain, view_of())
    assert names(new) == names(plain)
    assert painted(new, view_of()) == show


def test_both_sides_of_a_swipe_judge_the_marks_and_the_map_does_not(document, context):
    flat = lambda row, folder, render_context: FlatDrawing(row, render_context)  # noqa: E731
    scene, view = ComparedScene(MapScene(document, context, make_drawing=flat), make_drawing=flat), view_of()
    firm = scene.map.marks.frames(view)[0].rows.tolist().index(scene.map.marks.frames(view)[0].index.rows_of("firm")[0])
    at = float(scene.map.marks.frames(view)[0].px[firm]), float(scene.map.marks.frames(view)[0].py[firm])
    whole = painted(scene, view)
    scene.compare(replace(SPEC, position=1.0))
    assert place_words_at(scene, view, *at) == ""
    scene.compare(replace(SPEC, position=0.0))
    assert place_words_at(scene, view, *at).startswith("place of Site firm")
    scene.compare(None)
    assert place_words_at(scene, view, *at) == ""
    assert painted(scene, view) == whole
    scene.close()
