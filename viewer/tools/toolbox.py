"""The tools of the map, and the one in hand: the tool that gets the mouse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, Signal

from layers.document.mark_template import MarkTemplate
from layers.document.marks.measurement import QUANTITIES
from viewer.canvas.pointer import PointerEvent
from viewer.tools.count import CountTool
from viewer.tools.dragged_box import BoxZoomTool
from viewer.tools.draw import DrawTool
from viewer.tools.draw_areas import CircleTool, RangeRingTool, RectangleTool, TurnedRectangleTool
from viewer.tools.draw_shape import ShapeTool
from viewer.tools.draw_strokes import ArrowTool, FreehandTool
from viewer.tools.draw_words import CalloutTool, NumberTool, TextTool
from viewer.tools.edit_vertices import EditVerticesTool
from viewer.tools.identify import IdentifyTool
from viewer.tools.lasso_sites import LassoSitesTool
from viewer.tools.measure import MeasureTool, tool_id
from viewer.tools.navigate import NavigateTool
from viewer.tools.select import SelectTool
from viewer.tools.select_features import LassoFeaturesTool, SelectFeaturesTool, WithinDistanceTool
from viewer.tools.tool import Tool, ToolContext

FIRST_TOOL = "tool_select"
SHAPE_TOOLS: tuple[type[ShapeTool], ...] = (
    RectangleTool,
    TurnedRectangleTool,
    CircleTool,
    RangeRingTool,
    FreehandTool,
    ArrowTool,
    TextTool,
    CalloutTool,
    NumberTool,
)
"""Tools for marks with a shape; the id of each is that of its action, after "tool_"."""


class Toolbox(QObject):
    """Makes each tool when it is first taken; ids are those of the actions.

    A drawing tool makes one mark and hands back to the first tool, unless it is kept.
    """

    identified = Signal(object, object)
    """The list of FeatureHit that the Identify tool has found."""
    taken = Signal(str)
    """The id of the tool that is in hand now."""
    kept_changed = Signal()
    drawn = Signal(str)
    """The uuid of a site that was just drawn."""
    measured = Signal(str)
    """The uuid of a measurement that was just kept: its tool stays in hand, and the keys with the map."""
    ticked = Signal(float, float)
    """The longitude and latitude of a tick of a count."""
    tick_taken_back = Signal()
    count_stepped = Signal(int)
    """1 to count on the next image, -1 on the one before."""
    nothing_given_up = Signal()
    """Esc was pressed with the first tool in hand and nothing unfinished."""
    steps_changed = Signal()
    """`can_step_back` has changed."""

    def __init__(self, context: ToolContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._makers: dict[str, Callable[[], Tool]] = {
            "tool_pan": lambda: NavigateTool(context, self),
            "tool_select": lambda: SelectTool(context, self),
            "tool_box_zoom": lambda: BoxZoomTool(context, self),
            **{tool_id(quantity): partial(self._make_measure, quantity) for quantity in QUANTITIES},
            "tool_point": lambda: self._make_draw("tool_point", DrawTool(context, "point", parent=self)),
            "tool_line": lambda: self._make_draw("tool_line", DrawTool(context, "line", parent=self)),
            "tool_polygon": lambda: self._make_draw("tool_polygon", DrawTool(context, "polygon", parent=self)),
            **{f"tool_{kind.id}": partial(self._make_shape, kind) for kind in SHAPE_TOOLS},
            "tool_shadow_height": self._make_shadow,
            "tool_count": self._make_count,
            "tool_nudge_layer": self._make_nudge,
            "tool_edit_vertices": lambda: EditVerticesTool(context, self),
            "tool_identify": self._make_identify,
            "tool_select_features": lambda: SelectFeaturesTool(context, self),
            "tool_lasso_sites": lambda: LassoSitesTool(context, self),
            "tool_select_lasso": lambda: LassoFeaturesTool(context, self),
            "tool_select_within": lambda: WithinDistanceTool(context, self),
        }
        self._tools: dict[str, Tool] = {}
        self._in_hand = ""
        self._is_kept = False
        self._could = False
        context.canvas.tool_given_up.connect(self.give_up)
        context.canvas.hint_changed.connect(self._look_at_steps)

    @property
    def ids(self) -> list[str]:
        return list(self._makers)

    @property
    def in_hand(self) -> str:
        """The id of the tool that has the mouse."""
        return self._in_hand

    @property
    def can_keep(self) -> bool:
        """True while a drawing tool is in hand; others, also measuring ones, stay in hand anyway."""
        tool = self._tools.get(self._in_hand)
        return isinstance(tool, DrawTool) and not isinstance(tool, MeasureTool)

    @property
    def is_kept(self) -> bool:
        """True where the drawing tool in hand stays there after each mark."""
        return self._is_kept

    def take_template(self, template: MarkTemplate) -> None:
        """Take the tool that draws marks of a template."""
        self.take(f"tool_{template.geometry}", template)

    def take(self, id_: str, template: MarkTemplate | None = None) -> None:
        """Hand the mouse to a tool, and the keys to the map."""
        if id_ != self._in_hand:
            self._set_kept(False)
        self._in_hand = id_
        tool = self._tool(id_)
        if isinstance(tool, DrawTool):
            tool.set_template(template)
        self._context.canvas.set_tool(tool)
        self._context.canvas.setFocus()
        self.taken.emit(id_)

    def keep(self, id_: str) -> None:
        """Take a tool, and keep it in hand after each mark where it is one that draws."""
        self.take(id_)
        self._set_kept(self.can_keep)

    def set_kept(self, kept: bool) -> None:
        """Keep the tool in hand after each mark, or let it go after the next one."""
        self._set_kept(kept and self.can_keep)

    def give_up(self) -> None:
        """Return to the first tool."""
        had_none = self._in_hand == FIRST_TOOL
        self.take(FIRST_TOOL)
        if had_none:
            self.nothing_given_up.emit()

    @property
    def can_step_back(self) -> bool:
        """True while the tool in hand has set places that are no mark yet."""
        tool = self._tools.get(self._in_hand)
        return tool is not None and tool.can_step_back

    def step_back(self) -> bool:
        """Give up a drag under way, or take back the place that was set last; False where there is neither."""
        if self._context.canvas.gestures.give_up_drag():
            return True
        if not self.can_step_back:
            return False
        self._tools[self._in_hand].step_back()
        return True

    def layer_changed(self) -> None:
        """Tell the tool in hand that another layer of the tree is current."""
        if tool := self._tools.get(self._in_hand):
            tool.layer_changed()

    def begin_anew(self) -> None:
        """Cancel all unfinished work and return to the first tool, as another case is on the map."""
        for tool in self._tools.values():
            tool.cancel()
        if self._in_hand != FIRST_TOOL:
            self.give_up()

    def identify_at(self, event: PointerEvent) -> None:
        """Identify the features at a place without taking the tool in hand."""
        self._tool("tool_identify").click(event)

    def mark_at(self, event: PointerEvent) -> None:
        """Mark a point at a place without taking the tool in hand."""
        self._tool("tool_point").click(replace(event, button=Qt.MouseButton.LeftButton))

    def _tool(self, id_: str) -> Tool:
        if id_ not in self._tools:
            self._tools[id_] = self._makers[id_]()
        return self._tools[id_]

    def _set_kept(self, kept: bool) -> None:
        if kept != self._is_kept:
            self._is_kept = kept
            tool = self._tools.get(self._in_hand)
            if isinstance(tool, DrawTool):
                tool.set_kept(kept)
            self.kept_changed.emit()

    def _look_at_steps(self) -> None:
        if self.can_step_back != self._could:
            self._could = self.can_step_back
            self.steps_changed.emit()

    def _make_draw(self, id_: str, tool: DrawTool) -> Tool:
        tool.drawn.connect(partial(self._drawn, id_))
        return tool

    def _make_shape(self, kind: type[ShapeTool]) -> Tool:
        return self._make_draw(f"tool_{kind.id}", kind(self._context, parent=self))

    def _make_shadow(self) -> Tool:
        from viewer.tools.draw_shadow import ShadowTool  # for start-up time: it brings the sun's places along

        return self._make_shape(ShadowTool)

    def say_count(self, words: str, number: int) -> None:
        """Tell the counting tool what is counted where, and how many ticks there are; empty words for nothing."""
        tool = self._tool("tool_count")
        assert isinstance(tool, CountTool)
        tool.say(words, number)

    def _make_count(self) -> Tool:
        tool = CountTool(self._context, self)
        tool.ticked.connect(self.ticked)
        tool.taken_back.connect(self.tick_taken_back)
        tool.stepped.connect(self.count_stepped)
        return tool

    def _make_nudge(self) -> Tool:
        from viewer.tools.nudge_layer import NudgeLayerTool  # for start-up time: it is rarely taken

        return NudgeLayerTool(self._context, self)

    def _make_measure(self, quantity: str) -> Tool:
        tool = MeasureTool(self._context, quantity, self)
        tool.drawn.connect(self.measured)
        return tool

    def _make_identify(self) -> Tool:
        tool = IdentifyTool(self._context, self)
        tool.identified.connect(self.identified)
        return tool

    def _drawn(self, id_: str, uuid: str) -> None:
        if id_ == self._in_hand and not self._is_kept:
            self.give_up()
        self.drawn.emit(uuid)
