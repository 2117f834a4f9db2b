"""A link to the terms of what a pack is made of, or to what its provider tells of itself."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.translation import translate


def terms_link(terms: str, about: str, parent: QWidget | None = None) -> LinkButton:
    """A button that opens the address of terms, else of words about the service, in the browser; hidden where neither
    is an address of the web.
    """
    words = translate("PackDialog", "Its terms: {0}") if terms else translate("PackDialog", "About the service: {0}")
    address = terms or about
    tip = translate("PackDialog", "Open {0} in the browser").format(address)
    button = LinkButton(words.format(address), tip, parent)
    if not address.startswith(("https://", "http://")):
        button.hide()
    button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
    return button
