"""Very many rows are selected without each of them being asked."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from shapely.geometry import Point

from layers.document.site import Site
from tests.viewer.conftest import shown
from viewer.panels.sites.site_bulk_form import _some_values
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import Column, RowTable


class CountingTable(RowTable):
    """Counts the questions of Qt."""

    asked = 0

    def rowCount(self, *parent) -> int:
        self.asked += 1
        return super().rowCount(*parent)


def sites(count: int) -> list[Site]:
    return [Site(uuid=str(at), geometry=Point(0, 0), label=f"{'ab'[at % 2]} {at}") for at in range(count)]


@pytest.fixture
def rows(qtbot) -> RowList:
    columns = [Column("Label", lambda site: site.label), Column("Rev", lambda site: str(site.rev))]
    found = RowList(CountingTable(columns, lambda site: ""), "Sites")
    return shown(qtbot, found, 300, 400)


def selected(rows: RowList) -> set[str]:
    ranges = rows.view.selectionModel().selection()
    return {rows.model.uuid_at(row) for part in ranges for row in range(part.top(), part.bottom() + 1)}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_selected_from_outside_is_selected_in_the_table(rows: RowList, seed: int) -> None:
    rng = random.Random(seed)
    rows.model.set_rows(sites(200))
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
    rows.model.set_rows(sites(5000))
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


@pytest.mark.parametrize("seed", range(6))
def test_values_that_marks_have_in_common(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.panels.sites.site_bulk_form._AT_ONCE", 7)
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
    found = _some_values(chosen, columns)
    for column in columns:
        values = {getattr(site, column) for site in chosen}
        assert found[column] <= values
        assert len(found[column]) == 1 if len(values) == 1 else len(found[column]) > 1
