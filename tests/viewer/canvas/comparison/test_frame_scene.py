"""The scene of a frame shows the frame's images, follows the document and leaves the map's scene alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor

from layers.document.comparison import ComparisonSpec, Frame, spec_of
from layers.document.document import Document
from layers.document.edit import Change, Edit
from tests.support.painted_scenes import painted, view_of
from tests.viewer.canvas.conftest import FlatDrawing, flat_layer, small_document
from viewer.canvas.comparison.frame_scene import frame_scene, show_frame
from viewer.canvas.scene import MapScene
from viewer.rendering.context import RenderContext


@pytest.fixture
def document() -> Document:
    rows = [flat_layer("old", "#ff0000", 1, visible=False), flat_layer("new", "#0000ff", 2)]
    return Document({"sites": small_document().sites.values(), "layers": rows})


@pytest.fixture
def frame_of(document: Document, context: RenderContext) -> Iterator[Callable[[ComparisonSpec, int], MapScene]]:
    made: list[MapScene] = []

    def make(spec: ComparisonSpec, at: int) -> MapScene:
        flat = lambda layer, folder, render_context: FlatDrawing(layer, render_context)  # noqa: E731
        made.append(frame_scene(document, context, None, spec, at, make_drawing=flat))
        return made[-1]

    yield make
    for scene in made:
        scene.close()


def color_of(scene: MapScene) -> str:
    return painted(scene, view_of()).pixelColor(5, 5).name()


def test_each_frame_shows_its_image_and_the_marks_of_all(document, make_scene, frame_of):
    scene, spec, view = make_scene(document), spec_of(("old",), ("new",)), view_of()
    first, second = frame_of(spec, 0), frame_of(spec, 1)
    assert [color_of(one) for one in (scene, first, second)] == ["#0000ff", "#ff0000", "#0000ff"]
    second.show_solid_on(None)  # which marks are solid is told by test_marks_of_frames
    assert painted(second, view) == painted(scene, view), "the marks as on the map"
    assert painted(first, view).pixelColor(400, 300) != QColor("#ff0000"), "where a mark is"
    assert first.context.tiles is not scene.context.tiles
    assert first.context.scheduler is scene.context.scheduler


def test_a_frame_follows_the_document_and_another_comparison(document, frame_of):
    spec = spec_of(("old",), ("new",))
    first = frame_of(spec, 0)
    drawing = first.drawings["old"]
    old = document.layers["old"]
    document.apply(Edit("Hide", (Change("layers", old, replace(old, opacity=0.5, rev=2)),)))
    assert first.drawings["old"] is drawing
    assert drawing.layer.visible
    show_frame(first, spec.with_frame(0, Frame(("old",), styles={"old": {"invert": True}})), 0)
    assert first.drawings["old"] is drawing
    assert drawing.layer.style == {"invert": True}
    show_frame(first, spec.swapped(), 0)
    assert color_of(first) == "#0000ff"


def test_a_slider_that_moves_shows_in_a_frame_too(document, frame_of):
    first = frame_of(spec_of(("old",), ("new",)), 0)
    first.preview_layer(replace(document.layers["old"], opacity=0.5))
    assert first.drawings["old"].layer.visible
    assert first.drawings["old"].layer.opacity == 0.5
