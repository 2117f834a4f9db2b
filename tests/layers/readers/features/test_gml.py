"""GML: read from a judged copy in memory, its axes as its CRS has them, and leading nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyproj
import pytest

from layers.errors import GeoloupeError, NotReadable, UnsupportedFormat
from layers.pool.features import table_from_answer
from layers.pool.pool import ReaderPool
from layers.requests.probe import Probe
from layers.vector.table import FeatureTable
from tests.support.readers import tiny_gml as tiny
from tests.support.readers.raw import raw

POOL = ReaderPool(inline=True)


def layers(path: Path) -> list[dict]:
    return POOL.ask(Probe(str(path))).header["layers"]


def refusal(path: Path) -> GeoloupeError:
    with pytest.raises(GeoloupeError) as caught:
        POOL.ask(Probe(str(path)))
    return caught.value


def table(path: Path, layer: str = "site") -> FeatureTable:
    return table_from_answer(POOL.ask(raw("features", {"path": str(path), "layer": layer, "crs": "EPSG:4326"})))


@pytest.mark.parametrize(
    ("srs", "pos"),
    [
        (tiny.URN.format(4326), "36.25 43.5"),
        (tiny.URL.format(4326), "36.25 43.5"),
        (tiny.SHORT.format(4326), "43.5 36.25"),
        (tiny.OLD_URL.format(4326), "43.5 36.25"),
        (tiny.SHORT.format(32638), "east first"),
        (tiny.URN.format(32638), "east first"),
        (tiny.URN.format(2180), "north first"),
    ],
)
def test_a_place_lies_where_its_crs_has_it(tmp_path: Path, srs: str, pos: str) -> None:
    if srs.endswith(("32638", "2180")):
        to = pyproj.Transformer.from_crs(4326, int(srs[-5:].strip(":")), always_xy=True)
        x, y = to.transform(43.5, 36.25)
        pos = f"{y} {x}" if pos == "north first" else f"{x} {y}"
    (layer,) = layers(tiny.gml(tmp_path / "a.gml", tiny.member(tiny.point(pos, srs))))
    assert layer["bounds_lonlat"][:2] == pytest.approx((43.5, 36.25), abs=1e-6)
    assert (layer["driver"], layer["name"], layer["geometry"], layer["features"]) == ("GML", "site", "Point", 1)


def test_the_shapes_of_gml_2_and_3_are_read(tmp_path: Path) -> None:
    srs = tiny.SHORT.format(4326)
    ring = "<gml:LinearRing><gml:posList>1 1 3 1 3 3 1 3 1 1</gml:posList></gml:LinearRing>"
    old = (
        f'<gml:Polygon srsName="{srs}"><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>1,1 3,1 3,3 1,1'
        "</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>"
    )
    surface = (
        f'<gml:MultiSurface srsName="{srs}"><gml:surfaceMember><gml:Polygon><gml:exterior>{ring}</gml:exterior>'
        "</gml:Polygon></gml:surfaceMember></gml:MultiSurface>"
    )
    arc = (
        f'<gml:Curve srsName="{srs}"><gml:segments><gml:Arc><gml:posList>0 0 1 1 2 0</gml:posList></gml:Arc>'
        "</gml:segments></gml:Curve>"
    )
    path = tiny.gml(tmp_path / "a.gml", *(tiny.member(shape, n) for n, shape in enumerate((old, surface, arc), 1)))
    found = table(path)
    assert len(found.fid) == 3
    last = found.xy[found.start_of[found.part_of[2]] :] * found.step
    assert len(last) > 20, "an arc is drawn as one"
    assert np.hypot(last[:, 0] - 1, last[:, 1]).max() == pytest.approx(1.0, abs=0.01)


def test_attributes_are_kept_and_corners_of_boxes_are_none(tmp_path: Path) -> None:
    srs = tiny.URN.format(4326)
    box = f'<gml:boundedBy><gml:Envelope srsName="{srs}"><gml:lowerCorner>1 2</gml:lowerCorner>' + (
        "<gml:upperCorner>1 2</gml:upperCorner></gml:Envelope></gml:boundedBy>"
    )
    members = [tiny.member(box + tiny.point("36 43", srs), number) for number in (1, 2)]
    path = tiny.gml(tmp_path / "a.gml", *members)
    (layer,) = layers(path)
    assert [name for name, _ in layer["fields"]] == ["gml_id", "n", "name"]
    rows = POOL.ask(raw("attributes", {"path": str(path), "layer": "site"})).header
    assert "База" in str(rows)


def test_each_kind_of_feature_is_a_layer(tmp_path: Path) -> None:
    srs = tiny.URN.format(4326)
    path = tiny.gml(
        tmp_path / "a.xml", tiny.member(tiny.point("36 43", srs)), tiny.member(tiny.point("1 2", srs), kind="pad")
    )
    assert sorted(layer["name"] for layer in layers(path)) == ["pad", "site"]
    assert table(path, "pad").fid.tolist() == [1]


def test_rows_are_numbered_by_their_ids_or_from_one(tmp_path: Path) -> None:
    srs = tiny.URN.format(4326)
    members = [tiny.member(tiny.point("36 43", srs), number) for number in (7, 9)]
    assert table(tiny.gml(tmp_path / "a.gml", *members)).fid.tolist() == [7, 9]
    plain = [member.replace('gml:id="site.', 'gml:id="s') for member in members]
    bare = [re.sub(r' gml:id="[^"]*"', "", member) for member in plain]
    assert table(tiny.gml(tmp_path / "b.gml", *bare)).fid.tolist() == [1, 2]


def test_nothing_beside_it_and_no_schema_it_names_is_looked_at(tmp_path: Path) -> None:
    """A schema of its name would make other columns of it, one it names would be fetched."""
    more = ' xsi:schemaLocation="http://example.org/app http://127.0.0.1:9/app.xsd"'
    path = tiny.gml(tmp_path / "a.gml", tiny.member(tiny.point("36 43", tiny.URN.format(4326))), more=more)
    (tmp_path / "a.xsd").write_text("<schema xmlns='http://www.w3.org/2001/XMLSchema'><include schemaLocation='/x'/>")
    (tmp_path / "a.gfs").write_text("<GMLFeatureClassList><SequentialLayers>true</SequentialLayers>")
    before = sorted(tmp_path.iterdir())
    (layer,) = layers(path)
    assert layer["features"] == 1
    assert sorted(tmp_path.iterdir()) == before, "nothing is written"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "entities",
            '<!DOCTYPE a [<!ENTITY b "c">]><a xmlns:gml="http://www.opengis.net/gml"><gml:pos>1 2</gml:pos></a>',
        ),
        ("cut", '<a xmlns:gml="http://www.opengis.net/gml"><gml:pos>1 2'),
        ("deep", '<a xmlns:gml="http://www.opengis.net/gml">' + "<gml:pos>" * 3000),
    ],
)
def test_hostile_and_cut_gml_is_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "a.gml"
    path.write_text(text)
    assert isinstance(refusal(path), NotReadable)


def test_gml_without_places_is_said_to_be_so(tmp_path: Path) -> None:
    path = tiny.gml(tmp_path / "a.gml", tiny.member(""))
    assert isinstance(refusal(path), UnsupportedFormat)
