"""Cells of a printed sheet: paragraphs of plain text that are broken into lines at a width, without any markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from layers.product.factcheck.fact_sheet import UNSOURCED, SheetFact, StandsOn
from viewer.export.factcheck.sheet_words import difference, kept_words, place_in_quote, source_line, warning_words
from viewer.support.fonts import font
from viewer.support.language.text import breakable, plain

SIZE, SMALL, HEAD, TITLE = 11, 9.5, 14, 20
"""Heights of letters in pixels of 96 to the inch."""
INK, QUIET, LINE, BAD, MARK = "#000000", "#444444", "#999999", "#8c1d18", "#e2e2e2"


class Paragraph(Struct, frozen=True):
    """A paragraph. Its characters from `start` to `end` have a tinted ground."""

    text: str
    size: float = SIZE
    ink: str = INK
    bold: bool = False
    start: int = 0
    end: int = 0


def small(text: str, ink: str = QUIET, *, bold: bool = False) -> Paragraph:
    """A paragraph in small type, in which long words and addresses may be broken."""
    return Paragraph(breakable(plain(text)), SMALL, ink, bold)


class SetCell:
    """Paragraphs set in lines at a width."""

    def __init__(self, paragraphs: Sequence[Paragraph], width: float) -> None:
        self._set: list[tuple[QTextLayout, float, str]] = []
        height = 0.0
        for paragraph in paragraphs:
            layout, deep = _set_lines(paragraph, width)
            self._set.append((layout, height, paragraph.ink))
            height += deep
        self.height = height

    def paint(self, painter: QPainter, x: float, y: float) -> None:
        """Paint the lines below and to the right of a point."""
        for layout, top, ink in self._set:
            painter.setPen(QPen(QColor(ink)))
            layout.draw(painter, QPointF(x, y + top))


def _set_lines(paragraph: Paragraph, width: float) -> tuple[QTextLayout, float]:
    layout = QTextLayout(paragraph.text, font(paragraph.size, bold=paragraph.bold))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    option.setUseDesignMetrics(True)
    layout.setTextOption(option)
    if paragraph.end > paragraph.start:
        tinted = QTextLayout.FormatRange()
        tinted.start, tinted.length = paragraph.start, paragraph.end - paragraph.start
        ground = QTextCharFormat()
        ground.setBackground(QBrush(QColor(MARK)))
        tinted.format = ground
        layout.setFormats([tinted])
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()
    return layout, height


def fact_paragraphs(
    fact: SheetFact, *, is_below: bool = False
) -> tuple[list[Paragraph], list[Paragraph], list[Paragraph], list[Paragraph]]:
    """The four cells of a fact: its number, its words, its sources, and whose it is.

    `is_below`: its quote stands whole above it, so that only the place of its words there is told.
    """
    about = " · ".join(filter(None, (fact.kind, fact.subject, f"printed: {fact.printed}")))
    words = [Paragraph(breakable(plain(fact.words)), bold=True), small(about)]
    paragraphs_of = _place_paragraphs if is_below else source_paragraphs
    sources = [paragraph for source in fact.stands_on for paragraph in paragraphs_of(fact, source)]
    unsourced = [small("No source is linked.", BAD, bold=True)] if fact.basis == UNSOURCED else []
    whose = [small(f"Entered: {fact.entered or 'not recorded'}"), small(f"Reviewed: {fact.reviewed or 'not yet'}")]
    return (
        [Paragraph(str(fact.number), bold=True)],
        words,
        [*unsourced, *([small(warning, BAD, bold=True)] if (warning := warning_words(fact)) else []), *sources],
        [*whose, small("Remark:")],
    )


def _place_paragraphs(fact: SheetFact, source: StandsOn) -> Iterator[Paragraph]:
    before, inside, after = map(plain, place_in_quote(source))
    if inside:
        yield Paragraph(before + inside + after, start=len(before), end=len(before) + len(inside))
    if words := difference(fact, source):
        yield small(words, BAD, bold=True)


def source_paragraphs(fact: SheetFact | None, source: StandsOn) -> Iterator[Paragraph]:
    """The whole quote of a source, its difference from a fact if one is given, and the source in a line."""
    if source.quote and fact is None:
        yield Paragraph(plain(source.quote))
    elif source.quote and fact is not None:
        quote, stretch = plain(source.quote), source.stretch
        is_whole = quote == source.quote  # else the places of its words are others
        yield Paragraph(quote, start=stretch.start if is_whole else 0, end=stretch.end if is_whole else 0)
        if words := difference(fact, source):
            yield small(words, BAD, bold=True)
    if words := kept_words(source):
        yield small(words, BAD if source.is_misquoted else QUIET, bold=source.is_misquoted)
    dated = f"date: {source.dated}" if source.dated else ""
    yield small(" · ".join(filter(None, (source_line(source), dated, source.address))))
