"""W25: what is shown to a server to be let in stands in nothing that the window makes of a map with its imagery."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import shapely
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from layers.document.edit import Change, Edit
from layers.document.site import Site
from layers.product.publishing import DRAFT
from tests.support.product_windows import WAIT_MS, export_as, ready, settled
from tests.support.service_layers import badge, dark_share, show
from tests.support.spilled import spellings, spilled
from tests.support.tile_server import TileServer, serving
from tests.support.windows import texts
from tests.viewer.app.conftest import Answers
from viewer.app.products.data.data_dialog import DataDialog
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.secrets import Secret, SecretKind

WORD, TOKEN = "s3cret+word/of=ours", "tkn.Hd5mP2yL6cVw"
PAIR = b64encode(f"ann:{WORD}".encode()).decode()
NAMES = {SecretKind.BASIC: "ann", SecretKind.HEADER: "X-Key", SecretKind.QUERY: "api_key", SecretKind.OAUTH2: "ann"}
SHOWN = {SecretKind.BASIC: f"Basic {PAIR}", SecretKind.BEARER: f"Bearer {WORD}"}
"""What the server wants to see, where that is not the secret itself."""
PAGES = (".pdf", ".png", ".jpg", ".webp", ".svg", ".tif")
DATA = (".gpkg", ".kmz", ".geojson", ".csv", ".xlsx", ".html")


@pytest.fixture
def server() -> Iterator[TileServer]:
    with serving() as server:
        server.token = TOKEN
        yield server


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher]) -> Callable[[Consent], Fetcher]:
    return fetchers


def copied() -> str:
    """All that is in the clipboard, in each of its formats, which is emptied."""
    data = QGuiApplication.clipboard().mimeData()
    parts = [bytes(data.data(name).data()).decode("latin-1") for name in data.formats()]
    parts += [data.text(), *data.imageData().textKeys()] if data.hasImage() else [data.text()]
    QGuiApplication.clipboard().clear()
    return "\n".join(parts)


def write_pages(window: MainWindow, qtbot: QtBot, answers: Answers, folder: Path, pages: Sequence[str]) -> None:
    window.action_table["export_product"].trigger()
    shown = ready(window, qtbot)
    for suffix in pages:
        answers.path = folder / f"page{suffix}"
        export_as(shown, DRAFT)
        settled(window, qtbot)
        qtbot.waitUntil(answers.path.exists, timeout=WAIT_MS)
    shown.close()


def write_data(window: MainWindow, qtbot: QtBot, answers: Answers, folder: Path, data: Sequence[str]) -> None:
    for suffix in data:
        window.action_table["export_data"].trigger()
        qtbot.waitUntil(lambda: window.map_export.is_idle, timeout=WAIT_MS)
        dialog = window.findChild(DataDialog)
        assert dialog is not None
        dialog.format.setCurrentIndex(dialog.format.findData(suffix))
        answers.path = folder / f"data{suffix}"
        dialog.take_button.click()
        qtbot.waitUntil(answers.path.exists, timeout=WAIT_MS)
        settled(window, qtbot)
        qtbot.waitUntil(lambda: window.findChild(DataDialog) is None)


@pytest.mark.bounded
@pytest.mark.parametrize("kind", list(SecretKind))
def test_w25_no_product_copy_or_message_of_a_map_behind_a_login_tells_it(
    window: MainWindow,
    server: TileServer,
    qtbot: QtBot,
    answers: Answers,
    own_home: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    kind: SecretKind,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.login = SHOWN.get(kind, WORD)
    token_address = f"{server.url}/issue_to_known/5/0/3.json" if kind is SecretKind.OAUTH2 else ""
    assert window.context.fetcher is not None
    window.context.fetcher.logins.use(server.host, Secret(kind, WORD, NAMES.get(kind, ""), token_address))
    show(window, server, "by_token" if token_address else "by_login", qtbot)
    assert badge(window) == ""
    assert dark_share(window) < 0.01
    site = Site(uuid="s1", label="Pad", geometry=shapely.Point(128.3, 51.9))
    window.session.push(Edit("Add", (Change("sites", None, site),)))
    window.selection.set({"s1"})
    settled(window, qtbot)
    window.action_table["take_chip"].trigger()
    qtbot.waitUntil(lambda: bool(window.session.document.chips), timeout=WAIT_MS)
    words = []
    for action in ("copy_picture", "copy_diagnostics"):
        window.action_table[action].trigger()
        settled(window, qtbot)
        words.append(copied())
        assert words[-1], action
    begin, step = list(SecretKind).index(kind), len(SecretKind)
    write_pages(window, qtbot, answers, tmp_path, PAGES[begin::step])
    write_data(window, qtbot, answers, tmp_path, DATA[begin::step])
    window.session.save_as(tmp_path / "case.gpkg")
    qtbot.waitUntil(lambda: (tmp_path / "case.gpkg").exists() and window.is_idle(), timeout=WAIT_MS)
    words += [texts(window), caplog.text]
    secrets = [WORD, TOKEN, PAIR]
    written = {word.decode("latin-1") for secret in secrets for word in spellings(secret)}
    assert [word for word in written if any(word in text for text in words)] == []
    assert spilled(secrets, tmp_path, own_home) == []
