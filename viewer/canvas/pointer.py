"""Types that pass between canvas and tool: pointer events, handles on the picture, and the interface of a tool."""

from __future__ import annotations

import math
from typing import Any, Protocol

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from layers.grid.tile_grid import View


class PointerEvent(Struct, frozen=True):
    """A mouse event in picture pixels (device pixels), with the place under it; lon, lat are nan off the map."""

    px: float
    py: float
    lon: float
    lat: float
    button: Qt.MouseButton = Qt.MouseButton.LeftButton
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    is_snapped: bool = False
    """True where the place is that of a vertex or an edge near the pointer."""

    @property
    def on_map(self) -> bool:
        return math.isfinite(self.lon) and math.isfinite(self.lat)

    def has(self, modifier: Qt.KeyboardModifier) -> bool:
        return bool(self.modifiers & modifier)


class Handle(Protocol):
    """A part of the picture itself that can be dragged, such as the bar between two images, unseen by the tool."""

    is_inner: bool
    """True for the inside of a handle, such as a glass: clicks there go to the tool, as do drags that it wants."""

    @property
    def cursor(self) -> Qt.CursorShape: ...
    def drag_to(self, view: View, px: float, py: float) -> None: ...
    def let_go(self) -> None: ...
    def give_up(self) -> None: ...


class PointerTool(Protocol):
    """The interface of a tool as the canvas uses it; `viewer.tools.tool.Tool` is its base."""

    hint_changed: Any
    takes_shift: bool
    has_crosshair: bool

    @property
    def own_keys(self) -> frozenset[int]: ...
    @property
    def can_snap(self) -> bool: ...
    @property
    def in_hand(self) -> frozenset[str]: ...
    def leaves(self, event: PointerEvent) -> bool: ...
    def snaps_from(self, event: PointerEvent) -> tuple[float, float] | None: ...
    @property
    def hint(self) -> str: ...
    @property
    def cursor(self) -> Qt.CursorShape: ...
    def activate(self) -> None: ...
    def deactivate(self) -> None: ...
    def hover(self, event: PointerEvent) -> None: ...
    def click(self, event: PointerEvent) -> None: ...
    def double_click(self, event: PointerEvent) -> None: ...
    def drag_start(self, event: PointerEvent) -> None: ...
    def drag_move(self, event: PointerEvent) -> None: ...
    def drag_end(self, event: PointerEvent) -> None: ...
    def cancel(self) -> None: ...
    def key(self, key: int, modifiers: Qt.KeyboardModifier) -> bool: ...
    def paint(self, painter: QPainter, view: View) -> None: ...
