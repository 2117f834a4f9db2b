"""Rooms of a page: inside it, apart from one another, whatever its size."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from layers.errors import ExportFailed
from viewer.export.layout import LEAST_MAP, Layout, Regions, regions


def rooms(found: Regions) -> list[QRect]:
    every = (found.marking_top, found.header, found.map, found.legend, found.credits, found.marking_bottom)
    return [room for room in every if not room.isEmpty()]


@given(
    st.integers(100, 6000),
    st.integers(100, 6000),
    st.floats(0.3, 4.0),
    st.booleans(),
    st.integers(0, 12),
    st.sampled_from(("", "T")),
    st.sampled_from(("", "S")),
    st.sampled_from(("", "TLP:RED")),
)
def test_rooms_never_overlap_and_stay_on_the_page(
    width, height, ratio, legend, lines, title, subtitle, marking
) -> None:
    layout = Layout(width, height, ratio, title=title, subtitle=subtitle, marking=marking)
    try:
        found = regions(layout, legend, lines)
    except ExportFailed:
        return
    page = QRect(0, 0, width, height)
    for room in rooms(found):
        assert page.contains(room)
    for one, other in combinations(rooms(found), 2):
        assert not one.intersects(other)
    assert min(found.map.width(), found.map.height()) >= LEAST_MAP * ratio
    assert found.header.isEmpty() == (not title and not subtitle)
    assert found.marking_top.isEmpty() == found.marking_bottom.isEmpty() == (not marking)
    assert found.legend.isEmpty() == (not legend)


@pytest.mark.parametrize("size", [(1600, 1000), (800, 600), (1920, 1080), (1080, 1080)])
def test_the_map_takes_most_of_the_usual_pages(size) -> None:
    found = regions(Layout(*size, title="T", subtitle="S", marking="TLP:RED"), True, 5)
    assert found.map.width() * found.map.height() > 0.4 * size[0] * size[1]


def test_a_page_without_room_for_the_map_is_refused() -> None:
    with pytest.raises(ExportFailed, match="16 x 16 pixels has no room for the map at 96 dpi"):
        regions(Layout(16, 16), False, 1)
    with pytest.raises(ExportFailed, match="600 dpi"):
        regions(Layout(800, 600, 600 / 96, title="T"), True, 4)
