"""Band combinations and spectral indices in common names, matched with the bands that an image has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from layers.raster.band_maths import BandExpression, band_number, parse_expression
from layers.raster.info import RasterInfo
from layers.raster.scene import COMBINED, SceneBand, SceneInfo
from layers.raster.sensor_bands import common_names, names_by_wavelength


class Combination(Struct, frozen=True):
    """Three common names as red, green, blue. `key` is the digit that chooses it."""

    name: str
    title: str
    bands: tuple[str, str, str]
    key: str


class SpectralIndex(Struct, frozen=True):
    """An expression in common names with its stretch and colormap.

    `needs_reflectance`: it has constants beside the bands, so that stored values without their scale give nonsense.
    """

    name: str
    title: str
    expression: str
    low: float = -1.0
    high: float = 1.0
    colormap: str = "coolwarm"
    needs_reflectance: bool = False


COMBINATIONS = (
    Combination("true_colour", "True colour", ("red", "green", "blue"), "1"),
    Combination("colour_infrared", "Colour infrared (vegetation red)", ("nir", "red", "green"), "2"),
    Combination("urban", "Short-wave infrared, urban", ("swir22", "swir16", "red"), "3"),
    Combination("agriculture", "Agriculture", ("swir16", "nir", "blue"), "4"),
    Combination("land_water", "Land and water", ("nir", "swir16", "red"), "5"),
    Combination("burn", "Burn scars and fire", ("swir22", "nir", "red"), "6"),
    Combination("geology", "Geology", ("swir22", "swir16", "blue"), "7"),
    Combination("red_edge", "Red edge", ("nir", "rededge", "red"), "8"),
    Combination("bathymetry", "Shallow water", ("red", "green", "coastal"), "9"),
)

INDICES = (
    SpectralIndex("NDVI", "Vegetation", "(nir - red) / (nir + red)", -0.2, 0.9, "viridis"),
    SpectralIndex("NDRE", "Vegetation, red edge", "(nir - rededge) / (nir + rededge)", -0.2, 0.8, "viridis"),
    SpectralIndex(
        "EVI",
        "Vegetation, enhanced",
        "2.5 * (nir - red) / (nir + 6 * red - 7.5 * blue + 1)",
        -0.2,
        0.9,
        "viridis",
        True,
    ),
    SpectralIndex(
        "SAVI", "Vegetation, soil adjusted", "1.5 * (nir - red) / (nir + red + 0.5)", -0.2, 0.9, "viridis", True
    ),
    SpectralIndex("NDWI", "Open water", "(green - nir) / (green + nir)"),
    SpectralIndex("MNDWI", "Open water, with short-wave infrared", "(green - swir16) / (green + swir16)"),
    SpectralIndex("NDMI", "Moisture of vegetation", "(nir - swir16) / (nir + swir16)"),
    SpectralIndex("NDBI", "Built-up land", "(swir16 - nir) / (swir16 + nir)"),
    SpectralIndex("NBR", "Burnt land", "(nir - swir22) / (nir + swir22)"),
    SpectralIndex("NDSI", "Snow", "(green - swir16) / (green + swir16)"),
    SpectralIndex("BSI", "Bare soil", "((swir16 + red) - (nir + blue)) / ((swir16 + red) + (nir + blue))"),
)

_ALIASES = {
    "nir": ("nir", "nir08"),
    "rededge": ("rededge", "rededge071", "rededge075", "rededge078"),
    "nir08": ("nir08", "nir"),
    "lwir": ("lwir", "lwir11", "lwir12"),
    "swir16": ("swir16", "swir1"),
    "swir22": ("swir22", "swir2"),
    "coastal": ("coastal", "coastal_blue"),
}
"""Names that stand in for one another, the best first."""

_DESCRIBED = {
    "red": "red", "green": "green", "blue": "blue", "nir": "nir", "nir1": "nir", "nearinfrared": "nir",
    "nearinfrared1": "nir", "rededge": "rededge", "coastal": "coastal", "coastalblue": "coastal",
    "coastalaerosol": "coastal", "yellow": "yellow", "swir1": "swir16", "swir16": "swir16", "swir2": "swir22",
    "swir22": "swir22", "pan": "pan", "panchromatic": "pan", "cirrus": "cirrus", "nir08": "nir08", "nir2": "nir09",
}  # fmt: skip
"""Descriptions that a band may carry, letters and digits only, and the common name that each means."""

DESCRIBED_NAMES = frozenset((*_DESCRIBED.values(), *(name for names in _ALIASES.values() for name in names)))
"""Common names that say what a band sees, and do not only call it something."""
_LETTERS = re.compile(r"[^a-z0-9]")


def names_of(image: SceneInfo | RasterInfo) -> dict[str, int]:
    """Common names, own names (lower case) and b1... of an image's bands, to their numbers from 1. First come first.

    A raster's bands are known by their colour interpretation, by descriptions that are plain names of colours, by the
    numbers of a satellite's bands where it is sure which satellite's, and by wavelengths.
    """
    numbers: dict[str, int] = {}
    if isinstance(image, SceneInfo):
        data = [(number, band) for number, band in enumerate(image.bands, 1) if band.role == "data"]
        _add(numbers, ((band.common_name, number) for number, band in data))
        # b1 is the first band, whatever a delivery may call B1.
        own = ((band.name.lower(), number) for number, band in enumerate(image.bands, 1))
        _add(numbers, ((name, number) for name, number in own if band_number(name) is None))
    else:
        described = ((_DESCRIBED.get(_LETTERS.sub("", b.description.lower()), ""), b.index) for b in image.bands)
        _add(numbers, described)
        numbered = common_names((b.description for b in image.bands), image.tags)
        _add(numbers, zip(numbered, (b.index for b in image.bands), strict=True))
        seen = names_by_wavelength([b.wavelength_nm for b in image.bands])
        _add(numbers, zip(seen, (b.index for b in image.bands), strict=True))
        _add(numbers, ((b.color, b.index) for b in image.bands if b.color in ("red", "green", "blue")))
    _add(numbers, ((f"b{number}", number) for number in range(1, len(image.bands) + 1)))
    return numbers


def band_titles(image: SceneInfo | RasterInfo) -> list[tuple[int, str]]:
    """Title of each band: its number, its name in the file and its common name: 4 B4 red; of combined images 1985: 4
    (b8).
    """
    is_combined = isinstance(image, SceneInfo) and image.kind == COMBINED
    common: dict[int, str] = {}
    for name, number in names_of(image).items():
        common.setdefault(number, "" if name == f"b{number}" else name)
    names = [band.name if isinstance(band, SceneBand) else band.description for band in image.bands]
    titles = []
    for number, name in enumerate(names, 1):
        seen = common.get(number, "")
        lower_name = name.casefold()
        words = ("" if is_combined else str(number), name, "" if seen in lower_name else seen)
        last = f"(b{number})" if is_combined else ""
        titles.append((number, " ".join(part for part in (*words, last) if part)))
    return titles


def resolve(names: Iterable[str], bands: Mapping[str, int]) -> tuple[int, ...] | None:
    """The numbers of the bands of these names, or None where one has no band."""
    numbers = tuple(_number(name, bands) for name in names)
    return None if None in numbers else tuple(number for number in numbers if number is not None)


def combinations_of(image: SceneInfo | RasterInfo) -> list[tuple[Combination, tuple[int, ...]]]:
    """The combinations that an image can show, with its bands' numbers."""
    bands = names_of(image)
    pairs = [(combination, resolve(combination.bands, bands)) for combination in COMBINATIONS]
    return [(combination, numbers) for combination, numbers in pairs if numbers is not None]


def indices_of(image: SceneInfo | RasterInfo) -> list[tuple[SpectralIndex, BandExpression, tuple[int, ...]]]:
    """The indices that an image can show: parsed, with the band numbers of `BandExpression.bands`.

    Those that need reflectance only where every band of theirs states its scale.
    """
    bands, indices = names_of(image), []
    for index in INDICES:
        expression = parse_expression(index.expression)
        numbers = resolve(expression.bands, bands)
        if numbers is not None and not (index.needs_reflectance and not _has_reflectance(image, numbers)):
            indices.append((index, _physical(expression, image, numbers), numbers))
    return indices


def _physical(expression: BandExpression, image: SceneInfo | RasterInfo, numbers: tuple[int, ...]) -> BandExpression:
    """The expression of stored values, with each band's stated scale and offset written out where they matter."""
    if not isinstance(image, SceneInfo):
        return expression
    scales = {name: image.bands[n - 1] for name, n in zip(expression.bands, numbers, strict=True)}
    if all(band.scale is None for band in scales.values()):
        return expression

    def written_out(match: re.Match[str]) -> str:
        band = scales.get(match[0])
        if band is None:
            return match[0]
        return f"({match[0]} * {band.scale if band.scale is not None else 1.0!r} + {band.offset or 0.0!r})"

    return parse_expression(re.sub(r"[A-Za-z_]\w*", written_out, expression.text))


def _has_reflectance(image: SceneInfo | RasterInfo, numbers: tuple[int, ...]) -> bool:
    return isinstance(image, SceneInfo) and all(image.bands[n - 1].unit == "reflectance" for n in numbers)


def _number(name: str, bands: Mapping[str, int]) -> int | None:
    name = name.lower()
    if band_number(name) is not None:
        return bands.get(name)
    return next((bands[alias] for alias in _ALIASES.get(name, (name,)) if alias in bands), None)


def _add(numbers: dict[str, int], names: Iterable[tuple[str, int]]) -> None:
    for name, number in names:
        if name:
            numbers.setdefault(name.lower(), number)
