"""The toolbar buttons of the drawing tools: a double click, or the lock in their menu, keeps the tool.

Tools for shapes share one button, with a menu.
"""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton

from viewer.app.actions.action_table import ActionTable
from viewer.app.actions.site_menu import SHAPES
from viewer.app.actions.tools_menu import MEASURES
from viewer.tools.toolbox import Toolbox

DRAWING = ("tool_point", "tool_line", "tool_polygon")


class ToolButtons(QObject):
    """Shows the tool in hand: its action is checked, and its button shows whether the tool is kept."""

    def __init__(self, bar: QToolBar, actions: ActionTable, toolbox: Toolbox) -> None:
        super().__init__(bar)
        self._actions, self._toolbox = actions, toolbox
        self._buttons: dict[str, QToolButton] = {}
        for id_ in DRAWING:
            button = bar.widgetForAction(actions[id_])
            assert isinstance(button, QToolButton)
            self._buttons[id_] = button
            button.installEventFilter(self)
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(lambda at, id_=id_: self.menu_of(id_, at))
            button.setAccessibleDescription(self.tr("A double click, or Keep the Drawing Tool, keeps the tool active"))
        self._shapes = self._shape_button(bar)
        self._add_measures(bar)
        toolbox.taken.connect(self._show_taken)
        toolbox.kept_changed.connect(self._show_kept)

    def menu_of(self, id_: str, at: QPoint) -> QMenu:
        """Open the menu of a tool's button, with its lock."""
        button = self._buttons[id_]
        menu = QMenu(button)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        lock = menu.addAction(self.tr("Keep the Tool"))
        lock.setCheckable(True)
        lock.setChecked(self._is_kept(id_))
        lock.triggered.connect(lambda kept: self._toolbox.keep(id_) if kept else self._toolbox.set_kept(False))
        menu.popup(button.mapToGlobal(at))
        return menu

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick and isinstance(event, QMouseEvent):
            id_ = next((id_ for id_, button in self._buttons.items() if button is watched), "")
            if id_ and event.button() == Qt.MouseButton.LeftButton and self._actions[id_].isEnabled():
                self._toolbox.keep(id_)
        return False

    def _shape_button(self, bar: QToolBar) -> QToolButton:
        """Make the button of all tools for shapes: a click takes the shape used last, its menu any other."""
        button = QToolButton(bar)
        menu = QMenu(button)
        for spec in SHAPES:
            action = self._actions[spec.id]
            action.setIconVisibleInMenu(True)
            menu.addAction(action)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setObjectName("shapes")
        bar.insertWidget(self._actions["tool_edit_vertices"], button)
        self._show_shape(button, SHAPES[0].id)
        button.installEventFilter(self)
        return button

    def _add_measures(self, bar: QToolBar) -> None:
        """Add the menu of all measuring tools to the button of the first."""
        button = bar.widgetForAction(self._actions[MEASURES[0].id])
        assert isinstance(button, QToolButton)
        menu = QMenu(button)
        for spec in MEASURES:
            menu.addAction(self._actions[spec.id])
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setAccessibleDescription(self.tr("Alt+Down opens the menu of all that can be measured"))

    def _show_shape(self, button: QToolButton, id_: str) -> None:
        action = self._actions[id_]
        button.setDefaultAction(action)
        name = self.tr("Draw: {0}").format(action.text().replace("&", ""))
        button.setAccessibleName(name)
        button.setAccessibleDescription(self.tr("Alt+Down opens the menu of all shapes"))
        self._buttons = {key: other for key, other in self._buttons.items() if other is not button} | {id_: button}

    def _is_kept(self, id_: str) -> bool:
        return self._toolbox.is_kept and self._toolbox.in_hand == id_

    def _show_taken(self, id_: str) -> None:
        self._actions[id_].setChecked(True)
        if any(spec.id == id_ for spec in SHAPES):
            self._show_shape(self._shapes, id_)

    def _show_kept(self) -> None:
        for id_, button in self._buttons.items():
            button.setProperty("kept", self._is_kept(id_))
            button.style().unpolish(button)
            button.style().polish(button)
