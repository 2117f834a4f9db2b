"""Rows F22 to F40 of the fault table for documents: what holds for tiles holds for capabilities, items and searches."""

from __future__ import annotations

import errno
import math
import os
import resource
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtNetwork import QNetworkProxy

from layers.errors import NotAllowed, ServerFault
from layers.services.http_request import BodyKind, HttpRequest
from tests.support.heartbeat import FREE_MS, Heartbeat
from tests.support.tile_server import TileServer, gzip_bomb, serving
from tests.viewer.network.conftest import AskAny, AskDocument, Documents, MakeFetcher, asked_document, each_kind
from viewer.network.answer import HttpAnswer, seconds_of
from viewer.network.document_store import SWEPT_EVERY, DocumentStore
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.host_state import HostReach

QUESTION = b'{"bbox": [1, 2, 3, 4]}'
by_get_and_post = pytest.mark.parametrize("body", [b"", QUESTION], ids=["get", "post"])


@by_get_and_post
def test_a_document_comes_with_its_type_and_address(ask_document: AskDocument, server: TileServer, body: bytes) -> None:
    documents = ask_document("ok", body=body)
    (answer,) = documents.answers
    assert not documents.errors
    assert (answer.body, answer.status, answer.address) == (server.document, 200, f"{server.url}/ok/5/0/3.json")
    assert answer.content_type == "application/geo+json"
    assert server.headers["User-Agent"].startswith("Geoloupe/")
    assert not {"Cookie", "Referer"} & set(server.headers)
    assert server.posted == ([body] if body else [])
    assert server.headers.get("Content-Type", "") == ("application/json" if body else "")


def test_an_address_is_sent_byte_for_byte_with_the_headers_of_its_page(
    qtbot, fetcher: Fetcher, server: TileServer
) -> None:
    """S16: a signature breaks where it is encoded again."""
    documents, path = Documents(), "/ok/5/0/3.json?sig=a%2Bb%2F%3D&t=x+y%20z&b=1,2&c=%7Bq%7D&se=2026-12-01T00%3A00Z"
    headers = (("X-Page", "2"), ("Host", "evil.org"), ("Cookie", "a=b"), ("X-Two", "a\r\nX-Three: b"))
    fetcher.fetch_document(HttpRequest(server.url + path, headers=headers), documents)
    qtbot.waitUntil(lambda: documents.count == 1)
    assert server.log == [path]
    assert (server.headers["X-Page"], server.headers["Host"]) == ("2", server.host)
    assert not {"X-Three", "X-Two", "Cookie"} & set(server.headers)
    assert documents.answers[0].address == server.url + path


@pytest.mark.bounded
@by_get_and_post
@pytest.mark.sampled(8)
@pytest.mark.parametrize(
    ("fault", "words", "requests"),
    [
        ("loop", "circles", 4),
        ("tofile", "not followed", 1),
        ("drip", "longer than", 1),
        ("hang", "does not answer", 1),
        ("status403", "refuses us (code 403)", 1),
        ("status404", "nothing at this address", 1),
        ("status500", "error 500", 4),
        ("refused", "error 400: limit is over 500", 1),
        ("trunc", "did not send", 4),
        ("cut", "did not send", 4),
    ],
)
def test_f23_to_f36_what_a_server_does_wrong_is_one_sentence(
    ask_document: AskDocument, server: TileServer, fault: str, words: str, requests: int, body: bytes
) -> None:
    documents = ask_document(fault, body=body)
    assert [words in error.sentence and server.host in error.sentence for error in documents.errors] == [True], (
        documents.errors
    )
    assert len(server.log) == requests
    assert "tile" not in documents.errors[0].sentence


@pytest.mark.bounded_after(3)
@by_get_and_post
@pytest.mark.parametrize(("fault", "words"), [("endless", "32 MB"), ("gzbomb", "unpacked"), ("gzfilebomb", "unpacked")])
def test_f25_f35_too_much_is_cut_off_or_refused(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, fault: str, words: str, body: bytes
) -> None:
    fetcher.limits = Limits()
    assert len(gzip_bomb()) < 400_000
    (error,) = ask_document(fault, body=body).errors
    assert words in error.sentence
    assert len(server.log) == 1


def test_f25_a_document_of_the_size_of_a_tile_is_bounded_as_one(qtbot, fetcher: Fetcher, server: TileServer) -> None:
    """A thumbnail, say."""
    documents, server.document = Documents(), bytes(3 << 20)
    fetcher.fetch_document(HttpRequest(f"{server.url}/ok/5/0/3.json", kind=BodyKind.TILE), documents)
    qtbot.waitUntil(lambda: documents.count == 1)
    assert "2 MB" in documents.errors[0].sentence


def test_the_server_s_own_answer_comes_beside_the_error(ask_document: AskDocument) -> None:
    """S5: who asked for too many items at once has to know."""
    documents = ask_document("refused")
    assert [answer.status for answer in documents.answers] == [400]
    assert b"BadRequest" in documents.answers[0].body


@pytest.mark.bounded
def test_f35_a_gzip_bomb_costs_no_memory(ask_document: AskDocument, fetcher: Fetcher) -> None:
    fetcher.limits = Limits()
    ask_document("gzbomb")
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(ask_document("gzbomb", 2).errors) == 2
    assert len(ask_document("gzfilebomb", 2).errors) == 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 128 * 1024


@pytest.mark.parametrize("fault", ["gzpacked", "gzfile"])
def test_t19_a_document_may_be_packed_also_without_a_word(
    ask_document: AskDocument, server: TileServer, fault: str
) -> None:
    server.document = b"<Capabilities>" + b"<Layer/>" * 10_000 + b"</Capabilities>"
    assert ask_document(fault).answers[0].body == server.document


def test_a_large_document_of_few_words_is_unpacked(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    """Qt alone takes a document of 15 MB that packs well for a bomb."""
    fetcher.limits = Limits()
    server.document = b"<Layer/>" * (15 << 17)
    assert len(ask_document("gzpacked").answers[0].body) == len(server.document)


def test_f22_a_dead_server_is_given_up_after_some_requests_with_one_message(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, qtbot
) -> None:
    told: list[str] = []
    fetcher.host_changed.connect(lambda host, sentence: told.append(sentence))
    server.stop()
    assert len(ask_document("ok", 30).errors) == 30
    assert len(told) == 1
    assert fetcher.reach_of(server.host) is HostReach.UNREACHABLE


def test_f21_a_name_that_is_not_found_is_one_sentence(fetcher: Fetcher, qtbot) -> None:
    documents = Documents()
    fetcher.consent.allow("nowhere.invalid")
    fetcher.network.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "127.0.0.1", 1))
    fetcher.fetch_document(HttpRequest("http://nowhere.invalid/a.json"), documents)
    qtbot.waitUntil(lambda: documents.count == 1, timeout=8000)
    assert "cannot be reached through the proxy" in documents.errors[0].sentence
    assert fetcher.reach_of("nowhere.invalid") is HostReach.REACHED, "one failure may pass"
    for _ in range(4):
        fetcher.fetch_document(HttpRequest("http://nowhere.invalid/a.json"), documents)
    qtbot.waitUntil(lambda: documents.count == 5, timeout=8000)
    assert fetcher.reach_of("nowhere.invalid") is HostReach.NO_NETWORK


def test_f28_dead_pages_of_a_catalogue_do_not_give_its_host_up(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    """S23: a catalogue may name children that are gone."""
    assert len(ask_document("status404", 20).errors) == 20
    assert len(server.log) == 20
    assert not fetcher.host_states()


def test_f29_many_refusals_in_a_row_pause_the_host(ask_document: AskDocument, server: TileServer, fetcher) -> None:
    """A single one does not: a signed address that has expired is signed anew (S16), and then let in."""
    assert ask_document("status403").errors
    assert ask_document("ok").answers
    assert not fetcher.host_states()
    assert len(ask_document("status401", 30).errors) == 30
    assert len(server.log) < 15
    assert fetcher.host_states()


@pytest.mark.bounded
def test_f30_a_busy_server_is_asked_again_when_it_wants_to_be(ask_document: AskDocument, server: TileServer) -> None:
    assert ask_document("once_busy").answers[0].status == 200
    assert len(server.log) == 2


@pytest.mark.bounded
def test_s24_a_refusal_that_passes_is_one_of_a_busy_server(ask_document: AskDocument, server: TileServer) -> None:
    assert ask_document("rate403").answers[0].status == 200
    assert len(server.log) == 2


@pytest.mark.bounded
def test_f30_who_asks_in_between_waits_too(ask_document: AskDocument, server: TileServer, qtbot, fetcher) -> None:
    first, second = Documents(), Documents()
    fetcher.fetch_document(HttpRequest(f"{server.url}/once_busy/5/0/3.json"), first)
    qtbot.waitUntil(lambda: bool(fetcher.host_states()))
    fetcher.fetch_document(HttpRequest(f"{server.url}/ok/5/0/3.json"), second)
    qtbot.waitUntil(lambda: first.count + second.count == 2, timeout=8000)
    assert len(first.answers) == len(second.answers) == 1
    assert not first.errors + second.errors
    assert not fetcher.host_states()


def test_f30_a_server_that_is_busy_for_long_is_not_waited_for(ask_document: AskDocument, server: TileServer) -> None:
    server.retry_after = "3600"
    documents = ask_document("busy", 9)
    assert all("is busy" in error.sentence for error in documents.errors)
    assert len(server.log) <= 6


@pytest.mark.bounded
def test_f30_a_date_is_a_time_to_wait_for(ask_document: AskDocument, server: TileServer) -> None:
    server.retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    documents = ask_document("once_busy")
    assert documents.answers[0].status == 200, documents.errors


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        ("7", "", 7.0),
        (" 120 ", "", 120.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:27:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "Thu, 22 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "", 0.0),
        ("Wednesday, 21-Oct-15 07:28:00 GMT", "Wed, 21 Oct 2015 07:27:00 GMT", 60.0),
        ("soon", "", None),
        ("-3", "", None),
        ("1.5", "", None),
        ("²", "", None),
        ("", "", None),
    ],
)
def test_f30_retry_after_is_a_number_or_a_date_by_the_server_s_own_clock(
    retry_after: str, date: str, seconds: float | None
) -> None:
    assert seconds_of(retry_after, date) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 500.0),
        ({"cache-control": "max-age=60"}, 60.0),
        ({"cache-control": "public, Max-Age=60", "age": "20"}, 40.0),
        ({"cache-control": "max-age=60", "expires": "0"}, 60.0),
        ({"cache-control": "s-maxage=5, max-age=oops"}, 0.0),
        ({"cache-control": "public"}, 500.0),
        ({"cache-control": "max-age=60, no-store"}, None),
        ({"cache-control": "no-cache"}, -math.inf),
        ({"cache-control": 'no-cache="set-cookie", max-age=60'}, -math.inf),
        ({"pragma": "no-cache"}, -math.inf),
        ({"expires": "Wed, 21 Oct 2015 07:28:00 GMT", "date": "Wed, 21 Oct 2015 07:27:30 GMT"}, 30.0),
        ({"expires": "Wed, 21 Oct 2015 07:28:00 GMT"}, -math.inf),
        ({"expires": "-1"}, -math.inf),
    ],
)
def test_a_copy_is_used_as_long_as_its_server_says(headers: dict[str, str], seconds: float | None) -> None:
    until = HttpAnswer(b"", "", headers=headers).fresh_until(500.0)
    if seconds is None:
        assert until is None
    elif seconds < 0:
        assert until is not None
        assert until < time.time()
    else:
        assert until == pytest.approx(time.time() + seconds, abs=5)


def test_f31_a_server_that_recovers_is_not_complained_about(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    server.fail_first = 3
    assert ask_document("ok", body=QUESTION).answers[0].status == 200
    assert server.posted == [QUESTION] * 4
    assert not fetcher.host_states()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "data:text/plain,a",
        "qrc:/x",
        "http://a:b@c.org/",
        "x",
        "http://a.org/\r\nX: y",
        "http:// a/",
    ],
)
def test_f38_other_schemes_and_user_names_are_refused(fetcher: Fetcher, address: str) -> None:
    documents = Documents()
    assert fetcher.fetch_document(HttpRequest(address), documents) is None
    assert isinstance(documents.errors[0], NotAllowed)


@by_get_and_post
def test_f40_a_host_that_is_not_allowed_is_not_contacted(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, body: bytes
) -> None:
    """S2: least of all with the area that is searched."""
    with serving() as other:
        documents = Documents()
        assert fetcher.fetch_document(HttpRequest(f"{other.url}/ok/0/0/0.json"), documents) is None
        assert isinstance(documents.errors[0], NotAllowed)
        server.elsewhere = other.url
        assert isinstance(ask_document("onward", body=body).errors[0], NotAllowed)
        assert other.log == other.posted == []
        fetcher.consent.allow_private(other.host)
        (answer,) = ask_document("onward", body=body).answers
        assert answer.address == f"{other.url}/ok/5/0/3.json"
        assert other.posted == ([body] if body else [])


@pytest.mark.bounded
def test_documents_and_tiles_share_the_six_places_of_a_host(server: TileServer, fetcher: Fetcher, qtbot) -> None:
    documents = Documents()
    for x in range(5):
        fetcher.fetch(f"{server.url}/hang/5/{x}/3.png", lambda *_: None)
        fetcher.fetch_document(HttpRequest(f"{server.url}/hang/5/{x}/3.json"), documents)
    qtbot.waitUntil(lambda: len(server.log) == 6)
    qtbot.wait(100)
    assert len(server.log) == 6
    server.released.set()
    qtbot.waitUntil(fetcher.is_idle, timeout=8000)


def test_what_has_come_so_far_is_told(ask_document: AskDocument, server: TileServer, fetcher: Fetcher, qtbot) -> None:
    server.document = b"x" * 3_000_000
    told: list[tuple[int, int]] = []
    fetcher.progressed.connect(lambda requests, count: told.append((requests, count)))
    ask_document("ok", 2)
    qtbot.waitUntil(lambda: bool(told) and told[-1][0] == 0)
    assert told[-1] == (0, 6_000_000)


def test_f39_a_full_disk_costs_the_copies_only(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("viewer.network.document_store.os.replace", no_room)
    assert ask_document("ok", keep=True).answers[0].body == server.document
    assert not list((tmp_path / "documents").iterdir()), "no remnants either"
    fetcher.set_offline(True)
    assert ask_document("ok", keep=True).errors


def test_f39_the_oldest_copies_go(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path, 10_000)
    for number in range(5):
        store.keep(f"a{number}", HttpAnswer(bytes(4000), ""))
        for age, path in enumerate(sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)):
            os.utime(path, (1_000_000 + number * 10 + age,) * 2)
    assert [store.kept(f"a{number}") is not None for number in range(5)] == [False, False, False, True, True]


def test_f39_very_many_copies_are_looked_at_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scans: list[Path] = []
    scandir = os.scandir

    def counted(folder: Path) -> object:
        scans.append(folder)
        return scandir(folder)

    monkeypatch.setattr("viewer.network.document_store.os.scandir", counted)
    store = DocumentStore(tmp_path, most_files=50)
    for number in range(2 * SWEPT_EVERY + 1):
        store.keep(f"a{number}", HttpAnswer(b"{}", ""))
    assert len(scans) == 3
    assert sum(1 for _ in tmp_path.iterdir()) == 50


@each_kind
def test_the_proxy_of_the_system_is_used_and_looks_the_name_up(
    qtbot, fetcher: Fetcher, server: TileServer, monkeypatch: pytest.MonkeyPatch, how: AskAny
) -> None:
    """The name is nobody's: whoever looked it up here would find nothing."""
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(TileServer, "url", "http://tiles.nowhere.invalid/part")
    fetcher.consent.allow("tiles.nowhere.invalid")
    heard = how(qtbot, fetcher, server, "part")
    assert len(heard.results) == 1, heard.errors
    assert server.log[0].startswith("http://tiles.nowhere.invalid/")


@pytest.mark.bounded
def test_a_large_document_leaves_the_window_free(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    fetcher.limits = Limits()
    server.document = b"<Layer><Name>a</Name></Layer>" * (1 << 20)
    with Heartbeat() as heart:
        assert len(ask_document("ok", keep=True).answers[0].body) == len(server.document)
    assert heart.longest_ms < FREE_MS


# -- kept copies ------------------------------------------------------------------------------------------------------


def test_w18_a_kept_copy_is_asked_about_and_used_where_it_is_current(
    ask_document: AskDocument, server: TileServer
) -> None:
    first = server.document
    assert ask_document("same", keep=True).answers[0].stored_at == 0.0
    again = ask_document("same", keep=True).answers[0]
    assert (again.body, again.stored_at, again.content_type) == (first, 0.0, "application/geo+json")
    assert server.headers["If-None-Match"] == '"1"'
    server.etag, server.document = '"2"', b'{"title": "grown"}'
    assert ask_document("same", keep=True).answers[0].body == b'{"title": "grown"}'
    assert len(server.log) == 3
    ask_document("ok", keep=True)
    ask_document("ok", keep=True)
    assert len(server.log) == 5, "whatever its headers say, it is asked for again"


def test_w18_offline_the_kept_copy_is_used_and_nothing_is_sent(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    ask_document("ok", keep=True)
    ask_document("plain", keep=False)
    fetcher.set_offline(True)
    copy = ask_document("ok", keep=True).answers[0]
    assert copy.body == server.document
    assert copy.stored_at > 0.0
    for fault in ("plain", "same"):
        documents = ask_document(fault, keep=True)
        assert "working offline" in documents.errors[0].sentence
    assert isinstance(ask_document("ok", body=QUESTION, keep=True).errors[0], ServerFault)
    assert len(server.log) == 2
    assert not fetcher.host_states()


@each_kind
def test_what_is_under_way_ends_when_offline_mode_begins(
    qtbot, fetcher: Fetcher, server: TileServer, how: AskAny
) -> None:
    fetcher.limits = Limits()
    QTimer.singleShot(300, lambda: fetcher.set_offline(True))
    heard = how(qtbot, fetcher, server, "hang", 9)
    assert len(heard.errors) == 9
    assert "offline" in heard.errors[0].sentence
    assert len(server.log) == 6
    assert not fetcher.host_states()


def test_no_line_stays_open_offline(ask_document: AskDocument, server: TileServer, fetcher: Fetcher, qtbot) -> None:
    ask_document("ok", 3)
    fetcher.set_offline(True)
    qtbot.waitUntil(lambda: not server.open_lines(), timeout=8000)


def test_w18_while_a_server_cannot_be_reached_the_kept_copy_stands_in(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    ask_document("ok", keep=True)
    assert ask_document("status500", keep=True).errors
    server.stop()
    for _ in range(4):
        assert ask_document("ok", keep=True).answers[0].stored_at > 0.0
    assert ask_document("plain", keep=True).errors


def test_f39_damaged_copies_are_fetched_again(
    make_fetcher: MakeFetcher, server: TileServer, tmp_path: Path, qtbot
) -> None:
    fetcher = make_fetcher(server)
    asked_document(qtbot, fetcher, server, "same", keep=True)
    (file,) = (tmp_path / "documents").iterdir()
    whole = file.read_bytes()
    fetcher.set_offline(True)
    for spoiled in (b"", whole[:-1], whole[:40], whole[:-3] + b"xyz", b"[]\n", b"\xff\n" + whole, b"{}\n{}"):
        file.write_bytes(spoiled)
        assert asked_document(qtbot, fetcher, server, "same", keep=True).errors
    fetcher.set_offline(False)
    assert asked_document(qtbot, fetcher, server, "same", keep=True).answers[0].body == server.document
    assert "If-None-Match" not in server.headers


def test_an_answer_names_its_character_set() -> None:
    answer = HttpAnswer(b"", "", headers={"content-type": 'Text/XML; a=b; Charset="ISO-8859-1"'})
    assert answer.content_type == "text/xml"


def test_limits_of_documents_are_those_of_the_fault_table() -> None:
    assert (Limits().body_bytes, Limits().document_bytes, Limits().range_bytes) == (2 << 20, 32 << 20, 8 << 20)
