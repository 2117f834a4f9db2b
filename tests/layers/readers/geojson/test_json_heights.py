"""GeoJSON whose places have heights here and there: no height of 0 that the file does not hold."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import rows_of, source_of
from layers.readers.geojson import json_heights
from layers.requests.features import OfLayer
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
LINE = {"type": "LineString", "coordinates": [[1, 2, 5], [3, 4], [5, 6, 7.5]]}
HOLED = {
    "type": "Polygon",
    "coordinates": [[[0, 0, 1], [9, 0, 1], [9, 9, 1], [0, 0, 1]], [[3, 1], [4, 1], [4, 2], [3, 1]]],
}
BOTH = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}, LINE]}
SOUND = [
    {"type": "LineString", "coordinates": [[1, 2, 0], [3, 4, 5e0]]},
    {"type": "Point", "coordinates": [1, 2]},
    {"type": "Point", "coordinates": [1, 2, 0]},
    None,
]


def written(path: Path, *geometries: Any) -> Path:
    features = [json.dumps({"type": "Feature", "properties": {"l": [1, 2, 3]}, "geometry": one}) for one in geometries]
    whole = '{"type": "FeatureCollection", "features": [' + ",\n".join(features) + "]}"
    path.write_text("\n".join(features) if path.suffix == ".geojsonl" else whole, "utf-8")
    return path


def heights(path: Path) -> list[list[float] | None]:
    rows = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 100, None, exact=True)
    shapes = [None if wkb is None else shapely.from_wkb(wkb) for wkb in rows.wkb]
    return [
        None if one is None or not one.has_z else shapely.get_coordinates(one, include_z=True)[:, 2].tolist()
        for one in shapes
    ]


@pytest.mark.parametrize("suffix", ["geojson", "geojsonl"])
@pytest.mark.parametrize(("mixed", "lacking"), [(LINE, 1), (HOLED, 4), (BOTH, 2)])
def test_no_height_is_invented_and_it_is_said(tmp_path, suffix, mixed, lacking):
    path = written(tmp_path / f"a.{suffix}", SOUND[0], mixed, *SOUND[1:])
    assert heights(path) == [[0, 5], None, None, [0], None]
    count = "1 of its places has" if lacking == 1 else f"{lacking} of its places have"
    said = f"Row 2: {count} no height: it is shown without the heights of the others."
    assert said in POOL.ask(raw("probe", {"path": str(path)})).header["layers"][0]["problems"]


def test_heights_that_are_0_in_the_file_stay(tmp_path):
    path = written(tmp_path / "a.geojson", *SOUND)
    assert heights(path) == [[0, 5], None, [0], None]
    assert not any(
        "height" in said for said in POOL.ask(raw("probe", {"path": str(path)})).header["layers"][0]["problems"]
    )


def test_where_a_file_is_too_large_to_tell_none_is_shown(tmp_path, monkeypatch):
    monkeypatch.setattr(json_heights, "MOST_PARSED_BYTES", 10)
    path = written(tmp_path / "a.geojson", LINE, *SOUND)
    assert heights(path) == [None, None, None, None, None]
    said = "too large to tell which: what has a height of 0 somewhere is saved without its heights."
    assert sum(said in one for one in POOL.ask(raw("probe", {"path": str(path)})).header["layers"][0]["problems"]) == 1
    path = written(tmp_path / "b.geojson", SOUND[0], SOUND[2])
    assert not POOL.ask(raw("probe", {"path": str(path)})).header["layers"][0]["problems"], "nothing is mixed here"


@pytest.mark.parametrize("suffix", ["gpkg", "geojson"])
def test_what_is_exported_has_none_either(tmp_path, suffix):
    path, out = (
        written(tmp_path / "a.geojson", LINE, {"type": "LineString", "coordinates": [[1, 2, 0], [3, 4, 5]]}),
        tmp_path / f"out.{suffix}",
    )
    kind = {"gpkg": "GPKG", "geojson": "GeoJSON"}[suffix]
    POOL.ask(raw("export_rows", {"path": str(path), "out": str(out), "format": kind, "title": "a"}))
    assert heights(out) == [None, [0, 5]]
