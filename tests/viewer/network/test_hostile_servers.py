"""Rows F35 to F37 of the fault table: bombs, redirects and certificates of servers that are not what they seem."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QNetworkRequest, QSslCertificate, QSslConfiguration, QSslSocket

from layers.errors import NotAllowed, ServerFault
from tests.support import certificates
from tests.support.certificates import Certificates
from tests.support.tile_server import TileServer, gzip_bomb, serving
from tests.viewer.network.conftest import (
    Ask,
    AskAny,
    MakeFetcher,
    asked,
    asked_document,
    asked_part,
    each_kind,
)
from viewer.network.fetcher import Fetcher

needs_certificates = pytest.mark.skipif(
    not shutil.which("openssl") or not QSslSocket.supportsSsl(), reason="no openssl program, or a Qt without TLS"
)
MOST_MORE_KB = 64 * 1024


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.made(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(made: Certificates) -> Iterator[None]:
    """The authority of the tests is one of those that this computer trusts."""
    before = QSslConfiguration.defaultConfiguration()
    with_ours = QSslConfiguration.defaultConfiguration()
    with_ours.addCaCertificate(QSslCertificate.fromPath(str(made.authority))[0])
    QSslConfiguration.setDefaultConfiguration(with_ours)
    yield
    QSslConfiguration.setDefaultConfiguration(before)


@pytest.fixture
def contacted(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hosts and ports of the requests that are made at all, whoever would answer them."""
    seen: list[str] = []
    get: Callable[..., object] = fetcher.network.get

    class Watched:
        def get(self, request: QNetworkRequest) -> object:
            seen.append(request.url().authority())
            return get(request)

    monkeypatch.setattr(fetcher, "network", Watched())
    return seen


# -- F35 --------------------------------------------------------------------------------------------------------------


def test_f35_a_gzip_bomb_is_refused_and_costs_no_memory(ask: Ask, server: TileServer) -> None:
    assert len(gzip_bomb()) < 400_000
    assert ask("gzpacked").images, "a tile may be packed"
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    heard = ask("gzbomb", 3)
    assert all("unpacked" in error.sentence and server.host in error.sentence for error in heard.errors), heard.errors
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < MOST_MORE_KB
    assert len(ask("ok").images) == 1


# -- F36 --------------------------------------------------------------------------------------------------------------


@each_kind
def test_f36_round_in_circles_ends_after_a_few(qtbot, fetcher: Fetcher, server: TileServer, how: AskAny) -> None:
    (error,) = how(qtbot, fetcher, server, "loop").errors
    assert "circles" in error.sentence
    assert len(server.log) == 4


@each_kind
@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/hostname",
        "ftp://127.0.0.1/x.png",
        "ftp://{host}/x.png",
        "data:image/png;base64,AA",
        "qrc:/x.png",
        "javascript:x(1)",
        "http://name:word@{host}/ok/0/0/0.png",
        "http://",
    ],
)
def test_f36_to_what_is_no_web_address_is_refused(
    qtbot, fetcher: Fetcher, server: TileServer, contacted: list[str], target: str, how: AskAny
) -> None:
    server.elsewhere = target.format(host=server.host)
    (error,) = how(qtbot, fetcher, server, "sent_on").errors
    assert isinstance(error, ServerFault | NotAllowed)
    assert "not followed" in error.sentence or "not allowed" in error.sentence
    assert contacted == [server.host]


@each_kind
@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("http://127.0.0.1:1/x.png", "127.0.0.1:1"),
        ("http://2130706433:1/x.png", "127.0.0.1:1"),
        ("http://[::1]:1/x.png", "[::1]:1"),
        ("http://localhost:1/x.png", "localhost:1"),
        ("http://10.0.0.1/x.png", "10.0.0.1"),
        ("//192.168.0.1/x.png", "192.168.0.1"),
        ("https://tiles.example.org/x.png", "tiles.example.org"),
    ],
)
def test_f36_to_another_host_is_refused_by_name_and_nobody_is_contacted(
    qtbot, fetcher: Fetcher, server: TileServer, contacted: list[str], target: str, named: str, how: AskAny
) -> None:
    server.elsewhere = target
    (error,) = how(qtbot, fetcher, server, "sent_on").errors
    assert isinstance(error, NotAllowed)
    assert f"sends us on to {named}, which is not allowed" in error.sentence
    assert contacted == [server.host]


@needs_certificates
@each_kind
def test_f36_from_a_safe_address_to_an_open_one_is_refused(
    qtbot, made: Certificates, trusted: None, make_fetcher: MakeFetcher, how: AskAny
) -> None:
    with serving(tls=made.server_side("sound")) as safe, serving() as open_one:
        fetcher = make_fetcher(safe)
        fetcher.consent.allow_private(open_one.host)
        safe.elsewhere = f"{open_one.url}/ok/0/0/0.png"
        (error,) = how(qtbot, fetcher, safe, "sent_on").errors
        assert "not followed" in error.sentence
        assert open_one.log == []
        open_one.elsewhere = f"{safe.url}/ok/0/0/0.png"
        fetcher.consent.allow_private(open_one.host)
        assert asked(qtbot, fetcher, open_one, "sent_on").images, "the other way round is no harm"


# -- F37 --------------------------------------------------------------------------------------------------------------


@needs_certificates
def test_a_sound_certificate_of_a_trusted_authority_is_trusted(
    qtbot, made: Certificates, trusted: None, make_fetcher: MakeFetcher
) -> None:
    with serving(tls=made.server_side("sound")) as server:
        assert len(asked(qtbot, make_fetcher(server), server, "ok", 3).images) == 3
        assert len(asked_document(qtbot, make_fetcher(server), server, "ok", 3).answers) == 3
        assert len(asked_part(qtbot, make_fetcher(server), server, "part", 3).answers) == 3


@needs_certificates
@each_kind
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("expired", "has expired"),
        ("early", "is not valid yet"),
        ("other_host", "is that of another host"),
        ("self_signed", "is signed only by itself"),
    ],
)
def test_f37_a_certificate_that_is_not_good_is_refused_with_one_message(
    qtbot, made: Certificates, trusted: None, make_fetcher: MakeFetcher, kind: str, words: str, how: AskAny
) -> None:
    with serving(tls=made.server_side(kind)) as server:
        fetcher, told = make_fetcher(server), []
        fetcher.host_changed.connect(lambda host, sentence: told.append((host, sentence)))
        how(qtbot, fetcher, server, "ok")
        assert fetcher.only_stored(server.host), "asking again at once cannot help"
        heard = how(qtbot, fetcher, server, "ok", 12)
        assert (len(heard.errors), heard.results) == (12, [])
        assert all(words in error.sentence for error in heard.errors)
        assert told == [(server.host, heard.errors[0].sentence)], "one message a host"
        assert server.log == [], "nothing was asked of it"


@needs_certificates
@each_kind
def test_f37_an_authority_that_nobody_knows_is_refused(
    qtbot, made: Certificates, make_fetcher: MakeFetcher, how: AskAny
) -> None:
    with serving(tls=made.server_side("sound")) as server:
        (error,) = how(qtbot, make_fetcher(server), server, "ok").errors
        assert "authority that is not known" in error.sentence
        assert server.log == []


@needs_certificates
def test_f37_what_was_stored_while_it_was_trusted_still_shows(
    qtbot, made: Certificates, trusted: None, make_fetcher: MakeFetcher, tmp_path: Path
) -> None:
    with serving(tls=made.server_side("sound")) as server:
        port = server.server_address[1]
        assert asked(qtbot, make_fetcher(server), server, "ok").images
    later = TileServer(port=port, tls=made.server_side("expired"))
    try:
        fetcher = make_fetcher(later)
        assert asked(qtbot, fetcher, later, "plain", 2).errors
        assert asked(qtbot, fetcher, later, "ok").images
    finally:
        later.stop()
