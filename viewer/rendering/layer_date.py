"""The date of a layer: from its row in the case, else from its file."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.layer import Layer
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.info import RasterInfo
from layers.time.image_dates import UNKNOWN, image_date


def acquisition_of(layer: Layer, info: RasterInfo | None, acquisition: Acquisition | None) -> Acquisition:
    """The layer's own date, sensor, credit and licence; what is missing comes from `acquisition`, then from the file.

    `acquisition` was read from metadata beside the file.
    """
    start, _, end = layer.acquired_at.partition("/")
    kind = "interval" if end and layer.known_date_kind == "unknown" else layer.known_date_kind
    known = Acquisition(
        at=start.strip(),
        until=end.strip(),
        date_kind=kind,
        sensor=layer.sensor,
        credit=layer.credit,
        licence=layer.licence,
    )
    known = known.or_else(acquisition) if acquisition is not None else known
    if info is not None:
        known = known.or_else(Acquisition(at=info.acquired_at, date_kind=info.date_kind, credit=info.credit))
    if layer.known_date_kind != "unknown":
        known = replace(known, date_kind=layer.known_date_kind)
    elif not known.at and acquisition is not None and acquisition.date_kind != "unknown":
        known = replace(known, date_kind=acquisition.date_kind)  # a composite is one though nobody says of when
    return known


def tiles_acquisition(layer: Layer) -> Acquisition:
    """Acquisition of a service: the day that is requested, as the service gives it."""
    return acquisition_of(replace(layer, acquired_at=str(layer.source.get("time") or layer.acquired_at)), None, None)


UNDATED = UNKNOWN
_LONGEST_DATE = 40
"""Most characters of a date; a longer text is no date, whatever a case calls it."""


def badge(known: Acquisition) -> str:
    """The date in the fewest words: days without times, with its kind where that is composite or unknown."""
    if not known.at:
        return Phrase("composite") if known.date_kind == "composite" else UNDATED
    days = known.at[:_LONGEST_DATE].partition("T")[0]
    if known.until and known.until != known.at:
        days = f"{days} – {known.until[:_LONGEST_DATE].partition('T')[0]}"
    if known.date_kind == "composite":
        return Phrase("{days}, composite", days=days)
    if known.date_kind == "published":
        return Phrase("published {days}", days=days)
    return Phrase("{days}, kind of date unknown", days=days) if known.date_kind == "unknown" else days


def lacks_date(known: Acquisition) -> bool:
    """True for an image of which nothing says when it was taken, and which is no composite."""
    return badge(known) is UNDATED


def dated(known: Acquisition) -> str:
    """The date as products and comparisons print it, with its kind where it is not one of the image."""
    return image_date(known.at[:_LONGEST_DATE], known.date_kind, known.until[:_LONGEST_DATE])
