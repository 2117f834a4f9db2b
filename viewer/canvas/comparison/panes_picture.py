"""The picture of a comparison in panes: each frame by itself, the same ground in each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from layers.document.comparison import ComparisonSpec
from layers.grid.tile_grid import View
from viewer.canvas.comparison.side_words import paint_pane_words, words_of
from viewer.canvas.comparison.stretches import stretch_notes
from viewer.canvas.panes import paint_borders, pane_rects
from viewer.canvas.scene import BACKGROUND_COLOR, MapScene
from viewer.rendering.images import unpainted
from viewer.support.painting import painting


def panes_picture(spec: ComparisonSpec, scenes: Sequence[MapScene], view: View, size: tuple[int, int]) -> QImage:
    """Paint each frame into a pane of its own, with its dates; `view` is the view of each pane."""
    words = words_of(spec, scenes, stretch_notes(spec, scenes))
    image = unpainted(*size, opaque=True)
    image.fill(QColor(BACKGROUND_COLOR))
    rects = pane_rects(len(scenes), *size)
    with painting(image) as painter:
        for scene, (left, top, _, _), pane_words in zip(scenes, rects, words, strict=True):
            painter.save()
            painter.translate(left, top)
            scene.paint_map(painter, view)
            paint_pane_words(painter, view.width, view.height, pane_words, view.ratio)
            painter.restore()
        paint_borders(painter, [QRect(*rect) for rect in rects], view.ratio)
    return image
