"""The symbols of sites as icons of lists, each painted once."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPainterPath, QPixmap

from layers.document.site import Site
from viewer.canvas.sites.site_symbol import paint_site_symbol, sample_of
from viewer.canvas.sites.site_symbology import fill_of, line_symbol, symbol_of
from viewer.support.painting import painting

ICON_SIZE = QSize(26, 20)
_RATIO = 2.0
_NIGHT = "#2c3a44"
"""Ground of lines and areas, about as dark as imagery."""
_MOST_ICONS = 500
"""Most icons that are kept: a case may give each site a colour of its own."""


class SiteIcons:
    """Icons of symbols; sites of equal symbols share one."""

    def __init__(self) -> None:
        self._icons: dict[Hashable, QIcon] = {}

    def icon(self, site: Site) -> QIcon:
        """The site's symbol as the legend shows it."""
        key: Hashable = sample_of(site), symbol_of(site)
        if site.kind != "point":
            key = sample_of(site), site.kind, line_symbol(site), fill_of(site).rgba()
        icon = self._icons.get(key)
        if icon is None:
            if len(self._icons) >= _MOST_ICONS:
                self._icons.clear()
            icon = self._icons[key] = _painted(site)
        return icon


def _painted(site: Site) -> QIcon:
    width, height = ICON_SIZE.width() * _RATIO, ICON_SIZE.height() * _RATIO
    image = QImage(round(width), round(height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        if site.kind != "point":
            # As in a product's legend: on a light list the white of a railway would be lost.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QPainterPath()
            ground.addRoundedRect(QRectF(0, 0, width, height).adjusted(0, _RATIO, 0, -_RATIO), 3 * _RATIO, 3 * _RATIO)
            painter.fillPath(ground, QColor(_NIGHT))
        paint_site_symbol(painter, site, width / 2, height / 2, _RATIO)
    image.setDevicePixelRatio(_RATIO)
    # In a chosen row the symbol keeps its colours: they say what it is.
    icon = QIcon(QPixmap.fromImage(image))
    icon.addPixmap(QPixmap.fromImage(image), QIcon.Mode.Selected)
    return icon
