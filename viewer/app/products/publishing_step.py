"""The step between the choice to publish and the file: the frame fits what is left, and what is left out is shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from layers.product.batch import bounds_around
from layers.product.content import ProductContent
from layers.product.lint.finding import Finding
from layers.product.spec import ProductSpec
from viewer.support.language.translation import translate

SPARSE = 0.5
"""Part of a frame's width and height below which the marks that are left look lost in it."""
ROOM = 1.25
"""Size of the new frame, relative to that of the marks with their surroundings."""
MOST_LAT = 85.0


class PublishingStep:
    """Remembers which product has just become one for readers outside, and which list of left-out rows was shown."""

    def __init__(self) -> None:
        self._seen: list[Finding] = []
        self._fits = False
        self.fitting = ""
        """Sentence on the new frame; empty for none."""

    def begin(self) -> None:
        """Fit the frame once the page is laid out without what is left out."""
        self._fits, self.fitting = True, ""

    def fitted(self, spec: ProductSpec, document: Document, content: ProductContent) -> ProductSpec:
        """The product with a frame that fits the marks that are left, once; unchanged where it fits them already."""
        if not self._fits:
            return spec
        self._fits = False
        bounds = bounds_of_the_rest(spec, document, content)
        if bounds is None:
            return spec
        left, all_marks = len(_shown(content)), sum(site.mark_kind == "site" for site in content.sites)
        all_marks += len(content.withheld)
        words = translate("ProductWindow", "The map now fits the marks that are left: {0} of {1}. Ctrl+Z undoes that.")
        self.fitting = words.format(left, all_marks)
        return replace(spec, bounds=bounds)

    def question(self, taken_away: Sequence[Finding]) -> str:
        """The sentence on rows that publishing leaves out, where they were not shown before; empty to go on."""
        if not taken_away or list(taken_away) == self._seen:
            return ""
        self._seen = list(taken_away)
        words = translate(
            "ProductWindow",
            "Nothing is written yet. Publishing leaves out what is listed at the right: review it there, or go on "
            "without it.",
        )
        return f"{self.fitting} {words}".strip()


def bounds_of_the_rest(spec: ProductSpec, document: Document, content: ProductContent) -> Bounds | None:
    """Bounds (lon, lat) around the marks that publishing leaves, where it left out others and the frame is too wide for
    these; None for a frame that may stay.
    """
    is_own = spec.layout == "site" or any(product_map.bounds is not None for product_map in spec.maps)
    if spec.bounds is None or is_own or not content.withheld:
        return None
    boxes = [bounds_around(document.sites[uuid]) for uuid in _shown(content) if uuid in document.sites]
    rest = around(box for box in boxes if box is not None)
    if rest is None or not rest.intersects(spec.bounds):
        return None
    if rest.width > SPARSE * spec.bounds.width or rest.height > SPARSE * spec.bounds.height:
        return None
    grown = rest.scaled(ROOM)
    return Bounds(grown.left, max(grown.bottom, -MOST_LAT), grown.right, min(grown.top, MOST_LAT))


def _shown(content: ProductContent) -> list[str]:
    return [site.uuid for site in content.sites if site.uuid not in content.withheld and site.mark_kind == "site"]
