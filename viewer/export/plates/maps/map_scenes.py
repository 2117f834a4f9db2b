"""The scenes of a product: one for each map, with tiles of its own, whatever the window shows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QRectF

from layers.document.comparison import ComparisonSpec, frame_rows
from layers.document.document import Document
from layers.document.layer import Layer
from layers.grid.tile_grid import View
from layers.product.maps.kept_layers import shown_layers
from layers.product.spec import MATCHED, ProductSpec, maps_of
from viewer.canvas.comparison.stretches import StretchMatch, Styles, with_styles, without_styles
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.mark_judge import Solid
from viewer.canvas.sites.place_of import solid_marks
from viewer.export.held_scenes import make_held
from viewer.export.plates.maps.shown_parts import framing_of, shown_parts
from viewer.rendering.context import RenderContext

MATCH_PX = 1000, 800
type SceneMaker = Callable[[Document, RenderContext, Path | None], MapScene]


def scene_makers(spec: ProductSpec) -> list[SceneMaker]:
    """Makers of the scenes, one for each map. A stretch that the product keeps overrides the layer's row."""
    return [partial(_scene, frozen=spec.stretches, arrange=_arrangement(spec, at)) for at in range(len(maps_of(spec)))]


def product_scenes(
    spec: ProductSpec, document: Document, context: RenderContext, base_folder: Path | None
) -> list[MapScene]:
    """A scene for each map, in the maps' order; the caller closes them."""
    return [make(document, context, base_folder) for make in scene_makers(spec)]


def as_seen(spec: ProductSpec, document: Document, shown: Sequence[Mapping[str, str]]) -> ProductSpec:
    """The product with its layers fixed, and the stretches that follow the view in its maps (DRA).

    `document`: the case that its maps show; `shown`: the styles of these layers as each map shows them, as JSON by
    uuid.
    """
    maps, stretches = list(maps_of(spec)), dict(spec.stretches)
    for at, styles in enumerate(shown):
        frame = maps[at].frame
        for uuid, text in styles.items():
            if frame is not None and uuid in frame.styles:
                frame = replace(frame, styles={**frame.styles, uuid: json.loads(text)})
            else:
                stretches.setdefault(uuid, text)
        maps[at] = replace(maps[at], frame=frame)
    layers = shown_layers(document) if spec.layers is None else spec.layers
    return replace(spec, maps=tuple(maps[: len(spec.maps)]), layers=layers, stretches=stretches)


def match_view(spec: ProductSpec, scenes: Sequence[MapScene]) -> View | None:
    """The view in which the stretches of the maps are matched, the same for any page and resolution.

    None where each map has its own stretch.
    """
    framed = _framed_numbers(spec)
    if not spec.match or spec.layout not in MATCHED or len(framed) < 2:
        return None
    # Each panel may show another place: all are seen where the first of them is.
    part = shown_parts(spec, scenes)[framed[0]]
    return framing_of(QRectF(0, 0, *MATCH_PX), part, 1.0).view


def match_of(spec: ProductSpec, scenes: Sequence[MapScene]) -> StretchMatch | None:
    """A match of the maps' styles, computed in any thread; None where there is nothing to match.

    Call it when the scenes are complete in `match_view`.
    """
    return StretchMatch.of(without_styles(compared_maps(spec)), [scenes[at] for at in _framed_numbers(spec)])


def in_styles(spec: ProductSpec, styles: Styles) -> ProductSpec:
    """The product with the styles of a match; the scenes show them after `show_maps`."""
    if not styles:
        return spec
    comparison, maps = with_styles(compared_maps(spec), styles), list(maps_of(spec))
    for at, frame in zip(_framed_numbers(spec), comparison.frames, strict=True):
        maps[at] = replace(maps[at], frame=frame)
    return replace(spec, maps=tuple(maps))


def compared_maps(spec: ProductSpec) -> ComparisonSpec:
    """The maps that have layers of their own, as a comparison."""
    frames = (maps_of(spec)[at].frame for at in _framed_numbers(spec))
    return ComparisonSpec(tuple(frame for frame in frames if frame is not None), match=True)


def _framed_numbers(spec: ProductSpec) -> list[int]:
    """The numbers of the maps that have layers of their own."""
    return [at for at, product_map in enumerate(maps_of(spec)) if product_map.frame is not None]


def show_maps(scenes: Sequence[MapScene], spec: ProductSpec) -> None:
    """Let the scenes of a product show its maps; what they have read and the maps still show is kept."""
    for at, scene in enumerate(scenes):
        scene.arrange(_arrangement(spec, at))


def solid_on(spec: ProductSpec, document: Document, at: int, scene: MapScene) -> Solid | None:
    """The marks that map `at` draws solid; None for all.

    Where maps are of different images, these are the marks that its images tell of; else those of its scene.
    """
    maps = maps_of(spec)
    frame = maps[at].frame
    if frame is None or all(
        product_map.frame is None or product_map.frame.layers == frame.layers for product_map in maps
    ):
        return scene.marks.solid
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
    return make_held(partial(MapScene, frozen=frozen, arrange=arrange), document, context.for_page(), base_folder)


def _arrangement(spec: ProductSpec, at: int) -> Callable[[Sequence[Layer]], list[Layer]]:
    framed = _framed_numbers(spec)
    if at not in framed:
        return spec.rows_kept
    return partial(_visible_rows, spec, compared_maps(spec), framed.index(at))


def _visible_rows(spec: ProductSpec, compared: ComparisonSpec, at: int, rows: Sequence[Layer]) -> list[Layer]:
    """The visible layers of map `at`; no other layers are read."""
    return [row for row in frame_rows(compared, at, spec.rows_kept(rows)) if row.visible]
