"""The date of an image as every product prints it: the date itself, and in small type its kind and its basis."""

from __future__ import annotations

from layers.phrase import Phrase, joined
from layers.time.dates import precision_of
from layers.time.written_dates import bounded_period, written_date

UNKNOWN = Phrase("date unknown")
_BASES = {
    "metadata": Phrase("from metadata"),
    "catalogue": Phrase("from the catalogue"),
    "file name": Phrase("from the file name"),
    "caption": Phrase("from a caption"),
    "analyst": Phrase("from the analyst"),
}
_NOT_STATED = Phrase("basis not stated")
_PRECISIONS = {
    "year": Phrase("known to the year"),
    "month": Phrase("known to the month"),
    "day": Phrase("known to the day"),
}
_OF_IMAGE = ("instant", "interval")


def image_date(acquired_at: str, date_kind: str, until: str = "") -> str:
    """The date in large type: "1985", "31 August 2020, 17:40 UTC". One that is not the day of the image says so.

    `until`: the end of a span that `acquired_at` begins, where it does not hold both.
    """
    if not acquired_at.strip():
        return Phrase("composite, {unknown}", unknown=UNKNOWN) if date_kind == "composite" else UNKNOWN
    when = written_date(_span(acquired_at, until))
    if date_kind == "published":
        return Phrase("published {when}, date of the image unknown", when=when)
    if date_kind == "composite":
        return Phrase("composite of {when}", when=when)
    return when if date_kind in _OF_IMAGE else Phrase("{when}, kind of date unknown", when=when)


def date_details(acquired_at: str, date_kind: str, date_basis: str = "", until: str = "") -> str:
    """The words in small type: how exactly a date is known, and where it is from. Empty where there is no date."""
    if not acquired_at.strip():
        return ""
    basis = date_basis.strip()
    stated = _BASES.get(basis) or (Phrase("from {basis}", basis=basis) if basis else _NOT_STATED)
    exactness = _exactness(_span(acquired_at, until)) if date_kind in _OF_IMAGE else ""
    return joined(", ", [words for words in (exactness, stated) if words])


def image_date_words(acquired_at: str, date_kind: str, date_basis: str = "", until: str = "") -> str:
    """The date with its details in brackets; never without a basis where there is a date."""
    when = image_date(acquired_at, date_kind, until)
    details = date_details(acquired_at, date_kind, date_basis, until)
    return Phrase("{when} ({details})", when=when, details=details) if details else when


def _span(acquired_at: str, until: str) -> str:
    return f"{acquired_at}/{until}" if until and until != acquired_at and "/" not in acquired_at else acquired_at


def _exactness(iso: str) -> str:
    period = bounded_period(iso)
    return Phrase("taken within this time") if "/" in period else _PRECISIONS.get(precision_of(period), "")
