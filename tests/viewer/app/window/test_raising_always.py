"""A virtual method of ours that raises whenever Qt calls it: said once, and window and program go on, at rest."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QVBoxLayout, QWidget
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from layers.project.opening.case_paths import CaseHome
from tests.support.windows import take_up
from tests.viewer.app.conftest import settle
from viewer.app.crash import CrashDoors
from viewer.app.window import MainWindow
from viewer.canvas.sites.site_painter import SitePainter
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.rendering.images import argb_of_image
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.vector.vector_drawing import VectorDrawing

pytestmark = pytest.mark.bounded

CALM_S = 0.4
ARMED: list[bool] = []
"""What Qt asks for while a call of ours is under way raises there; what it asks for by itself is what is tested."""


def _raise(why: str) -> None:
    if ARMED:
        raise ValueError(why)


class _Model(QAbstractListModel):
    def rowCount(self, parent: QModelIndex | None = None) -> int:  # type: ignore[override]
        return 50

    def data(self, index: QModelIndex, role: int = 0) -> str | None:  # type: ignore[override]
        return "row" if role == Qt.ItemDataRole.DisplayRole else None


class _BadModel(_Model):
    def data(self, index: QModelIndex, role: int = 0) -> str | None:  # type: ignore[override]
        _raise("data raises always")
        return "row"


class _BadPaint(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: object, index: object) -> None:  # type: ignore[override]
        painter.save()
        _raise("a delegate's paint raises always")


class _BadSize(QStyledItemDelegate):
    def sizeHint(self, option: object, index: object) -> QSize:  # type: ignore[override]
        _raise("a delegate's sizeHint raises always")
        return QSize(40, 20)


class _BadWidget(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        _raise("paintEvent raises always")


class _BadFilter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            _raise("an event filter raises always")
        return False


def _list(model: QAbstractListModel, delegate: QStyledItemDelegate | None = None) -> QListView:
    view = QListView()
    model.setParent(view)
    view.setModel(model)
    if delegate is not None:
        delegate.setParent(view)
        view.setItemDelegate(delegate)
    return view


def _filtered() -> QWidget:
    widget = QWidget()
    watch = _BadFilter(widget)
    widget.installEventFilter(watch)
    return widget


def _bad_panel() -> QWidget:
    raise ValueError("a panel cannot be made")


WIDGETS: dict[str, Callable[[], QWidget]] = {
    "a model": lambda: _list(_BadModel()),
    "a delegate that paints": lambda: _list(_Model(), _BadPaint()),
    "a delegate that measures": lambda: _list(_Model(), _BadSize()),
    "a paintEvent": _BadWidget,
    "an event filter": _filtered,
    "a panel that cannot be made": lambda: LazyPanel(_bad_panel),
}


@pytest.fixture
def said(window: MainWindow, tmp_path: Path) -> Iterator[CrashDoors]:
    """The program's own door in front of this window; pytest-qt would stand before it."""

    def report(key: str, sentence: str) -> None:
        window.context.jobs.mailbox.post(window.messages.show, key, sentence, "error")

    doors = CrashDoors(tmp_path / "logs", report)
    with capture_exceptions():
        doors.install()
        yield doors
        ARMED.clear()
        doors.remove()


def _calm(window: MainWindow, qtbot: QtBot) -> None:
    """Nothing is painted, and no letter delivered, for a while: what repaints for ever never gets here."""
    events = _Counter(window)
    window.installEventFilter(events)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        events.count = 0
        qtbot.wait(int(CALM_S * 1000))
        if not events.count and window.context.jobs.mailbox.is_empty:
            window.removeEventFilter(events)
            return
    pytest.fail("the window is painted again and again")


class _Counter(QObject):
    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() in (QEvent.Type.UpdateRequest, QEvent.Type.LayoutRequest)
        return False


def _crash_lines(window: MainWindow) -> list[str]:
    return [line.text for line in window.messages.lines() if line.key.startswith("crash")]


@pytest.mark.qt_log_ignore("saved states", extend=True)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", WIDGETS)
def test_a_widget_that_raises_always(window: MainWindow, qtbot: QtBot, said: CrashDoors, name: str) -> None:
    """In the window, beside the message line: the line's coming and growing lays all of it out, and paints it, anew."""
    window.file_menu.new_case()
    settle(window, qtbot)
    box = QWidget()
    layout = QVBoxLayout(box)
    layout.addWidget(WIDGETS[name](), 1)
    window.pages.addWidget(box)
    window.pages.setCurrentWidget(box)
    qtbot.wait(50)
    ARMED.append(True)
    box.update()
    box.children()[-1].update()  # type: ignore[attr-defined]
    for view in box.findChildren(QListView):
        view.scheduleDelayedItemsLayout()
        view.viewport().update()
    _calm(window, qtbot)
    ARMED.clear()
    assert 1 <= len(_crash_lines(window)) <= 3, "a few ways lead to the same method"
    assert all("ValueError" in line for line in _crash_lines(window))
    window.pages.setCurrentWidget(window.canvas)
    window.file_menu.new_case()
    settle(window, qtbot)


@pytest.fixture
def shown(window: MainWindow, qtbot: QtBot, points: Path, tmp_path: Path) -> MainWindow:
    """Two layers, one of which is going to raise, and a site."""
    other = tmp_path / "other.geojson"
    other.write_text(points.read_text().replace("37.6", "37.8"))
    layers = [
        Layer(uuid=name, kind="vector", name=name, source_json=f'{{"path": "{path}"}}')
        for name, path in (("bad", points), ("good", other))
    ]
    site = Site(uuid="s", geometry=Point(37.7, 55.6), label="Here", class_code="port")
    take_up(window, qtbot, layers=layers, sites=[site])
    window.views.show_bounds(Bounds(37.4, 55.5, 38.0, 55.9))
    settle(window, qtbot)
    return window


@pytest.mark.sampled(2)
@pytest.mark.parametrize("method", ["paint", "set_view", "is_complete", "set_layer"])
def test_a_drawing_that_raises_always_costs_itself(
    shown: MainWindow, qtbot: QtBot, said: CrashDoors, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = getattr(VectorDrawing, method)

    def bad(self: VectorDrawing, *arguments: object, **more: object) -> object:
        if self.layer_uuid == "bad":
            raise ZeroDivisionError("a drawing raises always")
        return sound(self, *arguments, **more)

    monkeypatch.setattr(VectorDrawing, method, bad)
    if method == "set_layer":
        layer = shown.session.document.layers["bad"]
        renamed = Layer(uuid="bad", kind="vector", name="bad 2", source_json=layer.source_json, rev=2)
        shown.session.document.apply(Edit("rename", (Change("layers", layer, renamed),)))
    shown.canvas.pan(40, 0) if hasattr(shown.canvas, "pan") else shown.views.turn_left()
    settle(shown, qtbot)
    _calm(shown, qtbot)
    assert len(_crash_lines(shown)) == 1
    assert "bad" in shown.scene.stack.problems()
    assert "something went wrong inside Geoloupe (ZeroDivisionError" in shown.scene.stack.problems()["bad"]
    assert "good" not in shown.scene.stack.problems()
    assert shown.scene.drawings["good"].is_complete(shown.canvas.viewport.view())
    assert len(np.unique(argb_of_image(shown.canvas.grab().toImage()))) > 10, "the other layer and the site are drawn"
    monkeypatch.setattr(VectorDrawing, method, sound)
    layer = shown.session.document.layers["bad"]
    again = Layer(uuid="bad", kind="vector", name="bad", source_json=layer.source_json, style_json="{}", rev=9)
    shown.session.document.apply(Edit("restyle", (Change("layers", layer, again),)))
    settle(shown, qtbot)
    assert shown.scene.stack.problems() == {}, "another row is another chance"


@pytest.mark.qt_log_ignore("saved states", extend=True)
def test_sites_that_cannot_be_painted_leave_the_layers(
    shown: MainWindow, qtbot: QtBot, said: CrashDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad(self: SitePainter, painter: QPainter, *_: object) -> None:
        painter.save()
        painter.translate(1000, 1000)
        painter.setOpacity(0.0)
        raise ZeroDivisionError("sites raise always")

    monkeypatch.setattr(SitePainter, "paint", bad)
    shown.views.turn_left()
    _calm(shown, qtbot)
    assert len(_crash_lines(shown)) == 1
    assert len(np.unique(argb_of_image(shown.canvas.grab().toImage()))) > 10, "layers, labels, scale bar"


def test_a_drawing_that_cannot_be_made_is_one_that_says_so(
    window: MainWindow, qtbot: QtBot, said: CrashDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad(self: object, *_: object, **__: object) -> None:
        raise KeyError("made never")

    monkeypatch.setattr(RasterDrawing, "__init__", bad)
    take_up(window, qtbot, layers=[Layer(uuid="l", kind="raster", name="Scene", source_json='{"path": "/a.tif"}')])
    problem = window.scene.stack.problems()["l"]
    assert "“Scene” cannot be drawn: something went wrong inside Geoloupe (KeyError" in problem
    assert len(_crash_lines(window)) == 1


def test_a_picture_without_a_window_says_it_too(qapp: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from layers.pool.pool import ReaderPool
    from viewer.export.headless import Studio

    told: list[BaseException] = []

    def hook(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        told.append(error)

    monkeypatch.setattr(sys, "excepthook", hook)
    monkeypatch.setattr("viewer.export.headless.ReaderPool", lambda workers: ReaderPool(inline=True))
    monkeypatch.setattr(SitePainter, "paint", lambda *_, **__: 1 / 0)
    with Studio() as studio:
        scene = studio.scene(Document({"sites": [Site(uuid="s", geometry=Point(1, 1))]}), CaseHome(str(tmp_path)))
        view = View.of_bounds(WEB_MERCATOR, Bounds(0, 0, 2e5, 2e5), 64, 48)
        assert not studio.picture_of(scene, view).isNull()
    assert [type(error) for error in told] == [ZeroDivisionError]
