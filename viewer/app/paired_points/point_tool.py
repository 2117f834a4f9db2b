"""The tool that sets numbered points on a picture, in its pixels, or on a map, with mouse and keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QPainter

from layers.geo.crs import WGS84, transform_points
from layers.grid.tile_grid import View
from viewer.canvas.pointer import PointerEvent
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.rendering.world_copies import world_copies
from viewer.support.language.translation import translate
from viewer.tools.tool import Tool, ToolContext

type Position = tuple[float, float]
"""Column and row of a picture, or longitude and latitude of a map."""


class NumberedPoint(Protocol):
    """A numbered point as shown on a pane."""

    @property
    def number(self) -> int: ...

    @property
    def at(self) -> Position: ...


class PointVerbs(NamedTuple):
    """Actions on the points of a side, by the points' numbers."""

    place: Callable[[float, float], None]
    """Sets the next point at a position."""
    move: Callable[[int, float, float], None]
    choose: Callable[[int], None]
    remove: Callable[[], None]
    """Removes the chosen point."""


class PointWords(NamedTuple):
    """The sentences of a side."""

    hint: Callable[[], str]
    """Sentence on the possible actions now."""
    keys: str
    """Sentence on the keys of the canvas, for screen readers."""
    outside: str
    """Sentence on why no point can be set at a position."""


class PointSide[P: NumberedPoint](Struct, frozen=True):
    """One side of the pairs: a picture or a map, and the points on it."""

    scene: MapScene
    size: tuple[int, int] | None
    """Columns and rows of the picture; None for a map."""
    begin: Callable[[MapCanvas], None]
    """Moves a canvas to its first view."""
    words: PointWords
    verbs: PointVerbs
    points: Callable[[], Sequence[P]]
    """The points as they are now."""
    paint: Callable[[PointTool[P], QPainter, View], None]
    """Paints the points of the tool above the canvas."""
    reach_px: float
    """Logical pixels from a point within which a press takes it."""


def off_the_map() -> str:
    """The sentence for a position that has no longitude and latitude."""
    return translate("PointTool", "There is no place on the map there.")


class PointTool[P: NumberedPoint](Tool):
    """The tool of a side: a click, or Enter at the crosshair, sets a point.

    A drag moves the pressed point, and Delete removes the chosen one.
    """

    name = "paired points"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, context: ToolContext, side: PointSide[P], parent: QObject) -> None:
        super().__init__(context, parent)
        self.side = side
        self.points: Sequence[P] = ()
        self.dragged: P | None = None
        self.to: Position | None = None
        """Present position of the dragged point, once it has moved."""

    @property
    def hint(self) -> str:
        return self.side.words.hint()

    @property
    def own_keys(self) -> frozenset[int]:
        return frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete})

    def show(self) -> None:
        """Show the points of the side as they are now."""
        self.points = self.side.points()
        self.changed()

    def paint(self, painter: QPainter, view: View) -> None:
        self.side.paint(self, painter, view)

    # -- gestures -----------------------------------------------------------------------------------------------

    def click(self, event: PointerEvent) -> None:
        touched = self._touched(event)
        if touched is not None:
            self.side.verbs.choose(touched.number)
        else:
            self._set(self._position(event.px, event.py))

    def drag_start(self, event: PointerEvent) -> None:
        self.dragged = self._touched(event)

    def drag_move(self, event: PointerEvent) -> None:
        position = self._position(event.px, event.py)
        if self.dragged is not None and position is not None:
            self.to = position
            self.canvas.update()

    def drag_end(self, event: PointerEvent) -> None:
        self.drag_move(event)
        dragged, to = self.dragged, self.to
        self.cancel()
        if dragged is None:
            self.click(event)  # a hand that slips while it clicks still means the click
        elif to is not None:
            self.side.verbs.move(dragged.number, *to)

    def cancel(self) -> None:
        self.dragged = self.to = None
        self.canvas.update()

    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            width, height = self.canvas.viewport.size
            self._set(self._position(width / 2, height / 2))
        elif key == Qt.Key.Key_Delete:
            self.side.verbs.remove()
        else:
            return False
        return True

    # -- places -------------------------------------------------------------------------------------------------

    def pixels_of(self, view: View, position: Position) -> list[QPointF]:
        """Pixels of the view that show a position, also on wrapped copies of the world."""
        if self.side.size is not None:
            pixels = [view.to_pixel(position[0], -position[1])]
        else:
            x, y = (float(coordinate) for coordinate in transform_points(WGS84, view.grid.crs, *position))
            pixels = [world_view.to_pixel(x, y) for world_view in (view, *world_copies(view))]
        return [QPointF(*pixel) for pixel in pixels if all(map(math.isfinite, pixel))]

    def _set(self, position: Position | None) -> None:
        if position is not None:
            self.side.verbs.place(*position)
        else:
            self.context.message(self.side.words.outside)

    def _position(self, px: float, py: float) -> Position | None:
        """The position under a pixel of the view; None beside the picture, or off the map."""
        if self.side.size is None:
            lon, lat = self.canvas.viewport.lonlat(px, py)
            return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None
        x, y = self.canvas.viewport.view().to_world(px, py)
        return (x, -y) if 0 <= x <= self.side.size[0] and 0 <= -y <= self.side.size[1] else None

    def _touched(self, event: PointerEvent) -> P | None:
        view = self.canvas.viewport.view()
        ways = [
            (math.hypot(at.x() - event.px, at.y() - event.py), point)
            for point in self.points
            for at in self.pixels_of(view, point.at)
        ]
        distance, point = min(ways, key=lambda pair: pair[0], default=(math.inf, None))
        return point if distance <= self.side.reach_px * view.ratio else None
