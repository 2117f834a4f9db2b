"""Sets the words of an SVG by Qt as shapes, for programs and printers that have no fonts."""

from __future__ import annotations

import re
from html import escape, unescape

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainterPath

from viewer.support.fonts import FALLBACKS, FAMILY

_TEXT = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_BOLD = 600
"""The weight from which the bold face is taken."""
_KEPT = ("fill", "fill-opacity")


def with_outlines(shapes: str) -> str:
    """The shapes with a path in place of each line of text; the words stay as its label."""
    return _TEXT.sub(_outlined, shapes)


def _outlined(match: re.Match[str]) -> str:
    attributes, words = dict(_ATTRIBUTE.findall(match[1])), unescape(match[2])
    font = QFont([FAMILY, *FALLBACKS])
    font.setPixelSize(max(1, round(float(attributes["font-size"]))))
    font.setBold(float(attributes["font-weight"]) >= _BOLD)
    font.setItalic(attributes["font-style"] == "italic")
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addText(QPointF(float(attributes["x"]), float(attributes["y"])), font, words)
    kept = " ".join(f'{name}="{attributes[name]}"' for name in _KEPT if name in attributes)
    label = escape(words)
    return f'<path {kept} stroke="none" fill-rule="nonzero" role="img" aria-label="{label}" d="{_commands(path)}"/>'


def _commands(path: QPainterPath) -> str:
    """The outline as the commands of an SVG path."""
    commands, left = list[str](), 0
    for at in range(path.elementCount()):
        element = path.elementAt(at)
        if element.type is QPainterPath.ElementType.CurveToElement:
            left = 2
            commands.append(f"C{element.x:g} {element.y:g}")
        elif left:
            left -= 1
            commands.append(f" {element.x:g} {element.y:g}")
        else:
            letter = "M" if element.type is QPainterPath.ElementType.MoveToElement else "L"
            commands.append(f"{letter}{element.x:g} {element.y:g}")
    return "".join(commands)
