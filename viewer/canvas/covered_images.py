"""Finds the images of a map that no pixel of it shows, as others lie over them or nothing of them has come.

The map on the screen does not credit them, nor does a product.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from layers.document.layer import Layer
from layers.grid.tile_grid import View
from viewer.canvas.image_below import is_image
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import unpainted
from viewer.rendering.world_copies import world_copies
from viewer.support.going_on import going_on
from viewer.support.painting import painting

_EDGE_PX = 2
"""Width of the rim of a frame that shows no image: of one that lies under another, a row of pixels may stand out."""
_OPAQUE = 255
GLANCE_PIXELS = 250_000
"""Most pixels that a glance looks at: so it takes some milliseconds an image."""
MOST_GLANCED = 12
"""Most images that a glance looks at; those below them count as seen."""


class SeenCredits:
    """Credits of what a map on the screen shows: while it moves or is read, also of images under others."""

    def __init__(self, shown: ShownScene) -> None:
        self._shown = shown
        self._looked_at: tuple[object, ...] = ()
        self._glances: list[Glance] = []
        """The glance at each frame when the map rested last."""

    def look_again(self) -> None:
        """Look at the pixels anew at the next painting: others have come, though the view and the layers stay."""
        self._looked_at = ()

    @property
    def covered(self) -> frozenset[str]:
        """Images, by uuid, that no frame showed when the map rested last, as others lie over them."""
        if not self._glances:
            return frozenset()
        unseen = frozenset.intersection(*(glance.unseen for glance in self._glances))
        return unseen - frozenset[str]().union(*(glance.blank for glance in self._glances))

    def of(self, view: View, *, settled: bool) -> list[str]:
        """The credits of the picture that was just painted, each once, the topmost first."""
        frames = self._shown.painted
        unseen = [frozenset[str]() for _ in frames]
        if settled and self._shown.is_complete(view):
            rows = tuple(
                tuple(scene.drawings[layer.uuid].layer for layer in shown_images(scene, view)) for scene in frames
            )
            if self._looked_at != (view, rows):
                self._looked_at, self._glances = (view, rows), [glance_at(scene, view) for scene in frames]
            unseen = [glance.unseen for glance in self._glances]
        texts = (
            text
            for scene, but in zip(frames, unseen, strict=True)
            for text in scene.stack.credits(view, drawn=True, but=but)
        )
        return list(dict.fromkeys(texts))


class Glance(NamedTuple):
    """Image layers in a view, by uuid, that a scene does not show there."""

    unseen: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()
    """Unseen images that draw nothing there themselves, so that nothing covers them."""


def glance_at(scene: MapScene, view: View) -> Glance:
    """Look which image layers a scene does not show in a view.

    It is quick enough for each painting of a map: it looks at fewer pixels, and at the topmost images alone.
    """
    rows = shown_images(scene, view)
    if len(rows) < 2:
        return Glance()
    step = math.ceil(math.sqrt(view.width * view.height / GLANCE_PIXELS))
    looked = rows[:MOST_GLANCED]
    unseen = frozenset(layer.uuid for layer in looked) - frozenset(seen_images(scene, looked, view, step))
    hidden = (layer for layer in looked if layer.uuid in unseen)
    return Glance(unseen, frozenset(layer.uuid for layer in hidden if not _draws(scene, layer, view, 4 * step)))


def _draws(scene: MapScene, layer: Layer, view: View, step: int) -> bool:
    """True where an image layer paints something in a view, whatever lies over it."""
    drawing = scene.drawings[layer.uuid]
    own = drawing.seen(view)
    return bool(layer.drawn_opacity) and not drawing.has_failed_in(own) and bool(_alpha(drawing, own, step).any())


def shown_images(scene: MapScene, view: View) -> list[Layer]:
    """The image layers that a view of a scene can show, the topmost first."""
    return [layer for layer in reversed(scene.stack.shown_on(view)) if is_image(scene.drawings[layer.uuid])]


def seen_images(scene: MapScene, rows: list[Layer], view: View, step: int) -> Iterable[str]:
    """The images of one scene, by uuid, that show something in a view; `rows` are its topmost ones.

    It looks at what is painted now, also at pixels that were read for another scale, and at one pixel of `step` by
    `step`. An image of which nothing has come yet counts as seen.
    """
    open_ = np.ones((-(-view.height // step), -(-view.width // step)), np.bool_)
    for side in (np.s_[:_EDGE_PX], np.s_[-_EDGE_PX:], np.s_[:, :_EDGE_PX], np.s_[:, -_EDGE_PX:]):
        open_[side] = False
    for layer in rows:
        drawing = scene.drawings[layer.uuid]
        own = drawing.seen(view)
        if not layer.drawn_opacity or drawing.has_failed_in(own):
            continue
        if not open_.any():
            break
        alpha = _alpha(drawing, own, step)
        is_awaited = not alpha.any() and not drawing.is_complete(own, world_copies(own))
        if is_awaited or (open_ & (alpha > 0)).any():
            yield layer.uuid
        if layer.drawn_opacity == 1.0 and layer.blend == "normal":
            open_ &= alpha < _OPAQUE


def _alpha(drawing: LayerDrawing, view: View, step: int) -> NDArray[np.uint8]:
    """(height, width) The opacity with which a layer alone covers each pixel of a view, or one of `step` by `step`."""
    image = unpainted(-(-view.width // step), -(-view.height // step), opaque=False)
    image.fill(0)
    with painting(image) as painter, going_on():
        painter.scale(1 / step, 1 / step)
        drawing.paint(painter, view, world_copies(view))
    image = image.convertToFormat(QImage.Format.Format_Alpha8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].copy()
