"""Words that come from other programs, dropped or on the clipboard: paths of files, and addresses of services."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

LONGEST_ADDRESS = 4000
"""Most characters of a text that is looked at: longer ones are no addresses."""


class CopiedAddress(QObject):
    """Takes the address of a service from the clipboard: each that is copied once, so that nobody meets it again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_new = True
        QGuiApplication.clipboard().dataChanged.connect(self._note)

    def _note(self) -> None:
        self._is_new = True

    def forget(self) -> None:
        """Leave what is on the clipboard now: it has been used."""
        self._is_new = False

    def take(self) -> str:
        """The address that was copied since this was last called; empty where none was."""
        if not self._is_new:
            return ""
        self._is_new = False
        return copied_service()


def dropped_words(data: QMimeData) -> list[str]:
    """The paths and addresses in dragged data; of a mere text its lines."""
    texts = [url.toLocalFile() or url.toString() for url in data.urls()] or data.text().split("\n")
    return [text.strip() for text in texts if text.strip()]


def address_in(data: QMimeData) -> str:
    """The text or the only link in copied or dragged data, where that is short enough for an address."""
    urls = [url.toString() for url in data.urls()]
    text = (data.text() if data.hasText() else urls[0] if len(urls) == 1 else "").strip()
    return text if len(text) <= LONGEST_ADDRESS else ""


def copied_service() -> str:
    """The text on the clipboard where that is the address of a service by its look, else an empty one."""
    return copied_address(is_sure=True)


def copied_address(*, is_sure: bool) -> str:
    """The text on the clipboard where that is a web address as `is_web_address` says, else an empty one."""
    data = QGuiApplication.clipboard().mimeData()
    address = "" if data is None or data.hasImage() else address_in(data)
    return address if is_web_address(address, is_sure=is_sure) else ""


def is_web_address(text: str, *, is_sure: bool) -> bool:
    """True for an address on the web; with `is_sure` only for one that is known for a service by its look."""
    if not text:
        return False
    from layers.services.listed.typed_entry import SURE_KINDS  # for start-up time: it reads documents, too
    from layers.services.offers.typed_address import address_kind

    typed = address_kind(text)
    return typed is not None and (not is_sure or typed.kind in SURE_KINDS)
