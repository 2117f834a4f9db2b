"""Reads latitude and longitude in degrees, minutes and seconds, in all the ways that people and programs write them."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from msgspec import Struct

from layers.errors import BadCoordinate
from layers.geo.coordinates.notation import METRES_PER_DEGREE, Notation, ParsedCoordinate
from layers.geo.longitudes import normalise_lon
from layers.phrase import Phrase

_NOTATIONS = {1: Notation.DD, 2: Notation.DDM, 3: Notation.DMS}
_AXES = {"N": "lat", "S": "lat", "φ": "lat", "E": "lon", "W": "lon", "λ": "lon"}
_MAX_TOKENS = 40

_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("º˚∘ᵒ度", "°"),
        **dict.fromkeys("′’‘ʹʼ´`‵分", "'"),
        **dict.fromkeys("″”“ʺ˝〃秒", '"'),
        **dict.fromkeys("−–—‐‑﹣－", "-"),
        **dict.fromkeys("，、", ","),
        **dict.fromkeys("；", ";"),
        **dict.fromkeys("：", ":"),
        **dict.fromkeys("．", "."),
        **dict.fromkeys("()[]{}<>（）=\u00a0\u2009\u202f\u200b\ufeff", " "),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    }
)
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"с\.?\s*ш\b\.?|сев(?:ерн\w*|\.)?\s*шир\w*|北纬|北緯|\bnorth\b", " N "),
        (r"ю\.?\s*ш\b\.?|южн?\w*\.?\s*шир\w*|南纬|南緯|\bsouth\b", " S "),
        (r"в\.?\s*д\b\.?|вост(?:очн\w*|\.)?\s*долг\w*|东经|東經|\beast\b", " E "),
        (r"з\.?\s*д\b\.?|зап(?:адн\w*|\.)?\s*долг\w*|西经|西經|\bwest\b", " W "),
        (r"[\"']?(?:\b(?:latitude|lat)\b\.?|\bшир(?:ота)?\b\.?|纬[°度]|緯[°度]|φ)[\"']?\s*:?", " φ "),
        (r"[\"']?(?:\b(?:longitude|long|lng|lon)\b\.?|\bдолг(?:ота)?\b\.?|经[°度]|經[°度]|λ)[\"']?\s*:?", " λ "),
        (r"(?<=\d)\s*(?:degrees?|deg|град\w*)\b\.?", "° "),
        (r"(?<=\d)\s*(?:minutes?|min|мин\w*)\b\.?", "' "),
        (r"(?<=\d)\s*(?:seconds?|sec|сек\w*)\b\.?", '" '),
        (r"''", '"'),
        (r"(?<!\d)\"([+-]?\d+(?:[.,]\d+)?)\"", r" \1 "),
    )
)
# 51d53m02.4s: the s is the second's mark only in the company of d and m; elsewhere S is the south.
_LETTER_MARKS = re.compile(r"(\d+)\s*d\s*(\d+(?:[.,]\d+)?)\s*m(?:\s*(\d+(?:[.,]\d+)?)\s*s)?(?![a-z])")
_DEGREE_LETTER = re.compile(r"(?<=\d)\s*[dD](?![a-zA-Z])")
_CYRILLIC_LETTERS = str.maketrans("СЮВЗ", "NSEW")
_TOKENS = r"(?P<number>[+-]?\s?(?:{number}))|(?P<mark>[°'\"])|(?P<axis>[NSEWφλ])|(?P<gap>[\s,;:/|~&]+)"
_NUMBERS_WITH_POINT = re.compile(_TOKENS.format(number=r"\d+(?:\.\d*)?|\.\d+"))
_NUMBERS_WITH_COMMA = re.compile(_TOKENS.format(number=r"\d+(?:[.,]\d+)?"))


class _Token(NamedTuple):
    kind: str
    text: str


class _Angle(Struct, frozen=True):
    """One half of a coordinate: degrees, the axis if the text tells it, the number of parts, half the last digit."""

    degrees: float
    axis: str
    parts: int
    half_step: float
    bare: bool


def read_angles(text: str) -> list[ParsedCoordinate]:
    """All readings of two angles, the likeliest first: latitude before longitude where the text does not say.

    Raises BadCoordinate when there is none.
    """
    tidy = _tidied(text)
    digit_commas = len(re.findall(r"\d,\d", tidy))
    readers = [_NUMBERS_WITH_POINT]
    if digit_commas and "." not in tidy:
        # "51,884 128,334" has decimal commas, "51,128" a separator: try the likelier first.
        readers.insert(0 if digit_commas > 1 else 1, _NUMBERS_WITH_COMMA)
    readings: list[ParsedCoordinate] = []
    reasons: list[str] = []
    for reader in readers:
        pairs, reason = _pairs(_tokens(tidy, reader))
        for first, second in pairs:
            coordinates, problem = _placed(first, second, text)
            readings += [coordinate for coordinate in coordinates if coordinate not in readings]
            reason = reason or problem
        reasons.append(reason)
    if not readings:
        why = next(filter(None, reasons), "")
        raise BadCoordinate(
            why or Phrase('"{text}" is no coordinate: write for example 51.884, 128.334.', text=_short(text))
        )
    return readings


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _tidied(text: str) -> str:
    """The text in plain characters: ° ' " for marks, NSEW and φ λ for the axes, points and commas as they are."""
    tidy = text.translate(_CHARACTERS).strip().rstrip(".").strip()
    for pattern, replacement in _WORDS:
        tidy = pattern.sub(replacement, tidy)
    tidy = _LETTER_MARKS.sub(_marked, tidy)
    tidy = _DEGREE_LETTER.sub("° ", tidy)
    tidy = tidy.upper().replace("Φ", "φ").replace("Λ", "λ").translate(_CYRILLIC_LETTERS)
    if re.search(r"[NSEW]", tidy):
        # With a hemisphere letter no sign is needed: 51-53-02N is a way to write 51 53 02 N.
        tidy = re.sub(r"(?<=[\d°'\"])\s*-\s*(?=[\dNSEW])", " ", tidy)
    return tidy


def _marked(match: re.Match[str]) -> str:
    degrees, minutes, seconds = match.groups()
    return f"{degrees}° {minutes}' " + (f'{seconds}" ' if seconds else "")


def _tokens(tidy: str, reader: re.Pattern[str]) -> list[_Token]:
    """The text in tokens, [] when some of it is no part of a coordinate; raises BadCoordinate when too long."""
    tokens: list[_Token] = []
    at = 0
    while at < len(tidy):
        match = reader.match(tidy, at)
        if not match:
            return []
        tokens.append(
            _Token(str(match.lastgroup), match.group().replace(",", ".") if match["number"] else match.group())
        )
        at = match.end()
        if len(tokens) > _MAX_TOKENS:
            raise BadCoordinate("This is too long for one coordinate: give one place at a time.")
    return tokens


def _pairs(tokens: list[_Token]) -> tuple[list[tuple[_Angle, _Angle]], str]:
    """Return every way to cut the tokens into two angles, at the strongest separator only; and the reason where there
    is none.
    """
    ranked: list[tuple[int, tuple[_Angle, _Angle]]] = []
    reason = ""
    strengths = [_strength(token) for token in tokens]
    for at in range(len(tokens) - 1, 0, -1):  # "51 N 40" is 51 N rather than N 40
        if tokens[at].kind == "gap":
            continue
        strength = strengths[at - 1]
        try:
            first, second = _angle(tokens[:at]), _angle(tokens[at:])
        except BadCoordinate as error:
            reason = reason or error.sentence
            continue
        if not first or not second:
            continue
        bare = first.bare and second.bare
        if first.parts == second.parts if bare else max(strengths[: at - 1] + strengths[at:-1], default=0) <= strength:
            ranked.append((strength, (first, second)))
    best = max((strength for strength, _ in ranked), default=0)
    return [pair for strength, pair in ranked if strength == best], "" if ranked else reason


def _strength(token: _Token) -> int:
    """Strength of a token as a separator: 2 for a semicolon, slash or new line, 1 for a comma, 0 for anything else."""
    if token.kind != "gap":
        return 0
    return 2 if re.search(r"[;/|~&\n]", token.text) else int("," in token.text)


def _angle(tokens: list[_Token]) -> _Angle | None:
    """The angle that the tokens write, None when they are not one; raises BadCoordinate for an impossible one."""
    inner = [token for token in tokens if token.kind != "gap"]
    shape = "".join({"number": "1", "axis": "a", "mark": token.text}[token.kind] for token in inner)
    if not re.fullmatch(r"a{0,2}1(?:°?|°?1'?|°?1'?1\"?)a{0,2}", shape):
        return None
    letters = [token.text for token in inner if token.kind == "axis"]
    hemispheres = [letter for letter in letters if letter in "NSEW"]
    axes = {_AXES[letter] for letter in letters}
    if len(hemispheres) > 1 or len(letters) - len(hemispheres) > 1 or len(axes) > 1:
        return None
    axis = axes.pop() if axes else ""
    numbers = [token.text.replace(" ", "") for token in inner if token.kind == "number"]
    if any("." in number for number in numbers[:-1]) or any(number[0] in "+-" for number in numbers[1:]):
        return None
    negative = numbers[0].startswith("-")
    if negative and hemispheres:
        raise BadCoordinate(
            "Write either a minus sign or the letter {hemispheres}, not both.", hemispheres=hemispheres[0]
        )
    numbers[0] = numbers[0].lstrip("+-")
    if hemispheres and len(numbers) == 1:
        numbers = _expanded(numbers[0], axis)
    values = [float(number) for number in numbers]
    for name, value in zip(("Minutes", "Seconds"), values[1:], strict=False):
        if value >= 60:
            raise BadCoordinate("{name} must be below 60, not {value}.", name=name, value=f"{value:g}")
    degrees = sum(value / 60**power for power, value in enumerate(values))
    if negative or hemispheres in (["S"], ["W"]):
        degrees = -degrees
    decimals = len(numbers[-1].partition(".")[2])
    half_step = 0.5 / 10**decimals / 60 ** (len(numbers) - 1)
    return _Angle(degrees, axis, len(numbers), half_step, bare=len(shape) == len(numbers))


def _expanded(number: str, axis: str) -> list[str]:
    """Degrees, minutes and seconds run together as pilots write them: 515302 N, 1282004 E, 5153.04 N."""
    width = 2 if axis == "lat" else 3
    whole = number.partition(".")[0]
    if len(whole) == width + 2:
        return [number[:width], number[width:]]
    if len(whole) == width + 4:
        return [number[:width], number[width : width + 2], number[width + 2 :]]
    return [number]


def _placed(first: _Angle, second: _Angle, text: str) -> tuple[list[ParsedCoordinate], str]:
    """The coordinates that two angles can be, and why not if they can be none."""
    if first.axis and first.axis == second.axis:
        word = {"lat": "latitudes", "lon": "longitudes"}[first.axis]
        return [], Phrase("These are two {word}: a coordinate needs one latitude and one longitude.", word=word)
    if first.axis == "lat" or second.axis == "lon":
        orders = [(first, second)]
    elif first.axis == "lon" or second.axis == "lat":
        orders = [(second, first)]
    else:
        orders = [(first, second), (second, first)]
    readings = [
        _coordinate(lat, lon, text) for lat, lon in orders if abs(lat.degrees) <= 90.0 and abs(lon.degrees) <= 360.0
    ]
    if readings:
        return readings, ""
    lat, lon = orders[0]
    if abs(lat.degrees) > 90.0:
        return [], Phrase("A latitude goes from -90 to 90, not {degrees}.", degrees=f"{lat.degrees:g}")
    return [], Phrase("A longitude goes from -180 to 180, not {degrees}.", degrees=f"{lon.degrees:g}")


def _coordinate(lat: _Angle, lon: _Angle, text: str) -> ParsedCoordinate:
    lon_half = lon.half_step * max(math.cos(math.radians(lat.degrees)), 0.0)
    error_m = METRES_PER_DEGREE * max(lat.half_step, lon_half)
    notation = _NOTATIONS[max(lat.parts, lon.parts)]
    return ParsedCoordinate(normalise_lon(lon.degrees), lat.degrees, notation, error_m, text)
