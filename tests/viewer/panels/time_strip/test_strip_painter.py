"""Forms of ticks: a scene of unknown date looks like no dated one, whatever its colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from layers.geo.bounds import Bounds
from layers.scenes.passes import Pass
from tests.support.many_scenes import scene
from viewer.panels.axis.time_axis import TimeAxis
from viewer.panels.time_strip.seen_marks import SeenThings
from viewer.panels.time_strip.strip_painter import CASE_PX, DATES_PX, HEIGHT_PX, paint_strip
from viewer.panels.time_strip.strip_places import PlacedTick, StripPlaces, divider_of, places_of
from viewer.rendering.images import argb_of_image
from viewer.support.painting import painting

BOX = Bounds(0.0, 0.0, 1.0, 1.0)
WIDTH = 400


def tick(key: str, acquired: str = "", kind: str = "instant") -> Pass:
    one = scene(key, BOX, acquired, kind)
    return Pass((one,), one.span, one.date_kind, 1.0)


def painted(ticks: list[Pass]) -> tuple[NDArray[np.bool_], StripPlaces]:
    """The pixels of a strip of these ticks that are not its ground, and the places."""
    widget = QWidget()
    widget.resize(WIDTH, HEIGHT_PX)
    divider = divider_of(ticks, float(WIDTH))
    axis = TimeAxis.around([one.span for one in ticks if one.span], divider)
    places = places_of(ticks, axis, float(WIDTH))
    image = QImage(WIDTH, HEIGHT_PX, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        paint_strip(painter, widget, places, axis, SeenThings(), "")
    ground = widget.palette().color(QPalette.ColorRole.Base).rgb()
    return argb_of_image(image) != ground, places


def ink_by_row(inked: NDArray[np.bool_], placed: PlacedTick) -> NDArray[np.int64]:
    """Number of inked pixels in each row between the edges of a tick."""
    return inked[: HEIGHT_PX - int(DATES_PX + CASE_PX), round(placed.left) - 1 : round(placed.right) + 2].sum(axis=1)


def test_a_tick_of_unknown_date_is_a_diamond_behind_the_divider(qapp: QApplication) -> None:
    inked, places = painted([tick("a", "2026-03-01"), tick("unknown")])
    ((dated,), (undated,)) = places.dated, places.undated
    assert undated.left > places.divider > dated.right
    rows = ink_by_row(inked, undated)
    tall = np.flatnonzero(rows)
    middle = (tall[0] + tall[-1]) // 2
    assert rows[middle] >= 9, "wide in the middle"
    assert rows[tall[0]] <= 3, "pointed above"
    assert rows[tall[-1]] <= 3, "and below"
    columns = np.flatnonzero(ink_by_row(inked, dated))
    assert len(tall) < len(columns) / 1.5, "a dated one is a column of the whole height"
    divider = inked[: HEIGHT_PX - 4, round(places.divider) - 1 : round(places.divider) + 2].any(axis=1)
    assert 0.2 < divider.mean() < 0.9, "a dotted line stands between them"


def test_unknown_dates_alone_have_no_axis(qapp: QApplication) -> None:
    inked, places = painted([tick("unknown"), tick("unknown too")])
    assert places.divider == 0
    assert len(places.undated) == 2
    assert inked[HEIGHT_PX - int(DATES_PX) :].any(), "the words “date unknown” are below"
