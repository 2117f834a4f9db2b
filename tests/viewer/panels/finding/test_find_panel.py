"""The panel Find: words in three scripts, filters, the list's keys, and where a row leads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shapely import Point

from layers.finding.row_filter import RowFilter, read_filter
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from tests.viewer.panels.conftest import Desk, unnamed
from viewer.commands.sites import add_site, update_site
from viewer.panels.access import ViewAccess
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.finding.filter_bar import FilterBar
from viewer.panels.finding.find_panel import FindPanel
from viewer.panels.finding.found_rows import BELOW_ROLE, KIND_ROLE
from viewer.panels.finding.marks_filtering import marks_filtering
from viewer.panels.sites.site_list import SiteListPanel
from viewer.panels.sources.source_register import SourceRegisterPanel

Key = Qt.Key


class _Mover(QObject):
    moved = Signal()


@pytest.fixture
def panel(desk: Desk, qtbot: QtBot) -> Iterator[FindPanel]:
    panel = FindPanel(desk.context)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    _settle(panel, qtbot)
    yield panel
    panel.finder.cancel()


def _settle(panel: FindPanel, qtbot: QtBot) -> None:
    panel.search()
    qtbot.waitUntil(lambda: not panel.finder.is_busy)


def _typed(panel: FindPanel, text: str, qtbot: QtBot) -> list[str]:
    panel.line.clear()
    QTest.keyClicks(panel.line, text) if text.isascii() else panel.line.setText(text)
    qtbot.waitUntil(lambda: not panel.finder.is_busy)
    return [row.uuid for row in panel.model.rows]


def test_rows_are_found_as_one_types_in_three_scripts(panel: FindPanel, desk: Desk, qtbot: QtBot) -> None:
    assert panel.count.text() == ""
    assert _typed(panel, "Восточн", qtbot) == ["pad"]
    assert _typed(panel, "hang", qtbot) == ["firm"]
    first = panel.model.index(0)
    assert [first.data(role) for role in (0, KIND_ROLE, BELOW_ROLE)] == ["Hikvision", "Site", "Hangzhou · Company"]
    assert panel.count.text() == "1 found"
    assert not unnamed(panel)
    desk.context.do(update_site, "rail", notes="近海南三亚港的铁路")
    assert _typed(panel, "三亚", qtbot) == ["rail"]
    assert _typed(panel, "no such words", qtbot) == []
    assert panel.count.text() == "Nothing found."


def test_arrow_keys_choose_and_enter_goes_to_form_and_map(panel: FindPanel, desk: Desk, qtbot: QtBot) -> None:
    assert _typed(panel, "were", qtbot) == ["c1"]
    QTest.keyClick(panel.line, Key.Key_Return)
    assert (desk.context.claim_uuid, desk.wanted[-1]) == ("c1", "claim_form")
    assert len(desk.visited) == 1, "the claim's site is on the map"
    panel.fields.show_filter(RowFilter(table="claims"))
    assert _typed(panel, "", qtbot) == ["c1", "c2"]
    QTest.keyClick(panel.line, Key.Key_Down)
    QTest.keyClick(panel.line, Key.Key_Return)
    assert desk.context.claim_uuid == "c2"
    at = panel.view.visualRect(panel.model.index(0)).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert desk.context.claim_uuid == "c1"


def test_filters_alone_and_with_words(panel: FindPanel, desk: Desk, qtbot: QtBot) -> None:
    panel.fields.unsourced.click()
    assert _typed(panel, "", qtbot) == ["c2"], "a site without claims has nothing to source"
    assert _typed(panel, "imagery", qtbot) == ["c2"]
    panel.fields.show_filter(RowFilter(table="sites", class_code="company"))
    assert _typed(panel, "", qtbot) == ["firm"]
    QTest.keyClicks(panel.fields.since, "May")
    QTest.keyClick(panel.fields.since, Key.Key_Return)
    assert desk.said == ["“May” is no date: write 2024, 2024-04 or 2024-04-12."]
    desk.context.set_document(desk.document)
    assert panel.wanted == RowFilter()


def test_a_narrow_panel_folds_its_filter_above_the_list(panel: FindPanel, qtbot: QtBot) -> None:
    assert panel.fields.isVisible()
    panel.resize(300, 500)
    assert not panel.fields.isVisible()
    qtbot.waitUntil(panel.filters.isVisible)
    panel.filters.header.click()
    assert panel.fields.isVisible()
    panel.fields.unreviewed.click()
    assert panel.filters.header.text() == "Filter (on)"


def test_a_filter_is_saved_by_a_name_chosen_again_and_deleted(panel: FindPanel, desk: Desk, qtbot: QtBot) -> None:
    saved, document = panel.saved, desk.document
    assert not saved.save_button.isEnabled()
    panel.fields.unsourced.click()
    panel.line.setText("pad")
    QTest.keyClicks(saved.line, "To be sourced")
    saved.save_button.click()
    (row,) = document.filters.values()
    assert (row.name, row.target) == ("To be sourced", "sites")
    assert read_filter(row.filter_json) == RowFilter(words="pad", unsourced=True)
    panel.line.clear()
    saved.save_button.click()
    assert [read_filter(row.filter_json) for row in document.filters.values()] == [RowFilter(unsourced=True)]
    desk.history.undo()
    panel.fields.show_filter(RowFilter())
    saved.box.activated.emit(saved.box.findText("To be sourced"))
    assert panel.wanted == RowFilter(words="pad", unsourced=True)
    saved.line.setText("Without a source")
    saved.rename_button.click()
    assert [(each.uuid, each.name) for each in document.filters.values()] == [(row.uuid, "Without a source")]
    assert not saved.rename_button.isEnabled()
    saved.delete_button.click()
    assert not document.filters
    assert saved.line.text() == ""
    desk.history.undo()
    assert saved.box.findText("Without a source") == 0


def test_a_filter_leaves_marks_out_of_the_list_and_says_so(
    panel: FindPanel, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.panels.finding.marks_filtering.AGAIN_MS", 5)
    for pause in ("sites.site_list.MARKS", "claims.claim_list.CLAIMS", "claims.row_list_panel.ROWS"):
        monkeypatch.setattr(f"viewer.panels.{pause}_AFTER_MS", 0)
    sites, bar = SiteListPanel(desk.context), FilterBar(desk.context)
    claims, sources = ClaimListPanel(desk.context), SourceRegisterPanel(desk.context)
    for widget in (sites, bar, claims, sources):
        qtbot.addWidget(widget)
    filtering = marks_filtering(desk.context)

    def apply(wanted: RowFilter) -> list[str]:
        panel.fields.show_filter(wanted)
        panel.line.setText(wanted.words)
        panel.search()
        qtbot.waitUntil(lambda: not filtering.is_busy)
        QTest.qWait(1)
        return [sites.model.uuid_at(row) for row in range(sites.model.rowCount())]

    panel.on_map.click()
    assert (len(desk.said), panel.on_map.isChecked()) == (1, False), "nothing is asked for"
    panel.fields.show_filter(RowFilter(unsourced=True))
    panel.on_map.click()
    assert apply(RowFilter(words="Hikvision")) == ["firm"]
    assert sites.filtered.text() == "Filter on: 1 of 3 listed. Show all"
    assert bar.says.text() == "Filter: “Hikvision” — 1 of 3 marks are shown; products print all of them."
    assert claims.filtered.text() == "Filter on: 1 of 2 listed. Show all"
    assert [claims.model.uuid_at(0), sources.model.uuid_at(0)] == ["c1", "s1"]
    assert (claims.model.rowCount(), sources.model.rowCount()) == (1, 1)
    assert apply(RowFilter(class_code="company")) == ["firm"]
    desk.select("pad")
    assert desk.context.mark_filter.shown == {"firm", "pad"}, "what is selected is in the analyst's hand"
    desk.select()
    desk.context.do(add_site, Point(1, 2), uuid="new", class_code="port")
    desk.context.do(update_site, "rail", class_code="company")
    qtbot.waitUntil(lambda: not filtering.is_busy)
    assert desk.context.mark_filter.shown == {"firm", "rail"}
    assert "does not pass" in desk.said[-1]
    bar.clear_button.click()
    qtbot.waitUntil(lambda: (claims.model.rowCount(), sources.model.rowCount()) == (2, 2))
    assert sites.model.rowCount() == 4
    assert [panel.on_map.isChecked(), bar.isVisible(), filtering.is_busy] == [False, False, False]


def test_what_is_in_view_is_searched_again_once_the_map_rests(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("viewer.panels.finding.find_panel.AGAIN_MS", 5)
    mover, views = _Mover(), [Bounds(100, 40, 130, 60), Bounds(119, 29, 121, 31)]
    desk.context.view = ViewAccess(
        shown=lambda: View.of_bounds("EPSG:4326", views[0], 400, 300), follow=mover.moved.connect
    )
    panel = FindPanel(desk.context)
    qtbot.addWidget(panel)
    panel.show()
    panel.fields.show_filter(RowFilter(table="sites", in_view=True))
    _settle(panel, qtbot)
    assert [row.uuid for row in panel.model.rows] == ["pad", "rail"]
    del views[0]
    mover.moved.emit()
    qtbot.waitUntil(lambda: [row.uuid for row in panel.model.rows] == ["firm"])
