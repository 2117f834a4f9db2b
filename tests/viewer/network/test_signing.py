"""Addresses are signed right before they are asked for, and no signature is kept or shown anywhere."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtNetwork import QNetworkRequest

from layers.errors import NotAllowed, ServerFault
from layers.services.http_request import HttpRequest
from layers.services.stac.signing import SigningRule, shipped_rules
from tests.support.signing_servers import FileServer, TokenServer
from tests.support.tile_server import encoded
from tests.viewer.network.conftest import QUICK, Documents, Heard
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.signing import Signing, known_rules, problem_of_rules
from viewer.support.settings import config_folder

PART_BYTES = 4096
FILE = bytes(range(256)) * (3 * PART_BYTES // 256)


class World:
    """A fetcher that may ask both servers, and what came of it."""

    def __init__(self, qtbot, folder: Path, *endpoints: str) -> None:
        self.folder = folder
        files = folder / "files"
        files.mkdir()
        (files / "scene.bin").write_bytes(FILE)
        picture = QImage(256, 256, QImage.Format.Format_RGB32)
        picture.fill(0xFF336699)
        (files / "tile.png").write_bytes(encoded(picture, "png"))
        (files / "item.json").write_bytes(b'{"self": "OWN ADDRESS"}')
        self.tokens = TokenServer()
        self.files = FileServer(files, self.tokens)
        self.consent = Consent()
        self.consent.allow_private(self.tokens.host)
        self.consent.allow_private(self.files.host)
        rules = (self.tokens.rule(self.files, *endpoints),)
        self.fetcher = Fetcher(folder / "cache" / "tiles", self.consent, QUICK, signing_rules=rules)
        self._qtbot = qtbot

    def part(self, first: int = 0, container: str = "scenes", count: int = 1, query: str = "") -> Documents:
        """Parts of so many files."""
        documents = Documents()
        for at in range(count):
            address = self.files.address("scene.bin", container) + (query or f"?n={at}")
            self.fetcher.signing.note(address, "sentinel 2")
            self.fetcher.fetch_range(address, first, first + 9, documents)
        self._qtbot.waitUntil(lambda: documents.count == count, timeout=9000)
        return documents

    def tile(self) -> Heard:
        heard = Heard()
        address = self.files.address("tile.png")
        self.fetcher.signing.note(address, "sentinel 2")
        self.fetcher.fetch(address, heard)
        self._qtbot.waitUntil(lambda: heard.count == 1, timeout=9000)
        return heard

    def document(self, method: str = "GET") -> Documents:
        documents = Documents()
        address = self.files.address("item.json")
        self.fetcher.signing.note(address, "sentinel 2")
        self.fetcher.fetch_document(HttpRequest(address, method), documents, keep=True)
        self._qtbot.waitUntil(lambda: documents.count == 1, timeout=9000)
        return documents

    def kept(self) -> bytes:
        """All that lies on the disk, but the files of the server."""
        files = [path for path in (self.folder / "cache").rglob("*") if path.is_file()]
        return b"".join(str(path).encode() + path.read_bytes() for path in files)

    def close(self) -> None:
        self.tokens.released.set()
        self.fetcher.close()
        self.tokens.stop()
        self.files.stop()


@pytest.fixture
def world(qtbot, tmp_path: Path) -> Iterator[World]:
    made = World(qtbot, tmp_path)
    yield made
    made.close()


@pytest.fixture
def by_container(qtbot, tmp_path: Path) -> Iterator[World]:
    """Tokens are for a container: nothing has to be known of a file but its address."""
    made = World(qtbot, tmp_path, "{container}/files")
    yield made
    made.close()


def test_s16_parts_tiles_and_documents_are_signed_byte_for_byte_by_one_token(world: World) -> None:
    assert world.part().answers[0].body == FILE[:10]
    (token,) = world.tokens.ends
    assert world.files.log == [f"/scenes/scene.bin?n=0&{token}"]
    assert world.tile().images
    assert world.document().answers[0].body == b'{"self": "' + world.files.address("item.json").encode() + b'?"}'
    assert world.files.log[1:] == [f"/scenes/tile.png?{token}", f"/scenes/item.json?{token}"]
    assert world.tokens.log == ["/token/sentinel%202"]
    assert {*world.tokens.methods, *world.files.methods} == {"GET"}


def test_s16_one_token_is_asked_for_by_all_who_wait(world: World) -> None:
    world.tokens.delay_s = 0.2
    assert len(world.part(count=12).answers) == 12
    assert (len(world.tokens.log), world.files.refused) == (1, 0)


def test_s16_a_token_of_a_container_needs_no_collection(by_container: World) -> None:
    assert by_container.part(container="a%20b").answers
    assert by_container.part(container="c").answers
    assert by_container.tokens.log == ["/token/a%2520b/files", "/token/c/files"]


@pytest.mark.bounded
def test_s16_a_token_that_runs_out_in_2_s_is_replaced_before(world: World) -> None:
    world.tokens.valid_s = 2.0
    began = before = time.monotonic()
    count, slowest_s = 0, 0.0
    while before < began + 4.5:
        assert world.part(query=f"?at={count}").answers
        count += 1
        now = time.monotonic()
        before, slowest_s = now, max(slowest_s, now - before)
    assert world.files.refused == 0 or slowest_s > 0.4, "on a machine that stood still a token may run out under way"
    assert 3 <= len(world.tokens.log) <= 4 + world.files.refused


def test_s16_a_token_that_was_fit_when_a_file_was_asked_for_is_sent_with_it(world: World, monkeypatch) -> None:
    """Between the two lies a moment: in it a token may come near its end."""
    assert world.part().answers
    address, now = world.fetcher.signing.note(world.files.address("scene.bin"), "sentinel 2"), time.monotonic()
    for passed_s, is_signed in ((299.0, True), (301.0, False)):
        monkeypatch.setattr("viewer.network.signing.time", SimpleNamespace(monotonic=lambda at=now + passed_s: at))
        assert bool(world.fetcher.signing.apply(QNetworkRequest(QUrl(address)))) == is_signed


def test_s16_after_a_refusal_it_is_signed_once_more(world: World) -> None:
    assert world.part().answers
    world.tokens.revoke()
    assert world.part(PART_BYTES, count=4).answers
    assert len(world.tokens.log) == 2


def test_s24_a_refusal_that_stays_is_one_sentence_after_two_requests(world: World) -> None:
    world.files.tokens = TokenServer()  # knows no token of ours
    documents = world.part()
    world.files.tokens.stop()
    assert (len(world.files.log), len(world.tokens.log)) == (2, 2)
    assert [str(error) for error in documents.errors] == [
        f"{world.files.host} refuses what {world.tokens.host} has signed: try again later, "
        "or search for the scene again."
    ]


def test_s16_parts_are_kept_by_the_address_without_a_signature(world: World) -> None:
    assert world.part().answers
    world.tokens.revoke()
    assert world.part(0).answers[0].address == world.files.address("scene.bin") + "?n=0"
    assert len(world.files.log) == 1


def test_s16_a_stored_tile_is_found_without_a_signature(world: World) -> None:
    assert world.tile().images
    assert world.tile().images
    world.fetcher.set_offline(True)
    assert world.tile().images
    assert len(world.files.log) == 1


@pytest.mark.bounded
@pytest.mark.sampled(6)
@pytest.mark.parametrize("how", ["part", "tile", "document"])
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("hang", "No signature for {files}: {tokens} does not answer."),
        ("refuses", "No signature for {files}: {tokens} refuses us (code 403): not you"),
        ("nonsense", "No signature for {files}: {tokens} sent no token: try again later."),
        ("expired", "No signature for {files}: {tokens} sent a token that has run out: is the clock of this computer"),
        ("busy", "No signature for {files}: {tokens} is busy and asks us to wait: try again later."),
    ],
)
def test_s16_an_endpoint_that_fails_is_one_sentence(world: World, how: str, fault: str, words: str) -> None:
    world.tokens.fault = fault
    world.tokens.retry_after = "200"
    world.tokens.valid_s = -5.0
    heard = getattr(world, how)()
    (error,) = heard.errors
    assert str(error).startswith(words.format(files=world.files.host, tokens=world.tokens.host))
    assert not world.files.log


@pytest.mark.bounded
def test_s24_a_busy_endpoint_is_asked_again_when_it_says(world: World) -> None:
    world.tokens.fault, world.tokens.faults = "busy", 1
    began = time.monotonic()
    assert world.part(count=3).answers
    assert time.monotonic() - began >= 1.0
    assert len(world.tokens.log) == 2


def test_s16_offline_asks_nothing(world: World) -> None:
    world.fetcher.set_offline(True)
    for heard in (world.part(), world.document()):
        assert "offline" in str(heard.errors[0])
    assert (world.tokens.log, world.files.log) == ([], [])


def test_s16_an_endpoint_that_is_not_allowed_is_not_asked(world: World) -> None:
    world.consent.withdraw(world.tokens.host)
    (error,) = world.part().errors
    assert isinstance(error, NotAllowed)
    assert str(error) == (
        f"{world.files.host} wants a signature of {world.tokens.host}, which is not contacted until you allow it."
    )
    world.files.is_public = True
    assert world.part().answers
    assert not world.tokens.log


def test_s16_a_file_for_which_there_is_no_token_is_asked_for_as_it_is(world: World) -> None:
    world.tokens.fault = "unknown"
    (error,) = world.part().errors
    assert isinstance(error, ServerFault)
    assert "has no signature for this file: search for the scene again" in str(error)
    world.files.is_public = True
    assert world.part().answers
    assert len(world.tokens.log) == 1


def test_s16_an_address_that_is_signed_already_stays_as_it_is(by_container: World) -> None:
    token = by_container.tokens.token()
    assert by_container.part(query=f"?{token}").answers
    assert by_container.files.log == [f"/scenes/scene.bin?{token}"]
    assert not by_container.tokens.log


def test_s16_what_is_posted_is_not_signed(world: World) -> None:
    assert world.document("POST").errors
    assert world.files.log == ["/scenes/item.json"]
    assert not world.tokens.log


def test_s16_an_error_that_repeats_a_signature_is_not_said(world: World) -> None:
    world.files.fault = "echo"
    for documents in (world.part(), world.document()):
        assert [str(error) for error in documents.errors] == [
            f"{world.files.host} answers with an error that repeats a signature: it is not shown."
        ]


def test_s16_a_redirect_that_repeats_a_signature_does_not_leave_it_in_the_address(world: World) -> None:
    world.files.fault = "onward"
    (answer,) = world.document().answers
    assert answer.address == world.files.address("item.json", "onward")
    assert world.files.log[1].startswith("/onward/item.json?st=")


def test_s16_no_signature_is_kept_or_said(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert world.tile().images
    answers = [*world.part().answers, *world.document().answers]
    world.files.tokens = TokenServer()
    errors = [*world.part(PART_BYTES).errors, *world.document().errors]
    world.files.tokens.stop()
    assert len(errors) == 2
    assert world.kept()
    said = [caplog.text, world.kept().decode("latin-1"), *map(str, errors)]
    said += [f"{answer.address} {answer.headers} {answer.body!r}" for answer in answers]
    said += list(world.fetcher.host_states().values())
    assert not [text for text in said if world.tokens.shown_in(text)]


def test_s16_what_a_catalogue_has_signed_itself_is_asked_for_so_and_kept_without(qtbot, world: World) -> None:
    """It is asked for byte for byte while its signature holds, and then that is said."""
    world.fetcher.signing.rules = ()
    token = world.tokens.token()
    href = f"{world.files.address('scene.bin')}?n=1&{token}"
    address = world.fetcher.signing.note(href, "")
    assert not world.tokens.shown_in(address)
    for first, ends in ((0, None), (PART_BYTES, 0.0), (PART_BYTES, 0.0)):
        world.tokens.ends[token] = world.tokens.ends[token] if ends is None else ends
        documents = Documents()
        world.fetcher.fetch_range(address, first, first + 9, documents)
        qtbot.waitUntil(lambda documents=documents: documents.count == 1, timeout=9000)
        if ends is None:
            assert documents.answers[0].address == address
            assert world.files.log == [href.removeprefix(world.files.url)]
        else:
            assert str(documents.errors[0]) == (
                f"{world.files.host} wants a signature, and that of its catalogue has run out: "
                "search for the scene again."
            )
    assert len(world.files.log) == 3
    assert world.files.log[2] == address.removeprefix(world.files.url)


def test_rules_of_the_user_come_first_and_a_broken_file_is_said(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GEOLOUPE_HOME", str(tmp_path))
    assert (known_rules(), problem_of_rules()) == (shipped_rules(), "")
    path = config_folder() / "signing.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[[signing]]\nassets = "https://a.example/"\nendpoints = ["https://b.example/token"]\n')
    own, *shipped = known_rules()
    assert (own.endpoints, tuple(shipped)) == (("https://b.example/token",), shipped_rules())
    path.write_text("[[signing]")
    assert known_rules() == shipped_rules()
    assert "no TOML" in problem_of_rules()


@pytest.mark.parametrize(
    "address",
    [
        "https://files.example/a/B_2.tif",
        "http://a.example/~x/../y/./z",
        "https://files.example/a//b.tif",
        "https://files.example/a%2Fb_c.tif",
        "https://FILES.example/a.tif",
        "https://files.example:443/a.tif",
        "https://files.example",
        "https://xn--bcher-kva.example/a.tif",
        "https://bücher.example/ä.tif",
    ],
)
def test_a_file_is_known_by_its_address_as_qt_writes_it(address: str) -> None:
    rules = [SigningRule(start, ("https://token.invalid/{collection}",)) for start in ("http://", "https://")]
    signing = Signing(tuple(rules), Consent(), lambda *_: None)
    assert signing.note(address, "sentinel-2") == address
    need = signing.need(QUrl(address, QUrl.ParsingMode.StrictMode))
    assert need is not None
    assert need.endpoint == "https://token.invalid/sentinel-2"
