"""The Tools menu, and rows for tools that other menus hold."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject

from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.case.session import Session
from viewer.tools.toolbox import Toolbox


class ToolMenu(CaseMenu):
    """A menu whose actions take tools in hand."""

    def __init__(self, session: Session, toolbox: Toolbox, parent: QObject) -> None:
        super().__init__(session, parent)
        self.toolbox = toolbox


def tool_action(id_: str, text: Any, shortcut: str, icon: str, **more: Any) -> Action:
    """Make the row of a tool. Exactly one tool is checked, whichever menu it stands in."""
    run = partial(_take, id_=id_)
    return Action(id_, text, run, shortcut, icon, check="tool", offered=has_case, **more)


def _take(menu: ToolMenu, _checked: bool, id_: str) -> None:
    menu.toolbox.take(id_)


MEASURE = QT_TRANSLATE_NOOP("Actions", "&Measure")
MEASURES = (
    tool_action(
        "tool_measure",
        QT_TRANSLATE_NOOP("Actions", "Measure a &Length"),
        "M",
        "measure",
        toolbar=True,
        submenu=MEASURE,
        tip=QT_TRANSLATE_NOOP("Actions", "Measure along places; an area where the last place is the first"),
    ),
    tool_action(
        "tool_measure_area", QT_TRANSLATE_NOOP("Actions", "Measure an &Area"), "Shift+M", "polygon", submenu=MEASURE
    ),
    tool_action(
        "tool_measure_perimeter", QT_TRANSLATE_NOOP("Actions", "Measure a &Perimeter"), "", "", submenu=MEASURE
    ),
    tool_action(
        "tool_measure_bearing",
        QT_TRANSLATE_NOOP("Actions", "Measure a &Bearing"),
        "",
        "",
        submenu=MEASURE,
        tip=QT_TRANSLATE_NOOP("Actions", "Measure a direction, clockwise from true north"),
    ),
    tool_action("tool_measure_radius", QT_TRANSLATE_NOOP("Actions", "Measure a &Radius"), "", "", submenu=MEASURE),
    tool_action("tool_measure_angle", QT_TRANSLATE_NOOP("Actions", "Measure an An&gle"), "", "", submenu=MEASURE),
    tool_action(
        "tool_measure_cross_track",
        QT_TRANSLATE_NOOP("Actions", "Measure a &Cross-Track Distance"),
        "",
        "",
        submenu=MEASURE,
        tip=QT_TRANSLATE_NOOP("Actions", "Measure how far a place lies beside a line"),
    ),
)
"""Rows of the measuring tools, in the order of the menu at their toolbar button."""


class ToolsMenu(ToolMenu):
    """Tools that navigate and measure, and the tool that selects sites."""

    id = "tools"
    actions = (
        tool_action("tool_pan", QT_TRANSLATE_NOOP("Actions", "P&an"), "H", "pan", toolbar=True, breaks=True),
        tool_action("tool_select", QT_TRANSLATE_NOOP("Actions", "Select and &Move"), "V", "select", toolbar=True),
        tool_action("tool_lasso_sites", QT_TRANSLATE_NOOP("Actions", "Select Sites by &Lasso"), "Shift+V", "lasso"),
        tool_action("tool_box_zoom", QT_TRANSLATE_NOOP("Actions", "&Zoom to a Box"), "Z", "box_zoom", toolbar=True),
        tool_action(
            "tool_nudge_layer",
            QT_TRANSLATE_NOOP("Actions", "&Nudge Layer"),
            "Shift+N",
            "nudge",
            tip=QT_TRANSLATE_NOOP("Actions", "Move the current layer to where it should lie; its file stays as it is"),
        ),
        *MEASURES,
        tool_action(
            "tool_shadow_height",
            QT_TRANSLATE_NOOP("Actions", "Height from a S&hadow"),
            "Shift+H",
            "shadow",
            tip=QT_TRANSLATE_NOOP("Actions", "Mark a shadow from the foot of an object to the shadow's tip"),
        ),
    )
