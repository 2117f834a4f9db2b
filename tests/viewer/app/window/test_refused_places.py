"""Nonsense in a field for a coordinate: the sentence that search gives stands at the field, wherever the form is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shapely import LineString, Point

from layers.document.document import Document
from layers.document.marks.mark_shape import Circle, as_json
from layers.document.site import Site
from tests.support.windows import begin_on_map, search_for, settle
from viewer.app.window import MainWindow
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.refusal import Refusal

NONSENSE = "nonsense here"
SENTENCE = f'"{NONSENSE}" is no coordinate: write for example 51.884, 128.334.'
CIRCLE = Circle((9.5, 50.1), 400.0)
MARKS = {
    "point": Site(uuid="point", geometry=Point(9.5, 50.1), label="Pad"),
    "line": Site(uuid="line", geometry=LineString([(9.5, 50.1), (9.6, 50.2)])),
    "circle": Site(uuid="circle", geometry=CIRCLE.geometry(), shape_json=as_json(CIRCLE)),
}


def form_of(window: MainWindow, qtbot: QtBot, uuid: str) -> SiteFormPanel:
    window.session.new_case(Document({"sites": list(MARKS.values())}))
    settle(window, qtbot)
    begin_on_map(window, qtbot)
    window.selection.set({uuid})
    settle(window, qtbot)
    form = window.findChild(SiteFormPanel)
    assert form is not None
    return form


def type_nonsense(form: SiteFormPanel, uuid: str) -> None:
    """Into the place of a point, the first vertex of a line, the centre of a circle; Enter ends it."""
    line: QWidget
    match uuid:
        case "point":
            line = form.place.line
        case "circle":
            line = form.shape_part.fields.fields["centre"]
        case _:
            table = form.shape_part.vertices
            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_F2)
            line = table.viewport().findChild(QLineEdit)  # type: ignore[assignment]
    line.setFocus()
    line.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(line, NONSENSE)
    QTest.keyClick(line, Qt.Key.Key_Return)


def words_shown(form: SiteFormPanel) -> list[str]:
    """All sentences of refusals that stand whole on the window of the form."""
    said = [one for one in form.window().findChildren(Refusal) if one.isVisible()]
    return [one.text() for one in said if form.window().rect().contains(one.geometry())]


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize("size", [(1366, 768), (911, 512), (1024, 700)])
@pytest.mark.parametrize("uuid", MARKS)
def test_the_sentence_stands_at_the_field(window: MainWindow, qtbot: QtBot, uuid: str, size: tuple[int, int]) -> None:
    window.resize(*size)
    form = form_of(window, qtbot, uuid)
    type_nonsense(form, uuid)
    qtbot.waitUntil(lambda: words_shown(form) == [SENTENCE])
    assert window.session.document.sites[uuid] == MARKS[uuid]


@pytest.mark.bounded
@pytest.mark.parametrize("goes_to", ["Tab", "map"])
def test_the_sentence_stays_when_the_keyboard_goes_on(window: MainWindow, qtbot: QtBot, goes_to: str) -> None:
    window.resize(911, 512)
    form = form_of(window, qtbot, "point")
    type_nonsense(form, "point")
    if goes_to == "Tab":
        QTest.keyClick(form.place.line, Qt.Key.Key_Tab)
    else:
        window.canvas.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not form.place.line)
    qtbot.waitUntil(lambda: words_shown(form) == [SENTENCE])


def test_the_sentence_stands_at_a_form_that_floats(window: MainWindow, qtbot: QtBot) -> None:
    form = form_of(window, qtbot, "point")
    dock = next(one for one in window.findChildren(QDockWidget) if one.isAncestorOf(form))
    dock.setFloating(True)
    dock.resize(330, 400)
    qtbot.waitUntil(dock.isVisible)
    type_nonsense(form, "point")
    qtbot.waitUntil(lambda: words_shown(form) == [SENTENCE])


@pytest.mark.bounded
def test_search_says_the_same(window: MainWindow, qtbot: QtBot) -> None:
    form_of(window, qtbot, "point")
    palette, _ = search_for(window, "95.5, 200.5", qtbot)
    said = palette.sentence()
    assert said
    form = form_of(window, qtbot, "point")
    form.place.line.setFocus()
    form.place.line.selectAll()
    QTest.keyClicks(form.place.line, "95.5, 200.5")
    QTest.keyClick(form.place.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: words_shown(form) == [said])
