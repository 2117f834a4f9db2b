"""Stumbles of a stranger in the forms of claims and layers, each once more in the real window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.support.windows import press, settle
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim
from viewer.panels.claims.claim_form import ClaimFormPanel

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key = Qt.Key
BAND = {"state": "assessed", "likelihood_term": "likely", "likelihood_low": 55, "likelihood_high": 80}


@pytest.fixture
def form(window: MainWindow, qtbot: QtBot) -> ClaimFormPanel:
    """Of a judgement with a band of 55 to 80 %, above a report, in the active window."""
    window.resize(1366, 768)
    window.file_menu.new_case()
    document, push = window.session.document, window.session.push
    push(add_claim(document, actor="me", uuid="report", voice="speaker", statement="Sold"))
    push(add_claim(document, actor="me", uuid="own", voice="analyst", statement="Not yet ready", **BAND))
    settle(window, qtbot)
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    return show(window, "own", qtbot)


def show(window: MainWindow, claim: str, qtbot: QtBot) -> ClaimFormPanel:
    window.panel_context.show_claim(claim)
    window.panel_context.panel_wanted.emit("claim_form")
    qtbot.wait(20)
    found = window.findChild(ClaimFormPanel)
    assert found is not None
    return found


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.mark.parametrize("claim", ["own", "report"])
def test_tab_goes_through_a_claim_as_its_fields_stand(
    window: MainWindow, form: ClaimFormPanel, qtbot: QtBot, claim: str
) -> None:
    show(window, claim, qtbot)
    form.sources.cite_text("AP: pads of the north")
    qtbot.wait(20)
    first = form.statement_part if claim == "own" else form.sources_part
    inside = form.page.content.parentWidget()
    (form.fields.fields["statement"] if claim == "own" else form.sources.picker).setFocus()
    seen: list[QWidget] = []
    while focused() is not first.header:
        seen.append(focused())
        press(Key.Key_Tab)
    tops = [widget.mapTo(inside, widget.rect().center()).y() for widget in seen]
    assert all(later > before - 6 for before, later in pairwise(tops)), [widget.accessibleName() for widget in seen]
    assert len(seen) >= 11
