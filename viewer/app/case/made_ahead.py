"""Site index and site lists that the opening job prepares, as they take a second for 100,000 sites."""

from __future__ import annotations

from msgspec import Struct

from layers.document.document import Document
from layers.document.kept_view import KeptView
from layers.errors import GeoloupeError
from layers.geo.crs import WEB_MERCATOR, is_off_earth, remember_crs
from viewer.canvas.sites.site_index import SiteIndex
from viewer.panels.listed_marks import ListedMarks


class MadeAhead(Struct, frozen=True):
    """Index and listed marks of a document as it was read, before its first edit. The map takes over the index.

    The index knows all that its first picture needs, so that painting it does not hold up the window.
    """

    index: SiteIndex
    marks: ListedMarks

    @classmethod
    def of(cls, document: Document) -> MadeAhead:
        """Prepare a document for the map and the lists. For any thread.

        It also looks up the CRSs of the layers: PROJ takes 8 ms for one that it does not know.
        """
        remember_crs(layer.crs for layer in document.layers.values())
        index = SiteIndex.of(document.sites)
        if not is_off_earth(crs := _first_crs(document)):
            index.project_shapes(crs)
            index.projected(crs)
            index.areas_over_the_edge(crs)
            _ = index.beyond_mercator
        return cls(index, ListedMarks.of(document.sites))


def _first_crs(document: Document) -> str:
    """CRS in which the map is shown first: that of the view kept in the case, else Web Mercator."""
    try:
        return KeptView.from_json(document.meta("viewport")).crs
    except GeoloupeError:
        return WEB_MERCATOR
