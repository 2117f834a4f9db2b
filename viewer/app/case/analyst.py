"""The person at this computer, as they have stated their name and organisation; never taken from a login."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from viewer.support.language.text import one_line
from viewer.support.settings import Settings

LONGEST_NAME = 80


class Analyst(QObject):
    """Name and organisation, kept in the settings of the user. `changed`: they were stated anew."""

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None, *, asks: bool = True) -> None:
        """`asks`: somebody is there who can be asked for the name."""
        super().__init__(parent)
        self._settings, self._asks = settings, asks

    @property
    def name(self) -> str:
        """The name that goes into the stamps of rows; empty for nobody named."""
        return one_line(self._settings.get("author"), LONGEST_NAME)

    @property
    def organisation(self) -> str:
        return one_line(self._settings.get("organisation"), LONGEST_NAME)

    def offer_once(self) -> bool:
        """True the first time that the name may be asked for; it is not asked for again, here or in a later run."""
        is_first = self._asks and not self.name and not self._settings.get("name_asked")
        if is_first:
            self._settings.set("name_asked", True)
        return is_first

    def answering(self, document: Document) -> tuple[str, str]:
        """Author and organisation who answer for products of a case: as it states them, else the analyst's own."""
        stated = document.meta("author"), document.meta("organisation")
        return stated if any(stated) else (self.name, self.organisation)

    def introduce(self, name: str, organisation: str) -> None:
        """State name and organisation; empty texts for none."""
        self._settings.set("author", one_line(name, LONGEST_NAME))
        self._settings.set("organisation", one_line(organisation, LONGEST_NAME))
        self.changed.emit()
