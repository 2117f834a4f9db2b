"""A product: the map inside its frame, and what a reader needs to trust it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter

from layers.document.document import Document
from layers.errors import CannotBePlaced, ExportFailed
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds, world_bounds
from layers.grid.map_scale import LOGICAL_PIXEL_M
from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.export.credits import credit_lines, wrapped_lines
from viewer.export.furniture import PAPER, paint_furniture
from viewer.export.layout import Layout, Regions, regions
from viewer.export.legend import LegendRow, layer_rows, legend_rows
from viewer.export.processing import nudge_lines, processing_lines
from viewer.support.painting import painting
from viewer.support.text import plain

MERCATOR_LATITUDE = 85.0
MOST_TURNS = 3
"""Most times that the page is laid out anew: the frame's room depends on its content, until that is settled."""

FINER = 2
"""Times that a preview is painted larger than it is shown: small letters are read then."""


class Product:
    """One page, laid out for `bounds` (lon, lat). Ask the scene for `view`, and paint when it is complete.

    Raises ExportFailed where the page has no room for the map.
    """

    def __init__(self, layout: Layout, document: Document, scene: MapScene, bounds: Bounds) -> None:
        self.layout = layout
        self._scene = scene
        self.view = self._view_of(QRect(0, 0, layout.width, layout.height), bounds)
        for _turn in range(MOST_TURNS):
            in_frame = scene.sites_within(self.view, 0, 0, self.view.width, self.view.height)
            self.legend: list[LegendRow] = legend_rows(document, in_frame) if layout.legend else []
            self._site_rows = len(self.legend)
            self.legend += layer_rows(scene, self.view) if layout.legend else []
            lines = credit_lines(document, layout, self.view, scene.attributions(self.view), in_frame)
            lines += [*nudge_lines(scene, self.view), *processing_lines(scene, self.view)]
            self.credits = wrapped_lines(lines, layout.text_width, layout.ratio)
            self.regions: Regions = regions(layout, bool(self.legend), len(self.credits))
            before, self.view = self.view, self._view_of(self.regions.map, bounds)
            if self.view == before:
                break

    def _view_of(self, frame: QRect, bounds: Bounds) -> View:
        crs = self.layout.crs
        world = transform_bounds(WGS84, crs, _drawable(bounds, crs))
        view = View.of_bounds(crs, world, frame.width(), frame.height())
        if crs == WEB_MERCATOR and bounds.left >= -180 and bounds.right <= 180:
            view = inside_world(view)
        return replace(view, ratio=self.layout.ratio)

    def paint(self, painter: QPainter) -> None:
        """Paint the page at the painter's origin."""
        painter.fillRect(QRect(0, 0, self.layout.width, self.layout.height), PAPER)
        painter.save()
        frame = self.regions.map
        painter.setClipRect(frame)
        painter.translate(QPoint(frame.left(), frame.top()))
        self._scene.paint_map(painter, self.view)
        painter.restore()
        if self.layout.legend:  # more is known of the layers now
            self.legend = self.legend[: self._site_rows] + layer_rows(self._scene, self.view)
        paint_furniture(painter, self.layout, self.regions, self.view, self.legend, self.credits)

    def preview(self, width: int, height: int) -> QImage:
        """The page as `image` has it, with its labels where they are there, made smaller."""
        across, down = width * FINER, height * FINER
        picture = QImage(across, down, QImage.Format.Format_RGB32)
        with painting(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.scale(across / self.layout.width, down / self.layout.height)
            self.paint(painter)
        smooth = Qt.TransformationMode.SmoothTransformation
        return picture.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)

    def image(self) -> QImage:
        """The page as a picture that carries its resolution and, as text, what a cropped copy would lose."""
        picture = QImage(self.layout.width, self.layout.height, QImage.Format.Format_RGB32)
        if picture.isNull():
            raise ExportFailed("There is not enough memory for a picture of this size: choose a smaller one.")
        dots = round(self.layout.ratio / LOGICAL_PIXEL_M)
        picture.setDotsPerMeterX(dots)
        picture.setDotsPerMeterY(dots)
        with painting(picture) as painter:
            self.paint(painter)
        for key, text in (
            ("Title", self.layout.title),
            ("Description", self.layout.subtitle),
            ("Author", self.layout.author),
            ("Creation Time", self.layout.made_on),
            ("Copyright", " ".join(self.credits)),
            ("Marking", self.layout.marking or "none"),
            ("Processing", " ".join(processing_lines(self._scene, self.view, exactly=True)) or "none"),
            ("Extent", _extent_text(self.view)),
            ("Software", "Geoloupe"),
        ):
            picture.setText(key, plain(text))
        return picture


def _extent_text(view: View) -> str:
    try:
        extent = transform_bounds(view.grid.crs, WGS84, view.world_bounds())
    except CannotBePlaced:
        return "not a part of the Earth alone"
    return "W {:.5f} S {:.5f} E {:.5f} N {:.5f}".format(*extent)


def inside_world(view: View) -> View:
    """The view slid, by as little as it takes, so that no edge of it lies beyond the map; what is larger stays."""
    world, frame = world_bounds(view.grid.crs), view.world_bounds()
    dx = _slide(frame.left, frame.right, world.left, world.right)
    dy = _slide(frame.bottom, frame.top, world.bottom, world.top)
    grid = replace(view.grid, origin_x=view.grid.origin_x + dx, origin_y=view.grid.origin_y + dy)
    return replace(view, grid=grid)


def _slide(low: float, high: float, least: float, most: float) -> float:
    if high - low >= most - least:
        return 0.0
    return max(least - low, 0.0) + min(most - high, 0.0)


def _drawable(bounds: Bounds, crs: str) -> Bounds:
    if crs == WEB_MERCATOR:
        south, north = max(bounds.bottom, -MERCATOR_LATITUDE), min(bounds.top, MERCATOR_LATITUDE)
        return Bounds(bounds.left, south, bounds.right, north)
    return bounds
