"""Goes to a coordinate on the clipboard, in any notation, or to the extent of a shape in WKT."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject

from layers.errors import BadCoordinate
from viewer.panels.context import PanelContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate
from viewer.support.messages import Messages
from viewer.support.outside_words import is_web_address

if TYPE_CHECKING:
    from viewer.panels.search.hits import Hit

MOST_CHARS = 400
"""Longest text that is looked into: a longer one is a page, of which nobody wants one coordinate."""


class PlacePaster(QObject):
    """Takes short texts that hold a coordinate. Only the map moves: nothing is added to the case."""

    def __init__(self, panels: PanelContext, go: Callable[[Hit], None], messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._go, self._messages = panels, go, messages

    def can_paste(self, content: QMimeData) -> bool:
        """True for a coordinate, also for one that no place on the Earth has: that is said. Never for an address, which
        may have numbers in it.
        """
        if not content.hasText() or content.hasImage() or is_web_address(content.text().strip(), is_sure=False):
            return False
        try:
            return bool(self._readings(content.text()))
        except BadCoordinate:
            return True

    def paste(self, content: QMimeData) -> None:
        """Go to the likeliest place, and say which one that is."""
        try:
            readings = self._readings(content.text())
        except BadCoordinate as error:
            self._messages.show("pasted", in_language(error.sentence), "warning")
            return
        self._go(readings[0])
        words = self.tr("The map shows {0}, from the clipboard ({1}).").format(readings[0].text, readings[0].note)
        if len(readings) > 1:
            others = len(readings) - 1
            more = translate("PlacePaster", "{count} other readings", "{count} other reading", others)
            listed = self.tr("There is {0}: Ctrl+G lists them.").format(more)
            words = f"{words} {listed}"
        self._messages.show("pasted", one_line(words, 400))

    def _readings(self, text: str) -> list[Hit]:
        """The readings of a text, the likeliest first. Raises BadCoordinate."""
        text = text.strip()
        if len(text) > MOST_CHARS or not any(letter.isdigit() for letter in text):
            return []
        from viewer.panels.search.search_providers import CoordinateProvider  # for start-up time

        provider = CoordinateProvider()
        provider.notation = self._panels.notation
        return sorted(provider.search(text), key=lambda hit: hit.score)
