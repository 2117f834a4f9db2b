"""Rules of the fetcher, each against a server that would gain from its lack: a test fails when its line is deleted."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest

from layers.errors import NotAllowed
from layers.services.http_request import HttpRequest
from layers.services.tile_service import TileService
from tests.support.tile_server import TileServer, serving
from tests.viewer.network.conftest import QUICK, Ask, AskAny, AskDocument, Documents, Heard, each_kind
from viewer.network.decode import readable_kinds
from viewer.network.fetch import Limits
from viewer.network.fetcher import Fetcher
from viewer.network.host_state import FIRST_PAUSE_S, LONGEST_PAUSE_S, HostState
from viewer.network.secrets import Secret, SecretKind

MB = 1 << 20
SAID = "It does not answer."


@each_kind
def test_no_cookie_comes_back(qtbot, fetcher: Fetcher, server: TileServer, how: AskAny) -> None:
    for fault in ("cookie", "status404"):
        how(qtbot, fetcher, server, fault)
    assert len(server.log) == 2
    assert "cookie" not in {name.lower() for name in server.headers}


# -- sizes ------------------------------------------------------------------------------------------------------------


def test_f25_what_is_announced_as_too_large_is_cut_off_before_it_comes(ask: Ask, server: TileServer) -> None:
    (error,) = ask("announced").errors
    assert "2 MB" in error.sentence


def test_f25_no_more_is_taken_of_an_endless_answer_than_its_limit_also_while_the_window_is_busy(
    server: TileServer, fetcher: Fetcher, qtbot
) -> None:
    told: list[tuple[int, int]] = []
    fetcher.progressed.connect(lambda requests, received: told.append((requests, received)))
    heard = Heard()
    fetcher.fetch(f"{server.url}/endless/5/0/3.png", heard)
    qtbot.waitUntil(lambda: len(server.log) == 1)
    time.sleep(0.3)  # the thread of the window; that of the network goes on
    qtbot.waitUntil(lambda: heard.count == 1, timeout=8000)
    assert "2 MB" in heard.errors[0].sentence
    qtbot.waitUntil(lambda: bool(told) and told[-1][0] == 0)
    assert 2 * MB < told[-1][1] < 3 * MB


def test_f26_fewer_bytes_than_announced_are_no_answer(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt does not always notice."""
    monkeypatch.setattr("viewer.network.fetch.is_short", lambda reply, length: True)
    assert "did not send" in ask("ok").errors[0].sentence


def test_f35_nothing_is_unpacked_by_qt_and_what_a_server_packs_is_unpacked_within_limits(
    server: TileServer, fetcher: Fetcher, ask: Ask, ask_document: AskDocument, qtbot
) -> None:
    bodies = list[bytes | None]()
    fetcher.fetch_packed(f"{server.url}/gzpacked/5/0/3.png", lambda body, error: bodies.append(body))
    qtbot.waitUntil(lambda: len(bodies) == 1)
    assert (bodies[0] or b"").startswith(b"\x89PNG"), "an offline pack stores it"
    assert server.headers["Accept-Encoding"] == "identity"
    assert ask_document("gzpacked").answers[0].body == server.document
    assert server.headers["Accept-Encoding"] == "gzip"
    assert "limit is over 500" in ask_document("gzrefused").errors[0].sentence
    assert "limit is over 500" in ask("gzrefused").errors[0].sentence
    assert ask_document("gzrefusedbomb").errors


# -- how often --------------------------------------------------------------------------------------------------------


def gaps(times: list[float]) -> list[float]:
    return [later - sooner for sooner, later in itertools.pairwise(times)]


@pytest.mark.bounded
def test_f31_each_pause_before_another_try_is_twice_the_one_before(
    ask: Ask, fetcher: Fetcher, server: TileServer
) -> None:
    fetcher.limits = Limits(first_backoff_s=0.15)
    assert ask("status500").errors
    assert len(server.times) == 4
    first, second, third = gaps(server.times)
    assert first >= 0.12
    assert second >= 0.24
    assert third >= 0.48


def test_f31_pauses_are_of_random_length_so_that_many_clients_do_not_come_at_once(
    ask: Ask, fetcher: Fetcher, server: TileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[tuple[float, float]] = []

    def uniform(least: float, most: float) -> float:
        asked_for.append((least, most))
        return 8.0

    monkeypatch.setattr(random, "uniform", uniform)
    server.fail_first = 1
    assert ask("ok").images
    assert gaps(server.times)[0] >= 8 * QUICK.first_backoff_s
    ((least, most),) = asked_for
    assert least < 1 < most


def test_f29_a_host_that_refuses_one_tile_is_asked_for_no_other(ask: Ask, server: TileServer, fetcher: Fetcher) -> None:
    assert len(ask("status403", 20).errors) == 20
    count = len(server.log)
    assert count <= QUICK.in_flight
    assert ask("ok", 3).errors
    assert len(server.log) == count
    fetcher.forgive(server.host)
    assert len(ask("ok", 3).images) == 3


def test_f30_pauses_of_a_host_double_up_to_five_minutes_and_end_with_an_answer() -> None:
    state, now = HostState("a.org"), 1000.0
    pauses = []
    for _ in range(6):
        state.failed(SAID, now, at_once=True)
        pauses.append(state.paused_until - now)
        now = state.paused_until + 1
        assert state.take_ready(now)
    assert pauses == [min(FIRST_PAUSE_S * 2**number, LONGEST_PAUSE_S) for number in range(6)]
    assert pauses[-1] == LONGEST_PAUSE_S == 300.0
    state.succeeded()
    state.failed(SAID, now, at_once=True)
    assert state.paused_until - now == FIRST_PAUSE_S


@pytest.mark.parametrize(("asked_s", "paused_s"), [(0.0, 1.0), (20.0, 20.0), (1e9, LONGEST_PAUSE_S)])
def test_f30_a_server_is_left_alone_as_it_asks_but_not_for_ever(asked_s: float, paused_s: float) -> None:
    state = HostState("a.org")
    state.pause(SAID, asked_s, 1000.0, is_busy=True)
    assert state.paused_until == state.busy_until == 1000.0 + paused_s


# -- who is asked -----------------------------------------------------------------------------------------------------


def test_f38_an_allowed_host_is_asked_by_http_alone_and_without_a_name(fetcher: Fetcher, server: TileServer) -> None:
    for address in (
        f"ftp://{server.host}/a.png",
        f"ws://{server.host}/a",
        f"http://ann:word@{server.host}/ok/0/0/0.png",
    ):
        heard, documents = Heard(), Documents()
        assert fetcher.fetch(address, heard) is None
        assert fetcher.fetch_document(HttpRequest(address), documents) is None
        assert fetcher.fetch_range(address, 0, 9, documents) is None
        assert isinstance(heard.errors[0], NotAllowed)
        assert [isinstance(error, NotAllowed) for error in documents.errors] == [True, True]
    assert server.log == []


def test_f40_what_waits_for_its_turn_is_not_asked_when_its_host_is_allowed_no_more(
    server: TileServer, fetcher: Fetcher, qtbot
) -> None:
    heard = Heard()
    for x in range(QUICK.in_flight + 5):
        fetcher.fetch(f"{server.url}/drip/5/{x}/3.png", heard)
    qtbot.waitUntil(lambda: len(server.log) == QUICK.in_flight)
    fetcher.consent.withdraw(server.host)
    server.released.set()
    qtbot.waitUntil(lambda: heard.count == QUICK.in_flight + 5, timeout=8000)
    assert len(server.log) == QUICK.in_flight
    assert sum(isinstance(error, NotAllowed) for error in heard.errors) >= 5


def test_f40_what_is_under_way_ends_when_its_host_is_allowed_no_more(
    server: TileServer, fetcher: Fetcher, qtbot
) -> None:
    fetcher.limits = Limits()
    with serving() as other:
        fetcher.consent.allow_private(other.host)
        server.elsewhere = other.url
        heard = Heard()
        fetcher.fetch(f"{server.url}/hang/5/0/3.png", heard)
        fetcher.fetch(f"{server.url}/onward_to_hang/5/1/3.png", heard)
        qtbot.waitUntil(lambda: len(other.log) == 1 and len(server.log) == 2)
        fetcher.stop(other.host)
        assert [type(error) for error in heard.errors] == [NotAllowed], "it was sent on to that host"
        fetcher.stop(server.host)
        assert [type(error) for error in heard.errors] == [NotAllowed, NotAllowed]
        other.released.set()
        server.released.set()


# -- secrets ----------------------------------------------------------------------------------------------------------


def test_w25_no_token_is_asked_for_over_an_open_connection(fetcher: Fetcher, server: TileServer, qtbot) -> None:
    fetcher.consent.allow("tokens.example.org")
    secret = Secret(SecretKind.OAUTH2, "s3cretword", "ann", "http://tokens.example.org/token")
    fetcher.logins.secrets.put(server.host, secret)
    documents = Documents()
    fetcher.fetch_document(HttpRequest(f"{server.url}/ok/0/0/0.json"), documents)
    qtbot.waitUntil(lambda: documents.count == 1)
    assert "tokens.example.org is not told your key over an open connection" in documents.errors[0].sentence
    assert server.log == []


def test_w25_an_error_that_repeats_a_token_is_not_said(
    fetcher: Fetcher, server: TileServer, ask: Ask, ask_document: AskDocument
) -> None:
    secret = Secret(SecretKind.OAUTH2, "s3cretword", "ann", f"{server.url}/issue/0/0/0.json")
    fetcher.logins.secrets.put(server.host, secret)
    errors = ask_document("echo").errors + ask("echo").errors
    assert len(errors) == 2
    assert all(server.token not in error.sentence and "not shown" in error.sentence for error in errors)


@pytest.mark.parametrize("kind", [SecretKind.BEARER, SecretKind.HEADER])
def test_a_secret_with_a_line_break_makes_no_header_of_its_own(
    fetcher: Fetcher, server: TileServer, ask: Ask, kind: SecretKind
) -> None:
    secret = Secret(kind, "word\r\nX-Other: 1\r\n", "X-Key\r\n")
    fetcher.logins.secrets.put(server.host, secret)
    assert ask("ok").images
    assert "X-Other" not in server.headers
    shown = server.headers["Authorization" if kind is SecretKind.BEARER else "X-Key"]
    assert shown.endswith("wordX-Other: 1")


# -- terms ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strict", ["own", "other", ""])
def test_terms_hold_for_a_tile_that_is_found_at_another_host(
    server: TileServer, fetcher: Fetcher, ask: Ask, tmp_path: Path, strict: str
) -> None:
    """Of two hosts the stricter one counts."""
    with serving() as other:
        fetcher.consent.allow_private(other.host)
        server.elsewhere = other.url
        if strict:
            host = server.host if strict == "own" else other.host
            fetcher.respect(TileService("T", f"http://{host}/{{z}}/{{x}}/{{y}}.png", may_cache=False))
        assert ask("onward").images
        asked = len(other.log)
        assert ask("onward").images
        assert (len(other.log) == asked) == (not strict), "what may be stored is not asked for again"


@pytest.mark.parametrize("days", [(1.0, 30.0), (30.0, 1.0)])
def test_of_two_terms_of_one_host_the_stricter_one_counts(
    server: TileServer, fetcher: Fetcher, days: tuple[float, float]
) -> None:
    template = f"{server.url}/{{z}}/{{x}}/{{y}}.png"
    for number in days:
        fetcher.respect(TileService("T", template, min_cache_days=number))
    assert fetcher.tiles is not None
    assert fetcher.tiles.days_of(server.host) == 30.0
    for allowed in (False, True):
        fetcher.respect(TileService("T", template, may_cache=allowed))
    assert fetcher.tiles.days_of(server.host) is None


def test_formats_are_loaded_while_a_service_is_added_and_not_by_its_first_tile(
    fetcher: Fetcher, server: TileServer, qtbot
) -> None:
    readable_kinds.cache_clear()
    fetcher.respect(TileService("T", server.template()))
    qtbot.waitUntil(lambda: readable_kinds.cache_info().currsize == 1)
    assert not server.log
