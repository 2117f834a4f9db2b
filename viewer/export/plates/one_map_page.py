"""A page with one map and its furniture, as it was painted so far, for the formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from layers.grid.tile_grid import View
from viewer.canvas.scene import BACKGROUND_COLOR, MapScene
from viewer.export.furniture import PAPER, paint_furniture
from viewer.export.layout import Layout
from viewer.export.plates.printed import GroupKind, MapFrame, PaintedGroup, ProductWords
from viewer.export.processing import processing_lines
from viewer.export.product import Product

GROUND = PaintedGroup(GroupKind.GROUND, "Page")
IMAGERY = PaintedGroup(GroupKind.IMAGERY, "Imagery", 0)
MAP = PaintedGroup(GroupKind.MAP, "Layers", 0)
LABELS = PaintedGroup(GroupKind.LABELS, "Marks and labels", 0)
FURNITURE = PaintedGroup(GroupKind.FURNITURE, "Furniture")
BASE_DPI = 96
PICTURES = frozenset({"raster", "tiles"})


class OneMapPage:
    """A `Product` as a `Printed`."""

    pages = 1

    def __init__(self, product: Product, scene: MapScene, *, furniture: bool = True) -> None:
        self._product, self._scene, self._has_furniture = product, scene, furniture
        self._wanted: View | None = None

    @property
    def dpi(self) -> float:
        return self._product.layout.ratio * BASE_DPI

    @property
    def frames(self) -> Sequence[MapFrame]:
        frame, title = self._product.regions.map, self._product.layout.title
        return [MapFrame(0, QRectF(frame), self._product.view, title, _alt_text(self._product.layout))]

    @property
    def words(self) -> ProductWords:
        layout = self._product.layout
        return ProductWords(
            layout.title,
            layout.subtitle,
            layout.author,
            marking=layout.marking,
            credits=tuple(self._product.credits),
            alt_text=_alt_text(layout),
            made_on=layout.made_on,
            processing=" ".join(processing_lines(self._scene, self._product.view, exactly=True)),
        )

    def size_px(self, page: int) -> tuple[int, int]:
        return self._product.layout.width, self._product.layout.height

    def groups(self, page: int) -> Sequence[PaintedGroup]:
        return (GROUND, IMAGERY, MAP, LABELS, FURNITURE)

    def want(self, page: int, clip: QRect | None = None) -> None:
        _, self._wanted = self._part(clip)
        if self._wanted is not None:
            self._scene.set_view(self._wanted)

    def is_ready(self, page: int, clip: QRect | None = None) -> bool:
        _, view = self._part(clip)
        return view is None or self._scene.is_complete(view)

    def waits_for(self, page: int) -> list[str]:
        return self._scene.waits_for(self._product.view)

    def paint(self, painter: QPainter, page: int, clip: QRect | None = None, group: PaintedGroup | None = None) -> None:
        for one in self.groups(page):
            if group in (None, one):
                painter.save()
                self._paint(painter, clip, one)
                painter.restore()

    def _paint(self, painter: QPainter, clip: QRect | None, group: PaintedGroup) -> None:
        product, frame = self._product, self._product.regions.map
        if group.kind is GroupKind.GROUND:
            painter.fillRect(QRect(0, 0, *self.size_px(0)), PAPER)
        elif group.kind is GroupKind.FURNITURE:
            paint_furniture(painter, product.layout, product.regions, product.view, product.legend, product.credits)
        else:
            place, view = self._part(clip if group.kind is not GroupKind.LABELS else None)
            if view is None:
                return
            painter.setClipRect(frame, Qt.ClipOperation.IntersectClip)
            painter.translate(place)
            if group.kind is GroupKind.IMAGERY:
                painter.fillRect(0, 0, view.width, view.height, QColor(BACKGROUND_COLOR))
            kinds = self._kinds(view)[group.kind]
            if kinds:
                self._scene.stack.paint(painter, view, kinds)
            if group.kind is GroupKind.LABELS:
                self._scene.paint_marks(painter, view, frozenset(), True, False)

    def _kinds(self, view: View) -> dict[GroupKind, frozenset[str]]:
        """The kinds of layers of each group: pictures apart where none lies above a layer of features."""
        kinds = [layer.kind for layer in self._scene.stack.shown_on(view)]
        pictures = frozenset(kinds) & PICTURES
        first = next((at for at, kind in enumerate(kinds) if kind not in PICTURES), len(kinds))
        if any(kind in PICTURES for kind in kinds[first:]):
            pictures = frozenset()
        return {
            GroupKind.IMAGERY: pictures,
            GroupKind.MAP: frozenset(kinds) - pictures,
            GroupKind.LABELS: frozenset(),
        }

    def _part(self, clip: QRect | None) -> tuple[QPoint, View | None]:
        """The part of the map that a clip meets: where it begins on the page, and its view."""
        frame, view = self._product.regions.map, self._product.view
        part = frame if clip is None else frame & clip
        if part.isEmpty():
            return part.topLeft(), None
        left, top = view.left + part.left() - frame.left(), view.top + part.top() - frame.top()
        return part.topLeft(), replace(view, left=left, top=top, width=part.width(), height=part.height())


def _alt_text(layout: Layout) -> str:
    return f"Map: {layout.title or 'without a title'}." + (f" {layout.subtitle}" if layout.subtitle else "")
