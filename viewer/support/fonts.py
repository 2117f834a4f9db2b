"""Our own font, so that a map looks the same everywhere and has text on a machine without any."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from viewer.resources import resource_path

FAMILY = "Noto Sans"
FALLBACKS = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")
"""Families used for characters that ours lacks (above all Chinese), in this order."""


def load_fonts() -> None:
    """Register the shipped font with Qt; a repeated call is harmless. Needs a QGuiApplication."""
    if FAMILY in QFontDatabase.families():
        return
    folder = resource_path("fonts")
    for name in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        QFontDatabase.addApplicationFontFromData((folder / name).read_bytes())


def font(pixels: float, *, bold: bool = False) -> QFont:
    """The map's font in pixels, with fallbacks for Chinese."""
    chosen = QFont([FAMILY, *FALLBACKS])
    chosen.setPixelSize(max(1, round(pixels)))
    chosen.setBold(bold)
    chosen.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return chosen


def has_chinese() -> bool:
    """False where no installed font has Chinese characters: labels would show boxes."""
    return bool(QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese))
