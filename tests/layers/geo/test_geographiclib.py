"""Lengths, azimuths, areas, perimeters and cross-track distances as geographiclib computes them, by its own code."""

from __future__ import annotations

import math
import random

import pytest
import shapely
from geographiclib.geodesic import Geodesic

from layers.document.marks.measurement import measured
from layers.geo.cross_track import cross_track
from layers.geo.measure import area_m2, azimuth_deg, distance_m, length_m, perimeter_m

CASES = 1000
EARTH = Geodesic.WGS84
type Place = tuple[float, float]


def near_enough(metres: float) -> float:
    return 1e-3 + 1e-9 * abs(metres)


def places(random_: random.Random) -> list[tuple[Place, Place]]:
    """Pairs anywhere, close together, across the dateline, at the poles, and nearly or exactly opposite."""
    found: list[tuple[Place, Place]] = []
    for at in range(CASES):
        lon, lat = random_.uniform(-180, 180), math.degrees(math.asin(random_.uniform(-1, 1)))
        other: Place = (random_.uniform(-180, 180), math.degrees(math.asin(random_.uniform(-1, 1))))
        match at % 8:
            case 1:
                other = lon + random_.uniform(-1e-4, 1e-4), max(-90, min(90, lat + random_.uniform(-1e-4, 1e-4)))
            case 2:
                lon, other = random_.uniform(179, 180), (random_.uniform(-180, -179), other[1])
            case 3:
                other = lon + 180.0 + random_.uniform(-0.6, 0.6), -lat + random_.uniform(-0.3, 0.3)
            case 4:
                other = lon + 180.0, -lat
            case 5:
                lat = random_.choice((90.0, -90.0, 0.0))
            case 6:
                other = lon + 360.0 * random_.choice((-1, 1)) + random_.uniform(-2, 2), lat
        found.append(((lon, lat), (other[0], max(-90.0, min(90.0, other[1])))))
    return found


def test_lengths_and_azimuths() -> None:
    for a, b in places(random.Random(1)):
        line = EARTH.Inverse(a[1], a[0], b[1], b[0])
        assert abs(distance_m(*a, *b) - line["s12"]) <= near_enough(line["s12"])
        assert abs(length_m([a[0], b[0]], [a[1], b[1]]) - line["s12"]) <= near_enough(line["s12"])
        if line["s12"] < 19_900_000:
            turn = math.radians(azimuth_deg(*a, *b) - line["azi1"])
            assert abs(math.sin(turn)) * min(line["s12"], 6_371_000.0) <= near_enough(line["s12"])
            assert math.cos(turn) > 0 or line["s12"] < 1e-3
        # Opposite places are joined by several lines of one length: then our azimuth leads to the place as well.
        ends = EARTH.Direct(a[1], a[0], azimuth_deg(*a, *b), line["s12"])
        assert EARTH.Inverse(ends["lat2"], ends["lon2"], b[1], b[0])["s12"] <= near_enough(line["s12"])


@pytest.mark.bounded
def test_areas_and_perimeters() -> None:
    random_ = random.Random(2)
    for at in range(CASES):
        lon, lat = random_.uniform(-180, 180), random_.uniform(-89, 89)
        if at % 4 == 1:
            lon = 180.0 + random_.uniform(-0.5, 0.5)
        if at % 4 == 2:
            lat = random_.choice((-1, 1)) * random_.uniform(88, 89.99)
        size = 10 ** random_.uniform(-4, 1.5)
        turns = sorted(random_.uniform(0, 2 * math.pi) for _ in range(random_.randint(3, 12)))
        lats = [max(-90.0, min(90.0, lat + size * math.sin(turn))) for turn in turns]
        lons = [lon + size * math.cos(turn) for turn in turns]
        polygon = EARTH.Polygon()
        for y, x in zip(lats, lons, strict=True):
            polygon.AddPoint(y, x)
        _, around, area = polygon.Compute(False, True)
        assert abs(perimeter_m(lons, lats) - around) <= near_enough(around)
        assert abs(area_m2(lons, lats) - abs(area)) <= near_enough(area)
        if shapely.Polygon(zip(lons, lats, strict=True)).is_valid:
            drawn = shapely.Polygon(zip(lons, lats, strict=True))
            assert measured("perimeter", drawn).value == pytest.approx(around, abs=near_enough(around))
            assert measured("area", drawn).value == pytest.approx(abs(area), abs=near_enough(area))


def test_angles_are_between_the_azimuths_of_geographiclib() -> None:
    random_ = random.Random(4)
    for _ in range(CASES):
        a, corner, b = ((random_.uniform(-180, 180), random_.uniform(-89, 89)) for _ in range(3))
        azimuths = [EARTH.Inverse(corner[1], corner[0], end[1], end[0])["azi1"] for end in (a, b)]
        turn = abs(azimuths[1] - azimuths[0]) % 360.0
        value = measured("angle", shapely.LineString([a, corner, b])).value
        assert value == pytest.approx(min(turn, 360.0 - turn), abs=1e-7)


def off_track_m(a: Place, b: Place, place: Place, along_m: float) -> float:
    """The least distance of a place from the line, looked for by golden sections about a foot."""
    line = EARTH.Line(a[1], a[0], EARTH.Inverse(a[1], a[0], b[1], b[0])["azi1"])

    def far(along: float) -> float:
        at = line.Position(along)
        return float(EARTH.Inverse(at["lat2"], at["lon2"], place[1], place[0])["s12"])

    low, high, golden = along_m - 50_000.0, along_m + 50_000.0, (math.sqrt(5) - 1) / 2
    while high - low > 1e-3:
        one, other = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, other) if far(one) < far(other) else (one, high)
    return far((low + high) / 2)


@pytest.mark.bounded
def test_cross_track_distances() -> None:
    random_ = random.Random(3)
    for at in range(CASES):
        lon, lat = random_.uniform(-180, 180), random_.uniform(-80, 80)
        if at % 3 == 1:
            lon = 180.0 + random_.uniform(-1, 1)
        ahead = EARTH.Direct(lat, lon, random_.uniform(0, 360), 10 ** random_.uniform(2, 7))
        if at % 5 == 1:
            ahead = {"lon2": lon + 180.0 + random_.uniform(-1, 1), "lat2": -lat + random_.uniform(-1, 1)}
        aside = EARTH.Direct(lat, lon, random_.uniform(0, 360), 10 ** random_.uniform(1, 6.8))
        a, b, place = (lon, lat), (ahead["lon2"], ahead["lat2"]), (aside["lon2"], aside["lat2"])
        found = cross_track(a, b, place)
        expected = off_track_m(a, b, place, found.along_m)
        assert abs(abs(found.offset_m) - expected) <= near_enough(expected)
        assert abs(found.along_m) <= 20_003_931.5 / 2 + 100_000, "the nearer of the perpendiculars"


def test_a_cross_track_distance_has_its_side_its_foot_and_its_way() -> None:
    a, b = (10.0, 0.0), (12.0, 0.0)
    left, right = cross_track(a, b, (11.0, 1.0)), cross_track(a, b, (11.0, -1.0))
    assert left.offset_m < 0 < right.offset_m
    assert left.offset_m == pytest.approx(-110_574.4, abs=0.5)
    assert left.foot == pytest.approx((11.0, 0.0), abs=1e-9)
    assert left.along_m == pytest.approx(distance_m(*a, 11.0, 0.0), abs=1e-3)
    assert cross_track(a, b, (9.0, 0.5)).along_m < 0, "the line runs on behind its first place"
    assert cross_track(a, b, (11.5, 0.0)).offset_m == pytest.approx(0.0, abs=1e-3)
    assert cross_track((179.9, 0.0), (-179.9, 0.0), (180.0, 0.1)).foot == pytest.approx((180.0, 0.0), abs=1e-9)
    assert cross_track(a, b, a).offset_m == pytest.approx(0.0, abs=1e-6)
    assert cross_track(a, b, a).along_m == pytest.approx(0.0, abs=1e-6)
