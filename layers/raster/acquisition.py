"""Time, platform and geometry of an image's acquisition, as far as its metadata tell them; the rest stays missing."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import fields, replace

from layers.phrase import Phrase

DATE_KINDS = ("instant", "interval", "composite", "published", "unknown")
type _DateKind = Annotated[str, Meta(pattern=f"^({'|'.join(DATE_KINDS)})$")]


class Acquisition(Struct, frozen=True):
    """Facts stated by a file's metadata; "" and None where they are silent. Nothing is guessed from anything else."""

    at: str = ""
    """UTC, ISO 8601 with "Z", or a day "YYYY-MM-DD" where no time is stated."""
    until: str = ""
    """The end of an interval or the latest image of a composite; else empty."""
    date_kind: _DateKind = "unknown"
    """One of `DATE_KINDS`."""
    platform: str = ""
    sensor: str = ""
    collected_gsd_m: float | None = None
    """Ground sample distance at which the detector collected, not the size of a pixel in the file."""
    product_gsd_m: float | None = None
    """The size of a pixel of the product; the finest band's where they differ."""
    off_nadir_deg: float | None = None
    """Angle at the satellite between nadir and the line of sight."""
    incidence_deg: float | None = None
    """Angle at the ground between the vertical and the line of sight; larger than off-nadir, as the Earth is round."""
    sun_azimuth_deg: float | None = None
    sun_elevation_deg: float | None = None
    cloud_percent: float | None = None
    product_id: str = ""
    licence: str = ""
    credit: str = ""
    notes: tuple[str, ...] = ()
    """Sentences about what the fields cannot say."""
    baseline: str = ""
    """Version of the processing of Sentinel-2, as "05.09"."""

    @property
    def when(self) -> str:
        """The date in a few words, for the canvas and the list of layers."""
        if not self.at:
            return Phrase("date unknown")
        kind = Phrase(self.date_kind)
        if self.date_kind == "published":
            return Phrase("published {at}, date of the image unknown", at=_short(self.at))
        if self.until and self.until != self.at:
            return Phrase("{at} to {until} ({kind})", at=_short(self.at), until=_short(self.until), kind=kind)
        return (
            _short(self.at) if self.date_kind == "instant" else Phrase("{at} ({kind})", at=_short(self.at), kind=kind)
        )

    def facts(self) -> list[tuple[str, str]]:
        """(label, text) of what is known, in the order of a panel; the date always, "date unknown" where it is."""
        rows: list[tuple[str, str]] = [
            (Phrase("Acquired"), self.when),
            (Phrase("Kind of date"), Phrase(self.date_kind if self.at else "unknown")),
            (Phrase("Platform"), self.platform),
            (Phrase("Sensor"), self.sensor),
            (Phrase("Collected GSD"), _metres(self.collected_gsd_m)),
            (Phrase("Product GSD"), _metres(self.product_gsd_m)),
            (Phrase("Off-nadir (at the satellite)"), _degrees(self.off_nadir_deg)),
            (Phrase("Incidence (at the ground)"), _degrees(self.incidence_deg)),
            (Phrase("Sun azimuth"), _degrees(self.sun_azimuth_deg)),
            (Phrase("Sun elevation"), _degrees(self.sun_elevation_deg)),
            (Phrase("Cloud"), "" if self.cloud_percent is None else f"{self.cloud_percent:.3g} %"),
            (Phrase("Product"), self.product_id),
            (Phrase("Licence"), self.licence),
            (Phrase("Credit"), self.credit),
            *((Phrase("Note"), note) for note in self.notes),
        ]
        return [(label, text) for label, text in rows if text]

    def or_else(self, other: Acquisition) -> Acquisition:
        """This acquisition, with missing facts taken from `other`. The date and its kind go together."""
        missing: dict[str, Any] = {
            f.name: getattr(other, f.name)
            for f in fields(self)
            if f.name not in ("at", "until", "date_kind", "notes") and getattr(self, f.name) in ("", None)
        }
        if not self.at:
            missing |= {"at": other.at, "until": other.until, "date_kind": other.date_kind}
        notes = (*self.notes, *(note for note in other.notes if note not in self.notes))
        return replace(self, **missing, notes=notes)


def _short(timestamp: str) -> str:
    """2021-08-20T15:53:34.031Z as 2021-08-20 15:53:34 UTC; a day as it is."""
    day, _, clock = timestamp.partition("T")
    return f"{day} {clock.removesuffix('Z').partition('.')[0]} UTC" if clock else day


def _metres(value: float | None) -> str:
    return "" if value is None else f"{value:.4g} m"


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}°"
