"""A small case and a canvas on it, without files or readers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
import shapely
from PySide6.QtGui import QColor, QPainter

from layers.checkpoint import Checkpoint, unchecked
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.pool.pool import ReaderPool
from tests.viewer.conftest import shown
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.context import RenderContext
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.world_copies import Views
from viewer.support.fonts import load_fonts
from viewer.support.jobs import Jobs


class FlatDrawing(LayerDrawing):
    """A layer of one colour, named by the layer's name; keeps what it was told."""

    def __init__(self, layer: Layer, context: RenderContext) -> None:
        super().__init__(layer, context)
        self.views: list[tuple[View, bool]] = []
        self.copies: list[Views] = []
        self.complete = True
        self.closed = False

    def set_view(
        self, view: View, cursor: tuple[float, float] | None = None, resting: bool = True, copies: Views = ()
    ) -> None:
        self.views.append((view, resting))
        self.copies.append(copies)

    def paint(self, painter: QPainter, view: View, copies: Views = (), checkpoint: Checkpoint = unchecked) -> None:
        self.copies.append(copies)
        painter.setOpacity(painter.opacity() * self.layer.opacity)
        painter.fillRect(0, 0, view.width, view.height, QColor(self.layer.name))

    def is_complete(self, view: View, copies: Views = ()) -> bool:
        self.copies.append(copies)
        return self.complete

    def bounds_lonlat(self) -> Bounds | None:
        return Bounds(10, 40, 20, 50)

    def fail(self, sentence: str) -> None:
        """Have it say what is wrong with it."""
        self._set_problem(sentence)

    def close(self) -> None:
        super().close()
        self.closed = True


def site(uuid: str, geometry: object, **fields: object) -> Site:
    fields = {"label": f"Site {uuid}", "role": "setting", "position_error_m": 100.0} | fields
    return Site(uuid=uuid, geometry=geometry, **fields)


def small_document() -> Document:
    """Three points, a line and a polygon about 10 E, 50 N."""
    return Document(
        {
            "sites": [
                site("port", shapely.Point(10, 50), class_code="port"),
                site("firm", shapely.Point(10.4, 50), class_code="company", role="named in a claim"),
                site("loose", shapely.Point(10, 50.3), position_error_m=20_000.0),
                site("line", shapely.LineString([(9.6, 49.8), (10.4, 49.7)]), class_code="rail"),
                site("field", shapely.Polygon([(9.5, 50.1), (9.8, 50.1), (9.8, 50.3), (9.5, 50.3)]), class_code="area"),
            ]
        }
    )


@pytest.fixture
def context(qtbot) -> Iterator[RenderContext]:
    load_fonts()
    pool, jobs = ReaderPool(inline=True), Jobs()
    pool.start()
    yield RenderContext(pool, None, jobs, folders=FolderConsent(["/"]))
    assert jobs.shutdown()
    pool.close()


@pytest.fixture
def make_scene(context: RenderContext) -> Iterator[Callable[..., MapScene]]:
    made: list[MapScene] = []

    def make(document: Document | None = None) -> MapScene:
        flat = lambda layer, folder, render_context: FlatDrawing(layer, render_context)  # noqa: E731
        made.append(MapScene(document or small_document(), context, make_drawing=flat))
        return made[-1]

    yield make
    for scene in made:
        scene.close()


@pytest.fixture
def canvas(make_scene: Callable[..., MapScene], qtbot) -> MapCanvas:
    """An 800 x 600 canvas that shows the small case."""
    canvas = shown(qtbot, MapCanvas(make_scene()), 800, 600)
    canvas.motion.zoom_to_bounds(Bounds(9.4, 49.6, 10.6, 50.4), 0.0)
    canvas.setFocus()
    return canvas


def flat_layer(uuid: str, color: str, order: float, **fields: object) -> Layer:
    """A row that `FlatDrawing` paints in one colour."""
    source = json.dumps({"path": uuid})
    return Layer(uuid=uuid, kind="raster", name=color, order_key=order, source_json=source, **fields)
