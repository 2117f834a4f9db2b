"""Tests of what the start page shows and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from viewer.panels.shell.start_card import StartCard
from viewer.panels.shell.start_page import RecoverableCase, StartPage


@pytest.fixture
def page(qtbot: QtBot) -> StartPage:
    page = StartPage()
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


def _press(page: StartPage, name: str, qtbot: QtBot) -> None:
    def buttons() -> list[QAbstractButton]:
        return [b for b in page.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible()]

    qtbot.waitUntil(lambda: bool(buttons()))
    qtbot.mouseClick(buttons()[0], Qt.MouseButton.LeftButton)


def test_the_three_ways_to_begin(page: StartPage, qtbot: QtBot) -> None:
    for name, signal in (
        ("Open the demo case", page.demo_chosen),
        ("New case", page.new_chosen),
        ("Open a file…", page.open_chosen),
    ):
        with qtbot.waitSignal(signal):
            _press(page, name, qtbot)


def test_recent_cases_are_opened_and_forgotten(page: StartPage, qtbot: QtBot) -> None:
    page.set_recent([Path("/cases/Vostochny.gpkg"), Path("/cases/old.gpkg")])
    with qtbot.waitSignal(page.recent_chosen) as chosen:
        _press(page, "Vostochny", qtbot)
    assert chosen.args == [str(Path("/cases/Vostochny.gpkg"))]
    with qtbot.waitSignal(page.recent_forgotten) as forgotten:
        _press(page, "Take old off this list", qtbot)
    assert forgotten.args == [str(Path("/cases/old.gpkg"))]


def test_a_crashed_session_is_offered_with_what_it_holds(page: StartPage, qtbot: QtBot) -> None:
    page.set_recoverable([RecoverableCase("/sessions/1", "A & B", "2024-04-18T10:00:00Z", 10, (3, 1))])
    card = next(b for b in page.findChildren(QAbstractButton) if b.accessibleName() == "Recover “A & B”")
    assert "10 edits, 3 sites and 1 measurement" in card.text()
    assert "A && B" in card.text(), "a button would read the ampersand as its key"
    with qtbot.waitSignal(page.recover_chosen) as chosen:
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert chosen.args == ["/sessions/1"]
    page.set_recoverable([])
    assert not [b for b in page.findChildren(QAbstractButton) if b.isVisible() and "Recover" in b.accessibleName()]


def test_recoloring_reaches_the_cards_that_still_stand(page: StartPage, qtbot: QtBot) -> None:
    page.set_recent([Path("/cases/a.gpkg")])
    page.set_recent([])
    qtbot.waitUntil(lambda: not [b for b in page.findChildren(QAbstractButton) if b.accessibleName() == "a"])
    page.recolor()


@pytest.mark.parametrize("font_px", [12, 18])
def test_what_has_no_room_on_a_card_ends_with_an_ellipsis_and_a_tip_says_it(
    page: StartPage, qtbot: QtBot, font_px: int
) -> None:
    name = "Construction at the northern launch complex, seen from above"
    page.setStyleSheet(
        f"* {{ font-size: {font_px}px }} #card {{ background: #222; border: 1px solid #555; padding: 9px 12px }}"
    )
    page.set_recent([Path("/cases") / f"{name}.gpkg", Path("/x/old.gpkg")])
    page.set_recoverable([RecoverableCase("/sessions/1", name, "2024-04-18T10:00:00Z", 10, (3, 1))])
    cards = {card.accessibleName(): card for card in page.findChildren(StartCard)}
    qtbot.waitUntil(lambda: all(card.isVisible() and card.width() > 200 for card in cards.values()))
    for title in (f"Recover “{name}”", name):
        card = cards[title]
        shown = card.shown_lines()[0]
        assert shown.endswith("…")
        assert card.fontMetrics().horizontalAdvance(shown) < card.width() - card.iconSize().width() - 20
        assert name in " ".join(card.toolTip().split())
        assert not _inked_right_of(card), "the words are cut at the edge"
    assert cards["old"].shown_lines()[0].endswith("old")
    assert cards["New case"].toolTip() == "", "what can be read needs none"


def _inked_right_of(card: StartCard) -> bool:
    """True where something is painted in the padding at the right."""
    image = card.grab().toImage()
    scale = image.devicePixelRatio()
    columns = range(round((card.width() - 11) * scale), round((card.width() - 3) * scale))
    rows = range(round(8 * scale), round((card.height() - 8) * scale))
    return len({image.pixel(x, y) for x in columns for y in rows}) > 1
