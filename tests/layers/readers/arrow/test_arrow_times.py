"""Times in the attribute table: in the zone that the file tells, and in none where it tells none."""

from pathlib import Path

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.pool.attribute_columns import read_attributes
from layers.pool.pool import ReaderPool
from layers.readers.arrow.arrow_times import datetime_column
from layers.requests.features import OfLayer
from layers.vector.columns import Column, Kind, whole_column
from layers.vector.texts import Texts

POOL = ReaderPool(inline=True)
NAIVE = ["2024-01-01T01:02:03.125", None, "1960-12-31T23:59:59"]
UTC = ["2024-01-01T01:02:03.125Z", None, "1960-12-31T23:59:59Z"]
CHINA = ["2024-01-01T01:02:03+08:00", None, "2024-06-01T00:00:00.500+08:00"]
SEVERAL = ["2024-01-01T01:02:03+08:00", "2024-01-01T01:02:03Z", "2024-01-01T01:02:03.500-03:30"]
IN_UTC = ["2023-12-31T17:02:03Z", "2024-01-01T01:02:03Z", "2024-01-01T04:32:03.500Z"]


def column(texts: list[str | None]) -> Column:
    valid = np.array([text is not None for text in texts])
    return datetime_column("t", Texts.of(text or "" for text in texts), valid)


def values(found: Column) -> list[object]:
    return [found.value(row) for row in range(len(found))]


def offsets(texts: list[str | None]) -> np.ndarray:
    """As OGR marks zones: 0 for none, 100 for UTC, 1 more for each quarter of an hour."""
    return np.array([100 if text and text.endswith("Z") else 132 if text and "+08" in text else 0 for text in texts])


@pytest.mark.parametrize("texts", [NAIVE, UTC, CHINA])
@pytest.mark.parametrize("driver", ["GPKG", "FlatGeobuf", "GeoJSON"])
def test_a_time_has_the_zone_that_the_file_tells(tmp_path: Path, driver: str, texts: list[str | None]) -> None:
    path = tmp_path / f"a.{ {'GPKG': 'gpkg', 'FlatGeobuf': 'fgb', 'GeoJSON': 'geojson'}[driver] }"
    clock = np.array([None if text is None else text[:-6] if "+" in text else text.rstrip("Z") for text in texts])
    more = {"SPATIAL_INDEX": "NO"} if driver != "GeoJSON" else {}
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.Point(1, 2)] * 3, object)),
        [clock.astype("datetime64[ms]")],
        ["t"],
        layer="a",
        driver=driver,
        geometry_type="Point",
        crs="EPSG:4326",
        gdal_tz_offsets={"t": offsets(texts)},
        **more,
    )
    found = read_attributes(POOL, OfLayer.of({"path": str(path)})).columns["t"]
    assert (found.kind, values(found)) == (Kind.DATETIME, texts)


def test_times_of_several_zones_are_those_of_utc() -> None:
    assert values(column(SEVERAL)) == IN_UTC
    assert values(column(["2024-01-01T01:02:03Z", "2024-02-30T00:00:00Z", "soon"])) == [IN_UTC[1], None, None]


def test_where_only_some_tell_a_zone_all_stay_as_they_are() -> None:
    texts = [UTC[0], NAIVE[2], None]
    assert (column(texts).kind, values(column(texts))) == (Kind.TEXT, texts)


def test_chunks_of_several_zones_are_joined() -> None:
    joined = whole_column([column(SEVERAL[:1]), column([None]), column(SEVERAL[1:])])
    assert (joined.kind, values(joined)) == (Kind.DATETIME, [IN_UTC[0], None, *IN_UTC[1:]])
    assert values(whole_column([column([None]), column(CHINA)])) == [None, *CHINA]
    apart = whole_column([column(NAIVE), column(UTC)])
    assert (apart.kind, values(apart)) == (Kind.TEXT, NAIVE + UTC)
