"""A sighting, a report and a judgement with its chip: interactions, counted from the events that are delivered."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from tests.support.choices import popup
from tests.support.counted_steps import Counter
from tests.support.hands import click, write
from tests.support.windows import press, settle
from tests.viewer.app.imagery.conftest import MIDDLE
from tests.viewer.tools.conftest import Desk
from viewer.app.window import MainWindow

Key, Left = Qt.Key, Qt.MouseButton.LeftButton
Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TO_A_SIGHTING, TO_A_REPORT, TO_A_JUDGEMENT = 5, 4, 5
SEEN, SAID, JUDGED = "a tower beside the pad", "the pad is in use", "A rocket stood on the pad"


def choose(box: QComboBox, text: str) -> None:
    """Open a choice by a click, and click an entry."""
    click(box)
    rows = box.view()
    QTest.qWait(QApplication.doubleClickInterval() + 50)  # Qt takes an earlier click for the end of the first
    for row in range(box.count()):
        place = rows.visualRect(rows.model().index(row, 0))
        if box.itemText(row).startswith(text) and place.isValid():
            QTest.mouseClick(rows.viewport(), Left, Qt.KeyboardModifier.NoModifier, place.center())
            break
    QTest.qWait(50)
    box.window().activateWindow()


def button(window: MainWindow, name: str) -> QAbstractButton:
    for widget in window.findChildren(QAbstractButton):
        if widget.accessibleName() == name and widget.isVisible():
            return widget
    raise AssertionError(f"there is no button {name}")


def check_sighting(document: Document) -> None:
    (site,), (seen,) = document.sites.values(), document.observations.values()
    assert (seen.site_uuid, seen.image_uuid, seen.presence, seen.words) == (
        site.uuid,
        site.image_uuid,
        "present",
        SEEN,
    )
    assert document.chips[seen.chip_uuid].kind == "pixels"
    assert site.observed_at, "the date of the site follows from what was seen"


def check_report(document: Document) -> None:
    (report,) = document.claims.values()
    (link,) = document.links.claim_to_sources(report.uuid)
    assert document.sources[link.source_uuid].url == "https://example.org/a"
    assert (report.source_wording, report.made_by, report.state) == (SAID, "An official", "reported")
    assert len(document.links.claim_to_sites(report.uuid)) == 1


def check_judgement(document: Document) -> None:
    report, judged = document.claims.values()
    assert (judged.statement, judged.likelihood_term, judged.state) == (JUDGED, "likely", "assessed")
    links = document.links.claim_to_evidence(judged.uuid)
    assert [(link.evidence_table, link.bearing) for link in links] == [("claims", "context"), ("chips", "supports")]
    assert links[0].evidence_uuid == report.uuid
    assert document.chips[links[1].evidence_uuid].kind == "pixels"


def wait_for_chip(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(window.session.document.chips) == 2, timeout=10_000)
    settle(window, qtbot)


def lap(counter: Counter) -> list[str]:
    """The interactions since the last call."""
    steps = list(counter.told)
    counter.told.clear()
    return steps


@popup
@pytest.mark.bounded
def test_by_keyboard_alone(window: MainWindow, desk: Desk, counter: Counter, qtbot: QtBot) -> None:
    document = window.session.document
    press(Key.Key_P)
    press(Key.Key_Return)
    write("Pad 1S")
    press(Key.Key_Return)
    settle(window, qtbot)
    press(Key.Key_C)
    write(SEEN)
    press(Key.Key_Return)
    wait_for_chip(window, qtbot)
    check_sighting(document)
    steps = lap(counter)
    assert 0 < len(steps) <= TO_A_SIGHTING, steps
    press(Key.Key_R)
    settle(window, qtbot)
    write("https://example.org/a")
    press(Key.Key_Return)
    write(SAID)
    press(Key.Key_Tab)
    write("An official")
    press(Key.Key_Return)
    settle(window, qtbot)
    check_report(document)
    steps = lap(counter)
    assert 0 < len(steps) <= TO_A_REPORT, steps
    press(Key.Key_Escape)
    press(Key.Key_J)
    settle(window, qtbot)
    write(JUDGED)
    press(Key.Key_Tab)
    likelihood = QApplication.focusWidget()
    assert isinstance(likelihood, QComboBox)
    press(Key.Key_L)
    QTest.keyClick(likelihood.view(), Key.Key_Return)
    window.activateWindow()  # as a window manager does
    press(Key.Key_T, Control | Shift)
    settle(window, qtbot)
    check_judgement(document)
    steps = lap(counter)
    assert 0 < len(steps) <= TO_A_JUDGEMENT, steps


@popup
@pytest.mark.bounded
def test_by_mouse(window: MainWindow, desk: Desk, counter: Counter, qtbot: QtBot) -> None:
    document = window.session.document
    click(window.toolbar.widgetForAction(window.action_table["tool_point"]))
    desk.click(*MIDDLE)
    write("Pad 1S")
    press(Key.Key_Return)
    settle(window, qtbot)
    click(button(window, "Take a chip, then say what is seen (C)"))
    write(SEEN)
    press(Key.Key_Return)
    wait_for_chip(window, qtbot)
    check_sighting(document)
    steps = lap(counter)
    assert 0 < len(steps) <= TO_A_SIGHTING, steps
    click(button(window, "Report a claim about this site"))
    settle(window, qtbot)
    write("https://example.org/a")
    press(Key.Key_Return)
    write(SAID)
    press(Key.Key_Tab)
    write("An official")
    press(Key.Key_Return)
    settle(window, qtbot)
    check_report(document)
    steps = lap(counter)
    assert 0 < len(steps) <= TO_A_REPORT, steps
    click(button(window, "Judge this report"))
    settle(window, qtbot)
    write(JUDGED)
    likelihood = next(box for box in window.findChildren(QComboBox) if box.accessibleName() == "Likelihood")
    choose(likelihood, "likely")
    click(button(window, "Link the newest chip as support"))
    settle(window, qtbot)
    check_judgement(document)
    steps = lap(counter)
    assert 0 < len(steps) <= TO_A_JUDGEMENT, steps
