"""The state of a comparison on the screen: where its bar or glass is, and which frame is shown in turn or held."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal

from layers.document.comparison import ComparisonSpec
from layers.grid.tile_grid import View
from viewer.canvas.comparison.sides import Sides
from viewer.canvas.pointer import Handle
from viewer.canvas.scene import MapScene


class ComparedSides(QObject):
    """Holds the comparison that is shown, with bar and frame as the analyst moved them; `spec` is None without one."""

    bar_moved = Signal()
    """Emitted while the bar or the glass is dragged: `spec` holds its position."""
    bar_let_go = Signal()
    recomposed = Signal()
    """Emitted when the same frames are seen in other places."""

    def __init__(self, frames: Callable[[], list[MapScene]], parent: QObject) -> None:
        """`frames` gives the maps that are compared, or the map alone."""
        super().__init__(parent)
        self._frames = frames
        self.spec: ComparisonSpec | None = None
        """The comparison that is shown; None for the map."""
        self.word_boxes: Sequence[QRectF] = ()
        """Boxes of the words of the sides, as they were painted last."""
        self._phase, self._held = 0, -1
        self.glass_follows = False
        """True while the spyglass follows the pointer without being dragged."""

    def begin(self) -> None:
        """Begin with the first frame, and with none held."""
        self.word_boxes = ()
        self._phase, self._held = 0, -1

    # -- one frame at a time ------------------------------------------------------------------------------------

    @property
    def phase(self) -> int:
        """Number of the frame that is shown, in modes that show one at a time."""
        return self._held if self._held >= 0 else self._phase

    def show_phase(self, at: int) -> None:
        """Blink to another frame."""
        if self.spec is not None and at != self._phase:
            self._phase = at % len(self.spec.frames)
            self.recomposed.emit()

    def hold(self, at: int) -> None:
        """Show frame `at` alone, whatever the mode; a number below 0 ends that."""
        if self.spec is not None and at != self._held:
            self._held = min(at, len(self.spec.frames) - 1)
            self.recomposed.emit()

    @property
    def is_held(self) -> bool:
        return self._held >= 0

    # -- parts of the picture -----------------------------------------------------------------------------------

    def on(self, view: View) -> Sides | None:
        """The parts of a picture of this view; None where no comparison is shown."""
        return None if self.spec is None else Sides(self.spec, view.width, view.height)

    def move_bar(self, position: float, position_y: float) -> None:
        """Move the bar and emit `bar_moved`."""
        if self.spec is not None:
            moved = replace(self.spec, position=position, position_y=position_y)
            if moved != self.spec:
                self.spec = moved
                self.bar_moved.emit()
                self.recomposed.emit()

    def frame_at(self, view: View, px: float, py: float) -> int:
        """Number of the frame that is seen at a place of the picture."""
        sides = self.on(view)
        if sides is None or self._held >= 0:
            return max(0, self._held)
        if sides.spec.mode == "fade":
            return round(sides.spec.position * (len(sides.spec.frames) - 1))
        if sides.spec.mode == "difference":
            return 1
        return sides.frame_at(px, py, self._phase if sides.spec.mode == "blink" else 0)

    # -- under the pointer --------------------------------------------------------------------------------------

    def seen_at(self, view: View, px: float, py: float) -> list[MapScene]:
        spec, frames = self.spec, self._frames()
        if spec is None or spec.mode == "panes":
            return frames[:1]
        if spec.mode != "fade" or self._held >= 0:
            return [frames[self.frame_at(view, px, py)]]
        place = spec.position * (len(spec.frames) - 1)
        both = dict.fromkeys((round(place), math.floor(place), math.ceil(place)))
        return [frames[at] for at in both]

    def handle_at(self, view: View, px: float, py: float) -> Handle | None:
        sides = self.on(view)
        if sides is None or self._held >= 0 or self._is_following:
            return None
        is_rim = sides.has_handle_at(px, py, view.ratio)
        return _Bar(self, sides, px, py, is_inner=not is_rim) if is_rim or sides.is_in_glass(px, py) else None

    def follow_pointer(self, view: View, px: float, py: float) -> None:
        sides = self.on(view)
        if sides is not None and self._is_following:
            self.move_bar(*sides.position_for(px, py, QPointF()))

    @property
    def _is_following(self) -> bool:
        return self.glass_follows and self.spec is not None and self.spec.mode == "spyglass" and self._held < 0


class _Bar:
    """Drag of the bar, or of the glass."""

    def __init__(self, compared: ComparedSides, sides: Sides, px: float, py: float, *, is_inner: bool) -> None:
        self.is_inner = is_inner
        self._compared, self._grip = compared, sides.grip_of(px, py)
        self._began = sides.spec.position, sides.spec.position_y
        self._mode = sides.spec.mode

    @property
    def cursor(self) -> Qt.CursorShape:
        if self._mode == "spyglass":
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.SplitVCursor if self._mode == "swipe across" else Qt.CursorShape.SplitHCursor

    def drag_to(self, view: View, px: float, py: float) -> None:
        sides = self._compared.on(view)
        if sides is not None:
            self._compared.move_bar(*sides.position_for(px, py, self._grip))

    def let_go(self) -> None:
        self._compared.bar_let_go.emit()

    def give_up(self) -> None:
        self._compared.move_bar(*self._began)
