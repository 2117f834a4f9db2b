"""Over 200 coordinates in all notations, scripts and separators, and the round trips that hold for any place."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import mgrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from layers.errors import BadCoordinate
from layers.geo.baidu_mercator import to_bd09
from layers.geo.coordinates import Datum, Notation, format_coordinate
from layers.geo.coordinates.parse import parse_coordinate
from layers.geo.coordinates.utm_mgrs import write_mgrs
from layers.geo.crs import WGS84, transform_points, utm_crs
from layers.geo.datum import from_wgs84, to_wgs84
from layers.geo.measure import distance_m

STRINGS = [
    tuple(json.loads(line))
    for line in Path(__file__).with_name("coordinate_strings.jsonl").read_text("utf-8").splitlines()
]
LON, LAT = st.floats(-180, 180), st.floats(-89.9, 89.9)
STEP_M = {Notation.DD: 1.2, Notation.DDM: 1.9, Notation.DMS: 16, Notation.UTM: 1, Notation.MGRS: 1}


def test_the_table_holds_all_notations() -> None:
    assert len({row[0] for row in STRINGS}) == len(STRINGS) >= 200
    assert set(Counter(row[3] for row in STRINGS)) == {str(notation) for notation in Notation}


@pytest.mark.bounded_after(83)
@pytest.mark.parametrize(("text", "lat", "lon", "notation"), STRINGS, ids=range(len(STRINGS)))
def test_every_string_of_the_table_is_read(text: str, lat: float, lon: float, notation: str) -> None:
    read = parse_coordinate(text)
    off_m = distance_m(read.lon, read.lat, lon, lat)
    assert read.notation == notation
    # What the string was written from has more digits than the string.
    assert off_m <= max(STEP_M[read.notation], read.radius_m * 1.01), (text, read)
    assert off_m < 30
    assert read.datum is Datum.WGS84


@given(LON, st.floats(-79.9, 83.9), st.integers(0, 5))
@example(128.334, 51.884, 5)
@example(6.0, 60.0, 3)
@example(-3.0, 56.0, 0)
@example(0.0, 0.0, 5)
def test_an_mgrs_cell_is_its_centre_give_or_take_half_a_cell(lon: float, lat: float, digits: int) -> None:
    text = mgrs.MGRS().toMGRS(lat, lon, MGRSPrecision=digits)
    read = parse_coordinate(text)
    cell_m = 10.0 ** (5 - digits)
    assert read.error_m == cell_m / 2
    zone_crs = utm_crs(*_zone_place(text, lat))
    xs, ys = transform_points(WGS84, zone_crs, [lon, read.lon], [lat, read.lat])
    assert abs(xs[1] - xs[0]) <= cell_m / 2 + 0.01
    assert abs(ys[1] - ys[0]) <= cell_m / 2 + 0.01
    # The centre of a cell ends in half a cell.
    assert xs[1] % cell_m == pytest.approx(cell_m / 2, abs=0.01)
    assert ys[1] % cell_m == pytest.approx(cell_m / 2, abs=0.01)


@given(LON, st.floats(-90, 90), st.integers(0, 5))
@example(4.0, 60.0, 5)
@example(20.0, 78.0, 5)
@example(-170.9, 84.0, 5)
@example(-170.9, -80.0, 5)
@example(37.0, 84.1, 5)
@example(179.9, -89.0, 4)
@example(-90.1, -89.0, 4)
def test_mgrs_is_written_as_other_programs_write_it(lon: float, lat: float, digits: int) -> None:
    """But for places about a millimetre from the next cell or zone, where theirs may name no square."""
    is_polar = not -80 <= lat <= 84
    crs = utm_crs(lon, lat) if not is_polar else "EPSG:5041" if lat > 0 else "EPSG:5042"
    metres = [values[0] % 1.0 for values in transform_points(WGS84, crs, [lon], [lat])]
    assume(all(0.001 < value < 0.999 for value in metres) and not -1e-7 < lat < 0)
    assume((1e-7 < lon % 3.0 < 3.0 - 1e-7 and 1e-7 < lat % 4.0 < 4.0 - 1e-7) or lat in (-80.0, 84.0))
    assert write_mgrs(lon, lat, digits).replace(" ", "") == mgrs.MGRS().toMGRS(lat, lon, MGRSPrecision=digits)


def _zone_place(text: str, lat: float) -> tuple[float, float]:
    """A place whose UTM CRS is that of the text's zone."""
    zone = int("".join(c for c in text[:2] if c.isdigit()))
    north = text[len(str(zone)) if text[1].isalpha() else 2] >= "N"
    return zone * 6 - 183.0, abs(lat) % 50 * (1 if north else -1) if lat else (1.0 if north else -1.0)


@given(LON, LAT, st.sampled_from(["dd", "url", "osm", "wkt", "geo", "geojson", "kml", "ru", "zh"]))
def test_links_words_and_wkt_bring_back_what_was_put_in(lon: float, lat: float, form: str) -> None:
    x, y = f"{lon:.7f}", f"{lat:.7f}"
    ns, ew = (("ю.ш.", "з.д."), ("с.ш.", "в.д.")), (("南纬", "西经"), ("北纬", "东经"))
    text = {
        "dd": f"{y}, {x}",
        "url": f"https://www.google.com/maps/@{y},{x},15z",
        "osm": f"https://www.openstreetmap.org/?mlat={y}&mlon={x}",
        "wkt": f"POINT ({x} {y})",
        "geo": f"geo:{y},{x}",
        "geojson": f'{{"type": "Point", "coordinates": [{x}, {y}]}}',
        "kml": f"<coordinates>{x},{y},0</coordinates>",
        "ru": f"{abs(lat):.7f}° {ns[lat >= 0][0]} {abs(lon):.7f}° {ns[lon >= 0][1]}",
        "zh": f"{ew[lat >= 0][0]}{abs(lat):.7f}°，{ew[lon >= 0][1]}{abs(lon):.7f}°",
    }[form]
    read = parse_coordinate(text)
    assert distance_m(read.lon, read.lat, lon, lat) < 0.02
    assert read.notation is Notation.DD


@pytest.mark.bounded
@given(LON, LAT, st.sampled_from(list(Notation)), st.sampled_from(list(Datum)))
def test_a_datum_converts_what_the_text_says(lon: float, lat: float, notation: Notation, datum: Datum) -> None:
    text = format_coordinate(lon, lat, notation, 0.5)
    plain, read = parse_coordinate(text), parse_coordinate(text, datum)
    there = to_wgs84(plain.lon, plain.lat, datum)
    assert distance_m(read.lon, read.lat, there.lon, there.lat) < 1e-3
    assert (read.notation, read.error_m, read.datum) == (plain.notation, plain.error_m, datum)
    assert read.conversion_error_m == there.error_m
    assert read.radius_m == pytest.approx(math.sqrt(2) * plain.error_m + there.error_m)
    back = from_wgs84(read.lon, read.lat, datum)
    assume(there.error_m < 200)  # where nobody knows whether a map shifts, the way back need not be the way there
    assert distance_m(back.lon, back.lat, plain.lon, plain.lat) < 0.1


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("https://uri.amap.com/marker?position=116.473188,39.993253&name=park", Datum.GCJ02),
        ("https://www.amap.com/?q=39.993253,116.473188,park", Datum.GCJ02),
        ("https://ditu.amap.com/regeo?lng=116.473188&lat=39.993253", Datum.GCJ02),
        ("https://apis.map.qq.com/uri/v1/marker?marker=coord:39.993253,116.473188;title:park", Datum.GCJ02),
        ("https://ditu.google.cn/maps/@39.993253,116.473188,15z", Datum.GCJ02),
        ("http://api.map.baidu.com/marker?location=39.993253,116.473188&title=park&output=html", Datum.BD09),
        ("http://api.map.baidu.com/marker?location=39.993253,116.473188&coord_type=gcj02", Datum.GCJ02),
        ("http://api.map.baidu.com/marker?location=39.993253,116.473188&coord_type=wgs84", Datum.WGS84),
        ("https://www.google.com/maps/@39.993253,116.473188,15z", Datum.WGS84),
        ("SRID=4284;POINT(116.473188 39.993253)", Datum.PULKOVO),
    ],
)
def test_an_address_tells_its_datum_and_is_converted(text: str, datum: Datum) -> None:
    read = parse_coordinate(text)
    assert read.datum is datum
    there = to_wgs84(116.473188, 39.993253, datum)
    assert distance_m(read.lon, read.lat, there.lon, there.lat) < 0.01
    if datum is not Datum.WGS84:
        assert str(datum) in read.basis
        assert "converted" in read.basis


def test_what_a_position_rests_on_is_said() -> None:
    assert parse_coordinate("52U DC 5416 4834").basis == "MGRS coordinate, middle of a cell of 10 m, WGS 84"
    read = parse_coordinate("39.9140, 116.4040", Datum.GCJ02)
    assert read.basis == "DD coordinate, written to ± 5.6 m, converted from GCJ-02 to WGS 84 (± 5 m)"
    assert read.radius_m == pytest.approx(5.585 * math.sqrt(2) + 5, rel=0.01)


@pytest.mark.parametrize(
    ("x_m", "y_m", "lon", "lat"),
    [
        (12_958_175.0, 4_825_923.77, 116.404, 39.915),  # Tiananmen as Baidu's documents give it
        (13_525_353.98, 3_641_593.36, 121.499, 31.240),  # the Bund
        (12_958_160.97, 4_825_907.72, 116.403874, 39.914889),
        (-12_958_175.0, -4_825_923.77, -116.404, -39.915),
    ],
)
def test_baidus_metres_are_its_degrees(x_m: float, y_m: float, lon: float, lat: float) -> None:
    assert distance_m(*to_bd09(x_m, y_m), lon, lat) < 1
    read = parse_coordinate(f"https://map.baidu.com/@{x_m},{y_m},15z")
    there = to_wgs84(lon, lat, Datum.BD09)
    assert distance_m(read.lon, read.lat, there.lon, there.lat) < 5
    assert read.datum is Datum.BD09


def test_the_bands_of_baidus_metres_meet_and_hold_the_whole_map() -> None:
    """Where one polynomial ends and the next begins they give the same place; a wrong figure would show there."""
    for edge_m in (1_678_043.12, 3_481_989.83, 5_591_021.0, 8_362_377.87):
        below, above = to_bd09(1e7, edge_m - 0.5), to_bd09(1e7, edge_m + 0.5)
        assert distance_m(*below, *above) < 5, edge_m
        # Baidu's map is Mercator on nearly a sphere: a tenth of a degree says that nothing is misread
        assert above[1] == pytest.approx(math.degrees(math.atan(math.sinh(edge_m / 6_378_137))), abs=0.25)
    assert to_bd09(0, 0) == pytest.approx((0, 0), abs=1e-6)


def test_baidus_metres_off_the_map_are_said() -> None:
    with pytest.raises(BadCoordinate, match="outside its map"):
        parse_coordinate("https://map.baidu.com/@99959219.6,4825334.6,15z")
    with pytest.raises(BadCoordinate, match="polar map"):
        parse_coordinate("https://worldview.earthdata.nasa.gov/?v=-4194304,-2097152,4194304,2097152&p=arctic")
    with pytest.raises(BadCoordinate, match="none on the Earth"):
        parse_coordinate("https://worldview.earthdata.nasa.gov/?v=10,20,5,30")
