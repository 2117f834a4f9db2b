"""The date that a dated service is asked for, and what its server says of the one that it draws."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.services.tile_service import TileService
from layers.services.times.served_time import served_time
from layers.services.times.time_steps import written_time
from layers.time.written_dates import written_date
from viewer.rendering.layer_date import tiles_acquisition


class TileDates:
    """The dates of one service's pictures, asked for and served. Used on the window's thread only."""

    def __init__(self, service: TileService) -> None:
        self._service = service
        self.served: str | None = None
        """The date that the server says it has drawn instead of the one asked for, in its spelling; empty where it does
        not say which. None while it has said no such thing.
        """

    def look_at(self, warning: str) -> bool:
        """Note by a server's warning that it has drawn another date than was asked for; True where that is news."""
        served = served_time(warning, self._service.time) if warning and self._service.is_dated else None
        if served is None or served == self.served:
            return False
        self.served = served
        return True

    @property
    def asked(self) -> str:
        """The date that is asked for, short as states and evidence have it; empty for a service without dates."""
        return _short(self._asked) if self._service.is_dated else ""

    @property
    def _asked(self) -> str:
        return written_time(self._service.time) or self._service.time

    @property
    def is_nearest(self) -> bool:
        """True where the server may draw another date than the one that is asked for."""
        return self._service.nearest and self._service.is_dated

    @property
    def served_words(self) -> str:
        """The date that was served instead, short as states and evidence have it; empty where it is not known."""
        return _short(written_time(self.served) or self.served) if self.served else ""

    @property
    def words(self) -> str:
        """The date asked for against the one served, for evidence; empty where both are the same."""
        if self.served_words:
            return Phrase("asked for {asked}, {served} was served", asked=self.asked, served=self.served_words)
        if self.served is not None:
            return Phrase("asked for {asked}, another date was served", asked=self.asked)
        return Phrase("asked for {asked}, the nearest may be served", asked=self.asked) if self.is_nearest else ""

    @property
    def caption_note(self) -> str:
        """The same for a caption, which prints the date of what is shown before it."""
        if self.served_words:
            return Phrase("served where {asked} was asked for", asked=written_date(self._asked))
        if self.served is None and self.is_nearest:
            return Phrase("as asked for, the nearest may be served")
        return (
            Phrase("asked for {asked}, another date was served", asked=written_date(self._asked)) if self.words else ""
        )

    @property
    def credit_note(self) -> str:
        """The same for a credit, which tells the date asked for before it."""
        if self.served:
            return Phrase(", asked for; {date} was served", date=written_date(written_time(self.served) or self.served))
        if self.served is not None:
            return Phrase(", asked for; another date was served")
        return Phrase(", asked for; the nearest may be served") if self.is_nearest else ""

    def acquisition(self, layer: Layer) -> Acquisition:
        """The acquisition of what is shown: of the date that was served where that is another one than asked for."""
        known = tiles_acquisition(layer)
        if self.served is None:
            return known
        return replace(known, at=written_time(self.served), until="")


def _short(when: str) -> str:
    """A day as it is, a moment as 2024-04-12 10:30 UTC."""
    day, _, clock = when.strip().partition("T")
    return f"{day} {clock[:5]} UTC" if clock.endswith("Z") else when.strip()
