"""Default map bounds of a product: its subject, with some room around it."""

from __future__ import annotations

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import polar_canvas
from layers.product.publishing import Publishing
from viewer.canvas.scene import MapScene
from viewer.export.plates.maps.shown_parts import shown_bounds


def subject_bounds(document: Document, scene: MapScene, marking: str | None = None) -> Bounds:
    """Bounds in lon, lat around all sites that a product shows, else around all layers, else of the world.

    They include the areas that stand for loosely known sites, and some room. `marking`: that of a published product,
    which withholds some sites.
    """
    admitted = Publishing(marking).admitted_marks(document)
    extent = scene.marks.bounds(frozenset(uuid for uuid in admitted if not document.sites[uuid].geometry.is_empty))
    if extent is None:
        return shown_bounds(scene, None if marking is None else admitted) or Bounds(-180, -85, 180, 85)
    room = max(extent.width, extent.height, 0.02) * 0.06
    grown = extent.expanded(room)
    left, right = (
        (grown.left, grown.right)
        if extent.left < -180 or extent.right > 180
        else (
            max(grown.left, -180),
            min(grown.right, 180),
        )
    )
    if polar_canvas(grown):
        return Bounds(left, max(grown.bottom, -90), right, min(grown.top, 90))
    return Bounds(left, max(grown.bottom, -85), right, min(grown.top, 85))
