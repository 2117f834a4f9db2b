"""The style in which a raster is shown: that of its layer's row, with a stretch from the values in view."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct, field

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.grid.tile_grid import TILE_PX, TileKey, View
from layers.raster.info import RasterInfo
from layers.raster.stretch import StretchLimits, StretchRule, Values
from layers.raster.style import RasterStyle, shown_bands
from viewer.rendering.raster.raster_requests import RawReading
from viewer.rendering.tiles.tile_cache import RawTile
from viewer.support.jobs import Jobs

type KeyedTiles = Sequence[tuple[TileKey, RawTile]]


class ViewSample(Struct, frozen=True, eq=False):
    """The `values` of each band that is shown; `bands` and `expression` are those of the style."""

    bands: tuple[int, ...]
    expression: str
    values: tuple[Values, ...]
    _limits: dict[StretchRule, tuple[StretchLimits, ...]] = field(default_factory=dict)

    def fits(self, style: RasterStyle) -> bool:
        return (self.bands, self.expression) == (style.bands, style.expression)

    def limits(self, rule: StretchRule) -> tuple[StretchLimits, ...]:
        if rule not in self._limits:
            self._limits[rule] = rule.limits(self.values)
        return self._limits[rule]


def sample_of(tiles: KeyedTiles, view: View, style: RasterStyle) -> ViewSample | None:
    """The valid values inside the view; None where a band has none."""
    parts: list[list[np.ndarray]] = [[] for _ in range(style.shown)]
    margin = style.margin_px
    for key, raw in tiles:
        if raw.bands is None:
            continue
        left, top = view.left - key.col * TILE_PX, view.top - key.row * TILE_PX
        rows = slice(margin + max(0, top), margin + min(TILE_PX, top + view.height))
        columns = slice(margin + max(0, left), margin + min(TILE_PX, left + view.width))
        mask = None if raw.mask is None else raw.mask[rows, columns]
        bands, mask = shown_bands(raw.bands[:, rows, columns], mask, style)
        for part, band in zip(parts, bands, strict=True):
            part.append(band.reshape(-1) if mask is None else band[mask])
    values = [Values.of(part) for part in parts]
    known = tuple(band_values for band_values in values if band_values is not None)
    if len(known) < len(values):
        return None
    sample = ViewSample(style.bands, style.expression, known)
    sample.limits(style.rule)  # here, as all bands together take a while
    return sample


class ViewMeter:
    """Measures each view once, in another thread than the window's."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._is_busy = False
        self._measured: tuple[View, RawReading, str] | None = None
        self.sample: ViewSample | None = None

    def has_measured(self, view: View, reading: RawReading, style: RasterStyle) -> bool:
        """True where `sample` is that of this view, read so, in a style of the same expression."""
        return self._measured == (view, reading, style.expression)

    def forget(self) -> None:
        """Forget the measurements, as the data have changed."""
        self._measured = self.sample = None

    def measure(
        self, tiles: KeyedTiles, view: View, reading: RawReading, style: RasterStyle, done: Callable[[], None]
    ) -> None:
        """Measure a view. `done` is called in the window's thread; a call while a measurement runs is dropped."""
        if self._is_busy:
            return
        self._is_busy = True

        def take(sample: ViewSample | None) -> None:
            self._is_busy = False
            self._measured = (view, reading, style.expression)
            # An empty view keeps the stretch it came with.
            self.sample = sample if sample is not None else self.sample
            done()

        self._jobs.run(lambda _: sample_of(tiles, view, style), take, lambda _error: take(None))


class ShownStyle:
    """The style of the layer's row, `intent`, and the one that is shown, `style`: a stretch from the view differs."""

    def __init__(self, jobs: Jobs) -> None:
        self.intent: RasterStyle | None = None
        self.style: RasterStyle | None = None
        self.is_watched = False
        """True while `sample` is shown somewhere: each view that rests is measured."""
        self._meter = ViewMeter(jobs)

    def take(self, layer: Layer, info: RasterInfo) -> bool:
        """Read the row's style; False where it does not fit the file, and the default is shown."""
        fits = True
        try:
            style = layer.read_style()
            self.intent = RasterStyle.from_json(style, info) if style else RasterStyle.default(info)
        except GeoloupeError:
            self.intent = RasterStyle.default(info)
            fits = False
        self.settle()
        return fits

    def settle(self) -> None:
        """Set `style`. A stretch from the view is that of the view measured last, until this one is measured."""
        style, sample = self.intent, self._meter.sample
        assert style is not None
        if self.is_dra and sample is not None and sample.fits(style):
            style = style.with_limits(sample.limits(style.rule))
        self.style = style

    def forget(self) -> None:
        """Forget the measurements, as the data have changed."""
        self._meter.forget()

    # -- measuring ------------------------------------------------------------------------------------------------

    @property
    def is_dra(self) -> bool:
        return self.intent is not None and self.intent.rule.origin == "view"

    @property
    def sample(self) -> ViewSample | None:
        """The values in view, of the style that is shown; None until they are measured."""
        sample = self._meter.sample
        return sample if sample is not None and self.style is not None and sample.fits(self.style) else None

    def is_final(self, view: View, reading: RawReading) -> bool:
        """True where the stretch of this view is final."""
        return self.style is None or not self.is_dra or self._meter.has_measured(view, reading, self.style)

    def needs(self, view: View, reading: RawReading) -> bool:
        """True where this view is to be measured once all its tiles are there."""
        if self.style is None or not (self.is_watched or self.is_dra):
            return False
        return not self._meter.has_measured(view, reading, self.style)

    def measure(self, tiles: KeyedTiles, view: View, reading: RawReading, done: Callable[[], None]) -> None:
        """Measure a view in another thread; `done` is called in the window's thread, before `settle` is."""
        assert self.style is not None
        self._meter.measure(tiles, view, reading, self.style, done)
