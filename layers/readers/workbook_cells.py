"""The cells of a workbook that OGR does not tell exactly: dates with their time of day, and truth values among texts.

OGR takes "yyyy-mm-dd h:mm:ss" for a format of days, and throws the time away.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from xml.etree.ElementTree import Element

from layers.guarded_xml import BLOCK, BadXml, Limits, NotWellFormed, feed, guarded_parser, parse_xml, walk_xml
from layers.readers.zip_guard import MAX_BYTES, member

_LIMITS = Limits(size=MAX_BYTES, elements=30_000_000, bare_doctype=True)
_HEAD_BYTES = 2**16
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_BUILT_IN = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
"""Numbers of formats that show a day, with those of East Asia."""
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LEAP_THAT_WAS_NONE = 60
_LAST = 2_958_466
"""The day after 9999-12-31."""

type ExactCells = dict[int, dict[int, str | bool]]
"""By column (from 0) and the number of the row: a date and time in ISO form, or a truth value."""


def check_parts(archive: zipfile.ZipFile) -> None:
    """Raises BadXml where a part declares entities, which OGR would put in: no workbook has any."""
    for name in archive.namelist():
        if name.startswith("xl/") and name.endswith((".xml", ".rels")):
            with archive.open(name) as file, contextlib.suppress(_Enough, NotWellFormed):
                blocks = iter(partial(file.read, _HEAD_BYTES), b"")
                walk_xml(blocks, _enough, _enough, lambda text: None, _LIMITS)


def exact_cells(
    archive: zipfile.ZipFile, sheet: str, last_row: int | None, *, always: bool
) -> tuple[ExactCells, list[str]]:
    """Of the sheet of this name down to `last_row`; {} at once where no format shows days, unless `always`.

    {} and a sentence where the workbook is put together in a way that is not known, or is no XML.
    """
    try:
        dates = _date_styles(archive)
        if not dates and not always:
            return {}, []
        part, is_1904 = _part_of(archive, sheet)
        cells = _Cells(dates, is_1904, last_row)
        with archive.open(part) as file:
            cells.read(iter(lambda: file.read(BLOCK), b""))
    except _Enough:
        pass
    except (BadXml, KeyError) as error:
        why = error if isinstance(error, BadXml) else "it is put together in an unknown way"
        return {}, [f"{sheet} cannot be looked at cell by cell ({why}): its dates may lack their time of day."]
    return cells.found, []


def _tag(element: Element) -> str:
    return _local(str(element.tag))


@lru_cache(maxsize=1024)
def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _tree(archive: zipfile.ZipFile, name: str) -> Element:
    return parse_xml(member(archive, name).read(), _LIMITS)


def _part_of(archive: zipfile.ZipFile, sheet: str) -> tuple[str, bool]:
    """The member that holds the sheet, and whether days count from 1904. Raises KeyError, BadXml."""
    book = list(_tree(archive, "xl/workbook.xml").iter())
    is_1904 = any(_tag(one) == "workbookPr" and one.get("date1904") in ("1", "true") for one in book)
    ids = {
        one.get("name"): next((value for key, value in one.items() if _local(key) == "id"), "")
        for one in book
        if _tag(one) == "sheet"
    }
    targets = {one.get("Id"): one.get("Target", "") for one in _tree(archive, "xl/_rels/workbook.xml.rels").iter()}
    return posixpath.normpath(posixpath.join("/xl", targets[ids[sheet]])).lstrip("/"), is_1904


def _date_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """The styles of cells that show days, as the cells name them. Raises BadXml."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    root = _tree(archive, "xl/styles.xml")
    formats = {one.get("numFmtId"): one.get("formatCode", "") for one in root.iter() if _tag(one) == "numFmt"}
    shows_day = {number for number, code in formats.items() if _shows_day(code)} | {str(one) for one in _BUILT_IN}
    styles = [one for group in root if _tag(group) == "cellXfs" for one in group]
    return frozenset(str(at) for at, one in enumerate(styles) if one.get("numFmtId") in shows_day)


def _shows_day(code: str) -> bool:
    plain = _NOT_CODE.sub("", code.partition(";")[0]).lower()
    return "y" in plain or "d" in plain


class _Enough(Exception):
    """What is wanted has been read."""


def _enough(*_: object) -> None:
    raise _Enough


class _Cells:
    """What a sheet tells, element by element: only within a cell that is wanted more is listened to than starts."""

    def __init__(self, dates: frozenset[str], is_1904: bool, last_row: int | None) -> None:
        self.found: ExactCells = {}
        self._dates, self._is_1904, self._last_row = dates, is_1904, last_row
        self._row = self._after = 0
        self._place, self._is_truth = "", False
        self._value: list[str] = []
        self._parser = guarded_parser(_LIMITS)

    def read(self, blocks: Iterable[bytes]) -> None:
        """Raises BadXml, and _Enough after the last row that is wanted."""
        self._parser.StartElementHandler = self._start
        feed(self._parser, blocks, _LIMITS)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        if tag == "c":
            if place := attributes.get("r"):
                self._place, self._after = place, 0
            else:
                self._after += 1
            kind = attributes.get("t", "n")
            self._is_truth = kind == "b"
            if self._is_truth or (kind == "n" and attributes.get("s", "0") in self._dates):
                self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_inside, self._end_inside
        elif tag == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._place, self._after = "", 0
            if self._last_row is not None and self._row > self._last_row:
                raise _Enough

    def _start_inside(self, name: str, _: dict[str, str]) -> None:
        if _local(name) == "v":
            self._value = []
            self._parser.CharacterDataHandler = self._value.append

    def _end_inside(self, name: str) -> None:
        tag = _local(name)
        if tag == "c":
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, None
        if tag != "v" or self._parser.CharacterDataHandler is None:
            return
        self._parser.CharacterDataHandler = None
        text = "".join(self._value).strip()
        exact = text == "1" if self._is_truth else _iso(text, self._is_1904)
        if exact is not None:
            column = _column_of(self._place.rstrip("0123456789")) + self._after
            self.found.setdefault(column - 1, {})[self._row] = exact


@lru_cache(maxsize=1024)
def _column_of(letters: str) -> int:
    """The number of a column called "AB", from 1; 0 where it is not called so."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


def _iso(text: str, is_1904: bool) -> str | None:
    """The time that a number of days is, to the millisecond; None where it is none."""
    try:
        days = float(text)
    except ValueError:
        return None
    if not 1 <= days < _LAST:
        return None
    whole = int(days)
    epoch = _EPOCH_1904 if is_1904 else _EPOCH + timedelta(days=whole < _LEAP_THAT_WAS_NONE)
    time = epoch + timedelta(days=whole, milliseconds=round((days - whole) * 86_400_000))
    return time.isoformat(timespec="milliseconds" if time.microsecond else "seconds")
