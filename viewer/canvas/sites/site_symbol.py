"""One site as a legend shows it."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QPainter

from layers.document.site import Site
from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.sites.site_painter import paint_lines
from viewer.canvas.sites.site_symbol_painter import SYMBOL_RADIUS_PX, SiteSymbolPainter
from viewer.canvas.sites.site_symbology import fill_of, line_symbol, symbol_of
from viewer.rendering.vector.qt_shapes import path_of

_LEGEND_RADIUS_PX = 9.0


def paint_site_symbol(painter: QPainter, site: Site, x: float, y: float, ratio: float) -> None:
    """The site's symbol centred at (x, y): a point's sign (hollow where its error says so), a short line, a polygon.

    18 logical pixels high and, for lines and polygons, 24 wide; `ratio` is picture pixels a logical pixel.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, y)
    painter.scale(ratio, ratio)
    if site.kind == "point":
        small = _LEGEND_RADIUS_PX / SYMBOL_RADIUS_PX
        painter.scale(small, small)
        SiteSymbolPainter().paint_shapes(painter, symbol_of(site), [(0.0, 0.0)], 1.0)
    else:
        _paint_sample(painter, site)
    painter.restore()


def _paint_sample(painter: QPainter, site: Site) -> None:
    if site.kind == "line":
        ring = np.array([(-10.0, 2.5), (-3.0, -2.5), (3.0, 2.5), (10.0, -2.5)])
    else:
        ring = np.array([(-9.5, 5.5), (-7.5, -4.5), (4.0, -6.5), (9.5, 0.0), (6.0, 6.5), (-9.5, 5.5)])
        painter.fillPath(path_of((ring,)), fill_of(site))
    around = View(TileGrid("EPSG:3857", 1.0), -100, -100, 200, 200)
    paint_lines(painter, around, [ring], line_symbol(site), selected=False)
