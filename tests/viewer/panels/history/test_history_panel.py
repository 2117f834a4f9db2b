"""The panel of the history, on a case whose edits are written into its history as they are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec import Struct
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from layers.document.edit import Edit
from tests.support.cases.history_case import HistoryCase
from tests.viewer.panels.conftest import small_case, unnamed
from viewer.canvas.selection import Selection
from viewer.commands.claims import update_claim
from viewer.commands.history import History
from viewer.commands.sites import delete_sites, update_site
from viewer.panels.access import CaseAccess, MessageAccess
from viewer.panels.context import PanelContext
from viewer.panels.history.history_filters import DELETIONS, TRACES
from viewer.panels.history.history_panel import HistoryPanel

DAY = "2026-11-02T08:00:00Z"


class Written(HistoryCase):
    """A journal that writes each edit into the history."""

    def append(self, edit: Edit, actor: str) -> None:
        self.write(edit, by=actor, at=DAY)

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """No reason is given in these tests."""


class Open(Struct):
    """The panel with the case that it shows."""

    panel: HistoryPanel
    context: PanelContext
    written: Written
    history: History
    reports: list[str]

    @property
    def lines(self) -> list[str]:
        """The changes as the list has them."""
        model = self.panel.model
        return [model.cells_at(row)[0] for row in range(model.rowCount())]

    def choose(self, row: int) -> None:
        self.panel.list.view.selectRow(row)


@pytest.fixture
def case(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    written, reports = Written(tmp_path / "work.gpkg"), list[str]()
    document = small_case()
    history = History(document, written, "Olga")
    messages = MessageAccess(reports.append)
    access = CaseAccess(history.push, lambda: "Olga", history=lambda: written.path)
    context = PanelContext(document, access, Selection(), messages=messages)
    panel = HistoryPanel(context)
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    context.do(update_claim, "c2", likelihood_term="likely", confidence="low")
    context.do(update_site, "pad", label="Vostochny Cosmodrome")
    context.do(update_claim, "c2", confidence="moderate")
    panel.show()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    yield Open(panel, context, written, history, reports)
    written.close()


def test_changes_are_listed_in_the_words_of_the_forms(case: Open) -> None:
    assert case.lines == [
        "Imagery was given · confidence: low → moderate",
        "Vostochny Cosmodrome · label: Vostochny → Vostochny Cosmodrome",
        "Imagery was given · likelihood: – → likely (55–80 %); confidence: – → low",
    ]
    case.choose(1)
    assert "2 November 2026" in case.panel.words.text()
    assert "by Olga" in case.panel.words.text()
    assert not unnamed(case.panel)


def test_one_change_is_taken_back_from_the_list_and_undone(case: Open, qtbot: QtBot) -> None:
    case.choose(2)
    qtbot.mouseClick(case.panel.back_button, Qt.MouseButton.LeftButton)
    assert case.reports == [
        "A later change stands on this one: confidence was changed again. Take the later change back first."
    ]
    case.choose(1)
    qtbot.mouseClick(case.panel.back_button, Qt.MouseButton.LeftButton)
    assert case.context.document.sites["pad"].label == "Vostochny"
    assert case.context.document.claims["c2"].confidence == "moderate"
    qtbot.waitUntil(lambda: len(case.lines) == 4)
    assert case.lines[0] == "Vostochny · label: Vostochny Cosmodrome → Vostochny"
    assert "Takes back the change of 2026-11-02" in case.panel.model.cells_at(0)[3]
    case.history.undo()
    assert case.context.document.sites["pad"].label == "Vostochny Cosmodrome"


def test_who_deleted_a_site_is_found_and_the_site_brought_back(case: Open, qtbot: QtBot) -> None:
    case.context.do(delete_sites, ["firm"])
    filters = case.panel.filters
    filters.listed.setCurrentIndex(filters.listed.findData(TRACES))
    filters.listed.activated.emit(filters.listed.currentIndex())
    assert case.lines == ["Mark “Hikvision” deleted", "Site of a claim “Optics were sold” deleted"]
    assert case.panel.model.cells_at(0)[2] == "Olga"
    case.choose(0)
    assert not case.panel.open_button.isEnabled()
    qtbot.mouseClick(case.panel.back_button, Qt.MouseButton.LeftButton)
    assert case.context.document.sites["firm"].label == "Hikvision"
    assert [claim.uuid for claim in case.context.document.links.claims_of_site("firm")] == ["c1"]
    qtbot.waitUntil(lambda: not case.lines)
    filters.listed.setCurrentIndex(filters.listed.findData(DELETIONS))
    filters.listed.activated.emit(filters.listed.currentIndex())
    assert len(case.lines) == 2, "what was deleted once stays in the history"


def test_filters_and_the_history_of_one_row(case: Open, qtbot: QtBot) -> None:
    filters = case.panel.filters
    filters.field.setCurrentText("Confidence")
    filters.field.activated.emit(filters.field.currentIndex())
    assert len(case.lines) == 2
    filters.kind.setCurrentText("Sites and marks")
    filters.kind.activated.emit(filters.kind.currentIndex())
    assert case.lines == ["Vostochny Cosmodrome · label: Vostochny → Vostochny Cosmodrome"]
    qtbot.keyClicks(filters.since, "3 November 2026")
    qtbot.keyClick(filters.since, Qt.Key.Key_Return)
    assert not case.lines
    assert case.panel.hint.text() == "No change is as asked for."
    case.panel.show_row("claims", "c2")
    assert "Imagery was given" in filters.row_words.text()
    assert len(case.lines) == 2
    qtbot.mouseClick(filters.all_button, Qt.MouseButton.LeftButton)
    assert len(case.lines) == 3
    assert filters.person.findText("Olga") > 0


def test_the_list_follows_edits_and_opens_rows(case: Open, qtbot: QtBot) -> None:
    case.choose(0)
    wanted: list[str] = []
    case.context.panel_wanted.connect(wanted.append)
    qtbot.mouseClick(case.panel.open_button, Qt.MouseButton.LeftButton)
    assert (wanted, case.context.claim_uuid) == (["claim_form"], "c2")
    case.context.do(update_site, "pad", notes="seen from the road")
    qtbot.waitUntil(lambda: len(case.lines) == 4)
    assert case.panel.chosen is not None, "the chosen change stays chosen"


def test_older_pages_are_read_where_the_list_is_scrolled_to_its_end(case: Open, qtbot: QtBot) -> None:
    for number in range(250):
        case.written.append(update_site(case.context.document, "rail", label=f"Railway {number}", actor="Olga"), "Olga")
    case.panel.filters.changed.emit()
    assert case.panel.model.total == 200
    assert case.panel.more_button.isEnabled()
    bar = case.panel.list.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    assert case.panel.model.total == 253
    assert not case.panel.more_button.isEnabled()
    assert case.lines[-1].startswith("Imagery was given · likelihood")
