"""Typing random printable keys into every field of every form changes nothing but that field."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QPlainTextEdit,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from layers.document.document import Document
from layers.document.edit import TABLES
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.panels.widgets.field_set import COLUMN
from viewer.panels.widgets.fields import LineField, TextField

pytestmark = [
    pytest.mark.bounded,
    pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True),  # as every menu offscreen
]

KEYS = 50
MOST_SELECTED = 3
"""A field of the form for several sites changes each of these."""
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "
STAMPS = {"modified_at", "modified_by", "rev", "status", "reviewed_at", "reviewed_by"}
"""What a change of any column of a row brings along: also that somebody has to look it over anew."""
KINDS = (QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QSlider)


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.resize(1600, 950)
    window.file_menu.open_demo()
    settle(window, qtbot)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def forms(window: MainWindow) -> Iterator[str]:
    """Bring one form after the other to the front, filled in; yields its name."""
    document, context, docks = window.session.document, window.panel_context, window.docks
    window.selection.set([next(iter(document.sites))])
    yield "panel_details"
    window.selection.set(list(document.sites)[:3])
    yield "panel_details"
    context.show_claim(next(uuid for uuid in document.claims if document.links.claim_to_sources(uuid)), raise_form=True)
    yield "panel_details"
    for layer in document.layers_in_order():
        context.show_layer(layer.uuid, raise_form=True)
        yield "panel_details"
    docks.show_panel("panel_claims")
    yield "panel_claims"
    for id_, late, rows in (
        ("panel_sources", docks.sources, document.sources),
        ("panel_responses", docks.responses, document.responses),
    ):
        docks.show_panel(id_)
        first = next(iter(rows))
        late.panel.list.select({first})
        late.panel.chosen(frozenset({first}))
        yield id_
    yield "panel_layers"
    yield "panel_sites"


def fields_of(dock: QDockWidget) -> list[QWidget]:
    """All that is filled in there; beside the layer tree, where letters are the tools', only its filter."""
    kinds = (QLineEdit,) if dock.objectName() == "panel_layers" else KINDS
    found = [field for kind in kinds for field in dock.findChildren(kind)]
    return [
        field
        for field in dict.fromkeys(found)
        if field.isVisible()
        and field.isEnabled()
        and field.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (isinstance(field, QLineEdit) and isinstance(field.parentWidget(), QComboBox | QAbstractSpinBox))
    ]


def rows(document: Document) -> dict[tuple[str, str], Any]:
    return {(table, uuid): row for table in TABLES for uuid, row in document.table(table).items()}


def changed(before: dict[tuple[str, str], Any], after: dict[tuple[str, str], Any]) -> set[tuple[str, str, str]]:
    """(table, uuid, column) of all that differs; a row that came or went has the column "*"."""
    found = {(table, uuid, "*") for table, uuid in before.keys() ^ after.keys()}
    for key in before.keys() & after.keys():
        old, new = before[key], after[key]
        if old is not new:
            found |= {(*key, name) for name in old.__struct_fields__ if getattr(old, name) != getattr(new, name)}
    return {entry for entry in found if entry[2] not in STAMPS}


def state(window: MainWindow) -> tuple[object, ...]:
    """All that a key may change that is in no row."""
    actions = window.action_table
    checked = [action.objectName() for menu in window.menuBar().actions() for action in menu.menu().actions()
               if action.isChecked()]  # fmt: skip
    return (
        window.toolbox.in_hand,
        window.toolbox.is_kept,
        window.canvas.viewport.view(),
        tuple(checked),
        window.isFullScreen(),
        window.selection.uuids,
        window.panel_context.layer_uuid,
        actions["tool_select"].isChecked(),
    )


def test_typing_changes_nothing_but_its_field(demo: MainWindow, qtbot: QtBot) -> None:
    hand = random.Random(1)
    typed = 0
    for number, id_ in enumerate(forms(demo)):
        dock = demo.docks[id_]
        settle(demo, qtbot)
        for field in fields_of(dock):
            if not shiboken6.isValid(field) or not field.isVisible():
                continue  # its row was laid out anew by the last commit
            name = f"{id_} {number} {type(field).__name__} {field.accessibleName()}"
            before, around = rows(demo.session.document), state(demo)
            field.setFocus()
            assert field.hasFocus(), name
            for _ in range(KEYS):
                target = QApplication.activePopupWidget() or QApplication.focusWidget()
                assert target is not None, name
                QTest.keyClicks(target, hand.choice(PRINTABLE))
            popup = QApplication.activePopupWidget()
            if popup is not None:
                popup.close()
                demo.activateWindow()  # as a window manager does
                qtbot.waitUntil(demo.isActiveWindow)
            assert QApplication.focusWidget() is not demo.canvas, name
            demo.panel_context.flush()
            assert state(demo) == around, name
            found = changed(before, rows(demo.session.document))
            is_one = len({(table, column) for table, _, column in found}) <= 1 and len(found) <= MOST_SELECTED
            assert is_one, (name, found)
            typed += 1
    assert typed > 60, "most forms were not there"


def test_each_text_is_in_the_case_when_typing_rests_and_the_keyboard_stays(demo: MainWindow, qtbot: QtBot) -> None:
    kept = set()
    for number, id_ in enumerate(chain(forms(demo), row_forms(demo))):
        dock = demo.docks[id_]
        settle(demo, qtbot)
        for field in fields_of(dock):
            if not isinstance(field, LineField | TextField) or not shiboken6.isValid(field) or not field.isVisible():
                continue
            if not (field.says_something_midway and field.property(COLUMN)):
                continue
            name = f"{id_} {number} {field.property(COLUMN)}"
            before, steps = rows(demo.session.document), demo.session.history.stack.index()
            field.setFocus()
            QTest.keyClicks(field, "http://ab.org/ ")
            shown = text_of(field)
            field.rest.timeout.emit()
            settle(demo, qtbot)
            assert shiboken6.isValid(field), name
            assert field.hasFocus(), name
            assert text_of(field) == shown, name
            found = changed(before, rows(demo.session.document))
            if not found:  # of many marks at once, which wait to be entered
                field.reset()
                continue
            assert len(found) == 1, (name, found)
            QTest.keyClicks(field, "c")
            demo.panel_context.flush()
            assert demo.session.history.stack.index() == steps + 1, name
            kept.add(field.property(COLUMN))
            demo.canvas.setFocus()
    assert kept >= {"label", "notes", "statement", "quote", "title", "words"}


def row_forms(window: MainWindow) -> Iterator[str]:
    for table in ("sources", "responses"):
        window.panel_context.show_row(table, next(iter(window.session.document.table(table))), raise_form=True)
        yield "panel_details"


def text_of(field: LineField | TextField) -> str:
    return field.text() if isinstance(field, LineField) else field.toPlainText()
