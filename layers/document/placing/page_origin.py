"""The page of a web map that a layer's picture was copied from, kept in the layer's source."""

from __future__ import annotations

from msgspec import Struct

from layers.decoding import decoded_or_none
from layers.document.layer import Layer
from layers.phrase import Phrase
from layers.text.counted import metres

PAGE_KEY = "page"
"""Key of a layer's source for the page."""
_MOST_M = 2e7
_MOST_CHARS = 5000


class PageOrigin(Struct, frozen=True):
    """A page of a web map, and how well its address places a picture of it."""

    viewer: str
    address: str = ""
    """The address of the view, without what was not needed to read it."""
    error_m: float = 0.0
    """Radius of doubt, in metres on the ground."""

    @property
    def words(self) -> Phrase:
        """Words for the address as what placed the picture, to follow "placed by"."""
        return Phrase(
            "the address of its page, {viewer}, to about ± {error}", viewer=self.viewer, error=metres(self.error_m)
        )


def page_origin_of(layer: Layer) -> PageOrigin | None:
    """The page whose address places a layer; None where none does, also where control points place it since."""
    if layer.control_points_json:
        return None
    return stated_page(layer)


def stated_page(layer: Layer) -> PageOrigin | None:
    """The page that a layer's picture was copied from, whatever places it now; None for none."""
    origin = decoded_or_none(layer.source.get(PAGE_KEY), PageOrigin)
    if origin is None or not (0.0 < origin.error_m <= _MOST_M and len(origin.viewer + origin.address) <= _MOST_CHARS):
        return None
    return origin
