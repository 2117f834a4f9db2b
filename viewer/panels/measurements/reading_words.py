"""Readings of measurements in words: quantity, unit, and the sources of the error."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from layers.document.marks.reading import Reading
from layers.text.counted import metres
from layers.text.measured_values import FACTORS, unit_sign
from viewer.support.language.translation import translate

_TITLES = {
    "length": QT_TRANSLATE_NOOP("Readings", "Length"),
    "area": QT_TRANSLATE_NOOP("Readings", "Area"),
    "perimeter": QT_TRANSLATE_NOOP("Readings", "Perimeter"),
    "bearing": QT_TRANSLATE_NOOP("Readings", "Bearing"),
    "radius": QT_TRANSLATE_NOOP("Readings", "Radius"),
    "angle": QT_TRANSLATE_NOOP("Readings", "Angle"),
    "height": QT_TRANSLATE_NOOP("Readings", "Height"),
    "cross-track": QT_TRANSLATE_NOOP("Readings", "Cross-track"),
}


def quantity_title(quantity: str) -> str:
    """The name of a quantity."""
    return translate("Readings", _TITLES[quantity]) if quantity in _TITLES else quantity


def unit_choices(dimension: str) -> list[tuple[str, str]]:
    """(stored, shown) units that can be chosen; the first is the one that is easiest to read."""
    easiest = translate("Readings", "Easiest to read")
    return [("", easiest), *((unit, unit_sign(unit)) for unit in FACTORS[dimension])]


def error_words(reading: Reading) -> str:
    """A sentence on the error: its sources, and that it is a lower bound."""
    if reading.error is None or reading.pick_m is None:
        return translate("Readings", "Its error is not known, because it is not known on which image it was measured.")
    if reading.is_pick_of_image:
        sentence = translate(
            "Readings", "At least: each place was pointed at to within {0}, a pixel of the image or of the screen."
        )
    else:
        sentence = translate(
            "Readings", "At least: each place was pointed at to within {0}, a pixel of the screen. No image is known."
        )
    return sentence.format(metres(reading.pick_m))


def copied_line(title: str, reading: Reading) -> str:
    """Cells for a spreadsheet: name, quantity, value, error, unit."""
    number, margin = reading.numbers
    return "\t".join((title, quantity_title(reading.quantity), number, margin, reading.sign))
