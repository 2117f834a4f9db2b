"""Numbered markers: numbers follow their order until they are locked, then stay for ever."""

from __future__ import annotations

import pytest
import shapely

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.figure import Figure
from layers.document.marks.mark_shape import MOST_NUMBER, Arrow, Numbered, TextMark, shape_of
from layers.document.rows import MetaEntry
from layers.errors import InvalidValue
from tests.support.cases.marks import mark
from viewer.commands.mark_numbers import RETIRED, highest_number, lock_numbers, next_number, unlocked
from viewer.commands.shapes.duplicates import duplicate_sites
from viewer.commands.shapes.marks import add_mark
from viewer.commands.sites import delete_sites

NOW = "2026-05-01T10:00:00Z"


def with_markers(count: int) -> Document:
    document = Document()
    for number in range(1, count + 1):
        put(document, f"m{number}")
    return document


def put(document: Document, uuid: str) -> int:
    shape = Numbered(next_number(document))
    document.apply(add_mark(document, shape, shapely.Point(1, 2), actor="A", now=NOW, uuid=uuid))
    return shape.number


def numbers(document: Document) -> dict[str, int | None]:
    found = {}
    for uuid, site in document.sites.items():
        shape = shape_of(site.shape_json)
        assert isinstance(shape, Numbered)
        assert shape.number == site.number, "other programs see the same number"
        found[uuid] = site.number
    return found


def test_markers_count_on_and_close_the_gap_that_a_deleted_one_leaves() -> None:
    document = with_markers(4)
    assert numbers(document) == {"m1": 1, "m2": 2, "m3": 3, "m4": 4}
    edit = delete_sites(document, ["m2"], actor="A", now=NOW)
    document.apply(edit)
    assert numbers(document) == {"m1": 1, "m3": 2, "m4": 3}
    document.apply(edit.inverse())
    assert sorted(numbers(document).items()) == [("m1", 1), ("m2", 2), ("m3", 3), ("m4", 4)], "one step takes it back"


def test_locked_numbers_stay_and_are_never_given_again() -> None:
    document = with_markers(4)
    document.apply(lock_numbers(document, ["m3"], actor="A", now=NOW))
    assert [site.uuid for site, _ in unlocked(document)] == ["m1", "m2", "m4"]
    document.apply(delete_sites(document, ["m1"], actor="A", now=NOW))
    assert numbers(document) == {"m2": 1, "m3": 3, "m4": 2}
    assert put(document, "m5") == 4
    document.apply(delete_sites(document, ["m3"], actor="A", now=NOW))
    assert numbers(document) == {"m2": 1, "m4": 2, "m5": 4}, "3 was locked: nobody else is 3"
    assert put(document, "m6") == 5
    document.apply(lock_numbers(document, actor="A", now=NOW))
    assert unlocked(document) == []
    document.apply(delete_sites(document, ["m2", "m6"], actor="A", now=NOW))
    assert numbers(document) == {"m4": 2, "m5": 4}
    assert put(document, "m7") == 6


def test_a_copy_gets_no_number_that_was_locked() -> None:
    document = with_markers(3)
    document.apply(lock_numbers(document, ["m3"], actor="A", now=NOW))
    document.apply(delete_sites(document, ["m3"], actor="A", now=NOW))
    assert highest_number(document) == 3
    site = document.sites["m1"]
    document.apply(duplicate_sites(document, {"m1": ("copy", Figure.of(site))}, actor="A", now=NOW))
    assert document.sites["copy"].number == 4


def test_locking_is_one_step() -> None:
    document = with_markers(3)
    edit = lock_numbers(document, actor="A", now=NOW)
    assert (edit.label, len(edit.changes)) == ("Lock 3 numbers", 3)
    document.apply(edit)
    assert lock_numbers(document, actor="A").changes == ()
    document.apply(edit.inverse())
    assert len(unlocked(document)) == 3


@pytest.mark.parametrize(
    "value", ["", "[]", "nonsense", '{"numbers": 3}', '{"numbers": [1.5, null, "2", true]}', "[" * 9999]
)
def test_a_hostile_list_of_retired_numbers_is_as_if_absent(value: str) -> None:
    document = with_markers(1)
    document.apply(Edit("Spoil", (Change("meta", None, MetaEntry(uuid=RETIRED, value=value)),)))
    assert next_number(document) == 2


def test_there_is_an_end_of_numbers() -> None:
    document = Document({"sites": [mark("m", Numbered(MOST_NUMBER), shapely.Point(1, 2), number=MOST_NUMBER)]})
    with pytest.raises(InvalidValue, match="up to 99999"):
        next_number(document)


def test_a_mark_is_drawn_with_its_shape_and_kind() -> None:
    document = Document()
    edit = add_mark(document, Arrow(), shapely.LineString([(1, 2), (3, 4)]), actor="A", now=NOW)
    row = edit.changes[0].after
    assert (edit.label, row.mark_kind, shape_of(row.shape_json)) == ("Add arrow", "annotation", Arrow())
    text = add_mark(document, TextMark(""), shapely.Point(1, 2), actor="A", now=NOW, mark_kind="site")
    assert text.changes[0].after.mark_kind == "site"
