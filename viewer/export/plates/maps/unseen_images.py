"""Finds the images that no map of a product shows: they are neither credited nor judged."""

from __future__ import annotations

from collections.abc import Iterable

from layers.document.layer import Layer
from layers.grid.tile_grid import View
from viewer.canvas.covered_images import seen_images, shown_images
from viewer.canvas.scene import MapScene

_GLANCE_STEP = 16
"""Pixels along and across, of which a glance looks at one."""


def unseen_images(scenes: Iterable[MapScene], view: View) -> frozenset[str]:
    """The image layers in a view, by uuid, that none of these scenes shows there.

    An image of which nothing has come yet counts as seen, unless its host was never contacted.
    """
    seen: set[str] = set()
    images: set[str] = set()
    for scene in scenes:
        rows = shown_images(scene, view)
        layers = (layer for layer in scene.stack.shown_on(view) if layer.kind != "vector")
        waiting = (layer for layer in layers if scene.drawings[layer.uuid].is_paused)
        images.update(layer.uuid for layer in (*rows, *waiting))
        seen.update(_seen(scene, rows, view))
    return frozenset(images - seen)


def _seen(scene: MapScene, rows: list[Layer], view: View) -> frozenset[str]:
    """The images of one scene, by uuid, that show something in a view.

    An image that no other lies over or under shows that at a glance; where it does not, each pixel is looked at.
    """
    glanced = frozenset(seen_images(scene, rows, view, _GLANCE_STEP)) if len(rows) == 1 else frozenset[str]()
    return glanced or frozenset(seen_images(scene, rows, view, 1))
