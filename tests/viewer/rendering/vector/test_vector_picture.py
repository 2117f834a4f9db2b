"""The picture of a vector layer is one value: parts made of the same are kept, slow ones come when they are made."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from msgspec.structs import replace

from layers.vector.columns import attributes_of, column_of
from layers.vector.drawing.content import FeatureClasses
from layers.vector.style.symbol import Symbol
from tests.support.tiny_tables import table_of
from viewer.rendering.vector.vector_picture import Effort, VectorPicture, Wanted, resolved

RED, BLUE = (Symbol(color, 1.0, color) for color in ("#ff0000", "#0000ff"))


@pytest.fixture
def wanted() -> Wanted:
    """Three points, two of them near each other, named."""
    table = table_of([shapely.Point(x, 100) for x in (10, 12, 200)])
    attributes = attributes_of([1, 2, 3], [column_of("a", ["x", "y", "z"])])
    return Wanted((table,), (RED,), selected=np.array([2]), attributes=attributes, label_text="{a}")


@pytest.fixture
def whole(wanted: Wanted) -> VectorPicture:
    return resolved(wanted, VectorPicture(), Effort.ALL)


def test_labels_take_the_most_effort_and_the_rest_is_there_before_them(wanted: Wanted) -> None:
    at_once = resolved(wanted, VectorPicture(), Effort.AT_ONCE)
    assert at_once.drawn.tables == wanted.tables
    assert not at_once.selected.tables
    features = resolved(wanted, at_once, Effort.FEATURES)
    assert [len(table) for table in features.selected.tables] == [1]
    assert features.labels is None
    everything = resolved(wanted, features, Effort.ALL)
    assert [picture.is_whole for picture in (at_once, features, everything)] == [False, False, True]
    assert everything.labels is not None
    assert everything.drawn is at_once.drawn
    assert everything.selected is features.selected


def test_what_is_wanted_already_is_nothing_new(wanted: Wanted, whole: VectorPicture) -> None:
    again = resolved(replace(wanted), whole, Effort.AT_ONCE)
    assert again.is_whole
    assert not again.differs_from(whole)


def test_other_colours_are_painted_at_once_with_the_labels_there_are(wanted: Wanted, whole: VectorPicture) -> None:
    blue = resolved(replace(wanted, symbols=(BLUE,)), whole, Effort.AT_ONCE)
    assert blue.drawn.symbols == (BLUE,)
    assert blue.labels is whole.labels
    assert not blue.is_whole, "the selected ones are to follow"


def test_another_selection_leaves_all_else_alone(wanted: Wanted, whole: VectorPicture) -> None:
    other = resolved(replace(wanted, selected=np.array([1, 3])), whole, Effort.ALL)
    assert [len(table) for table in other.selected.tables] == [2]
    assert other.drawn is whole.drawn
    assert other.labels is whole.labels
    none = resolved(replace(wanted, selected=np.zeros(0, np.int64)), whole, Effort.AT_ONCE)
    assert none.is_whole
    assert not none.selected.tables


def test_until_a_filter_or_classes_are_worked_out_all_stays_as_it_is(wanted: Wanted, whole: VectorPicture) -> None:
    classes = FeatureClasses(np.array([1, 2, 3]), np.array([0, 1, 0], np.uint16))
    for other in (replace(wanted, shown=np.array([2, 3])), replace(wanted, symbols=(RED, BLUE), classes=classes)):
        waiting = resolved(other, whole, Effort.AT_ONCE)
        assert (waiting.drawn, waiting.selected, waiting.labels) == (whole.drawn, whole.selected, whole.labels)
        assert not waiting.is_whole
        there = resolved(other, waiting, Effort.ALL)
        assert there.is_whole
        assert there.drawn.is_ready
        assert there.drawn.shown is other.shown
        assert there.labels is not whole.labels


def test_clusters_of_another_resolution_come_when_they_are_made(wanted: Wanted, whole: VectorPicture) -> None:
    near = resolved(replace(wanted, cell=20.0), whole, Effort.ALL)
    assert near.clusters is not None
    assert near.clusters.counts.tolist() == [2]
    assert near.drawn.shown.tolist() == [3]
    waiting = resolved(replace(wanted, cell=1.0), near, Effort.AT_ONCE)
    assert (waiting.clusters, waiting.drawn) == (near.clusters, near.drawn)
    assert resolved(replace(wanted, cell=1.0), waiting, Effort.FEATURES).clusters.counts.tolist() == []
    blue = resolved(replace(wanted, cell=20.0, symbols=(BLUE,)), near, Effort.AT_ONCE)
    assert blue.clusters is near.clusters
    assert blue.drawn.symbols == (BLUE,)
    gone = resolved(Wanted(cell=20.0), near, Effort.AT_ONCE)
    assert gone.is_whole
    assert gone.clusters is None
    assert not gone.drawn.tables


def test_fewer_symbols_than_the_classes_known_are_never_painted_with_them(wanted: Wanted, whole: VectorPicture) -> None:
    """A style without classes again, while the classes of the one before are still those known."""
    classes = FeatureClasses(np.array([1, 2, 3]), np.array([0, 1, 2], np.uint16))
    classed = resolved(replace(wanted, symbols=(RED, BLUE, RED), classes=classes), whole, Effort.ALL)
    fewer = replace(wanted, symbols=(BLUE,), classes=classes)
    waiting = resolved(fewer, classed, Effort.AT_ONCE)
    assert waiting.drawn is classed.drawn, "symbols and classes change together"
    assert not waiting.is_whole
    there = resolved(fewer, waiting, Effort.ALL)
    assert there.drawn.symbols == (BLUE,)
    assert classes.codes_of(np.array([1, 2, 3]), 0).tolist() == [0, 0, 0], "no code beyond the symbols there are"
