"""Readers of tiles keep to stripes of their own, so that no block is unpacked twice for nothing."""

from __future__ import annotations

from viewer.rendering.tiles.scheduler import Wish, WishList

COLS, ROWS = 8, 5


def wishes() -> list[Wish]:
    """A view's tiles, the middle first."""
    places = [(col, row) for row in range(ROWS) for col in range(COLS)]
    places.sort(key=lambda p: (p[0] - COLS / 2) ** 2 + (p[1] - ROWS / 2) ** 2)
    return [Wish(1000.0 + rank, place, place) for rank, place in enumerate(places)]


def taken(found: list[Wish]) -> list[tuple[int, int]]:
    return [wish.place for wish in found if wish.place is not None]


def test_two_readers_that_take_turns_keep_to_halves() -> None:
    wished = WishList(wishes(), 2)
    mine, others = zip(*((wished.take(0), wished.take(1)) for _ in range(COLS * ROWS // 2)), strict=True)
    assert not wished
    assert max(row for _, row in taken(list(mine))) <= min(row for _, row in taken(list(others)))


def test_each_half_is_read_from_the_middle_outwards() -> None:
    wished = WishList(wishes(), 2)
    ranks = [wished.take(1).rank for _ in range(COLS * ROWS // 2)]
    assert ranks == sorted(ranks)


def test_a_reader_alone_reads_everything_best_first() -> None:
    wished = WishList(wishes(), 1)
    assert [wished.take(0) for _ in range(COLS * ROWS)] == wishes()


def test_who_is_done_helps_beginning_beside_its_own_half() -> None:
    wished = WishList(wishes(), 2)
    for _ in range(COLS * ROWS // 2):
        wished.take(0)
    assert taken([wished.take(0)])[0] == (COLS // 2, ROWS // 2)
    assert bool(wished)


def test_what_has_no_place_comes_by_its_rank() -> None:
    wished = WishList([Wish(0.0, "coarse"), *wishes(), Wish(1e6, "overview")], 2)
    assert wished.take(1).ident == "coarse"
    assert [wished.take(0).place is None for _ in range(COLS * ROWS)] == [False] * (COLS * ROWS)
    assert wished.best_rank == 1e6
    assert wished.take(0).ident == "overview"
    assert not wished


def test_where_the_view_moves_sideways_each_reader_goes_on_in_its_own_rows() -> None:
    beside = [Wish(float(row), (COLS, row), (COLS, row)) for row in range(ROWS + 1)]
    wished = WishList(beside, 2)
    assert taken([wished.take(0), wished.take(1)]) == [(COLS, 0), (COLS, 3)]


def test_a_single_row_is_shared_too() -> None:
    wished = WishList([Wish(float(col), (col, 7), (col, 7)) for col in range(6)], 2)
    assert taken([wished.take(0), wished.take(1)]) == [(0, 7), (3, 7)]
