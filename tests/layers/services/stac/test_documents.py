"""Documents of STAC and walks through catalogues: rows S7, S14 and S23 of the rule book."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.errors import GeoloupeError, NotReadable, UnsupportedFormat
from layers.geo.bounds import Bounds
from layers.services.stac.documents import StacDocument, read_stac
from layers.services.stac.question import StacQuestion
from layers.services.stac.walk import CatalogueWalk
from tests.layers.services.stac.made import HOST, LANDING_LINKS, SEARCH, as_bytes, item, landing, page, square_at

COLLECTION = {
    "type": "Collection",
    "stac_version": "1.0.0",
    "id": "s2",
    "title": "Sentinel-2",
    "license": "CC-BY-4.0",
    "providers": [{"name": "ESA", "roles": ["licensor"]}],
    "extent": {"spatial": {"bbox": [[-10, 40, 30, 60]]}, "temporal": {"interval": [["2015-06-27T00:00:00Z", None]]}},
    "links": [],
}


def read(value: Any, address: str = HOST) -> StacDocument:
    return read_stac(as_bytes(value), address)


def test_each_kind_of_document_is_known() -> None:
    assert read(item()).service == "stac-item"
    assert read(json.loads(page(item()))).service == "stac-items"
    assert read(COLLECTION).service == "stac-collection"
    assert read(landing()).service == "stac-api"
    assert read({"type": "Catalog", "stac_version": "1.0.0", "id": "c", "links": []}).service == "stac-catalog"
    listed = read({"collections": [COLLECTION], "links": []})
    assert (listed.service, listed.collections[0].title) == ("stac-catalog", "Sentinel-2")


def test_a_collection_states_its_extent_terms_and_credit() -> None:
    collection = read(COLLECTION)
    assert collection.bounds_lonlat == Bounds(-10, 40, 30, 60)
    assert (collection.start, collection.end) == ("2015-06-27T00:00:00Z", "")
    assert (collection.licence, collection.credit, collection.version) == ("CC-BY-4.0", "ESA", "1.0.0")


OTHER_KINDS = {
    "a list of places": {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}}]},
    "an empty list of places": {"type": "FeatureCollection", "features": []},
    "a place": {"type": "Feature", "geometry": None, "properties": {"name": "x"}},
    "features of an API": {"title": "Features", "links": [{"rel": "data", "href": "x"}], "conformsTo": ["…/core"]},
    "tiles": {"tilejson": "3.0.0", "tiles": ["https://x/{z}/{x}/{y}"]},
    "a number": 5,
    "a list": [1, 2],
    "nothing": None,
}


@pytest.mark.parametrize("name", OTHER_KINDS)
def test_json_of_another_kind_is_never_called_damaged(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="another kind"):
        read(OTHER_KINDS[name])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "web page"),
        (b'{"type": "Cat', "breaks off"),
        (b"hello", "no JSON"),
        (b"", "no JSON"),
        (b"[" * 9000, "breaks"),
    ],
)
def test_what_is_no_json_is_said_in_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(NotReadable, match=words):
        read_stac(content, HOST)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_documents_of_any_encoding_are_read(encoding: str) -> None:
    content = json.dumps(item("зима"), ensure_ascii=False).encode(encoding)
    assert read_stac(content, HOST).items[0].id == "зима"


def test_a_number_that_is_none_costs_itself() -> None:
    content = as_bytes(item()).replace(b"12.5", b"NaN")
    assert read_stac(content, HOST).items[0].cloud_cover is None


# -- S7 ---------------------------------------------------------------------------------------------------------------


def test_s7_a_landing_page_without_type_and_conformance_is_an_api() -> None:
    bare = landing()
    for member in ("type", "conformsTo", "stac_version"):
        del bare[member]
    document = read(bare)
    assert document.service == "stac-api"
    assert "which version" in " ".join(document.problems)


def test_s7_of_two_search_links_the_one_in_json_is_taken() -> None:
    links = [{"rel": "search", "href": f"{HOST}/opensearch.xml", "type": "application/opensearchdescription+xml"}]
    document = read(landing(links=[*links, *LANDING_LINKS]))
    assert {link.href for link in document.links_of("search")} == {SEARCH}


@pytest.mark.parametrize("version", ["0.6.2", "0.8.1", "0.9.0", "1.0.0-rc.1", "1.0.0", "1.1.0"])
def test_s7_the_version_is_said(version: str) -> None:
    for value in (item(stac_version=version), landing(stac_version=version), COLLECTION | {"stac_version": version}):
        assert read(value).version == version


def test_s7_old_collections_without_type_are_known() -> None:
    old = COLLECTION | {"extent": {"spatial": [-10, 40, 30, 60], "temporal": ["2015-06-27T00:00:00Z", None]}}
    del old["type"]
    document = read(old)
    assert (document.service, document.bounds_lonlat) == ("stac-collection", Bounds(-10, 40, 30, 60))
    assert document.start == "2015-06-27T00:00:00Z"


@pytest.mark.parametrize("extent", [None, {}, {"spatial": None, "temporal": None}, {"spatial": {"bbox": None}}, []])
def test_s13_a_collection_whose_extent_is_null_is_read(extent: Any) -> None:
    document = read(COLLECTION | {"extent": extent})
    assert (document.service, document.bounds_lonlat, document.start) == ("stac-collection", None, "")


# -- S14: relative addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [None, "./item.json", "https://elsewhere.example.com/other/item.json"])
def test_s14_relative_addresses_count_from_the_documents_own_address(own: str | None) -> None:
    links = [] if own is None else [{"rel": "self", "href": own}]
    stated = item(
        assets={"a": {"href": "./data/b04.tif"}, "b": {"href": "../c.tif"}, "c": {"href": "//cdn.example.org/d.tif"}}
    )
    scene = read(
        stated | {"links": [*links, {"rel": "parent", "href": "../catalog.json"}]}, f"{HOST}/x/item.json"
    ).items[0]
    assert [asset.href for asset in scene.assets] == [
        f"{HOST}/x/data/b04.tif",
        f"{HOST}/c.tif",
        "https://cdn.example.org/d.tif",
    ]
    assert scene.links[-1].href == f"{HOST}/catalog.json"


def test_s14_a_catalogue_without_the_slash_at_its_end() -> None:
    links = [{"rel": "search", "href": "./search"}, {"rel": "child", "href": "a/catalog.json"}]
    for address in (HOST, f"{HOST}/"):
        assert [link.href for link in read(landing(links=links), address).links] == [SEARCH, f"{HOST}/a/catalog.json"]
    own = [{"rel": "self", "href": f"{HOST}/"}, *links]
    assert read(landing(links=own)).links[1].href == SEARCH
    assert read(landing(links=links), f"{HOST}/catalog.json").links[0].href == SEARCH


def test_s14_in_a_folder_relative_addresses_are_paths() -> None:
    catalogue = {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": "c",
        "links": [{"rel": "child", "href": "./a/b.json"}],
    }
    assert read(catalogue, "/data/stac/catalog.json").links[0].href == "/data/stac/a/b.json"


def test_a_saved_answer_of_an_api_leads_to_its_server() -> None:
    links = [
        {"rel": "self", "href": f"{HOST}/"},
        {"rel": "search", "href": "search"},
        {"rel": "child", "href": "c.json"},
    ]
    document = read(landing(links=links), "/home/me/api.json")
    assert [link.href for link in document.links[1:]] == [SEARCH, "/home/me/c.json"]


# -- S23: catalogues to walk through ----------------------------------------------------------------------------------

ROOT = "https://files.example.org/stac/catalog.json"
FILES = ROOT.rpartition("/")[0]


def catalogue(*links: tuple[str, str]) -> dict[str, Any]:
    stated = [{"rel": rel, "href": href} for rel, href in links]
    return {"type": "Catalog", "stac_version": "1.0.0", "id": "c", "links": stated}


def walked(walk: CatalogueWalk, files: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The ids of all items, and the addresses that were asked for."""
    items, addresses = [each.id for each in walk.first_items], []
    while (request := walk.next_request()) is not None:
        addresses.append(request.address)
        content = files.get(request.address.partition("?")[0])
        status = 404 if content is None else 200
        items += [each.id for each in walk.take(b"" if content is None else as_bytes(content), request.address, status)]
        assert len(addresses) < 500
    return items, addresses


def test_s23_circles_are_walked_once_and_dead_children_cost_themselves() -> None:
    files = {
        f"{FILES}/a.json": catalogue(("item", "one.json"), ("root", "catalog.json"), ("child", "catalog.json")),
        f"{FILES}/b.json": catalogue(("child", "a.json"), ("item", "two.json")),
        f"{FILES}/one.json": item("one"),
        f"{FILES}/two.json": item("two"),
    }
    start = read(catalogue(("child", "a.json"), ("child", "gone.json"), ("child", "b.json")), ROOT)
    walk = CatalogueWalk(StacQuestion(), start)
    items, addresses = walked(walk, files)
    assert sorted(items) == ["one", "two"]
    assert len(addresses) == len(set(addresses)) == 5
    assert not walk.is_complete
    assert walk.matched == "at least 2"
    assert "gone.json could not be read" in " ".join(walk.problems)


def test_s23_thousands_of_children_are_read_lazily_and_within_bounds() -> None:
    start = read(catalogue(*(("child", f"{number}.json") for number in range(4000))), ROOT)
    walk = CatalogueWalk(StacQuestion(), start, most_documents=50)
    items, addresses = walked(walk, {f"{FILES}/{number}.json": catalogue() for number in range(4000)})
    assert (items, len(addresses), walk.is_complete, walk.matched) == ([], 50, False, None)
    assert "Only a part" in " ".join(walk.problems)


def test_s23_branches_of_another_place_or_time_are_left_out() -> None:
    far = COLLECTION | {"id": "far", "extent": {"spatial": {"bbox": [[-80, -40, -70, -30]]}, "temporal": {}}}
    late = COLLECTION | {"id": "late", "extent": {"temporal": {"interval": [["2027-01-01T00:00:00Z", None]]}}}
    files = {
        f"{FILES}/far.json": far | {"links": [{"rel": "item", "href": "x.json"}]},
        f"{FILES}/late.json": late | {"links": [{"rel": "item", "href": "y.json"}]},
        f"{FILES}/near.json": COLLECTION
        | {"links": [{"rel": "item", "href": "z.json"}, {"rel": "item", "href": "w.json"}]},
        f"{FILES}/z.json": item("near"),
        f"{FILES}/w.json": item("elsewhere", **square_at(25, 45)),
    }
    question = StacQuestion(boxes=(Bounds(9, 49, 12, 52),), begin="2026-01", end="2026-06")
    start = read(catalogue(("child", "far.json"), ("child", "late.json"), ("child", "near.json")), ROOT)
    walk = CatalogueWalk(question, start)
    items, addresses = walked(walk, files)
    assert items == ["near"]
    assert not {f"{FILES}/x.json", f"{FILES}/y.json"} & set(addresses)
    assert (walk.is_complete, walk.matched) == (True, "1")


def test_s23_a_walk_may_rest_and_gives_terms_of_the_collection() -> None:
    start = read(COLLECTION | {"links": [{"rel": "item", "href": "a.json"}]}, ROOT)
    walk = CatalogueWalk(StacQuestion(), start)
    request = walk.next_request()
    assert walk.next_request() == request is not None
    (scene,) = walk.take(as_bytes(item("a")), request.address, 200)
    assert (scene.terms, scene.credit) == ("CC-BY-4.0", "ESA")


def test_s23_paged_collections_and_a_query_in_the_address() -> None:
    listing = "https://api.example.org/collections"
    collection = COLLECTION | {"links": [{"rel": "items", "href": f"{listing}/s2/items?f=json"}]}
    files = {
        f"{listing}/s2/items": json.loads(page(item("a"), following={"href": f"{listing}/s2/more?f=json&page=2"})),
        f"{listing}/s2/more": json.loads(page(item("b"))),
        f"{listing}/2": {"collections": [COLLECTION | {"id": "last", "stac_version": "1.0.0"}]},
    }
    links = [{"rel": "next", "href": f"{listing}/2?token=x"}]
    start = read({"collections": [collection], "links": links}, f"{listing}?limit=1")
    items, addresses = walked(CatalogueWalk(StacQuestion(), start), files)
    assert items == ["a", "b"]
    assert f"{listing}/2?token=x" in addresses


def test_s23_the_token_of_a_next_page_is_no_signature() -> None:
    """pgSTAC numbers its pages so: all of them have the address of the first but for that."""
    listing = "https://api.example.org/collections/s2/items"
    files = {
        listing: json.loads(page(item("a"), following={"href": f"{listing}?token=next:s2:a"})),
        f"{listing}?token=next:s2:a": json.loads(page(item("b"), following={"href": f"{listing}?token=next:s2:b"})),
        f"{listing}?token=next:s2:b": json.loads(page(item("c"))),
    }
    start = read(COLLECTION | {"links": [{"rel": "items", "href": listing}]}, "https://api.example.org/collections/s2")
    walk = CatalogueWalk(StacQuestion(), start)
    items = []
    while (request := walk.next_request()) is not None:
        items += [each.id for each in walk.take(as_bytes(files[request.address]), request.address, 200)]
    assert items == ["a", "b", "c"]
    assert (walk.is_complete, walk.matched) == (True, "3")


def test_s4_a_walk_ends_where_new_tokens_bring_the_same_items() -> None:
    listing = "https://api.example.org/items"
    walk = CatalogueWalk(
        StacQuestion(), read(json.loads(page(item("a"), following={"href": f"{listing}?token=0"})), listing)
    )
    asked = 0
    while (request := walk.next_request()) is not None and asked < 50:
        asked += 1
        walk.take(page(item("a"), following={"href": f"{listing}?token={asked}"}), request.address, 200)
    assert (asked, walk.is_complete, walk.matched) == (3, False, "at least 1")
    assert "again and again" in " ".join(walk.problems)


def test_s1_a_walk_that_goes_on_by_post_is_not_whole_and_says_so() -> None:
    listing = "https://api.example.org/search?limit=1"
    following = {"href": listing.partition("?")[0], "method": "POST", "body": {"token": "next:a"}}
    walk = CatalogueWalk(StacQuestion(), read(json.loads(page(item("a"), following=following)), listing))
    assert walk.next_request() is None
    assert (walk.is_complete, walk.matched) == (False, "at least 1")
    assert "by POST" in " ".join(walk.problems)


def test_s23_other_hosts_wait_until_they_are_allowed() -> None:
    start = read(catalogue(("item", "https://other.example.com/x.json")), ROOT)
    walk = CatalogueWalk(StacQuestion(), start)
    assert walk.next_request() is None
    assert (walk.host_asked, walk.is_complete) == ("other.example.com", False)
    walk.allow_host()
    request = walk.next_request()
    assert request is not None
    assert [each.id for each in walk.take(as_bytes(item("x")), request.address, 200)] == ["x"]
    assert walk.is_complete


@pytest.mark.parametrize("root", [ROOT, "/data/stac/catalog.json"])
def test_s23_a_catalogue_leads_to_no_file_outside_its_folder(root: str) -> None:
    links = (
        ("item", "file:///etc/passwd"),
        ("item", "/etc/passwd.json"),
        ("item", "../x.json"),
        ("item", "a/../../y.json"),
    )
    walk = CatalogueWalk(StacQuestion(), read(catalogue(*links, ("item", "a/b.json")), root))
    addresses = []
    while (request := walk.next_request()) is not None:
        addresses.append(request.address)
        walk.take(b"", request.address, 404)
    assert not [
        address for address in addresses if not address.startswith(("https://files.example.org/", "/data/stac/"))
    ]
    assert root.replace("catalog.json", "a/b.json") in addresses
    assert "leads out of the catalogue" in " ".join(walk.problems)


def test_s24_a_child_that_breaks_off_is_asked_once_again() -> None:
    walk = CatalogueWalk(StacQuestion(), read(catalogue(("item", "a.json"), ("item", "b.json")), ROOT))
    for name, content, status in (("a", b"", 429), ("b", as_bytes(item("b"))[:50], 200)):
        request = walk.next_request()
        assert request is not None
        assert walk.take(content, request.address, status) == []
        assert walk.next_request() == request
        assert walk.pause_s > 0
        assert [each.id for each in walk.take(as_bytes(item(name)), request.address, 200)] == [name]
    assert walk.is_complete


def test_every_refusal_is_a_sentence() -> None:
    for content in (b"<", b"{", b"7", b'{"type":"Feature","stac_version":"1"}'):
        with pytest.raises(GeoloupeError, match=r"\.$"):
            read_stac(content, HOST)
