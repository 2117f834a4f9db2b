"""Parts of files on servers: fetched once, checked, by the rules that hold for tiles and documents."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.errors import NotAllowed, ServerFault, SourceChanged
from tests.support.tile_server import TileServer, serving
from tests.viewer.network.conftest import Documents
from viewer.network.answer import HttpAnswer
from viewer.network.fetcher import Fetcher
from viewer.network.range_store import RangeStore, RemoteFile, part_in

type AskPart = Callable[..., Documents]
PART_BYTES = 4096
FILE = random.Random(1).randbytes(3 * PART_BYTES + 500)


@pytest.fixture
def ask_part(qtbot, server: TileServer, fetcher: Fetcher) -> AskPart:
    server.document = FILE

    def asked(fault: str, first: int, last: int, name: str = "", query: str = "") -> Documents:
        documents = Documents()
        fetcher.fetch_range(f"{server.url}/{fault}/5/0/3.bin{query}", first, last, documents, name)
        qtbot.waitUntil(lambda: documents.count == 1, timeout=8000)
        return documents

    return asked


def test_parts_come_as_asked_and_are_fetched_once(ask_part: AskPart, server: TileServer) -> None:
    (answer,) = ask_part("part", 10, 19).answers
    assert (answer.body, answer.status) == (FILE[10:20], 206)
    assert answer.headers["content-range"] == f"bytes 10-19/{len(FILE)}"
    assert answer.etag == '"1"'
    assert (server.headers["Range"], server.headers["Accept-Encoding"]) == ("bytes=10-19", "identity")
    assert ask_part("part", 12, 19).answers[0].body == FILE[12:20]
    assert len(server.log) == 1
    assert ask_part("part", 5, PART_BYTES + 100).answers[0].body == FILE[5 : PART_BYTES + 101]
    assert server.headers["Range"] == f"bytes=5-{PART_BYTES + 100}"
    assert ask_part("part", 100, PART_BYTES + 200).answers[0].body == FILE[100 : PART_BYTES + 201]
    assert server.headers["Range"] == f"bytes={PART_BYTES + 101}-{PART_BYTES + 200}"
    assert ask_part("part", len(FILE) - 10, len(FILE) + 500).answers[0].body == FILE[-10:]
    assert ask_part("part", 0, len(FILE) - 1).answers[0].body == FILE
    assert len(server.log) == 5


def test_s16_an_address_that_is_signed_anew_is_the_same_file(ask_part: AskPart, server: TileServer) -> None:
    name = f"{server.url}/part/5/0/3.bin"
    assert ask_part("part", 0, 9, name, "?sig=a%2Fb").answers
    assert ask_part("part", 5, 9, name, "?sig=c%2Fd").answers[0].address == name
    assert server.log == ["/part/5/0/3.bin?sig=a%2Fb"]


@pytest.mark.bounded
@pytest.mark.sampled(6)
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ok", "does not send parts of files"),
        ("endless", "does not send parts of files"),
        ("part_elsewhere", "another part"),
        ("part_unsaid", "another part"),
        ("part_short", "another part"),
        ("part_long", "more of a file than was asked"),
        ("hang", "does not answer"),
        ("trunc", "does not send parts of files"),
        ("status403", "refuses us (code 403)"),
        ("status404", "nothing at this address"),
        ("status500", "error 500"),
        ("loop", "circles"),
        ("tofile", "not followed"),
    ],
)
def test_f23_to_f36_what_a_server_does_wrong_is_one_sentence(
    ask_part: AskPart, server: TileServer, fault: str, words: str
) -> None:
    server.document = FILE * 10 if fault == "part_long" else FILE
    documents = ask_part(fault, 0, PART_BYTES - 1)
    assert [words in error.sentence and server.host in error.sentence for error in documents.errors] == [True], (
        documents.errors
    )


def test_a_server_without_parts_is_not_given_up_for_that(ask_part: AskPart, server: TileServer, fetcher) -> None:
    for _ in range(7):
        assert ask_part("ok", 0, 9).errors
    assert len(server.log) == 7
    assert not fetcher.host_states()


def test_a_part_behind_the_end_is_an_error_with_the_answer(ask_part: AskPart) -> None:
    documents = ask_part("part", len(FILE) + 5 * PART_BYTES, len(FILE) + 6 * PART_BYTES)
    assert documents.answers[0].status == 416
    assert isinstance(documents.errors[0], ServerFault)


def test_a_file_that_changes_is_said_once_and_then_read_as_new(ask_part: AskPart, server: TileServer) -> None:
    assert ask_part("part", 0, 9).answers
    server.etag, server.document = '"2"', FILE[::-1]
    assert isinstance(ask_part("part", PART_BYTES, PART_BYTES + 9).errors[0], SourceChanged)
    assert ask_part("part", 0, 9).answers[0].body == FILE[::-1][:10]


def test_f30_a_busy_server_is_asked_again(ask_part: AskPart, server: TileServer, fetcher: Fetcher) -> None:
    server.fail_first = 2
    assert ask_part("part", 0, 9).answers
    assert not fetcher.host_states()


def test_offline_only_what_has_come_is_there(ask_part: AskPart, server: TileServer, fetcher: Fetcher) -> None:
    ask_part("part", 0, 200)
    fetcher.set_offline(True)
    assert ask_part("part", 100, 200).answers[0].body == FILE[100:201]
    assert "offline" in ask_part("part", PART_BYTES, PART_BYTES).errors[0].sentence
    assert len(server.log) == 1


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (5, 4), (0, 8 << 20)])
def test_f25_parts_are_bounded(ask_part: AskPart, server: TileServer, first: int, last: int) -> None:
    assert isinstance(ask_part("part", first, last).errors[0], NotAllowed)
    assert not server.log


def test_f40_a_host_that_is_not_allowed_is_not_contacted(ask_part: AskPart, server: TileServer, fetcher) -> None:
    with serving() as other:
        documents = Documents()
        assert fetcher.fetch_range(f"{other.url}/part/5/0/3.bin", 0, 9, documents) is None
        server.elsewhere = f"{other.url}/part/5/0/3.bin"
        assert isinstance(documents.errors[0], NotAllowed)
        assert isinstance(ask_part("sent_on", 0, 9).errors[0], NotAllowed)
        assert not other.log


# -- the store --------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, len(FILE) + 9), st.integers(1, 2 * PART_BYTES)), max_size=8))
def test_any_parts_are_those_of_the_file(parts: list[tuple[int, int]]) -> None:
    store, file = RangeStore(), RemoteFile(len(FILE), "", "")
    store.put("a", file, 0, FILE[:PART_BYTES])
    for first, count in parts:
        last = first + count - 1
        missing = store.missing("a", first, last)
        if missing is not None:
            assert first <= missing[0] <= missing[1] <= last
            assert store.put("a", file, missing[0], FILE[missing[0] : missing[1] + 1])
            assert store.missing("a", first, last) is None
        assert store.part("a", first, last) == FILE[first : last + 1]


def test_the_store_is_bounded_and_the_oldest_file_goes() -> None:
    store, file = RangeStore(3 * PART_BYTES), RemoteFile(len(FILE), "", "")
    for name in "abcd":
        store.put(name, file, 0, FILE[:PART_BYTES])
        assert store.file("a") is not None or name == "d"
        assert store.file("a") is None or store.part("a", 0, 9) == FILE[:10]
    assert [store.missing(name, 0, 9) is None for name in "abcd"] == [True, False, True, True]
    store.put("d", file, 0, FILE)
    assert store.missing("a", 0, 9) is not None
    assert store.missing("d", 0, 9) is not None
    assert store.missing("d", PART_BYTES, len(FILE)) is not None or store.part("d", 2 * PART_BYTES, len(FILE))


@pytest.mark.parametrize("etag", ["", '"1"'])
def test_a_file_of_another_size_or_date_is_another(etag: str) -> None:
    store = RangeStore()
    assert store.put("a", RemoteFile(10, etag, "Monday"), 0, b"0123456789")
    assert store.put("a", RemoteFile(10, etag, "Tuesday"), 0, b"0123456789") == bool(etag)
    assert store.put("b", RemoteFile(10, etag, ""), 0, b"0123456789")
    assert not store.put("b", RemoteFile(10, '"2"', ""), 0, b"0123456789") or not etag


@pytest.mark.parametrize(
    "said",
    ["", "bytes 0-9", "bytes */10", "bytes 0-8/10", "bytes 0-9/9", "items 0-9/10", "bytes -1-8/10", "bytes 9-0/9"],
)
def test_a_wrong_content_range_is_none(said: str) -> None:
    assert part_in(HttpAnswer(b"0123456789", "", 206, {"content-range": said})) is None
