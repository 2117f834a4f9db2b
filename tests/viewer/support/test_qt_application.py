"""Qt's application where there is no screen, or no platform: one sentence, and what was begun is ended."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType

from layers.errors import NoDisplay
from viewer.support.qt_application import make_application


class Ended(Exception):
    """The process would be gone."""


class Platform:
    """In the place of Qt: an application that says these things while it is made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *said: str, fatal: str = "", screens: int = 1) -> None:
        self._said, self._fatal, self._screens = said, fatal, screens
        self.handlers: list[Any] = []
        monkeypatch.setattr("viewer.support.qt_application.qInstallMessageHandler", self.handlers.append)

        def end(code: int) -> None:
            raise Ended(code)

        monkeypatch.setattr("viewer.support.qt_application.os._exit", end)

    def __call__(self, arguments: list[str]) -> Platform:
        for text in self._said:
            self.handlers[-1](QtMsgType.QtWarningMsg, QMessageLogContext(), text)
        if self._fatal:
            self.handlers[-1](QtMsgType.QtFatalMsg, QMessageLogContext(), self._fatal)
        return self

    def screens(self) -> list[int]:
        return list(range(self._screens))


def test_without_a_platform_it_ends_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    platform = Platform(
        monkeypatch, "could not connect to  display :9.", "something else", fatal="This application failed to start"
    )
    ended: list[str] = []
    with pytest.raises(Ended, match="1"):
        make_application(platform, lambda: ended.append("readers"))  # type: ignore[type-var]
    assert ended == ["readers"]
    assert capsys.readouterr().err == (
        "geoloupe: No window can be shown with Qt's platform xcb: could not connect to display :9. "
        "Look at DISPLAY; with QT_QPA_PLATFORM=offscreen pictures are drawn without a display.\n"
    )
    assert platform.handlers[-1] is None


def test_a_platform_that_says_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM")
    with pytest.raises(Ended):
        make_application(Platform(monkeypatch, fatal="no"), lambda: None)  # type: ignore[type-var]
    assert "with Qt's platform the default: Qt does not say why. " in capsys.readouterr().err


def test_without_a_screen_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoDisplay, match="connect one"):
        make_application(Platform(monkeypatch, screens=0), lambda: None)  # type: ignore[type-var]


def test_what_is_said_all_the_same_is_handed_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = Platform(monkeypatch, "a font is missing")
    assert make_application(platform, lambda: None) is platform  # type: ignore[type-var]
    assert capsys.readouterr().err == "a font is missing\n"
