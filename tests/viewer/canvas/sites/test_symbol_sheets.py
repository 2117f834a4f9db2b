"""Symbols of many sites in one call: the same bytes as one picture after the other."""

from __future__ import annotations

import random

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from layers.document.vocabulary import LIFECYCLES
from tests.viewer.canvas.conftest import site
from viewer.canvas.sites import site_symbol_painter
from viewer.canvas.sites.site_symbol_painter import SiteSymbolPainter
from viewer.canvas.sites.site_symbology import SiteSymbol, symbol_of
from viewer.support.painting import painting

pytestmark = pytest.mark.usefixtures("qapp")
ROLES = ("named in a claim", "setting", "other")
CLASSES = ("launch_pad", "antenna", "", "no such class")
ERRORS = (None, 5.0, 400.0)
COLORS = ("", "#123456", "#80ff0000")
SIZE = 320, 240


def symbols(rng: random.Random, count: int) -> list[SiteSymbol]:
    """Full and hollow ones, dashed ones, in colours of their own."""
    return [
        symbol_of(
            site(
                "u",
                shapely.Point(10, 50),
                role=rng.choice(ROLES),
                class_code=rng.choice(CLASSES),
                position_error_m=rng.choice(ERRORS),
                stroke_color=rng.choice(COLORS),
                fill_color=rng.choice(COLORS),
                lifecycle=rng.choice(LIFECYCLES),
            )
        )
        for _ in range(count)
    ]


def ground(rng: random.Random, image_format: QImage.Format) -> QImage:
    noise = np.random.default_rng(rng.randrange(1 << 30)).integers(0, 256, (SIZE[1], SIZE[0], 4), np.uint8)
    picture = QImage(noise.tobytes(), *SIZE, QImage.Format.Format_RGB32).convertToFormat(image_format)
    return picture.copy()


def one_by_one(
    painter: QPainter, kinds: list[SiteSymbol], which: np.ndarray, px: np.ndarray, py: np.ndarray, scale: float, **state
) -> None:
    """A picture of its own for each symbol, which is put down at a whole pixel."""
    half = int(np.ceil(19 * scale))
    for number, x, y in zip(which.tolist(), px.tolist(), py.tolist(), strict=True):
        sprite = QImage(2 * half, 2 * half, QImage.Format.Format_ARGB32_Premultiplied)
        sprite.fill(Qt.GlobalColor.transparent)
        with painting(sprite) as one:
            one.setRenderHint(QPainter.RenderHint.Antialiasing)
            SiteSymbolPainter().paint_shapes(one, kinds[number], [(half, half)], scale, **state)
        painter.drawImage(QPointF(round(x - half), round(y - half)), sprite)


@pytest.mark.bounded_after(4)
@pytest.mark.parametrize("scale", [1.0, 1.25, 1.5])
@pytest.mark.parametrize("seed", range(6))
def test_many_symbols_are_painted_as_one_after_the_other(
    seed: int, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    if seed % 2:  # more symbols than a sheet may hold
        monkeypatch.setattr(site_symbol_painter, "LEAST_SPRITES", 5)
        monkeypatch.setattr(site_symbol_painter, "MOST_SPRITES", 5)
    kinds, count, kept = symbols(rng, 24), 60, SiteSymbolPainter()
    for turn in range(3):
        which = np.array([rng.randrange(len(kinds)) for _ in range(count)])
        px, py = (np.array([rng.uniform(-30, edge + 30) for _ in range(count)]) for edge in SIZE)
        px[:10] = np.floor(px[:10]) + 0.5
        state = {"selected": turn == 1, "compact": rng.random() < 0.4}
        before = ground(rng, rng.choice([QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32_Premultiplied]))
        clip, moved = rng.choice([None, QRect(20, 30, 200, 100)]), rng.choice([0.0, 40.0])
        found = []
        for paint in (kept.paint, one_by_one):
            picture = before.copy()
            with painting(picture) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.translate(moved, moved)
                if clip is not None:
                    painter.setClipRect(clip)
                paint(painter, kinds, which, px, py, scale, **state)
            found.append(bytes(picture.constBits()))
        assert found[0] == found[1]


def test_no_symbols_are_painted_without_a_word() -> None:
    none = np.zeros(0)
    picture = QImage(8, 8, QImage.Format.Format_RGB32)
    with painting(picture) as painter:
        SiteSymbolPainter().paint(painter, [], none.astype(np.intp), none, none, 1.0)
