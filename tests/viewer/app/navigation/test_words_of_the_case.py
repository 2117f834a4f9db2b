"""Ctrl+K finds the words of the case: notes, wording, sources and comments, also of a large case and after edits."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QStatusTipEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.observation import Observation
from layers.document.rows import ClaimSource, Comment, Row
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source
from tests.support.readers.kept_documents import PAGE, PAGE_ADDRESS, pdf_of, wacz_of, warc_of, warc_record
from tests.support.windows import search_for
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.commands.claims import delete_claims, update_claim
from viewer.panels.finding.find_panel import FindPanel
from viewer.panels.finding.found_rows import KIND_ROLE
from viewer.panels.history.history_panel import HistoryPanel
from viewer.panels.kept_files import attach_files
from viewer.panels.search import kept_index
from viewer.panels.search.hits import Hit, HitGroup
from viewer.panels.search.palette import CommandPalette
from viewer.panels.searches.search_list import SearchListPanel

PAD = Site(uuid="pad", geometry=Point(109.5, 18.2), label="Yard", notes="海南三亚港以西", class_code="port")
CLAIM = Claim(uuid="c", statement="A pad is built.", source_wording="На Восточном строят площадку")
ROWS: dict[Table, list[Row]] = {
    "sites": [PAD],
    "claims": [CLAIM],
    "sources": [Source(uuid="s", title="Coast survey", excerpt="The gantry was moved.")],
    "claim_sources": [ClaimSource(uuid="l", claim_uuid="c", source_uuid="s", quote="seen from a trawler")],
    "comments": [Comment(uuid="k", target_uuid="pad", body="Compare the crane rails")],
    "observations": [
        Observation(uuid="o", site_uuid="pad", image_uuid="i", words="two dredgers", observer="Ann"),
    ],
}


DAY = "2026-12-01T08:00:00Z"


@pytest.fixture
def words_window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.session.new_case(Document(ROWS))
    settle(window, qtbot)
    return window


def _hits(window: MainWindow, typed: str, qtbot: QtBot) -> list[Hit]:
    palette, _line = search_for(window, typed, qtbot)
    hits = [hit for hit in palette.shown_hits() if hit.row is not None or hit.site_uuid]
    palette.close()
    return hits


def _shown_by(window: MainWindow, typed: str, qtbot: QtBot) -> tuple[str, str, set[str]]:
    """The claim, the source and the sites that are shown once the first hit of the case was chosen."""
    context = window.panel_context
    context.show_claim("")
    context.show_row("sources", "")
    window.selection.clear()
    window.hits.go(_hits(window, typed, qtbot)[0])
    return context.claim_uuid, context.shown_row("sources"), set(window.selection.uuids)


def test_each_kind_of_words_leads_to_its_row(words_window: MainWindow, qtbot: QtBot) -> None:
    assert _shown_by(words_window, "三亚", qtbot) == ("", "", {"pad"})
    assert _shown_by(words_window, "ВОСТОЧНОМ строят", qtbot) == ("c", "", set())
    assert _shown_by(words_window, "gantry was moved", qtbot) == ("", "s", set())
    assert _shown_by(words_window, "from a trawler", qtbot) == ("c", "", set())
    assert _shown_by(words_window, "crane rails", qtbot) == ("", "", {"pad"})
    (hit,) = _hits(words_window, "crane rails", qtbot)
    assert (hit.group, hit.text, hit.note) == (HitGroup.RECORDS, "Compare the crane rails", "comment")


def test_a_kept_search_of_an_archive_is_shown_in_its_list_also_once_more(window: MainWindow, qtbot: QtBot) -> None:
    query = json.dumps({"archive": "https://archive.example/stac", "title": "Example", "about": ["pad"]})
    searches = [
        Search(uuid="q", kind="catalogue", query_json=query, result="none listed", words="Example: no scene.", at=DAY),
        Search(
            uuid="later", kind="catalogue", result="none listed", words="Other: nothing.", at="2026-12-02T08:00:00Z"
        ),
    ]
    window.session.new_case(Document({"sites": [PAD], "searches": searches}))
    settle(window, qtbot)
    for _ in range(2):  # the list is made by the first one, and stands on another row before the second one
        window.hits.go(_hits(window, "Example: no", qtbot)[0])
        panel = window.docks.searches.panel
        assert isinstance(panel, SearchListPanel)
        assert window.docks["panel_searches"].isVisible()
        asked = "Example was asked on 1 December 2026, 08:00 UTC for scenes of Yard."
        assert (panel.chosen, panel.words.text()) == ("q", f"{asked} Example: no scene.")
        assert not any("belong to nothing" in line.text for line in window.messages.lines())
        panel.choose("later")
    settle(window, qtbot)
    lon, lat = window.canvas.viewport.centre_lonlat()
    assert (lon, lat) == pytest.approx((109.5, 18.2), abs=0.01), "its site stands in the middle"


def test_a_searched_word_is_near_the_beginning_of_its_note_and_no_tip_stays(
    words_window: MainWindow, qtbot: QtBot
) -> None:
    """The row cuts the end of a note, which was all before the word; the tip of the button stayed for ever."""
    wording = "The officials say that several companies are likely providing it with nitrocellulose for shells"
    claim = replace(CLAIM, source_wording=wording)
    words_window.session.push(Edit("change", (Change("claims", CLAIM, claim),)))
    QApplication.sendEvent(words_window, QStatusTipEvent("Find a Command or a Place"))
    assert words_window.status.hint.text() == "Find a Command or a Place"
    (hit,) = _hits(words_window, "nitrocellulose", qtbot)
    assert hit.note == "…it with nitrocellulose for shells"
    assert words_window.status.hint.text() != "Find a Command or a Place"


def test_an_edit_is_found_by_its_present_words(words_window: MainWindow, qtbot: QtBot) -> None:
    assert _hits(words_window, "crane rails", qtbot)
    comment = words_window.session.document.table("comments")["k"]
    changed = replace(comment, body="Compare the slipway")
    words_window.session.push(Edit("change", (Change("comments", comment, changed),)))
    assert not _hits(words_window, "crane rails", qtbot)
    assert [hit.row for hit in _hits(words_window, "slipway", qtbot)] == [("comments", "k")]
    words_window.session.undo()
    assert _hits(words_window, "crane rails", qtbot)


def test_a_blind_observer_does_not_find_what_others_saw(words_window: MainWindow, qtbot: QtBot) -> None:
    assert [hit.row for hit in _hits(words_window, "dredgers", qtbot)] == [("observations", "o")]
    words_window.panel_context.look.hide_others("Bob")
    assert not _hits(words_window, "dredgers", qtbot)


def test_a_large_case_is_indexed_in_a_job_and_asked_again(
    words_window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_index, "FEW_ROWS", 0)
    palette, _line = search_for(words_window, "gantry was", qtbot)
    qtbot.waitUntil(lambda: any(hit.row == ("sources", "s") for hit in palette.shown_hits()))


def test_words_of_kept_copies_are_found_once_they_are_read(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.session.new_case(Document(ROWS))
    settle(window, qtbot)
    (tmp_path / "report.pdf").write_bytes(pdf_of("Космодром Байконур", "anchorage off 榆林"))
    warc = warc_of(warc_record(PAGE_ADDRESS, PAGE.encode()))
    (tmp_path / "page.wacz").write_bytes(wacz_of(warc))
    attach_files(window.panel_context, "s", [tmp_path / "report.pdf", tmp_path / "page.wacz"])
    settle(window, qtbot)
    rows = window.session.document.table("source_files")
    uuids = {getattr(row, "name", ""): uuid for uuid, row in rows.items()}
    for typed, name in (("榆林", "report.pdf"), ("port of 三亚", "page.wacz")):
        palette, _line = search_for(window, typed, qtbot)
        qtbot.waitUntil(partial(_shows, palette, uuids[name]))
        (hit,) = _kept_hits(palette, uuids[name])
        palette.close()
        window.panel_context.show_row("sources", "")
        window.hits.go(hit)
        assert window.panel_context.shown_row("sources") == "s"


def _kept_hits(palette: CommandPalette, uuid: str) -> list[Hit]:
    return [hit for hit in palette.shown_hits() if hit.row == ("source_files", uuid)]


def _shows(palette: CommandPalette, uuid: str) -> bool:
    return bool(_kept_hits(palette, uuid))


def _is_of_deleted(hit: Hit) -> bool:
    return hit.note.startswith("deleted: ")


def _hits_in_time(window: MainWindow, typed: str, qtbot: QtBot, are_wanted: Callable[[Hit], bool]) -> list[Hit]:
    """The hits once there are some, all of them wanted: what was deleted is read in the background."""
    found = list[Hit]()

    def has_come() -> bool:
        found[:] = _hits(window, typed, qtbot)
        return bool(found) and all(map(are_wanted, found))

    qtbot.waitUntil(has_come, timeout=30_000)
    return found


@pytest.mark.bounded
def test_the_reason_for_a_change_is_found_after_its_row_was_deleted(words_window: MainWindow, qtbot: QtBot) -> None:
    """Ctrl+K and the search of the case lead to the history of a row that is gone; its return ends that."""
    window = words_window
    context = window.panel_context
    assert context.do(update_claim, "c", likelihood_term="likely", voice="analyst", state="assessed")
    window.session.history.give_reason("c", ["likelihood_term"], "a dredger was chartered")
    settle(window, qtbot)
    qtbot.waitUntil(lambda: bool(_hits(window, "dredger chartered", qtbot)), timeout=30_000)
    assert context.do(delete_claims, ["c"])
    (hit,) = _hits_in_time(window, "dredger chartered", qtbot, _is_of_deleted)
    assert (hit.text, hit.row) == ("A pad is built.", ("claims", "c"))
    assert hit.note.startswith("deleted: a dredger was")
    window.hits.go(hit)
    panel = window.docks.history.panel
    assert isinstance(panel, HistoryPanel)
    qtbot.waitUntil(lambda: panel.model.rowCount() > 0, timeout=30_000)
    assert "A pad is built." in panel.model.cells_at(0)[0]
    window.docks.show_panel("panel_find")
    find = window.docks.find.panel
    assert isinstance(find, FindPanel)
    find.line.setText("dredger chartered")
    qtbot.waitUntil(lambda: len(find.model.rows) == 1, timeout=30_000)
    index = find.model.index(0)
    assert (index.data(), index.data(KIND_ROLE)) == ("A pad is built.", "Claim (deleted)")
    window.docks["panel_history"].hide()
    QTest.keyClick(find.line, Qt.Key.Key_Return)
    assert window.docks["panel_history"].isVisible()
    context.look.hide_others("Ann")
    assert not _hits(window, "dredger chartered", qtbot), "a blind look tells nothing of rows that are gone"
    context.look.show_all()
    window.session.undo()
    (hit,) = _hits_in_time(window, "dredger chartered", qtbot, lambda hit: not _is_of_deleted(hit))
    assert not hit.note.startswith("deleted")
    # A case that is opened anew knows them by its history.
    assert context.do(delete_claims, ["c"])
    settle(window, qtbot)
    fresh = kept_index.KeptIndex(context)
    fresh.prepare()
    settle(window, qtbot)
    index_of_words = fresh.present(window.session.document)
    assert index_of_words is not None
    (row,) = index_of_words.search("dredger chartered")
    assert (row.is_gone, row.title) == (True, "A pad is built.")
