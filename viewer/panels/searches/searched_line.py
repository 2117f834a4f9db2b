"""The part of the site form on searches: what the last one of an area shows, those of archives, the way into each."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.search import Search, asked_sites
from layers.document.site import Site
from layers.observing.archive_question import asked_at, asked_question, short_period
from layers.observing.search_words import image_search_sentences
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import in_language, translate

_LONGEST, _LONGEST_LINK = 400, 140
MOST_LISTED = 3
"""Most searches of archives that are named; a further link leads to the older ones."""


class SearchedLine(QWidget):
    """The sentence on the last search of an area and the way to go on with it, or to begin one, for areas only; and
    links to the kept searches of archives that were about the mark. It takes no room where there is none of these.
    """

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
        self.archive_links = [LinkButton("", self.tr("Show the search in its list")) for _ in range(MOST_LISTED + 1)]
        self._archive_searches: tuple[str, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for at, link in enumerate(self.archive_links):
            link.clicked.connect(partial(self._open_search, at))
        for widget in (self.words, self.go_on_button, self.search_button, *self.archive_links):
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
        is_area = site.kind == "polygon"
        self.words.setVisible(is_area and bool(words))
        self.go_on_button.setVisible(is_area and search is not None)
        self.search_button.setVisible(is_area)
        again = self.tr("Search this area again…")
        self.search_button.setText(self.tr("Search this area…") if search is None else again)
        self.search_button.updateGeometry()
        about = self._of_archives(site.uuid)
        self._show_links(about)
        self.setVisible(is_area or bool(about))

    def _show_links(self, searches: list[Search]) -> None:
        self._archive_searches = tuple(search.uuid for search in searches)
        unsaid = self.tr("Archive search")
        texts = [
            one_line(" · ".join((asked_at(search), *_asked_words(search), search.words or unsaid)), _LONGEST_LINK)
            for search in searches[:MOST_LISTED]
        ]
        older = len(searches) - MOST_LISTED
        if older > 0:
            texts.append(translate("SearchedLine", "{count} older searches", "{count} older search", older))
        for at, link in enumerate(self.archive_links):
            text = texts[at] if at < len(texts) else ""
            link.setText(text)
            link.updateGeometry()
            link.setVisible(bool(text))

    def _open_search(self, at: int) -> None:
        if at < len(self._archive_searches):
            self._context.open_row("searches", self._archive_searches[at])

    def _of_archives(self, uuid: str) -> list[Search]:
        """The kept searches of archives that were about a mark, the newest first."""
        rows = (row for row in self._context.document.searches.values() if row.kind == "catalogue")
        about = [row for row in rows if uuid in row.query_json and uuid in asked_sites(row)]
        return sorted(about, key=lambda row: (row.at, row.created_at), reverse=True)

    def _last(self, area_uuid: str) -> Search | None:
        rows = [row for row in self._context.document.searches.values() if row.area_uuid == area_uuid]
        return max((row for row in rows if row.kind == "image"), key=lambda row: (row.at, row.created_at), default=None)


def _asked_words(search: Search) -> list[str]:
    """The dates and the limit of cloud of a question to an archive; none where it was not kept."""
    query = asked_question(search)
    if query is None:
        return []
    cloud = query.question.max_cloud
    limit = "" if cloud is None else translate("SearchedLine", "cloud to {0} %").format(f"{cloud:g}")
    return list(filter(None, (in_language(short_period(query.question)), limit)))
