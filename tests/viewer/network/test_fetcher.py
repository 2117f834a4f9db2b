from __future__ import annotations

import threading
from pathlib import Path
from typing import override

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkReply

from layers.errors import NotAllowed, ServerFault
from tests.support.tile_server import TileServer, serving
from tests.viewer.network.conftest import QUICK, AskAny, Heard, asked, asked_document
from viewer.network.decode import decode_tile
from viewer.network.fetch import Limits, is_short
from viewer.network.fetcher import Fetcher
from viewer.network.tile_fetch import WARNING


def test_pictures_come_with_our_name_and_without_cookies(ask, server: TileServer) -> None:
    assert ask("ok", 8).images[0].size().width() == 256
    assert not ask("ok", ext="jpg").images[0].hasAlphaChannel()
    assert server.headers["User-Agent"].startswith("Geoloupe/")
    assert not {"Cookie", "Referer"} & set(server.headers)


def test_f22_stored_tiles_are_not_asked_again_nor_lost_when_the_server_is(
    ask, server: TileServer, qtbot, fetcher
) -> None:
    ask("ok", 3)
    ask("plain", 3)
    asked = len(server.log)
    assert len(ask("ok", 3).images) == len(ask("plain", 3).images) == 3
    assert len(server.log) == asked
    server.stop()
    with qtbot.waitSignal(fetcher.host_changed):
        assert len(ask("ok", 9).errors) == 6
    assert len(fetcher.host_states()) == 1
    assert len(ask("ok", 3).images) == 3


def test_offline_nothing_is_sent_and_nothing_is_said(ask, server: TileServer, fetcher: Fetcher) -> None:
    ask("ok")
    asked = len(server.log)
    fetcher.set_offline(True)
    assert len(ask("ok").images) == 1
    assert isinstance(ask("plain", 9).errors[0], ServerFault)
    assert len(server.log) == asked
    assert not fetcher.host_states()


@pytest.mark.bounded
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "web page"),
        ("gif", "no PNG"),
        ("giant", "too large"),
        ("half", "damaged"),
        ("loop", "circles"),
        ("tofile", "not followed"),
        ("endless", "2 MB"),
        ("drip", "longer than"),
        ("hang", "does not answer"),
        ("status403", "refuses"),
        ("status500", "error 500"),
        ("trunc", "did not send"),
        ("cut", "did not send"),
    ],
)
def test_f23_to_f34_what_a_server_does_wrong_is_one_sentence(ask, fault: str, words: str) -> None:
    """F23 hang, F24 drip, F25 endless, F26 trunc and cut, F27 half, F29 403, F31 500, F32 html, F33 gif, F34 giant."""
    heard = ask(fault)
    assert [words in error.sentence for error in heard.errors] == [True], heard.errors


@pytest.mark.bounded
@pytest.mark.parametrize("how", [asked, asked_document], ids=["tile", "document"])
def test_f24_a_server_that_drips_is_left_at_the_deadline(
    qtbot, fetcher: Fetcher, server: TileServer, how: AskAny
) -> None:
    """Each byte comes in time, the whole never would."""
    assert Limits().total_s == 30
    fetcher.limits = Limits(idle_s=1.5, total_s=0.7, document_idle_s=1.5, document_total_s=0.7)
    heard = how(qtbot, fetcher, server, "drip")
    (error,) = heard.errors
    assert "longer than" in error.sentence
    assert len(server.log) == 1, "nor is it asked again: it would drip once more"
    assert not heard.results


def test_f33_the_bytes_of_a_picture_count_and_not_the_type_that_is_stated(ask, server: TileServer) -> None:
    assert ask("ok", ext="svg").images, "a JPEG by its bytes, called image/svg+xml"
    server.document = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    (error,) = ask("called_png").errors
    assert "no PNG, JPEG or WEBP picture" in error.sentence
    assert ask("called_png").errors
    assert len(server.log) == 3, "nor is it stored"


@pytest.mark.parametrize("fault", ["status404", "status410", "status204", "empty"])
def test_f28_no_tile_there_is_no_error_and_is_believed_for_a_while(ask, server: TileServer, fault: str) -> None:
    assert ask(fault).nothing == ask(fault).nothing == 1
    assert len(server.log) == 1


def test_f32_what_was_no_picture_is_not_stored(ask, server: TileServer) -> None:
    assert ask("html").errors
    assert ask("html").errors
    assert len(server.log) == 2


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("exception", "{host} sent no picture but says: Layer <roads> is not defined. See ...; No times."),
        ("token", "{host} sent no picture but says: Token Required"),
        ("refused_in_xml", "{host} answers with error 400: TileOutOfRange"),
        ("refused", "{host} answers with error 400: limit is over 500"),
    ],
)
def test_w20_t18_what_a_server_says_instead_of_a_picture_is_shown_and_never_stored(
    ask, server: TileServer, fault: str, sentence: str, tmp_path: Path
) -> None:
    """W20 exceptions of map servers, T18 errors of ArcGIS, both as a success too."""
    for _ in range(2):
        assert [error.sentence for error in ask(fault).errors] == [sentence.format(host=server.host)]
    assert len(server.log) == 2
    stored = [path for path in (tmp_path / "tiles").rglob("*") if path.is_file()]
    assert not [path for path in stored if b"Exception" in path.read_bytes()]


def test_w17_a_map_of_another_date_says_so_also_from_the_store(ask, server: TileServer) -> None:
    for _ in range(2):
        assert ask("nearest").images[0].text(WARNING).startswith("99 Nearest value used: time=2024-03-01")
    assert not ask("ok").images[0].text(WARNING)
    assert len(server.log) == 2


def test_f27_a_half_picture_is_asked_for_once_more(ask, server: TileServer) -> None:
    ask("half")
    assert len(server.log) == 2


def test_the_next_requests_go_out_while_pictures_are_decoded(
    qtbot, server: TileServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def slow(body: bytes, host: str) -> QImage:
        released.wait(10)
        return decode_tile(body, host)

    monkeypatch.setattr("viewer.network.tile_fetch.decode_tile", slow)
    heard = Heard()
    for x in range(20):
        fetcher.fetch(f"{server.url}/ok/5/{x}/3.png", heard)
    qtbot.waitUntil(lambda: len(server.log) == 20)
    assert heard.count == 0
    released.set()
    qtbot.waitUntil(lambda: len(heard.images) == 20)


def test_f27_a_second_request_for_a_half_picture_waits_for_its_turn(
    ask, server: TileServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "limits", replace(QUICK, in_flight=1))
    assert len(ask("half", 2).errors) == 2
    assert len(server.log) == 4
    assert server.most_at_once == 1


def test_f26_a_short_answer_is_asked_for_three_times_more(ask, server: TileServer) -> None:
    ask("trunc")
    assert len(server.log) == 4


class Told(QNetworkReply):
    """An answer with these headers."""

    def __init__(self, headers: dict[bytes, bytes]) -> None:
        super().__init__()
        for name, value in headers.items():
            self.setRawHeader(name, value)

    @override
    def abort(self) -> None:
        """Nothing is under way."""


@pytest.mark.parametrize(
    ("headers", "length", "short"),
    [
        ({b"Content-Length": b"500"}, 499, True),
        ({b"Content-Length": b"500"}, 500, False),
        ({b"Content-Length": b"500", b"Content-Encoding": b"gzip"}, 499, True),
        ({}, 499, False),
    ],
)
def test_f26_fewer_bytes_than_announced_are_noticed_also_where_qt_does_not(
    qapp: object, headers: dict[bytes, bytes], length: int, short: bool
) -> None:
    assert is_short(Told(headers), length) == short


def test_f31_a_server_that_recovers_is_not_complained_about(ask, server: TileServer, fetcher: Fetcher) -> None:
    server.fail_first = 3
    assert len(ask("ok").images) == 1
    assert not fetcher.host_states()


def test_f32_five_errors_in_a_row_give_the_host_up_with_one_message(ask, server: TileServer, fetcher: Fetcher) -> None:
    told: list[str] = []
    fetcher.host_changed.connect(lambda host, sentence: told.append(sentence))
    heard = ask("html", 40)
    assert len(heard.errors) == 40
    assert len(server.log) < 15
    assert len(told) == 1


@pytest.mark.bounded
def test_f30_a_busy_server_is_left_alone_as_long_as_it_asks(ask, server: TileServer, fetcher: Fetcher, qtbot) -> None:
    heard = ask("busy", 12)
    assert len(heard.errors) == 12
    assert len(server.log) <= 6
    asked = len(server.log)
    assert len(ask("plain").errors) == 1
    with qtbot.waitSignal(fetcher.host_ready, timeout=3000):
        pass
    assert len(server.log) == asked
    with qtbot.waitSignal(fetcher.host_changed) as signal:
        assert len(ask("plain").images) == 1
    assert signal.args == [server.host, ""]


def test_f40_a_host_that_is_not_allowed_is_not_contacted(ask, server: TileServer, fetcher: Fetcher) -> None:
    with serving() as other:
        heard = Heard()
        assert fetcher.fetch(f"http://{other.host}/ok/0/0/0.png", heard) is None
        assert isinstance(heard.errors[0], NotAllowed)
        server.elsewhere = f"http://{other.host}"
        assert isinstance(ask("cross").errors[0], NotAllowed)
        assert other.log == []
        fetcher.consent.allow_private(other.host)
        assert len(ask("cross").images) == 1


@pytest.mark.parametrize("url", ["file:///etc/hostname", "data:image/png;base64,AA", "qrc:/x.png", "http://a:b@c.org/"])
def test_f38_other_schemes_and_user_names_are_refused(fetcher: Fetcher, url: str) -> None:
    heard = Heard()
    fetcher.fetch(url, heard)
    assert isinstance(heard.errors[0], NotAllowed)


@pytest.mark.bounded
def test_at_most_six_requests_run_at_once(server: TileServer, fetcher: Fetcher, qtbot) -> None:
    heard = Heard()
    for x in range(20):
        fetcher.fetch(f"http://{server.host}/hang/5/{x}/3.png", heard)
    qtbot.waitUntil(lambda: len(server.log) == 6)
    qtbot.wait(100)
    assert len(server.log) == 6
    server.released.set()
    qtbot.waitUntil(lambda: heard.count == 20, timeout=8000)
    assert fetcher.is_idle()


def test_after_a_failure_of_its_own_a_tile_is_worth_asking_for_again_later(ask, fetcher: Fetcher, qtbot) -> None:
    fetcher.limits = replace(QUICK, ask_again_s=0.1)
    assert ask("gif").errors
    with qtbot.waitSignal(fetcher.host_ready, timeout=3000):
        pass


def test_work_goes_on_after_some_that_failed_in_both_threads(fetcher: Fetcher, qtbot) -> None:
    gate, done = threading.Event(), []

    def fail() -> None:
        gate.wait(10)
        raise ValueError("a fault of ours")

    with qtbot.captureExceptions() as faults:
        for _ in range(2):
            fetcher.work(fail, done.append)
        fetcher.work(lambda: "done", done.append)
        gate.set()
        qtbot.waitUntil(lambda: done == ["done"])
    assert len(faults) == 2
