"""The site and claim lists: filter, sort, selection to and fro, jump-to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from shapely.geometry import Point

from tests.support.choices import choose_by_keys, popup
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk, small_case
from viewer.commands.claims import link_claim_site
from viewer.commands.reviewing.comments import add_comment, answer_comment, resolve_comment
from viewer.commands.sites import add_sites, delete_sites, update_site
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.claims.claim_verbs import MOST_SITES
from viewer.panels.sites.site_list import COMMENTS, SiteListPanel
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import CHIP_ROLE


@pytest.fixture
def sites(qtbot, desk: Desk) -> SiteListPanel:
    return shown(qtbot, SiteListPanel(desk.context), 340, 400)


@pytest.fixture
def claims(qtbot, desk: Desk) -> ClaimListPanel:
    return shown(qtbot, ClaimListPanel(desk.context), 900, 400)


def _labels(rows: RowList) -> list[str]:
    return [rows.model.data(rows.model.index(row, 0)) for row in range(rows.model.rowCount())]


def _click(qtbot, rows: RowList, row: int, modifier=Qt.KeyboardModifier.NoModifier, double: bool = False) -> None:
    view = rows.view
    place = view.visualRect(rows.model.index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, place)
    if double:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_the_filter_looks_in_labels_aliases_and_notes(qtbot, sites: SiteListPanel) -> None:
    for text, expected in (("hik", ["Hikvision"]), ("hangzhou", ["Hikvision"]), ("launch", ["Vostochny"]), ("zzz", [])):
        sites.list.filter.clear()
        qtbot.keyClicks(sites.list.filter, text)
        assert _labels(sites.list) == expected
    assert sites.list.count.text() == "0 of 3"
    sites.list.filter.setText("восточ")
    assert _labels(sites.list) == ["Vostochny"]


def test_an_empty_list_says_what_to_do_and_a_filtered_one_does_not(
    sites: SiteListPanel, claims: ClaimListPanel, desk: Desk
) -> None:
    sites.list.filter.setText("zzz")
    assert not sites.list.view.shown_hint
    desk.context.do(delete_sites, list(desk.document.sites))
    assert "press P" in sites.list.view.shown_hint
    blank = sites.list.view.viewport().grab().toImage()
    sites.list.view.hint = ""
    assert sites.list.view.viewport().grab().toImage() != blank, "the hint is painted"
    assert not claims.list.view.shown_hint


def test_open_comments_are_counted_in_lists_until_they_are_resolved(
    sites: SiteListPanel, claims: ClaimListPanel, desk: Desk
) -> None:
    sites.resize(700, 400)
    is_hidden, chip = sites.list.view.isColumnHidden, claims.model.index(0, 0)
    assert is_hidden(COMMENTS)
    desk.context.do(add_comment, "sites", "firm", "Which gate?", uuid="k")
    desk.context.do(answer_comment, "k", "The north one")
    desk.context.do(add_comment, "claims", "c1", "Who says so?", uuid="m")
    assert not is_hidden(COMMENTS)
    assert [sites.model.cells_at(row)[COMMENTS] for row in range(3)] == ["", "1", ""]
    assert str(chip.data(CHIP_ROLE)).startswith("1 open comment · ")
    for uuid in ("k", "m"):
        desk.context.do(resolve_comment, uuid)
    assert is_hidden(COMMENTS)
    assert "comment" not in str(chip.data(CHIP_ROLE))


def test_a_row_that_is_clicked_is_no_longer_told_of_as_hidden(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    desk.select("pad")
    sites.list.filter.setText("hik")
    top = sites.list.view.y()
    assert sites.list.hidden_note.isVisible()
    _click(qtbot, sites.list, 0, double=True)
    assert sites.list.selected() == {"firm"}
    assert sites.list.hidden_note.isHidden()
    assert sites.list.view.y() == top, "the rows stay under the pointer"


def test_a_header_click_sorts_and_a_third_gives_the_order_of_the_case_back(qtbot, sites: SiteListPanel) -> None:
    header = sites.list.view.horizontalHeader()
    place = header.rect().topLeft()
    place.setX(header.sectionViewportPosition(0) + 20)
    place.setY(header.height() // 2)
    orders = []
    for _ in range(3):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
        orders.append(_labels(sites.list))
    assert orders == [
        ["Hikvision", "Railway", "Vostochny"],
        ["Vostochny", "Railway", "Hikvision"],
        ["Vostochny", "Hikvision", "Railway"],
    ]


def test_selecting_in_the_list_selects_on_the_map_and_back(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    _click(qtbot, sites.list, 1)
    assert desk.context.selection.uuids == {"firm"}
    _click(qtbot, sites.list, 2, Qt.KeyboardModifier.ControlModifier)
    assert desk.context.selection.uuids == {"firm", "rail"}
    desk.select("pad")
    rows = [index.row() for index in sites.list.view.selectionModel().selectedRows()]
    assert rows == [0]


def test_the_selection_survives_sorting_and_filtering(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    desk.select("rail")
    sites.list.filter.setText("hik")
    assert desk.context.selection.uuids == {"rail"}
    sites.list.filter.clear()
    sites.model.sort(0, Qt.SortOrder.DescendingOrder)
    (index,) = sites.list.view.selectionModel().selectedRows()
    assert sites.model.uuid_at(index.row()) == "rail"


def test_enter_and_double_click_go_there(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    _click(qtbot, sites.list, 0, double=True)
    assert desk.visited[-1].contains_point(128.334, 51.884)
    qtbot.keyClick(sites.list.view, Qt.Key.Key_Down)
    qtbot.keyClick(sites.list.view, Qt.Key.Key_Return)
    assert desk.visited[-1].contains_point(120.16, 30.29)


def test_delete_is_one_step_and_undone(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    qtbot.keyClick(sites.list.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(sites.list.view, Qt.Key.Key_Delete)
    assert _labels(sites.list) == []
    assert not desk.context.selection.uuids
    desk.history.undo()
    assert sorted(_labels(sites.list)) == ["Hikvision", "Railway", "Vostochny"]


def test_the_list_follows_edits_and_other_documents(sites: SiteListPanel, desk: Desk) -> None:
    desk.context.push(update_site(desk.document, "pad", actor="Li", label="Cosmodrome"))
    assert _labels(sites.list)[0] == "Cosmodrome"
    claims_column = 3
    assert sites.model.data(sites.model.index(0, claims_column)) == ""
    desk.context.push(link_claim_site(desk.document, "c1", "pad", actor="Li"))
    assert sites.model.data(sites.model.index(0, claims_column)) == "1"
    desk.context.set_document(small_case())
    assert _labels(sites.list)[0] == "Vostochny"


def test_narrow_lists_show_fewer_columns_and_never_scroll_sideways(qtbot, sites: SiteListPanel) -> None:
    for width in (260, 340, 600):
        sites.resize(width, 400)
        qtbot.waitUntil(lambda width=width: sites.width() == width)
        view = sites.list.view
        columns = [c for c in range(sites.model.columnCount()) if not view.isColumnHidden(c)]
        assert columns[0] == 0
        assert sum(view.columnWidth(c) for c in columns) <= view.viewport().width()
    assert 3 in columns


def test_likelihood_and_confidence_are_columns_of_their_own(claims: ClaimListPanel) -> None:
    titles = [column.title for column in claims.model.columns]
    assert titles == ["Claim", "State", "Places", "Speaker", "Voice", "Likelihood", "Confidence", "Our judgement"]
    assert claims.model.data(claims.model.index(0, 2)) == "Hikvision"
    assert claims.model.data(claims.model.index(1, 2)) == "the case"


def test_a_claim_chosen_is_the_claim_of_the_form(qtbot, claims: ClaimListPanel, desk: Desk) -> None:
    _click(qtbot, claims.list, 1)
    assert desk.context.claim_uuid == "c2"
    assert not claims.jump_button.isEnabled()
    desk.context.show_claim("c1")
    assert claims.list.selected() == {"c1"}
    qtbot.mouseClick(claims.jump_button, Qt.MouseButton.LeftButton)
    assert desk.context.selection.uuids == {"firm"}
    assert desk.visited[-1].contains_point(120.16, 30.29)


def test_a_claim_without_a_place_is_opened_and_goes_nowhere(qtbot, claims: ClaimListPanel, desk: Desk) -> None:
    _click(qtbot, claims.list, 1, double=True)
    assert desk.visited == []
    assert desk.wanted[-1] == "claim_form"
    assert desk.said == []


def test_claims_are_added_and_deleted(qtbot, claims: ClaimListPanel, desk: Desk) -> None:
    qtbot.mouseClick(claims.report_button, Qt.MouseButton.LeftButton)
    assert len(desk.document.claims) == 3
    assert claims.list.selected() == {desk.context.claim_uuid}
    assert desk.wanted == ["claim_form"]
    assert desk.document.claims[desk.context.claim_uuid].voice == "speaker"
    qtbot.mouseClick(claims.delete_button, Qt.MouseButton.LeftButton)
    assert set(desk.document.claims) == {"c1", "c2"}
    assert desk.context.claim_uuid == ""


def test_a_claim_is_not_begun_about_hundreds_of_sites(qtbot, claims: ClaimListPanel, desk: Desk) -> None:
    sites = [(Point(at / 10, 0), {"label": str(at)}) for at in range(MOST_SITES + 1)]
    desk.context.push(add_sites(desk.document, sites, actor="Li"))
    desk.context.selection.set(desk.document.sites)
    for button in (claims.report_button, claims.judge_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert set(desk.document.claims) == {"c1", "c2"}
    assert "select fewer" in desk.said[-1]


def test_places_follow_renamed_and_deleted_sites(claims: ClaimListPanel, desk: Desk) -> None:
    desk.context.push(update_site(desk.document, "firm", actor="Li", label="HK"))
    assert claims.model.data(claims.model.index(0, 2)) == "HK"
    desk.context.push(delete_sites(desk.document, ["firm"], actor="Li"))
    assert claims.model.data(claims.model.index(0, 2)) == "the case"


def test_many_selected_rows_are_told_once(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    with qtbot.waitSignal(desk.context.selection.changed):
        sites.list.view.selectAll()
    assert len(desk.context.selection) == 3
    with qtbot.assertNotEmitted(desk.context.selection.changed):
        desk.context.selection.set(["pad", "firm", "rail"])


def _add(desk: Desk, **fields) -> str:
    desk.context.do(add_sites, [(Point(1, 2), fields)])
    return next(reversed(desk.document.sites))


@popup
def test_marks_that_are_no_sites_are_listed_apart(qtbot, sites: SiteListPanel, desk: Desk) -> None:
    assert not sites.kinds.isVisible()
    assert sites.list.count.text() == "3"
    arrow = _add(desk, label="Arrow", mark_kind="annotation")
    _add(desk, label="Swath", mark_kind="search area")
    assert sites.kinds.isVisible()
    assert sites.kinds.accessibleName()
    assert _labels(sites.list) == ["Vostochny", "Hikvision", "Railway"]
    assert sites.list.count.text() == "3"
    choose_by_keys(sites.kinds, "Annotations")
    assert sites.kinds.currentText() == "Annotations (1)"
    assert _labels(sites.list) == ["Arrow"]
    desk.select(arrow)
    assert sites.list.selected() == {arrow}
    desk.context.do(update_site, arrow, mark_kind="site")
    assert _labels(sites.list) == []
    assert sites.list.view.shown_hint.startswith("No annotation yet: press A")
    assert sites.list.view.accessibleDescription() == sites.list.view.shown_hint
    choose_by_keys(sites.kinds, "Photos")
    assert sites.list.view.shown_hint.startswith("No photo yet")
    sites.kinds.setCurrentIndex(sites.kinds.count() - 1)
    assert _labels(sites.list) == ["Vostochny", "Hikvision", "Railway", "Arrow", "Swath"]
    desk.history.undo()
    desk.history.undo()
    desk.history.undo()
    assert not sites.kinds.isVisible()
    assert _labels(sites.list) == ["Vostochny", "Hikvision", "Railway"]


def test_what_may_not_exist_is_labelled_and_dashed_in_the_list(sites: SiteListPanel, desk: Desk) -> None:
    index = sites.model.index(0, 0)
    before = sites.model.data(index, Qt.ItemDataRole.DecorationRole).pixmap(26, 20).toImage()
    desk.context.do(update_site, "pad", lifecycle="planned", valid_from="2030")
    assert _labels(sites.list)[0] == "Vostochny (planned 2030)"
    assert sites.model.data(index, Qt.ItemDataRole.DecorationRole).pixmap(26, 20).toImage() != before
    desk.history.undo()
    assert sites.model.data(index, Qt.ItemDataRole.DecorationRole).pixmap(26, 20).toImage() == before
