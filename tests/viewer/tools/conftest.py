"""A canvas on the small case, with pushes that are applied and kept."""

from __future__ import annotations

import pytest
from msgspec import Struct, field
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from layers.document.edit import Edit
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, transform_points
from tests.viewer.canvas.conftest import canvas, context, make_scene
from viewer.canvas.widget import MapCanvas
from viewer.tools.tool import Tool, ToolContext

__all__ = ["canvas", "context", "make_scene"]

Left, Nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Desk(Struct):
    """The canvas, what was pushed and said, and a hand that knows longitudes and latitudes."""

    canvas: MapCanvas
    edits: list[Edit] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def sites(self):
        return self.canvas.scene.document.sites

    @property
    def context(self) -> ToolContext:
        return ToolContext(self.canvas, self._push, self.said.append, named=lambda: "Tester")

    def take(self, tool: Tool) -> Tool:
        tool.setParent(self.canvas)
        self.canvas.set_tool(tool)
        return tool

    def at(self, lon: float, lat: float) -> QPoint:
        x, y = transform_points(WGS84, self.canvas.viewport.crs, lon, lat)
        px, py = self.canvas.viewport.view().to_pixel(float(x), float(y))
        return QPoint(round(px), round(py))

    def click(self, lon: float, lat: float, modifiers: Qt.KeyboardModifier = Nothing) -> None:
        QTest.mouseClick(self.canvas, Left, modifiers, self.at(lon, lat))

    def double_click(self, lon: float, lat: float) -> None:
        """As a hand does: press, release, press again, release."""
        QTest.mouseClick(self.canvas, Left, Nothing, self.at(lon, lat))
        QTest.mouseDClick(self.canvas, Left, Nothing, self.at(lon, lat))

    def hover(self, lon: float, lat: float) -> None:
        QTest.mouseMove(self.canvas, self.at(lon, lat))

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], *, release: bool = True, modifiers=Nothing
    ) -> None:
        first, last = self.at(*start), self.at(*end)
        QTest.mousePress(self.canvas, Left, modifiers, first)
        for share in (0.25, 0.5, 1.0):
            QTest.mouseMove(self.canvas, first + QPoint(*(round(v * share) for v in (last - first).toTuple())))
        if release:
            self.release(end, modifiers)

    def release(self, place: tuple[float, float], modifiers: Qt.KeyboardModifier = Nothing) -> None:
        QTest.mouseRelease(self.canvas, Left, modifiers, self.at(*place))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Nothing) -> None:
        QTest.keyClick(self.canvas, key, modifiers)

    def degrees(self, pixels: float = 1.5) -> float:
        """What so many pixels are in degrees of longitude: how exact a hand can be."""
        return pixels * 360.0 * self.canvas.viewport.resolution / 40_075_016.7

    def _push(self, edit: Edit) -> bool:
        """As the session's `push_or_say`: a refusal is said, and nothing is changed."""
        try:
            self.canvas.scene.document.apply(edit)
        except GeoloupeError as error:
            self.said.append(error.sentence)
            return False
        self.edits.append(edit)
        return True


@pytest.fixture
def desk(canvas: MapCanvas) -> Desk:
    return Desk(canvas)
