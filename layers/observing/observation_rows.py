"""Reads rows of a spreadsheet as what was seen: columns by their names, and the words that people write in cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from layers.document.vocabulary import VIEW_QUALITIES, WHYS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.typed_dates import typed_date, why_no_date

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "site": (
        "site",
        "label",
        "site name",
        "name",
        "place",
        "target site",
        "site_uuid",
        "объект",
        "место",
        "地点",
        "目标",
    ),
    "date": ("date", "image date", "acquired_at", "acquired", "day", "when", "дата", "日期", "时间"),
    "presence": ("presence", "seen", "present", "state", "status", "видно", "наличие", "是否可见", "存在"),
    "count": ("count", "number", "n", "how many", "количество", "число", "数量"),
    "words": ("words", "notes", "note", "remarks", "remark", "comment", "description", "примечание", "备注"),
    "why": ("why", "reason", "cause", "причина", "原因"),
    "view_quality": ("view", "view_quality", "view quality", "clearness", "clear"),
    "image": ("image", "scene", "product_id", "product id", "image_key", "снимок", "影像"),
    "target": ("target", "looked for", "what", "цель"),
    "observer": ("observer", "by", "analyst", "наблюдатель", "观察者"),
}
"""Names of the columns from which each field is guessed, without regard to case."""
FIELDS = tuple(COLUMN_NAMES)
NEEDED = ("site", "date", "presence")
"""Fields without whose column no row can be read."""
_PRESENCES: dict[str, tuple[str, ...]] = {
    "present": (
        "+",
        "present",
        "yes",
        "y",
        "seen",
        "visible",
        "1",
        "true",
        "x",
        "✓",
        "да",
        "есть",
        "видно",
        "有",
        "是",
    ),
    "absent": (
        "-",
        "absent",
        "no",
        "n",
        "not seen",
        "not visible",
        "0",
        "false",
        "нет",
        "не видно",
        "无",
        "没有",
        "否",
    ),
    "cannot tell": ("?", "cannot tell", "can't tell", "unclear", "unknown", "не ясно", "неясно", "不清楚", "看不清"),
}
_FIGURES = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)?$")
_COUNT = re.compile(r"(?P<low>\d{1,9})(?:\s*(?:-|to)\s*(?P<high>\d{1,9})|\s*(?P<more>\+))?")
_AT_LEAST = re.compile(r"(?:>=|≥|at least)\s*(?P<low>\d{1,9})")
DAY_FIRST, MONTH_FIRST = "day first", "month first"


class SeenRow(Struct, frozen=True, kw_only=True):
    """A row of a spreadsheet as it was understood. `number` is the row's as a person counts; dates are ISO 8601."""

    number: int
    site: str
    date: str
    presence: str
    count_low: int | None = None
    count_high: int | None = None
    words: str = ""
    why: str = ""
    view_quality: str = ""
    image: str = ""
    target: str = ""
    observer: str = ""


class RowReading(Struct, frozen=True):
    """Choices for reading the cells of a table.

    `columns` is the column of each field; `order` that of day and month in dates of figures ("" where these are none,
    or the day tells); `view_quality` holds where no column says how clear the view was.
    """

    columns: Mapping[str, str]
    order: str = ""
    view_quality: str = ""
    why: str = ""
    """Reason of "cannot tell" where no column says one."""
    target: str = ""
    """The target of the rows where no column says one."""


def read_row(cells: Mapping[str, str], number: int, reading: RowReading) -> SeenRow | None:
    """Read one row by its cells, named by column; None for a row in which nothing is written. Raises InvalidValue."""

    def cell(field: str) -> str:
        return " ".join(cells.get(reading.columns.get(field, ""), "").split())

    if not any(cell(field) for field in ("presence", "count", "words")):
        return None
    if not cell("site"):
        raise InvalidValue("It names no site.")
    low, high = read_count(cell("count"))
    presence = read_presence(cell("presence"))
    if not presence and low:
        presence = "present"  # who counts some has seen them
    words = cells.get(reading.columns.get("words", ""), "").strip()
    if presence == "cannot tell" and folded(cell("why")) not in WHYS and cell("why"):
        why, words = "", ": ".join(filter(None, (cell("why"), words)))  # a reason in words of its own
    else:
        why = read_choice(cell("why"), WHYS)
        if presence == "cannot tell":
            why = why or reading.why
    return SeenRow(
        number=number,
        site=cell("site"),
        date=read_date(cell("date"), reading.order),
        presence=presence,
        count_low=low,
        count_high=high,
        words=words,
        why=why,
        view_quality=read_choice(cell("view_quality"), VIEW_QUALITIES) or reading.view_quality,
        image=cell("image"),
        target=cell("target") or reading.target,
        observer=cell("observer"),
    )


def read_presence(text: str) -> str:
    """The presence that a cell means; empty for an empty one. Raises InvalidValue for other words."""
    plain = folded(text)
    if not plain:
        return ""
    for presence, words in _PRESENCES.items():
        if plain in words:
            return presence
    raise InvalidValue("“{text}” is neither present, absent nor cannot tell (+, -, ?).", text=text[:60])


def read_count(text: str) -> tuple[int | None, int | None]:
    """Lowest and highest count of "3", "3-5", "3+" or "at least 3"; None where it is open. Raises InvalidValue."""
    plain = folded(text)
    if not plain:
        return None, None
    if match := _AT_LEAST.fullmatch(plain):
        return int(match["low"]), None
    match = _COUNT.fullmatch(plain)
    if match is None:
        raise InvalidValue("“{text}” is no count: write 3, 3-5 or 3+.", text=text[:60])
    low = int(match["low"])
    return low, None if match["more"] else int(match["high"] or low)


def written_count(low: int | None, high: int | None) -> str:
    """A count as a person writes it, which `read_count` reads: 3, 3-5 or 3+; empty without one."""
    if low is None:
        return "" if high is None else f"0-{high}"
    return f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"


def read_choice(text: str, words: Sequence[str]) -> str:
    """The one of `words` that a cell holds; empty for an empty one. Raises InvalidValue for another word."""
    plain = folded(text)
    if plain and plain not in words:
        raise InvalidValue("“{text}” is none of: {words}.", text=text[:60], words=", ".join(words))
    return plain


def read_date(text: str, order: str = "") -> str:
    """The date of a cell, as exact as it is written. Raises InvalidValue where it is none, or could be two days."""
    plain = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip().replace(" 00:00:00", ""))
    if not plain:
        raise InvalidValue("It has no date.")
    figures = _FIGURES.fullmatch(plain)
    if figures is not None and order:
        first, other, year = map(int, figures.groups())
        day, month = (first, other) if order == DAY_FIRST else (other, first)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise InvalidValue("“{text}” is no date with the {order}.", text=text[:60], order=order) from None
    iso = typed_date(plain)
    if all(is_partial(part) for part in iso.split("/", 1)):
        return iso
    why = why_no_date(plain) or Phrase("write 2024-04-12")
    raise InvalidValue("“{text}” is no date: {why}.", text=text[:60], why=why)


def order_of(texts: Iterable[str]) -> str:
    """The order of day and month in dates of figures such as 12.04.2024, where one of them tells; else empty."""
    pairs = [tuple(map(int, match.groups()[:2])) for text in texts if (match := _FIGURES.fullmatch(text.strip()))]
    is_day_first, is_month_first = (any(pair[at] > 12 for pair in pairs) for at in (0, 1))
    if is_day_first == is_month_first:
        return ""
    return DAY_FIRST if is_day_first else MONTH_FIRST


def asks_order(texts: Iterable[str]) -> bool:
    """True where some dates are figures and none tells whether the day or the month comes first."""
    texts = list(texts)
    return any(_FIGURES.fullmatch(text.strip()) for text in texts) and not order_of(texts)


def folded(text: str) -> str:
    """A text as words are compared: full-width characters, dashes, case and spaces made alike."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", plain).split())
