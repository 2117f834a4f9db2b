"""The part of the Earth that each map of a product shows, its projection, and the shape of its frame for that."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF

from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, is_unrolled, transform_points, world_bounds
from layers.geo.lon_extent import around
from layers.geo.map_projections import suited_crs
from layers.product.publishing import Publishing
from layers.product.spec import MATCHED, ProductSpec, maps_of
from viewer.canvas.extent import bounds_of_all
from viewer.canvas.image_below import is_image
from viewer.canvas.scene import MapScene
from viewer.commands.meta import sites_visible
from viewer.export.plates.maps.framing import MARK_ROOM, Framing, world_of
from viewer.export.plates.maps.image_shapes import filled_box
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
_ALL = 0.97
"""Part of the images of a comparison from which all of them counts as asked for."""
_ONE_SIDE = math.cos(math.radians(89.0))
"""Cosine of the greatest angle at the Earth's middle between the middle of a map and its corners."""
_WIDE_DEG = 20.0
"""Extent from which the sides of a box of degrees bend so much that its middle lines say how large it is meant."""


class Shown(NamedTuple):
    """The part of the Earth that a map is to show: `bounds` in lon, lat, all else in units of `crs`."""

    bounds: Bounds
    crs: str
    world: Bounds
    reach: Bounds | None = None
    """The box that images fill, with the marks beyond them; None where it has no end."""
    marked: Bounds | None = None
    """Bounds of the marks that the map must show, where no bounds were requested."""
    marks: Bounds | None = None
    """Bounds of the marks in the part that was requested, which no cut may leave out."""


def shown_parts(spec: ProductSpec, scenes: Sequence[MapScene], *, cropped: bool = True) -> list[Shown]:
    """The part that each map shows. Before and after, and all panels without bounds of their own, show the same.

    Not `cropped`: maps that are not compared show all that was requested, also beyond their images.
    """
    own, marks = maps_of(spec), _admitted(spec, scenes)
    if spec.layout in MATCHED:
        compared = compared_part(spec, scenes)
        if spec.layout == "before-after":
            return [compared] * len(scenes)
        pairs = zip(own, scenes, strict=True)
        return [
            _part(spec.crs, product_map.bounds, [scene], marks) if product_map.bounds is not None else compared
            for product_map, scene in pairs
        ]
    whole = _whole(spec, scenes, marks)
    parts = []
    for at, (product_map, scene) in enumerate(zip(own, scenes, strict=True)):
        bounds, marked = _a_turn_of(product_map.bounds or whole), _marked(spec, at, scene, marks)
        if marked is not None and marked.width < _WHOLE_EARTH_DEG <= bounds.width and spec.crs != WEB_MERCATOR:
            bounds, marked = _with_surroundings(marked), None
        has_image = any(is_image(scene.drawings[uuid]) for uuid in scene.stack.visible())
        # A map without images is dark wherever nothing is drawn: it shows what is asked for.
        part = _part(spec.crs, bounds, [scene], marks, is_cut=has_image and cropped)
        parts.append(part if marked is None else part._replace(marked=world_of(part.crs, marked)))
    return parts


def framing_of(rect: QRectF, part: Shown, sign_scale: float) -> Framing:
    """Frame a part of the Earth in `rect`. `sign_scale`: size of signs relative to the screen."""
    return Framing.of_world(rect, part.crs, part.world, sign_scale, part.marked, part.reach, part.marks)


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
        return _with_surroundings(site)
    return next((box for scene in scenes if (box := shown_bounds(scene, marks)) is not None), WORLD)


def _with_surroundings(marked: Bounds) -> Bounds:
    """Marks with what is around them, which tells where a point is, as it has no size."""
    share = 0.5 if max(marked.width, marked.height) < 1.0 else MARK_ROOM
    return marked.expanded(max(share * max(marked.width, marked.height), _LEAST_ROOM_DEG))


def _marked(spec: ProductSpec, number: int, scene: MapScene, marks: frozenset[str] | None) -> Bounds | None:
    """Bounds of the marks that a map must show where no bounds were requested; else None."""
    if spec.bounds is not None or maps_of(spec)[number].bounds is not None or spec.layout == "site":
        return None
    insets = [box.bounds for box in maps_of(spec) if box.bounds is not None]
    shown = scene.marks.bounds(frozenset(scene.document.sites) if marks is None else marks)
    return shown or (reduce(Bounds.union, insets) if insets else shown_bounds(scene, marks))


def compared_part(spec: ProductSpec, scenes: Sequence[MapScene]) -> Shown:
    """The part of the Earth that the maps of before and after both show."""
    own = next((product_map.bounds for product_map in spec.maps if product_map.bounds is not None), None)
    bounds, marks = spec.bounds or own, _admitted(spec, scenes)
    if bounds is None:
        shown = (box for scene in scenes if (box := shown_bounds(scene, marks)) is not None)
        bounds = _reach(scenes) or next(shown, WORLD)
    part = _part(spec.crs, _a_turn_of(bounds), scenes, marks)
    return part if part.reach is None else part._replace(marked=_kept_of_compared(part))


def _kept_of_compared(part: Shown) -> Bounds | None:
    """The part that no cut of compared maps may leave out where all of their images was asked for, with their marks.

    None where a part was asked for: that is shown whole.
    """
    world, reach = part.world, part.reach
    if reach is None or world.width < _ALL * reach.width or world.height < _ALL * reach.height:
        return None
    (x, y), kept = world.centre, (1 - 2 * MARK_ROOM) / _MOST_CUT
    half_width, half_height = kept * world.width / 2, kept * world.height / 2
    middle = Bounds(x - half_width, y - half_height, x + half_width, y + half_height)
    return middle if part.marks is None else middle.union(part.marks)


def _a_turn_of(bounds: Bounds) -> Bounds:
    """Bounds limited to one turn: no map goes round the Earth twice."""
    middle = (bounds.left + bounds.right) / 2
    return Bounds(max(bounds.left, middle - 180.0), bounds.bottom, min(bounds.right, middle + 180.0), bounds.top)


def _part(
    crs: str,
    bounds: Bounds,
    scenes: Sequence[MapScene],
    uuids: frozenset[str] | None = None,
    *,
    is_cut: bool = True,
) -> Shown:
    """The part for `bounds` (lon, lat) in `crs`, or in the projection that suits it; cut to what the scenes' images,
    and the marks in them, reach, if it `is_cut`.

    `uuids` are the marks that count; None for all.
    """
    crs = crs or suited_crs(bounds)
    marks = _marks_in(crs, bounds, scenes[0], uuids)
    world = _asked_world(crs, bounds, marks)
    images = _turned_to(world, filled_box(scenes, crs, world), crs) if is_cut else None
    if images is None:
        return Shown(bounds, crs, world, marks=marks)
    reach = images if marks is None else _with_room(images, marks, MARK_ROOM * max(world.width, world.height))
    return Shown(bounds, crs, world.intersection(reach) or world, reach, marks=marks)


def _asked_world(crs: str, bounds: Bounds, marks: Bounds | None) -> Bounds:
    """The box in `crs` for requested bounds (lon, lat). Of a wide one its middle lines are shown whole, and its marks:
    its corners are far away, and a box around them would make all else small.
    """
    if is_unrolled(crs) or max(bounds.width, bounds.height) < _WIDE_DEG or bounds.width > 180.0:
        return world_of(crs, bounds)
    along, (lon, lat) = np.linspace(0.0, 1.0, 65), bounds.centre
    lons = np.concatenate([bounds.left + along * bounds.width, np.full(65, lon)])
    lats = np.concatenate([np.full(65, lat), bounds.bottom + along * bounds.height])
    cross = Bounds.of_points(*transform_points(WGS84, crs, lons, np.clip(lats, -90.0, 90.0)))
    if marks is None:
        return cross
    return cross.union(marks.expanded(MARK_ROOM * max(marks.width, marks.height)))


def _marks_in(crs: str, bounds: Bounds, scene: MapScene, uuids: frozenset[str] | None) -> Bounds | None:
    """Bounds in `crs` of the marks in a part of the Earth; None without any."""
    boxes = scene.marks.boxes_within(bounds, uuids)
    if not len(boxes):
        return None
    left, bottom = np.maximum(boxes[:, 0], bounds.left), np.maximum(boxes[:, 1], bounds.bottom)
    right, top = np.minimum(boxes[:, 2], bounds.right), np.minimum(boxes[:, 3], bounds.top)
    lons = np.concatenate([left, (left + right) / 2, right] * 3)
    lats = np.repeat([bottom, (bottom + top) / 2, top], 3, axis=0).ravel()
    x, y = transform_points(WGS84, crs, lons, lats)
    return Bounds.of_points(x, y) if np.isfinite(x).any() else None


def _turned_to(world: Bounds, images: Bounds | None, crs: str) -> Bounds | None:
    """The images' box in the turn of the Earth that is shown; None without images, and for those that go round it."""
    if images is None or not is_unrolled(crs):
        return images
    turn = world_bounds(crs).width
    turned = [Bounds(images.left + by, images.bottom, images.right + by, images.top) for by in (-turn, 0.0, turn)]
    seen = [box for box in turned if world.intersection(box) is not None]
    return seen[0] if len(seen) == 1 else None


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


def pane_shape(shown: Sequence[Shown]) -> FrameShape:
    """The shape of equal frames that their images fill."""
    shapes = [shape for part in shown if (shape := _shape(part)) is not None]
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


def _shape(shown: Shown) -> FrameShape | None:
    world = shown.world
    if not (world.width > 0 and world.height > 0):
        return None
    best = world.width / world.height
    whole = math.inf
    if is_unrolled(shown.crs):
        whole = max(best, world_bounds(shown.crs).width / world.height)
    elif shown.bounds.width >= _WHOLE_EARTH_DEG:
        whole = best
    elif max(shown.bounds.width, shown.bounds.height) >= _WIDE_DEG:
        whole = max(best, _widest_m(shown.crs, world) / world.height)
    if shown.reach is None:
        return FrameShape(0.0, best, whole)
    reach = shown.reach
    least = world.width / max(reach.height, world.height)
    most = min(max(reach.width, world.width) / world.height, whole)
    if shown.marked is None:
        return FrameShape(least, best, most)
    marked, inner = shown.marked, 1 - 2 * MARK_ROOM
    cut = _MOST_CUT if shown.bounds.width < _WHOLE_EARTH_DEG else math.inf
    return FrameShape(
        min(least, max(best / cut, marked.width / inner / world.height)),
        best,
        max(most, min(best * cut, inner * world.width / marked.height if marked.height > 0 else math.inf)),
    )


def _widest_m(crs: str, world: Bounds) -> float:
    """Greatest width of a map about the middle of `world` on which all places are on one side of the Earth: farther
    off a map is pressed flat, and ends in an arc.
    """
    (x, y), half = world.centre, world.height / 2
    widths = world.width * np.linspace(1.0, _STRIP, 53)
    corners = np.concatenate([x - widths / 2, x + widths / 2] * 2)
    heights = np.repeat([y - half, y + half], 2 * len(widths))
    lons, lats = transform_points(crs, WGS84, np.append(corners, x), np.append(heights, y))
    lon, lat = np.radians(lons), np.radians(lats)
    cosines = np.sin(lat[-1]) * np.sin(lat[:-1]) + np.cos(lat[-1]) * np.cos(lat[:-1]) * np.cos(lon[:-1] - lon[-1])
    is_near = (np.nan_to_num(cosines, nan=-1.0) > _ONE_SIDE).reshape(4, -1).all(axis=0)
    last = len(widths) - 1 if is_near.all() else max(int(np.argmin(is_near)) - 1, 0)
    return float(widths[last])
