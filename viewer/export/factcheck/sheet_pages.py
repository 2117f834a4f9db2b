"""A fact-check sheet as pages to print: one table, with a box to tick, the fact and its source in each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import batched

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from layers.checkpoint import Checkpoint, unchecked
from layers.product.factcheck.fact_sheet import FactSheet, SheetFact
from layers.time.written_dates import written_date
from viewer.canvas.shown_scene import ShownScene
from viewer.export.factcheck.sheet_cells import (
    BAD,
    HEAD,
    INK,
    LINE,
    SMALL,
    TITLE,
    Paragraph,
    SetCell,
    fact_paragraphs,
    small,
    source_paragraphs,
)
from viewer.export.factcheck.sheet_words import (
    COLUMN_HEADS,
    HEADS,
    HELP,
    INTERNAL,
    by_quote,
    counts,
    disagreeing,
    groups,
    passed_line,
    since_words,
)
from viewer.export.printed import GroupKind, MapFrame, PageLink, PaintedGroup, ProductWords
from viewer.support.fonts import font
from viewer.support.language.text import one_line, plain

DPI = 96.0
_WIDTH, _HEIGHT, _MARGIN, _STRIP = 1123, 794, 42, 26
"""A4 on its side, in pixels of 96 to the inch; the strips above and below hold the marking and the page number."""
_COLUMNS = (34.0, 34.0, 310.0, 430.0, 231.0)
_PAD, _BOX, _ABOVE = 5.0, 14.0, 14.0
_MOST_BELOW, _MOST_KEPT = 4, 450.0
"""Most facts below one quote, and the greatest height of all these, which are not parted between pages."""


class _Band(Struct, frozen=True):
    """A band of the page that is never cut: cells side by side, each with its left edge."""

    cells: tuple[tuple[float, SetCell], ...]
    height: float
    above: float = 0.0
    """Empty room above it."""
    is_row: bool = False
    has_box: bool = False
    keeps: bool = False
    """True where the next band stands on the same page."""
    is_head: bool = False
    """True for the head of a group or list."""
    is_columns: bool = False
    """True for the heads of the columns, which stand again on each further page of their group."""


class SheetPages:
    """The pages of a sheet, as the formats of products take them."""

    def __init__(self, sheet: FactSheet) -> None:
        self._sheet = sheet
        self._pages = _paged(list(_bands(sheet)))

    @property
    def pages(self) -> int:
        return len(self._pages)

    @property
    def dpi(self) -> float:
        return DPI

    @property
    def frames(self) -> Sequence[MapFrame]:
        return ()

    @property
    def scenes(self) -> Sequence[ShownScene]:
        return ()

    @property
    def words(self) -> ProductWords:
        return ProductWords(
            title=f"Fact-check sheet: {one_line(self._sheet.title)}",
            description=f"{INTERNAL}. {counts(self._sheet)}.",
            marking=self._sheet.marking,
            made_on=self._sheet.made_on,
            status="internal",
        )

    def words_of(self, page: int) -> ProductWords:
        return self.words

    def without_page(self) -> SheetPages:
        return self

    def size_px(self, page: int) -> tuple[int, int]:
        return _WIDTH, _HEIGHT

    @property
    def letters_as_shapes(self) -> bool:
        return False

    def parts(self, group: PaintedGroup) -> Sequence[PaintedGroup]:
        return [group]

    def groups(self, page: int) -> Sequence[PaintedGroup]:
        return (PaintedGroup(GroupKind.FURNITURE, f"Sheet {page + 1}"),)

    def links(self, page: int) -> Sequence[PageLink]:
        return ()

    def want(self, page: int, clip: QRect | None = None) -> None:
        """Request nothing: a sheet has no map."""

    def is_ready(self, page: int, clip: QRect | None = None) -> bool:
        return True

    def waits_for(self, page: int) -> list[str]:
        return []

    def paint(
        self,
        painter: QPainter,
        page: int,
        clip: QRect | None = None,
        group: PaintedGroup | None = None,
        checkpoint: Checkpoint = unchecked,
    ) -> None:
        """Paint one page: its part of the table between the two strips."""
        y = float(_MARGIN + _STRIP)
        for band in self._pages[page]:
            y += band.above
            _paint_band(painter, band, y)
            y += band.height
        self._paint_strips(painter, page)
        checkpoint()

    def _paint_strips(self, painter: QPainter, page: int) -> None:
        painter.setFont(font(SMALL, bold=True))
        painter.setPen(QColor(INK))
        marking = one_line(self._sheet.marking)
        left, right = " · ".join(filter(None, (INTERNAL, marking))), f"Page {page + 1} of {self.pages}"
        for top in (_MARGIN, _HEIGHT - _MARGIN - _STRIP):
            strip = QRectF(_MARGIN, top, _WIDTH - 2 * _MARGIN, _STRIP)
            painter.drawText(strip, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, left)
            painter.drawText(strip, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)


def _paint_band(painter: QPainter, band: _Band, y: float) -> None:
    if band.is_row:
        painter.setPen(QPen(QColor(LINE), 0.6))
        painter.drawLine(
            QRectF(_MARGIN, y, sum(_COLUMNS), 0).topLeft(), QRectF(_MARGIN, y, sum(_COLUMNS), 0).topRight()
        )
    if band.has_box:
        painter.setPen(QPen(QColor(INK), 1.0))
        painter.drawRect(QRectF(_MARGIN + _PAD, y + _PAD, _BOX, _BOX))
    for left, cell in band.cells:
        cell.paint(painter, left, y + (_PAD if band.is_row else 0))


def _bands(sheet: FactSheet) -> Iterator[_Band]:
    """All that the pages hold, from above."""
    made = f"made {written_date(sheet.made_on)}" if sheet.made_on else ""
    about = ", ".join(filter(None, (sheet.product, made, counts(sheet), since_words(sheet))))
    yield _line(Paragraph(f"Fact-check sheet: {plain(sheet.title)}", TITLE, bold=True), keeps=True)
    yield _line(small(about[:1].upper() + about[1:]))
    if words := disagreeing(sheet):
        yield _line(small(words, BAD, bold=True))
    for basis, facts in groups(sheet):
        yield _head(f"{HEADS[basis]} ({len(facts)})")
        yield _line(small(HELP[basis]), keeps=True)
        yield replace(_row([[small(words, INK, bold=True)] for words in COLUMN_HEADS], keeps=True), is_columns=True)
        for rows in by_quote(facts):
            for together in batched(rows, _MOST_BELOW):
                yield from _rows(together)
    if not sheet.facts:
        yield _line(Paragraph("Nothing has changed since the earlier sheet."))
    yield from _list("No longer on the product", sheet.gone)
    yield from _list("Findings that were let pass", [passed_line(passed) for passed in sheet.let_pass])
    yield from _list(
        "Computed values and standing words", [f"{name}: {' | '.join(lines)}" for name, lines in sheet.folded]
    )


def _rows(facts: Sequence[SheetFact]) -> list[_Band]:
    """The rows of facts that stand on one quote: this whole above them, on the same page, if they are several."""
    paragraphs = [words for source in facts[0].stands_on for words in source_paragraphs(None, source)]
    cell = SetCell(paragraphs, sum(_COLUMNS))
    below = [_row(fact_paragraphs(fact, is_below=True), has_box=True, keeps=fact is not facts[-1]) for fact in facts]
    above = _Band(((_MARGIN, cell),), cell.height + _PAD, _ABOVE, keeps=True)
    if len(facts) > 1 and sum(band.height for band in (above, *below)) < _MOST_KEPT:
        return [above, *below]
    return [_row(fact_paragraphs(fact), has_box=True) for fact in facts]


def _list(title: str, lines: Sequence[str]) -> Iterator[_Band]:
    if lines:
        yield _head(f"{title} ({len(lines)})")
        yield from (_line(small(line)) for line in lines)


def _head(text: str) -> _Band:
    line = _line(Paragraph(text, HEAD, bold=True))
    return _Band(line.cells, line.height, _ABOVE, keeps=True, is_head=True)


def _line(paragraph: Paragraph, *, keeps: bool = False) -> _Band:
    cell = SetCell([paragraph], sum(_COLUMNS))
    return _Band(((_MARGIN, cell),), cell.height + 2, keeps=keeps)


def _row(cells: Sequence[Sequence[Paragraph]], *, has_box: bool = False, keeps: bool = False) -> _Band:
    """A row of the table; the first column is left for its box."""
    placed, left = list[tuple[float, SetCell]](), _MARGIN + _COLUMNS[0]
    for paragraphs, width in zip(cells, _COLUMNS[1:], strict=True):
        placed.append((left + _PAD, SetCell(paragraphs, width - 2 * _PAD)))
        left += width
    height = max(cell.height for _, cell in placed) + 2 * _PAD
    return _Band(tuple(placed), height, is_row=True, has_box=has_box, keeps=keeps)


def _paged(bands: Sequence[_Band]) -> list[list[_Band]]:
    """The bands by pages: none is cut, a head stands above what it is the head of, and the heads of the columns stand
    again above rows that go on.
    """
    room = _HEIGHT - 2 * (_MARGIN + _STRIP)
    pages: list[list[_Band]] = [[]]
    used, at = 0.0, 0
    columns: _Band | None = None
    while at < len(bands):
        end = at + 1
        while end < len(bands) and bands[end - 1].keeps:
            end += 1
        height = sum(band.above + band.height for band in bands[at:end])
        if pages[-1] and used + height > room:
            again = [columns] if columns is not None and not bands[at].is_head else []
            pages.append(list(again))
            used = sum(band.height for band in again)
        for band in bands[at:end]:
            columns = band if band.is_columns else None if band.is_head else columns
        pages[-1] += bands[at:end]
        used, at = used + height, end
    return pages
