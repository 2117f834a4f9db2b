"""Text of a label out of columns: a column's name, or words with columns in braces. Nothing in it is ever run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from layers.errors import InvalidValue

MOST_CHARS = 400
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}:]*)(?::\.(\d)f)?\}|[{}]")


class LabelTemplate(Struct, frozen=True):
    """`parts` are plain words, and (column, decimals or None) for values."""

    parts: tuple[str | tuple[str, int | None], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, each once, in order."""
        return tuple(dict.fromkeys(part[0] for part in self.parts if not isinstance(part, str)))

    def text(self, values: Mapping[str, Any]) -> str:
        """The words for one feature; empty where it has none of the values. A missing value leaves nothing."""
        filled, words = False, []
        for part in self.parts:
            if isinstance(part, str):
                words.append(part)
                continue
            text = value_text(values.get(part[0]), part[1])
            filled = filled or bool(text)
            words.append(text)
        return " ".join("".join(words).split())[:MOST_CHARS] if filled else ""


@lru_cache(maxsize=256)
def template_of(text: str) -> LabelTemplate:
    """`name` or `{name} ({height:.1f} m)`; doubled braces stand for braces. Raises InvalidValue."""
    if "{" not in text and "}" not in text:
        return LabelTemplate(((text, None),)) if text else LabelTemplate(())
    parts: list[str | tuple[str, int | None]] = []
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        at = match.end()
        if match.group() in ("{{", "}}"):
            parts.append(match.group()[0])
        elif match.group(1) is None or not match.group(1).strip():
            raise InvalidValue("In a label's text each { needs a column and a }, as in {name}.")
        else:
            digits = match.group(2)
            parts.append((match.group(1).strip(), None if digits is None else int(digits)))
    if at < len(text):
        parts.append(text[at:])
    return LabelTemplate(tuple(parts))


def value_text(value: Any, decimals: int | None = None) -> str:
    """A value as people write it; nothing for NULL and what is not a number."""
    if value is None or value != value:  # NaN differs from itself
        return ""
    if hasattr(value, "item"):
        value = value.item()  # of numpy
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float) and decimals is not None:
        return f"{value:.{decimals}f}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return str(value)
