"""Finds the images of a map that no pixel of it shows, as others lie over them or nothing of them has come."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from layers.document.layer import Layer
from layers.grid.tile_grid import View
from viewer.canvas.image_below import is_image
from viewer.canvas.scene import MapScene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import unpainted
from viewer.rendering.world_copies import world_copies
from viewer.support.going_on import going_on
from viewer.support.painting import painting

EDGE_PX = 2
"""Width of the rim of a frame that shows no image: of one that lies under another, a row of pixels may stand out."""
_OPAQUE = 255


def unseen_images(scenes: Iterable[MapScene], view: View) -> frozenset[str]:
    """The image layers in a view, by uuid, that none of these scenes shows there.

    It looks at what is painted now, also at pixels that were read for another scale. An image of which nothing has come
    yet counts as seen.
    """
    seen: set[str] = set()
    images: set[str] = set()
    for scene in scenes:
        rows = [layer for layer in reversed(scene.stack.shown_on(view)) if is_image(scene.drawings[layer.uuid])]
        images.update(layer.uuid for layer in rows)
        seen.update(_seen(scene, rows, view))
    return frozenset(images - seen)


def _seen(scene: MapScene, rows: list[Layer], view: View) -> Iterable[str]:
    """The images of one scene that show something in a view; `rows` are all of it, the topmost first."""
    open_ = np.ones((view.height, view.width), np.bool_)
    for side in (np.s_[:EDGE_PX], np.s_[-EDGE_PX:], np.s_[:, :EDGE_PX], np.s_[:, -EDGE_PX:]):
        open_[side] = False
    for layer in rows:
        drawing = scene.drawings[layer.uuid]
        own = drawing.seen(view)
        if not layer.drawn_opacity or drawing.has_failed_in(own):
            continue
        if not open_.any():
            break
        alpha = _alpha(drawing, own)
        is_awaited = not alpha.any() and not drawing.is_complete(own, world_copies(own))
        if is_awaited or (open_ & (alpha > 0)).any():
            yield layer.uuid
        if layer.drawn_opacity == 1.0 and layer.blend == "normal":
            open_ &= alpha < _OPAQUE


def _alpha(drawing: LayerDrawing, view: View) -> NDArray[np.uint8]:
    """(height, width) The opacity with which a layer alone covers each pixel of a view."""
    image = unpainted(view.width, view.height, opaque=False)
    image.fill(0)
    with painting(image) as painter, going_on():
        drawing.paint(painter, view, world_copies(view))
    image = image.convertToFormat(QImage.Format.Format_Alpha8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(view.height, image.bytesPerLine())
    return rows[:, : view.width].copy()
