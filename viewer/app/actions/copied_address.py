"""Addresses of imagery on the clipboard: pasted on the map, or suggested once when imagery is added."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication

from viewer.panels.context import PanelContext

LONGEST = 4000
"""Most characters of a text that is looked at: longer ones are no addresses."""


class AddressPaster(QObject):
    """Leads a pasted address to Add Imagery. While a claim is open, a link is a source of it, unless only programs read
    such links.
    """

    def __init__(self, panels: PanelContext, open_address: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._open = panels, open_address

    def can_paste(self, content: QMimeData) -> bool:
        """True for a text that is an address and nothing else; a picture that has one is a picture."""
        if content.hasImage():
            return False
        return is_service_address(_address_in(content), is_sure=bool(self._panels.claim_uuid))

    def paste(self, content: QMimeData) -> None:
        """Open Add Imagery on the address."""
        self._open(_address_in(content))


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


def copied_service() -> str:
    """The text on the clipboard where that is the address of a service by its look, else an empty one."""
    content = QGuiApplication.clipboard().mimeData()
    address = "" if content is None or content.hasImage() else _address_in(content)
    return address if is_service_address(address, is_sure=True) else ""


def is_service_address(text: str, *, is_sure: bool) -> bool:
    """True for an address on the web; with `is_sure` only for one that is known for a service by its look."""
    if not text:
        return False
    from layers.services.listed.typed_entry import SURE_KINDS  # for start-up time: it reads documents, too
    from layers.services.offers.typed_address import address_kind

    typed = address_kind(text)
    return typed is not None and (not is_sure or typed.kind in SURE_KINDS)


def _address_in(content: QMimeData) -> str:
    urls = [url.toString() for url in content.urls()]
    text = (content.text() if content.hasText() else urls[0] if len(urls) == 1 else "").strip()
    return text if len(text) <= LONGEST else ""
