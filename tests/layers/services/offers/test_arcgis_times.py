"""Times of ArcGIS: offered as those of any other server, asked for in milliseconds since 1970."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.services.offers.arcgis import read_arcgis
from layers.services.offers.arcgis_times import times_of_info
from layers.services.offers.offer import OfferedLayer

HOME = "https://h.example/arcgis/rest/services/Sky/ImageServer"
MAP_HOME = HOME.replace("ImageServer", "MapServer")
MERCATOR = {"wkid": 102100, "latestWkid": 3857}
EXTENT = {"xmin": -1e7, "ymin": 4e6, "xmax": -9e6, "ymax": 5e6, "spatialReference": MERCATOR}
MAY_1, MAY_3 = 1714521600000, 1714694400000
"""Midnight of 1 and 3 May 2024 in milliseconds."""
A_DAY_MS = 86_400_000
DAILY = {"timeExtent": [MAY_1, MAY_3], "timeInterval": 1, "timeIntervalUnits": "esriTimeUnitsDays"}
IMAGES = {"name": "Sky", "extent": EXTENT, "pixelSizeX": 10, "capabilities": "Image,Metadata"}
CACHED = {
    "mapName": "Sky",
    "fullExtent": EXTENT,
    "singleFusedMapCache": True,
    "capabilities": "Map,Query,Data,TilesOnly",
    "tileInfo": {
        "rows": 256,
        "cols": 256,
        "dpi": 96,
        "format": "PNG",
        "origin": {"x": -20037508.342787, "y": 20037508.342787},
        "spatialReference": MERCATOR,
        "lods": [{"level": 0, "resolution": 156543.03392800014}],
    },
    "layers": [{"id": 0, "name": "Clouds"}, {"id": 4, "name": "Rain"}],
}


def layers_of(description: dict[str, Any], info: dict[str, Any], address: str = HOME) -> tuple[OfferedLayer, ...]:
    return read_arcgis(json.dumps(description | {"timeInfo": info}).encode(), f"{address}?f=pjson").layers


def time_of(layer: OfferedLayer, time: str = "") -> str:
    """The time that the address of a map holds."""
    assert layer.service is not None
    service = layer.service.at(time) if time else layer.service
    (value,) = parse_qs(urlsplit(service.url(5, 3, 4)).query)["time"]
    return value


def test_a_mosaic_of_images_is_drawn_at_the_latest_date_and_at_any_other() -> None:
    (layer,) = layers_of(IMAGES, DAILY)
    assert layer.times is not None
    assert [*layer.times] == ["2024-05-01", "2024-05-02", "2024-05-03"]
    assert layer.service is not None
    assert (layer.service.is_dated, layer.service.time, layer.problems) == (True, "2024-05-03", ())
    assert urlsplit(layer.service.url(5, 3, 4)).path.endswith("/Sky/ImageServer/exportImage")
    assert time_of(layer) == f"{MAY_3},{MAY_3 + A_DAY_MS - 1}"
    assert time_of(layer, "2024-05-01") == f"{MAY_1},{MAY_1 + A_DAY_MS - 1}"
    ((name, undated),) = layer.choices
    assert (name, undated.is_dated) == ("drawn on request, without a date", False)


def test_a_cache_of_tiles_has_no_time_so_that_the_server_draws_its_dates() -> None:
    whole, clouds, rain = layers_of(CACHED, DAILY, MAP_HOME)
    assert whole.service is not None
    assert "/export?" in whole.service.template
    assert [name for name, _ in whole.choices] == ["tiles, without a date", "drawn on request, without a date"]
    assert [layer.times is not None for layer in (clouds, rain)] == [True, True]
    assert rain.service is not None
    assert "layers=show:4" in rain.service.url(1, 0, 0)
    assert time_of(rain) == f"{MAY_3},{MAY_3 + A_DAY_MS - 1}"


def test_tiles_without_the_way_to_draw_them_have_no_date_and_it_is_said() -> None:
    (layer,) = layers_of(CACHED | {"capabilities": "TilesOnly"}, DAILY, MAP_HOME)
    assert layer.service is not None
    assert (layer.service.is_dated, "/tile/" in layer.service.template) == (False, True)
    assert layer.problems == ("Sky has dates, but its tiles are the same for all.",)


def every(number: float | None, units: str | None, prefix: str = "timeInterval") -> dict[str, Any]:
    return {prefix: number, f"{prefix}Units": units and f"esriTimeUnits{units}"}


DAYS, CLOCKS = "2024-05-01/2024-05-03", "2024-05-01T00:00:00Z/2024-05-03T00:00:00Z"


@pytest.mark.parametrize(
    ("info", "ends", "period"),
    [
        (every(6, "Hours"), CLOCKS, "PT6H"),
        (every(0.5, "Hours"), CLOCKS, "PT0.5H"),
        (every(1, "Decades"), DAYS, "P10Y"),
        (every(0, "Unknown") | every(2, "Weeks", "defaultTimeInterval"), DAYS, "P2W"),
        (every(None, None), CLOCKS, "PT1H"),
    ],
)
def test_intervals_are_those_that_the_server_states_else_guessed(info: dict[str, Any], ends: str, period: str) -> None:
    times = times_of_info({"timeExtent": [MAY_1, MAY_3]} | info, "Sky")
    assert times is not None
    assert (times.offered.text, times.parameter) == (f"{ends}/{period}", f"time={{time-ms:{period}}}")
    assert times.offered.problems == ()
    assert (times.problem is None) == (period != "PT1H")


def test_without_an_interval_long_times_are_offered_by_days_or_years() -> None:
    years = times_of_info({"timeExtent": [946684800000, MAY_3]}, "Sky")
    ages = times_of_info({"timeExtent": [-30_000_000_000_000, MAY_3]}, "Sky")
    assert years is not None
    assert ages is not None
    assert years.offered.text == "2000-01-01/2024-05-03/P1D"
    assert years.problem == "Sky does not say how its times are spaced: each day is offered."
    assert ages.offered.text.startswith("1019-")
    assert ages.offered.text.endswith("/P1Y")


def test_what_lasts_from_one_field_to_another_is_asked_for_at_an_instant() -> None:
    info = {"startTimeField": "valid_from", "endTimeField": "valid_to", "timeInterval": 1}
    info |= {"timeIntervalUnits": "esriTimeUnitsHours", "timeExtent": [MAY_1 + 123, MAY_1 + 7_200_000]}
    (layer,) = layers_of(IMAGES, info)
    assert time_of(layer) == str(MAY_1 + 7_200_000)
    same = times_of_info(info | {"endTimeField": "valid_from"}, "Sky")
    assert same is not None
    assert same.parameter == "time={time-ms:PT1H}"


@pytest.mark.parametrize(
    "info",
    [None, [], {}, {"timeExtent": None}, {"timeExtent": [None, None]}, {"timeExtent": [1]}, {"timeExtent": [0, 1e300]}],
)
def test_what_is_no_extent_of_time_leaves_a_map_without_dates(info: Any) -> None:
    (layer,) = layers_of(IMAGES, info)
    assert layer.times is None
    assert layer.service is not None
    assert not layer.service.is_dated


def test_an_open_end_is_the_only_time_that_is_known() -> None:
    times = times_of_info({"timeExtent": [MAY_1, None]}, "Sky")
    assert times is not None
    assert (times.offered.first, times.offered.count) == ("2024-05-01T00:00:00Z", 1)


@pytest.mark.parametrize(
    ("first", "last", "units", "text"),
    [
        (1704067200000, 1714521600000, "Months", "2024-01/2024-05/P1M"),
        (1704067200000, 1714608000000, "Months", "2024-01/2024-05/P1M"),
        (946684800000, 1714694400000, "Years", "2000/2024/P1Y"),
        (1704153600000, 1714521600000, "Months", "2024-01-02/2024-05-01/P1M"),
        (1706745600000, 1714521600000, "Years", "2024-02-01/2024-05-01/P1Y"),
    ],
)
def test_whole_months_and_years_are_no_days(first: int, last: int, units: str, text: str) -> None:
    times = times_of_info({"timeExtent": [first, last]} | every(1, units), "Sky")
    assert times is not None
    assert times.offered.text == text
    assert times.offered.problems == ()
