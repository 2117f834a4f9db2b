"""The words that a product prints about an image: its date with kind and basis, its credit."""

from __future__ import annotations

from typing import Any

from layers.document.layer import Layer
from layers.phrase import Phrase
from layers.time.written_dates import interval_text, moment_text

_BASES = {
    "metadata": Phrase("from metadata"),
    "catalogue": Phrase("from the catalogue"),
    "file name": Phrase("from the file name"),
    "caption": Phrase("from a caption"),
    "analyst": Phrase("from the analyst"),
}
UNKNOWN = Phrase("date unknown")


def date_words(acquired_at: str, date_kind: str) -> str:
    """A date as exactly as it is known, with what kind it is where that is no plain moment; UTC where it has a time."""
    if not acquired_at.strip():
        return Phrase("composite, {unknown}", unknown=UNKNOWN) if date_kind == "composite" else UNKNOWN
    start, slash, end = acquired_at.partition("/")
    when = Phrase("{start} to {end}", start=moment_text(start), end=moment_text(end)) if slash else moment_text(start)
    if date_kind == "published":
        return Phrase("published {when}, date of the image unknown", when=when)
    if date_kind == "composite":
        return Phrase("composite of {when}", when=when)
    if date_kind == "interval" and not slash:
        return interval_text(start)
    return when if date_kind in ("instant", "interval") else Phrase("{when}, kind of date unknown", when=when)


def image_date_words(acquired_at: str, date_kind: str, date_basis: str = "") -> str:
    """A date with its kind and its basis; never without the latter where there is a date."""
    words = date_words(acquired_at, date_kind)
    if not acquired_at.strip():
        return words
    basis = _BASES.get(date_basis) or Phrase("basis not stated")
    return Phrase("{when} ({basis})", when=words, basis=basis)


def credit_of(row: Layer) -> str:
    """The credit that a layer's row states, or the service that it stands for."""
    if row.credit.strip():
        return row.credit.strip()
    attribution: Any = row.source.get("attribution")
    return attribution.strip() if isinstance(attribution, str) else ""
