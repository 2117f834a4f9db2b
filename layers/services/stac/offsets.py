"""The offset of Sentinel-2's values: what is established of it, what is unknown, and what contradicts itself.

From baseline 04.00 on the values of the original files are shifted by 1000. Some providers take that off again, and
state it wrongly, in both directions, or not at all: without knowing both, two images must not be subtracted.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from layers.phrase import Phrase
from layers.services.stac.assets import is_reflectance
from layers.services.stac.item import StacItem

SCALE, SHIFT = 1e-4, -0.1
"""Reflectance of one step of a value, and the offset of values that are shifted by 1000."""
FIRST_SHIFTED, LAST_KNOWN = "04.00", "12.00"
"""Baselines are compared as text; beyond the last one are those of tests, such as 99.99."""
_SENTINEL2 = re.compile(r"sentinel-?2|^s2[abcd]?_", re.IGNORECASE)
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


def is_sentinel2(item: StacItem) -> bool:
    """True for an item of Sentinel-2 by its platform, its product or its collection."""
    return any(_SENTINEL2.search(name) for name in (item.platform, item.product_id, item.collection))


def reflectance_of(item: StacItem) -> Reflectance:
    """The scale and offset of an item's values, and whether its baseline and its provider's handling establish them."""
    scale, offset = item.scale, item.offset
    if not is_sentinel2(item):
        if scale is None:
            return Reflectance(None, None, False, Phrase("The catalogue states no scale of its values."))
        words = Phrase("Scale and offset are as the catalogue states them, and were not compared with anything.")
        return Reflectance(scale, offset or 0.0, False, words)
    baseline = item.baseline or item.baseline_in_name
    if not _PLAIN_BASELINE.fullmatch(baseline) or baseline > LAST_KNOWN:
        return _unknown(Phrase("The processing baseline is not stated: whether the values are shifted is unknown."))
    if item.baseline_in_name and item.baseline_in_name != baseline:
        return _unknown(
            Phrase(
                "The catalogue states baseline {stated}, the product's name {named}: one of them is wrong.",
                stated=baseline,
                named=item.baseline_in_name,
            )
        )
    if scale is not None and abs(scale - SCALE) > _NEAR:
        return _unknown(
            Phrase("The catalogue states a scale of {scale}, which is not Sentinel-2's.", scale=f"{scale:g}")
        )
    if len(_offsets(item)) > 1:
        return _unknown(Phrase("The catalogue states different offsets for the bands."))
    return _before_shift(item, baseline) if baseline < FIRST_SHIFTED else _after_shift(item, baseline)


def _before_shift(item: StacItem, baseline: str) -> Reflectance:
    if _is_shift(item.offset) or item.shifted:
        return _unknown(
            Phrase(
                "Values of baseline {baseline} are not shifted, but the catalogue states that they are.",
                baseline=baseline,
            )
        )
    return Reflectance(SCALE, 0.0, True, Phrase("Baseline {baseline}: the values are not shifted.", baseline=baseline))


def _after_shift(item: StacItem, baseline: str) -> Reflectance:
    """The handling of a provider: what it says of taking the shift off, and the offset that it states, must agree."""
    states_shift, states_none = _is_shift(item.offset), item.offset is not None and abs(item.offset) < _NEAR
    if item.shifted is True:
        if states_shift:
            return _unknown(
                Phrase("The catalogue states that the shift by 1000 was taken off, and an offset of -0.1 all the same.")
            )
        return Reflectance(
            SCALE, 0.0, True, Phrase("Baseline {baseline}: the provider has taken the shift off.", baseline=baseline)
        )
    if item.shifted is False:
        return _unknown(
            Phrase("The catalogue states that the shift by 1000 was not taken off; such statements have been wrong.")
        )
    if states_shift or (item.offset is None and _is_original(item)):
        return Reflectance(
            SCALE, SHIFT, True, Phrase("Baseline {baseline}: the values are shifted by 1000.", baseline=baseline)
        )
    if states_none:
        return _unknown(
            Phrase(
                "Values of baseline {baseline} are shifted by 1000, but the catalogue states no offset.",
                baseline=baseline,
            )
        )
    return _unknown(Phrase("The catalogue does not say whether the shift by 1000 was taken off."))


def _unknown(words: Phrase) -> Reflectance:
    return Reflectance(SCALE, None, False, words)


def _offsets(item: StacItem) -> set[float]:
    bands = [band for asset in item.assets if is_reflectance(asset) for band in asset.bands]
    return {band.offset for band in bands if band.offset is not None}


def _is_shift(offset: float | None) -> bool:
    return offset is not None and abs(offset - SHIFT) < _NEAR


def _is_original(item: StacItem) -> bool:
    """True where all reflective bands are files of ESA's own delivery, which nobody has written anew."""
    bands = [asset for asset in item.assets if is_reflectance(asset)]
    return bool(bands) and all(asset.file_kind == "jp2" and ".SAFE/" in asset.href for asset in bands)
