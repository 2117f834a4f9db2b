"""The base class of map tools: handlers for mouse and keyboard, and a hint on what they do now."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import GeoloupeError
from layers.geo.crs import is_off_earth
from layers.grid.tile_grid import View
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.widget import MapCanvas
from viewer.support.language.translation import translate


class ToolContext(Struct, frozen=True):
    """Means of all tools: the canvas, edits and messages.

    `push` applies an edit as one undo step; False where it was refused, after a message. `message` shows a sentence.
    """

    canvas: MapCanvas
    push: Callable[[Edit], bool]
    message: Callable[[str], None]
    named: Callable[[], str] = lambda: ""
    """Returns the name that goes into the stamps of rows; empty for nobody named."""
    layer: Callable[[], str] = lambda: ""
    """Uuid of the current layer; empty without one."""

    @property
    def actor(self) -> str:
        """The name that goes into the stamps of rows now."""
        return self.named()

    @property
    def document(self) -> Document:
        """The document on the canvas now: another case may be opened while a tool lives."""
        return self.canvas.scene.document


class Tool(QObject):
    """Handlers that do nothing; a tool overrides those it uses. The canvas distinguishes clicks from drags.

    `drag_start` gets the place where the button was pressed. Coordinates off the map are NaN: tools ignore them.
    """

    hint_changed = Signal()
    name = ""
    cursor = Qt.CursorShape.ArrowCursor
    has_crosshair = False
    """True where the tool marks the middle of the map, for work with the keyboard alone."""
    takes_shift = False
    """True where a drag with Shift goes to the tool, and is not a box to zoom into."""

    def __init__(self, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = context

    @property
    def hint(self) -> str:
        """The sentence for the status bar that says what can be done now. Every tool has one."""
        raise NotImplementedError

    @property
    def own_keys(self) -> frozenset[int]:
        """Keys that the tool handles itself, with precedence over the window's shortcuts."""
        return frozenset()

    @property
    def can_snap(self) -> bool:
        """True while Control makes the pointer snap to vertices and edges."""
        return False

    @property
    def can_step_back(self) -> bool:
        """True while unfinished places are set: undo removes the last of them, and nothing of the case."""
        return False

    def step_back(self) -> None:
        """Remove the place that was set last."""

    @property
    def in_hand(self) -> frozenset[str]:
        """The marks that are being changed: the pointer does not snap to them."""
        return frozenset()

    def snaps_from(self, event: PointerEvent) -> tuple[float, float] | None:
        """Pixel around which to look for a snap; None for no snapping."""
        return (event.px, event.py) if self.can_snap else None

    @property
    def canvas(self) -> MapCanvas:
        return self.context.canvas

    @property
    def off_earth(self) -> str:
        """The reason why nothing can be drawn or measured now; empty on a map of the Earth."""
        if not is_off_earth(self.canvas.viewport.crs):
            return ""
        return translate(
            "Tool", "This image has no place on Earth: nothing can be drawn or measured on it until it has a CRS."
        )

    def leaves(self, event: PointerEvent) -> bool:
        """True where the tool has no use for a drag, which may then move a part of the picture, such as a magnifier."""
        return False

    def activate(self) -> None:
        pass

    def deactivate(self) -> None:
        self.cancel()

    def layer_changed(self) -> None:
        """Take note of another current layer."""

    def hover(self, event: PointerEvent) -> None:
        pass

    def click(self, event: PointerEvent) -> None:
        pass

    def double_click(self, event: PointerEvent) -> None:
        pass

    def drag_start(self, event: PointerEvent) -> None:
        pass

    def drag_move(self, event: PointerEvent) -> None:
        pass

    def drag_end(self, event: PointerEvent) -> None:
        pass

    def cancel(self) -> None:
        """Cancel unfinished work."""

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Handle a key; True where it has a meaning for the tool."""
        return False

    def paint(self, painter: QPainter, view: View) -> None:
        """Paint above the map, in the view's pixels."""

    def push(self, make: Callable[[], Edit]) -> bool:
        """Build an edit and push it. False where nothing was changed; the reason is shown in one sentence."""
        try:
            edit = make()
        except GeoloupeError as error:
            self.context.message(error.sentence)
            return False
        return bool(edit.changes) and self.context.push(edit)

    def changed(self) -> None:
        """Update hint and preview."""
        self.hint_changed.emit()
        self.canvas.update()


class SiteTool(Tool):
    """A tool that changes the selected sites, and is notified when the selection changes."""

    def activate(self) -> None:
        self.canvas.selection.changed.connect(self.selection_changed)

    def deactivate(self) -> None:
        self.canvas.selection.changed.disconnect(self.selection_changed)
        self.cancel()

    def selection_changed(self) -> None:
        raise NotImplementedError

    @property
    def in_hand(self) -> frozenset[str]:
        return self.canvas.selection.uuids
