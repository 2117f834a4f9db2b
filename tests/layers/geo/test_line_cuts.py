"""The cut of lines in one pass gives what a rectangle a turn gives, piece by piece."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.geo.antimeridian import cut_line, split_geometry
from layers.geo.longitudes import unwrap_longitudes

# Round numbers, so that points often lie on an edge, stand twice, or run along it.
PLACES = st.tuples(st.sampled_from(range(-720, 721, 45)), st.sampled_from(range(-105, 106, 15)), st.integers(0, 3))
ANYWHERE = st.tuples(st.floats(-400, 400), st.floats(-95, 95), st.floats(0, 9))
LINES = st.one_of(st.lists(PLACES, min_size=2, max_size=12), st.lists(ANYWHERE, min_size=2, max_size=12))


def by_rectangles(line: np.ndarray) -> list[shapely.Geometry]:
    """As it was done before: the whole line clipped once a turn."""
    whole, found = shapely.LineString(line), []
    left, _, right, _ = whole.bounds
    for turn in range(math.floor((left + 180) / 360), math.ceil((right + 180) / 360)):
        west = -180.0 + 360.0 * turn
        parts = shapely.get_parts(shapely.clip_by_rect(whole, west, -90, west + 360, 90))
        shift = np.array([-360.0 * turn] + [0.0] * (line.shape[1] - 1))
        found += [
            shapely.transform(part, lambda c, by=shift: c + by, include_z=part.has_z)
            for part in parts
            if part.geom_type == "LineString"
        ]
    return found


def unwrapped(places: list[tuple[float, float, float]], width: int) -> np.ndarray:
    line = np.array(places, dtype=np.float64)[:, :width]
    line[:, 0] = unwrap_longitudes(line[:, 0])
    return line


@pytest.mark.bounded
@settings(max_examples=500, deadline=None)
@given(LINES, st.sampled_from([2, 3]))
@example([(170, 0, 0), (180, 5, 0), (180, 10, 0), (190, 12, 0)], 2)
@example([(190, 1, 0), (190, 1, 0), (170, 3, 0)], 3)
def test_pieces_are_those_of_a_rectangle_a_turn(places, width):
    line = unwrapped(places, width)
    ours, theirs = cut_line(line), by_rectangles(line)
    assert len(ours) == len(theirs), (ours, theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert shapely.equals_exact(one, other, tolerance=1e-9), (one, other)
        assert one.has_z == other.has_z


@given(LINES)
def test_no_part_of_a_line_is_lost(places):
    line = unwrapped(places, 2)
    line[:, 1] = line[:, 1].clip(-80, 80)
    along = (np.diff(line[:, 0]) == 0) & ((line[1:, 0] + 180) % 360 == 0)
    wanted = np.hypot(*np.diff(line, axis=0).T)[~along].sum()
    assert sum(piece.length for piece in cut_line(line)) == pytest.approx(wanted, abs=1e-6)


def test_a_line_of_hundreds_of_turns_is_cut_in_one_pass():
    """300,000 points, 800 turns: as many pieces, and one more."""
    lon = np.linspace(0, 360 * 800, 300_000)
    line = shapely.LineString(np.column_stack([(lon + 180) % 360 - 180, 40 * np.sin(lon / 97)]))
    split = split_geometry(line)
    assert shapely.get_num_geometries(split) == 801
    left, _, right, _ = split.bounds
    assert (left, right) == (-180, 180)
