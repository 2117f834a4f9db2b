"""The letters on the map, and which scripts this machine cannot write."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontDatabase

from viewer.support.fonts import font


def map_font(size_px: float, *, bold: bool = False, italic: bool = False) -> QFont:
    """The font of labels and overlays, in picture pixels."""
    chosen = font(size_px, bold=bold)
    chosen.setItalic(italic)
    # A ligature in a PDF is one odd character: nobody would find "field" in it.
    chosen.setFeature(QFont.Tag("liga"), 0)
    return chosen


def missing_scripts() -> list[str]:
    """The scripts, of those our labels need, that no installed font can write."""
    system = QFontDatabase.WritingSystem
    needed = (
        (QCoreApplication.translate("fonts", "Latin"), system.Latin),
        (QCoreApplication.translate("fonts", "Cyrillic"), system.Cyrillic),
        (QCoreApplication.translate("fonts", "Chinese"), system.SimplifiedChinese),
    )
    return [name for name, script in needed if not QFontDatabase.families(script)]
