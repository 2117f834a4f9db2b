import math

import pytest

from layers.geo.bounds import Bounds


def test_measures_of_bounds():
    bounds = Bounds(-10, 5, 30, 25)
    assert (bounds.width, bounds.height, bounds.centre) == (40, 20, (10, 15))
    assert bounds.expanded(5) == (-15, 0, 35, 30)
    assert bounds.scaled(0.5) == (0, 10, 20, 20)
    assert bounds.is_finite()
    assert not Bounds(0, 0, math.inf, 1).is_finite()


def test_only_reversed_or_nan_bounds_are_empty():
    assert not Bounds(3, 3, 3, 3).is_empty
    assert Bounds(4, 0, 3, 1).is_empty
    assert Bounds(math.nan, 0, 3, 1).is_empty


def test_intersection_and_union():
    one, other = Bounds(0, 0, 10, 10), Bounds(5, -5, 20, 5)
    assert one.intersects(other)
    assert one.intersection(other) == (5, 0, 10, 5)
    assert one.union(other) == (0, -5, 20, 10)
    assert one.intersects(Bounds(10, 0, 11, 1))
    assert one.intersection(Bounds(10.1, 0, 11, 1)) is None
    assert not one.intersects(Bounds(9, 9, 1, 1))
    assert not one.intersects(Bounds(math.nan, 0, 5, 5))


def test_an_empty_one_adds_nothing_to_a_union():
    one, empty = Bounds(0, 0, 10, 10), Bounds(99, 0, 98, 1)
    assert one.union(empty) == empty.union(one) == one


def test_containment_includes_the_edge():
    one = Bounds(0, 0, 10, 10)
    assert one.contains_point(10, 0)
    assert not one.contains_point(10.1, 0)
    assert not one.contains_point(math.nan, 0)
    assert one.contains(one)
    assert not one.contains(Bounds(1, 1, 2, 11))
    assert not one.contains(Bounds(8, 8, 2, 2))


def test_bounds_of_points_leave_out_what_is_not_finite():
    assert Bounds.of_points([1, math.nan, 3], [5, 100, 2]) == (1, 2, 3, 5)
    with pytest.raises(ValueError, match="no finite point"):
        Bounds.of_points([math.nan], [1])
