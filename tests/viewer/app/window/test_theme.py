"""Both dresses can be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from layers.colour.palettes import contrast
from tests.support.windows import settle
from viewer.app.actions import view_menu
from viewer.app.desktop.theme import DARK, LIGHT, THEMES, Theme, apply_theme, palette_of, style_sheet
from viewer.app.window import MainWindow
from viewer.support.elided import ElidedLabel


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0000ff", "#0000ff") == 1


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_text_can_be_read(theme: Theme) -> None:
    pairs = {
        "window": (theme.text, theme.window),
        "surface": (theme.text, theme.surface),
        "stripe": (theme.text, theme.stripe),
        "button": (theme.text, theme.raised),
        "muted": (theme.muted, theme.window),
        "muted surface": (theme.muted, theme.surface),
        "menu": (theme.on_accent, theme.accent),
        "selection": (theme.text, theme.tint),
        "muted selection": (theme.muted, theme.tint),
        "link": (theme.accent, theme.surface),
        "info": theme.info,
        "warning": theme.warning,
        "error": theme.error,
    }
    poor = {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < 4.5}
    assert not poor


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_what_has_the_focus_stands_out(theme: Theme) -> None:
    assert contrast(theme.accent, theme.window) >= 3
    assert contrast(theme.accent, theme.raised) >= 3


@pytest.mark.bounded
def test_the_palette_and_the_sheet_are_put_on(qapp: QApplication) -> None:
    for name in ("light", "dark", "no such theme"):
        theme = apply_theme(qapp, name)
        assert theme is THEMES.get(name, DARK)
        assert qapp.palette().color(QPalette.ColorRole.Window).name() == theme.window
        assert theme.line in qapp.styleSheet()


def test_disabled_text_is_fainter(qapp: QApplication) -> None:
    palette = palette_of(DARK)
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    normal, disabled = palette.color(group.Active, role.Text), palette.color(group.Disabled, role.Text)
    assert contrast(normal.name(), DARK.window) > contrast(disabled.name(), DARK.window) + 2


def test_the_sheet_leaves_nothing_unfilled() -> None:
    assert "$" not in style_sheet(LIGHT).partition("*/")[2]
    assert style_sheet(LIGHT).count("{") == style_sheet(LIGHT).count("}")


@pytest.mark.bounded
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_an_empty_check_box_has_an_edge_that_stands_out(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme.name)
    box = QCheckBox()
    qtbot.addWidget(box)
    box.resize(40, 24)
    picture = box.grab().toImage()
    colors = [picture.pixelColor(x, 12).name() for x in range(20)]
    assert max(contrast(color, theme.window) for color in colors) >= 3
    apply_theme(qapp, "dark")


def test_the_change_of_colours_is_said_while_it_goes_on(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt styles every part of the window anew, which takes a second: the words are painted before that."""
    window.file_menu.new_case()
    settle(window, qtbot)
    seen = list[tuple[str, bool]]()

    def changing(_application: QApplication, _name: str) -> None:
        cursor = QApplication.overrideCursor()
        seen.append((window.status.hint.text(), cursor is not None and cursor.shape() == Qt.CursorShape.WaitCursor))

    painted = list[str]()

    class Watch(QObject):
        def eventFilter(self, label: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and isinstance(label, ElidedLabel):
                painted.append(label.text())
            return False

    watch = Watch()
    window.status.hint.installEventFilter(watch)
    monkeypatch.setattr(view_menu, "apply_theme", changing)
    window.action_table["dark"].trigger()
    assert seen == [("Changing the colours …", True)]
    assert "Changing the colours …" in painted
    assert window.status.hint.text() != "Changing the colours …"
    assert QApplication.overrideCursor() is None
