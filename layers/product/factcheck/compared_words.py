"""The words of a sentence as they are compared with those of another: numbers by value, other words by their stem."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from layers.product.factcheck.nations import nation_of
from layers.product.factcheck.word_groups import DENIALS, LITTLE

NUMBER, WORD = "number", "word"
_MAGNITUDES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_NUMBERS = {
    word: value
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
} | {"dozen": 12}
_TOKEN = re.compile(
    r"(?P<number>[$€£¥]?\s?\d+(?:[.,]\d+)*(?:\s?(?:%|per\s?cent\b|(?:thousand|million|mn|billion|bn|trillion)\b))?)"
    r"|(?:[A-Z]\.){2,}|[^\W\d_]+(?:['’-][^\W\d_]+)*"
)
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_CITED = re.compile(r"\b[SC]\d+\b")
_OF_DEGREE = {
    **dict.fromkeys(("about", "approximately", "around", "roughly", "circa"), "about"),
    **dict.fromkeys(("nearly", "almost"), "nearly"),
    **dict.fromkeys(("likely", "probably"), "likely"),
    **dict.fromkeys(("possibly", "perhaps"), "possibly"),
    **dict.fromkeys(("may", "might", "could"), "may"),
    **dict.fromkeys(("allegedly", "reportedly"), "allegedly"),
    **dict.fromkeys(("deputy", "vice"), "deputy"),
    **{word: word for word in ("acting", "former", "assistant", "senior", "chief", "junior")},
}
"""Words that say how far another one holds, or the rank of a person, by their meaning."""
_BEFORE_NUMBERS = {
    "over": "over",
    "above": "over",
    "under": "under",
    "below": "under",
    "least": "at least",
    "most": "at most",
}
_ENDS_OF_TWO = ("than", "least", "most")
"""Second words of more than, at least, at most."""
UNSAID = frozenset({"senior", "chief"})
"""Ranks that a shorter wording may leave out."""
_NO_CONTENT = LITTLE | frozenset(
    (
        *("say", "says", "said", "saying", "according", "report", "reports", "reported", "state", "states", "stated"),
        *(
            "tell",
            "tells",
            "told",
            "cite",
            "cites",
            "cited",
            "citing",
            "also",
            "which",
            "who",
            "whose",
            "there",
            "their",
        ),
        *("them", "they", "he", "she", "his", "her", "being", "will", "would", "can", "into", "than", "then", "so"),
        *("if", "when", "while", "where", "these", "those", "such", "more", "own", "our", "we", "does", "do", "did"),
        *("but", "nor", "out", "up", "off", "each", "both", "all", "any", "some", "one", "voice", "per", "over"),
    )
)
_SAME = {"firm": "compani", "weaponry": "weapon", "arms": "weapon"}
_AMERICAN = ((re.compile(r"our(?=$|ed|s$|ing)"), "or"), (re.compile(r"(?<=[bcdfghjklmnpqrstvwxz])re(?=s?$)"), "er"))
_ENDINGS = ("ations", "ation", "ments", "ment", "ers", "er", "ors", "or", "ally", "als", "al", "ions", "ion", "ly")
_LEAST_STEM = 4


class ComparedWord(NamedTuple):
    """A word that says something: its spelling for the comparison, its kind, and its place in the text."""

    norm: str
    kind: str
    start: int
    end: int
    is_denied: bool = False
    """True with a *not* before it."""
    degrees: frozenset[str] = frozenset()
    """Words of degree and rank before it."""
    is_name: bool = False
    told_from: int = 0
    """The place of the first of those words before it."""
    is_year: bool = False
    """True for four digits that are written as those of a year: 2023, not 2,023."""


def tokens_of(text: str) -> list[ComparedWord]:
    """The words of a text that say something, each with the *not* and the words of degree and rank before it."""
    text = _CITED.sub(lambda cited: " " * len(cited.group()), text)
    tokens, is_denied, degrees, told_from = list[ComparedWord](), False, set[str](), -1
    matches = list(_TOKEN.finditer(text))
    for at, match in enumerate(matches):
        written = unicodedata.normalize("NFKC", match.group()).replace("’", "'").strip()
        word, start = written.casefold(), match.end() - len(match.group().lstrip())
        value = number_of(written)
        follows = at + 1 < len(matches) and matches[at + 1].group().strip().casefold()
        before_number = bool(follows) and number_of(str(follows)) is not None
        if value is None and (word in DENIALS or word.endswith("n't")):
            is_denied, told_from = True, match.start() if told_from < 0 else told_from
        elif value is None and before_number and (word in _BEFORE_NUMBERS or word == "than"):
            is_under = word == "than" and _before(matches, at) in ("less", "fewer")
            degrees.add(_BEFORE_NUMBERS.get(word, "under" if is_under else "over"))
            begins = matches[at - 1] if word in _ENDS_OF_TWO and at else match
            told_from = begins.start() if told_from < 0 else told_from
        elif value is None and word in _OF_DEGREE:
            degrees.add(_OF_DEGREE[word])
            told_from = match.start() if told_from < 0 else told_from
        elif value is not None or word not in _NO_CONTENT:
            is_name = value is None and written[0].isupper() and start > 0
            norm = value if value is not None else _norm(written, is_name=is_name or written.isupper())
            kind = NUMBER if value is not None else WORD
            begin = told_from if told_from >= 0 else start
            before, is_year = frozenset(degrees), _YEAR.fullmatch(written) is not None
            tokens.append(ComparedWord(norm, kind, start, match.end(), is_denied, before, is_name, begin, is_year))
            is_denied, degrees, told_from = False, set(), -1
        if _ends_clause(text, match.end()):
            is_denied, degrees, told_from = False, set(), -1
    return tokens


def _before(matches: list[re.Match[str]], at: int) -> str:
    return matches[at - 1].group().strip().casefold() if at else ""


def _ends_clause(text: str, at: int) -> bool:
    return re.match(r"[”\"’')\]]*[.;:!?](?:\s|$)", text[at : at + 4]) is not None


def number_of(written: str) -> str | None:
    """The value and the unit of a number in digits or in a word; None for any other word."""
    if (value := _NUMBERS.get(written.casefold())) is not None and written.casefold() != "one":
        return f"{value:g}"
    match = re.fullmatch(r"([$€£¥]?)\s?(\d+(?:[.,]\d+)*)\s?(%|per\s?cent|[a-z]*)", written.casefold())
    if match is None:
        return None
    digits = match[2].replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", match[2]) else match[2]
    digits = digits.replace(",", ".") if digits.count(",") == 1 else digits
    try:
        number = float(digits) * _MAGNITUDES.get(match[3], 1.0)
    except ValueError:
        return written.casefold()
    return f"{match[1]}{number:.12g}{'%' if match[3] == '%' or match[3].startswith('per') else ''}"


def unit_of(norm: str) -> str:
    """The sign of money or of per cent of a number; empty for a bare one."""
    return re.sub(r"[\d.e+]", "", norm)


def _norm(written: str, *, is_name: bool) -> str:
    if (nation := nation_of(written)) is not None:
        return nation
    word = written.casefold().replace(".", "").removesuffix("'s").removesuffix("'")
    if is_name:
        return word.replace("-", "")
    return stem(word.replace("-", ""))


def stem(word: str) -> str:
    """A word without its endings, in American spelling: provides, providing and provided are one."""
    for pattern, american in _AMERICAN:
        word = pattern.sub(american, word)
    if word in _SAME:
        return _SAME[word]
    for ending, put in (("ies", "y"), ("sses", "ss"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        is_plain = not (ending == "s" and word.endswith(("ss", "us", "is")))
        if word.endswith(ending) and is_plain and len(word) - len(ending) + len(put) >= _LEAST_STEM:
            word = word[: len(word) - len(ending)] + put
            if ending in ("ing", "ed") and len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM + 1:
            word = word[: len(word) - len(ending)]
            break
    word = word.removesuffix("e") if len(word) > _LEAST_STEM else word
    word = word[:-1] + "i" if word.endswith("y") and len(word) > _LEAST_STEM else word
    return _SAME.get(word, word)
