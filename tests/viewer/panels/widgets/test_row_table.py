"""Sorting and filtering of rows, against the plain way of doing it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from shapely.geometry import Point

from layers.document.site import Site
from viewer.panels.widgets.row_table import AHEAD_MS, AHEAD_ROWS, LATE_MS, ListColumn, RowTable
from viewer.support.language.text import unbroken

pytestmark = pytest.mark.usefixtures("qapp")
COLUMNS = [
    ListColumn("Label", lambda site: site.label),
    ListColumn("Error", lambda site: f"{site.position_error_m:g}", lambda site: site.position_error_m),
]
texts = st.text(alphabet="abВ东", max_size=3)
errors = st.integers(0, 2000).map(float)


def _table(sites: list[Site]) -> RowTable:
    table = RowTable(COLUMNS, lambda site: site.notes)
    table.set_rows({site.uuid: site for site in sites})
    return table


def _shown(table: RowTable) -> list[str]:
    return [table.uuid_at(row) for row in range(table.rowCount())]


@given(st.lists(st.tuples(texts, texts, errors), max_size=12), texts, st.sampled_from([-1, 0, 1]), st.booleans())
def test_it_shows_what_matches_in_order(rows, needle: str, column: int, descending: bool) -> None:
    sites = [
        Site(uuid=str(place), geometry=Point(0, 0), label=label, notes=notes, position_error_m=error)
        for place, (label, notes, error) in enumerate(rows)
    ]
    table = _table(sites)
    table.set_filter(needle)
    table.sort(column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)
    whole = {site.uuid: f"{site.label} {site.position_error_m:g} {site.notes}".casefold() for site in sites}
    expected = [site for site in sites if all(word in whole[site.uuid] for word in needle.casefold().split())]
    if column < 0:
        words = needle.casefold().split()
        names = {site.uuid: site.label.casefold() for site in sites}
        beginning = [site for site in expected if names[site.uuid].startswith(" ".join(words))]
        holding = [site for site in expected if all(word in names[site.uuid] for word in words)]
        ranked = {site.uuid: site for site in (*beginning, *holding, *expected)}
        expected = list(ranked.values())
    if column == 0:
        expected.sort(key=lambda site: site.label.casefold(), reverse=descending)
    elif column == 1:
        expected.sort(key=lambda site: site.position_error_m, reverse=descending)
    assert _shown(table) == [site.uuid for site in expected]
    assert all(table.row_of(uuid) == row for row, uuid in enumerate(_shown(table)))


def test_numbers_sort_as_numbers() -> None:
    sites = [Site(uuid=str(e), geometry=Point(0, 0), position_error_m=float(e)) for e in (900, 1000, 80)]
    table = _table(sites)
    table.sort(1)
    assert _shown(table) == ["80", "900", "1000"]


def test_one_changed_row_does_not_reset_the_table(qtbot) -> None:
    sites = {str(n): Site(uuid=str(n), geometry=Point(0, 0), label=str(n), position_error_m=0.0) for n in range(5)}
    table = _table(list(sites.values()))
    sites["3"] = Site(uuid="3", geometry=Point(0, 0), label="three", position_error_m=0.0)
    with qtbot.waitSignal(table.dataChanged), qtbot.assertNotEmitted(table.modelReset):
        table.refresh({"3"}, sites)
    assert table.data(table.index(3, 0)) == "three"
    del sites["3"]
    with qtbot.waitSignal(table.modelReset):
        table.refresh({"3"}, sites)
    assert table.row_of("3") == -1
    assert table.total == 4


def test_tooltips_never_read_markup() -> None:
    table = _table([Site(uuid="x", geometry=Point(0, 0), label="<b>bold</b>", position_error_m=0.0)])
    tip = table.data(table.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert unbroken(tip) == "<b>bold</b>\nError: 0"
    assert not QtGui.Qt.mightBeRichText(tip)


def test_a_changed_row_moves_and_comes_and_goes_with_the_filter() -> None:
    sites = {label: Site(uuid=label, geometry=Point(0, 0), label=label, position_error_m=0.0) for label in "abc"}
    table = _table(list(sites.values()))
    table.sort(0)
    sites["a"] = Site(uuid="a", geometry=Point(0, 0), label="z", position_error_m=0.0)
    table.refresh({"a"}, sites)
    assert _shown(table) == ["b", "c", "a"]
    table.set_filter("z")
    assert _shown(table) == ["a"]
    sites["b"] = Site(uuid="b", geometry=Point(0, 0), label="bz", position_error_m=0.0)
    table.refresh({"b"}, sites)
    assert _shown(table) == ["b", "a"]
    sites["a"] = Site(uuid="a", geometry=Point(0, 0), label="q", position_error_m=0.0)
    table.refresh({"a"}, sites)
    assert _shown(table) == ["b"]


@pytest.mark.bounded
@given(st.lists(st.tuples(st.sampled_from(["add", "drop first", "drop last", "both"]), st.integers(1, 3)), max_size=12))
def test_rows_that_come_and_go_stand_as_in_the_case(steps: list[tuple[str, int]]) -> None:
    rows = {str(at): Site(uuid=str(at), geometry=Point(0, 0), position_error_m=1.0) for at in range(4)}
    table, number = _table(list(rows.values())), 4
    resets: list[None] = []
    table.modelReset.connect(lambda: resets.append(None))
    for what, count in steps:
        before = len(resets)
        gone = list(rows)[:count] if what == "drop first" else list(rows)[-count:] if what != "add" else []
        for uuid in gone:
            del rows[uuid]
        new = [str(number + at) for at in range(count)] if what in ("add", "both") else []
        rows |= {uuid: Site(uuid=uuid, geometry=Point(0, 0), position_error_m=1.0) for uuid in new}
        number += count
        table.refresh([*gone, *new], rows)
        assert _shown(table) == list(rows)
        assert [table.row_of(uuid) for uuid in rows] == list(range(len(rows)))
        assert what == "drop first" or len(resets) == before, "all others stayed where they are"


def test_a_row_that_comes_back_stands_where_it_stood(qtbot) -> None:
    sites = {label: Site(uuid=label, geometry=Point(0, 0), label=label, position_error_m=0.0) for label in "abcde"}
    table = _table(list(sites.values()))
    left = {uuid: site for uuid, site in sites.items() if uuid not in "bd"}
    table.refresh({"b", "d"}, left)
    assert _shown(table) == ["a", "c", "e"]
    table.refresh({"b", "d"}, sites)
    assert _shown(table) == ["a", "b", "c", "d", "e"]
    assert [table.row_of(uuid) for uuid in "abcde"] == [0, 1, 2, 3, 4]


@pytest.mark.bounded
def test_texts_made_ahead_give_way_to_edits_and_selections(qtbot) -> None:
    made: list[str] = []

    def label(site: Site) -> str:
        made.append(site.uuid)
        return site.label

    table = RowTable([ListColumn("Label", label)], lambda site: "")
    rows = {f"{at}": Site(uuid=f"{at}", geometry=Point(0, 0), label=f"{at}") for at in range(400)}
    table.set_rows(rows)
    qtbot.waitUntil(lambda: len(made) > 40)
    for act in (lambda: table.refresh({"3"}, rows), lambda: table.rows_of(frozenset({"3"}))):
        act()
        before = len(made)
        assert before < 400
        qtbot.wait(40)  # four turns of those that go on
        assert len(made) == before
        qtbot.waitUntil(lambda before=before: len(made) > before + 40)
    qtbot.waitUntil(lambda: set(made) == set(rows))


def test_texts_made_ahead_give_way_to_a_window_at_work(qtbot) -> None:
    made: list[str] = []

    def label(site: Site) -> str:
        made.append(site.uuid)
        return site.label

    table = RowTable([ListColumn("Label", label)], lambda site: "")
    rows = {f"{at}": Site(uuid=f"{at}", geometry=Point(0, 0), label=f"{at}") for at in range(20 * AHEAD_ROWS)}
    table.set_rows(rows)
    assert table.row_of("3") == 3
    for _ in range(12):  # keys of an analyst, each of which takes longer than a turn
        time.sleep((AHEAD_MS + 2 * LATE_MS) / 1000)
        QApplication.processEvents()
    assert len(made) <= 6 * AHEAD_ROWS
