"""The head of a product's page and what goes with it: title and its lines, markings, caption, page number."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from layers.product.marking import TLP_COLOURS
from layers.product.spec import ProductSpec
from viewer.export.plates.setting.house_style import HouseStyle
from viewer.export.plates.setting.lettering import Type, block_height, text_block, whole, wrapped
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.piece import Piece
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate

MARKING_COLORS = {marking: (color, "#000000") for marking, color in TLP_COLOURS.items()}
"""TLP 2.0: text colour on its ground. Other markings are printed in ink on paper."""
_MOST_TITLE_LINES, _MOST_IN_COLUMN = 3, 2
"""Lines above which a title is set smaller, and those in a single column of a newspaper."""
_LONGEST_LINE = 1000
"""Most characters of a title, or of a line below it: a case may hold megabytes."""
_LOGO_HEIGHT = 2.6
_MOST_CAPTION = 0.15
"""Greatest part of a page's height for the analyst's words below their map."""


class Heading(Struct, frozen=True):
    """The lines of a page's head, each with the key under which it is moved, and the height of them all."""

    parts: tuple[tuple[str, str, Type, str], ...]
    """Key, words, lettering, colour."""
    height: float
    logo: QImage | None = None

    def pieces(self, room: QRectF, logo_height: float) -> list[Piece]:
        """The lines as pieces at the top of a page."""
        pieces, top = [], room.top()
        width = _text_width(room.width(), self.logo, logo_height)
        for key, words, type_, color in self.parts:
            lines = text_block(words, type_, color, QPointF(room.left(), top), width)
            height = block_height(lines)
            pieces.append(Piece(key, 0, QRectF(room.left(), top, width, height), tuple(lines), texts=(words,)))
            top += height
        if self.logo is not None:
            across = logo_height * self.logo.width() / self.logo.height()
            box = QRectF(room.right() - across, room.top(), across, logo_height)
            pieces.append(Piece("logo", 0, box, below=(partial(_paint_logo, box=box, logo=self.logo),)))
        return pieces


def heading_of(spec: ProductSpec, title: str, sizes: PageSizes, style: HouseStyle, correction: str = "") -> Heading:
    """Set title, bottom line, subtitle, dateline and correction; a long title is set smaller, never cut."""
    room = sizes.width - 2 * sizes.margin
    logo = _logo(style)
    logo_height = _LOGO_HEIGHT * sizes.body
    width = _text_width(room, logo, logo_height)
    title = plain(title, _LONGEST_LINE)
    title_type = sizes.type(2.0 if not sizes.is_small else 1.55, bold=True)
    most = _MOST_IN_COLUMN if sizes.is_column else _MOST_TITLE_LINES
    while len(wrapped(whole(title), title_type, width)) > most and title_type.size > sizes.body * 1.05:
        title_type = title_type.scaled(0.9)
    parts = [
        ("title", title, title_type, style.ink),
        ("bottom line", spec.bottom_line, sizes.type(1.3 if not sizes.is_small else 1.1, bold=True), style.accent),
        ("subtitle", spec.subtitle, sizes.type(1.15 if not sizes.is_small else 1.0), style.quiet),
        ("dateline", spec.dateline, sizes.type(1.0), style.quiet),
        ("correction", correction, sizes.type(1.0, bold=True), style.ink),
    ]
    kept = tuple(
        (key, whole(plain(words, _LONGEST_LINE)), type_, color) for key, words, type_, color in parts if words.strip()
    )
    height = sum(len(wrapped(words, type_, width)) * type_.line_height for _, words, type_, _ in kept)
    return Heading(kept, max(height, logo_height if logo is not None else 0.0), logo)


def logo_height(sizes: PageSizes) -> float:
    return _LOGO_HEIGHT * sizes.body


def marking_height(spec: ProductSpec, sizes: PageSizes) -> float:
    """The height of each of the two bands with the marking, in logical pixels; 0 without a marking."""
    if not spec.marking.strip():
        return 0.0
    room = sizes.width - 2 * sizes.margin
    return len(wrapped(one_line(spec.marking), _marking_type(sizes), room)) * _marking_type(sizes).line_height * 1.1


def marking_piece(spec: ProductSpec, sizes: PageSizes, style: HouseStyle, page: int, room: QRectF, at: str) -> Piece:
    """A band with the marking, in that marking's own colours where it is known. `at`: "top" or "bottom"."""
    color, ground = MARKING_COLORS.get(spec.marking.strip(), (style.ink, style.paper))
    type_ = _marking_type(sizes)
    lines = text_block(one_line(spec.marking), type_, color, room.topLeft(), room.width(), centred=True)
    below = (partial(_fill, box=room, color=ground),)
    return Piece(f"marking {at}", page, room, tuple(lines), below, is_draggable=False, texts=(one_line(spec.marking),))


def lines_height(texts: list[str], type_: Type, room: float) -> float:
    """The height of these texts as `lines_piece` sets them in a `room` of this width, in logical pixels."""
    return sum(len(wrapped(whole(text), type_, room)) for text in texts) * type_.line_height


def caption_below(spec: ProductSpec, sizes: PageSizes) -> str:
    """The analyst's caption where it stands below the map; empty where the columns have it, as when it is long."""
    if spec.layout not in ("single", "site") or sizes.is_small or not sizes.is_wide:
        return ""
    is_short = lines_height([spec.caption], sizes.type(), 0.5 * sizes.width) <= _MOST_CAPTION * sizes.height
    return whole(spec.caption) if is_short else ""


def caption_height(spec: ProductSpec, sizes: PageSizes, width: float) -> float:
    """The height of the words of `caption_below`, with the room below them."""
    words = caption_below(spec, sizes)
    return lines_height([words], sizes.type(), width) + 0.35 * sizes.body if words else 0.0


def page_number_piece(
    sizes: PageSizes, style: HouseStyle, page: int, pages: int, words: Sequence[str], state: str, room: QRectF
) -> Piece:
    """The head of a further page: its number, and before it as many of the first `words` as fit.

    Without room for any it has the `state` in a word, which a page that is seen alone has to show.
    """
    type_ = sizes.type(0.95)
    count = translate("Export", "Page {0} of {1}").format(page + 1, pages)
    ways = [" · ".join([*reversed(words[:most]), count]) for most in range(len(words), 0, -1)] + [f"{state} · {count}"]
    text = next((way for way in ways if type_.width(way) <= room.width()), count)
    lines = text_block(text, type_, style.quiet, room.topLeft(), room.width())
    return Piece(
        "page number", page, QRectF(room.topLeft(), room.size()), tuple(lines), is_draggable=False, texts=(text,)
    )


def _marking_type(sizes: PageSizes) -> Type:
    return sizes.type(1.15, bold=True)


def _text_width(room: float, logo: QImage | None, height: float) -> float:
    return room if logo is None else room - 1.15 * height * logo.width() / logo.height()


def _logo(style: HouseStyle) -> QImage | None:
    """The logo of a style; None where it has none, or its file is no picture."""
    if style.logo is None:
        return None
    logo = QImage(str(style.logo))
    return None if logo.isNull() else logo


def _paint_logo(painter: QPainter, box: QRectF, logo: QImage) -> None:
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, logo)


def _fill(painter: QPainter, box: QRectF, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(box, QColor(color))
