"""Sentinel-2's values as reflectance: what is established of their offset, what is unknown, what contradicts itself.

From baseline 04.00 on the values of the original files are shifted by 1000. Some providers take that off again, and
state it wrongly, in both directions, or not at all: without knowing both, two images must not be subtracted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from layers.phrase import Phrase

SCALE, SHIFT = 1e-4, -0.1
"""Reflectance of one step of a value, and the offset of values that are shifted by 1000."""
FIRST_SHIFTED, LAST_KNOWN = "04.00", "12.00"
"""Baselines are compared as text; beyond the last one are those of tests, such as 99.99."""
LEAST_SHIFTED = 700.0
"""Least second percentile of values that are shifted by 1000: darker than reflectance 0 by noise alone."""
_SENTINEL2 = re.compile(r"sentinel-?2|(?<![a-z0-9])s2[abcd]?_", re.IGNORECASE)
_PRODUCT = re.compile(r"S2[ABCD]_MSI(L1C|L2A)_\d{8}T\d{6}_N(\d\d)(\d\d)_", re.IGNORECASE)
_PLAIN_BASELINE = re.compile(r"\d\d\.\d\d")
_NEAR = 1e-9


class Reflectance(NamedTuple):
    """The way from values to reflectance: value times `scale` plus `offset`, None where it is not known.

    Only where it is `established` may the difference of two images be shown; `words` say why, or why not.
    """

    scale: float | None
    offset: float | None
    established: bool
    words: Phrase


class StatedValues(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Statements on the values of a Sentinel-2 image, by its catalogue, its delivery or its name; nothing is judged."""

    level: str = ""
    """L1C or L2A."""
    baseline: str = ""
    """Version of the processing, as "05.09"."""
    baseline_in_name: str = ""
    scale: float | None = None
    offset: float | None = None
    has_several_offsets: bool = False
    shifted: bool | None = None
    """Statement of the provider on whether it has taken the shift by 1000 off."""
    is_original: bool = False
    """True for files of ESA's own delivery, which nobody has written anew."""
    is_named_only: bool = False
    """True where nothing but the name of a product says what it is."""


class FileValues(Struct, frozen=True, kw_only=True):
    """The values of an image as its file has them: the type of numbers, and what its tags state."""

    is_byte: bool = False
    is_float: bool = False
    unit: str = ""
    scale: float | None = None
    offset: float | None = None
    has_several_offsets: bool = False
    low: float | None = None
    """The least second percentile of the bands; None where it is not known."""


def names_sentinel2(*names: str) -> bool:
    """True where a name of a platform, a product, a collection or a file is of Sentinel-2."""
    return any(_SENTINEL2.search(name) for name in names)


def product_facts(name: str) -> tuple[str, str]:
    """Level and baseline in the name of a product, as "L2A" and "05.09"; empty where there is none."""
    match = _PRODUCT.search(name)
    return ("", "") if match is None else (match[1].upper(), f"{match[2]}.{match[3]}")


def stated_reflectance(stated: StatedValues) -> Reflectance:
    """Scale and offset of values, and whether baseline and the provider's handling establish them, by statements."""
    baseline = stated.baseline or stated.baseline_in_name
    if not _PLAIN_BASELINE.fullmatch(baseline) or baseline > LAST_KNOWN:
        return _unknown(Phrase("The processing baseline is not stated: whether the values are shifted is unknown."))
    if stated.baseline_in_name and stated.baseline_in_name != baseline:
        return _unknown(
            Phrase(
                "Baseline {stated} is stated, and {named} in the product's name: one of them is wrong.",
                stated=baseline,
                named=stated.baseline_in_name,
            )
        )
    if stated.scale is not None and abs(stated.scale - SCALE) > _NEAR:
        return _unknown(Phrase("A scale of {scale} is stated, which is not Sentinel-2's.", scale=f"{stated.scale:g}"))
    if stated.has_several_offsets:
        return _unknown(Phrase("Different offsets are stated for the bands."))
    return _before_shift(stated, baseline) if baseline < FIRST_SHIFTED else _after_shift(stated, baseline)


def judged_reflectance(stated: StatedValues, file: FileValues) -> Reflectance:
    """The same, judged against the file itself: its tags, and whether its values can be shifted at all."""
    if file.is_byte:
        return Reflectance(
            None, None, False, Phrase("It shows a picture made of reflectance, which cannot be brought back to it.")
        )
    if file.is_float and file.scale is None and file.unit.casefold() == "reflectance":
        return Reflectance(1.0, 0.0, True, Phrase("The values are stated to be reflectance."))
    if file.scale is not None:
        own = file.offset or 0.0
        if stated.offset is not None and abs(stated.offset - own) > _NEAR:
            return _unknown(
                Phrase(
                    "The catalogue states an offset of {stated}, the file one of {own}: one of them is wrong.",
                    stated=f"{stated.offset:g}",
                    own=f"{own:g}",
                )
            )
        if own:
            stated = replace(stated, offset=own)
        stated = replace(
            stated,
            scale=file.scale if stated.scale is None else stated.scale,
            has_several_offsets=stated.has_several_offsets or file.has_several_offsets,
        )
    elif stated.is_named_only:
        return _unknown(Phrase("The file does not state the scale and offset of its values."))
    known = stated_reflectance(stated)
    if known.established and _is_shift(known.offset) and file.low is not None and 0 < file.low < LEAST_SHIFTED:
        return _unknown(
            Phrase(
                "Values that are shifted by 1000 are hardly below it; those of the file begin at {low}.",
                low=f"{file.low:.0f}",
            )
        )
    return known


def _before_shift(stated: StatedValues, baseline: str) -> Reflectance:
    if _is_shift(stated.offset) or stated.shifted:
        return _unknown(
            Phrase(
                "Values of baseline {baseline} are not shifted, but it is stated that they are.",
                baseline=baseline,
            )
        )
    return Reflectance(SCALE, 0.0, True, Phrase("Baseline {baseline}: the values are not shifted.", baseline=baseline))


def _after_shift(stated: StatedValues, baseline: str) -> Reflectance:
    """The handling of a provider: what it says of taking the shift off, and the offset that it states, must agree."""
    states_shift, states_none = _is_shift(stated.offset), stated.offset is not None and abs(stated.offset) < _NEAR
    if stated.shifted is True:
        if states_shift:
            return _unknown(
                Phrase("The catalogue states that the shift by 1000 was taken off, and an offset of -0.1 all the same.")
            )
        return Reflectance(
            SCALE, 0.0, True, Phrase("Baseline {baseline}: the provider has taken the shift off.", baseline=baseline)
        )
    if stated.shifted is False:
        return _unknown(
            Phrase("The catalogue states that the shift by 1000 was not taken off; such statements have been wrong.")
        )
    if states_shift or (stated.offset is None and stated.is_original):
        return Reflectance(
            SCALE, SHIFT, True, Phrase("Baseline {baseline}: the values are shifted by 1000.", baseline=baseline)
        )
    if states_none:
        return _unknown(
            Phrase(
                "Values of baseline {baseline} are shifted by 1000, but no offset is stated.",
                baseline=baseline,
            )
        )
    return _unknown(Phrase("Nothing says whether the shift by 1000 was taken off."))


def _unknown(words: Phrase) -> Reflectance:
    return Reflectance(SCALE, None, False, words)


def _is_shift(offset: float | None) -> bool:
    return offset is not None and abs(offset - SHIFT) < _NEAR
