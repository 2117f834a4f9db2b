"""The sentence about rows that could not be drawn."""

from layers.vector.lost_rows import BROKEN, MOST_LISTED, NO_GEOMETRY, NO_PLACE, LostRows
from layers.vector.table import VectorInfo

INFO = VectorInfo("a", "CSV", "a", "Point", 9, "EPSG:4326", (), None, None, ("Something else.",))


def told(*answers: tuple[int, list[tuple[int, int]]]) -> str:
    lost = LostRows()
    for count, rows in answers:
        lost.take(count, rows)
    return lost.sentence()


def test_rows_are_gathered_by_their_reason_in_any_order():
    late = (3, [(12, BROKEN), (13, NO_GEOMETRY), (14, NO_GEOMETRY)])
    early = (4, [(2, NO_PLACE), (3, NO_PLACE), (4, NO_PLACE), (9, NO_PLACE)])
    assert told(late, (0, []), early) == (
        "7 rows could not be drawn: without a geometry that can be read: rows 13, 14; broken: row 12; "
        "outside what the map can show: rows 2 to 4, 9."
    )
    assert told((1, [(5, BROKEN)])) == "1 row could not be drawn: broken: row 5."
    assert told((0, [])) == ""


def test_the_first_are_listed_and_all_are_counted():
    chunks = [(1000, [(row, NO_GEOMETRY) for row in range(start, start + 2 * MOST_LISTED, 2)]) for start in (5001, 1)]
    said = told(*chunks)
    assert said.startswith("2\u202f000 rows could not be drawn: without a geometry that can be read: rows 1, 3, 5, ")
    assert said.endswith(" 99 and 1\u202f950 more.")


def test_what_is_known_of_the_file_says_it_once():
    lost = LostRows()
    assert lost.told_in(INFO) is INFO
    lost.take(1, [(5, BROKEN)])
    first = lost.told_in(INFO)
    assert first.problems == ("Something else.", "1 row could not be drawn: broken: row 5.")
    assert lost.told_in(first) is first
    assert LostRows().told_in(first).problems == INFO.problems, "on another canvas they can be"
