"""The edition of a product that a page prints: its row, the state in which it leaves, and its day."""

from __future__ import annotations

from typing import NamedTuple

from layers.document.rows import Product
from layers.phrase import Phrase
from layers.product.publishing import DRAFT, State
from layers.product.spec import Override, ProductSpec


class Edition(NamedTuple):
    """The row of a printed product, with its number and version, day and state. It need not be in the case yet."""

    product: Product | None = None
    made_on: str = ""
    state: State = DRAFT


class Outgoing(NamedTuple):
    """A product on its way out: as it is set, the edition in which it leaves, and the findings that were let pass."""

    spec: ProductSpec
    edition: Edition = Edition()
    overrides: tuple[Override, ...] = ()


def status_words(edition: Edition) -> str:
    """The state in a word or two, as files carry it: "draft, not issued", "issued", "published"."""
    return Phrase("draft, not issued") if edition.state == DRAFT else Phrase(edition.state)
