"""Phrases: English text that keeps its template and its values apart, so that the window can say it in another
language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_SLOT = re.compile(r"\{\{|\}\}|\{(\w+)\}")
_COUNT = "count"
MOST_DEPTH = 8
"""Most phrases within each other that a reader may send."""
MOST_CHARS = 1_000_000
"""Most characters of a phrase that a reader sends: a value may be put in thousands of times."""


class Room:
    """The characters that all phrases of one message may have."""

    def __init__(self, chars: int = MOST_CHARS) -> None:
        self._left = chars

    def take(self, chars: int) -> None:
        """Take room for so many characters. Raises ValueError where less is left."""
        self._left -= chars
        if self._left < 0:
            raise ValueError("phrases without end")


class Phrase(str):
    """The English text itself; `template` is its key in a list of translations, with the names of `values` in braces.

    A text that counts something has `number`, `template` for many and `one` for a single one: other languages have more
    forms. Values are text; where one is a phrase, it is translated as well.
    """

    __slots__ = ("number", "one", "template", "values")
    template: str
    values: Mapping[str, str]
    number: int | None
    one: str

    def __new__(cls, template: str, /, **values: object) -> Phrase:
        kept = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
        return cls._made(filled(template, kept), template, kept)

    def __str__(self) -> str:
        """The phrase itself, so that text decoded as a phrase, and the text of an error, stay phrases."""
        return self

    @classmethod
    def _made(
        cls, text: str, template: str, values: Mapping[str, str], number: int | None = None, single: str = ""
    ) -> Phrase:
        self = super().__new__(cls, text)
        self.template, self.values, self.number, self.one = template, values, number, single
        return self

    @classmethod
    def counting(cls, number: int, shown: str, single: str, many: str, /, **more: str) -> Phrase:
        """The number as `shown` in the one of two templates that fits, in each at `{count}`; and `more` values."""
        values = {**more, _COUNT: shown}
        return cls._made(filled(single if number == 1 else many, values), many, values, number, single)

    def parts(self) -> dict[str, Any]:
        """Template, values and number as a JSON object, from which `phrase_of` makes the phrase again."""
        values = {name: value.parts() if isinstance(value, Phrase) else value for name, value in self.values.items()}
        parts: dict[str, Any] = {"template": self.template, "values": values}
        return parts if self.number is None else {**parts, "number": self.number, "one": self.one}


def joined(between: str, texts: Sequence[str]) -> Phrase:
    """The texts with signs `between` them, as `str.join` does; phrases among them stay phrases."""
    names = [f"part_{number}" for number in range(len(texts))]
    return Phrase(between.join(f"{{{name}}}" for name in names), **dict(zip(names, texts, strict=True)))


def all_of(texts: Iterable[str]) -> str:
    """The texts with an *and* between them; empty for none."""
    whole = ""
    for text in texts:
        whole = Phrase("{before} and {last}", before=whole, last=text) if whole else text
    return whole


def either(words: Iterable[str]) -> str:
    """Stored words with an *or* between them; empty for none."""
    whole = ""
    for word in words:
        last = Phrase(word)
        whole = Phrase("{before} or {last}", before=whole, last=last) if whole else last
    return whole


def phrase_of(parts: Any, room: Room, depth: int = 0) -> Phrase:
    """The phrase that another process has sent as its parts; raises ValueError for anything else, and where there is no
    room for it.
    """
    if not isinstance(parts, dict) or depth > MOST_DEPTH:
        raise ValueError("no phrase")
    template, values, number, single = map(parts.get, ("template", "values", "number", "one"))
    if not isinstance(template, str) or not isinstance(values, dict):
        raise ValueError("no phrase")
    kept = {
        name: value if isinstance(value, str) else phrase_of(value, room, depth + 1) for name, value in values.items()
    }
    if number is not None and (type(number) is not int or not isinstance(single, str) or _COUNT not in kept):
        raise ValueError("no phrase that counts")
    wording = single if number == 1 and single is not None else template
    room.take(len(wording) + sum(len(kept.get(slot[1] or "", "")) for slot in _SLOT.finditer(wording)))
    return Phrase._made(filled(wording, kept), template, kept, number, single or "")


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each `{name}` replaced by its value and doubled braces by single ones.

    `str.format` would follow what a foreign template says, up to a text that fills the memory. A template without
    values is text as it stands, braces included; an unknown name stays, so that a wrong translation can be read.
    """
    return _SLOT.sub(lambda slot: _put_in(slot, values), template) if values else template


def _put_in(slot: re.Match[str], values: Mapping[str, str]) -> str:
    return slot[0][:1] if slot[1] is None else str(values.get(slot[1], slot[0]))
