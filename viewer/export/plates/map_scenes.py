"""The scenes of a product: one a map, with tiles of its own, whatever the window shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from layers.document.comparison import ComparisonSpec, frame_rows
from layers.document.document import Document
from layers.document.layer import Layer
from layers.product.spec import ProductMap, ProductSpec
from viewer.canvas.comparison.stretches import StretchMatch, with_styles, without_styles
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.mark_judge import Solid
from viewer.canvas.sites.place_of import solid_marks
from viewer.rendering.context import RenderContext

type SceneMaker = Callable[[Document, RenderContext, Path | None], MapScene]


def maps_of(spec: ProductSpec) -> tuple[ProductMap, ...]:
    """The maps that a layout shows: two at least where two are set against each other."""
    maps = spec.maps or (ProductMap(),)
    return maps * 2 if spec.layout == "before-after" and len(maps) == 1 else maps


def scene_makers(spec: ProductSpec, frozen: Mapping[str, str] | None = None) -> list[SceneMaker]:
    """Makers of the scenes, one a map. `frozen`: styles in which layers are shown whatever their rows say, by uuid."""
    return [partial(_scene, frozen=frozen, arrange=_arrangement(spec, at)) for at in range(len(maps_of(spec)))]


def product_scenes(
    spec: ProductSpec,
    document: Document,
    context: RenderContext,
    base_folder: Path | None,
    frozen: Mapping[str, str] | None = None,
) -> list[MapScene]:
    """A scene for each map, in the maps' order; the caller closes them."""
    return [make(document, context, base_folder) for make in scene_makers(spec, frozen)]


def matched(spec: ProductSpec, scenes: Sequence[MapScene]) -> ProductSpec:
    """The product with the stretch of each map set by that of the first, as far as that is honest, where it is wanted.

    The scenes must be complete, and show the new frames from then on (`show_maps`).
    """
    frames = [frame for one in maps_of(spec) if (frame := one.frame) is not None]
    if not spec.match or spec.layout != "before-after" or len(frames) != len(scenes):
        return spec
    compared = without_styles(ComparisonSpec(tuple(frames), match=True))
    match = StretchMatch.of(compared, scenes)
    found = compared if match is None else with_styles(compared, match.styles())
    maps = [replace(one, frame=frame) for one, frame in zip(maps_of(spec), found.frames, strict=True)]
    return replace(spec, maps=tuple(maps))


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
    if frame is None or all(one.frame is None or one.frame == frame for one in maps):
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
    return MapScene(document, context.for_frame(), base_folder, frozen=frozen, arrange=arrange)


def _arrangement(spec: ProductSpec, at: int) -> Callable[[Sequence[Layer]], list[Layer]]:
    maps = maps_of(spec)
    framed = [number for number, one in enumerate(maps) if one.frame is not None]
    if maps[at].frame is None:
        return list
    compared = ComparisonSpec(tuple(frame for one in maps if (frame := one.frame) is not None))
    return partial(_shown_rows, compared, framed.index(at))


def _shown_rows(spec: ComparisonSpec, at: int, rows: Sequence[Layer]) -> list[Layer]:
    """Nothing is read of what the frame does not show."""
    return [row for row in frame_rows(spec, at, rows) if row.visible]
