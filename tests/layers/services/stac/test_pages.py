"""The pager: rows S1 to S6, S8, S9 and S24 of the rule book, each against a server that lies in that way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.geo.bounds import Bounds
from layers.services.http_request import HttpRequest
from layers.services.stac.documents import StacDocument, document_of
from layers.services.stac.item import StacItem
from layers.services.stac.pages import Pager
from layers.services.stac.question import StacQuestion
from tests.layers.services.stac.made import FILTERS, HOST, SEARCH, item, landing, page, square_at

QUESTION = StacQuestion(boxes=(Bounds(9, 49, 12, 52),), begin="2026-01-01", end="2026-06-30", limit=50)
ELSEWHERE = square_at(-70, -30)


def api(**changes: Any) -> StacDocument:
    return document_of(landing(**changes), HOST)


GET_ONLY = [{"rel": "search", "href": SEARCH, "type": "application/geo+json"}]


def pager_of(question: StacQuestion = QUESTION, **changes: Any) -> Pager:
    return Pager(question, api(**changes))


def request_of(pager: Pager) -> HttpRequest:
    request = pager.next_request()
    assert request is not None
    return request


def answered(pager: Pager, content: bytes, status: int = 200) -> list[StacItem]:
    return pager.take(content, request_of(pager).address, status)


def names(items: list[StacItem]) -> list[str]:
    return [each.id for each in items]


def body(pager: Pager) -> dict[str, Any]:
    return json.loads(request_of(pager).body)


def words(pager: Pager) -> str:
    return " ".join(pager.problems)


def test_the_first_request_asks_area_time_and_page_size_by_post() -> None:
    pager = pager_of()
    request = request_of(pager)
    assert (request.method, request.address) == ("POST", SEARCH)
    assert body(pager) == {
        "bbox": [9, 49, 12, 52],
        "datetime": "2026-01-01T00:00:00.000Z/2026-06-30T23:59:59.999Z",
        "limit": 50,
    }
    assert pager.next_request() is request


def test_a_whole_search_is_complete_and_counted() -> None:
    pager = pager_of()
    assert pager.matched is None
    assert names(answered(pager, page(item("a"), item("b"), numberMatched=2))) == ["a", "b"]
    assert pager.next_request() is None
    assert pager.is_complete
    assert (pager.matched, pager.problems) == ("2", ())


# -- S1: the rule of the next page ------------------------------------------------------------------------------------


def test_s1_next_by_post_with_merge_true_keeps_the_question() -> None:
    pager = pager_of()
    link = {"href": SEARCH, "method": "POST", "merge": True, "body": {"token": "t2"}, "headers": {"X-Page": "2"}}
    answered(pager, page(item("a"), following=link))
    assert body(pager)["token"] == "t2"
    assert body(pager)["bbox"] == [9, 49, 12, 52]
    assert ("X-Page", "2") in request_of(pager).headers


def test_s1_next_by_post_without_merge_is_its_own_body() -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": SEARCH, "method": "POST", "body": {"token": "t2"}}))
    assert body(pager) == {"token": "t2"}


def test_s1_next_by_post_without_a_body_asks_the_question_again_at_its_address() -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": f"{SEARCH}?page=2", "method": "POST"}))
    assert request_of(pager).address == f"{SEARCH}?page=2"
    assert body(pager)["bbox"] == [9, 49, 12, 52]


def test_s1_no_page_sets_headers_that_are_ours() -> None:
    pager = pager_of()
    headers = {"Host": "evil.example", "Authorization": "x", "Cookie": "x", "X-Ok": "1"}
    answered(pager, page(item("a"), following={"href": SEARCH, "method": "POST", "body": {}, "headers": headers}))
    assert {name for name, _ in request_of(pager).headers} == {"Accept", "Content-Type", "X-Ok"}


def test_s1_next_by_get_after_a_post_that_lost_the_filter_stops_and_says_so() -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": f"{SEARCH}?token=2"}))
    assert request_of(pager).method == "GET"
    assert (
        answered(pager, page(item("x", **ELSEWHERE), item("y", **ELSEWHERE), following={"href": f"{SEARCH}?token=3"}))
        == []
    )
    assert pager.next_request() is None
    assert not pager.is_complete
    assert pager.matched == "at least 1"
    assert "lost the question" in words(pager)


# -- S2: wrong hosts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", [{"method": "POST", "merge": True, "body": {"token": "2"}}, {}])
def test_s2_the_area_is_never_sent_to_another_host_unasked(link: dict[str, Any]) -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": "https://other.example.com/search?t=2", **link}))
    assert pager.next_request() is None
    assert pager.host_asked == "other.example.com"
    assert not pager.is_complete
    assert "other.example.com" in words(pager)
    pager.allow_host()
    assert request_of(pager).address == "https://other.example.com/search?t=2"
    assert names(answered(pager, page(item("b")))) == ["b"]
    assert (pager.is_complete, pager.matched) == (True, "2")


@pytest.mark.parametrize("wrong", ["http://localhost:8080/search", "http://10.0.0.7/search", "http://stac-api:80/x"])
def test_s2_an_internal_host_is_the_own_one(wrong: str) -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": f"{wrong}?token=2"}))
    assert request_of(pager).address == f"{SEARCH}?token=2"
    assert "wrong address" in words(pager)


def test_s2_http_of_the_own_host_becomes_https() -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": f"{SEARCH}?token=2".replace("https:", "http:")}))
    assert request_of(pager).address == f"{SEARCH}?token=2"


def test_s2_a_wrong_path_is_tried_at_the_search_itself() -> None:
    pager = pager_of()
    answered(pager, page(item("a"), following={"href": "https://stac.example.org/search?token=2"}))
    answered(pager, b"", 404)
    assert request_of(pager).address == f"{SEARCH}?token=2"
    answered(pager, page(item("b"), following={"href": "https://stac.example.org/search?token=3"}))
    assert request_of(pager).address == f"{SEARCH}?token=3"
    answered(pager, page(item("c")))
    assert (pager.is_complete, pager.matched) == (True, "3")


def test_s2_a_search_at_another_host_than_the_landing_page_is_asked_for_first() -> None:
    pager = pager_of(links=[{"rel": "search", "href": "https://other.example.com/search"}])
    assert pager.next_request() is None
    assert pager.host_asked == "other.example.com"


# -- S3, S4: empty pages, circles -------------------------------------------------------------------------------------


def test_s3_an_empty_page_with_a_next_is_not_the_end() -> None:
    pager = pager_of()
    for number in range(5):
        assert answered(pager, page(following={"href": f"{SEARCH}?token={number}"})) == []
    assert names(answered(pager, page(item("late")))) == ["late"]
    assert pager.is_complete


def test_s3_empty_pages_without_end_are_bounded_and_never_none_found() -> None:
    pager = pager_of()
    count = 0
    while pager.next_request() is not None:
        count += 1
        answered(pager, page(following={"href": f"{SEARCH}?token={count}"}))
        assert count < 100
    assert not pager.is_complete
    assert pager.matched is None
    assert "empty pages" in words(pager)


def test_s4_the_same_next_for_ever_is_followed_once() -> None:
    pager = pager_of()
    link = {"href": SEARCH, "method": "POST", "merge": True, "body": {"token": "same"}}
    answered(pager, page(item("a"), following=link))
    answered(pager, page(item("b"), following=link))
    assert pager.next_request() is None
    assert not pager.is_complete
    assert "for ever" in words(pager)


def test_s4_new_tokens_for_the_same_items_end_as_well() -> None:
    pager = pager_of()
    count = 0
    while pager.next_request() is not None:
        count += 1
        answered(pager, page(item("a"), following={"href": f"{SEARCH}?token={count}"}))
        assert count < 10
    assert pager.count == 1
    assert "again and again" in words(pager)


def test_s4_a_link_without_rel_is_passed_over_and_one_without_method_is_a_get() -> None:
    pager = pager_of()
    links = [{"href": f"{SEARCH}?token=9"}, {"rel": "next", "href": f"{SEARCH}?token=2"}, None, "next", {"rel": "next"}]
    answered(pager, page(item("a"), links=links))
    assert (request_of(pager).method, request_of(pager).address) == ("GET", f"{SEARCH}?token=2")


# -- S5, S6: caps and counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 500, 502])
def test_s5_a_limit_that_is_refused_is_halved(status: int) -> None:
    pager = pager_of()
    limits = [body(pager)["limit"]]
    for _ in range(20):
        limit = json.loads(request_of(pager).body)["limit"]
        if limit <= 20:
            break
        answered(pager, b"{}", status)
        limits.append(body(pager)["limit"])
    assert sorted(set(limits), reverse=True) == [50, 25, 12]
    assert names(answered(pager, page(item("a")))) == ["a"]
    assert pager.is_complete
    assert "smaller" in words(pager)


def test_s5_a_deep_page_that_is_refused_splits_the_search_by_date() -> None:
    pager = Pager(StacQuestion(begin="2026-01-01", end="2026-01-31", limit=10), api(links=GET_ONLY))
    january = {"properties": {"datetime": "2026-01-05T00:00:00Z"}}
    link = {"href": f"{SEARCH}?token=2"}
    answered(pager, page(item("a", **january), item("b", **january), numberMatched=10000, following=link))
    assert pager.matched == "at least 10000"
    answered(pager, b"", 400)
    asked = []
    while (request := pager.next_request()) is not None:
        asked.append(request.address)
        answered(pager, page(item(f"n{len(asked)}", properties={"datetime": "2026-01-16T00:00:00Z"}), item("a")))
    assert len(asked) == 2
    assert "2026-01-16T12:00:00.000Z/2026-01-31" in asked[0].replace("%3A", ":")
    assert "2026-01-01T00:00:00.000Z/2026-01-16T12" in asked[1].replace("%3A", ":")


def test_s5_a_search_that_ends_at_a_cap_is_split_by_date() -> None:
    pager = Pager(StacQuestion(begin="2026-03-01", end="2026-03-01", limit=1000), api(links=GET_ONLY))
    came = answered(pager, page(*(item(f"i{n}") for n in range(1000)), numberMatched=1500))
    assert len(came) == 1000
    assert request_of(pager).address.count("2026-03-01T") == 2
    assert "in parts by date" in words(pager)
    answered(pager, page(numberMatched=0))
    came = answered(pager, page(*(item(f"i{n}") for n in range(700, 1500)), numberMatched=800))
    assert len(came) == 500
    assert (pager.is_complete, pager.matched) == (True, "1500")


def test_s6_fewer_than_counted_and_no_next_is_said() -> None:
    for count in ({"numberMatched": 12}, {"context": {"matched": 12}}):
        pager = pager_of()
        answered(pager, page(item("a"), **count))
        assert pager.next_request() is None
        assert not pager.is_complete
        assert pager.matched == "12"
        assert "12 items and gave 1" in words(pager)


def test_s6_matched_is_at_least_while_the_search_goes_on() -> None:
    pager = pager_of()
    answered(pager, page(item("a"), item("b"), following={"href": f"{SEARCH}?token=2"}))
    assert pager.matched == "at least 2"
    answered(pager, page(item("c"), numberMatched=7, following={"href": f"{SEARCH}?token=3"}))
    assert pager.matched == "7"


def test_the_most_items_are_a_bound_that_is_said() -> None:
    pager = Pager(QUESTION, api(), most_items=3)
    came = answered(pager, page(*(item(f"i{n}") for n in range(5)), following={"href": f"{SEARCH}?token=2"}))
    assert len(came) == 3
    assert pager.next_request() is None
    assert pager.matched == "at least 3"
    assert "stopped at 3" in words(pager)


# -- S8: other ways ---------------------------------------------------------------------------------------------------


def test_s8_post_that_is_not_allowed_falls_back_to_get() -> None:
    pager = pager_of()
    answered(pager, b"", 405)
    request = request_of(pager)
    assert request.method == "GET"
    assert request.address.startswith(
        f"{SEARCH}?bbox=9,49,12,52&datetime=2026-01-01T00:00:00.000Z/2026-06-30T23:59:59.999Z"
    )
    assert names(answered(pager, page(item("a")))) == ["a"]


def test_s8_get_that_is_not_allowed_falls_back_to_post() -> None:
    pager = pager_of(links=GET_ONLY)
    assert request_of(pager).method == "GET"
    answered(pager, b"", 405)
    assert request_of(pager).method == "POST"
    answered(pager, b"", 405)
    assert pager.next_request() is None
    assert not pager.is_complete
    assert "405" in words(pager)


def test_s8_cloud_is_asked_for_where_that_is_understood_and_unknown_cloud_is_not_lost() -> None:
    pager = Pager(StacQuestion(max_cloud=20), api(conformsTo=FILTERS))
    assert body(pager)["filter-lang"] == "cql2-json"
    assert body(pager)["filter"]["op"] == "or"
    assert {part["op"] for part in body(pager)["filter"]["args"]} == {"<=", "isNull"}


def test_s8_cql2_text_only() -> None:
    pager = Pager(StacQuestion(max_cloud=20), api(conformsTo=[FILTERS[0], FILTERS[2]], links=GET_ONLY))
    assert "filter-lang=cql2-text" in request_of(pager).address
    assert "IS%20NULL" in request_of(pager).address


def test_s8_without_a_filter_the_cloud_is_judged_here_and_said() -> None:
    radar = item("radar", properties={"sar:product_type": "GRD", "eo:cloud_cover": 100})
    unknown = item("unknown", properties={"eo:cloud_cover": None})
    for conformance in ([], ["https://api.stacspec.org/v1.0.0/item-search#query"]):
        pager = Pager(StacQuestion(max_cloud=20), api(conformsTo=conformance))
        assert not body(pager).keys() & {"query", "filter"}
        came = answered(pager, page(item("clear"), item("cloudy", properties={"eo:cloud_cover": 80}), radar, unknown))
        assert names(came) == ["clear", "radar", "unknown"]
        assert "not asked about cloud" in words(pager)
        assert pager.matched == "3"


def test_s8_a_filter_that_is_refused_is_left_out() -> None:
    pager = Pager(StacQuestion(max_cloud=20), api(conformsTo=FILTERS))
    asked = []
    while b"filter" in request_of(pager).body or "filter" in request_of(pager).address:
        asked.append(request_of(pager).method)
        answered(pager, b"{}", 400)
    assert asked == ["POST", "POST", "GET"]
    assert body(pager) == {"limit": 100}
    assert "not asked about cloud" in words(pager)


def test_s7_an_api_without_conformance_or_search_link_is_tried() -> None:
    pager = pager_of(conformsTo=None, links=[{"rel": "data", "href": f"{HOST}/collections"}])
    assert request_of(pager).address == SEARCH


def test_items_of_one_collection_are_searched_at_its_items() -> None:
    collection = {
        "type": "Collection",
        "id": "s2",
        "stac_version": "1.0.0",
        "links": [{"rel": "items", "href": f"{HOST}/collections/s2/items"}],
    }
    pager = Pager(QUESTION, document_of(collection, f"{HOST}/collections/s2"))
    assert request_of(pager).address.startswith(f"{HOST}/collections/s2/items?bbox=9,49,12,52&datetime=")


def test_a_catalogue_without_a_search_is_none_to_be_asked() -> None:
    document = document_of({"type": "Catalog", "stac_version": "1.0.0", "id": "c", "links": []}, f"{HOST}/catalog.json")
    pager = Pager(QUESTION, document)
    assert pager.next_request() is None
    assert not pager.is_complete
    assert pager.take(b"", HOST, 200) == []


# -- S9, S12 ----------------------------------------------------------------------------------------------------------


def test_s9_conditions_that_are_ignored_are_judged_here_and_said() -> None:
    question = StacQuestion(boxes=QUESTION.boxes, begin="2026-01-01", end="2026-06-30", collections=("s2",))
    pager = pager_of(question)
    others = [
        item("place", **ELSEWHERE),
        item("time", properties={"datetime": "2020-01-01T00:00:00Z"}),
        item("kind", collection="landsat"),
    ]
    assert names(answered(pager, page(item("a"), *others, numberMatched=8, following={"href": f"{SEARCH}?t=2"}))) == [
        "a"
    ]
    assert "does not keep to" in words(pager)
    assert pager.matched == "at least 1"
    more = [item(f"more {number}", **ELSEWHERE) for number in range(3)]
    assert names(answered(pager, page(item("b"), *more))) == ["b"]
    assert pager.is_complete
    assert pager.matched == "2"


def test_s12_a_view_over_the_antimeridian_is_two_boxes_each_asked() -> None:
    for box in (Bounds(178, -20, 183, -15), Bounds(178, -20, -177, -15), Bounds(-182, -20, -177, -15)):
        pager = Pager(StacQuestion(boxes=(box,)), api())
        boxes = [body(pager)["bbox"]]
        over = item("over", **square_at(179.5, -18))
        answered(pager, page(over, item("west", **square_at(178.2, -18))))
        boxes.append(body(pager)["bbox"])
        answered(pager, page(over, item("east", **square_at(-179, -18))))
        assert sorted(boxes) == [[-180, -20, -177, -15], [178, -20, 180, -15]]
        assert pager.is_complete
        assert pager.matched == "3"


# -- S24: limits of rate, broken answers ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 403])
def test_s24_a_rate_limit_is_tried_once_again_then_said(status: int) -> None:
    pager = pager_of()
    first = request_of(pager)
    answered(pager, b"", status)
    assert pager.next_request() == first
    assert pager.pause_s > 0
    answered(pager, b"", status)
    assert pager.next_request() is None
    assert not pager.is_complete
    assert "too many requests" in words(pager)


def test_s24_once_again_helps() -> None:
    pager = pager_of()
    answered(pager, b"", 429)
    assert names(answered(pager, page(item("a")))) == ["a"]
    assert pager.pause_s == 0
    assert pager.is_complete


def test_s24_half_an_object_is_tried_once_again_and_never_taken_for_nothing() -> None:
    whole = page(item("a"))
    pager = pager_of(StacQuestion(limit=10))
    first = request_of(pager)
    answered(pager, whole[: len(whole) // 2])
    assert pager.next_request() == first
    answered(pager, whole[: len(whole) // 2])
    assert pager.next_request() is None
    assert not pager.is_complete
    assert "breaks off" in words(pager)


def test_s24_a_refusal_is_said_at_once() -> None:
    pager = pager_of()
    answered(pager, b"", 401)
    assert pager.next_request() is None
    assert "key" in words(pager)


def test_a_server_that_only_lies_is_left_after_a_bounded_number_of_requests() -> None:
    for status in (0, 400, 404, 500, 503, 418):
        pager = pager_of(StacQuestion(boxes=(Bounds(170, 0, 190, 5),), max_cloud=5, limit=1000), conformsTo=FILTERS)
        count = 0
        while pager.next_request() is not None:
            answered(pager, b"<html>", status)
            count += 1
            assert count < 60
        assert not pager.is_complete
        assert pager.matched is None
