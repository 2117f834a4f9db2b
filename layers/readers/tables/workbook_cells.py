"""The cells of a workbook that OGR reads inexactly: dates, times and spans, truth values, some texts."""

from __future__ import annotations

import contextlib
import posixpath
import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple
from xml.etree.ElementTree import Element

from layers.phrase import Phrase
from layers.readers.guards.zip_guard import MAX_BYTES, member
from layers.readers.tables.workbook_formats import Shows, in_words, what_shows
from layers.text.guarded_xml import BLOCK, BadXml, NotWellFormed, XmlLimits, feed, guarded_parser, parse_xml, walk_xml

_LIMITS = XmlLimits(size=MAX_BYTES, elements=30_000_000, bare_doctype=True)
_HEAD_BYTES = 2**16
_TEXTS = "xl/sharedStrings.xml"
_TRUTH, _SHARED, _INLINE, _NUMBER = "b", "s", "inlineStr", "n"


class Exact(NamedTuple):
    """Exact cells by column (from 0) and row number: times, spans and truth values; texts that OGR misreads."""

    cells: dict[int, dict[int, str | bool]]
    texts: dict[int, dict[int, str]]
    notes: list[str]


class _Book(NamedTuple):
    """Facts for understanding the cells of a sheet: styles by number, kinds of the cells wanted, shared texts."""

    styles: dict[str, Shows]
    kinds: dict[str, str]
    spoken: dict[str, str]
    is_1904: bool


def check_parts(archive: zipfile.ZipFile) -> None:
    """Raises BadXml where a part declares entities, which OGR would put in: no workbook has any."""
    for name in archive.namelist():
        if name.startswith("xl/") and name.endswith((".xml", ".rels")):
            with archive.open(name) as file, contextlib.suppress(_Enough, NotWellFormed):
                blocks = iter(partial(file.read, _HEAD_BYTES), b"")
                walk_xml(blocks, _enough, _enough, lambda text: None, _LIMITS)


def exact_cells(
    archive: zipfile.ZipFile, sheet: str, last_row: int | None, *, always: bool, plain: bool = False
) -> Exact:
    """Read the exact cells of the sheet of this name down to `last_row`.

    `always`: read even where OGR reads all of the sheet exactly; else the answer is empty then. `plain`: numbers too,
    as they are written, among the texts. Where the workbook is built in an unknown way, or is no XML, the answer holds
    only a note.
    """
    try:
        styles, spoken = _styles(archive), _spoken(archive)
        part, is_1904 = _part_of(archive, sheet)
        has_runs = _holds(archive, part, b"<is><r")
        if not (styles or spoken or has_runs or always):
            return Exact({}, {}, [])
        kinds = {"b": _TRUTH} | ({_SHARED: _SHARED} if spoken else {}) | ({_INLINE: _INLINE} if has_runs else {})
        kinds |= {_NUMBER: _NUMBER} if plain else {}
        cells = _Cells(_Book(styles, kinds, spoken, is_1904), last_row)
        with archive.open(part) as file:
            cells.read(iter(lambda: file.read(BLOCK), b""))
    except _Enough:
        pass
    except (BadXml, KeyError) as error:
        why = error if isinstance(error, BadXml) else Phrase("it is put together in an unknown way")
        return Exact(
            {},
            {},
            [
                Phrase(
                    "{sheet} cannot be looked at cell by cell ({why}): its dates may lack their time of day.",
                    sheet=sheet,
                    why=why,
                )
            ],
        )
    return cells.found


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
    is_1904 = any(_tag(element) == "workbookPr" and element.get("date1904") in ("1", "true") for element in book)
    ids = {
        element.get("name"): next((value for key, value in element.items() if _local(key) == "id"), "")
        for element in book
        if _tag(element) == "sheet"
    }
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _tree(archive, "xl/_rels/workbook.xml.rels").iter()
    }
    return posixpath.normpath(posixpath.join("/xl", targets[ids[sheet]])).lstrip("/"), is_1904


def _styles(archive: zipfile.ZipFile) -> dict[str, Shows]:
    """The styles of cells that show days or times, as the cells name them. Raises BadXml."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    root = _tree(archive, "xl/styles.xml")
    codes = {
        element.get("numFmtId"): element.get("formatCode", "") for element in root.iter() if _tag(element) == "numFmt"
    }
    styles = [style.get("numFmtId", "") for group in root if _tag(group) == "cellXfs" for style in group]
    shown = ((str(at), what_shows(number, codes.get(number, ""))) for at, number in enumerate(styles))
    return {at: shows for at, shows in shown if shows is not None}


def _spoken(archive: zipfile.ZipFile) -> dict[str, str]:
    """The shared texts that have their pronunciation beside them, without it, by their numbers. Raises BadXml."""
    if _TEXTS not in archive.namelist() or not _holds(archive, _TEXTS, b"rPh"):
        return {}
    texts = (item for item in _tree(archive, _TEXTS) if _tag(item) == "si")
    return {
        str(at): "".join(_texts_in(item)) for at, item in enumerate(texts) if any(_tag(part) == "rPh" for part in item)
    }


def _texts_in(element: Element) -> Iterator[str]:
    for part in element:
        if _tag(part) == "t":
            yield part.text or ""
        elif _tag(part) == "r":
            yield from _texts_in(part)


def _holds(archive: zipfile.ZipFile, part: str, wanted: bytes) -> bool:
    with archive.open(part) as file:
        before = b""
        while block := file.read(BLOCK):
            if wanted in before[-len(wanted) :] + block:
                return True
            before = block
    return False


class _Enough(Exception):
    """Raised when all that is wanted has been read."""


def _enough(*_: object) -> None:
    raise _Enough


class _Cells:
    """Reads the cells of a sheet, element by element; it listens to more than starts only within a wanted cell."""

    def __init__(self, book: _Book, last_row: int | None) -> None:
        self.found = Exact({}, {}, [])
        self._book, self._last_row = book, last_row
        self._row = self._after = 0
        self._place, self._kind = "", ""
        self._spoken = 0
        self._value: list[str] = []
        self._parser = guarded_parser(_LIMITS)

    def read(self, blocks: Iterable[bytes]) -> None:
        """Read the cells of a sheet. Raises BadXml, and _Enough after the last row that is wanted."""
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
            shows = self._book.styles.get(attributes.get("s", "0"), "") if kind == _NUMBER else ""
            self._kind = shows or self._book.kinds.get(kind, "")
            if self._kind:
                self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_inside, self._end_inside
                self._value, self._spoken = [], 0
        elif tag == "row":
            self._row = int(attributes.get("r") or self._row + 1)
            self._place, self._after = "", 0
            if self._last_row is not None and self._row > self._last_row:
                raise _Enough

    def _start_inside(self, name: str, _: dict[str, str]) -> None:
        tag = _local(name)
        self._spoken += tag == "rPh"
        if tag == "v" or (tag == "t" and not self._spoken):
            self._parser.CharacterDataHandler = self._value.append

    def _end_inside(self, name: str) -> None:
        tag = _local(name)
        self._parser.CharacterDataHandler = None
        self._spoken -= tag == "rPh"
        if tag == "c":
            self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, None
            if self._value:
                self._take("".join(self._value))

    def _take(self, text: str) -> None:
        column = _column_of(self._place.rstrip("0123456789")) + self._after - 1
        if self._kind in (_INLINE, _NUMBER) or (self._kind == _SHARED and text in self._book.spoken):
            written = self._book.spoken[text] if self._kind == _SHARED else text
            self.found.texts.setdefault(column, {})[self._row] = written
        elif self._kind == _TRUTH:
            self.found.cells.setdefault(column, {})[self._row] = text.strip() == "1"
        elif self._kind != _SHARED:
            exact = in_words(text.strip(), Shows(self._kind), self._book.is_1904)
            if exact is not None:
                self.found.cells.setdefault(column, {})[self._row] = exact


@lru_cache(maxsize=1024)
def _column_of(letters: str) -> int:
    """The number of a column called "AB", from 1; 0 where it is not called so."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
