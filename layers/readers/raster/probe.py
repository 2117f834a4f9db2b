"""The probe of a raster: everything `RasterInfo` holds, from the header and the smallest overview."""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from rasterio.io import DatasetReader
from rasterio.windows import Window

from layers.decoding import encoded
from layers.errors import CannotBePlaced, GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    WGS84,
    is_geographic,
    is_off_earth,
    off_earth_sentence,
    picture_bounds,
    transform_bounds,
    transform_points,
)
from layers.phrase import Phrase
from layers.raster.info import BandInfo, RasterInfo
from layers.raster.overviews import MODERATE_PIXELS
from layers.raster.sensor_bands import names_by_wavelength
from layers.readers.environment import Profile, current_profile
from layers.readers.files import CONTAINERS, Content
from layers.readers.guards import envi
from layers.readers.guards.tile_audit import tiles_in
from layers.readers.guards.vrt_judge import judge_vrt
from layers.readers.raster.datasets import DATASETS, each_of, pictures_in, refused_sidecars
from layers.readers.raster.georeferencing import Georeferencing, georeferencing_of
from layers.readers.raster.jpeg2000 import is_cut_short
from layers.readers.raster.pixels import read_pixels, real_values
from layers.readers.raster.subdatasets import Subdataset, dimension_words, file_name, names_degrees
from layers.readers.sidecars.sidecar_values import utc
from layers.requests.addresses import is_address, name_of
from layers.requests.probe import Probe
from layers.text.counted import counted

SAMPLE_PX = 512
MAX_STRETCHED_BANDS = 16
LEAST_DEEP_BITS = 10
"""Bits that the deepest colours of a picture use at least: darker ones are meant to be dark."""
NARROW_BYTES = 127
"""Narrowest range that bytes of one band fill unstretched: less than half of 255 is stretched."""
MAX_DECIMATED_PIXELS = 16_000_000
_LATTICE = 4
_MOST_LON, _MOST_LAT = 720.0, 120.0
_MAX_TAGS = 250
_SECURITY_FIELDS = ("NITF_FSC", "NITF_ISC", "NITF_FSR", "NITF_ISR", "NITF_FSD", "NITF_ISD", "NITF_FSCLAS")
_MAX_TAG_CHARS = 2000
_MAX_UNIT_CHARS = 40
_LONGEST_UM = 100
"""Wavelength without a unit from which on it is in nanometres, and below in micrometres: no sensor sees so far."""


def probe_raster(question: Probe, path: str, content: Content) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return the header of a raster probe. For a canvas, the conversion to it is prepared for the tiles that will
    follow.

    A VRT is only checked, unless this is a reader of its profile: the header then is {"profile": "vrt"}, and the caller
    asks a reader of that profile.
    """
    if content is Content.VRT and current_profile() is not Profile.VRT:
        judge_vrt(path)
        return {"profile": str(Profile.VRT)}, ()
    canvas_crs, part = question.canvas_crs or "", question.part
    dataset = DATASETS.get(path, part=part)
    size = dataset.width, dataset.height
    georeferencing = DATASETS.georeferencing(dataset, anew=True).at_height(question.height_m, *size)
    georeferencing = georeferencing.by_points(question.control_points, size, file_name(dataset))
    problems = list(georeferencing.problems)
    bounds, lonlat = _bounds(dataset, georeferencing, problems)
    if canvas_crs and georeferencing.crs:
        transform_points(canvas_crs, georeferencing.crs, [0.0], [0.0])
    overviews = tuple(dataset.overviews(1))
    pictures = pictures_in(path, content) if content in CONTAINERS else ()
    parts = _parts(dataset, path, content, pictures)
    problems += _oddities(dataset, DATASETS.place_of(dataset) if is_address(path) else path, content, parts)
    tags = _tags(dataset, problems)
    info = RasterInfo(
        path=path, driver=str(content), width=dataset.width, height=dataset.height,
        bands=_bands(dataset, problems), crs=georeferencing.crs, transform=georeferencing.transform, bounds=bounds,
        bounds_lonlat=lonlat, overviews=overviews, block_shape=tuple(dataset.block_shapes[0]),
        acquired_at=_acquired_at(dataset), date_kind=_date_kind(dataset, tags),
        credit=tags.get("TIFFTAG_COPYRIGHT", "") or tags.get("attribution", ""), tags=tags, problems=tuple(problems),
        placed_by=georeferencing.placed_by, georeferencing_note=georeferencing.note,
        height_m=georeferencing.used_height_m,
        own_height_m=georeferencing.own_height_m, parts=parts, part=part or next(iter(parts), ""),
    )  # fmt: skip
    header = {
        "kind": "raster",
        "raster": encoded(info),
        "cut_short": _cut_short(dataset, path, content),
        "state": list(DATASETS.state_of(dataset)),
        "pictures": [] if canvas_crs else _pictures(pictures, path, content),
    }
    return header, ()


def _cut_short(dataset: DatasetReader, path: str, content: Content) -> str:
    """A sentence where a TIFF or raw pixels end before their last pixel, as after a broken download; else empty.

    Such a file is refused when a layer is added; a layer that was whole once shows what is left. Where its last pixels
    lie is not asked of a host, which would cost two requests: reading past the end of such a file says the same.
    """
    if is_address(path):
        return ""
    if content is Content.ENVI:
        return envi.cut_short(path)
    if content is not Content.TIFF:
        return ""
    rows, cols = dataset.block_shapes[-1]
    last = f"{(dataset.width - 1) // cols}_{(dataset.height - 1) // rows}"
    band = dataset.count
    offset = dataset.get_tag_item(f"BLOCK_OFFSET_{last}", "TIFF", bidx=band)
    size = dataset.get_tag_item(f"BLOCK_SIZE_{last}", "TIFF", bidx=band)
    if not offset or not size or int(offset) + int(size) <= DATASETS.state_of(dataset)[1]:
        return ""
    return Phrase("{path} is cut short: its last pixels are missing. Copy or download it again.", path=name_of(path))


def _oddities(dataset: DatasetReader, path: str, content: Content, parts: tuple[str, ...]) -> list[str]:
    """Sentences about faults of the file that do not keep it from being shown."""
    name = os.path.basename(path)
    oddities: list[str] = [
        Phrase("{other} beside it is not what it should be and is ignored.", other=other)
        for other in refused_sidecars(path)
    ]
    if not dataset.overviews(1) and dataset.width * dataset.height > MODERATE_PIXELS:
        oddities.append(
            Phrase(
                "{name} has no overviews: zoomed out, only some of its pixels are looked at until they are built.",
                name=name,
            )
        )
    if len(parts) > 1:
        oddities.append(
            Phrase(
                "{name} holds {pictures} ({parts}): one of them is shown.",
                name=name,
                pictures=counted(len(parts), "picture"),
                parts=", ".join(parts[:5]),
            )
        )
    if dataset.crs and names_degrees(dataset):
        oddities.append(Phrase("{name} gives longitudes and latitudes but no datum: WGS 84 is taken.", name=name))
    if content is Content.JPEG2000 and is_cut_short(path):
        oddities.append(Phrase("{name} is cut short: what is missing is blurred or left out.", name=name))
    if len(dataset.indexes) > MAX_STRETCHED_BANDS:
        oddities.append(
            Phrase(
                "{name} has {bands}: only the first {max_stretched_bands} have a stretch yet.",
                name=name,
                bands=counted(dataset.count, "band"),
                max_stretched_bands=MAX_STRETCHED_BANDS,
            )
        )
    return oddities


def _parts(dataset: DatasetReader, path: str, content: Content, pictures: tuple[Subdataset, ...]) -> tuple[str, ...]:
    """Names of the parts to choose from: tables of tiles, numbers of NITF images, or names of pictures."""
    if content is Content.TILES:
        return tiles_in(path).tables
    if content is Content.NITF:
        return tuple(name.split(":")[1] for name in dataset.subdatasets if name.startswith("NITF_IM:"))
    if content in CONTAINERS:
        return tuple(picture.part for picture in pictures)
    return ()


def _pictures(pictures: tuple[Subdataset, ...], path: str, content: Content) -> list[dict[str, Any]]:
    """Describes the pictures that may be added, before any of them is: size and place of each."""
    descriptions = []
    for picture, dataset in zip(pictures, each_of(pictures, path, content), strict=True):
        if dataset is None or dataset.count == 0:
            continue
        georeferencing = georeferencing_of(dataset, path)
        bounds, lonlat = _bounds(dataset, georeferencing, [])
        descriptions.append(
            {
                "part": picture.part,
                "words": picture.words,
                "crs": georeferencing.crs,
                "placed_by": georeferencing.placed_by,
                "bounds": list(bounds),
                "bounds_lonlat": None if lonlat is None else list(lonlat),
            }
        )
    return descriptions


def sample(dataset: DatasetReader, indexes: list[int]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Some thousand values of each band, (n, k) and which of them are valid: the smallest overview, or a lattice."""
    level = _smallest_useful_overview(dataset)
    if level is not None:
        source = DATASETS.at_level(dataset, level)
        pixels = read_pixels(source, indexes, Window(0, 0, source.width, source.height), _fitting(source))
    elif dataset.width * dataset.height <= MAX_DECIMATED_PIXELS:
        pixels = read_pixels(dataset, indexes, Window(0, 0, dataset.width, dataset.height), _fitting(dataset))
    else:
        return _lattice(dataset, indexes)
    return pixels.bands.reshape(len(indexes), -1), pixels.mask.reshape(-1)


def _smallest_useful_overview(dataset: DatasetReader) -> int | None:
    factors = dataset.overviews(1)
    longest = max(dataset.width, dataset.height)
    useful = [level for level, factor in enumerate(factors) if longest / factor >= SAMPLE_PX / 2]
    return useful[-1] if useful else None


def _fitting(dataset: DatasetReader) -> tuple[int, int]:
    shrink = max(1.0, max(dataset.width, dataset.height) / SAMPLE_PX)
    return max(1, round(dataset.height / shrink)), max(1, round(dataset.width / shrink))


def _lattice(dataset: DatasetReader, indexes: list[int]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Small windows spread over a large file without overviews."""
    side = SAMPLE_PX // _LATTICE
    parts, masks = [], []
    for row in np.linspace(0, max(0, dataset.height - side), _LATTICE).astype(int):
        for col in np.linspace(0, max(0, dataset.width - side), _LATTICE).astype(int):
            window = Window(col, row, min(side, dataset.width), min(side, dataset.height))
            pixels = read_pixels(dataset, indexes, window, (int(window.height), int(window.width)))
            parts.append(pixels.bands.reshape(len(indexes), -1))
            masks.append(pixels.mask.reshape(-1))
    return np.concatenate(parts, axis=1), np.concatenate(masks)


def _bands(dataset: DatasetReader, problems: list[str]) -> tuple[BandInfo, ...]:
    stretches = _stretches(dataset, problems)
    infos = []
    for index, dtype, nodata, description, color in zip(
        dataset.indexes, dataset.dtypes, dataset.nodatavals, dataset.descriptions, dataset.colorinterp, strict=True
    ):
        low, high = stretches.get(index, (None, None))
        palette = _palette(dataset, index) if color.name == "palette" else ()
        text = (description or dimension_words(dataset, index))[:_MAX_TAG_CHARS]
        wavelength = _wavelength_nm(dataset, index)
        band = BandInfo(index, dtype, nodata, text, color.name.lower(), low, high, palette, wavelength)
        infos.append(replace(band, **_measured(dataset, index)))
    return tuple(infos)


def _measured(dataset: DatasetReader, index: int) -> dict[str, Any]:
    """Unit, scale and offset of a band's values, as far as they make sense."""
    scale, offset = float(dataset.scales[index - 1]), float(dataset.offsets[index - 1])
    is_sound = math.isfinite(scale) and math.isfinite(offset) and scale != 0
    facts: dict[str, Any] = {"unit": " ".join((dataset.units[index - 1] or "").split())[:_MAX_UNIT_CHARS]}
    return facts | ({"scale": scale, "offset": offset} if is_sound else {})


def _wavelength_nm(dataset: DatasetReader, index: int) -> float | None:
    """Centre of the wavelengths that a band sees, by ENVI's headers; None where the file does not state it."""
    tags = dataset.tags(index)
    try:
        value = float(tags["wavelength"])
    except (KeyError, ValueError):
        return None
    unit = str(tags.get("wavelength_units", "")).lower()
    if "micro" not in unit and "nano" not in unit:
        unit = "micro" if value < _LONGEST_UM else "nano"
    centre_nm = round(value * 1000 if "micro" in unit else value, 3)
    return centre_nm if 0 < centre_nm < math.inf else None


def _stretches(dataset: DatasetReader, problems: list[str]) -> dict[int, tuple[float, float]]:
    """The default stretch: the whole range of types of up to 8 bits, else the 2nd to 98th percentile of valid values.

    It is the percentiles too for the bytes of a lone band that use less than half of their range. Deep colours of a PNG
    have one range, as each band on its own would get another tint.
    """
    stretches = {
        i: (0.0, 2.0 ** _bits(dataset, i) - 1)
        for i, dtype in zip(dataset.indexes, dataset.dtypes, strict=True)
        if dtype == "uint8"
    }
    others = [i for i in dataset.indexes if i not in stretches]
    others = sorted({*others[:MAX_STRETCHED_BANDS], *_seen_first(dataset, others)}) or _lone_grey(dataset)
    if not others:
        return stretches
    try:
        bands, mask = sample(dataset, others)
    except GeoloupeError as error:
        problems.append(error.sentence)
        return stretches
    if _are_deep_colours(dataset):
        highest = max((int(band[mask].max()) for band in bands if mask.any()), default=0)
        whole = 0.0, 2.0 ** max(highest.bit_length(), LEAST_DEEP_BITS) - 1
        return stretches | dict.fromkeys(others, whole)
    for index, band in zip(others, bands, strict=True):
        values = real_values(band)
        has_value = mask & np.isfinite(values)
        nodata = dataset.nodatavals[index - 1]
        if nodata is not None and nodata == nodata:
            has_value &= values != nodata
        values = values[has_value]
        if values.size:
            low, high = _percentiles(values, (2.0, 98.0))
            if index not in stretches:
                stretches[index] = (low, high if high > low else low + 1.0)
            elif 0 < high - low < NARROW_BYTES:
                stretches[index] = (low, high)
    return stretches


def _are_deep_colours(dataset: DatasetReader) -> bool:
    """True for a picture of red, green and blue in 16 bits that was made to be looked at, as overlays are: a PNG."""
    names = [color.name for color in dataset.colorinterp[:3]]
    return dataset.driver == "PNG" and names == ["red", "green", "blue"] and set(dataset.dtypes) == {"uint16"}


def _seen_first(dataset: DatasetReader, indexes: list[int]) -> list[int]:
    """Find the bands that look red, green and blue where there are too many to stretch all: they are shown first."""
    if len(indexes) <= MAX_STRETCHED_BANDS:
        return []
    names = names_by_wavelength([_wavelength_nm(dataset, index) for index in indexes])
    return [index for index, name in zip(indexes, names, strict=True) if name in ("red", "green", "blue")]


def _lone_grey(dataset: DatasetReader) -> list[int]:
    """The one band of bytes of a picture without colours: radar and panchromatic ones are often nearly black
    unstretched.

    Colours, palettes and fewer bits are shown unchanged: they were made to be looked at.
    """
    data = [i for i, color in zip(dataset.indexes, dataset.colorinterp, strict=True) if color.name != "alpha"]
    if len(data) != 1 or dataset.colorinterp[data[0] - 1].name == "palette" or _bits(dataset, data[0]) < 8:
        return []
    return data


def _percentiles(values: NDArray[Any], parts: tuple[float, ...]) -> tuple[float, ...]:
    """Compute percentiles as `numpy.percentile` does; values of up to 16 bits are counted, in a tenth of the time."""
    if values.dtype.kind != "u" or values.dtype.itemsize > 2:
        return tuple(float(v) for v in np.percentile(values.astype(np.float64), parts))
    up_to = np.cumsum(np.bincount(values))
    at = (values.size - 1) * np.array(parts) / 100
    below = np.floor(at)
    low, high = (np.searchsorted(up_to, place, side="right") for place in (below, np.ceil(at)))
    return tuple(float(v) for v in low + (high - low) * (at - below))


def _bits(dataset: DatasetReader, index: int) -> int:
    """Bits of a band of bytes: 1 for black and white."""
    text = str(dataset.tags(index, ns="IMAGE_STRUCTURE").get("NBITS", "8"))
    return int(text) if text in tuple("1234567") else 8


def _palette(dataset: DatasetReader, index: int) -> tuple[tuple[int, int, int, int], ...]:
    colors = dataset.colormap(index)
    return tuple(tuple(colors.get(value, (0, 0, 0, 0))) for value in range(max(colors) + 1))


def _bounds(
    dataset: DatasetReader, georeferencing: Georeferencing, problems: list[str]
) -> tuple[Bounds, Bounds | None]:
    a, b, c, d, e, f = georeferencing.transform
    if not georeferencing.has_position:
        e = -1.0  # pixel space, as the tile op counts it: row 0 at y = 0, y upwards
    cols, rows = (0, dataset.width, 0, dataset.width), (0, 0, dataset.height, dataset.height)
    corners = [(a * x + b * y + c, d * x + e * y + f) for x, y in zip(cols, rows, strict=True)]
    bounds = Bounds.of_points([x for x, _ in corners], [y for _, y in corners])
    if georeferencing.warp is not None and georeferencing.warp.bounds is not None:
        bounds = georeferencing.warp.bounds
    if not georeferencing.is_known:
        return bounds, None
    name = file_name(dataset)
    if is_off_earth(georeferencing.crs):
        problems.append(off_earth_sentence(name, georeferencing.crs))
        return bounds, None
    if is_geographic(georeferencing.crs) and not _could_be_degrees(bounds):
        problems.append(Phrase("{name} is said to be in degrees, but its position is not: choose its CRS.", name=name))
        return bounds, None
    try:
        if (b or d) and georeferencing.warp is None:
            return bounds, picture_bounds(georeferencing.crs, georeferencing.transform, (dataset.width, dataset.height))
        return bounds, transform_bounds(georeferencing.crs, WGS84, bounds)
    except CannotBePlaced as error:
        problems.append(error.sentence)
        return bounds, None


def _could_be_degrees(bounds: Bounds) -> bool:
    """True where bounds could be degrees. There is room for a picture of the whole Earth that reaches half a pixel, or
    a border, beyond it.
    """
    return max(map(abs, bounds[::2])) <= _MOST_LON and max(map(abs, bounds[1::2])) <= _MOST_LAT


def _tags(dataset: DatasetReader, problems: list[str]) -> dict[str, str]:
    """The file's own metadata, with a NITF's security fields first and its extensions as "TRE NAME"; clipped."""
    tags = {str(key): str(value) for key, value in dataset.tags().items()}
    if "TRE" in dataset.tag_namespaces():
        tags |= {f"TRE {key}": str(value) for key, value in dataset.tags(ns="TRE").items()}
    if dataset.driver == "NITF":
        tags = dict(sorted(tags.items(), key=lambda item: not item[0].startswith(_SECURITY_FIELDS)))
    clipped = {key[:200]: value[:_MAX_TAG_CHARS] for key, value in list(tags.items())[:_MAX_TAGS]}
    if len(tags) > _MAX_TAGS or any(len(value) > _MAX_TAG_CHARS for value in tags.values()):
        problems.append(Phrase("{file_name} has more metadata than is shown.", file_name=file_name(dataset)))
    return clipped


def _acquired_at(dataset: DatasetReader) -> str:
    """The time in the IMAGERY metadata. TIFFTAG_DATETIME is not asked: it is mostly when the file was processed."""
    return utc(str(dataset.tags(ns="IMAGERY").get("ACQUISITIONDATETIME", "")))


def _date_kind(dataset: DatasetReader, tags: dict[str, str]) -> str:
    """An acquisition time is an instant; else a tag is believed that claims less (the shipped pictures have one)."""
    if _acquired_at(dataset):
        return "instant"
    return tags["DATE_KIND"] if tags.get("DATE_KIND") in {"composite", "interval"} else "unknown"
