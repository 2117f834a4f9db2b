"""The index of pictures that servers of maps have drawn."""

from __future__ import annotations

from pathlib import Path

from layers.geo.bounds import Bounds
from layers.services.drawn_views import DrawnView, DrawnViews


def view(number: int, resolution: float = 1.0) -> DrawnView:
    return DrawnView(f"{number:032x}", (number, 0.0, number + 10.0, 10.0), resolution)


def test_views_are_told_in_the_order_in_which_they_were_seen_and_survive(tmp_path: Path) -> None:
    views = DrawnViews(tmp_path / "seen", most_views=3)
    for number in (1, 2, 1, 3, 4):
        views.note("a", view(number))
    assert DrawnViews(tmp_path / "seen", most_views=3).views_of("a") == [view(1), view(3), view(4)]
    assert views.views_of("b") == []
    assert view(1).meets(Bounds(10, 9, 20, 20))
    assert not view(1).meets(Bounds(11, 0, 20, 10))


def test_the_index_is_bounded_and_damaged_rows_are_passed_over(tmp_path: Path) -> None:
    views = DrawnViews(tmp_path, most_views=4, most_services=2)
    for number in range(40):
        views.note("a", view(number))
    (path,) = tmp_path.iterdir()
    assert len(path.read_bytes().splitlines()) <= 9
    path.write_bytes(path.read_bytes() + b'["cut\n[1]\n{}\n')
    assert views.views_of("a") == [view(number) for number in range(36, 40)]
    for name in "bcd":
        views.note(name, view(1))
    assert len(list(tmp_path.iterdir())) == 2
