"""The part of the site form on searches: what the last one of an area shows, and the way into one."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.search import Search
from layers.document.site import Site
from layers.observing.search_words import image_search_sentences
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language

_LONGEST = 400


class SearchedLine(QWidget):
    """The sentence on the last search of an area and the way to go on with it, or to begin one; for areas only."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._wanted = context, ""
        self.words = muted("")
        self.words.setWordWrap(True)
        self.go_on_button = LinkButton(
            self.tr("Go on with this search"), self.tr("Go to its cells: the first without an answer comes first")
        )
        self.search_button = LinkButton(
            self.tr("Search this area…"), self.tr("Go through this area cell by cell, on an image")
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.words, self.go_on_button, self.search_button):
            layout.addWidget(widget)
        self._area = ""
        self.go_on_button.clicked.connect(lambda: context.search_wanted.emit(self._wanted))
        self.search_button.clicked.connect(lambda: context.search_wanted.emit(self._area))

    def show_site(self, site: Site) -> None:
        """Show what is known of searches of this mark."""
        self._area = site.uuid
        search = self._last(site.uuid)
        self._wanted = "" if search is None else search.uuid
        image = None if search is None else self._context.document.images.get(search.image_uuid)
        words = [] if search is None else [in_language(text) for text in image_search_sentences(search, image)]
        self.words.setText(plain(one_line(" ".join(words), _LONGEST)))
        self.words.setVisible(bool(words))
        self.go_on_button.setVisible(search is not None)
        again = self.tr("Search this area again…")
        self.search_button.setText(self.tr("Search this area…") if search is None else again)
        self.search_button.updateGeometry()
        self.setVisible(site.kind == "polygon")

    def _last(self, area_uuid: str) -> Search | None:
        rows = [row for row in self._context.document.searches.values() if row.area_uuid == area_uuid]
        return max((row for row in rows if row.kind == "image"), key=lambda row: (row.at, row.created_at), default=None)
