"""Tests of what KML can say, and how it comes out: places, areas, texts, data and times."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.readers.features.vector_source import Rows, rows_of, source_of
from layers.requests.features import OfLayer
from tests.support.readers.probed import probed_layer
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)
HEAD = '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
POINT = "<Point><coordinates>1,2</coordinates></Point>"


def kml(folder: Path, *elements: str) -> Path:
    path = folder / "a.kml"
    path.write_text(HEAD + "".join(elements) + "</Document></kml>", encoding="utf-8")
    return path


def placemark(inside: str, **attributes: str) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<Placemark{said}>{inside}</Placemark>"


def rows(path: Path) -> Rows:
    return rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 1000, None)


def shapes(path: Path) -> list[Any]:
    return list(shapely.from_wkb(list(rows(path).wkb)))


def ring(size: int) -> str:
    places = [(0, 0), (size, 0), (size, size), (0, size), (0, 0)]
    return f"<LinearRing><coordinates>{' '.join(f'{x},{y}' for x, y in places)}</coordinates></LinearRing>"


@pytest.mark.parametrize("is_inner_first", [True, False])
def test_a_hole_is_a_hole_wherever_it_stands(tmp_path, is_inner_first):
    outer, inner = f"<outerBoundaryIs>{ring(10)}</outerBoundaryIs>", f"<innerBoundaryIs>{ring(2)}</innerBoundaryIs>"
    parts = [inner, outer, inner] if is_inner_first else [outer, inner, inner]
    (found,) = shapes(kml(tmp_path, placemark(f"<Polygon>{''.join(parts)}</Polygon>")))
    assert found.exterior.bounds == (0, 0, 10, 10)
    assert [hole.bounds for hole in found.interiors] == [(0, 0, 2, 2)] * 2


def test_a_polygon_without_an_outer_ring_is_said_and_one_without_names_is_taken(tmp_path):
    inner = f"<Polygon><innerBoundaryIs>{ring(2)}</innerBoundaryIs></Polygon>"
    path = kml(tmp_path, placemark(inner), placemark(f"<Polygon>{ring(3)}</Polygon>"))
    assert [None if one is None else one.bounds for one in shapes(path)] == [None, (0, 0, 3, 3)]
    assert "Row 1: a polygon without an outer ring." in probed_layer(path).problems


def overlay(inside: str) -> str:
    return f"<GroundOverlay><name>o</name>{inside}</GroundOverlay>"


def box(west: float, south: float, east: float, north: float, more: str = "") -> str:
    sides = f"<north>{north}</north><south>{south}</south><east>{east}</east><west>{west}</west>"
    return overlay(f"<LatLonBox>{sides}{more}</LatLonBox>")


def test_an_overlay_over_the_antimeridian_is_small(tmp_path):
    path = kml(tmp_path, box(179, 10, -179, 11))
    (found,) = shapes(path)
    assert found.bounds == (179, 10, 181, 11)
    table = table_from_answer(POOL.ask(raw("features", {"path": str(path), "crs": "EPSG:4326"})))
    assert len(table) == 1


@pytest.mark.parametrize("south", [-0.5, 59.5])
def test_an_overlay_is_turned_about_its_centre_as_on_the_ground(tmp_path, south):
    straight, quarter, third = shapes(
        kml(tmp_path, *(box(10, south, 12, south + 1, f"<rotation>{turn}</rotation>") for turn in (0, 90, 30)))
    )
    narrow = math.cos(math.radians(south + 0.5))
    assert straight.bounds == (10, south, 12, south + 1)
    wide, high = 0.5 / narrow, 1 * narrow
    np.testing.assert_allclose(quarter.bounds, (11 - wide, south + 0.5 - high, 11 + wide, south + 0.5 + high))
    assert third.area == pytest.approx(straight.area)
    east = max(shapely.get_coordinates(third).tolist())
    corner = np.array([1 * narrow, -0.5])
    sine, cosine = 0.5, math.sqrt(0.75)
    turned = np.array([cosine * corner[0] - sine * corner[1], sine * corner[0] + cosine * corner[1]])
    np.testing.assert_allclose(east, (11 + turned[0] / narrow, south + 0.5 + turned[1]))


def test_quads_photos_and_models_are_places(tmp_path):
    quad = "<gx:LatLonQuad><coordinates>179,1 -179,1.5 -179,2 179,2</coordinates></gx:LatLonQuad>"
    photo = f"<PhotoOverlay><name>p</name><Icon><href>p.jpg</href></Icon>{POINT}</PhotoOverlay>"
    model = (
        "<Model><Location><longitude>5</longitude><latitude>6</latitude><altitude>7</altitude></Location>"
        "<Link><href>m.dae</href></Link></Model>"
    )
    icon = "<Style><IconStyle><Icon><href>i.png</href></Icon></IconStyle></Style>"
    path = kml(tmp_path, overlay(quad), photo, placemark(icon + model))
    area, point, place = shapes(path)
    assert area.equals(shapely.Polygon([(179, 1), (181, 1.5), (181, 2), (179, 2)]))
    assert (point.x, point.y) == (1, 2)
    assert shapely.get_coordinates(place, include_z=True).tolist() == [[5, 6, 7]]
    found = rows(path).columns
    assert (found["icon"][2], found["model"][2], found["link"][1]) == ("i.png", "m.dae", "p.jpg")


def test_nothing_that_is_said_of_a_placemark_is_lost(tmp_path):
    inside = (
        "<name>n</name><visibility>0</visibility><address>Main St 1</address><phoneNumber>tel:+1</phoneNumber>"
        "<Snippet>short</Snippet><description>long</description><LookAt><longitude>1</longitude><latitude>2</latitude>"
        "<range>500</range></LookAt><Camera><heading>9</heading></Camera>"
    )
    path = kml(tmp_path, placemark(inside + POINT, id="pm1"), placemark("<Snippet>alone</Snippet>" + POINT))
    assert rows(path).columns == {
        "name": ["n", None],
        "description": ["long", "alone"],
        "id": ["pm1", None],
        "address": ["Main St 1", None],
        "phoneNumber": ["tel:+1", None],
        "visibility": [False, None],
        "snippet": ["short", None],
        "look at": ["longitude 1, latitude 2, range 500", None],
        "camera": ["heading 9", None],
        "folder": ["", ""],
    }
    assert dict(probed_layer(path).fields)["visibility"] == "boolean"


def test_data_keeps_its_name_beside_what_the_placemark_says(tmp_path):
    data = '<ExtendedData><Data name="id"><displayName>Number</displayName><value>7</value></Data></ExtendedData>'
    found = rows(kml(tmp_path, placemark(data + POINT, id="pm1"))).columns
    assert (found["id (Number)"], found["id (placemark)"]) == (["7"], ["pm1"])
    data = data.replace("<displayName>Number</displayName>", "")
    found = rows(kml(tmp_path, placemark(data + POINT, id="pm1"))).columns
    assert (found["id"], found["id (placemark)"]) == (["7"], ["pm1"])


def test_a_name_to_show_counts_where_all_agree(tmp_path):
    def data(shown: str) -> str:
        return f'<ExtendedData><Data name="h"><displayName>{shown}</displayName><value>7</value></Data></ExtendedData>'

    assert rows(kml(tmp_path, *[placemark(data("Height") + POINT)] * 2)).columns["h (Height)"] == ["7", "7"]
    mixed = kml(tmp_path, placemark(data("Height") + POINT), placemark(data("High") + POINT))
    assert rows(mixed).columns["h"] == ["7", "7"]


def test_values_along_a_track_and_its_first_and_last_time(tmp_path):
    schema = '<Schema id="s"><gx:SimpleArrayField name="pulse" type="int"/></Schema>'
    track = (
        "<gx:Track><when>2024-01-01T10:00:00Z</when><when>2024-01-01T11:00:00Z</when><when>2024-01-02</when>"
        "<gx:coord>1 2 0</gx:coord><gx:coord>3 4 0</gx:coord><gx:coord>5 6 0</gx:coord><ExtendedData><SchemaData>"
        '<gx:SimpleArrayData name="pulse"><gx:value>86</gx:value><gx:value/><gx:value>90</gx:value>'
        "</gx:SimpleArrayData></SchemaData></ExtendedData></gx:Track>"
    )
    path = kml(tmp_path, schema, placemark(track))
    found = rows(path).columns
    assert (found["begin"], found["end"]) == (["2024-01-01T10:00:00Z"], ["2024-01-02T00:00:00"])
    assert found["pulse"] == ["[86, null, 90]"]
    assert dict(probed_layer(path).fields)["pulse"] == "json"


@pytest.mark.parametrize(
    ("texts", "kind", "values"),
    [
        (["2024-01-01T10:00:00Z", "2024-02-29"], "datetime", ["2024-01-01T10:00:00Z", "2024-02-29T00:00:00"]),
        (["2024-01-01T10:00:00+03:00", ""], "datetime", ["2024-01-01T10:00:00+03:00", None]),
        (["2024-01-01", "2024-02-30"], "text", ["2024-01-01", "2024-02-30"]),
        (["2024-01-01", "2024"], "text", ["2024-01-01", "2024"]),
        (["2024-01-01", "2016-12-31T23:59:60Z"], "text", ["2024-01-01", "2016-12-31T23:59:60Z"]),
    ],
)
def test_times_are_times_where_all_are(tmp_path, texts, kind, values):
    stamps = (f"<TimeStamp><when>{text}</when></TimeStamp>" for text in texts)
    path = kml(tmp_path, *(placemark(stamp + POINT) for stamp in stamps))
    assert dict(probed_layer(path).fields)["begin"] == kind
    assert rows(path).columns["begin"] == values


def line(coordinates: str) -> str:
    return f"<LineString><coordinates>{coordinates}</coordinates></LineString>"


def rim(coordinates: str) -> str:
    return f"<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"


MIXED = {
    "line": (line("1,2,5 3,4 5,6,7"), 1),
    "ring": (rim("0,0 9,0,5 9,9 0,0"), 3),
    "ring that is closed by a place with a height": (rim("0,0 9,0,5 9,9 0,0,5"), 1),
    "hole": (
        f"<Polygon><outerBoundaryIs>{rim('0,0,5 9,0,5 9,9,5 0,0,5')}</outerBoundaryIs>"
        f"<innerBoundaryIs>{rim('3,1 4,1 4,2 3,1')}</innerBoundaryIs></Polygon>",
        4,
    ),
    "parts": (f"<MultiGeometry>{line('1,2,5 3,4,5')}{line('1,2 3,4')}</MultiGeometry>", 2),
    "points": (
        f"<MultiGeometry>{POINT}<Point><coordinates>1,2,8</coordinates></Point></MultiGeometry>",
        1,
    ),
    "track": ("<gx:Track><gx:coord>1 2 5</gx:coord><gx:coord>3 4</gx:coord></gx:Track>", 1),
    "what is no number": (line("1,2,5 3,4,nan"), 1),
}


@pytest.mark.parametrize("case", MIXED)
def test_no_height_is_invented_beside_those_that_are_known(tmp_path, case):
    inside, lacking = MIXED[case]
    path = kml(tmp_path, placemark(inside), placemark(line("1,2,0 3,4,5")))
    found = rows_of(source_of(OfLayer.of({"path": str(path)})), 0, 1000, None, exact=True)
    mixed, whole = shapely.from_wkb(list(found.wkb))
    assert not mixed.has_z
    assert shapely.get_coordinates(whole, include_z=True)[:, 2].tolist() == [0, 5]
    count = "1 of its places has" if lacking == 1 else f"{lacking} of its places have"
    said = f"Row 1: {count} no height: it is shown without the heights of the others."
    assert probed_layer(path).problems == (said,)
    if "ring" in case:
        assert len(mixed.coords) == 4


@pytest.mark.parametrize("coordinates", ["1,2,0 3,4,0", "1,2,0 3,4", "1,2 3,4"])
def test_a_height_of_0_everywhere_is_none(tmp_path, coordinates):
    path = kml(tmp_path, placemark(line(coordinates)), placemark(POINT.replace("1,2", "1,2,0")))
    assert not any(shape.has_z for shape in shapes(path))
    assert probed_layer(path).problems == ()
