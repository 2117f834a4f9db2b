"""CSV, TSV and other delimited text: encoding, delimiter and header are detected, or as a person says."""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.phrase import Phrase
from layers.readers.rows.row_problems import RowProblems
from layers.readers.tables.header_row import header_at, names_at, said_above
from layers.text.counted import counted, grouped
from layers.text.text_encoding import guessed_encoding, known_encoding, wide_encoding

MAX_BYTES = 200 * 2**20
PREVIEW_BYTES = 2**19
PREVIEW_ROWS = 1000
MAX_COLUMNS = 2000
_SAMPLE_BYTES = 2**18
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_DELIMITERS = ",;\t|"
MOST_READ_AGAIN = 3_000_000
"""Most lines that are read once more because of quotation marks that are never closed."""
_ROWS_ENOUGH = 20
"""Fewest rows of a look at the first ones; it reads on until it has them, as a coastline in WKT may be longer."""
csv.field_size_limit(MAX_BYTES)  # of the whole process; Python's own limit is 131 072 characters a cell


class RawTable(Struct, frozen=True, eq=False):
    """Columns by name, as they are written; None for a cell that is not there (an unquoted empty one in text)."""

    name: str
    columns: dict[str, list[Any]]
    types: dict[str, str] = field(default_factory=dict)
    """Types of the columns whose type the file itself knows."""
    reading: dict[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    numbers: Sequence[int] = ()
    """Numbers that a person sees on the rows, as a spreadsheet counts them."""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))


def read_delimited(path: str, options: dict[str, Any], *, preview: bool = False) -> RawTable:
    """The cells of a text table. Raises NotReadable where it is none, TooLarge over 200 MB."""
    name = os.path.basename(path)
    if os.path.getsize(path) > MAX_BYTES:
        raise TooLarge(
            "{name} is larger than {max_bytes} MB: convert it to a GeoPackage.", name=name, max_bytes=MAX_BYTES // 2**20
        )
    read = _read_start if preview else _read_all
    rows, numbers, reading, lost, opened = read(path, name, options)
    if not rows:
        raise NotReadable("{name} is empty: there is nothing to show.", name=name)
    at = header_at(rows, numbers, options)
    header = [""] * len(rows[0]) if at < 0 else names_at(rows, at)
    width = len(header)
    if width > MAX_COLUMNS:
        raise TooLarge(
            "{name} has {columns}, more than {max_columns}.",
            name=name,
            columns=counted(width, "column"),
            max_columns=grouped(MAX_COLUMNS),
        )
    names = unique_names(header)
    body, numbers_of_body = rows[at + 1 :], numbers[at + 1 :]
    problems = RowProblems(numbers=numbers_of_body)
    for number in opened:
        if number in numbers_of_body:
            index = numbers_of_body.index(number)
            problems.add(index, Phrase("a quotation mark in it is never closed: it is taken as text."))
    for index, row in enumerate(body):
        if len(row) > width:
            problems.add(
                index,
                Phrase(
                    "it has {cells} where the header has {width}: the others are left out.",
                    cells=counted(len(row), "cell"),
                    width=width,
                ),
            )
    cells = [row[:width] + [None] * (width - len(row)) for row in body]
    columns = (
        {column: list(values) for column, values in zip(names, zip(*cells, strict=True), strict=True)}
        if cells
        else {column: [] for column in names}
    )
    if at >= 0:
        columns = without_blank_columns(columns, header)
    lost_words = counted(lost, "character of {name} is", "characters of {name} are", name=name)
    notes: list[str] = (
        [Phrase("{lost_words} no {reading}: choose its encoding.", lost_words=lost_words, reading=reading["encoding"])]
        if lost
        else []
    )
    notes += [*said_above(rows, numbers, at), *problems.sentences()]
    reading |= {"header": at >= 0, "header_row": numbers[at] if at >= 0 else 0}
    return RawTable(os.path.splitext(name)[0], columns, {}, reading, tuple(notes), numbers_of_body)


type _Rows = list[list[str | None]]
type _Read = tuple[_Rows, Sequence[int], dict[str, Any], int, list[int]]
"""Rows, their numbers, how they were understood, how many characters did not fit the encoding, and the numbers of rows
with a quotation mark that is never closed."""


def _read_all(path: str, name: str, options: dict[str, Any]) -> _Read:
    with open(path, "rb") as file:
        return _parsed(file.read(), name, options, None, is_whole=True)


def _read_start(path: str, name: str, options: dict[str, Any]) -> _Read:
    """The first rows; the last one of a part of the file may be cut, and is left out."""
    size = PREVIEW_BYTES
    while True:
        with open(path, "rb") as file:
            data, is_whole = file.read(size), not file.read(1)
        start = _parsed(data, name, options, PREVIEW_ROWS, is_whole=is_whole)
        if is_whole or len(start[0]) > PREVIEW_ROWS:
            return start
        if len(start[0]) > _ROWS_ENOUGH:
            return start[0][:-1], start[1][:-1], *start[2:]
        size *= 8


def _parsed(data: bytes, name: str, options: dict[str, Any], most: int | None, *, is_whole: bool) -> _Read:
    text, encoding, evidence, lost = _decoded(data, str(options.get("encoding", "")), is_whole)
    delimiter = str(options.get("delimiter") or "") or _delimiter(text)
    if len(delimiter) != 1:
        raise UnsupportedFormat("A delimiter is one character: a comma, a semicolon, a bar or a tab.")
    reading = {"encoding": encoding, "encoding_evidence": evidence, "delimiter": delimiter}
    rows, numbers, opened = _rows(text, delimiter, name, most)
    return rows, numbers, reading, lost, opened


def without_blank_columns(columns: dict[str, list[Any]], own_names: Sequence[str]) -> dict[str, list[Any]]:
    """Columns that have neither a name nor anything in them are none: spreadsheets write them. `own_names` are the
    names in the file."""
    return {
        name: cells
        for (name, cells), own in zip(columns.items(), own_names, strict=True)
        if own.strip() or any(cell not in (None, "") for cell in cells)
    }


def unique_names(names: list[str]) -> list[str]:
    """Names for columns: none empty, none twice."""
    in_use: set[str] = set()
    unique = []
    for position, text in enumerate(names, 1):
        name = plain = " ".join(text.split())[:200] or Phrase("column {position}", position=position)
        number = 1
        while name.lower() in in_use:
            number += 1
            name = f"{plain} ({number})"
        in_use.add(name.lower())
        unique.append(name)
    return unique


def _decoded(data: bytes, chosen: str, is_whole: bool) -> tuple[str, str, str, int]:
    """Text, its encoding, why that, and how many characters did not fit; where it is not whole the last may be cut."""
    evidence: str = Phrase("chosen by hand")
    encoding = known_encoding(chosen)
    if encoding in ("", "utf-16", "utf-32") and not data.startswith(_WIDE_MARKS):
        wide = wide_encoding(data[:_SAMPLE_BYTES])
        if wide.startswith(encoding or "utf"):
            encoding, evidence = wide, evidence if encoding else Phrase("it has a NUL beside each delimiter")
    if not encoding:
        encoding, evidence = guessed_encoding(data)
        if encoding == "utf-8" and data[:_SAMPLE_BYTES].isascii() and not data.isascii():
            encoding, evidence = guessed_encoding(data[_SAMPLE_BYTES:])
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data, final=is_whole).removeprefix("\ufeff")
    lost = text.count("\ufffd")
    return text, encoding.removesuffix("-sig"), evidence, lost


def _delimiter(text: str) -> str:
    """The delimiter that cuts the most of the first lines into cells of the same number, and of those into the most."""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    best, most = ",", (0, 0)
    for candidate in _DELIMITERS:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=candidate))
        score = max(((times, count) for count, times in counts.items() if count > 1), default=(0, 0))
        if score > most:
            best, most = candidate, score
    return best


def _rows(text: str, delimiter: str, name: str, most: int | None) -> tuple[_Rows, Sequence[int], list[int]]:
    """The rows that hold anything, their numbers, and those of rows with a quotation mark that is never closed."""
    rows: _Rows = []
    numbers: list[int] = []
    opened: list[int] = []
    try:
        for number, row in enumerate(_records(text.replace("\0", "\ufffd"), delimiter, opened), 1):
            if any(cell and cell.strip() for cell in row):
                rows.append(row)
                numbers.append(number)
                if most is not None and len(rows) > most:
                    break
    except csv.Error as error:
        raise NotReadable("{name} is not a table of text: {error}.", name=name, error=error) from error
    has_gaps = bool(numbers) and numbers[-1] - numbers[0] >= len(numbers)
    return rows, numbers if has_gaps or not numbers else range(numbers[0], numbers[-1] + 1), opened


def _is_quoted_well(lines: list[str], delimiter: str) -> bool:
    """True where lines that were read as one row are one by the rules of quotation."""
    try:
        return len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _records(text: str, delimiter: str, opened: list[int]) -> Iterator[list[str | None]]:
    """Cells row by row: an unquoted empty one is None, a quoted one is empty text.

    A quotation mark that is never closed would swallow the rows behind it: it is text then, and its row in `opened`.
    """
    lines = _Lines(text)
    left = MOST_READ_AGAIN
    for number, row in enumerate(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NOTNULL), 1):
        record, lines.taken = lines.taken, []
        if 1 < len(record) < left and not _is_quoted_well(record, delimiter):
            left -= len(record)
            lines.back += reversed(record[1:])
            opened.append(number)
            plain = next(csv.reader(record[:1], delimiter=delimiter, quoting=csv.QUOTE_NONE))
            yield [cell or None for cell in plain]
        else:
            yield list(row)


class _Lines:
    """The lines of a text: those `taken` for a row, and those given `back`, the next one last."""

    def __init__(self, text: str) -> None:
        self._file = io.StringIO(text, newline="")
        self.taken: list[str] = []
        self.back: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self.back.pop() if self.back else next(self._file)
        self.taken.append(line)
        return line
