"""The readers' side of an image whose bands lie in files of their own: those that are shown are opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, override

from msgspec.structs import replace

from layers.errors import GeoloupeError, NotReadable
from layers.phrase import Phrase, joined
from layers.raster.acquisition import Acquisition
from layers.raster.band_files import BandFile, natural_bands, raster_of_files, scene_of_files
from layers.raster.info import RasterInfo
from layers.raster.stretch import StretchLimits
from layers.raster.style import RasterStyle
from layers.requests.addresses import is_address, name_of
from viewer.rendering.context import RenderContext
from viewer.rendering.raster.raster_source import RasterSource


class BandFilesSource(RasterSource):
    """Reads bands in files of their own, on hosts or on a disk; `path` is only its name.

    Of each file a reader is asked once it is shown: a scene has a dozen, and each costs a host's answers.
    """

    def __init__(
        self,
        context: RenderContext,
        path: Path,
        source: Mapping[str, Any],
        files: Sequence[BandFile],
        shown: Sequence[int] = (),
    ) -> None:
        """`source` is that of the layer's row; `shown` are the numbers of the bands that are opened first; empty: the
        natural colours.
        """
        super().__init__(context, path, source)
        self._files = tuple(files)
        self.place = next((file.place for file in self._files if file.place), "")
        self._first = tuple(number for number in shown if 0 < number <= len(files)) or natural_bands(files)
        self._opened: dict[str, RasterSource] = {}
        self._sentences: dict[str, str] = {}
        """Sentences on files that cannot be read, by place."""
        catalogue = source.get("catalogue")
        self._product = str(catalogue.get("id") or "") if isinstance(catalogue, dict) else ""

    @property
    @override
    def places(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(file.place for file in self._files if file.place))

    @property
    @override
    def folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(Path(place).parent for place in self.places if not is_address(place)))

    @property
    @override
    def is_ahead_worthwhile(self) -> bool:
        return not is_address(self.place)

    @override
    def probe(self, canvas_crs: str, done: Callable[[str], None]) -> None:
        held = [number for number, file in enumerate(self._files, 1) if file.place]
        bands = self._first if set(held) & set(self._first) else (*self._first, *held[:1])  # a pack may lack some
        self._open(bands, canvas_crs, lambda: done(self._put_together()))

    @override
    def open_bands(self, bands: Sequence[int], canvas_crs: str, done: Callable[[], None]) -> None:
        def opened() -> None:
            self._put_together()
            done()

        self._open(bands, canvas_crs, opened)

    def _open(self, bands: Sequence[int], canvas_crs: str, done: Callable[[], None]) -> bool:
        """Ask for the files of bands that were not asked for yet; `done` is called once all have answered. False where
        there is none, and nothing will be called.
        """
        places = self._places_of(bands)
        if "" in places:  # of a pack that lacks them
            lacking = [
                number for number in bands if 0 < number <= len(self._files) and not self._files[number - 1].place
            ]
            self._sentences[""] = self._lacks_bands(lacking)
        fresh = [place for place in places if place and place not in self._opened]
        waiting = set(fresh)

        def answered(place: str, sentence: str) -> None:
            waiting.discard(place)
            if sentence:
                self._sentences[place] = self._of_band(place, sentence)
            if not waiting:
                done()

        for place in fresh:
            source = self._opened[place] = RasterSource(self._context, Path(name_of(place)), {})
            source.place = place
        for place in fresh:
            self._opened[place].probe(canvas_crs, partial(answered, place))
        return bool(fresh)

    @override
    def ask_limits(
        self,
        style: RasterStyle,
        done: Callable[[Sequence[StretchLimits]], None],
        failed: Callable[[GeoloupeError], None],
    ) -> None:
        """Open the files first: what is wrong with one is then said of its band."""

        def opened() -> None:
            self._put_together()
            wrong = [self._sentences[place] for place in self._places_of(style.bands) if place in self._sentences]
            if wrong:
                failed(NotReadable(joined(" ", wrong)))
            else:
                ask(style, done, failed)

        ask = super().ask_limits
        if not self._open(style.bands, "", opened):
            opened()

    def _of_band(self, place: str, sentence: str) -> Phrase:
        """The sentence with the names of the bands that lie at the place."""
        names = ", ".join(file.title for file in self._files if file.place == place)
        return Phrase("Band {names}: {sentence}", names=names, sentence=sentence)

    def _lacks_bands(self, numbers: Sequence[int]) -> Phrase:
        names = ", ".join(self._files[number - 1].title for number in numbers)
        return Phrase("The offline pack lacks {names}: make it again while its host answers.", names=names)

    def _places_of(self, bands: Sequence[int]) -> tuple[str, ...]:
        places = (self._files[number - 1].place for number in bands if 0 < number <= len(self._files))
        return tuple(dict.fromkeys(places))

    def _put_together(self) -> str:
        """Take the facts of the files that have answered; return the sentence on why nothing can be shown."""
        infos = self._infos
        self.lacks = joined(" ", [*dict.fromkeys(self._sentences.values())])
        self.missing = frozenset().union(*(source.missing for source in self._opened.values()))
        info = raster_of_files(self.path.name, self._files, infos)
        if info is None:
            return self.lacks
        self.own_info = self.info = info
        self.scene = scene_of_files(self.path.name, self._files, infos)
        own = (source.acquisition for source in self._opened.values())
        known = next((acquisition for acquisition in own if acquisition is not None), Acquisition())
        self.acquisition = replace(known, product_id=self._product or known.product_id)
        return ""

    @property
    def _infos(self) -> dict[str, RasterInfo]:
        return {place: source.info for place, source in self._opened.items() if source.info is not None}
