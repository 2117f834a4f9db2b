"""Parts of the window's picture of a case that the job that opens it makes: of 100,000 sites they take a second."""

from __future__ import annotations

from msgspec import Struct

from layers.document.document import Document
from layers.document.kept_view import KeptView
from layers.errors import GeoloupeError
from layers.geo.crs import WEB_MERCATOR, is_off_earth, remember_crs
from viewer.canvas.sites.site_index import SiteIndex
from viewer.panels.listed_marks import ListedMarks


class MadeAhead(Struct, frozen=True):
    """Index and listed marks of a document as it was read, before its first edit. The map takes over the index."""

    index: SiteIndex
    marks: ListedMarks

    @classmethod
    def of(cls, document: Document) -> MadeAhead:
        """Any thread. The CRSs that layers give are looked up too, which PROJ takes 8 ms over where it knows none."""
        remember_crs(layer.crs for layer in document.layers.values())
        index = SiteIndex.of(document.sites)
        if not is_off_earth(crs := _first_crs(document)):
            index.project_shapes(crs)
        return cls(index, ListedMarks.of(document.sites))


def _first_crs(document: Document) -> str:
    """The CRS of the view that the case keeps, in which its map is shown first; else Web Mercator."""
    try:
        return KeptView.from_json(document.meta("viewport")).crs
    except GeoloupeError:
        return WEB_MERCATOR
