"""The panel of the history, on a case whose edits are written into its history as they are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shapely.geometry import Point, Polygon

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.observation import Observation
from layers.document.site import Site
from layers.observing.search_cells import FOUND, NOTHING, SearchCell
from layers.observing.search_grid import grid_over
from layers.project.history.recorded_change import ChangeKind, ChangeWay, FieldChange, RecordedChange
from layers.project.saving.later_history import HistoryUnderWay, RecordedHistory
from layers.project.storage.tables import BY_NAME, STAMPS
from tests.support.cases.history_case import HistoryCase
from tests.viewer.panels.conftest import small_case, unnamed
from viewer.canvas.selection import Selection
from viewer.commands.claims import update_claim
from viewer.commands.history import History
from viewer.commands.imagery.cell_searches import answer_cell, begin_search
from viewer.commands.imagery.chips import add_chips, delete_chips
from viewer.commands.imagery.searches import record_search
from viewer.commands.reviewing.column_words import COLUMN_WORDS
from viewer.commands.sites import add_site, delete_sites, update_site
from viewer.panels.access import CaseAccess, MessageAccess
from viewer.panels.context import PanelContext
from viewer.panels.custody.custody_dialog import CustodyDialog
from viewer.panels.history.change_words import change_sentence, field_lines
from viewer.panels.history.history_filters import DELETIONS, TRACES
from viewer.panels.history.history_panel import HistoryPanel
from viewer.panels.history.search_runs import listed_rows
from viewer.panels.sites.case_chips import CaseChips
from viewer.panels.sites.chip_strip import ChipStrip

DAY = "2026-11-02T08:00:00Z"


class Written(HistoryCase):
    """A journal that writes each edit into the history."""

    def append(self, edit: Edit, actor: str) -> None:
        self.write(edit, by=actor, at=DAY)

    def other(self, path: Path) -> Document:
        """Go on with another case, whose rows have no history yet."""
        super().__init__(path)
        document = Document({"sites": [Site(uuid=f"s{at}", geometry=Point(at, 0), label="x") for at in range(60)]})
        self.baseline(document)
        return document

    def give_reason(self, row_uuid: str, columns: Sequence[str], reason: str) -> None:
        """No reason is given in these tests."""


class Open(Struct):
    """The panel with the case that it shows."""

    panel: HistoryPanel
    context: PanelContext
    written: Written
    history: History
    reports: list[str]
    notices: list[str]
    kept: dict[str, bytes]
    """The bytes that the case still has, by row."""
    coming: list[HistoryUnderWay]
    """What is still being copied, the last one now; empty for a whole history."""

    @property
    def lines(self) -> list[str]:
        """The changes as the list has them."""
        model = self.panel.model
        return [model.cells_at(row)[0] for row in range(model.rowCount())]

    def choose(self, row: int) -> None:
        self.panel.list.view.selectRow(row)


@pytest.fixture
def case(qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    written, reports, notices, kept = Written(tmp_path / "work.gpkg"), list[str](), list[str](), dict[str, bytes]()
    document = small_case()
    history = History(document, written, "Olga")
    coming = list[HistoryUnderWay]()

    def past() -> RecordedHistory:
        return RecordedHistory(written.path, lambda: coming[-1] if coming else None)

    messages = MessageAccess(reports.append, deleted=notices.append)
    access = CaseAccess(history.push, lambda: "Olga", history=past, blob_reader=lambda: lambda *_: dict(kept))
    context = PanelContext(document, access, Selection(), messages=messages)
    panel = HistoryPanel(context)
    qtbot.addWidget(panel)
    panel.resize(900, 320)
    context.do(update_claim, "c2", likelihood_term="likely", confidence="low")
    context.do(update_site, "pad", label="Vostochny Cosmodrome")
    context.do(update_claim, "c2", confidence="moderate")
    panel.show()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    yield Open(panel, context, written, history, reports, notices, kept, coming)
    written.close()


def test_a_likelihood_stands_whole_in_the_line_of_its_change(case: Open, qtbot: QtBot) -> None:
    """A long term was told as "likelihood changed", a band of its own not at all, and a synonym without its band."""
    steps = (
        {"likelihood_term": "roughly even chance"},
        {"likelihood_low": 48, "likelihood_high": 52},
        {"likelihood_high": 50},
        {"likelihood_term": "very unlikely"},
        {"likelihood_term": "highly improbable"},
    )
    for fields in steps:
        assert case.context.do(update_claim, "c2", **fields)
    qtbot.waitUntil(lambda: case.panel.model.rowCount() == 3 + len(steps))
    assert [line.partition(" · ")[0] for line in case.lines[: len(steps)]] == [
        "likelihood: very unlikely (5–20 %) → highly improbable (5–20 %)",
        "likelihood: roughly even chance (48–50 %) → very unlikely (5–20 %)",
        "likelihood: up to 52 % → up to 50 %",
        "likelihood: 45–55 % → 48–52 %",
        "likelihood: likely (55–80 %) → roughly even chance (45–55 %)",
    ]


def test_changes_are_listed_in_the_words_of_the_forms(case: Open) -> None:
    assert case.lines == [
        "confidence: low → moderate · Imagery was given",
        "label: Vostochny → Vostochny Cosmodrome · site",
        "likelihood: – → likely (55–80 %); confidence: – → low · Imagery was given",
    ]
    case.choose(1)
    assert "2 November 2026" in case.panel.words.text()
    assert "by Olga" in case.panel.words.text()
    assert case.panel.words.text().startswith("Changed: site “Vostochny Cosmodrome”")
    assert not unnamed(case.panel)


def test_a_narrow_panel_has_two_lines_of_filters_and_all_buttons_whole(case: Open, qtbot: QtBot) -> None:
    """It was 600 px wide at least, and lay over the form beside it on a small screen with large letters."""
    panel, filters = case.panel, case.panel.filters
    fields = (filters.listed, filters.kind, filters.person, filters.field, filters.since, filters.until)
    buttons = (panel.back_button, panel.open_button, panel.row_button, panel.custody_button, panel.more_button)

    def lines() -> int:
        return len({field.geometry().center().y() // (field.height() + 6) for field in fields})

    assert lines() == 1
    assert panel.minimumSizeHint().width() <= 330
    panel.custody_button.show()
    panel.more_button.show()
    panel.resize(460, 300)
    qtbot.waitUntil(lambda: lines() == 2, timeout=20_000)
    room = panel.custody_button.parentWidget().size()
    qtbot.waitUntil(lambda: panel.more_button.y() > panel.back_button.y(), timeout=20_000)
    assert all(QRect(QPoint(), room).contains(button.geometry()) for button in buttons)
    assert all(button.width() >= button.sizeHint().width() for button in buttons)
    assert not any(one.geometry().intersects(other.geometry()) for one, other in combinations(buttons, 2))
    assert panel.words.height() >= 60
    panel.resize(900, 320)
    qtbot.waitUntil(lambda: lines() == 1, timeout=20_000)


def test_a_history_that_is_still_being_copied_is_said_to_be_on_its_way(case: Open, qtbot: QtBot) -> None:
    case.coming += [HistoryUnderWay(2, 1)]
    case.panel.filters.changed.emit()
    assert case.panel.hint.isVisible()
    assert case.panel.hint.text() == (
        "The 2 earlier changes of this case are on their way: 50% are here, the rest follows. "
        "Until then, changes made since the case was opened are listed."
    )
    assert case.lines == ["confidence: low → moderate · Imagery was given"]
    case.panel.show_row("sites", "pad")
    assert case.lines == [], "its change is among those that are to come"
    assert "on their way" in case.panel.hint.text(), "and not: there is none"
    case.panel.show_row("", "")
    case.coming.clear()
    qtbot.waitUntil(lambda: len(case.lines) == 3)
    assert case.panel.hint.isHidden()


def test_deleted_rows_wait_for_the_history_that_tells_who_deleted_them(case: Open, qtbot: QtBot) -> None:
    case.context.do(delete_sites, ["pad"])
    case.coming += [HistoryUnderWay(3, 0)]
    filters = case.panel.filters
    filters.listed.setCurrentIndex(filters.listed.findData(TRACES))
    filters.listed.activated.emit(filters.listed.currentIndex())
    assert case.lines == []
    assert "What was deleted is listed once they are whole." in case.panel.hint.text()
    case.coming.clear()
    qtbot.waitUntil(lambda: len(case.lines) == 1)


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
    assert case.lines[0] == "label: Vostochny Cosmodrome → Vostochny · site"
    assert "Takes back the change of 2 November 2026, 08:00 UTC" in case.panel.model.cells_at(0)[3]
    assert case.notices == ["Taken back – Changed: site “Vostochny Cosmodrome”. Undo: Ctrl+Z"]
    assert case.lines[2].startswith("Taken back · label: Vostochny")
    case.choose(2)
    assert not case.panel.back_button.isEnabled()
    assert "This change was taken back." in case.panel.words.text()
    case.history.undo()
    assert case.context.document.sites["pad"].label == "Vostochny Cosmodrome"
    case.panel.filters.changed.emit()
    assert not any("Taken back" in line for line in case.lines), "an undo makes the change again"


def test_an_undo_stands_as_one_and_not_as_a_deletion(case: Open, qtbot: QtBot) -> None:
    case.context.do(add_site, Point(63, 46), uuid="new", label="Pad 32")
    case.context.do(update_site, "new", notes="Seen from the road in spring, and again in autumn of the same year")
    for step in (case.history.undo, case.history.undo, case.history.redo):
        step()
    case.panel.filters.changed.emit()
    assert case.lines[:5] == [
        "Redone: added site “Pad 32”",
        "Undone: added site “Pad 32”",
        "Undone: notes back · Pad 32",
        "notes changed · Pad 32",
        "Added: site “Pad 32”",
    ]
    case.choose(1)
    assert case.panel.words.text().startswith("Undone: added site “Pad 32”")
    assert "Undo" not in case.panel.model.cells_at(1)[3], "a mark of the history is no reason"


def test_the_words_that_differ_are_marked(case: Open) -> None:
    before = "Two pads were seen there in March, and a water tower beside the road that leads to them."
    case.context.do(update_claim, "c1", statement=before)
    case.context.do(update_claim, "c1", statement=before.replace("Two", "Three").replace("March", "April"))
    case.panel.filters.changed.emit()
    case.choose(0)
    view = case.panel.words
    assert f"before: {before}" in view.text()
    marked: dict[str, list[str]] = {"struck": [], "underlined": []}
    block = view.document().begin()
    while block.isValid():
        for item in block.begin():
            form = item.fragment().charFormat()
            marked["struck"] += [item.fragment().text()] * form.fontStrikeOut()
            marked["underlined"] += [item.fragment().text()] * form.fontUnderline()
        block = block.next()
    assert marked == {"struck": ["Two", "March"], "underlined": ["Three", "April"]}


def test_another_case_begins_with_nothing_chosen_and_says_what_to_do(case: Open, qtbot: QtBot, tmp_path: Path) -> None:
    case.choose(1)
    assert case.panel.back_button.isEnabled()
    case.written.close()
    other = case.written.other(tmp_path / "other.gpkg")
    case.context.set_document(other)
    qtbot.waitUntil(lambda: case.panel.model.rowCount() == 60)
    assert case.panel.chosen is None
    assert case.panel.words.text() == ""
    assert case.panel.words.placeholderText().startswith("Choose a change")
    assert case.panel.back_button.toolTip().startswith("Choose a change")
    case.choose(0)
    assert not case.panel.back_button.isEnabled()
    assert "The history of this row begins here" in case.panel.words.text()
    assert case.panel.back_button.toolTip().startswith("The history of this row begins here")


def test_who_deleted_a_site_is_found_and_the_site_brought_back(case: Open, qtbot: QtBot) -> None:
    case.context.do(delete_sites, ["firm"])
    filters = case.panel.filters
    filters.listed.setCurrentIndex(filters.listed.findData(TRACES))
    filters.listed.activated.emit(filters.listed.currentIndex())
    assert case.lines == ["Deleted: site “Hikvision”", "Deleted: site of a claim “Optics were sold”"]
    assert case.panel.model.cells_at(0)[2] == "Olga"
    case.choose(0)
    assert "place (lon, lat): 120.16, 30.29" in case.panel.words.text()
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
    assert case.lines == ["label: Vostochny → Vostochny Cosmodrome · site"]
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
    case.panel.show_row("sites", "pad")
    assert filters.all_button.text() == "All Changes"
    case.context.do(update_site, "pad", label="Vostochny 1S")
    qtbot.waitUntil(lambda: len(case.lines) == 2)
    assert filters.row_words.text().startswith("Of “Vostochny 1S”"), "the heading and the list show the present name"
    assert case.lines[0] == "label: Vostochny Cosmodrome → Vostochny 1S · site"
    case.context.do(delete_sites, ["firm"])
    case.panel.show_row("claims", "")
    assert (filters.listed.currentData(), filters.kind.currentText()) == (DELETIONS, "Everything")
    case.panel.show_row("chips", "")
    assert (filters.listed.currentData(), filters.kind.currentText()) == (DELETIONS, "Image chips")
    assert not case.lines
    case.panel.show_row("", "")
    assert len(case.lines) == 6


def test_the_custody_of_a_deleted_chip_tells_its_undo_redo_and_deletion_in_order(case: Open, qtbot: QtBot) -> None:
    chip = Chip(uuid="chip", site_uuid="pad", content_type="image/png", sha256="ab" * 32, caption="The pad")
    case.context.do(add_chips, [chip], now=DAY)
    case.history.undo()
    case.history.redo()
    case.context.do(delete_chips, ["chip"])
    case.panel.show_row("chips", "")
    assert case.lines[0] == "Deleted: image chip “The pad”"
    case.choose(0)
    asked: list[tuple[str, str]] = []
    case.context.custody_wanted.connect(lambda table, uuid: asked.append((table, uuid)))
    assert case.panel.custody_button.isVisible()
    qtbot.mouseClick(case.panel.custody_button, Qt.MouseButton.LeftButton)
    assert asked == [("chips", "chip")]
    dialog = CustodyDialog(case.context, "chips", "chip", case.panel)
    qtbot.addWidget(dialog)
    assert dialog.windowTitle() == "Custody of the deleted image chip “The pad”"

    def told() -> list[str]:
        return [dialog.events.item(row, 1).text() for row in range(dialog.events.rowCount())]

    assert told() == ["taken", "taken out by Undo", "put back by Redo", "deleted from the case"]
    assert not dialog.verify_button.isEnabled(), "there are no bytes to verify"
    assert not dialog.recording.isEnabled()
    case.history.undo()
    qtbot.waitUntil(lambda: told()[-1] == "put back by Undo")
    assert dialog.verify_button.isEnabled()
    case.panel.show_row("", "")
    case.choose(len(case.lines) - 1)
    assert case.panel.custody_button.isHidden(), "a claim has no custody"


def test_the_list_follows_edits_and_opens_rows(case: Open, qtbot: QtBot) -> None:
    case.choose(0)
    wanted: list[str] = []
    case.context.panel_wanted.connect(wanted.append)
    qtbot.mouseClick(case.panel.open_button, Qt.MouseButton.LeftButton)
    assert (wanted, case.context.claim_uuid) == (["claim_form"], "c2")
    case.context.do(update_site, "pad", notes="seen from the road")
    qtbot.waitUntil(lambda: len(case.lines) == 4)
    assert case.panel.chosen is not None, "the chosen change stays chosen"


def test_a_kept_search_is_opened_in_its_list(case: Open, qtbot: QtBot) -> None:
    case.context.do(record_search, uuid="q", kind="catalogue", result="none listed", words="Example: no scene.")
    qtbot.waitUntil(lambda: len(case.lines) == 4)
    case.choose(0)
    wanted: list[str] = []
    case.context.panel_wanted.connect(wanted.append)
    qtbot.mouseClick(case.panel.open_button, Qt.MouseButton.LeftButton)
    assert (wanted, case.context.shown_row("searches")) == (["search_list"], "q")


@pytest.mark.bounded
def test_older_pages_are_read_where_the_list_is_scrolled_to_its_end(case: Open, qtbot: QtBot) -> None:
    for number in range(250):
        case.written.append(update_site(case.context.document, "rail", label=f"Railway {number}", actor="Olga"), "Olga")
    case.panel.filters.changed.emit()
    assert case.panel.model.total == 200
    assert case.panel.more_button.isVisible()
    bar = case.panel.list.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    assert case.panel.model.total == 253
    assert not case.panel.more_button.isVisible()
    assert case.lines[-1].startswith("likelihood: – → likely")


def test_a_deleted_chip_comes_back_only_while_the_case_has_its_bytes(case: Open, qtbot: QtBot) -> None:
    chip = Chip(
        uuid="chip",
        content_type="image/png",
        site_uuid="pad",
        layer_title="Blue Marble",
        bounds_json="[100, 40, 101, 41]",
        crs_wkt='GEOGCRS["WGS 84",DATUM["World Geodetic System 1984"]]',
        srs_id=4326,
        width=10,
        height=10,
    )
    case.context.do(add_chips, (chip,))
    case.kept["chip"] = b"png"
    strip = ChipStrip(case.context)
    qtbot.addWidget(strip)
    strip.show_chips([case.context.document.chips["chip"]])
    strip.setCurrentRow(0)
    qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert case.notices[0].startswith("The chip is deleted. Undo (Ctrl+Z) brings its picture back until")
    case.panel.filters.changed.emit()
    assert case.lines[0] == "Deleted: image chip “Vostochny Cosmodrome”"
    assert case.lines[1].startswith("Added: custody event “taken – Blue Marble")
    case.choose(0)
    assert "place (lon, lat): 100, 40 to 101, 41" in case.panel.words.text()
    assert "DATUM" not in case.panel.words.text()
    assert case.panel.back_button.isEnabled()
    case.kept.clear()  # as a save does
    case.choose(1)
    case.choose(0)
    assert not case.panel.back_button.isEnabled()
    assert "Its bytes left the case when it was saved" in case.panel.words.text()
    window = QWidget()
    qtbot.addWidget(window)
    link, wanted = CaseChips(case.context, window).deleted_link, list[tuple[str, str]]()
    assert link.text() == "1 picture was deleted: see History"
    case.context.history_wanted.connect(lambda *row: wanted.append(row))
    link.click()
    assert wanted == [("chips", "")], "all that was deleted of the chips"


def test_every_column_and_fact_has_its_word() -> None:
    """A column without one would stand in the history under its name in the file."""
    for spec in BY_NAME.values():
        columns = {column.field for column in spec.plain_columns} - {"uuid", *STAMPS}
        assert columns <= COLUMN_WORDS[spec.table].keys(), spec.name
        assert not [word for word in COLUMN_WORDS[spec.table].values() if "_" in word or "json" in word]


def test_facts_of_the_case_are_told_as_such() -> None:
    def told(key: str, kind: ChangeKind, *values: str) -> str:
        fields = (FieldChange("key", None, key), FieldChange("value", *values))[kind == "update" :]
        return change_sentence(RecordedChange(1, "t", DAY, "Olga", "loupe_meta", key, kind, fields), Document())

    assert told("context", "insert", "", "Two reports") == "Added: context of the case"
    assert told("title", "update", "Ports", "Harbours") == "title of the case: Ports → Harbours"
    assert told("viewport", "update", "{}", "[1]") == "view of the map changed"
    assert told("wording_off:hedge", "insert", "", "1") == "Added: rule of wording switched off"
    assert told("of_tomorrow", "insert", "", "1") == "Added: fact of the case “of_tomorrow”"


def test_rows_that_have_no_name_are_no_rows_that_are_gone() -> None:
    """An observation is named by its site and image, a hash is short, a table is a word."""
    document = small_case()
    seen = Observation(uuid="o", site_uuid="pad", image_uuid="", observer="Olga")
    document.apply(Edit("", (Change("observations", None, seen),)))
    fields = (
        FieldChange("evidence_table", None, "observations"),
        FieldChange("evidence_uuid", None, "o"),
        FieldChange("bearing", None, "supports"),
    )
    change = RecordedChange(1, "t", DAY, "Olga", "claim_evidence", "e", "insert", fields)
    name = document.sites["pad"].label
    assert [line.shown for line in field_lines(change, document)] == [
        "kind of evidence: – → observation",
        f"evidence: – → {name}",
        "relation: – → supports",
    ]
    kept = RecordedChange(1, "t", DAY, "Olga", "source_files", "f", "insert", (FieldChange("sha256", None, "ab" * 32),))
    assert field_lines(kept, document)[0].new == "abababababab…"


AREA = Polygon([(10, 50), (10.01, 50), (10.01, 50.01), (10, 50.01)])


def searched(case: Open, cells: int = 4) -> None:
    """A search of 5 by 5 cells, the first of which were answered: one of them found something."""
    image = {"image_key": "product:x", "acquired_at": "2026-01-01", "date_kind": "instant"}
    fields = {"target": "vehicle", "target_size_m": 30.0, "uuid": "search"}
    assert case.context.do(begin_search, AREA, grid_over(AREA, 5, 5), image=image, pixel_m=0.6, **fields)
    for at in range(cells):
        place = (10.003, 50.009) if at == 1 else None
        cell = SearchCell(1, at + 1, FOUND if place else NOTHING, shown=1.0)
        assert case.context.do(answer_cell, "search", cell, place=place)


def test_the_answers_of_a_search_are_one_line_that_opens(case: Open, qtbot: QtBot) -> None:
    """A search of 150 cells was 150 lines, which hid all other changes."""
    searched(case)
    case.context.do(update_site, "pad", label="Pad 2")
    qtbot.waitUntil(lambda: case.lines[0].startswith("label: Vostochny Cosmodrome → Pad 2"))
    assert case.lines[1] == "▸ 4 cells answered · vehicle"
    assert case.lines[2].startswith("Added: search"), "how it began is a line of its own"
    folded = len(case.lines)
    case.choose(1)
    assert case.panel.words.text().startswith("4 cells answered\n2 November 2026")
    assert "Olga" in case.panel.words.text()
    assert not case.panel.back_button.isEnabled()
    assert case.panel.open_button.text() == "List Cells"
    case.panel.list.view.setFocus()
    QTest.keyClick(case.panel.list.view, Qt.Key.Key_Return)
    assert case.lines[1] == "▾ 4 cells answered · vehicle"
    assert len(case.lines) == folded + 5, "four answers, and the mark of what was found"
    assert case.lines[2].startswith("    cells changed")
    assert any(line.strip().startswith("Added: site “vehicle”") for line in case.lines)
    assert case.panel.chosen_run is not None, "it stays chosen"
    case.choose(2)
    assert case.panel.back_button.isEnabled(), "each answer can be taken back"
    case.panel.take_back()
    qtbot.waitUntil(lambda: any(line.startswith("Taken back") for line in map(str.strip, case.lines)))
    assert any(line.endswith("3 cells answered · vehicle") for line in case.lines), "the others are a run as before"


def test_an_open_run_stays_open_and_is_folded_up(case: Open, qtbot: QtBot) -> None:
    searched(case)
    qtbot.waitUntil(lambda: case.lines[0] == "▸ 4 cells answered · vehicle")
    case.choose(0)
    case.panel.open_row()
    case.context.do(answer_cell, "search", SearchCell(2, 1, NOTHING, shown=1.0))
    qtbot.waitUntil(lambda: case.lines[0] == "▾ 5 cells answered · vehicle")
    case.choose(0)
    assert case.panel.open_button.text() == "Fold Up"
    case.panel.open_button.click()
    assert case.lines[0] == "▸ 5 cells answered · vehicle"
    assert case.lines[1].startswith("Added: search")


def test_a_run_is_of_one_search_by_one_person() -> None:
    def answer(seq: int, search: str = "a", actor: str = "Olga", way: ChangeWay = "") -> RecordedChange:
        cells = (FieldChange("cells_json", "", ""),)
        return RecordedChange(seq, f"t{seq}", DAY, actor, "searches", search, "update", cells, way=way)

    other = RecordedChange(5, "t5", DAY, "Olga", "claims", "c", "update", (FieldChange("confidence", "low", "high"),))
    mark = RecordedChange(10, "t11", DAY, "Olga", "site_point", "m", "insert")
    changes = [answer(11), mark, answer(9), answer(8, "b"), answer(7, "b", "Ana"), answer(6, "b", "Ana"), other]
    changes += [answer(4), answer(3, way="undone"), answer(2), answer(1)]
    rows = listed_rows(changes, ())
    lines = [tuple(change.seq for change in row.run) or row.change.seq for row in rows.values()]
    assert lines == [(11, 10, 9), 8, (7, 6), 5, 4, 3, (2, 1)]
    assert next(iter(listed_rows(changes, {"9"}).values())).is_open
    assert len(listed_rows(changes, {"9"})) == len(rows) + 3


def test_deletions_have_the_names_of_their_time_and_the_pictures_of_a_chip_are_told_apart(
    case: Open, qtbot: QtBot
) -> None:
    view = Chip(uuid="view", content_type="image/png", site_uuid="pad", kind="view", pair_uuid="pixels")
    case.context.do(add_chips, (view, replace(view, uuid="pixels", kind="pixels", pair_uuid="view")))
    case.panel.filters.changed.emit()
    assert [line for line in case.lines if "chip" in line and "custody" not in line] == [
        "Added: exact pixels of an image chip “Vostochny Cosmodrome”",
        "Added: view of an image chip “Vostochny Cosmodrome”",
    ]
    case.context.do(delete_sites, ["rail"])
    case.panel.filters.changed.emit()
    name = case.lines[0].partition("“")[2].partition("”")[0]
    case.choose(0)
    qtbot.waitUntil(case.panel.back_button.isEnabled)
    qtbot.mouseClick(case.panel.back_button, Qt.MouseButton.LeftButton)
    case.context.do(update_site, "rail", label="Siding")
    case.context.do(delete_sites, ["rail"])
    case.panel.filters.changed.emit()
    deleted = [line for line in case.lines if "Deleted" in line]
    assert deleted == ["Deleted: site “Siding”", f"Taken back · Deleted: site “{name}”"]
    assert name != "Siding"
