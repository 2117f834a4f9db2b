"""A product: the map inside its frame, and what a reader needs to trust it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, crs_name, transform_bounds
from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.export.furniture import PAPER, paint_furniture, wrapped_lines
from viewer.export.layout import Layout, Regions, regions
from viewer.export.legend import LegendRow, legend_rows

MERCATOR_LATITUDE = 85.0


class Product:
    """One page, laid out for `bounds` (lon, lat). Ask the scene for `view`, and paint when it is complete."""

    def __init__(self, layout: Layout, document: Document, scene: MapScene, bounds: Bounds) -> None:
        self.layout = layout
        self._scene = scene
        self._legend: list[LegendRow] = legend_rows(document, bounds)
        fixed = self._fixed_lines(document, layout)
        attributions = scene.attributions(self._view_of(QRect(0, 0, layout.width, layout.height), bounds))
        width = layout.width - 28 * layout.ratio
        self._credits = wrapped_lines([*attributions, *fixed], width, layout.ratio)
        self.regions: Regions = regions(layout, len(self._legend), len(self._credits))
        self.view = self._view_of(self.regions.map, bounds)
        self._legend = legend_rows(document, _lonlat_of(self.view))

    def _view_of(self, frame: QRect, bounds: Bounds) -> View:
        world = transform_bounds(WGS84, self.layout.crs, _drawable(bounds, self.layout.crs))
        view = View.of_bounds(self.layout.crs, world, frame.width(), frame.height())
        return replace(view, ratio=self.layout.ratio)

    def _fixed_lines(self, document: Document, layout: Layout) -> list[str]:
        author = layout.author or "the analyst"
        lines = [f"Annotation: {author}, made with Geoloupe. Map CRS: {crs_name(layout.crs)}; coordinates WGS 84."]
        if document.claims:
            lines.append(
                "Claims are repeated as their sources report them; a symbol does not say that a claim is true."
            )
        return lines

    def paint(self, painter: QPainter) -> None:
        """Paint the page at the painter's origin."""
        painter.fillRect(QRect(0, 0, self.layout.width, self.layout.height), PAPER)
        painter.save()
        frame = self.regions.map
        painter.setClipRect(frame)
        painter.translate(QPoint(frame.left(), frame.top()))
        self._scene.paint_map(painter, self.view)
        painter.restore()
        paint_furniture(painter, self.layout, self.regions, self.view, self._legend, self._credits)

    def image(self) -> QImage:
        """The page as a picture that carries its own resolution, title and credits as text."""
        picture = QImage(self.layout.width, self.layout.height, QImage.Format.Format_RGB32)
        dots = round(96 * self.layout.ratio / 0.0254)
        picture.setDotsPerMeterX(dots)
        picture.setDotsPerMeterY(dots)
        painter = QPainter(picture)
        self.paint(painter)
        painter.end()
        picture.setText("Title", self.layout.title)
        picture.setText("Author", self.layout.author)
        picture.setText("Copyright", " ".join(self._credits))
        picture.setText("Marking", self.layout.marking or "none")
        return picture


def _drawable(bounds: Bounds, crs: str) -> Bounds:
    if crs == WEB_MERCATOR:
        south, north = max(bounds.bottom, -MERCATOR_LATITUDE), min(bounds.top, MERCATOR_LATITUDE)
        return Bounds(bounds.left, south, bounds.right, north)
    return bounds


def _lonlat_of(view: View) -> Bounds:
    return transform_bounds(view.grid.crs, WGS84, view.world_bounds())
