"""The colours of a raster: by the style of its layer's row, with a stretch from the view by what that shows."""

from __future__ import annotations

from collections.abc import Callable

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.grid.tile_grid import View
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle
from viewer.rendering.raster.raster_meter import KeyedTiles, ViewMeter, ViewSample
from viewer.rendering.raster.raster_reading import Reading
from viewer.support.jobs import Jobs


class RasterLook:
    """`intent` is the style of the layer's row, `style` what is shown: with a stretch from the view they differ."""

    def __init__(self, jobs: Jobs) -> None:
        self.intent: RasterStyle | None = None
        self.style: RasterStyle | None = None
        self.is_watched = False
        """Somebody shows `sample`: each view that rests is measured."""
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
        """Find `style`: with a stretch from the view the one measured last, until this view is measured."""
        style, sample = self.intent, self._meter.sample
        assert style is not None
        if self.is_dra and sample is not None and sample.fits(style):
            style = style.with_limits(sample.limits(style.rule))
        self.style = style

    def forget(self) -> None:
        """The data are other data now."""
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

    def is_final(self, view: View, reading: Reading) -> bool:
        """False while the stretch of this view is not the one it will have."""
        return self.style is None or not self.is_dra or self._meter.has_measured(view, reading, self.style)

    def needs(self, view: View, reading: Reading) -> bool:
        """True where this view is to be measured once all its tiles are there."""
        if self.style is None or not (self.is_watched or self.is_dra):
            return False
        return not self._meter.has_measured(view, reading, self.style)

    def measure(self, tiles: KeyedTiles, view: View, reading: Reading, done: Callable[[], None]) -> None:
        """Off the window's thread; `done` is called in it, before `settle` is."""
        assert self.style is not None
        self._meter.measure(tiles, view, reading, self.style, done)
