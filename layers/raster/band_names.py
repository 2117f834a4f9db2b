"""Names that the analyst or a catalogue gives to the bands of a file, where the file itself gives none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from layers.raster.info import RasterInfo
from layers.raster.presets import names_of

MEANINGS = ("red", "green", "blue", "nir", "rededge", "coastal", "yellow", "swir16", "swir22", "pan")
"""Common names that can be given by hand: those that presets and indices ask for."""
ORDERS = (("red", "green", "blue", "nir"), ("blue", "green", "red", "nir"), ("nir", "red", "green"))
"""Names of all bands of a file at once, in orders that deliveries mostly have. The file does not tell: the analyst says
it.
"""
KEY = "band_names"
_STATED_AS = {
    "nir08": "nir",
    "nir09": "nir",
    "rededge071": "rededge",
    "rededge075": "rededge",
    "rededge078": "rededge",
}
"""Finer common names of catalogues, and the meaning that each has here."""
_MOST_DIGITS = 9


def given_names(source: Mapping[str, Any]) -> dict[int, str]:
    """The names by band number in a layer's source, or a combined layer's member; what makes no sense is left out."""
    names = source.get(KEY)
    if not isinstance(names, dict):
        return {}
    numbers = {text: str(text) for text in names}
    sound = {
        int(number): names[text]
        for text, number in numbers.items()
        if len(number) <= _MOST_DIGITS and number.isdecimal() and names[text] in MEANINGS
    }
    return {n: name for n, name in sorted(sound.items()) if n > 0}


def stated_names(common_names: Sequence[str]) -> dict[str, str]:
    """Names of bands by number, as a layer's source keeps them, from a catalogue's names in their order."""
    names: dict[str, str] = {}
    for number, name in enumerate(common_names, 1):
        meaning = name if name in MEANINGS else _STATED_AS.get(name, "")
        if meaning and meaning not in names.values() and (name == meaning or meaning not in common_names):
            names[str(number)] = meaning
    return names


def do_fit(names: Mapping[int, str], info: RasterInfo) -> bool:
    """False where names are of more bands than the file has: then none of them can be trusted."""
    return max(names, default=0) <= len(info.bands)


def with_names(info: RasterInfo, names: Mapping[int, str]) -> RasterInfo:
    """The raster with its bands called so, as if the file said it. A band that the file names itself keeps its name.

    Names of more bands than there are say nothing of the file.
    """
    if not names or not do_fit(names, info):
        return info
    free = unnamed_bands(info)
    in_use = set(names_of(info))
    bands = tuple(
        replace(band, description=names[band.index])
        if band.index in free and names.get(band.index, "") not in {"", *in_use}
        else band
        for band in info.bands
    )
    return replace(info, bands=bands)


def unnamed_bands(info: RasterInfo) -> tuple[int, ...]:
    """The numbers of the bands of which the file does not say what they see; alpha and palettes see nothing."""
    known = {number for name, number in names_of(info).items() if name != f"b{number}"}
    return tuple(b.index for b in info.bands if b.index not in known and b.color not in ("alpha", "palette"))
