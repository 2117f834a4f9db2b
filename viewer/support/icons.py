"""Draws our line icons in the colour of the text beside them, and caches the pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from viewer.resources import icon_svg, resource_path
from viewer.support.painting import painting

SIZE_PX = 20


def line_icon(name: str, palette: QPalette) -> QIcon:
    """The icon `name` for surfaces painted with `palette`: normal, disabled, selected. Raises FileNotFoundError."""
    icon = QIcon()
    text = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText)
    faint = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    chosen = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
    for ratio in {1.0, *(screen.devicePixelRatio() for screen in QGuiApplication.screens())}:
        drawn = line_pixmap(name, text, SIZE_PX, ratio)
        icon.addPixmap(drawn, QIcon.Mode.Normal)
        # Qt would mix one of its own for the last: what is selected has a tint for its ground
        for mode, color in ((QIcon.Mode.Disabled, faint), (QIcon.Mode.Selected, chosen)):
            key = f"line icon {name} {text.name()} {color.name()} {ratio}"
            icon.addPixmap(_from_cache(key, partial(_recolored, drawn, color)), mode)
    return icon


def line_pixmap(name: str, color: QColor, size_px: int = SIZE_PX, ratio: float = 1.0) -> QPixmap:
    """One picture of a line icon, `size_px` logical pixels wide."""

    def draw() -> QPixmap:
        return _draw(icon_svg(name).replace("currentColor", color.name()).encode(), size_px, ratio)

    return _from_cache(f"line icon {name} {color.name()} {size_px} {ratio}", draw)


def _from_cache(key: str, draw: Callable[[], QPixmap]) -> QPixmap:
    """Return the picture cached under a key, or draw and cache it. Copies share their pixels until painted on."""
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = draw()
        QPixmapCache.insert(key, pixmap)
    return pixmap


def _recolored(drawn: QPixmap, color: QColor) -> QPixmap:
    """Recolour a drawn line icon, which is a third of the work of drawing its lines again."""
    pixmap = drawn.copy()
    with painting(pixmap) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(QRectF(0, 0, pixmap.width(), pixmap.height()), color)
    return pixmap


def mark_pixmap(size_px: int, ratio: float = 1.0) -> QPixmap:
    """The program's mark."""
    return _draw(resource_path("mark.svg").read_bytes(), size_px, ratio)


def _draw(svg: bytes, size_px: int, ratio: float) -> QPixmap:
    edge = round(size_px * ratio)
    pixmap = QPixmap(edge, edge)
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, edge, edge))
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
