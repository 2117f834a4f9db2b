"""Reads the maps of a product before it is written: the words of its pages depend on the data read."""

from __future__ import annotations

import time

from layers.errors import ExportFailed
from layers.product.issuing.edition import Outgoing
from viewer.app.products.laid_out import LaidOut, PageMaker

PATIENCE_S = 120.0
SCREEN_DPI = 96.0
_TURNS = 2
"""Times that a page is laid out and read: its words depend on the data read."""


class PageReading:
    """Reads the pages of a product; `look` is called until it returns them."""

    def __init__(self, maker: PageMaker, product: Outgoing) -> None:
        self._maker, self._product = maker, product
        self._seen: LaidOut | None = None
        """Pages whose maps are being read."""
        self._turns, self._is_read = 0, False
        self._begun = time.monotonic()

    def look(self) -> LaidOut | None:
        """The pages at their own resolution; None while data for their words are still being read.

        Raises ExportFailed where the page has no room, and where the layers do not open.
        """
        if not self._is_read:
            self._is_read = self._read()
            return None
        spec = self._product.spec
        laid = self._maker.make(spec, spec.dpi, self._product.edition)
        if laid is None:
            self._check_patience()
        return laid

    def _read(self) -> bool:
        """True once all data for the words of the pages are read.

        The pages are laid out anew once all maps are complete, not at each part, and maps that differ then are read
        again.
        """
        if self._seen is None:
            self._seen = self._maker.make(self._product.spec, SCREEN_DPI, self._product.edition)
            if self._seen is None:
                self._check_patience()
                return False
            for page in range(self._seen.pages):
                self._seen.want(page)
        is_late = time.monotonic() - self._begun > PATIENCE_S
        if not is_late and not all(self._seen.is_ready(page) for page in range(self._seen.pages)):
            return False
        self._seen = None
        self._turns += 1
        return is_late or self._turns == _TURNS

    def _check_patience(self) -> None:
        if time.monotonic() - self._begun > PATIENCE_S:
            raise ExportFailed("The layers of the product did not open within two minutes: see the list of layers.")
