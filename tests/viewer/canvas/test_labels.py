"""Labels: whole, apart, clear of marks, the important first, always the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from viewer.canvas.labels import Box, LabelLayout, LabelWish, Rank, mark_boxes
from viewer.canvas.site_labels import wrapped

ROOM = Box(0, 0, 640, 480)
RADIUS = 12.0

wish_values = st.lists(
    st.tuples(
        st.floats(-50, 700), st.floats(-50, 520), st.integers(10, 220), st.integers(10, 50), st.sampled_from(Rank)
    ),
    max_size=40,
)


def wishes_of(values) -> list[LabelWish]:
    return [
        LabelWish(f"{i}", f"Label {i}", rank, width, height, ((px, py, RADIUS),))
        for i, (px, py, width, height, rank) in enumerate(values)
    ]


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
    wide = {"width": 600.0, "height": 400.0, "anchors": ((20.0, 240.0, RADIUS),)}
    wishes = [
        LabelWish("setting", "s", Rank.SETTING, **wide),
        LabelWish("claim", "c", Rank.CLAIM, **wide),
        LabelWish("selected", "x", Rank.SELECTED, **wide),
    ]
    assert [label.uuid for label in LabelLayout.of(ROOM, wishes).placed] == ["selected"]
    assert [label.uuid for label in LabelLayout.of(ROOM, wishes[:2]).placed] == ["claim"]


def test_two_at_one_place_are_both_named():
    wishes = [LabelWish(u, u, Rank.CLAIM, 150.0, 34.0, ((300.0, 200.0, RADIUS),)) for u in ("a", "b")]
    layout = LabelLayout.of(ROOM, wishes, mark_boxes(300, 200, RADIUS))
    assert {label.uuid for label in layout.placed} == {"a", "b"}


def test_long_names_are_wrapped_and_no_word_is_lost():
    name = "North China Research Institute of Electro-Optics and Everything Else"
    assert " ".join(wrapped(name).split("\n")) == name
    assert max(len(line) for line in wrapped(name).split("\n")) < 32
    assert wrapped("Kapustin Yar") == "Kapustin Yar"
    assert wrapped("酒泉卫星发射中心") == "酒泉卫星发射中心"
