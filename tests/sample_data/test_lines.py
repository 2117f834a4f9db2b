"""The shipped lines: whole at the antimeridian, plain GeoJSON, and nothing told that the source does not tell."""

import json
from itertools import pairwise
from typing import Any

import pytest
import shapely

from sample_data import path
from sample_data.build.coast import clean_lines, is_disputed

SIZES = {"coast.geojson": 1428, "boundaries.geojson": 390}


def features(name: str) -> list[dict[str, Any]]:
    return json.loads(path(name).read_text(encoding="utf-8"))["features"]


def lines(name: str) -> list[list[tuple[float, float]]]:
    found = []
    for feature in features(name):
        kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
        found += [coordinates] if kind == "LineString" else coordinates
    return found


@pytest.mark.parametrize("name", SIZES)
def test_layer_is_whole(name: str) -> None:
    assert len(features(name)) == SIZES[name]
    assert path(name).stat().st_size <= 2_000_000
    for line in lines(name):
        assert len(line) >= 2
        assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in line)
        assert all(round(x, 4) == x and round(y, 4) == y for x, y in line)


@pytest.mark.parametrize("name", SIZES)
def test_no_line_jumps_across_or_runs_along_the_antimeridian(name: str) -> None:
    for line in lines(name):
        for (x0, _), (x1, _) in pairwise(line):
            assert abs(x1 - x0) <= 180
            assert not (abs(x0) == 180 and x0 == x1)


def test_every_coast_that_ends_at_the_antimeridian_goes_on_beyond_it() -> None:
    ends = [tuple(line[index]) for line in lines("coast.geojson") for index in (0, -1)]
    east = sorted(y for x, y in ends if x == 180)
    west = sorted(y for x, y in ends if x == -180)
    assert len(east) == len(west) >= 8
    assert east == pytest.approx(west, abs=0.002)
    assert not [x for x, _ in ends if 179.998 < abs(x) < 180]


def test_clean_lines_leaves_out_what_follows_the_antimeridian() -> None:
    island = shapely.LineString([(179, 1), (179.9995, 1), (180, 2), (179, 2), (179, 2)])
    assert clean_lines(island) == [[(179, 1), (180, 1)], [(180, 2), (179, 2)]]


def test_clean_lines_refuses_a_line_around_the_earth() -> None:
    with pytest.raises(ValueError, match="antimeridian"):
        clean_lines(shapely.LineString([(179, 1), (-179, 1)]))


def test_boundaries_tell_the_disputed_ones() -> None:
    flags = [feature["properties"]["disputed"] for feature in features("boundaries.geojson")]
    assert {type(flag) for flag in flags} == {bool}
    assert 30 <= sum(flags) <= 50
    crimea = shapely.Point(34.3, 46.0)
    for feature in features("boundaries.geojson"):
        if shapely.distance(shapely.geometry.shape(feature["geometry"]), crimea) < 0.3:
            assert feature["properties"]["disputed"]


@pytest.mark.parametrize(
    ("row", "disputed"),
    [
        ({"FEATURECLA": "International boundary (verify)", "FCLASS_CN": None}, False),
        ({"FEATURECLA": "International boundary (verify)", "FCLASS_CN": "Unrecognized"}, True),
        ({"FEATURECLA": "Line of control (please verify)", "FCLASS_CN": None}, True),
    ],
)
def test_is_disputed(row: dict[str, Any], disputed: bool) -> None:
    assert is_disputed(row) == disputed
