"""The Tools menu, and rows for the tools that stand in other menus."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.case.session import Session
from viewer.app.toolbox import Toolbox


class ToolMenu(CaseMenu):
    """A menu in which tools can be taken."""

    def __init__(self, session: Session, toolbox: Toolbox, parent: QObject) -> None:
        super().__init__(session, parent)
        self.toolbox = toolbox


def tool_action(id_: str, text: Any, shortcut: str, icon: str, **more: Any) -> Action:
    """The row of a tool: one of all tools is checked, whichever menus they stand in."""
    run = partial(_take, id_=id_)
    return Action(id_, text, run, shortcut, icon, check="tool", offered=has_case, **more)


def _take(menu: ToolMenu, _checked: bool, id_: str) -> None:
    menu.toolbox.take(id_)


class ToolsMenu(ToolMenu):
    """Tools that look and measure, and the one that selects sites."""

    def keep_measurement(self) -> None:
        self.toolbox.keep_measurement()

    def can_keep_measurement(self) -> bool:
        return self.toolbox.can_keep_measurement

    id = "tools"
    title = QT_TRANSLATE_NOOP("Actions", "&Tools")
    actions = (
        tool_action("tool_pan", QT_TRANSLATE_NOOP("Actions", "&Pan"), "H", "pan", toolbar=True, breaks=True),
        tool_action("tool_select", QT_TRANSLATE_NOOP("Actions", "&Select and Move"), "V", "select", toolbar=True),
        tool_action("tool_lasso_sites", QT_TRANSLATE_NOOP("Actions", "Select Sites by &Lasso"), "Shift+V", "lasso"),
        tool_action("tool_box_zoom", QT_TRANSLATE_NOOP("Actions", "&Zoom to a Box"), "Z", "box_zoom", toolbar=True),
        tool_action("tool_measure", QT_TRANSLATE_NOOP("Actions", "&Measure"), "M", "measure", toolbar=True),
        Action(
            "keep_measurement",
            QT_TRANSLATE_NOOP("Actions", "&Keep the Measurement"),
            keep_measurement,
            offered=can_keep_measurement,
            tip=QT_TRANSLATE_NOOP("Actions", "Make a mark of what was measured: Enter on the map does the same"),
        ),
    )
