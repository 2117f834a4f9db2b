"""Finds the images that no map of a product shows: they are neither credited nor judged."""

from __future__ import annotations

from collections.abc import Iterable

from layers.grid.tile_grid import View
from viewer.canvas.covered_images import seen_images, shown_images
from viewer.canvas.scene import MapScene


def unseen_images(scenes: Iterable[MapScene], view: View) -> frozenset[str]:
    """The image layers in a view, by uuid, that none of these scenes shows there."""
    seen: set[str] = set()
    images: set[str] = set()
    for scene in scenes:
        rows = shown_images(scene, view)
        images.update(layer.uuid for layer in rows)
        seen.update(seen_images(scene, rows, view, 1))
    return frozenset(images - seen)
