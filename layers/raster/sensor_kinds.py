"""Tells radar and thermal images from optical ones, by the names of satellites, sensors and bands."""

from __future__ import annotations

import re
from collections.abc import Iterable

from layers.time.shadows import OPTICAL, RADAR, THERMAL

_RADAR = re.compile(
    r"\b(?:S1[A-D]|SAR|[A-Z]*ASAR|SENTINEL[- ]?1[A-D]?|TERRASAR\S*|TANDEM\S*|TDX\d?|TSX\d?|PAZ|RADARSAT\S*|RCM\S*"
    r"|COSMO\S*|CSK\S*|CSG\S*|ICEYE\S*|CAPELLA\S*|UMBRA\S*|PALSAR\S*|ALOS[- ]?[24]|GAOFEN[- ]?3\S*|GF[- ]?3"
    r"|KOMPSAT[- ]?5|NISAR|SAOCOM\S*|ERS[- ]?[12]|NOVASAR\S*|STRIX\S*|SYNSPECTIVE|RISAT\S*|HISEA\S*|RADAR)\b",
    re.IGNORECASE,
)
_THERMAL = re.compile(r"\b(?:THERMAL|TIRS[- ]?2?|LWIR|TIR|ECOSTRESS|HOTSAT\S*|FLIR)\b", re.IGNORECASE)
_OPTICAL = re.compile(
    r"\b(?:S2[A-D]|SENTINEL[- ]?2[A-D]?|MSI|OLI\S*|ETM\S*|TM|LANDSAT\S*|WORLDVIEW\S*|WV0?[1-4]|GEOEYE\S*|GE0?1"
    r"|QUICKBIRD\S*|QB0?2|IKONOS\S*|PL[EÉ]IADES\S*|PHR\S*|PNEO\S*|SPOT\S*|PLANETSCOPE\S*|DOVE\S*|SKYSAT\S*|RAPIDEYE\S*"
    r"|NAIP|CORONA|KOMPSAT[- ]?[23]\S*|LEGION\S*|JILIN\S*|SUPERVIEW\S*|CARTOSAT\S*|AVIRIS\S*|PANCHROMATIC|MS|PAN)\b",
    re.IGNORECASE,
)
_LIGHT = re.compile(r"coastal|yellow|rededge\d*|nir\d*|swir\d*|pan")
"""Bands of light that no quick look of a radar has: red, green and blue are in every picture."""
_LONGEST = 400


def image_kind(words: Iterable[str], shown_bands: Iterable[str] = ()) -> str:
    """`RADAR`, `THERMAL`, `OPTICAL`, or "" where nothing tells.

    `words` name the satellite, the sensor or the product; `shown_bands` are common names of the
    bands that are looked at.
    """
    bands = [band.lower() for band in shown_bands if band]
    text = " ".join(words)[:_LONGEST].replace("_", " ")
    if _RADAR.search(text):
        return RADAR
    if any(band.startswith("lwir") for band in bands):
        return THERMAL
    if _OPTICAL.search(text) or any(map(_LIGHT.fullmatch, bands)):
        return OPTICAL  # also of a satellite that carries a thermal sensor besides
    return THERMAL if _THERMAL.search(text) else ""
