"""The field above the site list that chooses the kind of marks it shows: sites, another kind, or all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from layers.document.site import Site
from viewer.panels.listed_marks import EVERY_KIND, SITE_KIND, kind_of
from viewer.support.still_boxes import ComboBox


class MarkKinds(ComboBox):
    """The choice; hidden while a case holds only sites. `kind_chosen` is emitted when `shows` changes."""

    kind_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._others: dict[str, str] = {}
        self._titles = {
            SITE_KIND: self.tr("Sites"),
            "annotation": self.tr("Annotations"),
            "measurement": self.tr("Measurements"),
            "search area": self.tr("Search areas"),
            "photo": self.tr("Photos"),
            EVERY_KIND: self.tr("All marks"),
        }
        self._hints = {
            "annotation": self.tr("No annotation yet: press A for an arrow or T for a text; Mark, Draw has more."),
            "measurement": self.tr("No measurement is kept yet: press M and measure on the map."),
            "search area": self.tr("No area was searched yet: press Q on the map to search one."),
            "photo": self.tr("No photo yet: drop photos that have a place on the map."),
        }
        for kind, title in self._titles.items():
            self.addItem(title, kind)
        self.setAccessibleName(self.tr("Kind of marks listed"))
        self.currentIndexChanged.connect(self.kind_chosen)
        self.hide()

    @property
    def kind(self) -> str:
        """The kind that the list should show, or EVERY_KIND."""
        return str(self.currentData())

    @property
    def hint(self) -> str:
        """The words on how the first mark of the chosen kind is made."""
        return self._hints.get(self.kind) or self.tr("No site yet: press P and click on the map to mark one.")

    def shows(self, site: Site) -> bool:
        """True for a mark of the chosen kind."""
        return self.kind in (EVERY_KIND, kind_of(site))

    def show_all(self) -> None:
        """Choose marks of every kind."""
        self.setCurrentIndex(self.findData(EVERY_KIND))

    def read(self, others: Mapping[str, str]) -> None:
        """Count the marks of a case anew, given the kinds of those that are no sites."""
        self._others = dict(others)
        self._show()

    def follow(self, uuids: Iterable[str], sites: Mapping[str, Site]) -> None:
        """Update the counts after an edit of these marks."""
        before = dict(self._others)
        for uuid in uuids:
            site = sites.get(uuid)
            if site is None or site.is_site:
                self._others.pop(uuid, None)
            else:
                self._others[uuid] = kind_of(site)
        if before != self._others:
            self._show()

    def _show(self) -> None:
        counts = Counter(self._others.values())
        for row in range(1, self.count() - 1):
            kind = self.itemData(row)
            self.setItemText(row, f"{self._titles[kind]} ({counts[kind]})" if counts[kind] else self._titles[kind])
        self.setVisible(bool(self._others))
        if not self._others and self.currentIndex():
            with QSignalBlocker(self):
                self.setCurrentIndex(0)
            self.kind_chosen.emit()
