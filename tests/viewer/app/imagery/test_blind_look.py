"""A second observer who looks blind sees nothing of the first one's rows anywhere in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from layers.product.lint.finding import BLOCKING, Finding, Jump
from tests.support.observation_sheets import BENDS, rows_of, sheet_of, typed, with_scenes
from tests.support.product_windows import WAIT_MS, ready
from tests.support.windows import press, settle
from viewer.app.products.blind_page import findings_shown
from viewer.app.window import MainWindow
from viewer.commands.claims import report_claim
from viewer.commands.filing.evidence import link_evidence
from viewer.export.data.observation_table import observation_table
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.observations.observation_sheet import ObservationSheet
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.time_strip.time_strip_panel import TimeStripPanel

Key = Qt.Key


@pytest.fixture
def sheet(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> ObservationSheet:
    """The first observer has seen the north bend in 1985, with two ticks, and missed it in 1990."""
    with_scenes(window, tmp_path, qtbot)
    sheet = sheet_of(window, qtbot)
    typed("+")
    sheet.desk.add_tick(sheet.view.place, *BENDS["north"])
    sheet.desk.add_tick(sheet.view.place, BENDS["north"][0] + 0.001, BENDS["north"][1])
    press(Key.Key_Right)
    typed("-c")
    window.selection.set(("north",))
    window.docks.show_panel("panel_time_strip")
    settle(window, qtbot)
    return sheet


def look_blind(sheet: ObservationSheet, observer: str = "Ann") -> None:
    sheet.observer.setText(observer)
    sheet.observer.editingFinished.emit()
    sheet.blind.setChecked(True)


def form_of(window: MainWindow) -> SiteFormPanel:
    form = window.findChild(SiteFormPanel)
    assert form is not None
    return form


def strip_of(window: MainWindow) -> TimeStripPanel:
    strip = window.docks.time_strip.panel
    assert isinstance(strip, TimeStripPanel)
    return strip


@pytest.mark.bounded
def test_form_strip_map_and_lists_keep_the_first_rows_until_it_is_switched_off(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    form, strip = form_of(window), strip_of(window)
    before = window.canvas.grab_picture()
    first = "Observations: 2 rows, last seen 1 August 1985; not seen 1 August 1990; no row for 1 of 3 images"
    assert form.observation_line.text() == first
    assert form.fields.fields["valid_to"].text() == "1985-08-01T10:00:00Z"
    assert "last seen 1 August 1985" in strip.summary.text()
    assert len(strip.view.seen.marks) == 2
    look_blind(sheet)
    window.docks.set_panel_visible("panel_observations", visible=False)
    window.docks.show_panel("panel_time_strip")
    settle(window, qtbot)
    assert form.observation_line.text() == "Observations: none yet"
    assert form.fields.fields["valid_to"].text() == ""
    assert "seen" not in strip.summary.text()
    assert not strip.view.seen.marks
    assert len(window.scene.marks.index.sites) == len(BENDS), "no tick is on the map"
    assert len(window.panel_context.listed_marks().made) == len(BENDS), "nor in a list"
    assert window.canvas.grab_picture() != before
    assert "Other observers’ rows are hidden" in window.status.hint.text()
    strip.view.setFocus()
    press(Key.Key_Home)
    assert window.marks_then.hint == "", "the map at that date tells nothing either"
    assert len(observation_table(window.session.document, None).table.rows) == 2, "what is written out has all"
    sheet.blind.setChecked(False)
    settle(window, qtbot)
    assert form.observation_line.text().startswith("Observations: 2 rows")
    assert len(strip.view.seen.marks) == 2
    assert len(window.scene.marks.index.sites) == len(BENDS) + 2
    assert "1 present" in window.marks_then.hint
    assert "are hidden" not in window.status.hint.text()


def test_what_the_blind_observer_counts_is_on_the_map_and_undo_of_the_first_ones_ticks_shows_nothing(
    window: MainWindow, sheet: ObservationSheet
) -> None:
    look_blind(sheet)
    shown = window.scene.marks.index.sites
    window.action_table["undo"].trigger()
    window.action_table["redo"].trigger()
    assert len(shown) == len(BENDS)
    sheet.desk.add_tick(sheet.view.place, *BENDS["north"])
    assert len(window.scene.marks.index.sites) == len(BENDS) + 1
    assert rows_of(window.session.document)


@pytest.mark.bounded
def test_evidence_of_a_claim_that_another_has_seen_is_not_told(window: MainWindow, sheet: ObservationSheet) -> None:
    document = window.session.document
    row = rows_of(document)["north", "1985"]
    window.session.push(
        report_claim(document, statement="It is there.", actor="me", uuid="claim", site_uuids=("north",))
    )
    window.session.push(link_evidence(document, "claim", "observations", row.uuid, actor="me"))
    window.panel_context.show_claim("claim", raise_form=True)
    form = window.findChild(ClaimFormPanel)
    assert form is not None
    (evidence,) = form.evidence.rows
    assert "present" in evidence.words.text().lower()
    look_blind(sheet)
    (evidence,) = form.evidence.rows
    assert evidence.words.text() == "Hidden, as you look blind"


@pytest.mark.bounded
def test_a_page_that_may_tell_is_not_shown_and_comes_back(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    window.product_windows.begin()
    product = ready(window, qtbot)
    assert product.preview.note.isHidden()
    look_blind(sheet)
    qtbot.waitUntil(lambda: product.preview.note.text().startswith("You look blind"))
    qtbot.waitUntil(lambda: product.is_idle)
    sheet.blind.setChecked(False)
    qtbot.waitUntil(product.preview.note.isHidden)


@pytest.mark.bounded
def test_a_page_is_shown_to_the_blind_where_it_tells_of_no_row_of_others(
    window: MainWindow, sheet: ObservationSheet, qtbot: QtBot
) -> None:
    window.product_windows.begin()
    product = ready(window, qtbot)
    look_blind(sheet)
    qtbot.waitUntil(lambda: product.preview.note.text().startswith("You look blind"))
    told = Finding("place-known", BLOCKING, "North", "It was seen in 1985.", "Say so.", Jump("sites", "north"))
    other = told._replace(jump=Jump("sites", "south"))
    assert product.laid is not None
    look = window.panel_context.look
    hidden, shown = findings_shown(look, product.laid, [told, other])
    assert (hidden.where, hidden.sentence, hidden.severity) == ("", "Hidden, as you look blind.", BLOCKING)
    assert shown == other
    window.views.show_bounds(Bounds(10.04, 50.01, 10.06, 50.03), 0.0)
    settle(window, qtbot)
    product.take_view()
    qtbot.waitUntil(lambda: product.is_idle and product.preview.note.isHidden(), timeout=WAIT_MS)
    assert [site.uuid for site in product.laid.content.sites] == ["south"]
    assert findings_shown(look, product.laid, [told]) == [told]
