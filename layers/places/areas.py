"""Texts that name a place together with where it is: "Murmansk, Russia", "Россия, Мурманск", "sanya hainan"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers.places.names import name_key

_COMMA = re.compile(r"[,;，、；]")
_MOST_PARTS = 6


def named_within(text: str) -> Iterator[tuple[str, list[str]]]:
    """(key of a place, keys of the areas it would be in): as commas part the text, else at each space of it.

    The place stands at the beginning, as it is written in the west, or at the end.
    """
    parts = [key for part in _COMMA.split(text) if (key := name_key(part))]
    if len(parts) > 1:
        if len(parts) <= _MOST_PARTS:
            yield parts[0], parts[1:]
            yield parts[-1], parts[:-1]
        return
    words = name_key(text).split()[: _MOST_PARTS + 1]
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    yield from ((place, [area]) for place, area in reversed(cuts))
    yield from ((place, [area]) for area, place in cuts)
