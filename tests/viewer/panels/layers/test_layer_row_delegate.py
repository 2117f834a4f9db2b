"""Names in rows of the layer list: shortened so that their ends, which tell alike ones apart, can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QStandardItemModel
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from viewer.panels.layers.layer_row_delegate import (
    GAP_PX,
    LEAST_NAME_PX,
    YIELDED_PX,
    LayerRowDelegate,
    texts_beside,
    with_last_word,
)
from viewer.panels.layers.layer_rows import ALERT, BADGE_ROLE, COMING, DATE_ROLE, KEPT, SIGN_ROLE
from viewer.panels.widgets.row_delegate import smaller
from viewer.support.language.text import one_line, short_line

NAME = "Sentinel-2 true colour mosaic of the valley, 2024-04-12"


@pytest.fixture
def metrics(qapp: QApplication) -> QFontMetrics:
    return QFontMetrics(qapp.font())


def test_a_name_that_lacks_room_keeps_its_date(metrics: QFontMetrics) -> None:
    whole = metrics.horizontalAdvance(NAME)
    assert with_last_word(NAME, metrics, whole) == NAME
    for part in (0.9, 0.6, 0.45):
        shown = with_last_word(NAME, metrics, round(part * whole))
        assert shown.startswith("Sent")
        assert shown.endswith("… 2024-04-12")
        assert metrics.horizontalAdvance(shown) <= round(part * whole)


def test_a_last_word_that_lacks_room_is_shortened_too(metrics: QFontMetrics) -> None:
    room = metrics.horizontalAdvance("2024-04-12")
    for name in (NAME, "m_3807708_sw_18_060_20200831.tif", "A_" * 60):
        shown = with_last_word(name, metrics, room)
        assert "…" in shown
        assert metrics.horizontalAdvance(shown) <= room


def test_a_title_that_is_too_long_keeps_its_date() -> None:
    assert short_line(NAME, 21) == "Sentinel-… 2024-04-12"
    assert short_line("Sky", 21) == "Sky"
    assert short_line("m_3807708_sw_18_060_20200831.tif", 21) == one_line("m_3807708_sw_18_060_20200831.tif", 21)


def test_a_long_badge_gives_way_to_the_date(metrics: QFontMetrics) -> None:
    badge, date = "paused, asks for a login", "2024-04-12"
    room = metrics.horizontalAdvance(badge) + 40
    assert texts_beside(badge, date, metrics, room) == {BADGE_ROLE: "paused", DATE_ROLE: date}
    assert texts_beside(badge, "", metrics, room) == {BADGE_ROLE: badge}
    assert texts_beside("offline", date, metrics, 0) == {BADGE_ROLE: "offline"}, "what a map lacks is always said"
    long = "served 2024-04-10 10:00 UTC"
    assert texts_beside(long, "", metrics, 0) == {BADGE_ROLE: ALERT}, "the name stays"
    assert texts_beside(long, date, metrics, 0) == {BADGE_ROLE: ALERT}


def test_a_badge_of_one_word_does_not_push_the_date_out_of_sight(metrics: QFontMetrics) -> None:
    date, padding = "2024-04-12", 5 * GAP_PX
    both = metrics.horizontalAdvance("paused") + metrics.horizontalAdvance(date) + padding
    assert texts_beside("paused", date, metrics, both) == {BADGE_ROLE: "paused", DATE_ROLE: date}
    assert texts_beside("paused", date, metrics, both - YIELDED_PX) == {BADGE_ROLE: "paused", DATE_ROLE: date}
    assert texts_beside("paused", date, metrics, both - YIELDED_PX - 1) == {BADGE_ROLE: ALERT, DATE_ROLE: date}
    least = both - YIELDED_PX - 1
    assert texts_beside("paused", date, metrics, least, KEPT)[BADGE_ROLE] == KEPT, "a pack is no alarm"
    assert texts_beside("", date, metrics, 0) == {}


@pytest.mark.parametrize(("name", "least_px"), [("Sky", 0), ("Sky, 2026-11-22", 0), ("Prairie daily imagery", 80)])
def test_a_long_name_keeps_room_beside_a_badge_and_a_date(qapp: QApplication, name: str, least_px: int) -> None:
    model = QStandardItemModel(1, 1)
    index = model.index(0, 0)
    for role, text in (
        (Qt.ItemDataRole.DisplayRole, name),
        (BADGE_ROLE, "loading"),
        (DATE_ROLE, "2026-11-22"),
        (SIGN_ROLE, COMING),
    ):
        model.setData(index, text, role)
    option = QStyleOptionViewItem()
    small, high_px = QFontMetrics(smaller(option.font)), 22
    both_px = small.horizontalAdvance("loading") + small.horizontalAdvance("2026-11-22") + 5 * GAP_PX
    option.rect = QRect(0, 0, 2 * high_px + LEAST_NAME_PX + both_px - 10, high_px)
    beside = LayerRowDelegate().beside(option, index)
    assert beside[DATE_ROLE][0] == "2026-11-22"
    assert beside[BADGE_ROLE][0] == ("loading" if name.startswith("Sky") else COMING)
    left = min(place.left() for _, place in beside.values())
    assert left - 2 * option.rect.height() >= least_px
