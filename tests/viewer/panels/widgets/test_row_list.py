"""Very many rows are selected without each of them being asked."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, Qt
from shapely.geometry import Point

from layers.document.site import Site
from tests.viewer.conftest import shown
from viewer.panels.sites.site_bulk_form import some_values
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable


class CountingTable(RowTable):
    """Counts the questions of Qt."""

    asked = answered = 0

    def rowCount(self, *parent) -> int:
        self.asked += 1
        return super().rowCount(*parent)

    def data(self, *args) -> object:
        self.answered += 1
        return super().data(*args)


def sites(count: int) -> list[Site]:
    return [Site(uuid=str(at), geometry=Point(0, 0), label=f"{'ab'[at % 2]} {at}") for at in range(count)]


def by_uuid(rows: Iterable[Site]) -> dict[str, Site]:
    return {site.uuid: site for site in rows}


@pytest.fixture
def rows(qtbot) -> RowList:
    columns = [ListColumn("Label", lambda site: site.label), ListColumn("Rev", lambda site: str(site.rev))]
    found = RowList(CountingTable(columns, lambda site: ""), "Sites")
    return shown(qtbot, found, 300, 400)


def selected(rows: RowList) -> set[str]:
    ranges = rows.view.selectionModel().selection()
    return {rows.model.uuid_at(row) for part in ranges for row in range(part.top(), part.bottom() + 1)}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_selected_from_outside_is_selected_in_the_table(rows: RowList, seed: int) -> None:
    rng = random.Random(seed)
    rows.model.set_rows(by_uuid(sites(200)))
    rows.filter.setText(rng.choice(["", "a"]))
    for count in (0, 1, 7, 150, 200, 3):
        chosen = frozenset(str(at) for at in rng.sample(range(220), count))
        rows.select(chosen)
        assert selected(rows) == {uuid for uuid in chosen if rows.model.row_of(uuid) >= 0}
        assert rows.selected() == chosen
        at = sorted(rows.model.row_of(uuid) for uuid in chosen if rows.model.row_of(uuid) >= 0)
        assert rows.model.rows_of(chosen) == at
        if at:
            assert rows.view.currentIndex().row() == at[0]
            assert rows.view.indexAt(rows.view.visualRect(rows.view.currentIndex()).center()).row() == at[0]


def test_all_rows_are_selected_and_painted_without_each_being_asked(qtbot, rows: RowList) -> None:
    rows.model.set_rows(by_uuid(sites(5000)))
    rows.grab()
    rows.model.asked = 0
    rows.select(frozenset(map(str, range(5000))))
    rows.grab()
    assert len(rows.view.selectionModel().selection()) == 1
    assert rows.model.asked < 2000
    assert rows.view.selectionModel().isSelected(rows.model.index(4999, 1))
    qtbot.keyClick(rows.view, Qt.Key.Key_Home)
    flag = QItemSelectionModel.SelectionFlag
    rows.view.selectionModel().select(rows.model.index(3, 0), flag.ClearAndSelect | flag.Rows)
    assert rows.selected() == {"3"}


@pytest.fixture
def numbered(qtbot) -> RowList:
    """A hundred rows, the numbers of the last ones longer."""
    columns = [
        ListColumn("Label", lambda site: site.label),
        ListColumn("Rev", lambda site: str(site.rev), width=30, align_right=True),
    ]
    found = shown(qtbot, RowList(CountingTable(columns, lambda site: ""), "Sites"), 300, 400)
    found.model.set_rows(by_uuid(replace(site, rev=1 if at < 50 else 10**9) for at, site in enumerate(sites(100))))
    found.view.grab()
    return found


def rev_px(rows: RowList) -> int:
    return rows.view.columnWidth(1)


def test_an_edit_of_a_row_measures_that_row_alone(numbered: RowList) -> None:
    model = numbered.model
    model.answered = 0
    model.refresh({"3"}, {"3": replace(sites(4)[3], rev=2)})
    assert model.answered < 15  # one cell as Qt measures it; ten rows are in sight
    model.answered = 0
    model.refresh({"99"}, {"99": replace(sites(100)[99], rev=3)})  # out of sight
    model.refresh({"100"}, {"100": sites(101)[100]})
    assert model.answered == 0
    assert model.rowCount() == 101


def test_a_number_is_whole_once_it_is_in_sight(numbered: RowList) -> None:
    narrow = rev_px(numbered)
    numbered.view.verticalScrollBar().setValue(60)
    wide = rev_px(numbered)
    assert wide > narrow
    assert wide >= numbered.view.sizeHintForColumn(1)
    numbered.model.refresh({"65"}, {"65": replace(sites(66)[65], rev=10**12)})
    assert rev_px(numbered) > wide
    numbered.resize(900, 400)
    font = numbered.view.font()
    font.setPixelSize(40)
    wide = rev_px(numbered)
    numbered.view.setFont(font)
    assert rev_px(numbered) > wide
    assert rev_px(numbered) >= numbered.view.sizeHintForColumn(1)


def test_a_row_that_comes_is_selected_where_it_is_to_be(numbered: RowList) -> None:
    numbered.select({"100", "5"})
    assert selected(numbered) == {"5"}
    numbered.model.refresh({"100"}, {"100": sites(101)[100]})
    assert selected(numbered) == {"5", "100"}


@pytest.mark.parametrize("seed", range(6))
def test_values_that_marks_have_in_common(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.panels.sites.site_bulk_form.AT_ONCE", 7)
    rng, columns = random.Random(seed), ["role", "status", "folder", "marking"]
    chosen = [
        Site(
            uuid=str(at),
            geometry=Point(0, 0),
            role=rng.choice(["setting", "other"][: 1 + seed % 2]),
            status="final" if at == 30 and seed > 2 else "draft",
            folder=str(at // 20) if seed in (1, 4) else "",
        )
        for at in range(rng.choice([1, 8, 40]))
    ]
    found = some_values(chosen, columns)
    for column in columns:
        values = {getattr(site, column) for site in chosen}
        assert found[column] <= values
        assert len(found[column]) == 1 if len(values) == 1 else len(found[column]) > 1


def test_a_plain_click_selects_its_row_alone_and_lets_go_of_hidden_ones(qtbot, rows: RowList) -> None:
    """A filter hid 12 of 13 selected rows: a click on the visible one left all selected, to be deleted together."""
    rows.model.set_rows(by_uuid(sites(13)))
    rows.select(frozenset(map(str, range(13))))
    rows.filter.setText("b 11")
    assert rows.model.rowCount() == 1
    chosen: list[frozenset[str]] = []
    rows.chosen.connect(chosen.append)
    place = rows.view.visualRect(rows.model.index(0, 0)).center()
    left, adding = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(rows.view.viewport(), left, pos=place)
    assert chosen == [{"11"}]
    assert rows.hidden_note.isHidden()
    rows.filter.setText("a 4")
    qtbot.mouseClick(rows.view.viewport(), left, adding, place)
    assert rows.selected() == {"11", "4"}, "Ctrl adds, also to hidden rows"
