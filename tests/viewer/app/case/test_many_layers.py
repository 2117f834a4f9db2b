"""On a real window: what a case of many layers costs, counted in steps of our own code."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

import numpy as np
import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from tests.viewer.app.conftest import MakeWindow
from tests.viewer.rendering.conftest import write_raster
from viewer.app.window import MainWindow
from viewer.rendering.raster.raster_drawing import RasterDrawing

FEW, MANY = 30, 240


class Steps:
    """Functions that begin and turns of loops, of all threads."""

    def __init__(self) -> None:
        self.by_code: Counter[str] = Counter()

    @property
    def count(self) -> int:
        return self.by_code.total()


@contextmanager
def counted() -> Iterator[Steps]:
    """The steps taken meanwhile."""
    monitoring = sys.monitoring
    steps = Steps()

    def step(code: CodeType, *_: object) -> None:
        steps.by_code[code.co_qualname] += 1

    events = monitoring.events.PY_START | monitoring.events.JUMP
    monitoring.use_tool_id(monitoring.PROFILER_ID, "steps")
    for event in (monitoring.events.PY_START, monitoring.events.JUMP):
        monitoring.register_callback(monitoring.PROFILER_ID, event, step)
    monitoring.set_events(monitoring.PROFILER_ID, events)
    try:
        yield steps
    finally:
        monitoring.set_events(monitoring.PROFILER_ID, 0)
        monitoring.free_tool_id(monitoring.PROFILER_ID)


def layers_of(path: Path, count: int) -> list[Layer]:
    return [
        Layer(
            uuid=f"layer-{number}",
            kind="raster",
            name=f"{number}",
            order_key=float(number),
            source_json=f'{{"path": "{path}"}}',
        )
        for number in range(count)
    ]


def shown(window: MainWindow, qtbot: QtBot, layers: list[Layer], folder: Path) -> None:
    window.session.new_case()
    window.permissions.folders.allow(str(folder))
    window.session.push(Edit("Add layers", tuple(Change("layers", None, layer) for layer in layers)))
    wait(window, qtbot)
    window.views.show_layer(layers[0].uuid)
    wait(window, qtbot)


def wait(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.is_idle, timeout=120_000)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "small.tif", np.full((1, 16, 16), 90, np.uint8), "EPSG:3857", 4e6, 7e6, 1000.0)


@pytest.mark.bounded
def test_layers_cost_what_they_are_many(make_window: MakeWindow, small: Path, qtbot: QtBot) -> None:
    """Shown at first, looked at elsewhere, relinked: so many times the layers cost so many times the work, no more."""

    def costs(count: int) -> dict[str, int]:
        found = {}
        window = make_window()
        layers = layers_of(small, count)
        with counted() as steps:
            shown(window, qtbot, layers, small.parent)
        found["shown"] = steps.count
        with counted() as steps:
            window.canvas.motion.zoom_out()
            wait(window, qtbot)
        found["zoomed"] = steps.count
        other = small.with_name("other.tif")
        other.write_bytes(small.read_bytes())
        edits = tuple(Change("layers", layer, replace(layer, source_json=f'{{"path": "{other}"}}')) for layer in layers)
        with counted() as steps:
            window.session.push(Edit("Relink", edits))
            wait(window, qtbot)
        found["relinked"] = steps.count
        return found

    few, many = costs(FEW), costs(MANY)
    ratios = {what: many[what] / few[what] / (MANY / FEW) for what in few}
    assert max(ratios.values()) < 1.5, (ratios, few, many)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("crowd", [2, 20])
def test_of_very_many_layers_those_out_of_view_hold_no_pictures(
    make_window: MakeWindow, small: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, crowd: int
) -> None:
    """A few keep a small picture each, which stands in at once when they come back into view."""
    monkeypatch.setattr("viewer.rendering.tiles.tile_cache.CROWD", crowd)
    window = make_window()
    layers = layers_of(small, 4)
    shown(window, qtbot, layers, small.parent)
    window.session.push(Edit("Hide", (Change("layers", layers[1], replace(layers[1], visible=False)),)))
    wait(window, qtbot)
    window.canvas.motion.pan_by(20_000, 0)
    wait(window, qtbot)
    drawings = [drawing for drawing in window.scene.drawings.values() if isinstance(drawing, RasterDrawing)]
    held_tiles = [drawing.tiles.tile_layer for drawing in drawings]
    crs = window.canvas.viewport.view().grid.crs
    held = [tiles.holds_tiles or tiles.has_overview(crs) for tiles in held_tiles]
    assert held == [crowd > len(layers)] * len(layers)
    window.session.undo()
    window.canvas.motion.pan_by(-20_000, 0)
    wait(window, qtbot)
    assert all(tiles.is_complete(window.canvas.viewport.view()) and tiles.holds_tiles for tiles in held_tiles)
