"""The readers' side of a combined layer: several images, each probed by itself and read together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import override

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.phrase import joined
from layers.pool.protocol import Profile
from layers.raster.acquisition import Acquisition
from layers.raster.combined import CombinedPart, Member, combined_acquisition, combined_raster, combined_scene, place_of
from layers.raster.scene import BandPlace
from layers.requests.imagery import Bands
from viewer.rendering.context import RenderContext
from viewer.rendering.layer_date import acquisition_of
from viewer.rendering.raster.raster_source import RasterSource


class CombinedSource(RasterSource):
    """Reads the members of a combined layer; `path` is only its name.

    Missing members are reported in `lacks`, and the others are shown.
    """

    def __init__(self, context: RenderContext, path: Path, members: Sequence[tuple[Member, Path]]) -> None:
        super().__init__(context, path, {})
        self._members = [(member, RasterSource(context, file, member.source)) for member, file in members]
        self._sentences: dict[str, str] = {}
        self._waiting = 0

    @property
    @override
    def folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys(source.path.parent for _, source in self._members))

    @override
    def probe(self, canvas_crs: str, done: Callable[[str], None]) -> None:
        self._waiting = len(self._members)
        for member, source in self._members:
            source.probe(canvas_crs, partial(self._probed, member, done))

    def _probed(self, member: Member, done: Callable[[str], None], sentence: str) -> None:
        self._waiting -= 1
        if sentence:
            self._sentences[member.name] = sentence
        if not self._waiting:
            done(self._put_together())

    def _put_together(self) -> str:
        self.lacks = joined(" ", [*dict.fromkeys(self._sentences.values())])
        self.missing = frozenset().union(*(source.missing for _, source in self._members))
        try:
            info = combined_raster(self.path.name, self._parts)
        except GeoloupeError as error:
            return error.sentence
        if info is None:
            return self.lacks
        self.info, self.scene = info, combined_scene(self.path.name, self._parts)
        if any(source.profile is Profile.VRT for _, source in self._members):
            self._profile = Profile.VRT
        return ""

    @property
    def _parts(self) -> list[CombinedPart]:
        return [CombinedPart(member, source.info, source.scene) for member, source in self._members]

    @override
    def acquisition_of(self, bands: tuple[int, ...]) -> Acquisition | None:
        """The acquisition of the members whose bands are shown; of several dates it is a composite."""
        parts = self._parts
        shown = {id(place_of(parts, number)[0].member) for number in bands}
        known = [
            (member.name, acquisition_of(_row_of(member), source.info, source.acquisition))
            for member, source in self._members
            if id(member) in shown
        ]
        return combined_acquisition(known) if known else None

    @override
    def ask_acquisition(self, done: Callable[[], None]) -> None:
        for _, source in self._members:
            source.ask_acquisition(done)

    @override
    def _bands(self, bands: tuple[int, ...]) -> Bands:
        return tuple(self._place(number) for number in bands)

    def _place(self, number: int) -> BandPlace:
        part, own = place_of(self._parts, number)
        source = next(source for member, source in self._members if member is part.member)
        return replace(source.place_of(own), source_crs=part.member.crs)


def _row_of(member: Member) -> Layer:
    """The row that the member's own layer had when it was combined."""
    return Layer(
        uuid="",
        kind="raster",
        name=member.name,
        acquired_at=member.acquired_at,
        date_kind=member.date_kind,
        credit=member.credit,
    )
