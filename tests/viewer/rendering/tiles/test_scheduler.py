"""Readers of tiles keep to stripes of their own, so that no block is unpacked twice for nothing."""

from __future__ import annotations

from viewer.rendering.tiles.scheduler import RequestList, TileRequest

COLS, ROWS = 8, 5


def requests() -> list[TileRequest]:
    """A view's tiles, the middle first."""
    places = [(col, row) for row in range(ROWS) for col in range(COLS)]
    places.sort(key=lambda p: (p[0] - COLS / 2) ** 2 + (p[1] - ROWS / 2) ** 2)
    return [TileRequest(1000.0 + rank, place, place) for rank, place in enumerate(places)]


def taken(found: list[TileRequest]) -> list[tuple[int, int]]:
    return [request.place for request in found if request.place is not None]


def test_two_readers_that_take_turns_keep_to_halves() -> None:
    requested = RequestList(requests(), 2)
    mine, others = zip(*((requested.take(0), requested.take(1)) for _ in range(COLS * ROWS // 2)), strict=True)
    assert not requested
    assert max(row for _, row in taken(list(mine))) <= min(row for _, row in taken(list(others)))


def test_each_half_is_read_from_the_middle_outwards() -> None:
    requested = RequestList(requests(), 2)
    ranks = [requested.take(1).rank for _ in range(COLS * ROWS // 2)]
    assert ranks == sorted(ranks)


def test_a_reader_alone_reads_everything_best_first() -> None:
    requested = RequestList(requests(), 1)
    assert [requested.take(0) for _ in range(COLS * ROWS)] == requests()


def test_who_is_done_helps_beginning_beside_its_own_half() -> None:
    requested = RequestList(requests(), 2)
    for _ in range(COLS * ROWS // 2):
        requested.take(0)
    assert taken([requested.take(0)])[0] == (COLS // 2, ROWS // 2)
    assert bool(requested)


def test_what_has_no_place_comes_by_its_rank() -> None:
    requested = RequestList([TileRequest(0.0, "coarse"), *requests(), TileRequest(1e6, "overview")], 2)
    assert requested.take(1).ident == "coarse"
    assert [requested.take(0).place is None for _ in range(COLS * ROWS)] == [False] * (COLS * ROWS)
    assert requested.best_rank == 1e6
    assert requested.take(0).ident == "overview"
    assert not requested


def test_where_the_view_moves_sideways_each_reader_goes_on_in_its_own_rows() -> None:
    beside = [TileRequest(float(row), (COLS, row), (COLS, row)) for row in range(ROWS + 1)]
    requested = RequestList(beside, 2)
    assert taken([requested.take(0), requested.take(1)]) == [(COLS, 0), (COLS, 3)]


def test_a_single_row_is_shared_too() -> None:
    requested = RequestList([TileRequest(float(col), (col, 7), (col, 7)) for col in range(6)], 2)
    assert taken([requested.take(0), requested.take(1)]) == [(0, 7), (3, 7)]
