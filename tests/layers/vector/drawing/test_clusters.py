"""Clusters: nothing is lost or counted twice, and they lie still."""

from __future__ import annotations

import numpy as np
import pytest

from layers.vector.drawing.clusters import clustered
from layers.vector.drawing.content import FeatureClasses, VectorContent
from layers.vector.style.symbol import Symbol
from layers.vector.table import POINT, FeatureTable, StepGrid


def points(xy: np.ndarray, first_fid: int = 1) -> FeatureTable:
    steps = np.asarray(xy, np.float64) * 10
    return FeatureTable(StepGrid("EPSG:3857", 0.0, 0.0, 0.1), POINT, first_fid, None, None, steps.astype(np.int32))


@pytest.mark.parametrize("cell", [1.0, 7.5, 40.0, 1e6])
def test_every_point_is_drawn_or_counted_once(cell: float) -> None:
    xy = np.random.default_rng(2).uniform(-100, 100, (300, 2))
    content, found = clustered(VectorContent((points(xy[:100]), points(xy[100:], 101))), cell)
    assert content.shown is not None
    assert len(content.shown) + found.counts.sum() == 300
    assert (found.counts > 1).all()
    assert found.xy.min() >= -100.1
    assert found.xy.max() <= 100.1


def test_a_cluster_stands_in_the_middle_of_its_points() -> None:
    content, found = clustered(VectorContent((points([(1, 1), (3, 1), (50, 50)]),)), 10.0)
    assert found.xy.tolist() == [[2.0, 1.0]]
    assert found.counts.tolist() == [2]
    assert content.shown is not None
    assert content.shown.tolist() == [3]


def test_what_is_filtered_or_hidden_is_not_counted() -> None:
    table = points([(1, 1), (2, 1), (3, 1), (4, 1)])
    classes = FeatureClasses(np.arange(1, 5), np.array([0, 0, 1, 0], np.uint16))
    content = VectorContent((table,), (Symbol(), None), classes, np.array([1, 3, 4]))
    assert clustered(content, 10.0)[1].counts.tolist() == [2]


def test_no_two_clusters_of_neighbours_stand_on_each_other_and_each_knows_its_members() -> None:
    xy = np.random.default_rng(5).normal(0, 60, (2000, 2))
    _, found = clustered(VectorContent((points(xy),)), 25.0)
    away = np.hypot(*(found.xy[:, None] - found.xy[None]).transpose(2, 0, 1)) + np.eye(len(found.xy)) * 1e9
    assert (away.min(axis=1) < 25 * 0.5).mean() < 0.05, "hardly any sign is near to another"
    members = [found.members_of(i) for i in range(len(found.counts))]
    assert [len(one) for one in members] == found.counts.tolist()
    assert len(np.unique(np.concatenate(members))) == found.counts.sum()
    for i, one in enumerate(members):
        assert np.allclose(xy[one - 1].mean(axis=0), found.xy[i], atol=0.2)


def test_two_points_at_both_sides_of_a_square_are_one() -> None:
    _, found = clustered(VectorContent((points([(9.5, 5), (10.5, 5), (39, 5)]),)), 10.0)
    assert found.counts.tolist() == [2]
    assert found.members_of(0).tolist() == [1, 2]
