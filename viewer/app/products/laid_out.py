"""A product laid out for the window: what formats know of it, and its things, which can be taken hold of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QRectF

from layers.product.content import ProductContent
from layers.product.facts import ProductFacts
from layers.product.spec import ProductSpec
from viewer.export.plates.printed import Printed


@dataclass(frozen=True, slots=True)
class Edition:
    """The number and version that a page prints, its day, and the numbers of marks that were issued before."""

    number: str = ""
    version: int = 1
    made_on: str = ""
    numbers: dict[str, int] = field(default_factory=dict)


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
        """None while it is not known yet what its layers are. Raises ExportFailed where the page has no room."""
        ...

    def listen(self, changed: Callable[[], None]) -> None:
        """Call this whenever another picture would be painted."""
        ...

    def close(self) -> None:
        """Let go of all that was opened for it."""
        ...
