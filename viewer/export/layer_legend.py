"""The vector layers in a legend: each with its classes, those only that are inside the frame."""

from __future__ import annotations

import numpy as np

from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.export.legend import LegendRow
from viewer.rendering.vector.vector_drawing import VectorDrawing


def layer_rows(scene: MapScene, view: View) -> list[LegendRow]:
    """The topmost layer first; of one that is not read yet all classes, without a number."""
    rows: list[LegendRow] = []
    for uuid in scene.shown_in(view):
        drawing = scene.drawings[uuid]
        if isinstance(drawing, VectorDrawing) and drawing.info is not None and drawing.symbology.scale_at(view):
            rows += _rows_of(drawing, view)
    return rows


def _rows_of(drawing: VectorDrawing, view: View) -> list[LegendRow]:
    style, name = drawing.style, drawing.layer.name
    counts = _counts(drawing, view)
    if counts is not None and not counts:
        return []
    geometry = drawing.geometry
    if style.mode == "single":
        count = sum(counts.values()) if counts is not None else 0
        return [LegendRow(name, count=count, look=style.own_symbol, geometry=geometry)]
    rows = [LegendRow(name)]
    for index, one in enumerate(style.classes):
        count = counts.get(index, 0) if counts is not None else 0
        if one.shown and (counts is None or count):
            rows.append(LegendRow(one.title(style.mode), count=count, look=one.symbol, geometry=geometry))
    other = len(style.classes)
    if style.show_other and counts is not None and counts.get(other):
        rows.append(LegendRow(drawing.tr("Others"), count=counts[other], look=style.other_symbol, geometry=geometry))
    return rows if len(rows) > 1 else []


def _counts(drawing: VectorDrawing, view: View) -> dict[int, int] | None:
    """How many features of each class are in the frame; None until they are read."""
    content = drawing.content
    if not content.tables or content.tables[0].crs != view.grid.crs:
        return None
    counts: dict[int, int] = {}
    for table in content.tables:
        rows = content.rows_in(table, view.world_bounds())
        codes = content.codes_of(table, rows)
        each = [len(rows)] if codes is None else np.bincount(codes, minlength=len(content.symbols)).tolist()
        for index, count in enumerate(each):
            if count:
                counts[index] = counts.get(index, 0) + count
    return counts
