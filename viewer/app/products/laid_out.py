"""A product laid out for the window: what formats know of it, and its things, which can be taken hold of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRectF

from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec
from viewer.export.plates.printed import Printed


class LaidOut(Printed, Protocol):
    """Places are pixels of a page."""

    @property
    def content(self) -> ProductContent:
        """The words of evidence that it prints."""
        ...

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers of marks in its key, by uuid."""
        ...

    def facts(self) -> ProductFacts: ...

    def stamped(self) -> LaidOut:
        """The same with DRAFT in the margins of each page."""
        ...

    def with_stretches(self, spec: ProductSpec) -> ProductSpec:
        """The product with the stretches kept that follow the view in its maps (DRA), as they are seen now."""
        ...

    def things(self, page: int) -> Sequence[str]:
        """The keys of all that can be moved on a page."""
        ...

    def thing_at(self, page: int, x_px: float, y_px: float) -> str:
        """The key of the uppermost thing there; empty for none."""
        ...

    def box_of(self, key: str) -> QRectF | None:
        """The room that a thing takes on its page; None where there is no such thing."""
        ...


class PageMaker(Protocol):
    """Lays one product out, again and again, and keeps between them what was read for its maps."""

    def make(self, spec: ProductSpec, dpi: float, edition: Edition) -> LaidOut | None:
        """Lay the product out.

        None while its layers are not known yet or the layout is under way: `listen` tells when to ask again. Raises
        ExportFailed where the page has no room.
        """
        ...

    def listen(self, changed: Callable[[], None]) -> None:
        """Call this whenever another picture would be painted."""
        ...

    def close(self) -> None:
        """Let go of all that was opened for it."""
        ...
