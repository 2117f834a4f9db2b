"""A painter that fills the outlines of letters in place of text, for programs and printers that have no fonts."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from viewer.canvas.labels.fonts import letters_path


class LettersAsShapes(QPainter):
    """Paints all that is painted with it as any painter does, but letters as shapes, each line one shape."""

    def drawText(self, *arguments: Any) -> None:  # type: ignore[override]
        """Fill the letters of a line `arguments[-1]` at a baseline, or in a box with an alignment as Qt has them."""
        place, line, chosen = arguments[0], str(arguments[-1]), self.font()
        if self.pen().color().alpha() == 0:
            return  # words that only search finds
        if isinstance(place, QRectF):
            metrics = QFontMetricsF(chosen)
            corner = metrics.boundingRect(place, int(arguments[1]), line).topLeft()
            place = corner + QPointF(0.0, metrics.ascent())
        self.fillPath(letters_path(place, chosen, line), self.pen().brush())
