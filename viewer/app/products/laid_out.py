"""Interfaces of a product laid out for the window: its printed content, and its things that can be moved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRectF

from layers.document.document import Document
from layers.grid.tile_grid import View
from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec
from viewer.canvas.shown_scene import ShownScene
from viewer.export.printed import Printed


class LaidOut(Printed, Protocol):
    """A laid-out product. Places are in pixels of a page."""

    @property
    def case(self) -> Document:
        """The case as it was laid out."""
        ...

    @property
    def content(self) -> ProductContent:
        """The evidence in words that the product prints."""
        ...

    @property
    def numbers(self) -> dict[str, int]:
        """Numbers of the marks in the key, by uuid."""
        ...

    def views_at(self, dpi: float) -> Sequence[tuple[ShownScene, View]]:
        """The maps of all pages, each with the views in which a file of so many dots an inch reads it."""
        ...

    def facts(self) -> ProductFacts: ...

    def read(self, page: int) -> None:
        """Read all that the words of a page depend on. Returns at once."""
        ...

    def is_read(self, page: int) -> bool:
        """True when all is known that the words of a page depend on; its maps may have to be painted still."""
        ...

    def stamped(self) -> LaidOut:
        """The same pages with DRAFT in their margins."""
        ...

    def as_seen(self, spec: ProductSpec) -> ProductSpec:
        """The product with its present layers, and the present stretches that follow the view in its maps (DRA)."""
        ...

    def things(self, page: int) -> Sequence[str]:
        """Keys of all things that can be moved on a page."""
        ...

    def thing_at(self, page: int, x_px: float, y_px: float) -> str:
        """Key of the topmost thing at a place; empty for none."""
        ...

    def box_of(self, key: str) -> QRectF | None:
        """Rectangle of a thing on its page; None for an unknown key."""
        ...


class PageMaker(Protocol):
    """Lays one product out as it changes, and keeps the data read for its maps in between."""

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> LaidOut | None:
        """Lay the product out.

        None while its layers are not known yet or the layout is under way: `listen` tells when to ask again. Raises
        ExportFailed where the page has no room.
        """
        ...

    def listen(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever the picture of the product would change."""
        ...

    def close(self) -> None:
        """Close all layers opened for the product."""
        ...
