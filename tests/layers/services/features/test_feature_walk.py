"""Walks through pages of features: joined, bounded, in one CRS, and without trust in what servers say."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from layers.errors import NotReadable, ServerFault
from layers.geo.bounds import Bounds
from layers.services.features.feature_question import FeatureQuestion
from layers.services.features.feature_walk import MOST_EMPTY, FeatureWalk

ITEMS = "https://api.example.org/collections/parks/items"
WFS = "https://api.example.org/wfs?SERVICE=WFS&VERSION={version}&REQUEST=GetFeature&TYPENAMES=parks"
VIEW = Bounds(5, 47, 15, 55)


def feature(number: int, x: float = 10.0, y: float = 50.0, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": number,
        "geometry": {"type": "Point", "coordinates": [x, y]},
        "properties": {"name": f"park {number}"},
    } | more


def page(numbers: range | list[int], next_href: str = "", **more: Any) -> bytes:
    links = [{"rel": "next", "href": next_href, "type": "application/geo+json"}] if next_href else []
    value = {"type": "FeatureCollection", "features": [feature(number) for number in numbers], "links": links}
    return json.dumps(value | more).encode()


def walk(kind: str = "ogcapi", address: str = ITEMS, **bounds: int) -> FeatureWalk:
    return FeatureWalk(FeatureQuestion(kind=kind, address=address, title="Parks", bounds=VIEW), **bounds)


def asked(walk: FeatureWalk) -> str:
    request = walk.next_request()
    assert request is not None
    return request.address


def written(walk: FeatureWalk) -> dict[str, Any]:
    data = walk.file_data()
    return json.loads(data if isinstance(data, bytes) else "".join(data))


def test_o1_pages_are_joined_by_relative_links() -> None:
    pages = walk()
    assert dict(parse_qsl(urlsplit(asked(pages)).query)) == {"bbox": "5,47,15,55", "limit": "1000"}
    pages.take(page([1, 2], "items?offset=2", numberMatched=3), asked(pages))
    assert asked(pages).startswith(f"{ITEMS}?offset=2")
    pages.take(page([3], numberMatched=3), asked(pages))
    assert pages.next_request() is None
    assert pages.is_complete
    assert pages.words == "3 features."
    assert [entry["id"] for entry in written(pages)["features"]] == [1, 2, 3]
    assert "crs" not in written(pages)


def test_o2_a_web_page_is_asked_once_more_for_json() -> None:
    pages = walk()
    pages.take(b"<!doctype html><html><body>Parks</body></html>", asked(pages))
    assert "f=json" in asked(pages)
    pages.take(page([1]), asked(pages))
    assert pages.count == 1


def test_o2_a_server_that_only_has_web_pages_is_refused() -> None:
    pages = walk()
    pages.take(b"<html><body>Parks</body></html>", asked(pages))
    with pytest.raises(NotReadable, match="web page instead of features"):
        pages.take(b"<html><body>Parks</body></html>", asked(pages))


def test_o3_without_next_and_count_pages_are_asked_by_number() -> None:
    pages = walk()
    pages.take(page(range(1000)), asked(pages))
    assert "offset=1000" in asked(pages)
    pages.take(page(range(1000, 1200)), asked(pages))
    assert pages.is_complete
    assert pages.count == 1200


def test_o3_what_is_cut_says_at_least() -> None:
    pages = walk(most=1000)
    pages.take(page(range(1000), "items?offset=1000"), asked(pages))
    assert pages.next_request() is None
    assert not pages.is_complete
    assert pages.words == "1\u202f000 of at least 1\u202f001 features."
    assert "No more than 1\u202f000 features" in str(pages.problem)


def test_what_is_cut_says_the_number_where_the_server_does() -> None:
    pages = walk(most=2)
    pages.take(page([1, 2, 3], numberMatched=250), asked(pages))
    assert pages.words == "2 of 250 features."
    assert len(written(pages)["features"]) == 2


def test_where_nothing_came_that_is_said_and_not_counted() -> None:
    none, withheld, cut = walk(), walk(), walk()
    none.take(page([], numberMatched=0), asked(none))
    assert none.words == "No features: the server has none here."
    withheld.take(page([], numberMatched=5), asked(withheld))
    assert withheld.words == "None of 5 features came."
    for at in range(MOST_EMPTY + 1):
        cut.take(page([], f"items?offset={at + 1}"), asked(cut))
    assert cut.next_request() is None
    assert cut.words == "No features came: what the server has is not known."


def test_bytes_are_bounded() -> None:
    pages = walk(most_bytes=100)
    pages.take(page([1], "items?offset=1"), asked(pages))
    assert pages.next_request() is None
    assert pages.words == "1 of at least 2 features."


def test_o4_north_first_is_turned_by_the_header_alone() -> None:
    line = {"type": "LineString", "coordinates": [[48.0, 11.0, 5.0], [49.0, 12.0, 6.0]]}
    many = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [48.0, 11.0]}, line]}
    body = json.dumps({"type": "FeatureCollection", "features": [feature(1, geometry=many, bbox=[48, 11, 49, 12])]})
    turned, straight = walk(), walk()
    turned.take(body.encode(), asked(turned), "<http://www.opengis.net/def/crs/EPSG/0/4326>")
    straight.take(body.encode(), asked(straight))
    (entry,) = written(turned)["features"]
    assert entry["geometry"]["geometries"][0]["coordinates"] == [11.0, 48.0]
    assert entry["geometry"]["geometries"][1]["coordinates"] == [[11.0, 48.0, 5.0], [12.0, 49.0, 6.0]]
    assert "bbox" not in entry
    assert "crs" not in written(turned)
    assert written(straight)["features"][0]["geometry"]["geometries"][0]["coordinates"] == [48.0, 11.0]


def test_o4_another_crs_stands_in_the_file() -> None:
    pages = walk()
    body = json.dumps({"type": "FeatureCollection", "features": [feature(1, x=6_000_000.0, y=500_000.0)]})
    pages.take(body.encode(), asked(pages), "<http://www.opengis.net/def/crs/EPSG/0/3006>")
    assert written(pages)["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3006"
    assert written(pages)["features"][0]["geometry"]["coordinates"] == [500_000.0, 6_000_000.0]


def test_o4_an_unknown_crs_is_refused() -> None:
    pages = walk()
    with pytest.raises(NotReadable, match="a CRS that is not known"):
        pages.take(page([1]), asked(pages), "<http://www.opengis.net/def/crs/NOBODY/0/99>")


def test_o5_gml_is_kept_as_it_came() -> None:
    pages = walk("wfs", WFS.format(version="1.1.0"))
    assert "MAXFEATURES=20000" in asked(pages)
    gml = b'<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" numberOfFeatures="2">'
    gml += b"<gml:featureMember/><gml:featureMember/></wfs:FeatureCollection>"
    pages.take(gml, asked(pages))
    assert pages.next_request() is None
    assert pages.file_data() == gml
    assert (pages.suffix, pages.count, pages.is_complete) == (".gml", 2, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_o5_the_words_of_an_exception_are_told(encoding: str) -> None:
    pages = walk("wfs", WFS.format(version="2.0.0"))
    text = '<ExceptionReport><Exception exceptionCode="x"><ExceptionText>no such type</ExceptionText></Exception>'
    with pytest.raises(NotReadable, match="no such type"):
        pages.take(f"{text}</ExceptionReport>".encode(encoding), asked(pages))


def test_o5_the_crs_that_a_page_of_wfs_names_is_taken_with_x_first() -> None:
    pages = walk("wfs", WFS.format(version="2.0.0") + "&OUTPUTFORMAT=application/json")
    assert "COUNT=1000" in asked(pages)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    pages.take(page([1], crs=crs), asked(pages))
    assert written(pages)["crs"] == crs


def test_o5_what_unordered_pages_repeat_is_there_once_and_what_they_miss_is_said() -> None:
    pages = walk("wfs", WFS.format(version="2.0.0") + "&OUTPUTFORMAT=application/json")
    pages.take(page([1, 2], numberMatched=4), asked(pages))
    assert "STARTINDEX=2" in asked(pages)
    pages.take(page([2, 3], numberMatched=4), asked(pages))
    assert pages.words == "3 of 4 features."


@pytest.mark.parametrize("numbers", [[1, 2], []])
def test_endless_pages_end(numbers: list[int]) -> None:
    pages, count = walk(), 0
    while pages.next_request() is not None:
        count += 1
        pages.take(page(numbers, f"items?token={count}"), asked(pages))
    assert count <= MOST_EMPTY + 1
    assert "again and again" in str(pages.problem)
    assert not pages.is_complete


def test_an_error_keeps_what_came_before() -> None:
    pages = walk()
    pages.take(page([1, 2], "items?offset=2", numberMatched=9), asked(pages))
    pages.fail(ServerFault("The server answers with error 500."))
    assert pages.next_request() is None
    assert pages.words == "2 of 9 features."
    assert pages.problem == "The server answers with error 500."


def test_an_error_at_the_first_page_is_raised() -> None:
    pages = walk()
    with pytest.raises(ServerFault):
        pages.fail(ServerFault("The server answers with error 500."))


def test_a_crs_that_changes_between_pages_ends_them() -> None:
    pages = walk()
    pages.take(page([1], "items?offset=1"), asked(pages))
    pages.take(page([2]), asked(pages), "<http://www.opengis.net/def/crs/EPSG/0/3857>")
    assert pages.count == 1
    assert "changes the CRS" in str(pages.problem)


def test_all_features_are_asked_for_without_bounds() -> None:
    everything = FeatureWalk(FeatureQuestion(kind="ogcapi", address=ITEMS, title="Parks"))
    assert "bbox" not in asked(everything)
    plain = FeatureWalk(FeatureQuestion(kind="wfs", address=WFS.format(version="2.0.0"), title="Parks"))
    assert "BBOX" not in asked(plain)
