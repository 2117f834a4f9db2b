"""Comparisons of flat colours, without files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from tests.viewer.canvas.conftest import FlatDrawing, small_document
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.scene import MapScene
from viewer.rendering.context import RenderContext

RED, BLUE, GREEN = "#ff0000", "#0000ff", "#00ff00"

type MakeCompared = Callable[..., ComparedScene]


def layer(uuid: str, color: str, order: float, **fields: object) -> Layer:
    source = json.dumps({"path": uuid})
    return Layer(uuid=uuid, kind="raster", name=color, order_key=order, source_json=source, **fields)


@pytest.fixture
def document() -> Document:
    rows = [layer("old", RED, 1, visible=False), layer("new", BLUE, 2), layer("third", GREEN, 3)]
    return Document({"sites": small_document().sites.values(), "layers": rows})


@pytest.fixture
def make_compared(document: Document, context: RenderContext) -> Iterator[MakeCompared]:
    made: list[ComparedScene] = []

    def make() -> ComparedScene:
        flat = lambda layer, folder, render_context: FlatDrawing(layer, render_context)  # noqa: E731
        made.append(ComparedScene(MapScene(document, context, make_drawing=flat), make_drawing=flat))
        return made[-1]

    yield make
    for scene in made:
        scene.close()
