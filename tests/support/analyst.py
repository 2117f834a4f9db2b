"""An analyst at the real window: eyes, a mouse and a keyboard, and nothing that a person does not have.

Everything here sends events to widgets; no command and no method of the session is called.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPushButton, QTabBar, QWidget

from layers.geo.crs import WGS84, transform_points
from tests.support.busy import busy_parts
from viewer.app.window import MainWindow
from viewer.panels.widgets.picker import Picker
from viewer.panels.widgets.row_list import RowList

type Wait = Callable[[Callable[[], bool]], None]

Left, Nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NOTCH = 120
POLL_MS = 20


class Analyst:
    """`wait` processes events until its argument holds, and raises when that takes too long."""

    def __init__(self, window: MainWindow, wait: Wait) -> None:
        self.window, self.wait = window, wait
        self.canvas = window.canvas

    def settle(self) -> None:
        """Until the window has nothing more to read, to draw or to write; in vain, it is told what is at work."""
        try:
            self.wait(self.window.is_idle)
        except Exception as error:
            error.add_note(f"still at work: {busy_parts(self.window)}")
            raise

    def come_back(self) -> None:
        """What a window manager does when a menu or a dialog has closed, and the offscreen platform does not."""
        top = QApplication.activeModalWidget() or self.window
        top.activateWindow()
        self.wait(top.isActiveWindow)

    # -- the map --------------------------------------------------------------------------------------------------

    def at(self, lon: float, lat: float) -> QPoint:
        """Where a place is on the canvas."""
        x, y = transform_points(WGS84, self.canvas.viewport.crs, lon, lat)
        px, py = self.canvas.viewport.view().to_pixel(float(x), float(y))
        point = QPoint(round(px), round(py))
        assert self.canvas.rect().contains(point), f"{lon}, {lat} is not on the map"
        return point

    def lonlat(self, point: QPoint) -> tuple[float, float]:
        """What is under a point of the canvas."""
        return self.canvas.viewport.lonlat(point.x(), point.y())

    def degrees(self, pixels: float = 1.5) -> float:
        """What so many pixels are in degrees of longitude: how exact a hand can be."""
        return pixels * 360.0 * self.canvas.viewport.resolution / 40_075_016.7

    def click(self, point: QPoint, modifiers: Qt.KeyboardModifier = Nothing) -> None:
        QTest.mouseClick(self.canvas, Left, modifiers, point)

    def double_click(self, point: QPoint) -> None:
        """As a hand does: press, release, press again, release."""
        QTest.mouseClick(self.canvas, Left, Nothing, point)
        QTest.mouseDClick(self.canvas, Left, Nothing, point)

    def drag(self, start: QPoint, end: QPoint, steps: int = 4) -> None:
        QTest.mousePress(self.canvas, Left, Nothing, start)
        for step in range(1, steps + 1):
            self.move_held(start + (end - start) * (step / steps))
            QApplication.processEvents()
        QTest.mouseRelease(self.canvas, Left, Nothing, end)

    def move_held(self, point: QPoint) -> None:
        """Move with the left button down."""
        place = QPointF(point)
        globally = QPointF(self.canvas.mapToGlobal(point))
        event = QMouseEvent(QEvent.Type.MouseMove, place, globally, Qt.MouseButton.NoButton, Left, Nothing)
        QApplication.sendEvent(self.canvas, event)

    def wheel(self, point: QPoint, notches: int) -> None:
        """Away from oneself is positive."""
        where, globally = QPointF(point), QPointF(self.canvas.mapToGlobal(point))
        for _ in range(abs(notches)):
            turn = QPoint(0, NOTCH if notches > 0 else -NOTCH)
            phase = Qt.ScrollPhase.NoScrollPhase
            event = QWheelEvent(where, globally, QPoint(), turn, Qt.MouseButton.NoButton, Nothing, phase, False)
            QApplication.sendEvent(self.canvas, event)
            QApplication.processEvents()

    def drop(self, *words: str) -> None:
        """Let files, or addresses, fall on the map."""
        data = QMimeData()
        data.setUrls([QUrl(word) if "://" in word else QUrl.fromLocalFile(word) for word in words])
        place, action = QPointF(self.canvas.rect().center()), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.canvas, QDragEnterEvent(place, action, data, Left, Nothing))
        QApplication.sendEvent(self.canvas, QDropEvent(place, action, data, Left, Nothing))

    # -- keys and menus -------------------------------------------------------------------------------------------

    def keys(self, shortcut: str, widget: QWidget | None = None) -> None:
        """Press a combination such as Ctrl+Shift+Z, where the focus is unless said otherwise."""
        combination = QKeySequence(shortcut)[0]
        target = widget or self.window.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def menu(self, title: str, *entries: str) -> None:
        """Open a menu of the menu bar, those inside it, and click the last entry, all by how they are named."""
        bar = self.window.menuBar()
        opener = next(action for action in bar.actions() if _bare(action.text()) == title)
        QTest.mouseClick(bar, Left, Nothing, bar.actionGeometry(opener).center())
        for entry in entries:
            menu = opener.menu()
            self.wait(menu.isVisible)
            opener = next(action for action in menu.actions() if _bare(action.text()) == entry)
            assert opener.isEnabled(), f"{title} > {entry} is not offered"
            QTest.mouseClick(menu, Left, Nothing, menu.actionGeometry(opener).center())
        if QApplication.activeModalWidget() is None:
            self.come_back()

    def is_offered(self, id_: str) -> bool:
        """Whether an action could be triggered now."""
        return self.window.action_table[id_].isEnabled()

    def panel[P: QWidget](self, kind: type[P]) -> P:
        """The one panel of a kind."""
        found = self.window.findChild(kind)
        assert found is not None, f"there is no {kind.__name__}"
        return found

    def tab(self, title: str) -> None:
        """Bring a panel that stands behind others to the front, by its tab."""
        bars = self.window.findChildren(QTabBar)
        bar, at = next((b, i) for b in bars for i in range(b.count()) if b.tabText(i) == title)
        QTest.mouseClick(bar, Left, Nothing, bar.tabRect(at).center())

    # -- forms ----------------------------------------------------------------------------------------------------

    def press(self, button: QWidget) -> None:
        assert button.isEnabled(), f"{button.accessibleName()} is disabled"
        assert button.isVisible(), f"nobody sees {button.accessibleName()}"
        QTest.mouseClick(button, Left)

    def write(self, field: QWidget, text: str) -> QWidget:
        """Replace what a field says by typing; the widget typed into."""
        line = field.lineEdit() if isinstance(field, QComboBox) else field
        assert line.isVisible(), f"nobody sees {field.accessibleName()}"
        QTest.mouseClick(line, Left)
        QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        write_letters(line, text)
        return line

    def type_into(self, field: QWidget, text: str) -> None:
        """Write into a field of one line or of several, and enter it."""
        line = self.write(field, text)
        is_line = isinstance(line, QLineEdit)
        QTest.keyClick(line, Qt.Key.Key_Return, Nothing if is_line else Qt.KeyboardModifier.ControlModifier)

    def choose(self, combo: QComboBox, value: Any) -> None:
        """Open the list of a combo box and go down to a stored value."""
        self._choose(combo, value, Qt.ItemDataRole.UserRole)

    def choose_text(self, combo: QComboBox, text: str) -> None:
        """The same by what the list shows."""
        self._choose(combo, text, Qt.ItemDataRole.DisplayRole)

    def _choose(self, combo: QComboBox, value: Any, role: Qt.ItemDataRole) -> None:
        assert combo.isEnabled(), f"{combo.accessibleName()} is disabled"
        assert combo.isVisible(), f"nobody sees {combo.accessibleName()}"
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        view = combo.view()
        self.wait(view.isVisible)
        QTest.keyClick(view, Qt.Key.Key_Home)
        for _ in range(combo.count()):
            if view.currentIndex().data(role) == value:
                break
            QTest.keyClick(view, Qt.Key.Key_Down)
        assert view.currentIndex().data(role) == value, f"{value!r} is not offered"
        QTest.keyClick(view, Qt.Key.Key_Return)
        self.wait(lambda: not view.isVisible())
        self.come_back()

    def pick(self, picker: Picker, text: str) -> None:
        """Type a part of a name and take the first that is listed."""
        QTest.mouseClick(picker, Left)
        QTest.keyClicks(picker, text)
        popup = picker.completer().popup()
        self.wait(lambda: popup.isVisible() and popup.model().rowCount() > 0)
        QTest.keyClick(popup, Qt.Key.Key_Down)
        QTest.keyClick(popup, Qt.Key.Key_Return)
        self.wait(lambda: picker.text() == "")
        self.come_back()

    def choose_row(self, rows: RowList, text: str) -> None:
        """Click the first row of a list whose first column begins so."""
        model = rows.view.model()
        row = next(r for r in range(model.rowCount()) if str(model.index(r, 0).data()).startswith(text))
        self.click_index(rows.view, model.index(row, 0))

    def click_index(self, view: Any, index: QModelIndex) -> None:
        """Click an item of a list or tree."""
        assert view.isVisible(), f"nobody sees {view.accessibleName()}"
        view.scrollTo(index)
        rect = view.visualRect(index)
        QTest.mouseClick(view.viewport(), Left, Nothing, QPoint(rect.left() + rect.width() // 2, rect.center().y()))

    # -- dialogs --------------------------------------------------------------------------------------------------

    def during_dialog[D: QDialog](self, kind: type[D], act: Callable[[D], None]) -> Callable[[], None]:
        """Do something in a modal dialog as soon as it stands; call the result afterwards to know that it was done."""
        failures: list[BaseException] = []
        done: list[bool] = []

        def look() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, kind):
                QTimer.singleShot(POLL_MS, look)
                return
            try:
                act(dialog)
            except BaseException as error:  # noqa: BLE001 - a slot must not raise: the test hears of it below
                failures.append(error)
                dialog.reject()
            done.append(True)

        def check() -> None:
            self.come_back()
            if failures:
                raise failures[0]
            assert done, "the dialog never came"

        QTimer.singleShot(0, look)
        return check

    def button(self, inside: QWidget, text: str) -> QPushButton:
        """The push button named so."""
        return next(b for b in inside.findChildren(QPushButton) if _bare(b.text()) == text)

    def said(self) -> list[str]:
        """The message lines that stand, but for the word that a save went well."""
        return [line.text for line in self.window.messages.lines() if not line.text.startswith("Saved")]


def write_letters(line: QWidget, text: str) -> None:
    """Plain letters by keys, all others as an input method commits them."""
    for is_plain, letters in groupby(text, str.isascii):
        if is_plain:
            QTest.keyClicks(line, "".join(letters))
        else:
            event = QInputMethodEvent()
            event.setCommitString("".join(letters))
            QApplication.sendEvent(line, event)


def _bare(text: str) -> str:
    return text.replace("&", "").rstrip("…")
