"""The extent of a map: bounds of all that it shows, on the Earth and off it, and what a view leaves out."""

from __future__ import annotations

from functools import reduce

from layers.geo.bounds import Bounds
from layers.geo.crs import MERCATOR_MAX_LAT, WEB_MERCATOR, has_way, is_off_earth, same_crs
from layers.geo.lon_extent import around
from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.canvas.sites.unplaced import Unplaced
from viewer.canvas.viewport import FINEST_FIT_M
from viewer.rendering.drawing import is_on_plane


def bounds_of_all(shown: ShownScene) -> Bounds | None:
    """Bounds of all that is visible, layers and sites of each frame, in lon, lat, the narrower way round.

    None without any.
    """
    frames = [bounds for frame in shown.frames if (bounds := _bounds(frame)) is not None]
    return frames[0] if len(frames) == 1 else around(frames)


def _bounds(scene: MapScene) -> Bounds | None:
    boxes = [scene.stack.bounds_of(uuid) for uuid in scene.stack.visible()]
    sites = scene.marks.index.bounds_lonlat() if scene.marks.are_shown else None
    return around(box for box in (*boxes, sites) if box is not None)


def finest_fit_m(scene: MapScene) -> float:
    """Finest resolution for a fit to everything, in ground metres a pixel; 0 for no limit.

    Sites alone are shown with their surroundings. Where a layer has an extent, all is shown as large as it goes.
    """
    boxes = [scene.stack.bounds_of(uuid) for uuid in scene.stack.visible()]
    has_extent = any(box is not None and (box.width > 0 or box.height > 0) for box in boxes)
    return 0.0 if has_extent else FINEST_FIT_M


def planes_of(scene: MapScene) -> list[str]:
    """The CRSs off the Earth in which visible layers lie, one for each body or grid, the topmost layer's first."""
    crss: list[str] = []
    for uuid in reversed(scene.stack.visible()):
        plane = scene.drawings[uuid].plane
        if plane and not any(has_way(plane, other) for other in crss):
            crss.append(plane)
    return crss


def lone_plane(scene: MapScene) -> str:
    """The CRS of the canvas where all that is visible lies off the Earth; else empty."""
    crss = planes_of(scene)
    has_sites = bool(scene.marks.index.sites) and scene.marks.are_shown
    if not crss or has_sites or not all(scene.drawings[uuid].plane for uuid in scene.stack.visible()):
        return ""
    return crss[0]


def plane_bounds(scene: MapScene, crs: str) -> Bounds | None:
    """Bounds of all that is visible on a canvas of a CRS off the Earth; None without any."""
    drawings = (scene.drawings[uuid] for uuid in scene.stack.visible())
    boxes = [box for drawing in drawings if (box := drawing.plane_bounds(crs)) is not None]
    return reduce(Bounds.union, boxes) if boxes else None


def unplaced_in(scene: MapScene, view: View) -> Unplaced:
    """Counts the visible layers and sites that this view cannot show, by the reason."""
    crs = view.grid.crs
    is_off, ends = is_off_earth(crs), same_crs(crs, WEB_MERCATOR)
    drawings = [scene.drawings[uuid] for uuid in scene.stack.visible()]
    on_planes = [drawing for drawing in drawings if drawing.plane]
    boxes = [drawing.shown_bounds() for drawing in drawings if not drawing.plane]
    index, has_sites = scene.marks.index, scene.marks.are_shown
    nowhere = len(index.off_earth) if has_sites else 0
    return Unplaced(
        layers_on_earth=sum(box is not None for box in boxes) if is_off else 0,
        sites_on_earth=len(index.sites) - nowhere if is_off and has_sites else 0,
        layers_off_earth=sum(not is_on_plane(drawing.plane, crs) for drawing in on_planes),
        layers_beyond=sum(box is not None and is_beyond(box) for box in boxes) if ends else 0,
        sites_beyond=index.beyond_mercator if ends and has_sites else 0,
        sites_nowhere=nowhere,
    )


def is_beyond(lonlat: Bounds) -> bool:
    """True for bounds that lie wholly outside a map in Web Mercator."""
    return lonlat.bottom > MERCATOR_MAX_LAT or lonlat.top < -MERCATOR_MAX_LAT
