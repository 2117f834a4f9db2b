"""Finds the features of vector layers at a place, in an area, or within a distance, as the layers show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.errors import CannotBePlaced, InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds, transform_points
from layers.geo.nearness import around
from layers.grid.tile_grid import View
from layers.text.counted import counted, grouped
from layers.vector.columns import ascending
from layers.vector.query import at, within_area, within_polygon
from layers.vector.table import LINE, POINT, FeatureTable
from viewer.canvas.feature_selection import NONE, Fids, are_in
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene, map_at
from viewer.rendering.nudged import own_place, shown_bounds
from viewer.rendering.vector.vector_clusters import cluster_at
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.rendering.world_copies import wrapped_views

REACH_PX = 5.0
MOST_NEAR = 20_000
"""Most features that a search for nearby features starts from."""

type CanvasPlace = tuple[float, float]


class FeatureHit(Struct, frozen=True):
    """A feature under the pointer: the layer's uuid, and the feature's number in its file."""

    layer_uuid: str
    fid: int


def vector_layers(scene: MapScene, view: View, only: str = "") -> list[VectorDrawing]:
    """The drawings of the vector layers that a view shows, topmost first; with `only`, of that layer alone.

    Layers that their style hides at this scale are left out.
    """
    shown = [scene.drawings[layer.uuid] for layer in reversed(scene.stack.shown_on(view))]
    drawings = [drawing for drawing in shown if isinstance(drawing, VectorDrawing) and drawing.symbology.scale_at(view)]
    return [drawing for drawing in drawings if drawing.layer_uuid == only] or drawings


def hits_at(shown: ShownScene, view: View, px: float, py: float, *, only: str = "") -> list[FeatureHit]:
    """The features that have a sign of their own under a place of the picture, topmost first."""
    scene, hits = map_at(shown, view, px, py), []
    for drawing in vector_layers(scene, view, only):
        tables = _tables(drawing, view.grid.crs)
        reach = REACH_PX * view.ratio + drawing.symbology.sign_px(view) / 2
        radius = reach * view.grid.resolution
        fids = [fid for seen in wrapped_views(drawing.seen(view)) for fid in at(tables, *seen.to_world(px, py), radius)]
        alone = set(drawing.alone(_seen(scene, drawing, np.array(fids, np.int64))).tolist())
        hits += [FeatureHit(drawing.layer_uuid, fid) for fid in fids if fid in alone]
    return hits


def is_cluster_at(shown: ShownScene, view: View, px: float, py: float, *, only: str = "") -> bool:
    """True where the sign of a cluster is under a place of the picture."""
    side = map_at(shown, view, px, py)
    return any(_cluster_at(drawing, view, px, py) >= 0 for drawing in vector_layers(side, view, only))


def cluster_hits_at(shown: ShownScene, view: View, px: float, py: float, *, only: str = "") -> list[FeatureHit]:
    """The features of the topmost cluster under a place of the picture, which may be many."""
    for drawing in vector_layers(map_at(shown, view, px, py), view, only):
        cluster, clusters = _cluster_at(drawing, view, px, py), drawing.picture.clusters
        if cluster >= 0 and clusters is not None:
            return [FeatureHit(drawing.layer_uuid, fid) for fid in clusters.members_of(cluster).tolist()]
    return []


def _cluster_at(drawing: VectorDrawing, view: View, px: float, py: float) -> int:
    """Number of the cluster among those of its layer; -1 where there is none."""
    return max(cluster_at(drawing.picture.clusters, seen, px, py) for seen in wrapped_views(drawing.seen(view)))


def fids_in_ring(scene: MapScene, drawing: VectorDrawing, view: View, pixels: Sequence[tuple[float, float]]) -> Fids:
    """The features that reach into an area of the picture."""
    tables = _tables(drawing, view.grid.crs)
    rings = [[seen.to_world(px, py) for px, py in pixels] for seen in wrapped_views(drawing.seen(view))]
    fids = ascending(np.concatenate([within_polygon(tables, ring) for ring in rings]))
    return _seen(scene, drawing, fids)


def fids_near_place(scene: MapScene, drawing: VectorDrawing, crs: str, place: CanvasPlace, metres: float) -> Fids:
    """The features within a geodesic distance, in metres, of a place in lon, lat; `crs` is that of the canvas."""
    if (nudge := drawing.nudge) is not None:
        place = own_place(*place, nudge, crs)
    return _seen(scene, drawing, _fids_in(_tables(drawing, crs), around([shapely.Point(place)], metres), crs))


def fids_near_features(
    tables: Sequence[FeatureTable],
    near: Sequence[BaseGeometry],
    crs: str,
    metres: float,
    cancel_token: Callable[[], None] = lambda: None,
) -> Fids:
    """The features within a geodesic distance, in metres, of any of the geometries `near`. For jobs.

    The geometries are in `crs`, that of the canvas. `cancel_token` is called now and then, and raises to cancel.
    Raises InvalidValue for more than MOST_NEAR geometries.
    """
    if len(near) > MOST_NEAR:
        most = grouped(MOST_NEAR)
        raise InvalidValue(
            "{features} selected: what is near to them is found for {most}.",
            features=counted(len(near), "feature is", "features are"),
            most=most,
        )
    lonlat = [shapely.transform(geometry, lambda xy: _moved(crs, WGS84, xy)) for geometry in near]
    sound = [geometry for geometry in lonlat if np.isfinite(geometry.bounds).all()]
    return _fids_in(tables, around(sound, metres, cancel_token), crs, cancel_token)


def _fids_in(
    tables: Sequence[FeatureTable], area: BaseGeometry, crs: str, cancel_token: Callable[[], None] = lambda: None
) -> Fids:
    """The features that reach into an area in lon, lat, cut at the antimeridian."""
    fids = [NONE]
    for part in shapely.get_parts(area):
        cancel_token()
        moved = shapely.transform(part, lambda xy: _moved(WGS84, crs, xy))
        if part.geom_type == "Polygon" and np.isfinite(moved.bounds).all():
            fids.append(within_area(tables, shapely.make_valid(moved)))
    return ascending(np.concatenate(fids))


def _seen(scene: MapScene, drawing: VectorDrawing, fids: Fids) -> Fids:
    """The features among `fids` that are shown: neither a filter nor a hidden class leaves them out."""
    return drawing.symbology.painted(passing(scene, drawing.layer_uuid, fids))


def passing(scene: MapScene, layer_uuid: str, fids: Fids) -> Fids:
    """The features among `fids` that pass the layer's filter."""
    shown = scene.stack.filters.fids(layer_uuid)
    return fids if shown is None else fids[are_in(fids, shown)]


def geometries_of(tables: Sequence[FeatureTable], fids: Fids) -> list[BaseGeometry]:
    """The geometries of features on the canvas, in its CRS; of more than MOST_NEAR only one more than that."""
    geometries: list[BaseGeometry] = []
    for table in tables:
        for row in table.rows_of(ascending(fids))[: MOST_NEAR + 1 - len(geometries)].tolist():
            geometries.append(_geometry(table, row))
    return geometries


def bounds_of_features(drawing: VectorDrawing, fids: Fids) -> Bounds | None:
    """Bounds of features in lon, lat; None where none of them has been read, or has a place on the Earth."""
    crs_and_box = box_of_features(drawing, fids)
    if crs_and_box is None:
        return None
    try:
        return transform_bounds(crs_and_box[0], WGS84, crs_and_box[1])
    except CannotBePlaced:
        return None


def box_of_features(drawing: VectorDrawing, fids: Fids) -> tuple[str, Bounds] | None:
    """The CRS of the canvas for which features were read, and their bounds in it; None where none has been read."""
    whole: Bounds | None = None
    crs = ""
    for table in drawing.tables:
        rows = table.rows_of(ascending(fids))
        if not len(rows):
            continue
        crs = table.crs
        box = table.xy[rows] if table.is_single else table.bounds[rows]
        low, high = box[:, :2].min(axis=0), box[:, -2:].max(axis=0)
        here = Bounds(
            table.origin_x + float(low[0]) * table.step,
            table.origin_y + float(low[1]) * table.step,
            table.origin_x + float(high[0]) * table.step,
            table.origin_y + float(high[1]) * table.step,
        )
        whole = here if whole is None else whole.union(here)
    if whole is not None and (nudge := drawing.nudge) is not None:
        whole = shown_bounds(whole, nudge, crs)
    return None if whole is None else (crs, whole)


def _tables(drawing: VectorDrawing, crs: str) -> list[FeatureTable]:
    return [table for table in drawing.tables if table.crs == crs]


def _geometry(table: FeatureTable, row: int) -> BaseGeometry:
    if table.is_single:
        x, y = (table.xy[row] * table.step).tolist()
        return shapely.Point(table.origin_x + x, table.origin_y + y)
    parts = table.part_of
    starts = table.start_of[parts[row] : parts[row + 1] + 1].tolist()
    origin = np.array([table.origin_x, table.origin_y])
    rings = [table.xy[start:end] * table.step + origin for start, end in pairwise(starts)]
    kind = int(table.kind[row])
    if kind == POINT:
        return shapely.MultiPoint(np.concatenate(rings))
    if kind == LINE:
        return shapely.MultiLineString([ring for ring in rings if len(ring) > 1])
    area: BaseGeometry = shapely.Polygon()
    for ring in rings:
        if len(ring) > 2:
            area = area.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    return area


def _moved(source: str, target: str, xy: np.ndarray) -> np.ndarray:
    return np.stack(transform_points(source, target, xy[:, 0], xy[:, 1]), axis=1)
