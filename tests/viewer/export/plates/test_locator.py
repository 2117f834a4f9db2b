"""The coasts of a locator: all that is in its window, and no more work than that is worth."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from layers.geo.bounds import Bounds
from sample_data import path as sample_path
from viewer.export.plates.maps.locator import coasts_in, locator_window

WIDTH, HEIGHT = 200.0, 133.0


def shown(window: Bounds) -> list[np.ndarray]:
    return [np.array([(one.x(), one.y()) for one in line.shape]) for line in coasts_in(window, WIDTH, HEIGHT)]


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize(
    "frame",
    [Bounds(10, 45, 11, 46), Bounds(178, -18, 182, -16), Bounds(10, 45, 40, 55), Bounds(-75, -9, -74, -8)],
    ids=["a coast", "both sides of the antimeridian", "the whole world", "inland"],
)
def test_the_coasts_of_a_window_are_there_within_half_a_pixel(frame: Bounds) -> None:
    window = locator_window([frame])
    assert window is not None
    box = shapely.box(0, 0, WIDTH, HEIGHT)
    drawn = shapely.union_all([shapely.LineString(line).buffer(0.75, quad_segs=2) for line in shown(window)])
    zoom = max(int(np.floor(np.log2(360 / window.width))), 0)
    data = json.loads(sample_path("coast.geojson").read_text(encoding="utf-8"))
    for feature in data["features"]:
        if feature["properties"]["min_zoom"] > zoom + 2:
            continue
        for turn in (-360.0, 0.0, 360.0):
            line = shapely.transform(
                shapely.geometry.shape(feature["geometry"]),
                lambda at, turn=turn: (
                    (at + np.array((turn - window.left, -window.top))) * (WIDTH / window.width, -HEIGHT / window.height)
                ),
            )
            part = line.intersection(box)
            if not part.is_empty and part.length > 1.0:
                assert part.difference(drawn).length < 0.02 * part.length + 0.2


def test_places_far_apart_are_shown_on_the_whole_earth() -> None:
    """The check asked for a locator, and there was none to show."""
    for frames in (
        [Bounds(-75, -9, -74, -8), Bounds(112, 28, 124, 40)],
        [Bounds(10, -30, 11, -29), Bounds(10, 60, 11, 61)],
    ):
        window = locator_window(frames)
        assert window is not None
        assert window.width == 360.0
        assert all(window.contains(one) for one in frames)
    assert locator_window([Bounds(-75, -9, 30, -8)]) is None


def test_a_narrow_window_and_the_whole_world_are_few_places() -> None:
    """The shipped coasts have sixty thousand: they were all painted, in each strip of a page."""
    near, whole = locator_window([Bounds(10, 45, 11, 46)]), locator_window([Bounds(10, 45, 40, 55)])
    assert near is not None
    assert whole is not None
    assert 100 < sum(map(len, shown(near))) < 2_000
    assert 3_000 < sum(map(len, shown(whole))) < 15_000
