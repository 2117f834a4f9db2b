"""Words on chips: dates with their basis, sizes, and the NIIRS scales for a sensor."""

from __future__ import annotations

import re

from PySide6.QtCore import QT_TRANSLATE_NOOP

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.image import Image
from viewer.commands.imagery.chips import NIIRS_SCALES
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

_RADAR = re.compile(
    r"\b(?:SAR|RADAR|SENTINEL-?1[A-D]?|S1[A-D]|ICEYE\w*|CAPELLA\w*|UMBRA\w*|TERRASAR\w*|TANDEM\w*|RADARSAT\w*|COSMO\w*|RCM\w*)\b"
)
_BASES = {
    "metadata": QT_TRANSLATE_NOOP("Chips", "from metadata"),
    "catalogue": QT_TRANSLATE_NOOP("Chips", "from the catalogue"),
    "file name": QT_TRANSLATE_NOOP("Chips", "from the file name"),
    "caption": QT_TRANSLATE_NOOP("Chips", "from a caption"),
    "analyst": QT_TRANSLATE_NOOP("Chips", "from the analyst"),
}


def date_words(image: Image) -> str:
    """The date of an image with its kind and its basis."""
    return dated(image.acquired_at, image.date_kind, image.date_basis)


def chip_date_words(document: Document, chip: Chip) -> str:
    """The date of the image when a chip was taken from it, with its kind and basis.

    The image's present date follows, where it was stated later.
    """
    image = document.images.get(chip.image_uuid)
    is_same = image is not None and image.acquired_at == chip.acquired_at
    words = dated(chip.acquired_at, chip.date_kind, image.date_basis if image is not None and is_same else "")
    return words if is_same or image is None or not image.acquired_at else _stated_later(words, date_words(image))


def chip_credit_words(document: Document, chip: Chip) -> str:
    """The credit of a chip's own stamp, and beside it the one that was stated later for its image."""
    own, later = one_line(chip.credit, 300), one_line(chip.later_credit(document.images.get(chip.image_uuid)), 300)
    if not later:
        return own
    return _stated_later(own or translate("Chips", "credit not stated"), later)


def _stated_later(words: str, now: str) -> str:
    return translate("Chips", "{0}; stated later: {1}").format(words, now)


def dated(acquired_at: str, date_kind: str, date_basis: str = "") -> str:
    """A date in words, always with its kind and its basis."""
    if not acquired_at:
        if date_kind == "composite":
            return translate("Chips", "composite, date unknown")
        return translate("Chips", "date unknown")
    start, slash, end = one_line(acquired_at, 60).partition("/")
    when = translate("Chips", "{0} to {1}").format(_short(start), _short(end)) if slash else _short(start)
    basis = translate("Chips", _BASES[date_basis]) if date_basis in _BASES else translate("Chips", "basis not stated")
    if date_kind in ("unknown", ""):
        return translate("Chips", "{0}, kind of date unknown ({1})").format(when, basis)
    if date_kind == "published":
        return translate("Chips", "published {0}, date of the image unknown ({1})").format(when, basis)
    kind = "" if date_kind == "instant" else f", {word(one_line(date_kind, 20))}"
    return f"{when}{kind} ({basis})"


def kind_words(chip: Chip) -> str:
    """The kind of a chip in words: exact pixels or a view; the kind of another program's chip unchanged."""
    if chip.kind == "pixels":
        return translate("Chips", "Exact pixels")
    return translate("Chips", "View") if chip.kind == "view" else one_line(chip.kind, 30) or translate("Chips", "chip")


def niirs_scales(sensor: str) -> tuple[str, ...]:
    """The NIIRS scales for a sensor: radar has a scale of its own; an unknown sensor may have any."""
    if not sensor:
        return NIIRS_SCALES
    is_radar = bool(_RADAR.search(sensor.upper()))
    return tuple(scale for scale in NIIRS_SCALES if (scale == "radar") == is_radar)


def _short(timestamp: str) -> str:
    day, _, clock = timestamp.partition("T")
    return f"{day} {clock.removesuffix('Z').partition('.')[0]} UTC" if clock else day
