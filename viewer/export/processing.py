"""States how the images of a product were processed and placed, and fixes stretches that follow the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.document.placing.control_points import read_control_points
from layers.errors import GeoloupeError
from layers.grid.tile_grid import View
from layers.raster.info import RasterInfo
from layers.raster.seen_bands import Colours, colours_of
from layers.raster.stretch import StretchRule
from layers.raster.style import FROZEN, RasterStyle, was_frozen
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene
from viewer.rendering.raster.band_words import seen_words
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate


def stretches_on_screen(scene: MapScene) -> dict[str, str]:
    """The styles of layers that are stretched from the view (DRA), fixed as they are seen now; by uuid."""
    styles = {}
    for uuid, drawing in scene.drawings.items():
        if isinstance(drawing, RasterDrawing) and drawing.style is not None and drawing.style.rule.origin == "view":
            style = replace(drawing.style, rule=replace(drawing.style.rule, origin="given"))
            styles[uuid] = json.dumps(style.to_json() | {FROZEN: True})
    return styles


def processing_lines(shown: ShownScene, view: View, *, exactly: bool = False, match: str = "") -> list[str]:
    """A line for each image in view that is shown, or placed, otherwise than its file states.

    `exactly`: for all images, with their stretches. `match`: as in `stretch_words`. With a stretch from this view the
    numbers are right once the view is complete.
    """
    lines = []
    images = [(frame, uuid) for frame in shown.frames for uuid in frame.stack.in_view(view)]
    for frame, uuid in images:
        drawing = frame.drawings[uuid]
        if not isinstance(drawing, RasterDrawing) or drawing.style is None or drawing.info is None:
            continue
        if exactly or drawing.layer.style_json:
            words = ", ".join(_style_words(drawing, _stretch(frame, drawing, match), exactly))
            lines.append(translate("Export", "Image processing of {0}: {1}.").format(drawing.layer.name, words))
        lines += _placing(drawing.layer, drawing.info)
    return lines


def stretch_words(scene: MapScene, drawing: RasterDrawing, match: str = "") -> str:
    """Words on the processing of an image, the same for the same processing; empty until its file is known.

    `match`: words on a stretch that was set by another image, for one that a comparison shows in another style.
    """
    if drawing.style is None or drawing.info is None:
        return ""
    return ", ".join(_style_words(drawing, _stretch(scene, drawing, match), exactly=False))


def colour_words(drawing: RasterDrawing) -> str:
    """Words on colours that are not those of the eye, or may be others; empty for natural ones and a single band."""
    style, image = drawing.style, drawing.source.scene or drawing.info
    if style is None or image is None or style.expression:
        return ""
    colours = colours_of(style.bands, image)
    if colours is None or colours is Colours.NATURAL:
        return ""
    if colours is Colours.UNKNOWN:
        return translate("Export", "colours may be false: nobody states what the bands see")
    return translate("Export", "false colour ({0})").format(seen_words(style.bands, image))


def is_in_style_of_frame(scene: MapScene, drawing: RasterDrawing) -> bool:
    """True where a comparison shows an image in another style than its layer's."""
    row = scene.document.layers.get(drawing.layer_uuid)
    is_frozen = was_frozen(drawing.layer.style_json)
    return row is not None and not is_frozen and row.style_json != drawing.layer.style_json


def _placing(layer: Layer, info: RasterInfo) -> list[str]:
    """The line of an image that the analyst has placed by control points."""
    points = read_control_points(layer.control_points_json)
    if points is None or not info.georeferencing_note:
        return []
    day = one_line(points.at[:10], 60)
    set_on = " (" + translate("Export", "set on {0}").format(day) + ")" if day else ""
    words = in_language(info.georeferencing_note) + set_on
    return [translate("Export", "{0} is placed by {1}.").format(layer.name, words)]


def _style_words(drawing: RasterDrawing, stretch: str, exactly: bool) -> Iterator[str]:
    style, image = drawing.style, drawing.source.scene or drawing.info
    assert style is not None
    assert image is not None
    bands = ", ".join(map(str, style.bands))
    if style.expression:
        yield translate("Export", "{0} of bands {1}").format(style.expression, bands)
    else:
        yield (translate("Export", "bands {0}") if len(style.bands) > 1 else translate("Export", "band {0}")).format(
            bands
        )
        if colours := colour_words(drawing):
            yield colours
    yield stretch
    if exactly:
        yield "; ".join(f"{s.low:.6g} – {s.high:.6g}" for s in style.stretches)
    gammas = {s.gamma for s in style.stretches} - {1.0}
    if gammas:
        yield translate("Export", "gamma {0}").format(" / ".join(f"{gamma:.3g}" for gamma in sorted(gammas)))
    for text, value in (
        (translate("Export", "brightness {0}"), style.brightness),
        (translate("Export", "contrast {0}"), style.contrast),
        (translate("Export", "saturation {0}"), style.saturation),
    ):
        if value:
            yield text.format(f"{value:+.2g}")
    if style.sharpen:
        yield translate("Export", "sharpened")
    if style.invert:
        yield translate("Export", "inverted")
    if style.colormap and style.shown == 1:
        yield translate("Export", "colours {0}").format(style.colormap)


def _stretch(scene: MapScene, drawing: RasterDrawing, match: str) -> str:
    """Words on a stretch that claim no more than was done: limits kept or computed by a match were not set by hand."""
    style, info = drawing.style, drawing.info
    assert style is not None
    assert info is not None
    if was_frozen(drawing.layer.style_json):
        return translate("Export", "stretched as the view on the screen was (DRA), frozen")
    rule = style.rule
    if is_in_style_of_frame(scene, drawing):
        if match:
            return match
        if rule.origin == "given":
            rule = _own_rule(scene.document.layers[drawing.layer_uuid], info)
    if rule.origin == "given":
        bytes_only = not style.expression and all(info.bands[number - 1].dtype == "uint8" for number in style.bands)
        as_they_are = bytes_only and all((s.low, s.high) == (0.0, 255.0) for s in style.stretches)
        return (
            translate("Export", "pixel values unchanged") if as_they_are else translate("Export", "stretched by hand")
        )
    how = {
        "percentile": translate("Export", "{0:g} – {1:g} %").format(rule.low_percent, rule.high_percent),
        "deviations": translate("Export", "the mean ± {0:g} standard deviations").format(rule.deviations),
        "minmax": translate("Export", "the least and the greatest value"),
    }[rule.method]
    whose = (
        translate("Export", "stretched to {0} of this view (DRA)")
        if rule.origin == "view"
        else translate("Export", "stretched to {0} of the image")
    )
    return whose.format(how)


def _own_rule(layer: Layer, info: RasterInfo) -> StretchRule:
    """The rule of a layer's own style, from which its stretch in a comparison was taken."""
    try:
        style_data = layer.read_style()
        style = RasterStyle.from_json(style_data, info) if style_data else RasterStyle.default(info)
    except GeoloupeError:
        style = RasterStyle.default(info)
    return style.rule
