"""The dialog that brings a file of Google Earth home, opened as the menu does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot
from shapely import LineString, Point, box

from layers.document.document import Document
from layers.product.gathering import content_of
from viewer.app.window import MainWindow
from viewer.commands.sites import add_site
from viewer.export.data.kmz import kmz_bytes
from viewer.panels.homecoming.earth_dialog import EarthDialog

WAIT_MS = 60_000


def dialog_of(window: MainWindow, qtbot: QtBot) -> EarthDialog:
    qtbot.waitUntil(lambda: window.findChild(EarthDialog) is not None, timeout=WAIT_MS)
    dialog = window.findChild(EarthDialog)
    assert dialog is not None
    return dialog


def bring(window: MainWindow, answers: Any, path: Path, qtbot: QtBot) -> EarthDialog:
    """The dialog for a file; `answers` says which one is chosen."""
    qtbot.waitUntil(lambda: window.findChild(EarthDialog) is None, timeout=WAIT_MS)  # one that was closed before
    answers.path = path
    window.action_table["bring_home"].trigger()
    return dialog_of(window, qtbot)


def own_case() -> Document:
    """A case with a pin, a place that is known loosely, an area and a line."""
    document = Document()
    sites: list[tuple[Any, dict[str, Any]]] = [
        (Point(43.5, 36.5), {"label": "Pad", "class_code": "launch_pad", "role": "setting", "position_error_m": 5.0}),
        (Point(43.6, 36.6), {"label": "City", "role": "named in a claim", "position_error_m": 15000.0}),
        (box(43, 36, 43.1, 36.1), {"label": "Area", "class_code": "other/fence", "aliases": (("zh", "三亚"),)}),
        (LineString([(43, 36), (43.2, 36.2)]), {"label": "", "folder": "North / Roads"}),
    ]
    for geometry, fields in sites:
        document.apply(add_site(document, geometry, actor="Li", **{"position_basis": "by hand"} | fields))
    return document


def own_file(document: Document, folder: Path) -> Path:
    """The KMZ that Geoloupe writes of a case."""
    path = folder / "own.kmz"
    path.write_bytes(kmz_bytes(document, content_of(document, document.sites)))
    return path
