"""Common names of satellites' bands (the words of STAC), by the numbers of the bands or by wavelength."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

OLI = {
    "1": "coastal",
    "2": "blue",
    "3": "green",
    "4": "red",
    "5": "nir",
    "6": "swir16",
    "7": "swir22",
    "8": "pan",
    "9": "cirrus",
    "10": "lwir11",
    "11": "lwir12",
}
"""Landsat 8 and 9."""
TM = {"1": "blue", "2": "green", "3": "red", "4": "nir", "5": "swir16", "6": "lwir", "7": "swir22", "8": "pan"}
"""Landsat 4, 5 and 7."""
SENTINEL2 = {
    "1": "coastal",
    "2": "blue",
    "3": "green",
    "4": "red",
    "5": "rededge071",
    "6": "rededge075",
    "7": "rededge078",
    "8": "nir",
    "8A": "nir08",
    "9": "nir09",
    "10": "cirrus",
    "11": "swir16",
    "12": "swir22",
}

_BAND = re.compile(r"(?P<level2>SR_)?B(?P<zero>0?)(?P<number>\d{1,2}A?)", re.IGNORECASE)
_LANDSAT_ID = re.compile(r"\bL([COETM])(0?)([4-9])(?=_|\d{10,})", re.IGNORECASE)
_SENTINEL2_ID = re.compile(r"\b(S2[ABCD])_MSI|\b(SENTINEL-?2[ABCD])\b", re.IGNORECASE)
_LANDSAT_NAME = re.compile(r"\bLANDSAT[-_ ]?([4-9])\b", re.IGNORECASE)

_SEEN = {
    "coastal": (400, 443, 450),
    "blue": (450, 490, 515),
    "green": (515, 560, 590),
    "yellow": (590, 605, 620),
    "red": (620, 665, 690),
    "rededge": (690, 705, 750),
    "nir": (750, 842, 900),
    "nir09": (900, 945, 1000),
    "cirrus": (1350, 1375, 1400),
    "swir16": (1550, 1610, 1750),
    "swir22": (2050, 2200, 2350),
    "lwir": (8000, 11000, 14000),
}
"""Lower limit, best value and upper limit of each name's wavelengths, in nanometres."""


def names_by_wavelength(wavelengths_nm: Sequence[float | None]) -> list[str]:
    """Common names of bands by their stated wavelengths: of many bands each name goes to the one nearest its best."""
    names = [""] * len(wavelengths_nm)
    for name, (low, best, high) in _SEEN.items():
        inside = [(abs(nm - best), at) for at, nm in enumerate(wavelengths_nm) if nm is not None and low <= nm < high]
        if inside:
            names[min(inside)[1]] = name
    return names


def common_names(descriptions: Iterable[str], tags: Mapping[str, str]) -> list[str]:
    """Common names of bands called B4, SR_B4 or B8A; "" where that is not sure.

    The same number means another colour on another satellite: the file's tags must name it, or its bands be such as
    only one has.
    """
    matches = [_BAND.fullmatch(text.strip()) for text in descriptions]
    table = _table([match for match in matches if match is not None], tags)
    return ["" if match is None else table.get(match["number"].upper(), "") for match in matches]


def platform_in(text: str) -> str:
    """The satellite that a product's id or description names, "" where it names none."""
    if match := _LANDSAT_ID.search(text) or _LANDSAT_NAME.search(text):
        return f"Landsat {match[match.lastindex or 0]}"
    match = _SENTINEL2_ID.search(text)
    if match is not None:
        return f"Sentinel-2{match[0].upper().removesuffix('_MSI')[-1]}"
    match = re.search(r"\bSENTINEL-?(1[ABCD])\b", text, re.IGNORECASE)
    return f"Sentinel-{match[1].upper()}" if match is not None else ""


def _table(bands: list[re.Match[str]], tags: Mapping[str, str]) -> dict[str, str]:
    if not bands:
        return {}
    platforms = {platform for value in tags.values() if (platform := platform_in(value))}
    if len(platforms) == 1:
        (platform,) = platforms
        if platform.startswith("Sentinel-2"):
            return SENTINEL2
        return OLI if platform in ("Landsat 8", "Landsat 9") else TM if platform.startswith("Landsat") else {}
    if platforms:
        return {}
    numbers = {band["number"].upper() for band in bands}
    if "8A" in numbers or (numbers & {"8", "12"} and any(band["zero"] for band in bands)):
        return SENTINEL2  # others write their numbers with a nought too, but have neither
    if all(band["level2"] for band in bands):
        # Surface reflectance: SR_B6 is short-wave infrared on Landsat 8 and 9; on the others band 6 is thermal.
        return OLI if "6" in numbers else TM if {"1", "7"} <= numbers else {}
    return {}
