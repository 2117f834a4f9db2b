"""The history of a case is read page by page: who changed which fields of which row, when, and why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.claim import Claim
from layers.document.edit import UNDONE, Change, Edit
from layers.document.rows import ClaimSite, Comment
from layers.document.site import Site
from layers.errors import CaseDamaged
from layers.project.history.history_reader import (
    HistoryFilter,
    opened_history,
    read_deleted,
    read_geometries,
    read_gone,
    read_page,
    read_people,
    read_reasons,
    read_step,
)
from layers.project.history.recorded_change import GEOMETRY, FieldChange, stored_fields
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.schema import HISTORY_COLUMNS
from tests.support.cases.history_case import HistoryCase
from tests.support.cases.rich import rich_document

PAD = Site(uuid="pad", geometry=Point(63.3, 45.9), label="Site 1", created_by="Anna", created_at="2026-11-01T08:00:00Z")
CLAIM = Claim(uuid="claim", statement="A rocket stands there", state="assessed", voice="analyst")
LINK = ClaimSite(uuid="link", claim_uuid="claim", site_uuid="pad")


@pytest.fixture
def case(tmp_path: Path) -> Iterator[HistoryCase]:
    case = HistoryCase(tmp_path / "work.gpkg")
    yield case
    case.close()


def _judged(case: HistoryCase) -> tuple[Claim, Claim]:
    """A judgement whose likelihood and confidence were changed by two people, on two days, for reasons."""
    case.edit(Change("sites", None, PAD), Change("claims", None, CLAIM), Change("claim_sites", None, LINK))
    likely = replace(CLAIM, likelihood_term="likely", likelihood_low=55, likelihood_high=80, rev=2)
    sure = replace(likely, confidence="moderate", modified_by="Boris", rev=3)
    case.edit(Change("claims", CLAIM, likely), at="2026-11-03T09:00:00Z", reason="the image of 3 November")
    case.edit(Change("claims", likely, sure), by="Boris", at="2026-11-04T10:00:00Z")
    return likely, sure


def test_a_change_says_who_changed_which_fields_when_and_why(case: HistoryCase) -> None:
    _judged(case)
    sure, likely, *first = case.changes()
    assert (likely.actor, likely.at, likely.reason) == ("Anna", "2026-11-03T09:00:00Z", "the image of 3 November")
    assert (likely.kind, likely.table_name, likely.row_uuid) == ("update", "claims", "claim")
    assert likely.fields == (
        FieldChange("likelihood_term", None, "likely"),
        FieldChange("likelihood_low", None, 55),
        FieldChange("likelihood_high", None, 80),
    )
    assert sure.fields == (FieldChange("confidence", None, "moderate"),)  # and no stamps
    assert [change.kind for change in first] == ["insert"] * 3
    assert {change.txn_uuid for change in first} == {first[0].txn_uuid} != {likely.txn_uuid}


def test_what_undo_and_redo_did_is_told_from_what_somebody_meant(case: HistoryCase) -> None:
    added = case.edit(Change("sites", None, PAD), reason="seen on 3 November")
    for edit in (added.undone(), added.redone(), added.redone().undone()):
        case.document.apply(edit)
        case.write(edit, by="Anna", at="2026-11-05T08:00:00Z")
    again, redone, undone, first = case.changes()
    assert [(change.kind, change.way, change.reason) for change in (first, undone, redone, again)] == [
        ("insert", "", "seen on 3 November"),
        ("delete", "undone", ""),
        ("insert", "redone", "seen on 3 November"),
        ("delete", "undone", ""),
    ]
    with opened_history(case.path) as connection:
        assert [change.way for change in read_deleted(connection).changes] == ["undone"]
    for reason, told in (("", ""), (None, ""), (UNDONE.lower(), UNDONE.lower()), (f"{UNDONE}ne", f"{UNDONE}ne")):
        case.execute("UPDATE loupe_history SET reason = ?", reason)
        assert {(change.way, change.reason) for change in case.changes()} == {("", told)}, (
            "as earlier versions wrote it"
        )


def test_a_move_is_listed_as_a_change_of_geometry(case: HistoryCase) -> None:
    case.edit(Change("sites", None, PAD))
    case.edit(Change("sites", PAD, replace(PAD, geometry=Point(64, 46), rev=2)))
    moved, added = case.changes()
    assert moved.fields == (FieldChange(GEOMETRY),)
    assert moved.has_geometry
    with opened_history(case.path) as connection:
        assert read_geometries(connection, moved.seq) == (Point(63.3, 45.9), Point(64, 46))
        assert read_geometries(connection, 999) == (None, None)
    assert case.changes(column=GEOMETRY) == [moved, added]


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        ({"actor": "Boris"}, ["claims"]),
        ({"actor": "nobody"}, []),
        ({"tables": ("sites", "site_point")}, ["site_point"]),
        ({"column": "likelihood_term"}, ["claims"]),
        ({"column": "confidence_reason"}, []),
        ({"since": "2026-11-03"}, ["claims", "claims"]),
        ({"until": "2026-11-03"}, ["claims", "claim_sites", "claims", "site_point"]),
        ({"since": "2026-11-03", "until": "2026-11-03"}, ["claims"]),
        ({"only_deleted": True}, []),
        ({"row_uuid": "pad"}, ["claim_sites", "site_point"]),
        ({"row_uuid": "claim", "actor": "Anna"}, ["claims", "claim_sites", "claims"]),
    ],
)
def test_filters_keep_the_changes_that_pass(case: HistoryCase, wanted: dict[str, object], kinds: list[str]) -> None:
    _judged(case)
    assert [change.table_name for change in case.changes(**wanted)] == kinds


def test_pages_follow_each_other_without_gap_or_repetition(case: HistoryCase) -> None:
    _judged(case)
    seen, before = list[int](), None
    for _ in range(3):
        page = case.page(before=before, rows=2)
        seen += [change.seq for change in page.changes]
        before = page.next_before
    assert seen == [5, 4, 3, 2, 1]
    assert before is None
    assert case.page(rows=2, column="confidence").next_before is None


def test_the_history_of_a_row_tells_of_what_once_belonged_to_it(case: HistoryCase) -> None:
    _judged(case)
    remark = Comment(uuid="remark", target_uuid="claim", body="Which rocket?")
    case.edit(Change("comments", None, remark))
    case.edit(Change("comments", remark, None), Change("claim_sites", LINK, None))
    assert [change.row_uuid for change in case.changes(row_uuid="claim")][:3] == ["link", "remark", "remark"]
    assert case.changes(row_uuid="remark")[0].left_as == "Which rocket?"


def test_deleted_rows_are_listed_with_who_deleted_them_and_why(case: HistoryCase) -> None:
    _likely, sure = _judged(case)
    gone = Change("claim_sites", LINK, None), Change("claims", sure, None)
    case.edit(*gone, by="Boris", reason="it was a water tower")
    with opened_history(case.path) as connection:
        claim, link = read_deleted(connection).changes
        assert read_deleted(connection, rows=1).next_before is not None
        assert read_people(connection) == ("Anna", "Boris")
    assert (claim.table_name, claim.left_as, claim.rev_before) == ("claims", "A rocket stands there", 3)
    assert (claim.actor, claim.reason, link.row_uuid) == ("Boris", "it was a water tower", "link")
    assert all(change.left_as == "A rocket stands there" for change in case.changes(tables=("claims",)))
    assert [change.kind for change in case.changes(only_deleted=True)] == ["delete", "delete"]


def test_a_deleted_chip_is_listed_as_long_as_it_is_deleted(tmp_path: Path) -> None:
    document = rich_document()
    work = WorkingCopy.create(tmp_path / "sessions", document, target=None)
    chip = next(iter(document.chips.values()))
    gone = Edit("delete", (Change("chips", chip, None),))
    work.append(gone, "Boris")
    work.drain()
    with opened_history(work.path) as connection:
        (row,) = read_deleted(connection).changes
    assert (row.actor, row.left_as, row.values["sha256"]) == ("Boris", chip.what, chip.sha256)
    work.append(gone.inverse(), "Boris")
    work.drain()
    with opened_history(work.path) as connection:
        assert not read_deleted(connection).changes
    work.close()


def test_a_trace_without_a_history_still_says_what_was_deleted(case: HistoryCase) -> None:
    case.execute("INSERT INTO loupe_tombstones VALUES ('u', 'chips', '2026-11-05T08:00:00Z', 'Boris', 'abc', 'a chip')")
    with opened_history(case.path) as connection:
        (row,) = read_deleted(connection).changes
        assert not read_deleted(connection, before=-row.seq).changes
    assert (row.actor, row.at, row.left_as) == ("Boris", "2026-11-05T08:00:00Z", "a chip")
    assert row.fields == (FieldChange("sha256", "abc"),)


def test_the_changes_of_a_step_are_read_together(case: HistoryCase) -> None:
    _judged(case)
    with opened_history(case.path) as connection:
        middle = read_page(connection, HistoryFilter(tables=("claims",))).changes[-1]
        step = read_step(connection, middle.txn_uuid, middle.seq)
    assert [change.row_uuid for change in step] == ["pad", "claim", "link"]


@pytest.mark.parametrize(
    "delta", [None, "", "no json", "[]", '{"label": 3}', '{"label": [1]}', "[" * 5_000, '{"label": [[1], {"a": 2}]}']
)
def test_what_others_wrote_into_a_history_costs_its_own_fields_only(case: HistoryCase, delta: str | None) -> None:
    case.edit(Change("sites", None, PAD))
    names, holders = ", ".join(HISTORY_COLUMNS), ", ".join("?" * len(HISTORY_COLUMNS))
    strange = ("c", None, b"5", b"me", "site_point", "pad", "explode", "1", None, delta, b"no geometry", None, None)
    case.execute(f"INSERT INTO loupe_history ({names}) VALUES ({holders})", *strange)
    change, _added = case.changes()
    assert (change.kind, change.actor, change.at) == ("update", "", "")
    assert {field.column for field in change.fields} <= {"label", GEOMETRY}


def test_told_values_become_fields_again(case: HistoryCase) -> None:
    site = replace(PAD, aliases=(("ru", "Площадка 1"),), position_error_m=12.5)
    case.edit(Change("sites", None, site))
    case.edit(Change("sites", site, replace(site, aliases=(), position_error_m=None, notes="n", rev=2)))
    change = case.changes()[0]
    assert change.spec is not None
    before = stored_fields(change.spec, {field.column: field.before for field in change.fields})
    assert before == {"aliases": (("ru", "Площадка 1"),), "position_error_m": 12.5, "notes": ""}


def test_reading_cannot_write_and_a_broken_file_is_said(case: HistoryCase, tmp_path: Path) -> None:
    with pytest.raises(CaseDamaged), opened_history(case.path) as connection:
        connection.execute("DELETE FROM loupe_history")
    (tmp_path / "broken").write_bytes(b"no database" * 100)
    with pytest.raises(CaseDamaged), opened_history(tmp_path / "broken") as connection:
        read_people(connection)


def test_a_long_search_ends_where_it_is_cancelled(case: HistoryCase) -> None:
    names = "at, actor, table_name, row_uuid, op, delta_json"
    case.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO loupe_history "
        f"({names}) SELECT '2026', 'Anna', 'claims', 'r' || i, 'update', '{{}}' FROM n"
    )
    with pytest.raises(CaseDamaged), opened_history(case.path, lambda: True) as connection:
        read_page(connection, HistoryFilter(column="label"))


def test_the_last_page_of_many_takes_no_longer_than_the_first(case: HistoryCase) -> None:
    """The plan, not a clock: a page is found by its place, whatever stands before it."""
    with closing(sqlite3.connect(case.path)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT seq FROM loupe_history WHERE seq < 7 ORDER BY seq DESC LIMIT 200"
        ).fetchall()
    assert "SEARCH loupe_history USING INTEGER PRIMARY KEY (rowid<?)" in str(plan)


def test_what_was_taken_back_stays_so_where_the_row_is_deleted_again(case: HistoryCase) -> None:
    """Only an Undo of the taking back makes the change again: another deletion is a change of its own."""
    case.edit(Change("sites", None, PAD))
    case.edit(Change("sites", PAD, None), at="2026-11-03T09:00:00Z")
    back = case.edit(Change("sites", None, PAD), reason="Takes back the change of 2026-11-03T09:00:00Z")
    assert [change.is_taken_back for change in case.changes()] == [False, True, False]
    case.edit(Change("sites", PAD, None), at="2026-11-05T09:00:00Z", reason="it is a shed")
    assert [change.is_taken_back for change in case.changes()] == [False, False, True, False]
    with opened_history(case.path) as connection:
        (gone,) = read_gone(connection, read_reasons(connection))
    assert (gone.table, gone.uuid, gone.name) == ("sites", "pad", "Site 1")
    case.edit(Change("sites", None, PAD))
    for edit, is_back in ((back.undone(), False), (back.redone(), True)):
        case.document.apply(edit)
        case.write(edit, by="Anna", at="2026-11-06T08:00:00Z")
        assert case.changes()[-2].is_taken_back is is_back


def test_a_field_that_is_changed_again_after_it_was_taken_back_is_another_change(case: HistoryCase) -> None:
    case.edit(Change("sites", None, PAD))
    other = replace(PAD, label="Site 2", rev=2)
    third = replace(PAD, label="Site 3", rev=4)
    case.edit(Change("sites", PAD, other), at="2026-11-03T09:00:00Z")
    back = case.edit(
        Change("sites", other, replace(PAD, rev=3)), reason="Takes back the change of 2026-11-03T09:00:00Z"
    )
    case.edit(Change("sites", replace(PAD, rev=3), other))
    later = case.edit(Change("sites", other, third))
    for edit in (later.undone(),):
        case.document.apply(edit)
        case.write(edit, by="Anna", at="2026-11-06T08:00:00Z")
    assert [change.is_taken_back for change in case.changes()] == [False, False, False, False, True, False]
    case.edit(Change("sites", other, replace(PAD, rev=3)))
    case.document.apply(back.undone())
    case.write(back.undone(), by="Anna", at="2026-11-07T08:00:00Z")
    assert not case.changes()[-2].is_taken_back
