"""The readers' side of a raster layer: its file, or the files of a delivery, and the facts found in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from layers.document.layer import height_of
from layers.errors import FileMissing, GeoloupeError
from layers.grid.tile_grid import Affine
from layers.phrase import Phrase
from layers.pool.protocol import Answer, Profile, Request
from layers.raster.acquisition import Acquisition
from layers.raster.band_names import given_names, with_names
from layers.raster.info import RasterInfo
from layers.raster.overviews import SOON_PIXELS, Lack, SourceState, lack_of
from layers.raster.point_fit.control_point import PointSet
from layers.raster.scene import BandPlace, SceneInfo
from layers.raster.stretch import StretchLimits
from layers.raster.style import RasterStyle
from layers.requests.imagery import (
    AcquisitionFacts,
    AreaRing,
    Bands,
    ReadAcquisition,
    ReadArea,
    ReadChip,
    ReadStatistics,
    ReadTile,
    StatisticsFacts,
)
from layers.requests.probe import Probe
from layers.requests.probed import Probed
from layers.requests.question import Question
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_requests import TileRead, reader_crs

MOST_BANDS = 64
"""Most bands whose values are read at a place, or in an area."""

type _Answered = Callable[[Answer | GeoloupeError], None]


class RasterSource:
    """Asks readers about a raster. All callbacks come in the window's thread, except those of tiles."""

    def __init__(
        self, context: RenderContext, path: Path, source: Mapping[str, Any], points: PointSet | None = None
    ) -> None:
        """Make the source of a layer.

        `source` is that of the layer's row: "part" is one picture of a file that holds several, "height_m" is for an
        RPC. `points` are control points that place it.
        """
        self.path = path
        self.place = str(path)
        """The place by which readers find it: a path, or an address."""
        self._points = None if points is None else points.for_readers
        self._part, self._height_m = str(source.get("part", "")), height_of(source)
        self.band_names = given_names(source)
        self.own_info: RasterInfo | None = None
        """The facts as the file itself states them."""
        self.info: RasterInfo | None = None
        """The facts with the bands' names that the analyst gave."""
        self.scene: SceneInfo | None = None
        """The scene of a delivery, whose band n is band n of `info`; None for a file."""
        self.acquisition: Acquisition | None = None
        """Acquisition of the image; None until `ask_acquisition` has been answered."""
        self.missing: frozenset[str] = frozenset()
        """The files that were looked for and are missing."""
        self.lacks = ""
        """A sentence on missing parts where the rest can be shown."""
        self.state: SourceState | None = None
        """The state of the file when it was probed; None for several files."""
        self.overview_path = ""
        """Path of the overviews that we have built for it; empty without any."""
        self._context = context
        self._profile = Profile.LOCAL
        self._has_asked = False

    def probe(self, canvas_crs: str, done: Callable[[str], None]) -> None:
        """Probe the file; `done` is called with a sentence on its problem, which is empty where it has none."""

        def probed(answer: Answer | GeoloupeError) -> None:
            if isinstance(answer, GeoloupeError):
                self.missing = frozenset({self.place}) if isinstance(answer, FileMissing) else frozenset()
                done(answer.sentence)
            else:
                self._profile = answer.profile
                done(self._take(answer.facts))

        question = Probe(self.place, self._part, height_m=self._height_m, canvas_crs=reader_crs(canvas_crs))
        question = replace(question, control_points=self._points)
        self._context.pool.probe(question, partial(self._context.mailbox.post, probed))

    def _take(self, probed: Probed) -> str:
        if probed.kind not in ("raster", "scene"):
            return Phrase("{name} is no raster: remove the layer and add the file again.", name=self.path.name)
        if probed.raster is None:
            return Phrase("No band of {name} can be opened: look whether its files are all there.", name=self.path.name)
        self.own_info, self.scene = probed.raster, probed.scene
        self.info = with_names(self.own_info, self.band_names) if self.scene is None else self.own_info
        if self.scene is not None:
            self.acquisition = self.scene.acquisition
        elif probed.acquisition is not None:
            self.acquisition = probed.acquisition
        if self.scene is None and probed.state is not None:
            self.state = SourceState(self.place, self._part, *probed.state)
            self.look_for_overviews()
        return ""

    def open_bands(self, bands: Sequence[int], canvas_crs: str, done: Callable[[], None]) -> None:
        """Open what these bands need besides what is open; `done` is called where the facts may be others by that."""

    @property
    def places(self) -> tuple[str, ...]:
        """The places of all its files."""
        return (self.place,)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders of its files."""
        return (self.path.parent,)

    @property
    def is_ahead_worthwhile(self) -> bool:
        """True where tiles beside the view are read ahead of need: of a file on a disk, which costs nobody anything."""
        return self.lack is Lack.NONE

    def name_bands(self, names: Mapping[int, str]) -> None:
        """Set the names of bands that the analyst gives; nothing is read again."""
        if dict(names) == self.band_names:
            return
        self.band_names = dict(names)
        if self.own_info is not None and self.scene is None:
            self.info = with_names(self.own_info, self.band_names)

    @property
    def lack(self) -> Lack:
        """Degree to which overviews are missing."""
        if self.info is None or self.state is None or self.overview_path:
            return Lack.NONE
        return lack_of(self.info)

    @property
    def is_built_soon(self) -> bool:
        """True where overviews will be built within a minute: reading without them is not worth it."""
        store, info = self._context.overviews, self.info
        if store is None or self.state is None or info is None or self.lack is Lack.NONE:
            return False
        return info.width * info.height <= SOON_PIXELS and store.is_building(self.state)

    def look_for_overviews(self) -> None:
        """Find overviews that were built for this state of the file."""
        store = self._context.overviews
        if store is not None and self.state is not None and self.lack is not Lack.NONE:
            self.overview_path = store.find(self.state)
            if not self.overview_path:
                store.sweep(self.state)

    def acquisition_of(self, bands: tuple[int, ...]) -> Acquisition | None:
        """Acquisition of the image as these bands show it; None until it is known."""
        return self.acquisition

    def read_request(self, read: TileRead, done: Callable[[Answer | GeoloupeError], None]) -> Request:
        """Request to a reader for a read. Called on a supervisor's thread, as is `done`."""
        of_bands = self.tile_of(read.reading.bands)
        if self.state is not None:
            of_bands = replace(of_bands, state=self.state[2:], overview_path=read.reading.overview_path)
        return Request(read.question(of_bands), done, strike_key=read.reading.path, profile=self._profile)

    def tile_of(self, bands: tuple[int, ...]) -> ReadTile:
        """A question about these bands, whose grid is still to be set."""
        return ReadTile(self.place, self._part, self._height_m, self._bands(bands), self._points)

    def ask_limits(
        self,
        style: RasterStyle,
        done: Callable[[Sequence[StretchLimits]], None],
        failed: Callable[[GeoloupeError], None],
    ) -> None:
        """Read the limits that `style.rule` finds in the whole image; empty where nothing is valid."""
        question = ReadStatistics(
            self.place,
            self._part,
            self._height_m,
            self._bands(style.bands),
            rule=style.rule,
            expression=style.expression,
        )
        if self.scene is not None and self.info is not None:
            question = replace(question, crs=self.info.crs, bounds=self.info.bounds)

        def answered(answer: Answer | GeoloupeError) -> None:
            if isinstance(answer, GeoloupeError):
                failed(answer)
            else:
                facts: StatisticsFacts = answer.facts
                done(facts.stretch)

        self._submit(question, answered)

    def ask_acquisition(self, done: Callable[[], None]) -> None:
        """Read `acquisition`, once; it stays empty where it cannot be read."""
        if self._has_asked or self.info is None:
            return
        self._has_asked = True
        if self.acquisition is not None:
            return

        def answered(answer: Answer | GeoloupeError) -> None:
            if isinstance(answer, GeoloupeError):
                self.acquisition = Acquisition(notes=(answer.sentence,))
            else:
                facts: AcquisitionFacts = answer.facts
                self.acquisition = facts.acquisition
            done()

        self._submit(ReadAcquisition(self.place, self._part), answered)

    def ask_chip(
        self,
        bands: tuple[int, ...],
        grid: Affine,
        size: tuple[int, int],
        crs: str,
        answered: _Answered,
        placed: Affine | None = None,
    ) -> None:
        """Read exact pixels on the image's own `grid` in its `crs`, `size` of them across and down.

        `placed` is where they are on the map, if that is another place.
        """
        self._submit(self._exact(ReadChip, bands, crs, grid, size, placed=placed), answered)

    def ask_area(
        self, grid: Affine, size: tuple[int, int], crs: str, rings: tuple[AreaRing, ...], answered: _Answered
    ) -> None:
        """Read statistics of all bands over the pixels inside `rings`, on a grid of `size` pixels in `crs`."""
        more = {"overview_path": self.overview_path, "rings": rings}
        self._submit(self._exact(ReadArea, self.all_bands, crs, grid, size, **more), answered)

    def ask_pixels(
        self, bands: tuple[int, ...], grid: Affine, size: tuple[int, int], crs: str, answered: _Answered, **more: Any
    ) -> None:
        """Read the raw values of bands on the image's own `grid` in its `crs`, `size` pixels across and down.

        With `spares` a file that cannot be read costs its own bands.
        """
        self._submit(self._exact(ReadTile, bands, crs, grid, size, **more), answered)

    def ask_beside(
        self,
        place: str,
        bands: tuple[int, ...],
        grid: Affine,
        size: tuple[int, int],
        crs: str,
        answered: _Answered,
        profile: Profile | None = None,
    ) -> None:
        """Read the raw values of another file at `place`, such as a mask of this image, on this one's own `grid`.

        `profile` is that of the readers that can open it; None: of those that can open this image.
        """
        question = ReadTile(
            place, bands=bands, crs=crs, affine=grid, width=size[0], height=size[1], resampling="nearest"
        )
        self._submit(question, answered, place, profile)

    def ask_pixel(self, place: tuple[float, float], step: float, crs: str, answered: _Answered) -> None:
        """Read the raw values of all bands at a place in `crs`; `step` is less than a pixel, in units of it.

        A file that cannot be read costs its own bands.
        """
        grid = Affine(step, 0.0, place[0] - step / 2, 0.0, -step, place[1] + step / 2)
        self._submit(self._exact(ReadTile, self.all_bands, reader_crs(crs), grid, (1, 1), spares=True), answered)

    def _exact[T: ReadTile](
        self, kind: type[T], bands: tuple[int, ...], crs: str, grid: Affine, size: tuple[int, int], **more: Any
    ) -> T:
        """A question about pixels as they are in the file, on a grid of `size` pixels across and down in `crs`."""
        return kind(
            self.place,
            self._part,
            self._height_m,
            self._bands(bands),
            self._points,
            crs=crs,
            affine=grid,
            width=size[0],
            height=size[1],
            resampling="nearest",
            source_crs=crs,
            state=None if self.state is None else self.state[2:],
            **more,
        )

    @property
    def all_bands(self) -> tuple[int, ...]:
        """The numbers of its bands, limited to the first ones of very many."""
        return () if self.info is None else tuple(range(1, min(len(self.info.bands), MOST_BANDS) + 1))

    def _bands(self, bands: tuple[int, ...]) -> Bands:
        scene = self.scene
        return bands if scene is None else tuple(scene.bands[number - 1].place for number in bands)

    def place_of(self, index: int) -> BandPlace:
        """The place of one of the file's own bands, or of a scene's."""
        if self.scene is not None:
            place = self.scene.bands[index - 1].place
            return replace(place, part=self._part, height_m=self._height_m)
        return BandPlace((self.place,), index, part=self._part, height_m=self._height_m)

    @property
    def profile(self) -> Profile:
        """Profile of the readers that can open it, once it is probed."""
        return self._profile

    def _submit(
        self, question: Question, answered: _Answered, strike_key: str = "", profile: Profile | None = None
    ) -> None:
        def post(answer: Answer | GeoloupeError) -> None:
            self._context.mailbox.post(answered, answer)

        self._context.pool.submit(
            Request(question, post, strike_key=strike_key or self.place, profile=profile or self._profile)
        )
