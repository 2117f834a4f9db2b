"""Secrets go with each request to their host, and nowhere else: neither to other hosts nor into files and sentences."""

from __future__ import annotations

import json
import logging
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from msgspec.structs import replace
from PySide6.QtCore import QUrl

from layers.errors import NotAllowed
from layers.services.http_request import HttpRequest
from tests.support.memory_vault import MemoryVault
from tests.support.tile_server import TileServer, serving
from tests.viewer.network.conftest import Ask, AskDocument, Documents, MakeFetcher, asked, asked_document, asked_part
from viewer.network.fetcher import Fetcher
from viewer.network.host_state import HostState
from viewer.network.secrets import Keyring, Secret, SecretKind, Secrets

WORD = "s3cret+word/of=ours"
KINDS = [
    Secret(SecretKind.BASIC, WORD, "ann"),
    Secret(SecretKind.BEARER, WORD),
    Secret(SecretKind.HEADER, WORD, "X-Key"),
    Secret(SecretKind.QUERY, WORD, "api_key"),
]
each_kind = pytest.mark.parametrize("secret", KINDS, ids=lambda secret: secret.kind.value)


def shown(server: TileServer, kind: SecretKind) -> str:
    """The secret as the last request showed it."""
    match kind:
        case SecretKind.HEADER:
            return server.headers.get("X-Key", "")
        case SecretKind.QUERY:
            return "&".join(parse_qs(server.log[-1].partition("?")[2]).get("api_key", []))
        case _:
            return server.headers.get("Authorization", "")


def expected(kind: SecretKind) -> str:
    match kind:
        case SecretKind.BASIC:
            return "Basic " + b64encode(f"ann:{WORD}".encode()).decode()
        case SecretKind.BEARER:
            return f"Bearer {WORD}"
        case _:
            return WORD


@each_kind
def test_w25_a_secret_goes_with_each_request_to_its_host(
    ask: Ask, ask_document: AskDocument, server: TileServer, fetcher: Fetcher, qtbot, secret: Secret
) -> None:
    fetcher.logins.secrets.put(server.host, secret)
    assert ask("ok").images
    assert shown(server, secret.kind) == expected(secret.kind)
    assert ask_document("ok").answers[0].address == f"{server.url}/ok/5/0/3.json"
    assert shown(server, secret.kind) == expected(secret.kind)
    documents = Documents()
    fetcher.fetch_range(f"{server.url}/part/5/0/3.bin?a=b%2F&api_key=old", 0, 9, documents)
    qtbot.waitUntil(lambda: documents.count == 1)
    assert documents.answers
    assert shown(server, secret.kind) == expected(secret.kind)
    assert server.log[-1].startswith("/part/5/0/3.bin?a=b%2F&api_key=")


@each_kind
def test_w25_no_other_host_is_shown_a_secret(
    ask: Ask, ask_document: AskDocument, server: TileServer, fetcher: Fetcher, secret: Secret
) -> None:
    fetcher.logins.secrets.put(server.host, secret)
    with serving() as other:
        fetcher.consent.allow_private(other.host)
        server.elsewhere = other.url
        assert ask("back_with_key").images
        assert ask_document("back_with_key").answers
        assert ask_document("onward", body=b"{}").answers
        assert other.log == ["/ok/5/0/3.png", "/ok/5/0/3.json", "/ok/5/0/3.json"]
        assert not {"Authorization", "X-Key"} & set(other.headers)
        assert WORD not in json.dumps(other.headers)


def test_a_page_names_no_headers_for_other_hosts(fetcher: Fetcher, server: TileServer, qtbot) -> None:
    with serving() as other:
        fetcher.consent.allow_private(other.host)
        server.elsewhere = other.url
        documents = Documents()
        request = HttpRequest(f"{server.url}/onward/5/0/3.json", headers=(("Authorization", "Bearer x"),))
        fetcher.fetch_document(request, documents)
        qtbot.waitUntil(lambda: documents.count == 1)
        assert "Authorization" not in other.headers


@each_kind
def test_w25_a_secret_is_in_no_file_sentence_or_log(
    ask: Ask,
    ask_document: AskDocument,
    server: TileServer,
    fetcher: Fetcher,
    tmp_path: Path,
    secret: Secret,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    fetcher.host_changed.connect(lambda host, sentence: told.append(sentence))
    fetcher.logins.secrets.put(server.host, secret)
    ask("ok", 3)
    assert ask_document("echoed", keep=True).answers
    assert ask_document("same", keep=True).answers
    sentences = [error.sentence for error in ask_document("echo", 2).errors + ask("echo", 8).errors]
    sentences += [error.sentence for fault in ("cut", "status500", "loop") for error in ask_document(fault).errors]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 4
    texts = [*sentences, *told, caplog.text, repr(secret), str(secret), repr([secret]), *map(str, files)]
    texts += [path.read_bytes().decode("latin-1") for path in files]
    for word in (*secret.words(), expected(secret.kind)):
        assert not [text for text in texts if word in text]


def test_w25_tiles_with_a_key_in_their_address_are_stored_without_it(
    make_fetcher: MakeFetcher, server: TileServer, qtbot
) -> None:
    first = make_fetcher(server)
    first.logins.secrets.put(server.host, KINDS[3])
    assert len(asked(qtbot, first, server, "ok", 3).images) == 3
    assert len(asked(qtbot, first, server, "ok", 3).images) == 3
    assert len(server.log) == 3, "they are stored"
    offline = make_fetcher(server)
    offline.set_offline(True)
    assert len(asked(qtbot, offline, server, "ok", 3).images) == 3
    assert len(server.log) == 3


def test_w25_what_a_document_repeats_of_a_key_goes_no_further(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    """A tile address of a capabilities document would take it into the case."""
    fetcher.logins.secrets.put(server.host, KINDS[3])
    body = ask_document("echoed").answers[0].body
    assert json.loads(body) == {"next": f"{server.url}/echoed/5/0/3.json?api_key="}


def test_a_secret_is_not_sent_over_an_open_connection(fetcher: Fetcher, qtbot) -> None:
    fetcher.consent.allow("tiles.example.org")
    fetcher.logins.secrets.put("tiles.example.org", KINDS[0])
    documents = Documents()
    fetcher.fetch_document(HttpRequest("http://tiles.example.org/a.json"), documents)
    qtbot.waitUntil(lambda: documents.count == 1)
    assert isinstance(documents.errors[0], NotAllowed)
    assert "open connection" in documents.errors[0].sentence


# -- tokens -----------------------------------------------------------------------------------------------------------


def client(server: TileServer, fault: str = "issue") -> Secret:
    return Secret(SecretKind.OAUTH2, WORD, "client-1", f"{server.url}/{fault}/5/0/3.json", "read")


def test_a_token_is_fetched_once_for_all_that_wait(ask: Ask, server: TileServer, fetcher: Fetcher) -> None:
    fetcher.logins.secrets.put(server.host, client(server))
    assert len(ask("by_token", 12).images) == 12
    assert [path.split("/")[1] for path in server.log] == ["issue"] + ["by_token"] * 12
    form = parse_qs(server.posted[0].decode())
    assert form == {
        "grant_type": ["client_credentials"],
        "client_id": ["client-1"],
        "client_secret": [WORD],
        "scope": ["read"],
    }


def test_a_token_does_not_wait_for_those_that_wait_for_it(
    server: TileServer, make_fetcher: MakeFetcher, tmp_path: Path, qtbot
) -> None:
    """All places of the host are taken by tiles when its secret has been read."""
    vault = MemoryVault()
    secrets = Secrets(tmp_path / "hosts.json", vault)
    secrets.put(server.host, client(server))
    secrets.keep(server.host)
    fetcher = make_fetcher(server)
    fetcher.logins.secrets = Secrets(tmp_path / "hosts.json", vault)
    assert len(asked(qtbot, fetcher, server, "by_token", 12).images) == 12
    assert len(server.posted) == 1


def test_a_token_that_is_refused_is_renewed_once(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    fetcher.logins.secrets.put(server.host, client(server))
    assert ask_document("by_token").answers[0].status == 200
    server.token = "token-of-tomorrow"
    assert ask_document("by_token").answers[0].status == 200
    assert len(server.posted) == 2
    assert "code 401" in ask_document("status401").errors[0].sentence
    assert len(server.posted) == 3


def test_a_token_that_is_about_to_expire_is_renewed(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    monkeypatch.setattr("viewer.network.logins.SHORTEST_TOKEN_S", 0.2)
    server.valid_s = 25.0
    fetcher.logins.secrets.put(server.host, client(server))
    assert ask_document("by_token").answers[0].status == 200
    qtbot.wait(250)
    assert ask_document("by_token").answers[0].status == 200
    assert len(server.posted) == 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("refused", "limit is over 500"),
        ("ok", "no token"),
        ("html", "no token"),
        ("status404", "nothing"),
        ("loop", ""),
    ],
)
def test_no_token_is_one_sentence(
    ask: Ask, ask_document: AskDocument, server: TileServer, fetcher: Fetcher, fault: str, words: str
) -> None:
    fetcher.logins.secrets.put(server.host, client(server, fault))
    assert words in ask_document("by_token").errors[0].sentence
    assert words in ask("by_token").errors[0].sentence
    assert not [path for path in server.log if "by_token" in path]


def test_the_secret_of_a_client_is_not_sent_on_nor_told_to_a_host_that_is_not_allowed(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    with serving() as other:
        fetcher.logins.secrets.put(server.host, client(other))
        assert isinstance(ask_document("by_token").errors[0], NotAllowed)
        fetcher.consent.allow_private(other.host)
        server.elsewhere = other.url
        fetcher.logins.secrets.put(server.host, client(server, "onward"))
        assert "not allowed" in ask_document("by_token").errors[0].sentence
        assert other.log == other.posted == []


def test_a_token_that_runs_out_for_many_at_once_is_renewed_once(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    fetcher.logins.secrets.put(server.host, client(server))
    assert len(ask_document("by_token", 8).answers) == 8
    server.token = "token-of-tomorrow"
    documents = ask_document("by_token", 12)
    assert [answer.status for answer in documents.answers] == [200] * 12
    assert documents.errors == []
    assert len(server.posted) == 2


def test_a_client_that_is_not_known_is_asked_about_once(ask: Ask, server: TileServer, fetcher: Fetcher) -> None:
    fetcher.logins.secrets.put(server.host, client(server, "issue_to_known"))
    heard = ask("by_token", 12)
    assert {error.sentence for error in heard.errors} == {
        f"{server.host} refuses this login (code 401): Unknown client; invalid_client"
    }
    assert len(heard.errors) == 12
    assert ask("by_token", 5).errors
    assert len(server.posted) == len(server.log) == 1
    assert fetcher.wants_login(server.host)


def test_offline_no_token_is_fetched(ask: Ask, server: TileServer, fetcher: Fetcher) -> None:
    fetcher.logins.secrets.put(server.host, client(server))
    fetcher.set_offline(True)
    assert ask("by_token").errors
    assert not server.log


# -- logins that are refused ------------------------------------------------------------------------------------------


@each_kind
def test_f29_a_wrong_login_is_shown_once_and_a_right_one_lets_all_in(
    ask: Ask, server: TileServer, fetcher: Fetcher, secret: Secret
) -> None:
    server.login = expected(secret.kind)
    fetcher.sign_in(server.host, replace(secret, value="wrong-word"))
    heard = ask("by_login", 12)
    assert {error.sentence for error in heard.errors} == {
        f"{server.host} does not let this login in (code 401): sign in anew, or ask who runs the server."
    }
    assert len(heard.errors) == 12
    assert len(server.log) == 1, "servers lock those out who try often"
    assert fetcher.wants_login(server.host)
    fetcher.sign_in(server.host, secret)
    assert not fetcher.wants_login(server.host)
    assert len(ask("by_login", 12).images) == 12


def test_f29_a_refused_login_is_not_tried_again_by_itself(ask: Ask, server: TileServer, fetcher: Fetcher) -> None:
    state = HostState("tiles.example.org")
    state.shut_out("It does not let us in.")
    later = time.monotonic() + 1e9
    assert state.is_paused(later)
    assert state.ends(0.0) == []
    assert not state.take_ready(later)
    server.login = "Bearer right"
    fetcher.sign_in(server.host, KINDS[1])
    ask("by_login")
    fetcher.forgive(server.host)
    ask("by_login", 6)
    assert len(server.log) == 2, "once more, as somebody has asked for it"


def test_f29_documents_and_parts_show_a_wrong_login_once(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, qtbot
) -> None:
    server.login = "Bearer right"
    fetcher.sign_in(server.host, KINDS[1])
    assert "does not let this login in" in ask_document("by_login", 12).errors[0].sentence
    assert "does not let this login in" in asked_part(qtbot, fetcher, server, "by_login").errors[0].sentence
    assert len(server.log) == 1


def test_a_refusal_of_one_thing_leaves_a_login_that_was_let_in(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher
) -> None:
    """Not all that a server has is for everybody who may use it."""
    server.login = expected(SecretKind.BEARER)
    fetcher.sign_in(server.host, KINDS[1])
    assert ask_document("by_login").answers[0].status == 200
    assert ask_document("status403").errors
    assert ask_document("by_login").answers[0].status == 200


def test_what_was_refused_before_one_signed_in_is_asked_for_again(
    ask_document: AskDocument, server: TileServer, fetcher: Fetcher, qtbot
) -> None:
    server.login = expected(SecretKind.BEARER)
    documents = Documents()
    fetcher.fetch_document(HttpRequest(f"{server.url}/by_login/5/0/3.json"), documents)
    fetcher.sign_in(server.host, KINDS[1])
    qtbot.waitUntil(lambda: documents.count == 1)
    assert documents.answers[0].status == 200
    assert not fetcher.wants_login(server.host)


def test_a_kept_secret_is_not_sent_over_an_open_connection_either(tmp_path: Path, fetcher: Fetcher, qtbot) -> None:
    vault = MemoryVault()
    secrets = Secrets(tmp_path / "hosts.json", vault)
    secrets.put("tiles.example.org", KINDS[0])
    secrets.keep("tiles.example.org")
    fetcher.consent.allow("tiles.example.org")
    fetcher.logins.secrets = Secrets(tmp_path / "hosts.json", vault)
    documents = Documents()
    fetcher.fetch_document(HttpRequest("http://tiles.example.org/a.json"), documents)
    qtbot.waitUntil(lambda: documents.count == 1)
    assert "open connection" in documents.errors[0].sentence


# -- where secrets are kept -------------------------------------------------------------------------------------------


def test_a_secret_is_kept_in_a_vault_and_read_when_its_host_is_asked(
    server: TileServer, make_fetcher: MakeFetcher, tmp_path: Path, qtbot
) -> None:
    vault, file = MemoryVault(), tmp_path / "hosts.json"
    secrets = Secrets(file, vault)
    secrets.put(server.host, KINDS[1])
    assert not vault.texts, "for this session only, until it is to be kept"
    assert secrets.keep(server.host)
    assert WORD not in file.read_text()
    fetcher = make_fetcher(server)
    fetcher.logins.secrets = Secrets(file, vault)
    assert not vault.readers, "nobody is asked to open a keyring at the start"
    assert len(asked(qtbot, fetcher, server, "ok", 3).images) == 3
    assert asked_document(qtbot, fetcher, server, "ok").answers
    assert server.headers["Authorization"] == f"Bearer {WORD}"
    assert len(vault.readers) == 1
    assert threading.main_thread().name not in vault.readers
    fetcher.logins.secrets.drop(server.host)
    assert not vault.texts[server.host]
    assert Secrets(file, vault).is_unread(server.host) is False


@pytest.mark.parametrize("needs_token", [False, True])
def test_offline_mode_holds_also_for_those_that_waited_for_a_vault(
    server: TileServer, make_fetcher: MakeFetcher, tmp_path: Path, qtbot, needs_token: bool
) -> None:
    """A person may take long to open a keyring."""
    opened = threading.Event()

    class Slow(MemoryVault):
        def read(self, host: str) -> str:
            opened.wait(10)
            return super().read(host)

    vault = Slow()
    secrets = Secrets(tmp_path / "hosts.json", vault)
    secrets.put(server.host, client(server) if needs_token else KINDS[1])
    secrets.keep(server.host)
    fetcher, documents = make_fetcher(server), Documents()
    fetcher.logins.secrets = Secrets(tmp_path / "hosts.json", vault)
    fetcher.fetch_document(HttpRequest(f"{server.url}/ok/5/0/3.json"), documents)
    qtbot.wait(50)
    fetcher.set_offline(True)
    opened.set()
    qtbot.waitUntil(lambda: documents.count == 1)
    assert "offline" in documents.errors[0].sentence
    assert not server.log


def test_an_emptied_vault_and_a_spoiled_file_leave_no_secret(
    server: TileServer, make_fetcher: MakeFetcher, tmp_path: Path, qtbot
) -> None:
    vault, file = MemoryVault(), tmp_path / "hosts.json"
    file.write_text(json.dumps([server.host]))
    for text in ("", "{", "[]", '{"kind": "bearer"}'):
        vault.texts[server.host] = text
        fetcher = make_fetcher(server)
        fetcher.logins.secrets = Secrets(file, vault)
        assert asked_document(qtbot, fetcher, server, "plain").answers
        assert "Authorization" not in server.headers
    for spoiled in (b"{", b"\xff", b"3", b"[1]"):
        file.write_bytes(spoiled)
        assert not Secrets(file, vault).is_unread(server.host)


def test_without_a_vault_a_secret_is_for_this_session(tmp_path: Path) -> None:
    vault = MemoryVault()
    vault.is_there = False
    for secrets in (Secrets(), Secrets(tmp_path / "a.json", vault)):
        secrets.put("Tiles.Example.org", KINDS[0])
        assert secrets.of("tiles.example.org") == KINDS[0]
        assert not secrets.keep("tiles.example.org")
        secrets.drop("tiles.example.org")
        assert secrets.of("tiles.example.org") is None


class InMemory(KeyringBackend):
    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.words: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.words.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.words[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.words[service, username]


@pytest.fixture
def system_keyring() -> Iterator[None]:
    """The keyring that was chosen before stands again afterwards."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("system_keyring")
def test_the_keyring_of_the_system_is_used() -> None:
    backend = InMemory()
    keyring.set_keyring(backend)
    vault = Keyring()
    assert vault.read("a.org") == ""
    assert vault.write("a.org", "text")
    assert backend.words == {("Geoloupe", "a.org"): "text"}
    assert vault.read("a.org") == "text"
    assert vault.write("a.org", "")
    assert not backend.words


@pytest.mark.usefixtures("system_keyring")
def test_a_system_without_a_keyring_keeps_nothing() -> None:
    keyring.set_keyring(fail.Keyring())
    assert Keyring().read("a.org") == ""
    assert not Keyring().write("a.org", "text")


def test_a_key_leaves_the_rest_of_an_address_as_it_is(fetcher: Fetcher) -> None:
    fetcher.logins.secrets.put("a.org", KINDS[3])
    for before, after in [
        ("https://a.org/x?b=1%2F2&api_key=K&c=a+b", "https://a.org/x?b=1%2F2&c=a+b"),
        ("https://a.org/x?api_key=K", "https://a.org/x"),
        ("https://a.org/x?api%5Fkey=K&z", "https://a.org/x?z"),
        ("https://a.org/x?API_KEY=K", "https://a.org/x?API_KEY=K"),
    ]:
        assert bytes(fetcher.logins.without_key(QUrl(before), "a.org").toEncoded().data()).decode() == after
