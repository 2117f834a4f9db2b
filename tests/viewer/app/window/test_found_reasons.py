"""Find answers with reasons: of changes, of judgements, and of what could not be told."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point, box

from layers.observing.search_cells import CANNOT_TELL, SearchCell, SearchSheet
from layers.observing.search_grid import grid_over
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim, update_claim
from viewer.commands.imagery.images import add_image
from viewer.commands.imagery.observations import record_observation
from viewer.commands.imagery.searches import record_search
from viewer.commands.sites import add_site
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.finding.find_panel import FindPanel

pytestmark = pytest.mark.bounded


def found(window: MainWindow, qtbot: QtBot, words: str) -> FindPanel:
    """The panel Find with one row for these words."""
    window.action_table["panel_find"].trigger()
    settle(window, qtbot)
    panel = window.findChild(FindPanel)
    assert panel is not None
    panel.line.setText(words)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1 and not panel.finder.is_busy, timeout=20_000)
    return panel


def test_the_reason_of_a_change_leads_to_the_claim_that_was_changed(window: MainWindow, qtbot: QtBot) -> None:
    """Reasons stand in the history alone, and F3 found none of them."""
    window.file_menu.new_case()
    settle(window, qtbot)
    context = window.panel_context
    judged = {"voice": "analyst", "state": "assessed", "likelihood_term": "likely", "confidence": "low"}
    assert context.do(add_claim, uuid="claim", statement="A pad", confidence_reason="one oblique picture", **judged)
    context.show_claim("claim", raise_form=True)
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    for term, reason in (("very likely", "a gantry stands there"), ("almost certain", "the operator published it")):
        assert context.do(update_claim, "claim", likelihood_term=term)
        form.reasons["likelihood_term"].field.setText(reason)
        QTest.keyClick(form.reasons["likelihood_term"].field, Qt.Key.Key_Return)
        panel = found(window, qtbot, reason.split()[-2])  # also once the index was made
        assert panel.model.index(0).data() == "A pad"
    context.show_claim("")
    found(window, qtbot, "oblique")
    panel = found(window, qtbot, "gantry")
    QTest.keyClick(panel.line, Qt.Key.Key_Return)
    assert context.claim_uuid == "claim"


def test_the_reasons_why_it_cannot_be_told_are_found(window: MainWindow, qtbot: QtBot) -> None:
    """Rows and cells marked "?" were found by no word of their reason."""
    window.file_menu.new_case()
    settle(window, qtbot)
    document, push = window.session.document, window.session.push
    push(add_site(document, Point(10.3, 50.0), actor="ana", uuid="yard", label="Yard"))
    facts = {"image_key": "service:s@2024-04-12", "service": "s", "acquired_at": "2024-04-12", "date_kind": "instant"}
    push(add_image(document, actor="ana", uuid="image", **facts))
    seen = {"presence": "cannot tell", "why": "haze", "target": "crane"}
    push(record_observation(document, "yard", "image", actor="ana", **seen))
    panel = found(window, qtbot, "haze")
    assert panel.model.index(0).data() == "cannot tell"
    area = box(10.0, 50.0, 10.2, 50.13)
    push(add_site(document, area, actor="ana", uuid="area", mark_kind="search area"))
    sheet = SearchSheet(grid_over(area, 1, 1)).with_cell(SearchCell(1, 1, CANNOT_TELL, "layover", shown=1.0))
    push(record_search(document, actor="ana", area_uuid="area", cells_json=sheet.text, target="vehicle"))
    found(window, qtbot, "layover")
