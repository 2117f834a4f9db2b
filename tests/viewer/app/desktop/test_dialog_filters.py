"""The dialog that opens files lists everything that readers open; deliveries come in by folder, file and drop."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from layers.readers import files
from layers.readers.deliveries.scene_files import deliveries_at
from tests.support.readers.tiny_deliveries import dimap, landsat, maxar, planet, sentinel2
from tests.viewer.app.conftest import settle
from viewer.app.desktop.dialog_filters import DELIVERIES, name_filters
from viewer.app.desktop.questions import Questions
from viewer.app.window import MainWindow
from viewer.canvas.extent import bounds_of_all

MAKERS = {"sentinel2": sentinel2, "landsat": landsat, "maxar": maxar, "dimap": dimap, "planet": planet}


def test_every_kind_of_file_that_is_opened_is_listed() -> None:
    first, *others = name_filters().split(";;")
    patterns = re.search(r"\((.*)\)", first)
    assert patterns is not None
    listed = set(patterns[1].split())
    known = {*files.NAMED_KINDS, *files.TABLE_SUFFIXES, *files.LINE_SUFFIXES}
    assert {f"*{suffix}" for suffix in known} <= listed
    assert others[-1] == "All files (*)"


def test_the_dialog_gets_the_filters(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[str] = []

    def dialog(_parent: QWidget, _title: str, _folder: str, kinds: str = "") -> tuple[list[str], str]:
        seen.append(kinds)
        return ["/x.tif"], ""

    monkeypatch.setattr(QFileDialog, "getOpenFileNames", dialog)
    assert Questions(window).paths_to_open(tmp_path) == ["/x.tif"]
    assert seen == [name_filters()]


@pytest.mark.parametrize("kind", MAKERS)
def test_the_file_that_describes_a_delivery_is_listed(tmp_path: Path, kind: str) -> None:
    folder = Path(MAKERS[kind](tmp_path))
    (found,) = deliveries_at(str(folder))
    name = Path(found.metadata).name.lower()
    assert any(fnmatch(name, pattern.lower()) for pattern in DELIVERIES), name


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("where", ["canvas", "window"])
def test_a_folder_of_a_delivery_is_dropped_and_is_one_layer(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, kind: str, where: str
) -> None:
    folder = Path(MAKERS[kind](tmp_path))
    target = window.canvas if where == "canvas" else window
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder))])
    place, action = QPointF(20, 20), Qt.DropAction.CopyAction
    button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place, action, data, button, modifier)
    QApplication.sendEvent(target, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(target, QDropEvent(place, action, data, button, modifier))
    settle(window, qtbot)
    (layer,) = window.session.document.layers.values()
    assert (layer.kind, layer.source) == ("raster", {"path": str(folder)})
    assert window.messages.lines() == []
    assert bounds_of_all(window.scene) is not None


@pytest.mark.parametrize("where", ["canvas", "window", "dialog"])
def test_who_reaches_for_a_file_is_expected(window: MainWindow, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Readers that had left come back while somebody is still choosing."""
    expected: list[str] = []
    monkeypatch.setattr(window.context.pool, "expect", lambda: expected.append(where))
    if where == "dialog":
        window.action_table["open"].trigger()
    else:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile("/somewhere/a.tif")])
        button, modifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, button, modifier)
        QApplication.sendEvent(window.canvas if where == "canvas" else window, enter)
    assert expected == [where]
