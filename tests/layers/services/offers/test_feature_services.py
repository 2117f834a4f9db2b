"""Services of features, OGC API and WFS: the layers they list, and the questions that a view asks of them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import CannotBePlaced, GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.services.offers import ogcapi, wfs
from layers.services.offers.feature_pages import FeaturePage, crs_of_answer, read_feature_page
from layers.services.offers.offer import OfferedLayer, ServiceOffer
from layers.services.offers.ogcapi import collections_address, read_ogcapi
from layers.services.offers.recognise import with_landing
from layers.services.offers.wfs import read_wfs

API = "https://api.example.org/ogc/"
LIST = "https://api.example.org/ogc/collections?f=json"
VIEW = Bounds(5, 47, 15, 55)


def link(rel: str, href: str, media_type: str | None = "application/json") -> dict[str, Any]:
    return {"rel": rel, "href": href} | ({"type": media_type} if media_type else {})


def collection(**more: Any) -> dict[str, Any]:
    return {"id": "sites", "title": "Sites", "links": [link("items", "sites/items", "application/geo+json")]} | more


def listed(*collections: Any, address: str = LIST, **more: Any) -> ServiceOffer:
    return read_ogcapi(json.dumps({"collections": collections, "links": []} | more).encode(), address)


def only(**more: Any) -> OfferedLayer:
    (layer,) = listed(collection(**more)).layers
    return layer


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("sites/items", "https://api.example.org/ogc/sites/items"),
        ("/x/items?f=json", "https://api.example.org/x/items?f=json"),
        ("http://api.example.org/items", "https://api.example.org/items"),
        ("https://other.example.org/items", "https://other.example.org/items"),  # consent is asked for its host
    ],
)
def test_o1_links_are_resolved(href: str, address: str) -> None:
    assert only(links=[link("items", href, "application/geo+json")]).address == address


@pytest.mark.parametrize(
    "links", [None, [], [None, {"rel": "items"}, {"href": 5, "rel": "items"}], [link("self", "a")]]
)
def test_o1_a_collection_without_a_link_to_its_items_is_asked_below_the_list(links: Any) -> None:
    assert only(links=links).address == "https://api.example.org/ogc/collections/sites/items?f=json"
    single = read_ogcapi(json.dumps(collection(links=links, extent={})).encode(), "https://a.example/c/sites").layers[0]
    assert single.address == "https://a.example/c/sites/items"


@pytest.mark.parametrize(
    ("relation", "kinds"),
    [
        ("http://www.opengis.net/def/rel/ogc/1.0/coverage", "coverages"),
        ("http://www.opengis.net/def/rel/ogc/1.0/map", "maps"),
        ("[ogc-rel:map]", "maps"),
        ("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "tiles"),
    ],
)
def test_a_collection_of_other_data_is_not_taken_for_features(relation: str, kinds: str) -> None:
    layer = only(links=[link("self", "a"), link(relation, "b")])
    assert layer.address == ""
    assert layer.problems == (f"“Sites” offers no features, but {kinds}: these are not opened.",)
    stated = only(links=[link(relation, "b")], itemType="feature")
    assert stated.address.endswith("/collections/sites/items?f=json")


def test_a_list_of_collections_has_the_title_of_its_landing_page_else_of_its_host() -> None:
    bare = listed(collection())
    assert bare.title == "api.example.org"
    landing = ServiceOffer(service="ogcapi", title="Land", attribution="They", licence="CC BY")
    whole = with_landing(bare, landing)
    assert (whole.title, whole.attribution, whole.licence) == ("Land", "They", "CC BY")
    assert whole.layers == bare.layers


@pytest.mark.parametrize(
    ("links", "address"),
    [
        ([link("data", "collections")], f"{API}collections"),
        ([link("data", "c?f=html", "text/html"), link("data", "c", "application/json")], f"{API}c"),
        ([link("data", "c", "text/html")], f"{API}c?f=json"),
        ([link("http://www.opengis.net/def/rel/ogc/1.0/data", "/c")], "https://api.example.org/c"),
        ([link("conformance", "conformance")], f"{API}collections"),
        ([], ""),
    ],
)
def test_o2_a_landing_page_leads_to_the_collections_in_json(links: list[dict[str, Any]], address: str) -> None:
    page = json.dumps({"title": "Land", "links": links}).encode()
    assert collections_address(page, API) == address
    if address:
        offer = read_ogcapi(page, API)
        assert (offer.service, offer.title, offer.layers) == ("ogcapi", "Land", ())


def test_o2_items_are_asked_for_in_json_also_where_links_say_html() -> None:
    pages = [link("items", "i?f=html", "text/html"), link("items", "i", "application/geo+json")]
    assert only(links=pages).address == f"{API}i"
    assert only(links=pages[:1]).address == f"{API}i?f=json"
    with pytest.raises(NotReadable, match="web page"):
        read_ogcapi(b"\n<!DOCTYPE html><html/>", API)


def test_a_collection_has_its_title_box_crss_and_terms() -> None:
    layer = only(
        description="About",
        extent={"spatial": {"bbox": [[5, 47, 0, 15, 55, 900]]}},
        crs=["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/EPSG/0/25832", "#/crs"],
        license="CC-BY-4.0",
    )
    assert (layer.name, layer.title, layer.abstract, layer.bounds_lonlat) == ("sites", "Sites", "About", VIEW)
    assert (layer.crs, layer.licence, layer.formats) == (
        ("OGC:CRS84", "EPSG:25832"),
        "CC-BY-4.0",
        ("application/geo+json",),
    )
    assert (layer.service, layer.problems) == (None, ())


@pytest.mark.parametrize(
    ("extent", "bounds", "problems"),
    [
        ({"spatial": {"bbox": [5, 47, 15, 55]}}, VIEW, 0),
        ({"spatial": [5, 47, 15, 55]}, VIEW, 0),
        ({"bbox": [5, 47, 15, 55]}, VIEW, 0),
        ({"spatial": {"bbox": [[170, -10, -170, 10]]}}, Bounds(170, -10, 190, 10), 0),
        ({"spatial": {"bbox": [[500000, 5e6, 600000, 6e6]]}}, None, 1),
        ({"spatial": {"bbox": [[5, None, 15, 55]]}}, None, 1),
        ({"spatial": {"bbox": [[]]}}, None, 0),
        ({}, None, 0),
        (None, None, 0),
        ("x", None, 0),
    ],
)
def test_boxes_stand_in_several_places(extent: Any, bounds: Bounds | None, problems: int) -> None:
    layer = only(extent=extent)
    assert (layer.bounds_lonlat, len(layer.problems)) == (bounds, problems)


def test_an_entry_that_is_no_collection_costs_itself() -> None:
    offer = listed(None, {"title": "nameless"}, {"id": True}, collection(), {"id": 1})
    assert [layer.name for layer in offer.layers] == ["sites", "1"]
    assert len(offer.problems) == 1


@pytest.mark.parametrize(
    "document", ["[]", "{}", '{"type": "FeatureCollection", "features": []}', "", "{", '{"links": [1]}']
)
def test_what_is_no_document_of_ogc_api_is_refused(document: str) -> None:
    with pytest.raises(NotReadable):
        read_ogcapi(document.encode(), API)


def test_features_are_asked_for_by_view_and_page() -> None:
    layer = only(links=[link("items", "sites/items?f=json&limit=5", "application/geo+json")])
    first = ogcapi.features_request(layer, VIEW, 100)
    assert query(first) == {"f": "json", "bbox": "5,47,15,55", "limit": "100"}
    assert query(ogcapi.features_request(layer, VIEW, 100, 200))["offset"] == "200"
    for bounds, box in (
        (Bounds(170, -10, 190, 10), "170,-10,-170,10"),
        (Bounds(-400, -100, 400, 100), "-180,-90,180,90"),
        (Bounds(-180, 0, 180, 10), "-180,0,180,10"),
        (Bounds(350, 0, 355, 10), "-10,0,-5,10"),
    ):
        assert query(ogcapi.features_request(layer, bounds, 10))["bbox"] == box


ASKED = "https://api.example.org/ogc/sites/items?f=json&bbox=5,47,15,55&limit=2"


def page(count: int, address: str = ASKED, offset: int = 0, limit: int = 2, **more: Any) -> FeaturePage:
    features = [{"type": "Feature", "id": number} for number in range(count)]
    body = {"type": "FeatureCollection", "features": features} | more
    return read_feature_page(json.dumps(body).encode(), address, limit, offset)


@pytest.mark.parametrize(
    ("links", "following"),
    [
        (
            [link("next", "?f=json&bbox=5,47,15,55&token=b")],
            "https://api.example.org/ogc/sites/items?f=json&bbox=5,47,15,55&token=b",
        ),
        ([link("next", "/n?token=b")], "https://api.example.org/n?token=b&f=json&bbox=5,47,15,55"),
        (
            [link("next", "/h?bbox=1", "text/html"), link("next", "/j?f=json&bbox=1", "application/geo+json")],
            "https://api.example.org/j?f=json&bbox=1",
        ),
        ([link("next", "/h?bbox=1&f=json", "text/html")], "https://api.example.org/h?bbox=1&f=json"),
        ([link("next", ASKED)], ""),
        ([{"rel": "next"}, None, link("self", ASKED)], ""),
        ("nonsense", ""),
    ],
)
def test_o2_the_next_page_is_in_json_and_of_the_same_place(links: Any, following: str) -> None:
    assert page(1, links=links).next == following


@pytest.mark.parametrize(
    ("count", "matched", "offset", "next_offset"),
    [
        (2, 5, 0, "2"),
        (2, 5, 2, "4"),
        (1, 5, 4, ""),
        (2, None, 4, "6"),
        (1, None, 4, ""),
        (0, 5, 2, ""),
        (2, -1, 0, "2"),
    ],
)
def test_o3_pages_are_asked_by_number_where_no_next_is_named(
    count: int, matched: int | None, offset: int, next_offset: str
) -> None:
    answer = page(count, offset=offset, **({} if matched is None else {"numberMatched": matched}))
    assert query(answer.next or ASKED).get("offset", "") == next_offset
    assert answer.matched == (matched if matched and matched > 0 else None)


def test_o3_what_is_no_page_is_refused() -> None:
    for body in ("[]", "{}", '{"features": 5}', "<html/>", ""):
        with pytest.raises(NotReadable):
            read_feature_page(body.encode(), ASKED, 10)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("", ("OGC:CRS84", False)),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84>", ("OGC:CRS84", False)),
        ("<http://www.opengis.net/def/crs/EPSG/0/4326>", ("EPSG:4326", True)),
        ("<http://www.opengis.net/def/crs/EPSG/0/25832>", ("EPSG:25832", False)),
        ("<http://example.org/nothing>", None),
    ],
)
def test_o4_the_header_content_crs_tells_the_order_of_an_answer(header: str, answer: tuple[str, bool] | None) -> None:
    assert crs_of_answer(header) == answer


OWS = (
    '<ows:OperationsMetadata><ows:Operation name="GetCapabilities"/><ows:Operation name="GetFeature"><ows:DCP>'
    '<ows:HTTP><ows:Get xlink:href="http://wfs.example.org/ows?map=a&amp;"/><ows:Post xlink:href="http://wfs.example.org/post"/>'
    '</ows:HTTP></ows:DCP><ows:Parameter name="outputFormat"><ows:AllowedValues><ows:Value>text/xml; subtype=gml/3.2'
    "</ows:Value><ows:Value>application/json</ows:Value></ows:AllowedValues></ows:Parameter></ows:Operation>"
    "</ows:OperationsMetadata>"
)
BOX = (
    "<ows:WGS84BoundingBox><ows:LowerCorner>5 47</ows:LowerCorner>"
    "<ows:UpperCorner>15 55</ows:UpperCorner></ows:WGS84BoundingBox>"
)
OLD_DOOR = (
    "<Capability><Request><GetFeature><ResultFormat><GML2/><JSON/></ResultFormat><DCPType><HTTP>"
    '<Get onlineResource="http://wfs.example.org/ows?map=a"/></HTTP></DCPType></GetFeature></Request></Capability>'
)


def wfs_document(version: str, crs: tuple[str, ...] = ("urn:ogc:def:crs:EPSG::25832",), name: str = "ns:sites") -> str:
    is_old = version == "1.0.0"
    words = ("SRS", "SRS") if is_old else ("DefaultCRS", "OtherCRS") if version >= "2" else ("DefaultSRS", "OtherSRS")
    crss = "".join(f"<{words[min(at, 1)]}>{text}</{words[min(at, 1)]}>" for at, text in enumerate(crs))
    box = '<LatLongBoundingBox minx="5" miny="47" maxx="15" maxy="55"/>' if is_old else BOX
    return (
        f'<wfs:WFS_Capabilities version="{version}" xmlns:wfs="http://w.example" xmlns:ows="http://o.example" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink">{OLD_DOOR if is_old else OWS}<FeatureTypeList><FeatureType>'
        f"<Name>{name}</Name><Title>Sites</Title><Abstract>About</Abstract>{crss}{box}</FeatureType><FeatureType/>"
        "</FeatureTypeList></wfs:WFS_Capabilities>"
    )


def wfs_layer(
    version: str, crs: tuple[str, ...] = ("urn:ogc:def:crs:EPSG::25832",), name: str = "ns:sites"
) -> OfferedLayer:
    (layer,) = read_wfs(
        wfs_document(version, crs, name).encode(), "http://wfs.example.org/ows?REQUEST=GetCapabilities"
    ).layers
    return layer


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "2.0.0", "2.0.2"])
def test_o5_layers_of_each_version_of_wfs(version: str) -> None:
    layer = wfs_layer(version)
    assert (layer.name, layer.title, layer.abstract, layer.bounds_lonlat) == ("ns:sites", "Sites", "About", VIEW)
    assert (layer.crs, layer.problems) == (("EPSG:25832",), ())
    question = query(wfs.features_request(layer, VIEW, 50, 100))
    typed = "TYPENAMES" if version >= "2" else "TYPENAME"
    assert (question["map"], question["VERSION"], question[typed]) == (
        "a",
        version[:2] + "0.0" if version > "2" else version,
        "ns:sites",
    )
    assert question["COUNT" if version >= "2" else "MAXFEATURES"] == "50"
    assert question["OUTPUTFORMAT"] == ("JSON" if version == "1.0.0" else "application/json")
    assert (question["STARTINDEX"], "STARTINDEX" in query(wfs.features_request(layer, VIEW, 50))) == ("100", False)


@pytest.mark.parametrize(
    ("version", "spelling", "box"),
    [
        ("2.0.0", "urn:ogc:def:crs:EPSG::4326", "47,5,55,15,urn:ogc:def:crs:EPSG::4326"),
        ("1.1.0", "urn:ogc:def:crs:EPSG::4326", "47,5,55,15,urn:ogc:def:crs:EPSG::4326"),
        (
            "2.0.0",
            "http://www.opengis.net/def/crs/EPSG/0/4326",
            "47,5,55,15,http://www.opengis.net/def/crs/EPSG/0/4326",
        ),
        ("1.1.0", "EPSG:4326", "5,47,15,55,EPSG:4326"),
        ("2.0.0", "urn:ogc:def:crs:OGC:1.3:CRS84", "5,47,15,55,urn:ogc:def:crs:OGC:1.3:CRS84"),
        ("1.0.0", "EPSG:4326", "5,47,15,55"),
    ],
)
def test_o5_boxes_stand_in_the_order_of_the_version_and_the_spelling(version: str, spelling: str, box: str) -> None:
    assert query(wfs.features_request(wfs_layer(version, (spelling,)), VIEW, 10))["BBOX"] == box


def test_o5_degrees_are_asked_for_where_they_are_offered_and_else_the_layers_own_crs() -> None:
    several = wfs_layer("2.0.0", ("urn:ogc:def:crs:EPSG::3006", "urn:ogc:def:crs:EPSG::4326"))
    assert query(several.address)["SRSNAME"] == "urn:ogc:def:crs:EPSG::4326"
    own = wfs_layer("2.0.0", ("urn:ogc:def:crs:EPSG::3006",))
    south, west, north, east = (
        float(text) for text in query(wfs.features_request(own, VIEW, 10))["BBOX"].split(",")[:4]
    )
    assert (east, west < 0) == (pytest.approx(500_000), True)
    assert 5_000_000 < south < north < 6_300_000
    with pytest.raises(CannotBePlaced):
        wfs.features_request(wfs_layer("2.0.0", ("urn:ogc:def:crs:IAU:2015:49910",)), VIEW, 10)


def test_o5_version_1_0_is_asked_in_the_layers_own_crs_alone() -> None:
    assert query(wfs_layer("1.0.0", ("EPSG:25832", "EPSG:4326")).address)["SRSNAME"] == "EPSG:25832"


@pytest.mark.parametrize(
    ("crs", "numbers", "bounds"),
    [
        ("EPSG:3857", (1113194.9, 6446275.8, 1168298.1, 6533146.6), (10.0, 50.0, 10.495, 50.499)),
        ("EPSG:4326", (1113194.9, 6446275.8, 1168298.1, 6533146.6), None),
        ("EPSG:3857", (1168298.1, 6446275.8, 1113194.9, 6533146.6), None),
        ("EPSG:3857", (5.0, 47.0, 15.0, 55.0), (5.0, 47.0, 15.0, 55.0)),
    ],
    ids=["its own", "degrees that are none", "east before west", "degrees"],
)
def test_o5_the_box_of_version_1_0_may_stand_in_the_layers_own_crs(
    crs: str, numbers: tuple[float, ...], bounds: tuple[float, ...] | None
) -> None:
    """MapServer writes it so, as that version wants it."""
    minx, miny, maxx, maxy = numbers
    box = f'<LatLongBoundingBox minx="{minx}" miny="{miny}" maxx="{maxx}" maxy="{maxy}"/>'
    document = wfs_document("1.0.0", (crs,)).replace(
        '<LatLongBoundingBox minx="5" miny="47" maxx="15" maxy="55"/>', box
    )
    (layer,) = read_wfs(document.encode(), "http://wfs.example.org/ows").layers
    assert layer.bounds_lonlat == (None if bounds is None else pytest.approx(bounds, abs=1e-4))
    assert len(layer.problems) == (bounds is None)


def test_o5_a_layer_in_an_unknown_crs_is_listed_and_said() -> None:
    layer = wfs_layer("2.0.0", ("urn:nothing:1",))
    assert (layer.address, layer.crs, len(layer.problems)) == ("", ("urn:nothing:1",), 1)


def test_o5_utf_16_and_errors_are_read() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + wfs_document("1.1.0", name="ns:Straße,1")
    layer = read_wfs(text.encode("utf-16"), "http://wfs.example.org/ows").layers[0]
    assert query(layer.address)["TYPENAME"] == "ns:Straße,1"
    assert "%2C" in layer.address
    for body, words in (
        ("<ExceptionReport><Exception exceptionCode='A'/></ExceptionReport>", "A"),
        ("<a/>", "no capabilities"),
    ):
        with pytest.raises(NotReadable, match=words):
            read_wfs(body.encode(), "")


def test_half_a_character_in_json_breaks_nothing() -> None:
    text = json.dumps({"collections": [collection(id="a\ud800", title="\udfff", links=[link("items", "i\ud800")])]})
    layer = read_ogcapi(text.encode(), LIST).layers[0]
    assert (layer.name, layer.title, layer.address.isascii()) == ("a?", "?", True)


MEMBERS = ("id", "links", "rel", "href", "type", "extent", "spatial", "bbox", "crs", "collections", "features", "items")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda value: st.lists(value, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), value, max_size=6),
    max_leaves=20,
)


@pytest.mark.bounded
@given(JSON)
def test_no_json_breaks_the_reading(value: Any) -> None:
    for document in (value, {"collections": [value], "links": value}, {"features": [value], "links": [value]}):
        for read in (lambda body: read_ogcapi(body, API), lambda body: read_feature_page(body, ASKED, 10)):
            try:
                read(json.dumps(document).encode())
            except GeoloupeError:
                continue
