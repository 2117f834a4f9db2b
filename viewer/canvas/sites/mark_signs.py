"""The signs of texts, callouts, numbered markers and ticks of counts: words, colours and sizes, and the boxes that they
cover.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from layers.document.marks.mark_shape import Callout, CountTick, MarkShape, Numbered, TextMark, words_of
from layers.document.site import Site
from layers.vector.labels.label_layout import Box
from viewer.canvas.labels.label_painter import Face
from viewer.canvas.sites.site_symbology import HALO_COLOR, PAPER_COLOR, own_color
from viewer.support.language.text import plain

TEXT_COLOR = "#ffffff"
BOX_COLOR = "#e6101c26"
"""The ground of a callout."""
RADIUS_GROUND = "#d20b141c"
WRAP_AFTER, MOST_LINES = 48, 24
DISC_RADII_PX = {"numbered_marker": 11.0, "count_tick": 7.0}
"""Radius of the disc around a number, by kind of sign, in logical pixels."""
_DISC_PADS_PX = {"numbered_marker": 5.0, "count_tick": 3.0}
"""Least room beside the digits of a number, by kind of sign, in logical pixels."""
DISC_TEXT_PX, TICK_TEXT_PX = 12.5, 9.5
TICK_COLOR = "#ffd54a"
EMPTY_TEXT = "T"
"""Text of a sign that has no text yet, in a frame: it can be seen and clicked on the map."""
_PADS_PX = {"text": (4.0, 2.0), "callout": (8.0, 5.0), "radius": (4.0, 0.0)}
"""Padding round the letters by kind of sign, across and up, in logical pixels."""
_GAP_PX = 4.0
"""Gap between a place and the text on one side of it, in logical pixels."""
_ACROSS = {"west": -1, "east": 1}
_ALONG = {"north": -1, "south": 1}


class MarkSign(Struct, frozen=True):
    """All that a sign is painted from; equal signs share their picture. Colours are as Qt reads them."""

    kind: str
    text: str
    """Lines as they are shown."""
    size_px: float
    anchor: str
    color: str
    """Colour of letters; of a callout, of its frame and leader."""
    fill: str
    """Colour of a callout's box or a number's disc; empty for none."""
    is_empty: bool = False
    is_doubtful: bool = False
    """True for a mark that may not exist: the rim is dashed."""

    @property
    def face(self) -> Face:
        if self.kind == "text":
            return Face(self.size_px, self.color, bold=not self.is_empty)
        ink = self.color if self.kind == "radius" else _ink_on(self.fill)
        return Face(self.size_px, ink, halo_px=0.0, bold=self.kind != "callout")

    @property
    def reach_px(self) -> float:
        """Upper bound in logical pixels of how far the sign is painted from its place; of a callout, from that of its
        box.
        """
        lines = self.text.split("\n")
        wide, high = 1.3 * self.size_px * max(map(len, lines)), 1.8 * self.size_px * len(lines)
        return 24.0 + (max(wide, high) if self.anchor != "centre" else max(wide, high) / 2)


def sign_of(site: Site, shape: MarkShape | None) -> MarkSign | None:
    """The sign of a text, callout, numbered marker or tick; None for all else, which has the symbol of its class."""
    own, fill = own_color(site.stroke_color), own_color(site.fill_color)
    if isinstance(shape, TextMark):
        text = _lines(words_of(site, shape))
        return MarkSign("text", text or EMPTY_TEXT, shape.size_px, shape.anchor, own or TEXT_COLOR, "", not text)
    if isinstance(shape, Callout):
        text = _lines(words_of(site, shape))
        return MarkSign(
            "callout",
            text or EMPTY_TEXT,
            shape.size_px,
            "centre",
            own or TEXT_COLOR,
            fill or BOX_COLOR,
            not text,
            site.may_not_exist,
        )
    if isinstance(shape, Numbered):
        number = shape.number if site.number is None else site.number
        fill = fill or own or PAPER_COLOR
        doubt = site.may_not_exist
        return MarkSign("numbered_marker", str(number)[:8], DISC_TEXT_PX, "centre", HALO_COLOR, fill, is_doubtful=doubt)
    if isinstance(shape, CountTick):
        return MarkSign("count_tick", str(shape.number)[:8], TICK_TEXT_PX, "centre", HALO_COLOR, own or TICK_COLOR)
    return None


def tick_mask(signs: Sequence[MarkSign]) -> NDArray[np.bool_]:
    """(signs + 1,) True for ticks of counts; the last one, that of no sign, is False."""
    return np.array([*(sign.kind == "count_tick" for sign in signs), False], np.bool_)


def ring_sign(text: str, color: str) -> MarkSign:
    """The sign of a radius that is written on a range ring."""
    return MarkSign("radius", text, 12.0, "centre", color, RADIUS_GROUND)


@lru_cache(maxsize=16384)
def sign_box(sign: MarkSign, scale: float) -> Box:
    """The box that a sign covers, relative to its place, in picture pixels; `scale` is picture pixels in a logical
    pixel.
    """
    metrics, lines = sign.face.metrics(scale), sign.text.split("\n")
    width = max(metrics.horizontalAdvance(line) for line in lines)
    height = metrics.height() * len(lines)
    if sign.kind in DISC_RADII_PX:
        radius = DISC_RADII_PX[sign.kind] * scale
        across = max(radius, width / 2 + _DISC_PADS_PX[sign.kind] * scale)
        return Box(-across, -radius, across, radius)
    pad_x, pad_y = _PADS_PX[sign.kind]
    half_x, half_y = width / 2 + pad_x * scale, height / 2 + pad_y * scale
    dx, dy = _side(sign.anchor)
    gap = _GAP_PX * scale
    return Box(-half_x, -half_y, half_x, half_y).moved(dx * (half_x + gap), dy * (half_y + gap))


def _side(anchor: str) -> tuple[int, int]:
    words = anchor.split("-")
    return sum(_ACROSS.get(word, 0) for word in words), sum(_ALONG.get(word, 0) for word in words)


@lru_cache(maxsize=4096)
def _lines(text: str) -> str:
    """A text as it is shown: long lines broken, lines beyond the limit cut off."""
    lines: list[str] = []
    for line in plain(text).replace("\t", " ").split("\n"):
        lines += textwrap.wrap(line, WRAP_AFTER) or [""]
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], "…"]
            break
    return "\n".join(lines).strip("\n")


def _ink_on(fill: str) -> str:
    """Colour of letters that can be read on a ground of this colour."""
    ground = QColor(fill)
    light = 0.299 * ground.redF() + 0.587 * ground.greenF() + 0.114 * ground.blueF()
    return HALO_COLOR if light > 0.55 else PAPER_COLOR
