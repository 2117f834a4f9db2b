"""A dialog beside the map hides no sign where there is another place for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize

from viewer.panels.beside_map import NEAR_PX, place_beside

WINDOW, MAP = QRect(0, 0, 1366, 768), QRect(305, 70, 705, 670)


def test_it_stands_over_the_docks() -> None:
    place = place_beside(QSize(340, 300), WINDOW, MAP)
    assert not QRect(place, QSize(340, 300)).intersects(MAP)


def test_without_docks_it_goes_where_no_sign_is() -> None:
    size, signs = QSize(340, 300), [QPoint(x, y) for x in range(500, 1340, 60) for y in range(30, 740, 60)]
    dialog = QRect(place_beside(size, WINDOW, WINDOW, signs), size)
    assert not any(dialog.contains(sign) for sign in signs)
    assert dialog.left() < 200


@given(st.lists(st.tuples(st.integers(0, 1366), st.integers(0, 768)), max_size=30), st.integers(100, 1400))
def test_it_is_always_in_the_window_and_no_corner_hides_less(places: list[tuple[int, int]], width: int) -> None:
    size, signs = QSize(width, 300), [QPoint(*place) for place in places]
    dialog = QRect(place_beside(size, WINDOW, MAP, signs), size)
    assert WINDOW.contains(dialog.topLeft())
    near = dialog.adjusted(-NEAR_PX, -NEAR_PX, NEAR_PX, NEAR_PX)
    corner = QRect(QPoint(max(12, 0), 768 - 12 - 300), size).adjusted(-NEAR_PX, -NEAR_PX, NEAR_PX, NEAR_PX)
    assert sum(near.contains(sign) for sign in signs) <= sum(corner.contains(sign) for sign in signs)
