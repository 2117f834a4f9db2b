"""The style of a raster: bands, stretch, colours, sharpening. Raw values become pixels by look-up tables."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any, Self

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from layers.colour.ramps import ramp_pixels
from layers.decoding import encoded
from layers.errors import InvalidValue
from layers.raster.band_maths import BandExpression, parse_expression
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.presets import names_of, resolve
from layers.raster.scene import BAND_FILES
from layers.raster.stretch import BY_DEFAULT, StretchLimits, StretchRule

RESAMPLINGS = ("nearest", "bilinear", "cubic", "average")
LEAST_GAMMA = 1e-3

_OPAQUE = np.uint32(0xFF000000)
_FLOAT_STEPS = 4096
"""Values wider than 16 bits are scaled to this many steps of the stretch, sixteen for each grey level."""

ColouredPixels = NDArray[np.uint32]

COLORMAPS = ("viridis", "inferno", "turbo", "terrain", "coolwarm")
"""The ramps that are offered for a single band, in the order a list shows them."""


_OF_MOMENTS = ("netCDF",)
"""Formats whose bands show one quantity at several times or depths, and no colours."""


class Stretch(Struct, frozen=True):
    """Raw values `low` to `high` become black to white; `gamma` above 1 lightens the middle."""

    low: float
    high: float
    gamma: float = 1.0


FROZEN, SET_BY_ANOTHER = "frozen", "set by another image"
"""Keys of a style, as JSON, for the origin of its stretch: a view that was left since (DRA), or the first of the images
that are compared.
"""


def was_frozen(style_json: str) -> bool:
    """True for a style, as JSON, with a stretch from a view that was left since."""
    try:
        data = json.loads(style_json) if style_json else {}
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and data.get(FROZEN) is True


class RasterStyle(Struct, frozen=True):
    """Three bands as red, green, blue, or one as grey or through a colormap; one `Stretch` for each band.

    With an `expression` the bands are its inputs, in the order of `BandExpression.bands`, and its result is shown as
    one. `brightness`, `contrast` and `saturation` are -1..1 (0: unchanged), `sharpen` is 0..1.
    """

    bands: tuple[int, ...]
    stretches: tuple[Stretch, ...]
    """One for each band that is shown. With a `rule` from the view: what to show until the view is measured."""
    colormap: str = ""
    """A name in `COLORMAPS`, or empty: grey, or the file's own palette."""
    invert: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    resampling: str = "bilinear"
    saturation: float = 0.0
    sharpen: float = 0.0
    expression: str = ""
    """An expression of `layers.raster.band_maths`, or empty."""
    rule: StretchRule = BY_DEFAULT

    @property
    def shown(self) -> int:
        """Number of bands shown: three as colours, or one."""
        return 1 if self.expression else len(self.bands)

    @property
    def margin_px(self) -> int:
        """Number of pixels more that the raw bands need on each side."""
        return SHARPEN_PX if self.sharpen else 0

    def with_limits(self, limits: tuple[StretchLimits, ...]) -> Self:
        """The style stretched between these values; the gammas stay."""
        pairs = zip(limits, self.stretches, strict=True)
        return replace(self, stretches=tuple(Stretch(low, high, s.gamma) for (low, high), s in pairs))

    @classmethod
    def default(cls, info: RasterInfo) -> Self:
        """Red, green, blue where the file names them, else its first three bands, else its first."""
        colours = {band.color: band.index for band in info.bands} if info.driver == BAND_FILES else names_of(info)
        color = resolve(("red", "green", "blue"), colours) or ()
        plain = tuple(band.index for band in info.bands if band.color != "alpha") or (1,)
        are_colors = len(plain) >= 3 and info.driver not in _OF_MOMENTS
        bands = color if len(color) == 3 else plain[:3] if are_colors else plain[:1]
        if info.bands[bands[0] - 1].palette:
            return cls(bands[:1], (Stretch(0.0, 255.0),), resampling="nearest", rule=StretchRule(origin="given"))
        stretches = tuple(_default_stretch(info.bands[index - 1]) for index in bands)
        # Eight bits are shown as they are, but where the probe found a lone band that uses few of its values.
        as_they_are = all(info.bands[index - 1].dtype == "uint8" for index in bands) and all(
            s.low == 0 and s.high == (1 << int(s.high).bit_length()) - 1 for s in stretches
        )
        origin = "given" if as_they_are else "image"
        return cls(bands, stretches, rule=StretchRule(origin=origin))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return {
            "bands": list(self.bands),
            "stretches": [[s.low, s.high, s.gamma] for s in self.stretches],
            "colormap": self.colormap,
            "invert": self.invert,
            "brightness": self.brightness,
            "contrast": self.contrast,
            "resampling": self.resampling,
            "saturation": self.saturation,
            "sharpen": self.sharpen,
            "expression": self.expression,
            "stretch": encoded(self.rule),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], info: RasterInfo) -> Self:
        """The style in `data`, with the defaults of `info` for what is missing.

        Raises InvalidValue when it does not fit the file: bands it does not have, or values of the wrong kind.
        """
        default = cls.default(info)
        try:
            bands = tuple(int(b) for b in data.get("bands", default.bands))
            expression = str(data.get("expression", ""))
            stretches = tuple(Stretch(*(float(v) for v in s)) for s in data["stretches"]) if "stretches" in data else ()
            rule = StretchRule(origin="given") if stretches else default.rule
            style = cls(
                bands,
                stretches or _default_stretches(bands, expression, info),
                str(data.get("colormap", "")),
                bool(data.get("invert", False)),
                float(data.get("brightness", 0.0)),
                float(data.get("contrast", 0.0)),
                str(data.get("resampling", default.resampling)),
                float(data.get("saturation", 0.0)),
                float(data.get("sharpen", 0.0)),
                expression,
                StretchRule.from_json(data["stretch"]) if "stretch" in data else rule,
            )
        except (TypeError, ValueError, LookupError, AttributeError, OverflowError) as error:
            raise InvalidValue(
                "The stored style of {path} cannot be understood: choose a style.", path=info.path
            ) from error
        style._check(info)
        return style

    def _check(self, info: RasterInfo) -> None:
        looks = [self.brightness, self.contrast, self.saturation, self.sharpen]
        numbers = [v for s in self.stretches for v in (s.low, s.high, s.gamma)] + looks
        inputs = len(_parsed(self.expression).bands) if self.expression else 0
        sound = (
            (len(self.bands) == inputs if inputs else len(self.bands) in (1, 3))
            and len(self.stretches) == self.shown
            and all(1 <= band <= len(info.bands) for band in self.bands)
            and all(math.isfinite(n) for n in numbers)
            and all(LEAST_GAMMA <= s.gamma <= 1.0 / LEAST_GAMMA for s in self.stretches)
            and max(abs(self.brightness), abs(self.contrast), abs(self.saturation)) <= 1.0
            and 0.0 <= self.sharpen <= 1.0
            and (self.colormap == "" or self.colormap in COLORMAPS)
            and self.resampling in RESAMPLINGS
        )
        if not sound:
            raise InvalidValue("The stored style of {path} does not fit this file: choose a style.", path=info.path)


def shown_bands(
    bands: NDArray[Any], mask: NDArray[np.bool_] | None, style: RasterStyle
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """The values to stretch, (n, h, w), and their valid pixels: the bands, or the result of the style's expression."""
    if not style.expression:
        return bands, mask
    expression = _parsed(style.expression)
    values = expression.evaluate(dict(zip(expression.bands, bands, strict=True)), mask)
    return values[np.newaxis], np.isfinite(values)


def colorize(
    bands: NDArray[Any],
    mask: NDArray[np.bool_] | None,
    style: RasterStyle,
    info: RasterInfo,
    out: ColouredPixels | None = None,
) -> ColouredPixels:
    """Pixels (h, w), uint32 0xAARRGGBB with alpha multiplied in, of raw `bands` (n, ...), in `style.bands`' order.

    Bands and mask are `style.margin_px` larger than (h, w) on each side. Where `mask` is False the pixel is
    transparent. `out` (h, w) is written into and returned where given.
    """
    margin = style.margin_px
    inner = slice(margin, -margin or None)
    if out is None:
        out = np.empty((bands.shape[1] - 2 * margin, bands.shape[2] - 2 * margin), np.uint32)
    palette = info.bands[style.bands[0] - 1].palette if not (style.colormap or style.expression) else ()
    if palette and len(style.bands) == 1 and bands.dtype.kind in "bui":
        table = _palette_table(palette)
        _look_up(table, np.clip(bands[0, inner, inner], 0, len(table) - 1), out)
    else:
        bands, mask = shown_bands(bands, mask, style)
        if margin or (style.saturation and style.shown == 3):
            whole = np.empty(bands.shape[1:], np.uint32)
            _compose(bands, style, whole)
            out[:] = adjust(whole, mask, style.saturation if style.shown == 3 else 0.0, style.sharpen)
        else:
            _compose(bands, style, out)
    if mask is not None:
        np.multiply(out, mask[inner, inner], out=out)
    return out


@lru_cache(maxsize=16)
def _parsed(expression: str) -> BandExpression:
    return parse_expression(expression)


def _compose(bands: NDArray[Any], style: RasterStyle, out: ColouredPixels) -> None:
    """The stretched bands as opaque pixels."""
    if len(bands) == 1:
        _paint(bands[0], style, 0, -1, out)
        return
    part = np.empty_like(out)
    if bands.dtype == np.uint8 and all(_is_as_stored(stretch, *_tones(style)) for stretch in style.stretches):
        _join_bytes(bands, out, part)
        return
    _paint(bands[0], style, 0, 16, out)
    for position, shift in ((1, 8), (2, 0)):
        _paint(bands[position], style, position, shift, part)
        np.bitwise_or(out, part, out=out)


def _tones(style: RasterStyle) -> tuple[bool, float, float]:
    return style.invert, style.brightness, style.contrast


def _join_bytes(bands: NDArray[np.uint8], out: ColouredPixels, part: ColouredPixels) -> None:
    """Three bands of eight bits as opaque pixels, unchanged: in a third of the time that tables need."""
    np.left_shift(bands[0], 16, out=out, dtype=np.uint32)
    np.left_shift(bands[1], 8, out=part, dtype=np.uint32)
    np.bitwise_or(out, part, out=out)
    np.bitwise_or(out, bands[2], out=out)
    np.bitwise_or(out, _OPAQUE, out=out)


def _paint(band: NDArray[Any], style: RasterStyle, position: int, shift: int, out: ColouredPixels) -> None:
    """One band through its table; `shift` is the channel's place in a pixel, -1 for all three and the colormap."""
    stretch = style.stretches[position]
    look = (*_tones(style), style.colormap if shift < 0 else "", shift)
    if band.dtype.kind in "biu" and band.dtype.itemsize <= 2:
        unsigned = band.view(f"u{band.dtype.itemsize}")
        _look_up(_integer_table(band.dtype.str, stretch, *look), unsigned, out)
        return
    _look_up(_unit_table(_FLOAT_STEPS, stretch.gamma, *look), _steps(band, stretch), out)


def _look_up(table: ColouredPixels, index: NDArray[Any], out: ColouredPixels) -> None:
    # "clip" writes straight into out; the default mode would go through a buffer.
    np.take(table, index, out=out, mode="clip")


def _steps(band: NDArray[Any], stretch: Stretch) -> NDArray[np.uint16]:
    """Wide values as steps of the stretch; nan becomes the lowest."""
    values = np.abs(band) if band.dtype.kind == "c" else band
    wide: Any = np.float32 if values.dtype == np.float32 else np.float64
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values.astype(wide) - wide(stretch.low)) * wide((_FLOAT_STEPS - 1) / _span(stretch))
        np.nan_to_num(scaled, copy=False, nan=0.0)
        np.clip(scaled, 0, _FLOAT_STEPS - 1, out=scaled)
    return (scaled + wide(0.5)).astype(np.uint16)


def _span(stretch: Stretch) -> float:
    """Width of a stretch: never zero, negative where low and high are swapped."""
    return (stretch.high - stretch.low) or 1.0


@lru_cache(maxsize=64)
def _integer_table(
    dtype: str, stretch: Stretch, invert: bool, brightness: float, contrast: float, colors: str, shift: int
) -> ColouredPixels:
    """A pixel for each bit pattern of an integer of at most 16 bits."""
    kind = np.dtype(dtype)
    raw = np.arange(2 ** (8 * kind.itemsize)).astype(f"u{kind.itemsize}").view(kind).astype(np.float64)
    unit = np.clip((raw - stretch.low) / _span(stretch), 0.0, 1.0)
    return _colored(unit, stretch.gamma, invert, brightness, contrast, colors, shift)


@lru_cache(maxsize=64)
def _is_as_stored(stretch: Stretch, invert: bool, brightness: float, contrast: float) -> bool:
    """True where eight bits become the same eight bits."""
    table = _integer_table("|u1", stretch, invert, brightness, contrast, "", 0)
    return bool((table == _OPAQUE | np.arange(256, dtype=np.uint32)).all())


@lru_cache(maxsize=64)
def _unit_table(
    steps: int, gamma: float, invert: bool, brightness: float, contrast: float, colors: str, shift: int
) -> ColouredPixels:
    return _colored(np.linspace(0.0, 1.0, steps), gamma, invert, brightness, contrast, colors, shift)


def _colored(
    unit: NDArray[np.float64],
    gamma: float,
    invert: bool,
    brightness: float,
    contrast: float,
    colors: str,
    shift: int,
) -> ColouredPixels:
    if gamma != 1.0:
        unit = unit ** (1.0 / gamma)
    if contrast or brightness:
        steepness = math.tan((min(max(contrast, -1.0), 0.99) + 1.0) * math.pi / 4)
        unit = np.clip((unit - 0.5) * steepness + 0.5 + brightness, 0.0, 1.0)
    if invert:
        unit = 1.0 - unit
    gray = np.rint(unit * 255.0).astype(np.uint32)
    if shift >= 0:
        return _OPAQUE | (gray << np.uint32(shift))
    return ramp_pixels(colors)[gray] if colors else _OPAQUE | gray * np.uint32(0x010101)


@lru_cache(maxsize=16)
def _palette_table(palette: tuple[tuple[int, int, int, int], ...]) -> ColouredPixels:
    """Premultiplied pixels of a palette, and a transparent one for values beyond it."""
    rgba = np.array([*palette, (0, 0, 0, 0)], np.uint32)
    red, green, blue = ((rgba[:, i] * rgba[:, 3] + 127) // 255 for i in range(3))
    return (rgba[:, 3] << np.uint32(24)) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue


def _default_stretches(bands: tuple[int, ...], expression: str, info: RasterInfo) -> tuple[Stretch, ...]:
    if expression:
        return (Stretch(-1.0, 1.0),)
    return tuple(_default_stretch(info.bands[index - 1]) for index in bands)


def _default_stretch(band: BandInfo) -> Stretch:
    if band.low is not None and band.high is not None:
        return Stretch(band.low, band.high)
    kind = np.dtype(band.dtype) if band.dtype != "complex_int16" else np.dtype("complex64")
    if kind.kind in "iu":
        bounds = np.iinfo(kind)
        return Stretch(float(bounds.min), float(bounds.max))
    return Stretch(0.0, 1.0)


_LUMA = (0.299, 0.587, 0.114)
SHARPEN_PX = 1
"""Reach of the sharpening: tiles are read with so much more on each side, or they would show seams."""
_STRENGTH = 3.0


def adjust(pixels: ColouredPixels, mask: NDArray[np.bool_] | None, saturation: float, sharpen: float) -> ColouredPixels:
    """Opaque pixels (h, w) with saturation -1 (grey) to 1, and sharpened 0..1 by an unsharp mask of 3 x 3.

    Where `sharpen` is not 0 the result is `SHARPEN_PX` smaller on each side. Pixels with False in `mask` have no say in
    their neighbours; their own colour is arbitrary.
    """
    channels = np.stack([((pixels >> np.uint32(shift)) & np.uint32(255)) for shift in (16, 8, 0)]).astype(np.float32)
    if saturation:
        _saturate(channels, saturation)
    if sharpen:
        channels = _sharpened(channels, mask, sharpen)
    red, green, blue = np.clip(channels + np.float32(0.5), 0, 255).astype(np.uint32)
    return np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue


def _saturate(channels: NDArray[np.float32], saturation: float) -> None:
    factor = np.float32(1 + saturation if saturation < 0 else 1 + 2 * saturation)
    luma = sum((np.float32(weight) * channel for weight, channel in zip(_LUMA, channels, strict=True)), np.float32(0))
    channels -= luma
    channels *= factor
    channels += luma
    np.clip(channels, 0, 255, out=channels)


def _sharpened(channels: NDArray[np.float32], mask: NDArray[np.bool_] | None, sharpen: float) -> NDArray[np.float32]:
    inner = channels[:, SHARPEN_PX:-SHARPEN_PX, SHARPEN_PX:-SHARPEN_PX]
    if mask is None:
        mean = _sum_3x3(channels) * np.float32(1 / 9)
    else:
        weight = mask.astype(np.float32)
        mean = _sum_3x3(channels * weight) / np.maximum(_sum_3x3(weight), np.float32(1))
    sharper: NDArray[np.float32] = inner + np.float32(_STRENGTH * sharpen) * (inner - mean)
    return sharper


def _sum_3x3(values: NDArray[np.float32]) -> Any:
    rows = values[..., :-2, :] + values[..., 1:-1, :] + values[..., 2:, :]
    return rows[..., :-2] + rows[..., 1:-1] + rows[..., 2:]
