"""Parts of the window's picture of a case that the job that opens it makes: of 100,000 sites they take a second."""

from __future__ import annotations

from msgspec import Struct

from layers.document.document import Document
from layers.geo.crs import remember_crs
from viewer.canvas.sites.site_index import SiteIndex
from viewer.panels.listed_marks import ListedMarks


class MadeAhead(Struct, frozen=True):
    """Of a document as it was read, before its first edit. The map takes its index for its own."""

    index: SiteIndex
    marks: ListedMarks

    @classmethod
    def of(cls, document: Document) -> MadeAhead:
        """Any thread. The CRSs that layers give are looked up too, which PROJ takes 8 ms over where it knows none."""
        remember_crs(layer.crs for layer in document.layers.values())
        return cls(SiteIndex.of(document.sites), ListedMarks.of(document.sites))
