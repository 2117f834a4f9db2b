"""The tools of the map and which one is in hand."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from viewer.tools.box_zoom import BoxZoomTool
from viewer.tools.draw import DrawTool
from viewer.tools.edit_vertices import EditVerticesTool
from viewer.tools.identify import IdentifyTool
from viewer.tools.measure import MeasureTool
from viewer.tools.navigate import NavigateTool
from viewer.tools.select import SelectTool
from viewer.tools.select_features import LassoFeaturesTool, SelectFeaturesTool, WithinDistanceTool
from viewer.tools.tool import Tool, ToolContext

FIRST_TOOL = "tool_select"


class Toolbox(QObject):
    """Makes each tool when it is first taken; ids are those of the actions."""

    identified = Signal(object)
    """The list of FeatureHit that the Identify tool has found."""

    def __init__(self, context: ToolContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._makers: dict[str, Callable[[], Tool]] = {
            "tool_pan": lambda: NavigateTool(context, self),
            "tool_select": lambda: SelectTool(context, self),
            "tool_box_zoom": lambda: BoxZoomTool(context, self),
            "tool_measure": lambda: MeasureTool(context, self),
            "tool_point": lambda: DrawTool(context, "point", parent=self),
            "tool_line": lambda: DrawTool(context, "line", parent=self),
            "tool_polygon": lambda: DrawTool(context, "polygon", parent=self),
            "tool_edit_vertices": lambda: EditVerticesTool(context, self),
            "tool_identify": self._make_identify,
            "tool_select_features": lambda: SelectFeaturesTool(context, self),
            "tool_select_lasso": lambda: LassoFeaturesTool(context, self),
            "tool_select_within": lambda: WithinDistanceTool(context, self),
        }
        self._tools: dict[str, Tool] = {}

    @property
    def ids(self) -> list[str]:
        return list(self._makers)

    def _make_identify(self) -> Tool:
        tool = IdentifyTool(self._context, self)
        tool.identified.connect(self.identified)
        return tool

    def take(self, id_: str) -> None:
        """Hand the mouse to a tool, and the keys to the map."""
        if id_ not in self._tools:
            self._tools[id_] = self._makers[id_]()
        self._context.canvas.set_tool(self._tools[id_])
        self._context.canvas.setFocus()
