"""A finding of the check, and the facts that its rules look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from layers.phrase import Phrase
from layers.product.content import ProductContent
from layers.product.facts import ImageFact, MapFact, ProductFacts
from layers.product.spec import ProductSpec

BLOCKING, WARNING = "blocking", "warning"
CONTINENT_M, CONTINENT_DEG = 2_000_000.0, 90.0
"""A frame of this width or more has no one scale and no one north: they are stated for a latitude, or left out."""
LONGEST_NAME = 80
_QUOTES = re.compile("[\"'“”„«»‘’《》]")


class Jump(NamedTuple):
    """The place of a cure. `kind`: *product* (a field of the spec), *part* (of the page), or a table of the document,
    as *layers*, *sites*, *claims*, *sources* or *responses*, with the row's uuid and the field.
    """

    kind: str
    uuid: str = ""
    field: str = ""


class Fault(NamedTuple):
    """One place where a rule does not hold. `explained` is the case's own reason for it, so that nobody is asked."""

    where: str
    sentence: str
    cure: str
    jump: Jump = Jump("product")
    explained: str = ""
    rows: tuple[str, ...] = ()
    """Uuids of the rows (of the table `jump.kind`) that one cure would put right; empty: at most that of the jump."""


class Finding(NamedTuple):
    """A fault with its rule. `explained`: the reason for which it was let pass; empty: it stands."""

    rule: str
    severity: str
    where: str
    sentence: str
    cure: str
    jump: Jump = Jump("product")
    explained: str = ""
    rows: tuple[str, ...] = ()
    """Uuids of the rows (of the table `jump.kind`) that one cure would put right; empty: at most that of the jump."""


class Checked(Struct, frozen=True, dict=True):
    """A product under check."""

    spec: ProductSpec
    content: ProductContent
    facts: ProductFacts

    def holds(self, text: str) -> bool:
        """True where the page has these words in its language, apart from line breaks and quotation marks.

        It is True as well for a page that is not laid out, as its words are not known.
        """
        return not self.facts.is_laid_out or self.printed(text) in self._page

    def printed(self, text: str) -> str:
        """A text in the page's language, as the rules compare it."""
        return plain(self.facts.printed(text))

    @property
    def maps(self) -> tuple[MapFact, ...]:
        """The maps that show something, without their insets."""
        return tuple(fact for fact in self.facts.maps if not fact.is_inset)

    def images(self) -> Iterator[tuple[MapFact, ImageFact]]:
        """Each image with the map that shows it."""
        for fact in self.facts.maps:
            for image in fact.images:
                if image.kind != "vector":
                    yield fact, image

    def shown_once(self) -> list[ImageFact]:
        """The images, each once, as the first map has it."""
        return list({image.layer: image for _, image in reversed(list(self.images()))}.values())[::-1]

    @property
    def has_marks(self) -> bool:
        """True where marks are drawn: the unannotated twin has none."""
        return self.spec.shows("annotation") and bool(self.content.sites)

    @cached_property
    def _page(self) -> str:
        return plain(self.facts.words_of())


class Rule(Struct, frozen=True):
    """One rule of the check. `point` is the number in the checklist of products; 0: a rule of tradecraft."""

    name: str
    title: str
    severity: str
    check: Callable[[Checked], Iterable[Fault]]
    point: int = 0


def map_name(fact: MapFact) -> str:
    """The words for a map: its own title, else its number."""
    number = fact.number + 1
    if fact.title:
        return Phrase("map {number} “{title}”", number=number, title=short(fact.title))
    return Phrase("map {number}", number=number)


def image_name(image: ImageFact) -> str:
    """The words for an image."""
    return Phrase("image “{name}”", name=short(image.name)) if image.name else Phrase("an image without a name")


def short(text: str) -> str:
    """A text on one line that is no longer than a name should be; of a phrase its longest value is cut."""
    line = " ".join(text.split())
    over = len(line) - LONGEST_NAME
    if over <= 0:
        return text if line == text else line  # a phrase stays one
    if isinstance(text, Phrase) and text.number is None and text.values:
        name, value = max(text.values.items(), key=lambda named: len(named[1]))
        if not isinstance(value, Phrase) and len(value) > over + 1:
            return Phrase(text.template, **{**text.values, name: f"{value[: -over - 1]}…"})
    return line[: LONGEST_NAME - 1] + "…"


def to_layer(image: ImageFact, field: str) -> Jump:
    """The way to a field of an image's layer."""
    return Jump("layers", image.layer, field)


def to_part(name: str) -> Jump:
    """The way to a part of the page."""
    return Jump("part", "", name)


def plain(text: str) -> str:
    """A text on one line in small letters, without quotation marks: as the rules compare it."""
    return " ".join(_QUOTES.sub("", text).split()).casefold()
