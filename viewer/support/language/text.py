"""Makes text from files fit to show: no control or bidirectional-override characters, limited in length and width.

Names of files, layers, cases and sites may be of any length: they are limited here and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 2000
"""Most characters of a text that are shown anywhere; the data keep it whole."""
LONGEST_CREDIT = 500
"""Most characters of a credit or citation on a map."""
LONGEST_SEARCHED = 200_000
"""Most characters of a text that a filter or a search looks through."""
LONGEST_TIP = 1000
TIP_COLUMNS = 64
"""Columns of a line of a tooltip."""
LEAST_HEAD = 8
"""Least letters that stay before the last word of a line that is shortened."""
BREAK = "\u200b"
"""Zero-width space, at which a line may end."""
_RUN = 16
"""Letters of a long word after which a line may end: so many fit beside the names of facts in a narrow panel."""
_UNBROKEN = re.compile(rf"[^\s{BREAK}]{{{_RUN + 1},}}")
_MARKUP = re.compile("<|&(?=lt;)")
"""Characters that Qt takes for markup in a tooltip."""
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def plain(text: str, longest: int = LONGEST) -> str:
    """`text` without control and override characters, cut at `longest` with an ellipsis; a phrase is translated."""
    kept = _in_language(text)[: 2 * longest]
    if not (kept.isascii() and kept.isprintable()):
        kept = "".join(c for c in kept if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _BIDI))
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def one_line(text: str, longest: int = 200) -> str:
    """`plain` on one line."""
    # The beginning has more than enough, unless it is blank for thousands of characters.
    return plain(" ".join(_in_language(text)[: 8 * longest].split()), longest)


def short_line(text: str, longest: int) -> str:
    """`one_line`, shortened before its last word, which is often a date or a version, where that is a short one."""
    line = one_line(text)
    tail = line.rpartition(" ")[2]
    left = longest - len(tail) - 2
    if len(line) <= longest or tail == line or left < LEAST_HEAD:
        return one_line(text, longest)
    return f"{line[:left].rstrip(' ,')}… {tail}"


def _in_language(text: str) -> str:
    if type(text) is str:
        return text
    from viewer.support.language.translation import in_language  # for start-up time: commands need no Qt

    return in_language(text)


def searched(*texts: str) -> str:
    """Texts joined for a filter, each cut at `LONGEST_SEARCHED`."""
    return " ".join(text[:LONGEST_SEARCHED] for text in texts)


def breakable(text: str) -> str:
    """Insert places where a line may end into long words, paths and addresses: after separators, elsewhere at need."""
    return _UNBROKEN.sub(_broken, text)


def _broken(match: re.Match[str]) -> str:
    word = re.sub(r"(?<=[/_\-\\])|(?<=\.)(?=[^.]{4})", BREAK, match[0])  # an ending, as .tif, stays with its name
    return re.sub(rf"([^{BREAK}]{{{_RUN}}})(?=[^{BREAK}])", rf"\1{BREAK}", word)


def unbroken(text: str) -> str:
    """Undo `breakable`."""
    return text.replace(BREAK, "")


def tooltip(text: str) -> str:
    """`plain` in lines no wider than a tooltip should be; never taken for markup, and fit to be read aloud."""
    lines = plain(text, LONGEST_TIP).split("\n") if text.strip() else []
    return "\n".join(_MARKUP.sub(rf"\g<0>{BREAK}", part) for line in lines for part in _wrapped(line))


def _wrapped(line: str) -> list[str]:
    """Break a line into lines of whole words of at most `TIP_COLUMNS`; a longer word is broken."""
    if len(line) <= TIP_COLUMNS and line.isascii():
        return [line.rstrip()]  # for start-up time: every action has a tip, and most are short
    parts, width = [""], 0
    for word in re.findall(r"\s*\S+", line) or [""]:
        wide = columns(word)
        if width and width + wide > TIP_COLUMNS:
            word, width = word.lstrip(), 0
            wide = columns(word)
            parts.append("")
        if wide <= TIP_COLUMNS - width:
            parts[-1] += word
            width += wide
            continue
        for character in word:
            wide = columns(character)
            if width + wide > TIP_COLUMNS:
                parts.append("")
                width = 0
            parts[-1] += character
            width += wide
    return parts


def columns(text: str) -> int:
    """Width of a text in columns of a terminal or tooltip; Chinese characters take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
