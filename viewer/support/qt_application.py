"""Makes Qt's application; on a computer that cannot show windows it ends with one sentence.

Qt itself would write several lines and abort: with a core dump, and with readers left running.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from layers.errors import NoDisplay

BAD_INPUT = 1
"""The exit code where the request cannot be carried out."""


def make_application[A: QGuiApplication](kind: type[A], give_up: Callable[[], None]) -> A:
    """Make the application. Where Qt cannot start, `give_up` is called and the program ends with a sentence.

    Raises NoDisplay where there is no screen.
    """
    messages: list[str] = []

    def on_message(level: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if level is not QtMsgType.QtFatalMsg:
            messages.append(text)
            return
        give_up()
        print(f"geoloupe: {_sentence(messages)}", file=sys.stderr, flush=True)
        os._exit(BAD_INPUT)  # Qt aborts when this returns

    qInstallMessageHandler(on_message)
    try:
        application = kind(sys.argv[:1])
    finally:
        qInstallMessageHandler(None)
    for text in messages:
        print(text, file=sys.stderr)
    if not application.screens():
        raise NoDisplay("There is no screen to show a window on: connect one, or set QT_QPA_PLATFORM=offscreen.")
    return application


def _sentence(messages: list[str]) -> str:
    """The reason why Qt has no platform, from its messages."""
    platform = os.environ.get("QT_QPA_PLATFORM") or "the default"
    reasons = [text for text in messages if "connect" in text or "needed" in text or "not find" in text] or messages[
        -1:
    ]
    reason = "; ".join(" ".join(text.split()).rstrip(".") for text in reasons)
    return (
        f"No window can be shown with Qt's platform {platform}: {reason or 'Qt does not say why'}. "
        "Look at DISPLAY; with QT_QPA_PLATFORM=offscreen pictures are drawn without a display."
    )
