"""The scenes of a product: one a map, with tiles of its own, whatever the window shows."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF

from layers.document.comparison import ComparisonSpec, frame_rows
from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.geo.crs import chosen_canvas
from layers.geo.lon_extent import around
from layers.grid.tile_grid import View
from layers.product.spec import ProductMap, ProductSpec
from viewer.canvas.comparison.stretches import StretchMatch, Styles, with_styles, without_styles
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.mark_judge import Solid
from viewer.canvas.sites.place_of import solid_marks
from viewer.export.plates.maps.framing import Framing, world_of
from viewer.export.plates.setting.page_rooms import FrameShape
from viewer.export.processing import stretches_on_screen
from viewer.rendering.context import RenderContext

MATCH_PX = 1000, 800
MATCHED = ("before-after", "panels")
"""Layouts whose images can be made to look alike."""
WORLD = Bounds(-180.0, -85.0, 180.0, 85.0)
_MARK_ROOM = 0.06
"""Around a mark beyond the images, as a part of the frame."""
_NARROWEST, _WIDEST = 0.35, 4.0
"""Frames of other shapes are strips, on which nothing is seen."""
type SceneMaker = Callable[[Document, RenderContext, Path | None], MapScene]


def maps_of(spec: ProductSpec) -> tuple[ProductMap, ...]:
    """The maps that a layout shows: two at least where two are set against each other."""
    maps = spec.maps or (ProductMap(),)
    return maps * 2 if spec.layout == "before-after" and len(maps) == 1 else maps


def scene_makers(spec: ProductSpec) -> list[SceneMaker]:
    """Makers of the scenes, one a map; where a product keeps a stretch, that is shown whatever becomes of the row."""
    return [partial(_scene, frozen=spec.stretches, arrange=_arrangement(spec, at)) for at in range(len(maps_of(spec)))]


def product_scenes(
    spec: ProductSpec, document: Document, context: RenderContext, base_folder: Path | None
) -> list[MapScene]:
    """A scene for each map, in the maps' order; the caller closes them."""
    return [make(document, context, base_folder) for make in scene_makers(spec)]


def with_stretches(spec: ProductSpec, scenes: Sequence[MapScene]) -> ProductSpec:
    """The product with the stretches kept that follow the view in its maps (DRA), as its scenes show them now."""
    maps, stretches = list(maps_of(spec)), dict(spec.stretches)
    for at, scene in enumerate(scenes):
        frame = maps[at].frame
        for uuid, text in stretches_on_screen(scene).items():
            if frame is not None and uuid in frame.styles:
                frame = replace(frame, styles={**frame.styles, uuid: json.loads(text)})
            else:
                stretches.setdefault(uuid, text)
        maps[at] = replace(maps[at], frame=frame)
    return replace(spec, maps=tuple(maps[: len(spec.maps)]), stretches=stretches)


class Shown(NamedTuple):
    """The part of the Earth (lon, lat) that a map is to show."""

    bounds: Bounds
    reach: Bounds | None = None
    """As far as there is anything to see, where that is known: an image that is set against another fills its frame."""
    marked: Bounds | None = None
    """Of the marks that it must show, where nobody said what it shall show."""


def compared_bounds(spec: ProductSpec, scenes: Sequence[MapScene]) -> Shown:
    """The part of the Earth that the maps of before and after show, both the same."""
    own = next((one.bounds for one in spec.maps if one.bounds is not None), None)
    asked = spec.bounds or own
    if asked is None:
        shown = (box for scene in scenes if (box := scene.bounds_lonlat()) is not None)
        asked = _reach(scenes) or next(shown, WORLD)
    return reached(asked, scenes)


def reached(asked: Bounds, scenes: Sequence[MapScene]) -> Shown:
    """As much of a part of the Earth as the scenes' images and the marks in it reach."""
    images = _reach(scenes)
    if images is None:
        return Shown(asked)
    marks = marked_within(scenes[0].document, asked)
    reach = images if marks is None else images.union(marks)
    turned = [Bounds(reach.left + turn, reach.bottom, reach.right + turn, reach.top) for turn in (-360.0, 0.0, 360.0)]
    found = [(part, box) for box in turned if (part := asked.intersection(box)) is not None]
    # What is seen in two turns goes round the Earth.
    return Shown(*found[0]) if len(found) == 1 else Shown(asked)


def _reach(scenes: Sequence[MapScene]) -> Bounds | None:
    """Bounds of all layers that the scenes show; None where those of one are not known."""
    boxes = [scene.layer_bounds(uuid) for scene in scenes for uuid in scene.stack.visible()]
    known = [box for box in boxes if box is not None]
    return around(known) if len(known) == len(boxes) else None


def marked_within(document: Document, bounds: Bounds) -> Bounds | None:
    """The part of some bounds in which marks lie, with some room around them; None for no marks."""
    boxes = np.array([site.geometry.bounds for site in document.sites.values()]).reshape(-1, 4)
    inside = (boxes[:, 0] <= bounds.right) & (boxes[:, 2] >= bounds.left)
    inside &= (boxes[:, 1] <= bounds.top) & (boxes[:, 3] >= bounds.bottom)
    if not inside.any():
        return None
    left, bottom = boxes[inside, :2].min(axis=0).tolist()
    right, top = boxes[inside, 2:].max(axis=0).tolist()
    room = _MARK_ROOM * max(bounds.width, bounds.height)
    return Bounds(left - room, bottom - room, right + room, top + room).intersection(bounds)


def pane_shape(crs: str, shown: Sequence[Shown]) -> FrameShape:
    """The shape of frames that their images fill."""
    found = [shape for one in shown if (shape := _shape(crs, one)) is not None]
    if not found:
        return FrameShape()
    least, best, most = max(one.least for one in found), [one.best for one in found], min(one.most for one in found)
    middle = min(max(math.exp(sum(map(math.log, best)) / len(best)), _NARROWEST), _WIDEST)
    if least > most:
        return FrameShape(middle, middle, middle)
    return FrameShape(min(least, _WIDEST), middle, max(most, _NARROWEST))


def _shape(crs: str, shown: Shown) -> FrameShape | None:
    world = world_of(crs, shown.bounds)
    if not (world.width > 0 and world.height > 0):
        return None
    best = world.width / world.height
    if shown.reach is None:
        return FrameShape(best=best)
    reach = world_of(crs, shown.reach)
    return FrameShape(world.width / max(reach.height, world.height), best, max(reach.width, world.width) / world.height)


def match_view(spec: ProductSpec, scenes: Sequence[MapScene]) -> View | None:
    """The view in which the stretches of the maps are set, the same whatever the page and its resolution are; None
    where each map has its own.
    """
    framed = _framed(spec)
    if not spec.match or spec.layout not in MATCHED or len(framed) < 2:
        return None
    bounds = compared_bounds(spec, scenes).bounds
    if spec.layout == "panels":  # each may show another place: all are seen where the first of them is
        bounds = maps_of(spec)[framed[0]].bounds or bounds
    crs = chosen_canvas(spec.crs, bounds)[0]
    return Framing.of(QRectF(0, 0, *MATCH_PX), crs, bounds, 1.0).view


def match_of(spec: ProductSpec, scenes: Sequence[MapScene]) -> StretchMatch | None:
    """Finds the styles in which the maps match, in any thread. Made when the scenes are complete in `match_view`; None
    where there is nothing to match.
    """
    return StretchMatch.of(without_styles(compared_maps(spec)), [scenes[at] for at in _framed(spec)])


def in_styles(spec: ProductSpec, styles: Styles) -> ProductSpec:
    """The product whose maps are shown in the styles of a match; the scenes show them after `show_maps`."""
    if not styles:
        return spec
    found, maps = with_styles(compared_maps(spec), styles), list(maps_of(spec))
    for at, frame in zip(_framed(spec), found.frames, strict=True):
        maps[at] = replace(maps[at], frame=frame)
    return replace(spec, maps=tuple(maps))


def compared_maps(spec: ProductSpec) -> ComparisonSpec:
    """The maps that have layers of their own, as a comparison."""
    frames = (maps_of(spec)[at].frame for at in _framed(spec))
    return ComparisonSpec(tuple(frame for frame in frames if frame is not None), match=True)


def _framed(spec: ProductSpec) -> list[int]:
    """The numbers of the maps that have layers of their own."""
    return [at for at, one in enumerate(maps_of(spec)) if one.frame is not None]


def show_maps(scenes: Sequence[MapScene], spec: ProductSpec) -> None:
    """Let the scenes of a product show its maps; what they have read and the maps have still stays."""
    for at, scene in enumerate(scenes):
        scene.arrange(_arrangement(spec, at))


def solid_on(spec: ProductSpec, document: Document, at: int, scene: MapScene) -> Solid | None:
    """The marks that map `at` shows solid: where maps are of different images, those of which its images tell, else
    as its scene does; None for all.
    """
    maps = maps_of(spec)
    frame = maps[at].frame
    if frame is None or all(one.frame is None or one.frame.layers == frame.layers for one in maps):
        return scene.solid
    own = frozenset(frame.layers)
    rows = [frame.row_of(layer) for layer in document.layers_in_order() if layer.uuid in own]
    return solid_marks(document, rows)


def _scene(
    document: Document,
    context: RenderContext,
    base_folder: Path | None,
    *,
    frozen: Mapping[str, str] | None,
    arrange: Callable[[Sequence[Layer]], list[Layer]],
) -> MapScene:
    return MapScene(document, context.for_page(), base_folder, frozen=frozen, arrange=arrange)


def _arrangement(spec: ProductSpec, at: int) -> Callable[[Sequence[Layer]], list[Layer]]:
    framed = _framed(spec)
    return partial(_shown_rows, compared_maps(spec), framed.index(at)) if at in framed else list


def _shown_rows(spec: ComparisonSpec, at: int, rows: Sequence[Layer]) -> list[Layer]:
    """Nothing is read of what the frame does not show."""
    return [row for row in frame_rows(spec, at, rows) if row.visible]
