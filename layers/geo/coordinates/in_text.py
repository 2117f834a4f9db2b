"""A coordinate among words, as it is copied from an article or a post: "Launch site: 51.884, 128.334 (Vostochny)"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from layers.errors import BadCoordinate
from layers.geo.coordinates.notation import Notation, ParsedCoordinate
from layers.geo.coordinates.parse import parse_candidates, parse_coordinate
from layers.geo.datum import Datum

LONGEST_TEXT = 500
_MOST_WORDS = 8
"""Most words before and behind a coordinate that are left out."""
_IS_CODE = re.compile(r"[{<]|[A-Z]{4,}\s*(?:ZM?|M)?\s*\(")
"""Beginnings of GeoJSON, XML and WKT, in which a corner of a shape would be taken for the coordinate."""
_PARTED = re.compile(r"[()\[\]（）【】\n]|\s/\s|\s[-\u2013\u2014]\s")
_COLON = re.compile(r"(?<!\d)([:：])")
_IS_EXACT = re.compile(r"\d[.,]\d|[°'\"′″]")
"""Numbers exact enough for a coordinate; two whole numbers behind a word are none: "Object 12 345"."""


def coordinates_among_words(text: str, datum: Datum = Datum.WGS84) -> list[ParsedCoordinate]:
    """Return every reading of the first coordinate among other words in a text; [] where there is none."""
    if len(text) > LONGEST_TEXT or sum(character.isdigit() for character in text) < 4 or _IS_CODE.search(text):
        return []
    plain = "".join(" " if unicodedata.category(c) in ("So", "Cf") and c != "°" else c for c in text)
    for part in _PARTED.split(plain):
        for wanted in _within(_COLON.sub(r"\1 ", part).split()):
            readings = parse_candidates(wanted, datum)
            is_grid = bool(readings) and readings[0].notation in (Notation.UTM, Notation.MGRS)
            if readings and (is_grid or _IS_EXACT.search(wanted)):
                return readings
    return []


def places_in_text(text: str, datum: Datum = Datum.WGS84) -> list[ParsedCoordinate]:
    """Every reading of a text that is a coordinate or holds one, the likeliest first. Raises BadCoordinate."""
    try:
        parse_coordinate(text, datum)
    except BadCoordinate:
        readings = coordinates_among_words(text, datum)
        if not readings:
            raise
        return readings
    return parse_candidates(text, datum)


def _within(words: list[str]) -> Iterator[str]:
    """The words, with fewer and fewer of those before the first and behind the last that has a digit."""
    numbers = [at for at, word in enumerate(words) if any(map(str.isdigit, word))]
    if not numbers:
        return
    for begin in range(max(0, numbers[0] - _MOST_WORDS), numbers[0] + 1):
        for end in range(min(len(words), numbers[-1] + 1 + _MOST_WORDS), numbers[-1], -1):
            yield " ".join(words[begin:end]).strip(" ,;")
