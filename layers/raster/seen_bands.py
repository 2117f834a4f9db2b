"""Kinds of pictures made of bands: natural colours, false colour, or unknown where nobody names the bands."""

from __future__ import annotations

from enum import StrEnum

from layers.raster.info import RasterInfo
from layers.raster.presets import DESCRIBED_NAMES, names_of
from layers.raster.scene import BAND_FILES, SceneInfo


class Colours(StrEnum):
    """Kinds of pictures of three bands. `UNKNOWN`: at least one band is not named, so nobody can tell."""

    NATURAL = "natural"
    FALSE = "false"
    UNKNOWN = "unknown"


def seen_by(image: SceneInfo | RasterInfo) -> dict[int, str]:
    """The common name of each band of which it is known what it sees, by its number from 1."""
    names: dict[int, str] = {}
    for name, number in names_of(image).items():
        if name in DESCRIBED_NAMES:
            names.setdefault(number, name)
    if isinstance(image, SceneInfo) and image.kind == BAND_FILES:  # its picture shows what bands show as well
        for number, band in enumerate(image.bands, 1):
            if band.common_name in DESCRIBED_NAMES:
                names.setdefault(number, band.common_name)
    return names


def colours_of(bands: tuple[int, ...], image: SceneInfo | RasterInfo) -> Colours | None:
    """The kind of picture that three bands make as red, green, blue; None for one band."""
    if len(bands) != 3:
        return None
    seen = seen_by(image)
    names = tuple(seen.get(number, "") for number in bands)
    if "" in names:
        return Colours.UNKNOWN
    return Colours.NATURAL if names == ("red", "green", "blue") else Colours.FALSE
