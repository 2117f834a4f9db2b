"""Wide areas lie as their own bbox says; rings that are not closed are closed, and that is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.readers.geojson.json_boxes import as_boxed
from layers.requests.probe import Probe
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
CLOCKWISE = [[-170, 0], [-170, 40], [160, 40], [160, 0], [-170, 0]]
WIDE, STRIP = [-170.0, 0.0, 160.0, 40.0], [160.0, 0.0, 190.0, 40.0]


def area(ring: list[list[float]], **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Polygon", "coordinates": [ring]}, **more}


def layer(path: Path, *features: dict[str, Any], **more: Any) -> dict[str, Any]:
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": features}))
    return POOL.ask(Probe(str(path))).header["layers"][0]


@pytest.mark.parametrize(
    ("ring", "box", "expected"),
    [
        (CLOCKWISE, [-170, 0, 160, 40], WIDE),
        (CLOCKWISE, [-170, 0, 0, 160, 40, 9], WIDE),
        (CLOCKWISE, [160, 0, -170, 40], STRIP),
        (CLOCKWISE[::-1], [160, 0, -170, 40], STRIP),
        (CLOCKWISE[::-1], [-170, 0, 160, 40], WIDE),
        (CLOCKWISE, None, STRIP),
        (CLOCKWISE, ["a", 0, 160, 40], STRIP),
    ],
)
def test_a_wide_area_lies_as_its_own_box_says(tmp_path: Path, ring: Any, box: Any, expected: list[float]) -> None:
    more = {} if box is None else {"bbox": box}
    assert layer(tmp_path / "a.geojson", area(ring, **more))["bounds_lonlat"] == expected


def test_a_box_of_the_geometry_decides_too_and_that_of_all_does_not(tmp_path: Path) -> None:
    feature = area(CLOCKWISE)
    feature["geometry"]["bbox"] = [-170, 0, 160, 40]
    assert layer(tmp_path / "a.geojson", feature)["bounds_lonlat"] == WIDE
    assert layer(tmp_path / "b.geojson", area(CLOCKWISE), bbox=[-170, 0, 160, 40])["bounds_lonlat"] == STRIP


def test_a_single_feature_and_several_polygons_are_turned() -> None:
    whole = {"type": "Feature", "bbox": [-170, 0, 160, 40], "properties": {}}
    whole["geometry"] = {"type": "MultiPolygon", "coordinates": [[CLOCKWISE], [[[1, 1], [2, 1], [2, 2], [1, 1]]]]}
    found = json.loads(as_boxed(json.dumps(whole).encode()))
    assert found["geometry"]["coordinates"][0][0] == CLOCKWISE[::-1]
    assert found["geometry"]["coordinates"][1] == whole["geometry"]["coordinates"][1]


def test_what_needs_no_turning_is_left_to_the_byte() -> None:
    for text in ('{"bbox": [1, 2, 3, 4]', '{"type":  "Feature", "bbox": [-170, 0, 160, 40], "geometry": null}', "[1]"):
        assert as_boxed(text.encode()) is not None
        assert as_boxed(text.encode()) == text.encode()


def test_a_ring_that_is_not_closed_is_closed_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    found = layer(path, area([[10, 10], [12, 10], [12, 12], [10, 12]]), area([[20, 10], [22, 10], [22, 12], [20, 10]]))
    assert found["bounds_lonlat"] == [10.0, 10.0, 22.0, 12.0]
    assert found["problems"] == ["Row 1: a ring of it was not closed: it is shown closed."]
    table = table_from_answer(POOL.ask(raw("features", {"path": str(path), "crs": "EPSG:4326"})))
    assert table.fid.tolist() == [1, 2]
