"""Stretches for the frames of a comparison: the same for images that state the same sensor and units, else matched.

Matching is linear, band by band, on the ground that both images show in the view, and that looks alike in both: a
cloud in one of them is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.document.comparison import ComparisonSpec
from layers.grid.tile_grid import TILE_PX, TileKey, View
from layers.raster.statement import Statement
from layers.raster.stretch import StretchRule
from layers.raster.stretch_matching import Moments, alike, matched_limits, moments_of
from layers.raster.style import FROZEN, SET_BY_ANOTHER, RasterStyle, Stretch, shown_bands, was_frozen
from viewer.canvas.comparison.shown_values import (
    are_reflectance,
    catalogue_values,
    reflectance_shown,
    stretches_as,
)
from viewer.canvas.comparison.side_words import images_of, side_name, sides_of
from viewer.canvas.scene import MapScene
from viewer.rendering.drawing import AwaitedDrawing, FailedDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.tiles.tile_cache import RawTile
from viewer.support.language.translation import translate

type Styles = dict[int, tuple[str, dict[str, Any]]]
"""Styles by number of the frame: the uuid of its uppermost image, and the style in which it is shown."""


def statement_of(drawing: RasterDrawing) -> Statement:
    """The statements of an image about its values."""
    info, style, scene = drawing.info, drawing.style, drawing.source.scene
    if info is None or style is None:
        return Statement()
    bands = info.bands if scene is None else scene.bands
    units = {bands[number - 1].unit for number in style.bands}
    unit = "" if "" in units else "/".join(sorted(units))
    statement = Statement.of(drawing.acquisition, info.tags, unit, style.resampling)
    listed = catalogue_values(drawing.layer)
    return replace(statement, level=listed.level) if listed is not None and not statement.level else statement


def units_of(drawing: RasterDrawing) -> str:
    """The unit of an image's stored values, the same only where one stretch means the same; empty: not stated."""
    known = reflectance_shown(drawing)
    if known is None:
        return statement_of(drawing).units
    return f"reflectance / {known.scale:g} {known.offset:+g}" if known.established else ""


def top_image(scene: MapScene, spec: ComparisonSpec, at: int) -> RasterDrawing | None:
    """The uppermost image of a frame, where that is a file that has been read. Services have no values to stretch."""
    images = images_of(scene, spec, at)
    top = images[0] if images else None
    return top if isinstance(top, RasterDrawing) and top.style is not None else None


def why_not_matched(first: RasterDrawing | None, other: RasterDrawing | None) -> str:
    """The reason why the second image cannot be stretched as the first, in a few words; empty where it can."""
    if first is None or other is None or first.style is None or other.style is None:
        return translate("comparison", "stretch not matched: one is a picture without values")
    if first.style.shown != other.style.shown:
        return translate("comparison", "stretch not matched, as their bands differ: {0} and {1}").format(
            first.style.shown, other.style.shown
        )
    if any(_has_own_colors(drawing) for drawing in (first, other)):
        return translate("comparison", "stretch not matched: colours of its own")
    return ""


def stretch_notes(spec: ComparisonSpec, scenes: Sequence[MapScene], called: str = "") -> list[str]:
    """Words on the stretch of each frame, which are burned in, or the reason why its image is not there; `called` is
    the name of the first, if any.
    """
    lacks = [_lack(scene, spec, at) for at, scene in enumerate(scenes)]
    if not spec.match:
        return lacks
    first, notes, called = top_image(scenes[0], spec, 0), lacks[:1], called or side_name(sides_of(spec, scenes)[0])
    for at in range(1, len(scenes)):
        other = top_image(scenes[at], spec, at)
        if lacks[0] or lacks[at] or not (_is_read(scenes[0], spec, 0) and _is_read(scenes[at], spec, at)):
            notes.append(lacks[at])
            continue
        why = why_not_matched(first, other)
        if why or first is None or other is None:
            notes.append(why)
        elif other.layer_uuid not in spec.frames[at].styles:
            notes.append("")
        else:
            notes.append(_stretch_note(first, other).format(called))
    return notes


def _lack(scene: MapScene, spec: ComparisonSpec, at: int) -> str:
    """The reason why the uppermost image of a frame is not there; empty where it is, or is still being read."""
    top = next(iter(images_of(scene, spec, at)), None)
    if isinstance(top, FailedDrawing):
        waits = translate("comparison", "not shown: it waits for your permission (File, Permissions)")
        return waits if top.is_paused else translate("comparison", "not shown: it cannot be read")
    return ""


def _is_read(scene: MapScene, spec: ComparisonSpec, at: int) -> bool:
    """False while the uppermost image of a frame is still being read: nothing is known of its values yet."""
    top = next(iter(images_of(scene, spec, at)), None)
    is_unread = isinstance(top, RasterDrawing) and top.style is None and not top.problem
    return not (is_unread or isinstance(top, AwaitedDrawing))


def _stretch_note(first: RasterDrawing, other: RasterDrawing) -> str:
    known = reflectance_shown(first), reflectance_shown(other)
    if are_alike(first, other):
        if are_reflectance(*known) and first.layer_uuid != other.layer_uuid:
            return translate("comparison", "same stretch as {0}, both in reflectance")
        return translate("comparison", "same stretch as {0}")
    if any(known) and not are_reflectance(*known):
        return translate("comparison", "stretch matched to {0}, band by band: no reflectance is established")
    return translate("comparison", "stretch matched to {0}, band by band")


def are_alike(first: RasterDrawing, other: RasterDrawing) -> bool:
    """True for the same image, and where sensor and units are stated and equal: one stretch means the same in both.

    Sentinel-2's values have a unit only as reflectance, to which both must lead.
    """
    if first.layer_uuid == other.layer_uuid and first.style is not None and other.style is not None:
        return (first.style.bands, first.style.expression) == (other.style.bands, other.style.expression)
    same_bands = first.style is not None and other.style is not None and first.style.bands == other.style.bands
    known = reflectance_shown(first), reflectance_shown(other)
    if any(known):
        has_expression = bool(first.style and first.style.expression) or bool(other.style and other.style.expression)
        if not are_reflectance(*known) or has_expression:
            return False
        return same_bands and not statement_of(first).unlike(statement_of(other), "sensor")
    return same_bands and not statement_of(first).unlike(statement_of(other), "sensor", "units")


class StretchMatch(Struct, frozen=True, eq=False):
    """Finds the styles of the frames of a comparison.

    `styles` may run in any thread, on values that were read when this was made.
    """

    reference: RasterStyle
    uuid: str
    is_frozen: bool
    """True where the stretch of the reference was computed from a view, which it no longer follows."""
    alike: Mapping[int, tuple[str, RasterStyle, tuple[Stretch, ...]]]
    """Frames whose values mean the same, with the stretches of the reference for their values."""
    pairs: Mapping[int, tuple[str, RasterStyle, Sequence[tuple[_Tile, _Tile]]]]

    @classmethod
    def of(cls, spec: ComparisonSpec, scenes: Sequence[MapScene]) -> StretchMatch | None:
        """Make a match for the frames of a comparison; None where there is nothing to match.

        The views of all scenes must be complete.
        """
        first = top_image(scenes[0], spec, 0)
        if first is None or first.style is None:
            return None
        alike, pairs = {}, {}
        for at in range(1, len(scenes)):
            other = top_image(scenes[at], spec, at)
            if why_not_matched(first, other) or other is None or other.style is None:
                continue
            if are_alike(first, other):
                alike[at] = other.layer_uuid, other.style, _stretches_for(first, other)
                continue
            both = [(tile, other_tile) for _, tile, other_tile in paired_tiles(first, other)]
            pairs[at] = other.layer_uuid, other.style, both
        frozen = first.style.rule.origin == "view" or was_frozen(first.layer.style_json)
        return cls(first.style, first.layer_uuid, frozen, alike, pairs) if alike or pairs else None

    def styles(self) -> Styles:
        """Styles of the frames: the first in its own as it is seen now, the others in styles matched to it.

        Empty where no other frame could be matched.
        """
        rule = StretchRule(origin="given")
        own = replace(self.reference, rule=rule).to_json()
        styles: Styles = {0: (self.uuid, own | ({FROZEN: True} if self.is_frozen else {}))}
        for at, (uuid, style, stretches) in self.alike.items():
            styles[at] = uuid, self._looking(style, stretches).to_json() | {SET_BY_ANOTHER: True}
        for at, (uuid, style, tiles) in self.pairs.items():
            matched = _matched(self.reference, style, tiles)
            if matched is not None:
                styles[at] = uuid, self._looking(style, matched).to_json() | {SET_BY_ANOTHER: True}
        return styles if len(styles) > 1 else {}

    def _looking(self, style: RasterStyle, stretches: tuple[Stretch, ...]) -> RasterStyle:
        """The style of the reference with the bands and the resampling of `style`, and with these stretches."""
        return replace(
            self.reference,
            bands=style.bands,
            expression=style.expression,
            resampling=style.resampling,
            stretches=stretches,
            rule=StretchRule(origin="given"),
        )


def _stretches_for(first: RasterDrawing, other: RasterDrawing) -> tuple[Stretch, ...]:
    """The stretches of an image for the values of another one that means the same by them."""
    assert first.style is not None
    known, others = reflectance_shown(first), reflectance_shown(other)
    if known is None or others is None or first.layer_uuid == other.layer_uuid:
        return first.style.stretches
    return stretches_as(first.style.stretches, known, others)


def with_styles(spec: ComparisonSpec, styles: Styles) -> ComparisonSpec:
    """A comparison whose frames are shown in these styles."""
    for at, (uuid, style) in styles.items():
        frame = spec.frames[at]
        spec = spec.with_frame(at, replace(frame, styles={**frame.styles, uuid: style}))
    return spec


def with_matches_alone(spec: ComparisonSpec) -> ComparisonSpec:
    """A comparison that keeps only the styles that were matched to another image."""
    return replace(
        spec,
        frames=tuple(
            replace(
                frame, styles={uuid: style for uuid, style in frame.styles.items() if style.get(SET_BY_ANOTHER) is True}
            )
            for frame in spec.frames
        ),
    )


def without_styles(spec: ComparisonSpec) -> ComparisonSpec:
    """A comparison in which each image is shown in the style of its layer."""
    return replace(spec, frames=tuple(replace(frame, styles={}) for frame in spec.frames))


class _Tile(Struct, frozen=True, eq=False):
    """The values of a tile in view, without the margin for sharpening."""

    raw: RawTile
    rows: slice
    columns: slice
    margin: int

    @property
    def size(self) -> tuple[int, int]:
        return self.columns.stop - self.columns.start, self.rows.stop - self.rows.start

    def part(self, at: tuple[int, int], low: tuple[int, int], high: tuple[int, int]) -> _Tile:
        """The values from pixel `low` of the picture up to `high`; `at` is the pixel where the tile begins."""
        left, top = self.columns.start - at[0], self.rows.start - at[1]
        return replace(self, columns=slice(low[0] + left, high[0] + left), rows=slice(low[1] + top, high[1] + top))

    def values(self, style: RasterStyle) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """The bands that are shown (n, h, w), and which pixels of them are valid."""
        assert self.raw.bands is not None
        margin = self.margin
        rows, columns = (slice(margin + part.start, margin + part.stop) for part in (self.rows, self.columns))
        mask = None if self.raw.mask is None else self.raw.mask[rows, columns]
        bands, mask = shown_bands(self.raw.bands[:, rows, columns], mask, style)
        valid = np.ones(bands.shape[1:], bool) if mask is None else mask
        return bands, valid & np.isfinite(bands).all(axis=0) if bands.dtype.kind in "fc" else valid


def paired_tiles(first: RasterDrawing, second: RasterDrawing) -> list[tuple[tuple[int, int], _Tile, _Tile]]:
    """(left and top in the picture, tile of the first, tile of the second) for all ground that both images show.

    The tiles of a pair are cut to the same pixels of the picture.
    """
    view, other = first.tiles.view, second.tiles.view
    if view is None or other is None or not _is_one_map(first, view, second, other):
        return []
    other_tiles = [(_corner(other, key, tile), tile) for key, tile in _tiles(second).items()]
    pairs = []
    for key, tile in _tiles(first).items():
        at = _corner(view, key, tile)
        for place, other_tile in other_tiles:
            low = max(at[0], place[0]), max(at[1], place[1])
            high = (
                min(at[0] + tile.size[0], place[0] + other_tile.size[0]),
                min(at[1] + tile.size[1], place[1] + other_tile.size[1]),
            )
            if low[0] < high[0] and low[1] < high[1]:
                pairs.append((low, tile.part(at, low, high), other_tile.part(place, low, high)))
    return pairs


def _is_one_map(first: RasterDrawing, view: View, second: RasterDrawing, other: View) -> bool:
    """True where both images were last planned for the same view of the map, also where only one of them is nudged."""
    if first.nudge == second.nudge:
        return view == other
    grids = (replace(seen.grid, origin_x=0.0, origin_y=0.0) for seen in (view, other))
    return len({*grids}) == 1 and (view.width, view.height) == (other.width, other.height)


def _corner(view: View, key: TileKey, tile: _Tile) -> tuple[int, int]:
    """The place in the picture where the values of a tile begin."""
    return key.col * TILE_PX + tile.columns.start - view.left, key.row * TILE_PX + tile.rows.start - view.top


def _tiles(drawing: RasterDrawing) -> dict[TileKey, _Tile]:
    """The raw tiles in view, by their keys."""
    view, style = drawing.tiles.view, drawing.style
    if view is None or style is None:
        return {}
    tiles = {}
    for key, raw in drawing.tiles.raw_in_view():
        inside = _inside(view, key)
        if raw.bands is not None and inside is not None:
            tiles[key] = _Tile(raw, *inside, style.margin_px)
    return tiles


def _inside(view: View, key: TileKey) -> tuple[slice, slice] | None:
    """The rows and columns of a tile that are in view; None where there are none."""
    left, top = view.left - key.col * TILE_PX, view.top - key.row * TILE_PX
    rows = slice(max(0, top), min(TILE_PX, top + view.height))
    columns = slice(max(0, left), min(TILE_PX, left + view.width))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _matched(
    reference: RasterStyle, style: RasterStyle, tiles: Sequence[tuple[_Tile, _Tile]]
) -> tuple[Stretch, ...] | None:
    """The stretches of the second image; None where the two images have too little ground in common."""
    first_parts, second_parts = [], []
    for tile, other in tiles:
        first, valid = tile.values(reference)
        second, other_valid = other.values(style)
        both = valid & other_valid
        first_parts.append(np.abs(first[:, both]) if first.dtype.kind == "c" else first[:, both])
        second_parts.append(np.abs(second[:, both]) if second.dtype.kind == "c" else second[:, both])
    if not first_parts:
        return None
    first_values, second_values = np.concatenate(first_parts, axis=1), np.concatenate(second_parts, axis=1)
    kept = alike(first_values, second_values)
    moments = [
        (moments_of([first_values[band][kept]]), moments_of([second_values[band][kept]])) for band in range(style.shown)
    ]
    known: list[tuple[Moments, Moments]] = [
        (ours, theirs) for ours, theirs in moments if ours is not None and theirs is not None
    ]
    if len(known) < style.shown:
        return None
    limits = [(stretch.low, stretch.high) for stretch in reference.stretches]
    their_limits = matched_limits([ours for ours, _ in known], limits, [theirs for _, theirs in known])
    return tuple(
        Stretch(low, high, stretch.gamma)
        for (low, high), stretch in zip(their_limits, reference.stretches, strict=True)
    )


def _has_own_colors(drawing: RasterDrawing) -> bool:
    style, info = drawing.style, drawing.info
    if style is None or info is None or style.colormap:
        return style is not None and bool(style.colormap)
    return not style.expression and len(style.bands) == 1 and bool(info.bands[style.bands[0] - 1].palette)
