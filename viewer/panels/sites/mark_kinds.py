"""A choice of the kind of marks that the site list shows: sites, or one of the other kinds, which stand apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from layers.document.site import Site
from layers.document.vocabulary import MARK_KINDS
from viewer.support.still_boxes import ComboBox

_ALL = "all"


class MarkKinds(ComboBox):
    """Hidden while a case holds nothing but sites. `kind_chosen` tells that `shows` answers otherwise than before."""

    kind_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._others: dict[str, str] = {}
        self._titles = {
            "site": self.tr("Sites"),
            "annotation": self.tr("Annotations"),
            "measurement": self.tr("Measurements"),
            "search area": self.tr("Search areas"),
            _ALL: self.tr("All marks"),
        }
        for kind, title in self._titles.items():
            self.addItem(title, kind)
        self.setAccessibleName(self.tr("Kind of marks listed"))
        self.currentIndexChanged.connect(self.kind_chosen)
        self.hide()

    def shows(self, site: Site) -> bool:
        """True for a mark that the list should show."""
        return self.currentData() in (_ALL, kind_of(site))

    def show_all(self) -> None:
        """List marks of whatever kind."""
        self.setCurrentIndex(self.findData(_ALL))

    def read(self, sites: Iterable[Site]) -> None:
        """Another case, or another state of it: count its marks anew."""
        self._others = {site.uuid: kind_of(site) for site in sites if not site.is_site}
        self._show()

    def follow(self, uuids: Iterable[str], sites: Mapping[str, Site]) -> None:
        """An edit has touched these marks."""
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


def kind_of(site: Site) -> str:
    """The kind of a mark; a word that we do not know makes it an annotation, as it is no site."""
    if site.is_site:
        return "site"
    return site.mark_kind if site.mark_kind in MARK_KINDS else "annotation"
