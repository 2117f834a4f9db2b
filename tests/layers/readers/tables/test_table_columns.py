"""Columns of coordinates are found: by names in three languages, however they are written, and by content."""

import pytest
import shapely

from layers.readers.rows.row_problems import RowProblems
from layers.readers.tables.column_names import angle_parts, folded, hemisphere, meanings
from layers.readers.tables.delimited import RawTable
from layers.readers.tables.table_columns import guessed_columns, other_geometries
from layers.readers.tables.table_places import looks_swapped, placed


def raw(**columns: list) -> RawTable:
    return RawTable("t", columns)


def places(table: RawTable, crs: str = "") -> tuple[list[tuple[float, float] | None], str]:
    problems = RowProblems()
    wkb, _ = placed(table, guessed_columns(table), crs, problems)
    return [None if b is None else shapely.from_wkb(b).coords[0] for b in wkb], " ".join(problems.sentences())


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("lat", "lon"),
        ("LAT_DD", "LON_DD"),
        ("Latitude_WGS84", "Longitude_WGS84"),
        ("北纬", "东经"),
        ("緯度", "經度"),
        ("Широта (град)", "Долгота, °"),
        ("с.ш.", "в.д."),
        ("С. Ш.", "В. Д."),
        ("Lat ( deg )", "Lon ( deg )"),
        ("Latitude [deg]", "Longitude [deg]"),
        ("Y(纬度)", "X(经度)"),
        ("X（纬度）", "Y（经度）"),
        ("纬度（°）", "经度（°）"),
        ("decimalLatitude", "decimalLongitude"),
        ("Latitude, degrees", "Long."),
        ("y_coord", "x-coord"),
        ("N", "E"),
        ("Breite", "Länge"),
        ("Geogr. Breite", "Geogr. Länge"),
        ("Breitengrad", "Laengengrad"),
        ("Latitud", "Longitud"),
        ("Latitude Nord", "Longitude Est"),
    ],
)
def test_names_of_coordinates_however_they_are_written(lat, lon):
    table = raw(**{"name": ["a"], lat: ["51.5"], "note": ["x"], lon: ["128.25"]})
    assert guessed_columns(table) == {"x": lon, "y": lat}
    assert places(table) == ([(128.25, 51.5)], "")


def test_south_and_west_by_the_name_of_the_column():
    table = raw(南纬=["34.5", "34°30'", "-34.5", "34°30'N", "x"], 西经=["58.25", "58°15'", "58°15'W", "58.25", "1"])
    found, said = places(table)
    assert found == [(-58.25, -34.5), (-58.25, -34.5), (-58.25, -34.5), (-58.25, 34.5), None]
    assert said.startswith("Row 5: ")
    assert places(raw(**{"ю.ш.": [10.0], "з.д.": [20.0]}))[0] == [(-20, -10)]
    assert [hemisphere(name) for name in ("Южная широта", "з. д. (град)", "lat", "Y(南纬)")] == ["S", "W", "", "S"]


def test_the_width_and_length_of_a_thing_are_no_place():
    sizes = {"Breite (m)": ["4.5"], "Länge in m": ["12"]}
    assert guessed_columns(raw(Name=["Halle"], **sizes)) == {}
    assert guessed_columns(raw(Breite=["4"], Länge=["12"], lat=["51"], lon=["128"])) == {"x": "lon", "y": "lat"}


def test_the_other_columns_of_geometries_are_known():
    table = raw(name=["a"], geom=["POINT(1 2)"], old=["POINT(3 4)"], note=["at the point"])
    assert guessed_columns(table) == {"wkt": "geom"}
    assert other_geometries(table, "geom") == ["old"]


def test_of_several_columns_of_one_meaning_the_plainest_counts():
    assert meanings(["Lat (deg)", "lat", "Lat, °"])["lat"] == "lat"
    assert folded("Error of lat") not in meanings(["lat"])
    assert guessed_columns(raw(error_lat=["1"], error_lon=["2"])) == {}


@pytest.mark.parametrize(
    ("first", "second", "swapped"),
    [
        ("""51°53'02"N""", """128°20'04"E""", False),
        ("128 20 04 E", "51 53 02 N", True),
        ("с.ш. 51°53'", "в.д. 128°20'", False),
        ("51.884 N", "128.334 E", False),
        ("51.884", "128.334", None),
        ("3 N", "house 12 E", None),
    ],
)
def test_two_columns_of_angles_with_their_hemispheres_are_known_by_content(first, second, swapped):
    table = raw(name=["a", "b"], p=[first, first], q=[second, second])
    expected = {} if swapped is None else {"x": "p", "y": "q"} if swapped else {"x": "q", "y": "p"}
    assert guessed_columns(table) == expected
    if expected:
        assert places(table)[0][0] == pytest.approx((128.334, 51.884), abs=0.01)


@pytest.mark.parametrize(
    "names",
    [
        "lat_deg lat_min lat_sec lat_dir lon_deg lon_min lon_sec lon_dir",
        "LatD LatM LatS LatNS LonD LonM LonS LonEW",
        "широта_град широта_мин широта_сек широта_полушарие долгота_град долгота_мин долгота_сек долгота_полушарие",
        "纬度度 纬度分 纬度秒 纬度半球 经度度 经度分 经度秒 经度半球",
        "Lat(deg) Lat(min) Lat(sec) N/S Lon(deg) Lon(min) Lon(sec) E/W",
        "deg_lat min_lat sec_lat dir_lat deg_lon min_lon sec_lon dir_lon",
        "lat lat_min lat_sec ns lon lon_min lon_sec ew",
    ],
)
def test_degrees_minutes_and_seconds_in_columns_of_their_own(names):
    columns = names.split()
    rows = [("34", "30", "36.0", "S", "58", "15", "18", "W"), (51.0, 30, 0.0, "N", 128, 15.0, None, "E")]
    table = raw(name=["a", "b"], **{name: [row[i] for row in rows] for i, name in enumerate(columns)})
    found = guessed_columns(table)
    assert list(found.values()) == columns or sorted(found.values()) == sorted(columns)
    assert places(table)[0] == [pytest.approx((-58.255, -34.51)), pytest.approx((128.25, 51.5))]


def test_angles_in_parts_that_are_none_are_listed():
    table = raw(
        lat_deg=["51", "-34", "51", "", "51"],
        lat_min=["75", "30", "", "", "30"],
        lat_dir=["N", "", "с", "N", "E"],
        lon_deg=["128", "-58", "128", "128", "7"],
        lon_min=["0", "15", "", "0", "0"],
        lon_dir=["E", "", "в", "E", "E"],
    )
    found, said = places(table)
    assert found == [None, (-58.25, -34.5), (128, 51), None, None]
    assert "Row 1: “51° 75' N; 128° 0' E”: Minutes must be below 60" in said
    assert "Row 4: it has no coordinates." in said
    assert "Row 5" in said
    assert angle_parts(["lat_deg", "lon_deg"]) == {}, "these are degrees alone"
    assert angle_parts(["lat_deg", "lat_min", "lon"]) == {}


def test_columns_that_are_swapped_are_told():
    columns = {"x": "lon", "y": "lat"}
    table = raw(lat=["128.3", "110.9", "63.1"], lon=["51.8", "19.6", "45.9"])
    assert looks_swapped(table, columns, "")
    assert looks_swapped(table, columns, "EPSG:4326")
    assert not looks_swapped(table, {"x": "lat", "y": "lon"}, "EPSG:4326")
    assert not looks_swapped(table, columns, "EPSG:32652")
    assert not looks_swapped(raw(lat=["151", *["51"] * 9], lon=["7"] * 10), columns, ""), "a slip of the pen"
    assert not looks_swapped(raw(lat=["151"], lon=["100"]), columns, "")
    assert not looks_swapped(raw(lat=["5747890"], lon=["45"]), columns, "")
    assert not looks_swapped(raw(x=["51"], y=["128"]), {"x": "x", "y": "y"}, ""), "metres, perhaps"


def test_an_underscore_makes_no_number():
    found, said = places(raw(lat=["1_0", "10"], lon=["2", "2_0.5"]))
    assert found == [None, None]
    assert "Row 1" in said
    assert "Row 2" in said
    assert places(raw(x=["1_0", "3"], y=["4", "5"]), "EPSG:32652")[0] == [None, (3, 5)]
