"""The part of the Earth that each map of a product shows, and the shape of its frame for that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

from layers.geo.bounds import Bounds
from layers.geo.crs import is_unrolled, world_bounds
from layers.geo.lon_extent import around
from layers.product.publishing import Publishing
from layers.product.spec import MATCHED, ProductSpec, maps_of
from viewer.canvas.extent import bounds_of_all
from viewer.canvas.image_below import is_image
from viewer.canvas.scene import MapScene
from viewer.commands.meta import sites_visible
from viewer.export.plates.maps.framing import MARK_ROOM, world_of
from viewer.export.plates.setting.page_rooms import FrameShape

WORLD = Bounds(-180.0, -85.0, 180.0, 85.0)
_LEAST_ROOM_DEG = 0.02
"""Least room round a site on its page, in degrees."""
_NARROWEST, _WIDEST, _STRIP = 0.35, 4.0, 14.0
"""Least and greatest width by height of frames that stand together, as nothing is seen on narrower strips; greatest
ratio of the sides of a map that stands alone.
"""
_MOST_CUT, _WHOLE_EARTH_DEG = 1.25, 350.0
"""Factor by which an image without requested bounds may be cut, to fill a frame of the page's shape; width from which a
map shows the whole Earth. Such a map may lose more, as its empty seas are not missed.
"""


class Shown(NamedTuple):
    """The part of the Earth (lon, lat) that a map is to show."""

    bounds: Bounds
    reach: Bounds | None = None
    """Bounds of the data, where they are known: images fill their frames."""
    marked: Bounds | None = None
    """Bounds of the marks that the map must show, where no bounds were requested."""


def shown_parts(spec: ProductSpec, scenes: Sequence[MapScene], *, cropped: bool = True) -> list[Shown]:
    """The part that each map shows. Before and after, and all panels without bounds of their own, show the same.

    Not `cropped`: maps that are not compared show all that was requested, also beyond their images.
    """
    own, marks = maps_of(spec), _admitted(spec, scenes)
    if spec.layout in MATCHED:
        compared = compared_bounds(spec, scenes)
        if spec.layout == "before-after":
            return [compared] * len(scenes)
        pairs = zip(own, scenes, strict=True)
        return [
            reached(product_map.bounds, [scene], marks) if product_map.bounds is not None else compared
            for product_map, scene in pairs
        ]
    whole = _whole(spec, scenes, marks)
    parts = []
    for at, (product_map, scene) in enumerate(zip(own, scenes, strict=True)):
        bounds, marked = _a_turn_of(product_map.bounds or whole), _marked(spec, at, scene, marks)
        has_image = any(is_image(scene.drawings[uuid]) for uuid in scene.stack.visible())
        # A map without images is dark wherever nothing is drawn: it shows what is asked for.
        part = reached(bounds, [scene], marks) if has_image and cropped else Shown(bounds)
        parts.append(part._replace(marked=marked))
    return parts


def _admitted(spec: ProductSpec, scenes: Sequence[MapScene]) -> frozenset[str] | None:
    """Uuids of the marks that a published product shows; None for all. Other marks do not affect frames."""
    if not spec.publish:
        return None
    return Publishing(spec.marking).admitted_marks(scenes[0].document)


def shown_bounds(scene: MapScene, marks: frozenset[str] | None) -> Bounds | None:
    """Bounds of all layers of a scene, and of these of its marks (None: all); None without any."""
    if marks is None:
        return bounds_of_all(scene)
    layers = [scene.stack.bounds_of(uuid) for uuid in scene.stack.visible()]
    sites = scene.marks.bounds(marks) if sites_visible(scene.document) else None
    return around(box for box in (*layers, sites) if box is not None)


def _whole(spec: ProductSpec, scenes: Sequence[MapScene], marks: frozenset[str] | None) -> Bounds:
    """The part for a map without bounds of its own: requested bounds, a site with its surroundings, or all."""
    if spec.bounds is not None:
        return spec.bounds
    if spec.layout == "site" and (site := scenes[0].marks.bounds(frozenset({spec.site}))) is not None:
        # A point has no size: what is around it tells where it is.
        return site.expanded(max(0.5 * max(site.width, site.height), _LEAST_ROOM_DEG))
    return next((box for scene in scenes if (box := shown_bounds(scene, marks)) is not None), WORLD)


def _marked(spec: ProductSpec, number: int, scene: MapScene, marks: frozenset[str] | None) -> Bounds | None:
    """Bounds of the marks that a map must show where no bounds were requested; else None."""
    if spec.bounds is not None or maps_of(spec)[number].bounds is not None or spec.layout == "site":
        return None
    insets = [box.bounds for box in maps_of(spec) if box.bounds is not None]
    shown = scene.marks.bounds(frozenset(scene.document.sites) if marks is None else marks)
    return shown or (reduce(Bounds.union, insets) if insets else shown_bounds(scene, marks))


def compared_bounds(spec: ProductSpec, scenes: Sequence[MapScene]) -> Shown:
    """The part of the Earth that the maps of before and after both show."""
    own = next((product_map.bounds for product_map in spec.maps if product_map.bounds is not None), None)
    bounds, marks = spec.bounds or own, _admitted(spec, scenes)
    if bounds is None:
        shown = (box for scene in scenes if (box := shown_bounds(scene, marks)) is not None)
        bounds = _reach(scenes) or next(shown, WORLD)
    return reached(_a_turn_of(bounds), scenes, marks)


def _a_turn_of(bounds: Bounds) -> Bounds:
    """Bounds limited to one turn: no map goes round the Earth twice."""
    middle = (bounds.left + bounds.right) / 2
    return Bounds(max(bounds.left, middle - 180.0), bounds.bottom, min(bounds.right, middle + 180.0), bounds.top)


def reached(bounds: Bounds, scenes: Sequence[MapScene], uuids: frozenset[str] | None = None) -> Shown:
    """Cut `bounds` (lon, lat) to what the scenes' images, and the marks in them, reach.

    `uuids` are the marks that count; None for all.
    """
    images = _reach(scenes)
    if images is None:
        return Shown(bounds)
    turned = [
        Bounds(images.left + turn, images.bottom, images.right + turn, images.top) for turn in (-360.0, 0.0, 360.0)
    ]
    seen = [box for box in turned if bounds.intersection(box) is not None]
    if len(seen) != 1:  # what is seen in two turns goes round the Earth
        return Shown(bounds)
    marks = scenes[0].marks.bounds_within(bounds, uuids)
    reach = seen[0] if marks is None else _with_room(seen[0], marks, MARK_ROOM * max(bounds.width, bounds.height))
    return Shown(bounds.intersection(reach) or bounds, reach)


def _with_room(images: Bounds, marks: Bounds, room: float) -> Bounds:
    """The images and the marks, with room on the sides where marks lie beyond the images."""
    return Bounds(
        images.left if marks.left >= images.left else marks.left - room,
        images.bottom if marks.bottom >= images.bottom else marks.bottom - room,
        images.right if marks.right <= images.right else marks.right + room,
        images.top if marks.top <= images.top else marks.top + room,
    )


def _reach(scenes: Sequence[MapScene]) -> Bounds | None:
    """Bounds of all layers that the scenes show; None where those of one are not known."""
    boxes = [scene.stack.bounds_of(uuid) for scene in scenes for uuid in scene.stack.visible()]
    known = [box for box in boxes if box is not None]
    return around(known) if len(known) == len(boxes) else None


def pane_shape(crs: str, shown: Sequence[Shown]) -> FrameShape:
    """The shape of equal frames that their images fill."""
    shapes = [shape for part in shown if (shape := _shape(crs, part)) is not None]
    if not shapes:
        return FrameShape()
    least, best, most = (
        max(shape.least for shape in shapes),
        [shape.best for shape in shapes],
        min(shape.most for shape in shapes),
    )
    narrowest, widest = (_NARROWEST, _WIDEST) if len(shown) > 1 else (1 / _STRIP, _STRIP)
    middle = min(max(math.exp(sum(map(math.log, best)) / len(best)), narrowest), widest)
    if least > most:
        return FrameShape(middle, middle, middle)
    return FrameShape(min(least, widest), middle, max(most, narrowest))


def _shape(crs: str, shown: Shown) -> FrameShape | None:
    world = world_of(crs, shown.bounds)
    if not (world.width > 0 and world.height > 0):
        return None
    best = world.width / world.height
    whole = max(best, world_bounds(crs).width / world.height) if is_unrolled(crs) else math.inf
    if shown.reach is None:
        return FrameShape(0.0, best, whole)
    reach = world_of(crs, shown.reach)
    least = world.width / max(reach.height, world.height)
    most = min(max(reach.width, world.width) / world.height, whole)
    if shown.marked is None:
        return FrameShape(least, best, most)
    marked, inner = world_of(crs, shown.marked), 1 - 2 * MARK_ROOM
    cut = _MOST_CUT if shown.bounds.width < _WHOLE_EARTH_DEG else math.inf
    return FrameShape(
        min(least, max(best / cut, marked.width / inner / world.height)),
        best,
        max(most, min(best * cut, inner * world.width / marked.height if marked.height > 0 else math.inf)),
    )
