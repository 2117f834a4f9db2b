"""Words of a text that were changed: two versions of it in parts, each marked as the same in both or not."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_WORDS = 1500
"""Words of a version that are compared one by one; of a longer one only the same beginning and end are told."""
_WORDS = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff]|\w+|\s+|[^\w\s]")
"""Words, spaces and signs; each Han character stands alone, as nothing parts words there."""


class TextPart(NamedTuple):
    """A piece of a version."""

    text: str
    is_changed: bool


type Versions = tuple[tuple[TextPart, ...], tuple[TextPart, ...]]


def changed_words(old: str, new: str) -> Versions:
    """The parts of the old and of the new version of a text, word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > MOST_WORDS:
        return _changed_middle(before, after)
    olds, news = list[TextPart](), list[TextPart]()
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        olds.append(TextPart("".join(before[a:b]), tag != "equal"))
        news.append(TextPart("".join(after[c:d]), tag != "equal"))
    return _joined(olds), _joined(news)


def _changed_middle(before: list[str], after: list[str]) -> Versions:
    """The versions with their same beginning and end, and all between marked as changed."""
    most = min(len(before), len(after))
    first = next((at for at in range(most) if before[at] != after[at]), most)
    last = next((at for at in range(most - first) if before[-1 - at] != after[-1 - at]), most - first)
    olds, news = (
        _joined(
            [
                TextPart("".join(words[:first]), False),
                TextPart("".join(words[first : len(words) - last]), True),
                TextPart("".join(words[len(words) - last :]), False),
            ]
        )
        for words in (before, after)
    )
    return olds, news


def _joined(parts: list[TextPart]) -> tuple[TextPart, ...]:
    """The parts that have text; a space between two changed ones is changed as well, so that marks are whole."""
    kept = [part for part in parts if part.text]
    joined = list[TextPart]()
    for at, part in enumerate(kept):
        between = (
            0 < at < len(kept) - 1 and not part.text.strip() and kept[at - 1].is_changed and kept[at + 1].is_changed
        )
        is_changed = part.is_changed or between
        if joined and joined[-1].is_changed == is_changed:
            joined[-1] = TextPart(joined[-1].text + part.text, is_changed)
        else:
            joined.append(TextPart(part.text, is_changed))
    return tuple(joined)
