"""Labels: whole, apart, clear of marks, the important first, always the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shapely import LineString, Polygon, box, unary_union
from shapely.affinity import rotate

from layers.vector.labels.curved import Name, anchors_along
from layers.vector.labels.label_layout import (
    Anchor,
    Box,
    LabelLayout,
    LabelRequest,
    PlacedLabel,
    Rank,
    leader_start,
    mark_boxes,
)

ROOM = Box(0, 0, 640, 480)
RADIUS = 12.0

wish_values = st.lists(
    st.tuples(
        st.floats(-50, 700), st.floats(-50, 520), st.integers(10, 220), st.integers(10, 50), st.sampled_from(Rank)
    ),
    max_size=40,
)


def wishes_of(values) -> list[LabelRequest]:
    return [
        LabelRequest(f"{i}", f"Label {i}", rank, width, height, (Anchor(px, py, RADIUS),))
        for i, (px, py, width, height, rank) in enumerate(values)
    ]


@pytest.mark.bounded
@given(wish_values)
def test_no_label_overlaps_another_or_a_mark_and_all_are_whole(values):
    marks = [box for px, py, *_ in values for box in mark_boxes(px, py, RADIUS)]
    layout = LabelLayout.of(ROOM, wishes_of(values), marks)
    for i, label in enumerate(layout.placed):
        assert min(label.box.left - ROOM.left, ROOM.right - label.box.right) >= 0
        assert min(label.box.top - ROOM.top, ROOM.bottom - label.box.bottom) >= 0
        assert not any(label.box.overlaps(other.box) for other in layout.placed[i + 1 :])
        assert not any(label.box.overlaps(mark) for mark in marks)


@given(wish_values)
def test_the_same_wishes_give_the_same_layout(values):
    assert LabelLayout.of(ROOM, wishes_of(values)).placed == LabelLayout.of(ROOM, wishes_of(values)).placed


def test_the_important_label_wins():
    wide = {"width": 600.0, "height": 400.0, "anchors": (Anchor(20.0, 240.0, RADIUS),)}
    wishes = [
        LabelRequest("setting", "s", Rank.SETTING, **wide),
        LabelRequest("claim", "c", Rank.CLAIM, **wide),
        LabelRequest("selected", "x", Rank.SELECTED, **wide),
    ]
    assert [label.uuid for label in LabelLayout.of(ROOM, wishes).placed] == ["selected"]
    assert [label.uuid for label in LabelLayout.of(ROOM, wishes[:2]).placed] == ["claim"]


def test_two_at_one_place_are_both_named():
    wishes = [LabelRequest(u, u, Rank.CLAIM, 150.0, 34.0, (Anchor(300.0, 200.0, RADIUS),)) for u in ("a", "b")]
    layout = LabelLayout.of(ROOM, wishes, mark_boxes(300, 200, RADIUS))
    assert {label.uuid for label in layout.placed} == {"a", "b"}


turned_values = st.lists(
    st.tuples(
        st.floats(0, 640),
        st.floats(0, 480),
        st.integers(20, 160),
        st.integers(10, 20),
        st.floats(-90, 90),
        st.sampled_from(["around", "over", "along"]),
    ),
    max_size=30,
)


def outline(label: PlacedLabel, wish: LabelRequest) -> Polygon:
    """What a label really covers."""
    x, y = label.centre
    flat = box(x - wish.width / 2, y - wish.height / 2, x + wish.width / 2, y + wish.height / 2)
    return rotate(flat, label.angle_deg, origin=(x, y))


@given(turned_values)
def test_labels_on_lines_and_at_the_end_of_leaders_keep_apart_too(values):
    wishes = [
        LabelRequest(f"{i}", f"{i}", Rank.LAYER, w, h, (Anchor(px, py, 5.0, way, angle),), leader=True)
        for i, (px, py, w, h, angle, way) in enumerate(values)
    ]
    marks = [part for px, py, *_ in values for part in mark_boxes(px, py, 5.0)]
    placed = LabelLayout.of(ROOM, wishes, marks).placed
    by_uuid = {wish.uuid: wish for wish in wishes}
    outlines = [outline(label, by_uuid[label.uuid]) for label in placed]
    for i, one in enumerate(outlines):
        assert one.within(box(*ROOM).buffer(1e-6))
        assert not any(one.intersection(other).area > 1e-6 for other in outlines[i + 1 :])
        assert not any(one.intersection(box(*mark)).area > 1e-6 for mark in marks)
    for label in placed:
        if label.leader is not None:
            line = LineString([leader_start(label.px, label.py, label.clearance, label.leader), label.leader])
            others = [one for one, other in zip(outlines, placed, strict=True) if other is not label]
            assert not any(line.crosses(other) for other in others)


bent_values = st.lists(
    st.tuples(st.floats(0, 640), st.floats(0, 480), st.floats(20, 200), st.booleans(), st.floats(160, 300)), max_size=20
)


@pytest.mark.bounded
@given(bent_values)
def test_labels_along_bends_keep_apart_letter_by_letter(values):
    name = Name((7.0,) * 12, 90.0, 16.0, 2.0)
    wishes = []
    for i, (px, py, radius, flat, first) in enumerate(values):
        at = np.radians(np.linspace(first, first + 110, 90))
        line = np.column_stack([px + radius * np.cos(at), py + radius * np.sin(at)])
        anchors = (Anchor(px, py, 5.0),) if flat else anchors_along(line, ROOM, name)
        wishes.append(LabelRequest(f"{i}", f"{i}", Rank.LINE, 90.0, 16.0, anchors, advances=name.advances))
    marks = [part for px, py, *_ in values for part in mark_boxes(px, py, 5.0)]
    placed = LabelLayout.of(ROOM, wishes, marks).placed
    outlines = [letters_outline(one, name) if one.letters else outline(one, wishes[0]) for one in placed]
    for i, one in enumerate(outlines):
        assert one.within(box(*ROOM).buffer(1e-6))
        assert one.within(box(*placed[i].box).buffer(1e-6))
        assert not any(one.intersection(other).area > 1e-6 for other in outlines[i + 1 :])
        assert not any(one.intersection(box(*mark)).area > 1e-6 for mark in marks)
        moved = placed[i].moved(7.0, -3.0)
        assert (moved.letters, moved.px) == (placed[i].letters, placed[i].px + 7.0)


def letters_outline(label: PlacedLabel, name: Name) -> Polygon:
    """Its letters with half of what their label is wider than they about each."""
    room, found = (name.width - sum(name.advances)) / 2, []
    for letter, advance in zip(label.letters, name.advances, strict=True):
        x, y, half = label.px + letter.dx, label.py + letter.dy, advance / 2 + room
        flat = box(x - half, y - name.height / 2, x + half, y + name.height / 2)
        found.append(rotate(flat, letter.angle_deg, origin=(x, y)))
    return unary_union(found)


def test_a_crowded_mark_gets_a_leader_where_it_may():
    crowd = mark_boxes(300, 200, 5) + tuple(
        Box(300 + dx, 200 + dy, 320 + dx, 214 + dy) for dx in (-28, 8, 3) for dy in (-20, -7, 6)
    )
    wish = LabelRequest("a", "a", Rank.LAYER, 60.0, 16.0, (Anchor(300.0, 200.0, 5.0),))
    assert not LabelLayout.of(ROOM, [wish], crowd).placed
    (label,) = LabelLayout.of(ROOM, [replace(wish, leader=True)], crowd).placed
    assert label.leader is not None
    assert label.box.left in (round(label.leader[0]), round(label.leader[0]) - 60)


def test_work_is_bounded():
    wishes = [
        LabelRequest(f"{i}", "x", Rank.LAYER, 60.0, 16.0, (Anchor(300.0, 200.0, 5.0),), leader=True)
        for i in range(5000)
    ]
    assert LabelLayout.of(ROOM, wishes).looked_at < 7000


def test_a_site_stands_on_signs_of_layers_where_nothing_else_is_free_and_a_feature_never_does():
    everywhere = [Box(0, 0, 640, 480)]
    anchor = (Anchor(320.0, 240.0, RADIUS),)
    site = LabelRequest("s", "Site", Rank.SETTING, 60, 20, anchor)
    feature = LabelRequest("f", "Feature", Rank.LAYER, 60, 20, anchor)
    assert [one.uuid for one in LabelLayout.of(ROOM, [feature, site], [], everywhere).placed] == ["s"]
    assert LabelLayout.of(ROOM, [feature, site], everywhere).placed == []
    free = [Box(320 + RADIUS, 0, 640, 480)]  # right of the mark: the first choice
    (label,) = LabelLayout.of(ROOM, [site], [], free).placed
    assert not any(label.box.overlaps(mark) for mark in free), "it keeps clear where it can"
