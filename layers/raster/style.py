"""How a raster looks: bands, stretch, colours. Raw values become pixels by look-up tables; nothing is read again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from layers.errors import InvalidValue
from layers.raster.colormaps import COLORMAPS, colormap
from layers.raster.info import BandInfo, RasterInfo

RESAMPLINGS = ("nearest", "bilinear", "cubic", "average")

_OPAQUE = np.uint32(0xFF000000)
_FLOAT_STEPS = 4096
"""Values wider than 16 bits are scaled to this many steps of the stretch, sixteen for each grey level."""

Pixels = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Raw values `low` to `high` become black to white; `gamma` above 1 lightens the middle."""

    low: float
    high: float
    gamma: float = 1.0


@dataclass(frozen=True, slots=True)
class RasterStyle:
    """Three bands as red, green, blue, or one as grey or through a colormap; one `Stretch` for each band.

    `brightness` and `contrast` are -1..1 (0: unchanged).
    """

    bands: tuple[int, ...]
    stretches: tuple[Stretch, ...]
    colormap: str = ""
    """A name in `COLORMAPS`, or empty: grey, or the file's own palette."""
    invert: bool = False
    brightness: float = 0.0
    contrast: float = 0.0
    resampling: str = "bilinear"

    @classmethod
    def default(cls, info: RasterInfo) -> Self:
        """Red, green, blue where the file names them, else its first three bands, else its first."""
        by_color = {band.color: band.index for band in info.bands}
        color = tuple(by_color[c] for c in ("red", "green", "blue") if c in by_color)
        plain = tuple(band.index for band in info.bands if band.color != "alpha") or (1,)
        bands = color if len(color) == 3 else plain[:3] if len(plain) >= 3 else plain[:1]
        if info.bands[bands[0] - 1].palette:
            return cls(bands[:1], (Stretch(0.0, 255.0),), resampling="nearest")
        return cls(bands, tuple(_default_stretch(info.bands[index - 1]) for index in bands))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives back an equal value."""
        return {
            "bands": list(self.bands), "stretches": [[s.low, s.high, s.gamma] for s in self.stretches],
            "colormap": self.colormap, "invert": self.invert, "brightness": self.brightness,
            "contrast": self.contrast, "resampling": self.resampling,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any], info: RasterInfo) -> Self:
        """The style in `data`, with the defaults of `info` for what is missing.

        Raises InvalidValue when it does not fit the file: bands it does not have, or values of the wrong kind.
        """
        default = cls.default(info)
        try:
            bands = tuple(int(b) for b in data.get("bands", default.bands))
            stretches = tuple(Stretch(*(float(v) for v in s)) for s in data["stretches"]) if "stretches" in data else ()
            style = cls(
                bands,
                stretches or tuple(_default_stretch(info.bands[index - 1]) for index in bands),
                str(data.get("colormap", "")),
                bool(data.get("invert", False)),
                float(data.get("brightness", 0.0)),
                float(data.get("contrast", 0.0)),
                str(data.get("resampling", default.resampling)),
            )
        except (TypeError, ValueError, IndexError, AttributeError) as error:
            raise InvalidValue(f"The stored style of {info.path} cannot be understood: choose a style.") from error
        style._check(info)
        return style

    def _check(self, info: RasterInfo) -> None:
        numbers = [v for s in self.stretches for v in (s.low, s.high, s.gamma)] + [self.brightness, self.contrast]
        sound = (
            len(self.bands) in (1, 3)
            and len(self.stretches) == len(self.bands)
            and all(1 <= band <= len(info.bands) for band in self.bands)
            and all(math.isfinite(n) for n in numbers)
            and all(s.gamma > 0 for s in self.stretches)
            and (self.colormap == "" or self.colormap in COLORMAPS)
            and self.resampling in RESAMPLINGS
        )
        if not sound:
            raise InvalidValue(f"The stored style of {info.path} does not fit this file: choose a style.")


def colorize(
    bands: NDArray[Any], mask: NDArray[np.bool_] | None, style: RasterStyle, info: RasterInfo, out: Pixels | None = None
) -> Pixels:
    """Pixels (h, w), uint32 0xAARRGGBB with alpha multiplied in, of raw `bands` (n, h, w), in `style.bands`' order.

    Where `mask` is False the pixel is transparent. `out` (h, w) is written into and returned where given.
    """
    out = np.empty(bands.shape[1:], np.uint32) if out is None else out
    palette = info.bands[style.bands[0] - 1].palette if not style.colormap else ()
    if len(style.bands) == 1:
        table = _palette_table(palette) if palette and bands.dtype.kind in "bui" else None
        if table is not None:
            _look_up(table, np.clip(bands[0], 0, len(table) - 1), out)
        else:
            _paint(bands[0], style, 0, -1, out)
    else:
        part = np.empty_like(out)
        _paint(bands[0], style, 0, 16, out)
        for position, shift in ((1, 8), (2, 0)):
            _paint(bands[position], style, position, shift, part)
            np.bitwise_or(out, part, out=out)
    if mask is not None:
        np.multiply(out, mask, out=out)
    return out


def _paint(band: NDArray[Any], style: RasterStyle, position: int, shift: int, out: Pixels) -> None:
    """One band through its table; `shift` is the channel's place in a pixel, -1 for all three and the colormap."""
    stretch = style.stretches[position]
    look = (style.invert, style.brightness, style.contrast, style.colormap if shift < 0 else "", shift)
    if band.dtype.kind in "biu" and band.dtype.itemsize <= 2:
        unsigned = band.view(f"u{band.dtype.itemsize}")
        _look_up(_integer_table(band.dtype.str, stretch, *look), unsigned, out)
        return
    _look_up(_unit_table(_FLOAT_STEPS, stretch.gamma, *look), _steps(band, stretch), out)


def _look_up(table: Pixels, index: NDArray[Any], out: Pixels) -> None:
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
    """Never zero, negative where low and high are swapped."""
    return (stretch.high - stretch.low) or 1.0


@lru_cache(maxsize=64)
def _integer_table(
    dtype: str, stretch: Stretch, invert: bool, brightness: float, contrast: float, colors: str, shift: int
) -> Pixels:
    """A pixel for each bit pattern of an integer of at most 16 bits."""
    kind = np.dtype(dtype)
    raw = np.arange(2 ** (8 * kind.itemsize)).astype(f"u{kind.itemsize}").view(kind).astype(np.float64)
    unit = np.clip((raw - stretch.low) / _span(stretch), 0.0, 1.0)
    return _colored(unit, stretch.gamma, invert, brightness, contrast, colors, shift)


@lru_cache(maxsize=64)
def _unit_table(
    steps: int, gamma: float, invert: bool, brightness: float, contrast: float, colors: str, shift: int
) -> Pixels:
    return _colored(np.linspace(0.0, 1.0, steps), gamma, invert, brightness, contrast, colors, shift)


def _colored(
    unit: NDArray[np.float64],
    gamma: float,
    invert: bool,
    brightness: float,
    contrast: float,
    colors: str,
    shift: int,
) -> Pixels:
    unit = unit ** (1.0 / gamma)
    if contrast or brightness:
        steepness = math.tan((min(max(contrast, -1.0), 0.99) + 1.0) * math.pi / 4)
        unit = np.clip((unit - 0.5) * steepness + 0.5 + brightness, 0.0, 1.0)
    if invert:
        unit = 1.0 - unit
    gray = np.rint(unit * 255.0).astype(np.uint32)
    if shift >= 0:
        return _OPAQUE | (gray << np.uint32(shift))
    return colormap(colors)[gray] if colors else _OPAQUE | gray * np.uint32(0x010101)


@lru_cache(maxsize=16)
def _palette_table(palette: tuple[tuple[int, int, int, int], ...]) -> Pixels:
    """Premultiplied pixels of a palette, and a transparent one for values beyond it."""
    rgba = np.array([*palette, (0, 0, 0, 0)], np.uint32)
    red, green, blue = ((rgba[:, i] * rgba[:, 3] + 127) // 255 for i in range(3))
    return (rgba[:, 3] << np.uint32(24)) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue


def _default_stretch(band: BandInfo) -> Stretch:
    if band.low is not None and band.high is not None:
        return Stretch(band.low, band.high)
    kind = np.dtype(band.dtype) if band.dtype != "complex_int16" else np.dtype("complex64")
    if kind.kind in "iu":
        bounds = np.iinfo(kind)
        return Stretch(float(bounds.min), float(bounds.max))
    return Stretch(0.0, 1.0)
