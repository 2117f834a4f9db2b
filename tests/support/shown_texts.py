"""All that a window says: what its widgets tell, what is painted on it, what its menus hold."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QBuffer, QIODevice, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from viewer.panels.widgets.fold_section import FoldSection
from viewer.support.language.text import BREAK

_ROLE = Qt.ItemDataRole
_ROLES = (
    *(_ROLE.DisplayRole, _ROLE.ToolTipRole, _ROLE.StatusTipRole),
    *(_ROLE.AccessibleTextRole, _ROLE.AccessibleDescriptionRole),
)
_MOST_ROWS = 40
"""Of one list: the others are made in the same way."""
_OF_SVG = re.compile(r"<text[^>]*>([^<]*)")

type Shown = tuple[str, str]
"""A text, behind the widgets that show it, the innermost first; or one that is painted on them."""


def shown_on(top: QWidget) -> set[Shown]:
    """All texts of a window and its widgets, with all parts open; of what is painted that which no widget tells."""
    for part in top.findChildren(FoldSection):
        part.set_folded(False)
    QApplication.processEvents()
    told = {(_name(widget), text) for widget in (top, *top.findChildren(QWidget)) for text in _texts_of(widget)}
    whole = "\n".join(_on_one_line(text) for _, text in told)
    painted = {("painted", text) for text in painted_on(top) if _on_one_line(text).rstrip("… ") not in whole}
    return {(name, text) for name, text in told if text} | painted


def _on_one_line(text: str) -> str:
    return " ".join(text.replace(BREAK, "").split())


def painted_on(widget: QWidget) -> set[str]:
    """The texts that are painted on a widget: those of the map among them."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    widget.render(generator)
    del generator  # it writes its end
    return {html.unescape(text) for text in _OF_SVG.findall(buffer.data().toStdString())}


def in_menus(window: QMainWindow) -> set[Shown]:
    """Texts and tips of all that stands in the menus of a window."""
    found, waiting = set[Shown](), list(window.menuBar().actions())
    while waiting:
        action = waiting.pop()
        found |= {(action.objectName(), text) for text in _texts_of_action(action)}
        if (menu := action.menu()) is not None:
            menu.aboutToShow.emit()
            waiting += menu.actions()
    return found


def _name(widget: QWidget) -> str:
    kinds = [type(widget).__name__]
    while (parent := widget.parentWidget()) is not None and len(kinds) < 4:
        widget = parent
        kinds.append(type(widget).__name__)
    return " in ".join(kinds)


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.windowTitle())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    for action in widget.actions():
        yield from _texts_of_action(action)
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QGroupBox():
            yield widget.title()
        case QLineEdit():
            yield from (widget.placeholderText(), widget.text())
        case QPlainTextEdit() | QTextEdit():
            yield from (widget.placeholderText(), widget.toPlainText())
        case QAbstractSpinBox():
            yield from (widget.text(), widget.specialValueText())
        case QComboBox():
            yield from _texts_of_rows(widget.model())
        case QTabBar():
            for at in range(widget.count()):
                yield from (widget.tabText(at), widget.tabToolTip(at))
        case QHeaderView():
            pass  # its view tells them
        case QAbstractItemView() if widget.model() is not None:
            yield from _texts_of_rows(widget.model())


def _texts_of_action(action: QAction) -> tuple[str, ...]:
    return action.text(), action.toolTip(), action.statusTip()


def _texts_of_rows(model: QAbstractItemModel) -> Iterator[str]:
    is_list = isinstance(model, QAbstractListModel)  # whose number of columns is private
    columns = 1 if is_list else model.columnCount()
    for column in range(columns):
        for role in _ROLES:
            yield _text(model.headerData(column, Qt.Orientation.Horizontal, role))
    waiting = [QModelIndex()]
    while waiting:
        parent = waiting.pop()
        for row in range(min(model.rowCount(parent), _MOST_ROWS)):
            cells = [model.index(row, column, parent) for column in range(columns)]
            yield from (_text(model.data(cell, role)) for cell in cells for role in _ROLES)
            if not is_list:
                waiting.append(cells[0])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
