"""GML whose short name of a CRS leaves the order of axes open is told it by the question, and by the area asked for."""

from __future__ import annotations

import pytest

from layers.geo.bounds import Bounds
from layers.services.features.feature_question import FeatureQuestion
from layers.services.features.feature_walk import FeatureWalk

URN = "urn:ogc:def:crs:EPSG::4326"
VIEW = Bounds(5, 47, 15, 55)


def gml(places: str, name: str = "EPSG:4326") -> bytes:
    return (
        '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" '
        'xmlns:gml="http://www.opengis.net/gml" numberOfFeatures="1"><gml:featureMember><p><gml:Polygon '
        f"srsName='{name}'><gml:exterior><gml:LinearRing><gml:posList srsDimension=\"2\">{places}</gml:posList>"
        "</gml:LinearRing></gml:exterior></gml:Polygon></p></gml:featureMember></wfs:FeatureCollection>\n"
    ).encode()


def kept(document: bytes, version: str = "1.1.0", spelling: str = URN, bounds: Bounds | None = VIEW) -> str:
    address = f"https://a.example/wfs?SERVICE=WFS&VERSION={version}&REQUEST=GetFeature&TYPENAME=p&SRSNAME={spelling}"
    walk = FeatureWalk(FeatureQuestion(kind="wfs", address=address, title="P", bounds=bounds))
    request = walk.next_request()
    assert request is not None
    walk.take(document, request.address)
    assert walk.count == 1
    data = walk.file_data()
    assert isinstance(data, bytes)
    return data.decode()


NORTH_FIRST, EAST_FIRST = "50 10 50 11 51 10 50 10", "10 50 11 50 10 51 10 50"


@pytest.mark.parametrize("bounds", [VIEW, None])
@pytest.mark.parametrize("version", ["1.1.0", "2.0.0"])
def test_o5_a_short_name_stands_for_the_urn_that_was_asked_for(version: str, bounds: Bounds | None) -> None:
    """MapServer answers version 1.1.0 so: each site would lie on the other side of the diagonal."""
    text = kept(gml(NORTH_FIRST), version, bounds=bounds)
    assert f"srsName='{URN}'" in text
    assert text.rstrip().endswith(f'srsName="EPSG:4326" of the server stands here as it was asked for: {URN} -->')


@pytest.mark.parametrize(
    ("document", "asked_for"),
    [
        (gml(EAST_FIRST), {}),
        (gml(NORTH_FIRST), {"version": "1.0.0"}),
        (gml(NORTH_FIRST), {"spelling": "EPSG:4326"}),
        (gml(NORTH_FIRST, URN), {}),
        (gml(NORTH_FIRST, "EPSG:4258"), {}),
        (gml("500000 5540000", "EPSG:25832"), {"spelling": "urn:ogc:def:crs:EPSG::25832", "bounds": None}),
    ],
    ids=[
        "east first in the area",
        "1.0.0",
        "asked by a short name",
        "named in full",
        "another CRS",
        "east first by its CRS",
    ],
)
def test_o5_gml_stays_as_it_came_where_its_order_is_known(document: bytes, asked_for: dict) -> None:
    assert kept(document, **asked_for) == document.decode()
