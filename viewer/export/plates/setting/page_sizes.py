"""The measures of a page: margins and sizes of type that suit it, in logical pixels."""

from __future__ import annotations

from msgspec import Struct

from layers.product.spec import PAGES, ProductSpec
from viewer.export.plates.setting.lettering import LEAST_PT, MM, PT, Type

_SLIDE = "Slide 16:9"
_SCREENS = frozenset({_SLIDE, "Square"})
_SMALL = 420.0
"""Shorter side up to which a page has only its map, its dates and its credits on the first page."""
_COLUMN = 240.0
"""Width up to which a page is one column of a newspaper."""


def is_paper(page: str) -> bool:
    """True for a page on paper; False for one meant for a screen, which has no size to state a scale for."""
    return page in PAGES and page not in _SCREENS


class PageSizes(Struct, frozen=True):
    """The measures of one page in logical pixels. `body` is the size of running text."""

    width: float
    height: float
    body: float
    families: tuple[str, ...] = ()
    is_map_first: bool = False
    """True for a slide: it is read from afar, so that its maps come first, and all words but the legend may go on."""
    is_for_screen: bool = False
    """True for a page of a fixed number of pixels, which is seen small."""

    @classmethod
    def of(cls, spec: ProductSpec, families: tuple[str, ...] = ()) -> PageSizes:
        """The measures for a product: type grows with the page, and is larger on one that is read from afar."""
        width, height = (side * MM for side in spec.page_mm)
        factor = 0.0132 if is_paper(spec.page) else 0.0165
        body = min(max(factor * min(width, height), LEAST_PT * PT), 15.0)
        is_map_first = spec.page == _SLIDE and spec.layout != "site"
        return cls(width, height, body, families, is_map_first, spec.page in _SCREENS)

    @property
    def margin(self) -> float:
        return min(max(0.035 * min(self.width, self.height), 8.0), 36.0)

    @property
    def gap(self) -> float:
        return 0.9 * self.body

    @property
    def is_small(self) -> bool:
        return min(self.width, self.height) < _SMALL

    @property
    def is_column(self) -> bool:
        """True for a single column of a newspaper."""
        return self.width < _COLUMN

    @property
    def is_wide(self) -> bool:
        """True where a column stands beside the map, not below it."""
        return self.width >= 0.95 * self.height and not self.is_small

    def type(self, factor: float = 1.0, *, bold: bool = False, italic: bool = False) -> Type:
        """Lettering `factor` times as large as running text, but no smaller than may be printed."""
        return Type(max(self.body * factor, LEAST_PT * PT), bold, italic, self.families)

    @property
    def label_factor(self) -> float:
        """Size of the map's own lettering and signs, relative to those on the screen."""
        return min(max(self.body / 10.5, 0.62), 1.25)

    @property
    def columns(self) -> int:
        """Number of columns on a page of text."""
        return max(1, min(3, int((self.width - 2 * self.margin) / (32 * self.body))))
