"""A case with swapped axes in the window: the map stands, the message line says which site and why, and every way to
such a site leads to that sentence.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.document.site import Site
from layers.project.saving.publish import write_case
from tests.support.windows import search_for, shown_where
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.sites import reshape_site
from viewer.rendering.images import argb_of_image

SPUR = Site(uuid="spur", geometry=shapely.LineString([(51, 128), (52, 129)]), label="Spur", class_code="rail")
GOOD = Site(uuid="good", geometry=shapely.LineString([(128, 51), (129, 52)]), label="Good", class_code="rail")
WHY = "its latitude of 129 is beyond the poles; longitude and latitude seem to be swapped"


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    write_case(Document({"sites": [GOOD, SPUR]}), tmp_path / "case.gpkg")
    window.opener.open([str(tmp_path / "case.gpkg")])
    settle(window, qtbot)
    return window


def _said(window: MainWindow, key: str) -> str:
    line = window.messages.line(key)
    return line.text if line is not None else ""


def test_the_map_stands_and_the_sentence_goes_when_the_site_is_mended(opened: MainWindow, qtbot: QtBot) -> None:
    assert _said(opened, "sites off earth") == f"The site “Spur” cannot be drawn: {WHY}."
    assert opened.session.document.sites["spur"].geometry == SPUR.geometry
    painted = argb_of_image(opened.canvas.grab().toImage())
    assert len(np.unique(painted)) > 20, "a line with its casing and its label"
    assert all(map(math.isfinite, opened.canvas.viewport.centre))
    geometry = shapely.LineString([(128, 51), (129, 51.5)])
    opened.session.push(reshape_site(opened.session.document, "spur", geometry, actor="me"))
    assert _said(opened, "sites off earth") == ""
    assert opened.scene.marks.bounds(frozenset({"spur"})) is not None


@pytest.mark.bounded
def test_every_way_to_it_says_why(opened: MainWindow, qtbot: QtBot) -> None:
    before = shown_where(opened)
    opened.selection.set(("spur",))
    settle(opened, qtbot)
    opened.views.show_selection()
    assert _said(opened, "view") == f"The site “Spur” cannot be drawn: {WHY}."
    opened.action_table["tool_edit_vertices"].trigger()
    settle(opened, qtbot)
    assert WHY in opened.canvas.tool.hint
    palette, line = search_for(opened, "Spur", qtbot)
    assert any(WHY in hit.note for hit in palette.shown_hits())
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(opened, qtbot)
    assert opened.selection.uuids == {"spur"}
    assert shown_where(opened) == before
