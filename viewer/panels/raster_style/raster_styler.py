"""Commands on the style of the current raster layer, shared by the form, the keys and the menu."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from layers.document.json_fields import json_object
from layers.document.layer import Layer
from layers.errors import GeoloupeError, InvalidValue
from layers.phrase import Phrase
from layers.raster.band_maths import BandExpression
from layers.raster.band_names import given_names, unnamed_bands
from layers.raster.info import RasterInfo
from layers.raster.presets import SpectralIndex
from layers.raster.scene import SceneInfo
from layers.raster.stretch import BY_DEFAULT, StretchLimits, StretchRule
from layers.raster.style import RasterStyle, Stretch
from viewer.commands.layers import name_bands, update_layer
from viewer.panels.context import PanelContext
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.translation import in_language

STRETCH_MIME = "application/x-geoloupe-stretch"


class RasterStyler(QObject):
    """Changes the style; each change is one undo step. `refused` carries one sentence.

    Where a stretch is to be computed from the whole image, the step comes with the reader's answer.
    """

    refused = Signal(str)

    def __init__(self, context: PanelContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context = self._context = context

    # -- what there is ------------------------------------------------------------------------------------------

    @property
    def layer(self) -> Layer | None:
        return self._context.document.layers.get(self._context.layer_uuid)

    @property
    def info(self) -> RasterInfo | None:
        """The facts of the current layer; None where it is no raster, or has not been read yet."""
        info = self._context.layers.info_of(self._context.layer_uuid)
        return info if isinstance(info, RasterInfo) and self.layer is not None else None

    @property
    def drawing(self) -> RasterDrawing | None:
        drawing = self._context.layers.drawing_of(self._context.layer_uuid)
        return drawing if isinstance(drawing, RasterDrawing) else None

    @property
    def image(self) -> SceneInfo | RasterInfo | None:
        """The image in which presets look for bands."""
        drawing = self.drawing
        scene = drawing.source.scene if drawing is not None else None
        return scene if scene is not None else self.info

    @property
    def style(self) -> RasterStyle | None:
        """The style in the case, with a stretch from the view as it is shown.

        Raises InvalidValue where it does not fit.
        """
        layer, info, drawing = self.layer, self.info, self.drawing
        if layer is None or info is None:
            return None
        style = RasterStyle.from_json(layer.style, info) if layer.style else RasterStyle.default(info)
        shown = drawing.style if drawing is not None else None
        if style.rule.origin == "view" and shown is not None and len(shown.stretches) == len(style.stretches):
            return replace(style, stretches=shown.stretches)
        return style

    # -- changes ------------------------------------------------------------------------------------------------

    def commit(self, style: RasterStyle) -> str:
        """Set the style of the current layer; return the reason of a refusal, or empty text."""
        return self._commit(self._context.layer_uuid, style)

    def reset(self) -> str:
        """Set the style that the file itself suggests."""
        return self._context.attempt(update_layer, self._context.layer_uuid, style_json="")

    def reset_or_say(self) -> None:
        """`reset`, with a refusal as a message."""
        self._say(self.reset())

    def invert(self, on: bool) -> None:
        """Invert the colours, or not."""
        style = self._sound()
        if style is not None:
            self._say(self.commit(replace(style, invert=on)))

    @property
    def is_inverted(self) -> bool:
        style = self._sound()
        return style is not None and style.invert

    @property
    def nameable(self) -> tuple[int, ...]:
        """The bands that their file leaves unnamed; empty for deliveries and combined layers."""
        drawing = self.drawing
        own = drawing.source.own_info if drawing is not None and drawing.source.scene is None else None
        return unnamed_bands(own) if own is not None else ()

    @property
    def given_names(self) -> dict[int, str]:
        """Names of bands that the analyst has given."""
        layer = self.layer
        return {} if layer is None else given_names(layer.source)

    def name_bands(self, names: Mapping[int, str]) -> None:
        """Name bands; an empty name removes one, and a name that is given again is removed from its former band."""
        kept = {n: name for n, name in self.given_names.items() if n not in names and name not in names.values()}
        self._say(self._context.attempt(name_bands, self._context.layer_uuid, {**kept, **names}))

    def choose_rule(self, rule: StretchRule) -> None:
        """Set the rule of the stretch; "given" keeps the stretch that is shown now."""
        style = self._sound()
        if style is not None:
            self.settle(replace(style, rule=rule))

    def show_bands(self, bands: tuple[int, ...]) -> None:
        """Show one band or three, stretched by the present rule, or by the file's own where numbers were given."""
        style, info = self._sound(), self.info
        if style is None or info is None:
            return
        fresh = RasterStyle.from_json({"bands": list(bands)}, info)
        rule = fresh.rule if style.rule.origin == "given" else style.rule
        colormap = style.colormap if len(bands) == 1 else ""
        gamma = style.stretches[0].gamma if not style.expression else 1.0
        stretches = tuple(replace(stretch, gamma=gamma) for stretch in fresh.stretches)
        self.settle(replace(style, bands=bands, stretches=stretches, expression="", rule=rule, colormap=colormap))

    def show_index(self, index: SpectralIndex, expression: BandExpression, bands: tuple[int, ...]) -> None:
        """Show a spectral index between its usual limits."""
        self._show_sum(expression, bands, Stretch(index.low, index.high), index.colormap, "given")

    def show_sum(self, expression: BandExpression, bands: tuple[int, ...]) -> None:
        """Show a sum of bands, stretched to its values."""
        style = self._sound()
        colormap = style.colormap if style is not None else ""
        self._show_sum(expression, bands, Stretch(-1.0, 1.0), colormap, "image")

    def set_dra(self, on: bool) -> None:
        """Stretch from the view or not; switched off, the stretch stays as it is shown now."""
        style = self._sound()
        if style is not None:
            self._say(self.commit(replace(style, rule=replace(style.rule, origin="view" if on else "given"))))

    @property
    def is_dra(self) -> bool:
        try:
            style = self.style
        except InvalidValue:
            return False
        return style is not None and style.rule.origin == "view"

    def settle(self, style: RasterStyle) -> None:
        """Commit a style with the stretch that its rule computes, which may take a moment."""
        info, drawing, uuid = self.info, self.drawing, self._context.layer_uuid
        if info is None:
            return
        if style.rule.origin != "image":
            self._say(self.commit(style))
        elif (known := _known_limits(style, info)) is not None:
            self._say(self.commit(style.with_limits(known)))
        elif drawing is None:
            self._say(self.tr("The file is not read yet: try again in a moment."))
        else:

            def stretch_to(limits: Sequence[StretchLimits]) -> None:
                if uuid not in self._context.document.layers:
                    return
                if limits:
                    self._say(self._commit(uuid, style.with_limits(tuple(limits))))
                else:
                    self._say(self.tr("The image has no valid values: there is nothing to stretch."))

            drawing.source.ask_limits(style, stretch_to, lambda error: self._say(error.sentence))

    # -- from layer to layer ------------------------------------------------------------------------------------

    def copy_stretch(self) -> None:
        """Put the stretch that is shown on the clipboard."""
        style, info, layer = self._sound(), self.info, self.layer
        if style is None or info is None or layer is None:
            return
        kept = {
            "layer": layer.name,
            "stretches": [[s.low, s.high, s.gamma] for s in style.stretches],
            "dtype": _dtype(style, info),
            "sensor": self._sensor(),
        }
        data = QMimeData()
        data.setData(STRETCH_MIME, json.dumps(kept).encode())
        QGuiApplication.clipboard().setMimeData(data)

    def paste_stretch(self) -> None:
        """Set the stretch that was copied from another layer; a report warns where the two cannot be compared."""
        style, info = self._sound(), self.info
        if style is None or info is None:
            return
        try:
            copied = bytes(QGuiApplication.clipboard().mimeData().data(STRETCH_MIME).data())
            kept = json_object(copied.decode("utf-8", "replace"), Phrase("What was copied"))
            pasted = tuple(Stretch(*map(float, stretch)) for stretch in kept["stretches"])
            if not pasted or not all(math.isfinite(v) for s in pasted for v in (s.low, s.high, s.gamma)):
                raise ValueError("no stretch")
        except (LookupError, TypeError, ValueError, OverflowError, InvalidValue):
            self._say(self.tr("No stretch was copied: copy the stretch of a layer first."))
            return
        stretches = pasted if len(pasted) == style.shown else pasted[:1] * style.shown
        self._say(self.commit(replace(style, stretches=stretches, rule=replace(style.rule, origin="given"))))
        sensor = self._sensor()
        if kept.get("dtype") != _dtype(style, info) or not sensor or kept.get("sensor") != sensor:
            self._context.report(self.tr("Same stretch is honest only for the same sensor and units."))

    def _sensor(self) -> str:
        drawing, style = self.drawing, self._sound()
        facts = drawing.source.acquisition_of(style.bands) if drawing is not None and style is not None else None
        return "" if facts is None else f"{facts.platform} {facts.sensor}".strip()

    # -- the way there ------------------------------------------------------------------------------------------

    def _show_sum(
        self, expression: BandExpression, bands: tuple[int, ...], stretch: Stretch, colormap: str, origin: str
    ) -> None:
        style = self._sound()
        if style is None:
            return
        rule = style.rule if origin == "image" and style.rule.origin == "view" else replace(style.rule, origin=origin)
        self.settle(
            replace(style, bands=bands, stretches=(stretch,), expression=expression.text, rule=rule, colormap=colormap)
        )

    def _sound(self) -> RasterStyle | None:
        """The style in the case, or the file's own where that does not fit; None where the layer is no raster."""
        info = self.info
        try:
            return self.style
        except GeoloupeError:
            return None if info is None else RasterStyle.default(info)

    def _commit(self, uuid: str, style: RasterStyle) -> str:
        return self._context.attempt(update_layer, uuid, style_json=json.dumps(style.to_json()))

    def _say(self, sentence: str) -> None:
        self.refused.emit(in_language(sentence))


def _known_limits(style: RasterStyle, info: RasterInfo) -> tuple[tuple[float, float], ...] | None:
    """Limits that the probe has computed: the second to the 98th percentile of values that are not bytes."""
    if style.expression or style.rule != BY_DEFAULT:
        return None
    limits = []
    for index in style.bands:
        band = info.bands[index - 1]
        if band.dtype == "uint8" or band.low is None or band.high is None:
            return None
        limits.append((band.low, band.high))
    return tuple(limits)


def _dtype(style: RasterStyle, info: RasterInfo) -> str:
    return style.expression or info.bands[style.bands[0] - 1].dtype
