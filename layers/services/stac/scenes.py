"""STAC items as scenes, for the time strip beside local ones, and as the JSON that `info` and `scenes` print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.geo.bounds import Bounds
from layers.geo.picture_outline import box_outline
from layers.requests.scenes import MOST_RING_POINTS
from layers.scenes.found_scene import FoundScene, judged
from layers.services.stac.addresses import unsigned
from layers.services.stac.assets import StacAsset
from layers.services.stac.item import StacItem

type _Ring = tuple[tuple[float, float], ...]
_NOWHERE = (np.nan,) * 4
_FINEST_DEG = 1e-5
"""Tolerance in degrees from which on an outline of too many points is simplified."""


def scene_key(item: StacItem) -> str:
    """The name under which an item's scene is known: its file, else its own address, else its collection and id."""
    return _path(item) or key_of_scene(item.address, item.collection, item.id)


def key_of_scene(address: str, collection: str, identity: str) -> str:
    """The same for an item on a host, as a layer of a case names it."""
    return unsigned(address) or "/".join(filter(None, (collection, identity)))


def scenes_to_open(items: Sequence[StacItem]) -> list[FoundScene]:
    """The scenes of many items at once, with the address of its picture as the path to open each by, where it has one
    and is not on this computer.
    """
    return [
        found_scene_of(item, ring, "" if item.picture.asset is None else item.picture.asset.web)
        for item, ring in zip(items, _rings_of(items), strict=True)
    ]


def found_scene_of(item: StacItem, ring: _Ring | None = None, web: str = "") -> FoundScene:
    """The scene that an item describes. Its date is the catalogue's word; a place without an outline is its box.

    `ring` is its outline where that is known already; `web` an address to open it by where it has no path.
    """
    sensor = " ".join(dict.fromkeys((item.platform, *item.instruments))).strip()
    is_stretch = item.date_kind in ("interval", "composite")
    acquired = item.start if is_stretch else item.datetime
    scene = FoundScene(
        key=scene_key(item),
        title=item.title or item.id,
        path=_path(item) or web,
        kind="STAC",
        sensor=sensor,
        acquired=acquired if item.date_kind != "unknown" else "",
        until=item.end if is_stretch else "",
        date_kind=item.date_kind,
        date_basis="catalogue" if item.date_kind != "unknown" else "",
        credit=item.credit,
        gsd_m=item.gsd_m,
        cloud_percent=None if item.is_radar else item.cloud_cover,
        ring=_ring(item.footprint, item.bounds_lonlat) if ring is None else ring,
        observation=observation_of(item),
        version=" ".join(filter(None, (item.baseline, item.processed))),
        has_picture=item.thumbnail is not None,
        problems=item.own_problems,
    )
    return judged(scene)


def _path(item: StacItem) -> str:
    """The path of the file that shows the item, where the catalogue is on this computer."""
    asset = item.picture.asset
    return "" if asset is None else asset.path


def observation_of(item: StacItem) -> str:
    """The same for items of one scene that was processed more than once: collection, platform, time and tile.

    Without a tile's name the bounds stand for it. Empty where time or place are not known.
    """
    at = (item.start if item.date_kind in ("interval", "composite") else item.datetime)[:19]
    place = item.tile
    if not place and item.bounds_lonlat is not None:
        place = ",".join(f"{number:.2f}" for number in item.bounds_lonlat)
    if item.date_kind == "unknown" or len(at) < 19 or not place:
        return ""
    return " ".join((item.collection, item.platform.casefold(), at, place))


def item_facts(item: StacItem) -> dict[str, Any]:
    """An item as `info --json` and `scenes --json` have it; what is not known is null."""
    sentence = item.picture.sentence
    return {
        "id": item.id,
        "collection": item.collection or None,
        "datetime": item.datetime or None,
        "start": item.start or None,
        "end": item.end or None,
        "date_kind": item.date_kind,
        "bounds_lonlat": None if item.bounds_lonlat is None else list(item.bounds_lonlat),
        "cloud_cover": item.cloud_cover,
        "assets": [_asset_facts(asset) for asset in item.assets],
        "problems": [*item.problems, *([sentence] if sentence else [])],
    }


def _asset_facts(asset: StacAsset) -> dict[str, Any]:
    return {
        "key": asset.key,
        "role": asset.role or None,
        "type": asset.media_type or None,
        "href": asset.web or asset.href,
        "bands": [band.common_name or band.name for band in asset.bands],
    }


def _rings_of(items: Sequence[StacItem]) -> list[_Ring]:
    """The outlines of many items. Each call for one geometry would give up Python's turn, and wait for the next."""
    shapes = np.array([item.footprint for item in items], dtype=object)
    boxes = np.array([item.bounds_lonlat or _NOWHERE for item in items], dtype=np.float64).reshape(-1, 4)
    counts = shapely.get_num_coordinates(shapes)
    is_plain = (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON) & shapely.is_valid(shapes)
    is_plain &= (shapely.bounds(shapes) == boxes).all(axis=1) & (counts <= MOST_RING_POINTS)
    is_plain &= shapely.get_num_interior_rings(shapes) == 0
    places = list(map(tuple, shapely.get_coordinates(shapes[is_plain]).tolist()))
    rings: list[_Ring] = []
    at = 0
    for item, plainly, count in zip(items, is_plain.tolist(), counts.tolist(), strict=True):
        rings.append(tuple(places[at : at + count - 1]) if plainly else _ring(item.footprint, item.bounds_lonlat))
        at += count if plainly else 0
    return rings


def _ring(footprint: BaseGeometry | None, box: Bounds | None) -> _Ring:
    """The outline of a footprint, which runs on over the antimeridian; of one in several parts that around them all."""
    if footprint is None or shapely.get_dimensions(footprint) != 2 or box is None:
        return () if box is None or box.width <= 0 or box.height <= 0 else tuple(box_outline(box))
    if box == footprint.bounds and footprint.geom_type == "Polygon" and footprint.is_valid:
        coordinates = shapely.get_coordinates(footprint)
        if len(coordinates) <= MOST_RING_POINTS and not shapely.get_num_interior_rings(footprint):
            return tuple(map(tuple, coordinates[:-1].tolist()))
    parts = [_near(part, box) for part in shapely.get_parts(footprint)]
    whole = parts[0] if len(parts) == 1 else shapely.union_all(parts, grid_size=1e-9)
    if whole.geom_type != "Polygon":
        whole = shapely.convex_hull(whole)
    outline, tolerance = shapely.get_exterior_ring(whole), _FINEST_DEG
    while shapely.get_num_points(outline) > MOST_RING_POINTS and tolerance < 1.0:
        outline, tolerance = shapely.simplify(outline, tolerance), tolerance * 4
    return tuple((float(lon), float(lat)) for lon, lat in shapely.get_coordinates(outline)[:-1].tolist())


def _near(part: BaseGeometry, box: Bounds) -> BaseGeometry:
    """A part of a footprint, moved by a turn where the bounds that run on over the antimeridian want it there."""
    west, _, east, _ = part.bounds
    turn = 0.0
    if west < box.left - 1e-9 and east + 360.0 <= box.right + 1e-6:
        turn = 360.0
    elif east > box.right + 1e-9 and west - 360.0 >= box.left - 1e-6:
        turn = -360.0
    return shapely.transform(part, lambda places: places + np.array([turn, 0.0]))
