"""Reads a fact-check sheet that a checker has ticked: a foreign file, of which only two texts in JSON are read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from msgspec import Struct

from layers.document.json_fields import json_object
from layers.errors import InvalidValue, TooLarge
from layers.phrase import Phrase

KIND = "geoloupe fact-check sheet"
SHEET_ID, TICKS_ID = "sheet", "ticks"
"""Ids of the two elements of the HTML file that hold JSON: what was asked, and what was ticked."""
VERSION = 1
SHEET_SUFFIXES = (".html", ".htm")
MOST_BYTES = 16_000_000
MOST_FACTS, LONGEST_TEXT, LONGEST_NAME = 5000, 2000, 80
_BEGINNING = 4096
_BLOCK = '<script type="application/json" id="{id}">'
_END = "</script>"
_KEY = re.compile(r"[0-9a-f]{16}")
_UUID = re.compile(r"[0-9A-Za-z-]{0,64}")
_WHAT = Phrase("The fact-check sheet")
_NO_SHEET = "“{name}” is no fact-check sheet of Geoloupe, or its end is missing: save it again in the browser."


class TickedFact(Struct, frozen=True):
    """A fact of the file, and what the checker did with it."""

    key: str
    digest: str
    number: int
    words: str
    table: str
    uuid: str
    is_carried: bool = False
    """True for a fact that an earlier sheet had asked for."""
    is_ticked: bool = False
    remark: str = ""
    is_unsourced: bool = False
    """True for a fact that no source was linked with."""

    @property
    def lacks_place(self) -> bool:
        """True for a tick without a source and without a remark: nothing says where the fact was found."""
        return self.is_ticked and self.is_unsourced and not self.is_carried and not self.remark

    @property
    def is_checked(self) -> bool:
        """True for a tick that counts: the fact was found in its source, or a remark says where."""
        return self.is_ticked and not self.lacks_place


class AskedSubject(Struct, frozen=True):
    """A row that facts of the file are about, as it stood when the sheet was made."""

    table: str
    uuid: str
    rev: int
    digest: str
    name: str


class TickedSheet(Struct, frozen=True):
    """A sheet as it came home. All texts are plain text of a stranger."""

    title: str
    product_uuid: str
    made_on: str
    checker: str
    facts: tuple[TickedFact, ...] = ()
    subjects: tuple[AskedSubject, ...] = ()

    @property
    def ticked_keys(self) -> frozenset[str]:
        return frozenset(fact.key for fact in self.facts if fact.is_checked)

    @property
    def ticked(self) -> int:
        """Number of the facts that the checker ticked, as far as a tick counts."""
        return sum(fact.is_checked and not fact.is_carried for fact in self.facts)


def is_sheet(path: Path) -> bool:
    """True for an HTML file that says in its head that it is a fact-check sheet. Blocks, and raises nothing."""
    if path.suffix.lower() not in SHEET_SUFFIXES:
        return False
    try:
        with path.open("rb") as file:
            return f'name="generator" content="{KIND}"'.encode() in file.read(_BEGINNING)
    except OSError:
        return False


def read_sheet(path: Path) -> TickedSheet:
    """The sheet in a file. Blocks. Raises InvalidValue and TooLarge, with one sentence, for anything else."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvalidValue(
            "“{name}” cannot be read: {why}.", name=path.name, why=error.strerror or str(error)
        ) from error
    if len(data) > MOST_BYTES:
        raise TooLarge(
            "“{name}” is too large for a fact-check sheet: open the file that the browser saved.", name=path.name
        )
    return sheet_in(data.decode("utf-8", "replace"), path.name)


def sheet_in(text: str, name: str) -> TickedSheet:
    """The sheet in the text of a file. Raises InvalidValue where it holds none."""
    questions, ticks = _block(text, SHEET_ID, name), _block(text, TICKS_ID, name)
    if questions.get("kind") != KIND or questions.get("version") != VERSION:
        raise InvalidValue(_NO_SHEET, name=name)
    marks = ticks.get("facts")
    marks = marks if isinstance(marks, dict) else {}
    facts = _rows(questions.get("facts"))
    return TickedSheet(
        title=_line(questions.get("title")),
        product_uuid=_id(questions.get("product")),
        made_on=_line(questions.get("made_on"), 40),
        checker=_line(ticks.get("checker"), LONGEST_NAME),
        facts=tuple(_fact(row, marks.get(row.get("key"))) for row in facts if _has_key(row)),
        subjects=tuple(_subject(row) for row in _rows(questions.get("subjects")) if _has_digest(row)),
    )


def _block(text: str, block: str, name: str) -> dict[str, Any]:
    """The JSON object of one element. Raises InvalidValue where there is none, or more than one."""
    begin = _BLOCK.format(id=block)
    at = text.find(begin)
    end = text.find(_END, at)
    if at < 0 or end < 0 or text.find(begin, at + 1) >= 0:
        raise InvalidValue(_NO_SHEET, name=name)
    try:
        return json_object(text[at + len(begin) : end], _WHAT)
    except (InvalidValue, RecursionError) as error:
        raise InvalidValue(_NO_SHEET, name=name) from error


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [row for row in rows[:MOST_FACTS] if isinstance(row, dict)] if isinstance(rows, list) else []


def _has_key(row: dict[str, Any]) -> bool:
    return _is_digest(row.get("key")) and _is_digest(row.get("digest"))


def _has_digest(row: dict[str, Any]) -> bool:
    return _is_digest(row.get("digest"))


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def _fact(row: dict[str, Any], mark: Any) -> TickedFact:
    mark = mark if isinstance(mark, dict) else {}
    is_carried = row.get("carried") is True
    return TickedFact(
        key=row["key"],
        digest=row["digest"],
        number=_number(row.get("number")),
        words=_line(row.get("words")),
        table=_line(row.get("table"), 40),
        uuid=_id(row.get("uuid")),
        is_carried=is_carried,
        is_ticked=row.get("done") is True if is_carried else mark.get("ticked") is True,
        remark=_line(mark.get("remark")),
        is_unsourced=row.get("unsourced") is True,
    )


def _subject(row: dict[str, Any]) -> AskedSubject:
    return AskedSubject(
        _line(row.get("table"), 40),
        _id(row.get("uuid")),
        _number(row.get("rev")),
        row["digest"],
        _line(row.get("name")),
    )


def _number(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 2**31 else 0


def _id(value: Any) -> str:
    return value if isinstance(value, str) and _UUID.fullmatch(value) else ""


def _line(value: Any, longest: int = LONGEST_TEXT) -> str:
    """A text in one line without control characters, at most so long; anything else is empty."""
    if not isinstance(value, str):
        return ""
    signs = (sign if sign.isprintable() else " " for sign in value[: longest * 4])
    return " ".join("".join(signs).split())[:longest]
