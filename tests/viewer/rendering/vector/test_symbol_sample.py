"""Looks as icons: seen on a white list and on a dark one."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QIcon, QPixmap

from layers.vector.style.symbol import Symbol
from tests.support.pictures import pixels
from viewer.rendering.vector.symbol_sample import HEIGHT_PX, WIDTH_PX, sample_icon
from viewer.support.painting import painting


def on(ground: str, icon: QIcon):
    pixmap = QPixmap(WIDTH_PX, HEIGHT_PX)
    pixmap.fill(QColor(ground))
    with painting(pixmap) as painter:
        icon.paint(painter, pixmap.rect())
    return pixels(pixmap.toImage()).astype(int)


@pytest.mark.parametrize("ground", ["#ffffff", "#15181c"])
@pytest.mark.parametrize("color", ["#ffffff", "#f4f7f0", "#000000", "#e6550d", "#15181c"])
@pytest.mark.parametrize("geometry", ["LineString", "Polygon"])
def test_a_look_is_seen_on_the_lists_of_both_themes(qapp: object, ground: str, color: str, geometry: str) -> None:
    picture = on(ground, sample_icon(Symbol(stroke_color=color, stroke_width_px=1.2), geometry))
    assert (abs(picture - picture[0, WIDTH_PX // 2]).sum(axis=2) > 150).sum() > 15 or (
        abs(picture - on(ground, QIcon())).sum(axis=2) > 150
    ).sum() > 15


def test_a_look_in_colour_has_no_plate(qapp: object) -> None:
    picture = on("#ffffff", sample_icon(Symbol(stroke_color="#e6550d", stroke_width_px=1.2), "LineString"))
    assert picture[0, WIDTH_PX // 2].tolist() == [255, 255, 255]
