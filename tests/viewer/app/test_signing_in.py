"""Signing in by the real widgets: from a refusal to tiles, and what is shown to a server stands nowhere else."""

from __future__ import annotations

import logging
import sys
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from layers.errors import ServerFault
from tests.support.choices import choose_by_keys, popup
from tests.support.memory_vault import MemoryVault
from tests.support.service_layers import badge, click_on_plate, dark_share, note_on_map, plate, properties, rest, show
from tests.support.tile_server import TileServer
from viewer.app.crash import CrashDoors
from viewer.app.window import MainWindow
from viewer.network.consent import Consent
from viewer.network.fetcher import Fetcher
from viewer.network.secrets import Secret, SecretKind, Secrets
from viewer.panels.logins.kept_logins import LoginsDialog
from viewer.panels.logins.login_form import kind_words
from viewer.panels.logins.sign_in import SignInDialog
from viewer.rendering.service_state import Way
from viewer.support.settings import config_folder

pytestmark = popup

WORD = "s3cret+word/of=ours"
SHOWN = {
    SecretKind.BASIC: "Basic " + b64encode(f"ann:{WORD}".encode()).decode(),
    SecretKind.BEARER: f"Bearer {WORD}",
    SecretKind.HEADER: WORD,
    SecretKind.QUERY: WORD,
    SecretKind.OAUTH2: WORD,
}


@pytest.fixture
def vault() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def make_fetcher(fetchers: Callable[[Consent], Fetcher], vault: MemoryVault) -> Callable[[Consent], Fetcher]:
    def make(consent: Consent) -> Fetcher:
        fetcher = fetchers(consent)
        fetcher.logins.secrets = Secrets(config_folder() / "secret_hosts.json", vault)
        return fetcher

    return make


def dialog_of(window: QWidget, qtbot: QtBot) -> SignInDialog:
    """The open dialog, which has asked for a keyring."""
    (dialog,) = [one for one in window.findChildren(SignInDialog) if one.isVisible()]
    qtbot.waitUntil(lambda: "looks for" not in dialog.where.text())
    return dialog


def sign_in(dialog: SignInDialog, server: TileServer, kind: SecretKind, word: str = WORD) -> None:
    """Type a login as an analyst would, and press the button."""
    form = dialog.form
    choose_by_keys(form.kind_box, kind_words(kind))
    if kind is SecretKind.OAUTH2:
        QTest.keyClicks(form.token_address, f"{server.url}/issue_to_known/5/0/3.json")
    if kind in (SecretKind.BASIC, SecretKind.OAUTH2):
        QTest.keyClicks(form.name, "ann")
    if kind is SecretKind.HEADER:
        QTest.keyClicks(form.name, "X-Key")
    QTest.keyClicks(form.value, word)
    QTest.mouseClick(dialog.sign_in_button, Qt.MouseButton.LeftButton)


def fault_for(kind: SecretKind) -> str:
    return "by_token" if kind is SecretKind.OAUTH2 else "by_login"


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", [SecretKind.BASIC, *(kind for kind in SecretKind if kind is not SecretKind.BASIC)])
def test_f29_from_a_refusal_to_tiles_by_signing_in_on_the_map(
    window: MainWindow, server: TileServer, qtbot: QtBot, kind: SecretKind
) -> None:
    server.login = SHOWN[kind]
    show(window, server, fault_for(kind), qtbot)
    assert badge(window) == "refused"
    assert f"{server.host} refuses us" in note_on_map(window)
    shown = plate(window)
    assert shown is not None
    assert [link.words for link in shown.links] == ["Sign in…", "Try again", "Work offline"]
    click_on_plate(window, "Sign in…")
    dialog = dialog_of(window, qtbot)
    assert server.host in dialog.says.text()
    sign_in(dialog, server, kind)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    rest(window, qtbot)
    assert plate(window) is None
    assert badge(window) == ""


@pytest.mark.bounded
def test_a_wrong_login_is_said_and_tried_once(window: MainWindow, server: TileServer, qtbot: QtBot) -> None:
    server.login = SHOWN[SecretKind.BEARER]
    show(window, server, "by_login", qtbot)
    asked = len(server.log)
    properties(window, qtbot).links[Way.SIGN_IN].click()
    sign_in(dialog_of(window, qtbot), server, SecretKind.BEARER, "wrong")
    qtbot.waitUntil(lambda: "does not let this login in" in note_on_map(window))
    rest(window, qtbot)
    window.canvas.motion.pan_by(300, 0)
    rest(window, qtbot)
    assert len(server.log) == asked + 1
    click_on_plate(window, "Sign in…")
    sign_in(dialog_of(window, qtbot), server, SecretKind.BEARER)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)


def accessible_texts(widget: QWidget) -> list[str]:
    """What a screen reader can have of a window."""
    texts = []
    for part in (widget, *widget.findChildren(QWidget)):
        interface = QAccessible.queryAccessibleInterface(part)
        if interface is not None:
            texts += [interface.text(text) for text in QAccessible.Text]
            if lines := interface.textInterface():
                texts.append(lines.text(0, lines.characterCount()))
    return texts


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", [SecretKind.QUERY, *(kind for kind in SecretKind if kind is not SecretKind.QUERY)])
def test_w25_what_was_typed_stands_nowhere_but_in_the_keyring(
    window: MainWindow,
    server: TileServer,
    vault: MemoryVault,
    qtbot: QtBot,
    own_home: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    kind: SecretKind,
) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    window.messages.changed.connect(lambda: texts.extend(accessible_texts(window)))
    server.login = SHOWN[kind]
    show(window, server, fault_for(kind), qtbot)
    click_on_plate(window, "Sign in…")
    dialog = dialog_of(window, qtbot)
    QTest.keyClicks(dialog.form.value, WORD)
    dialog.form.value.selectAll()
    for keys in (Qt.Key.Key_C, Qt.Key.Key_X):
        QTest.keyClick(dialog.form.value, keys, Qt.KeyboardModifier.ControlModifier)
    texts += [*accessible_texts(dialog), QGuiApplication.clipboard().text()]
    dialog.form.value.clear()
    sign_in(dialog, server, kind)
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    rest(window, qtbot)
    assert vault.texts
    assert WORD in vault.texts[server.host]
    fetcher = window.context.fetcher
    assert fetcher is not None
    secret = fetcher.logins.secrets.of(server.host)
    assert secret is not None
    doors = CrashDoors(own_home / "crashes", lambda key, sentence: texts.append(sentence))
    doors.install()
    try:
        raise ServerFault("An error with {kind} in it.", kind=str(secret))
    except ServerFault:
        doors.caught(*sys.exc_info())  # type: ignore[arg-type]
    finally:
        doors.remove()
    window.place.keep()
    window.session.save_as(tmp_path / "case.gpkg")
    qtbot.waitUntil(lambda: (tmp_path / "case.gpkg").exists() and window.is_idle(), timeout=20_000)
    texts += [*accessible_texts(window), caplog.text, window.action_table["undo"].text()]
    texts += window.canvas.panes.in_use.picture.credits
    files = [path for folder in (own_home, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert {".gpkg", ".json", ".log"} <= {path.suffix for path in files}
    assert sum(path.stat().st_size for path in (tmp_path / "tiles").rglob("*") if path.is_file()) > 2000
    texts += [path.read_bytes().decode("latin-1") for path in files]
    for word in (*secret.words(), SHOWN[kind]):
        assert not [text[:200] for text in texts if word in text]


@pytest.mark.bounded
def test_logins_are_listed_and_forgotten(
    window: MainWindow, server: TileServer, vault: MemoryVault, qtbot: QtBot
) -> None:
    server.login = SHOWN[SecretKind.BEARER]
    show(window, server, "by_login", qtbot)
    window.action_table["logins"].trigger()
    (logins,) = window.findChildren(LoginsDialog)
    assert not logins.forget_button.isEnabled()
    logins.add_button.click()
    dialog = dialog_of(logins, qtbot)
    assert not dialog.sign_in_button.isEnabled()
    QTest.keyClicks(dialog.host, f"{server.url}/by_login/1/0/0.png")
    sign_in(dialog, server, SecretKind.BEARER)
    qtbot.waitUntil(lambda: logins.list.topLevelItemCount() == 1)
    item = logins.list.topLevelItem(0)
    assert item is not None
    assert [item.text(column) for column in range(3)] == [server.host, "Bearer token", "keyring"]
    qtbot.waitUntil(lambda: dark_share(window) < 0.01, timeout=20_000)
    logins.forget_button.click()
    qtbot.waitUntil(lambda: logins.list.topLevelItemCount() == 0)
    assert vault.texts == {server.host: ""}
    window.canvas.motion.zoom_in()
    qtbot.waitUntil(lambda: badge(window) == "refused", timeout=20_000)
    assert server.headers.get("Authorization") is None


@pytest.mark.bounded
def test_without_a_keyring_that_is_said_and_nothing_is_kept(
    window: MainWindow, server: TileServer, vault: MemoryVault, qtbot: QtBot
) -> None:
    vault.is_there = False
    show(window, server, "ok", qtbot)
    window.panel_context.show_layer(next(iter(window.session.document.layers)))
    window.action_table["sign_in"].trigger()
    dialog = dialog_of(window, qtbot)
    assert not dialog.keeps.isEnabled()
    assert "no keyring" in dialog.where.text()
    sign_in(dialog, server, SecretKind.HEADER)
    assert window.context.fetcher is not None
    assert window.context.fetcher.logins.secrets.of(server.host) == Secret(SecretKind.HEADER, WORD, "X-Key")
    qtbot.waitUntil(lambda: server.host in vault.texts or window.is_idle())
    assert vault.texts == {}


@pytest.mark.bounded
@pytest.mark.parametrize("address", ["http://tokens.example.org/t", "tokens", "https://ann:b@tokens.example.org/t"])
def test_a_token_address_that_would_show_the_secret_is_refused(
    window: MainWindow, server: TileServer, qtbot: QtBot, address: str
) -> None:
    show(window, server, "ok", qtbot)
    window.panel_context.show_layer(next(iter(window.session.document.layers)))
    window.action_table["sign_in"].trigger()
    dialog = dialog_of(window, qtbot)
    dialog.form.choose(SecretKind.OAUTH2)
    for field, text in ((dialog.form.token_address, address), (dialog.form.name, "c"), (dialog.form.value, WORD)):
        QTest.keyClicks(field, text)
    dialog.sign_in_button.click()
    assert dialog.fault.isVisible()
    assert "https" in dialog.fault.text()
    assert dialog.isVisible()
    dialog.reject()
