"""Our own fonts, so that a map looks the same everywhere and has text on a machine without any."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from viewer.resources import resource_path

FAMILY, CHINESE = "Noto Sans", "Noto Sans SC"
"""The shipped families: for Latin, Greek and Cyrillic, and for Chinese."""
FALLBACKS = (CHINESE, "DejaVu Sans", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")
"""Families used for characters that the first lacks, in this order: the shipped one before those of a machine."""
_FILES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf", "NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf")


def load_fonts() -> None:
    """Register the shipped fonts with Qt; a repeated call is harmless. Needs a QGuiApplication."""
    if {FAMILY, CHINESE} <= set(QFontDatabase.families()):
        return
    folder = resource_path("fonts")
    for name in _FILES:
        QFontDatabase.addApplicationFont(str(folder / name))  # by name: 16 MB are not read, only what is drawn


def font_file(family: str, *, bold: bool) -> Path:
    """The file of a shipped family."""
    at = 2 * (FAMILY, CHINESE).index(family) + bold
    return Path(str(resource_path("fonts"))) / _FILES[at]


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
