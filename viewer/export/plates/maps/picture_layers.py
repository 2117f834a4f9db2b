"""The lowest layers of a map that are printed as pixels: images, and features too many to be shapes in a file."""

from __future__ import annotations

from layers.document.layer import Layer
from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.rendering.vector.vector_drawing import VectorDrawing

MOST_SHAPE_POINTS = 50_000
"""Most corners in view of a layer that is shapes in a PDF or SVG: readers draw a page with more in over a second."""


def picture_layers(scene: MapScene, view: View) -> int:
    """The number of layers in a view, counted from the lowest, that are printed as pictures."""
    rows = scene.stack.shown_on(view)
    many = [at for at, layer in enumerate(rows) if _is_bulk(scene, layer, view)]
    above = many[-1] + 1 if many else 0
    return next((at for at in range(above, len(rows)) if rows[at].kind == "vector"), len(rows))


def has_features(scene: MapScene, view: View, pictures: int) -> bool:
    """True where some of these pictures are of features."""
    return any(layer.kind == "vector" for layer in scene.stack.shown_on(view)[:pictures])


def _is_bulk(scene: MapScene, layer: Layer, view: View) -> bool:
    drawing = scene.drawings.get(layer.uuid)
    if not isinstance(drawing, VectorDrawing):
        return False
    content, bounds, shape_points = drawing.content, view.world_bounds(), 0.0
    for table in content.tables:
        if len(table.xy) > MOST_SHAPE_POINTS and table.crs == view.grid.crs:
            shape_points += len(content.rows_in(table, bounds)) * len(table.xy) / max(len(table), 1)
        else:
            shape_points += len(table.xy)
    return shape_points > MOST_SHAPE_POINTS
