"""The bands of an item that lie in files of their own, as the files of one image."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from layers.raster.band_files import COLOURS, MOST_FILES, BandFile
from layers.raster.sensor_bands import SENTINEL2
from layers.services.stac.addresses import unsigned
from layers.services.stac.assets import MOST_VISUAL, POLARISATIONS, WORST, StacAsset, StacBand, rank_of
from layers.services.stac.item import StacItem
from layers.services.stac.offsets import is_sentinel2, reflectance_of

_FEWEST = 2
_SPECTRUM = (
    *("coastal", "blue", "green05", "green", "yellow", "red", "rededge", "rededge071", "rededge075", "rededge078"),
    *("nir", "nir08", "nir09", "cirrus", "swir16", "swir22", "pan", "lwir", "lwir11", "lwir12"),
)
"""Common names in the order in which bands are listed, by wavelength; heat comes last."""
_SENTINEL2_KEY = re.compile(r"B(?:0?(?P<number>[1-9]|1[0-2])|0?(?P<narrow>8A))", re.IGNORECASE)
_RESOLUTION_KEY = re.compile(r"[_-]?\d{1,3}m$", re.IGNORECASE)


def separate_bands(item: StacItem) -> tuple[BandFile, ...]:
    """The files of an item's bands where it has one for each, by wavelength, with the colours of its picture behind
    them, or of a radar scene one for each polarisation; empty for an item whose bands lie in one file.

    Of files on hosts only GeoTIFFs count: those alone are read by ranges.
    """
    singles = _singles(item)
    if len({asset.href for asset, _, _ in singles}) < _FEWEST:
        return ()
    picture = item.picture.asset
    if picture is not None and len(picture.bands) >= _FEWEST and rank_of(picture) > MOST_VISUAL:
        return ()  # one file has them all
    files = [_file(item, *single) for single in singles]
    if picture is not None and rank_of(picture) <= MOST_VISUAL and _is_readable(picture):
        files += _colours(picture)
    return tuple(files[:MOST_FILES])


def places_of_bands(item: StacItem) -> tuple[str, ...]:
    """The addresses of the files on hosts that hold an item's bands, as its catalogue states them, signed or not."""
    if not (kept := {file.address for file in separate_bands(item) if file.address}):
        return ()
    return tuple(asset.web for asset in item.assets if asset.web and unsigned(asset.web) in kept)


def _singles(item: StacItem) -> list[tuple[StacAsset, StacBand, str]]:
    """Assets of one band each, with the band and what it sees: one of each name, the finest, and rather a GeoTIFF."""
    known: dict[str, tuple[StacAsset, StacBand, str]] = {}
    ordered = sorted(item.assets, key=lambda asset: (asset.file_kind != "tif", asset.gsd_m or _pixel_m(asset) or 1e9))
    for asset in ordered:
        if not _is_readable(asset) or rank_of(asset) in (WORST, *range(MOST_VISUAL + 1)) or len(asset.bands) > 1:
            continue
        band = asset.bands[0] if asset.bands else StacBand(asset.key)
        seen = band.common_name or (_seen_by_key(asset.key) if is_sentinel2(item) else "")
        if seen:
            name = _RESOLUTION_KEY.sub("", band.name or asset.key)
            known.setdefault(f"{seen} {name}".casefold(), (asset, band, seen))
        elif item.is_radar and asset.key.lower() in POLARISATIONS:
            polarised = replace(band, name=asset.key.upper())
            known.setdefault(asset.key.lower(), (asset, polarised, ""))
    return sorted(known.values(), key=lambda single: (_place(single[2], single[1]), single[1].name, single[0].key))


def _place(seen: str, band: StacBand) -> int:
    if band.name.lower() in POLARISATIONS and not seen:
        return POLARISATIONS.index(band.name.lower())
    return _SPECTRUM.index(seen) if seen in _SPECTRUM else len(_SPECTRUM)


def _is_readable(asset: StacAsset) -> bool:
    return bool(asset.path) or (bool(asset.web) and asset.file_kind == "tif")


def _seen_by_key(key: str) -> str:
    """The common name that a key of Sentinel-2 means, such as B8A or B04_10m."""
    match = _SENTINEL2_KEY.fullmatch(_RESOLUTION_KEY.sub("", key))
    if match is None:
        return ""
    return SENTINEL2.get((match["number"] or match["narrow"]).upper(), "")


def _file(item: StacItem, asset: StacAsset, band: StacBand, seen: str) -> BandFile:
    scale, offset, unit = _values(item, band)
    return BandFile(
        name=band.name or asset.key,
        seen=seen,
        address="" if asset.path else unsigned(asset.web),
        path=asset.path,
        nodata=band.nodata,
        scale=scale,
        offset=offset,
        unit=unit,
        gsd_m=asset.gsd_m or _pixel_m(asset),
    )


def _values(item: StacItem, band: StacBand) -> tuple[float | None, float | None, str]:
    """Scale, offset and unit of a band's values. Of Sentinel-2 only what is established is stated: see `offsets`."""
    if is_sentinel2(item):
        known = reflectance_of(item)
        return (known.scale, known.offset, "reflectance") if known.established else (None, None, "")
    if band.scale is None:
        return None, None, ""
    return band.scale, band.offset or 0.0, ""


def _colours(picture: StacAsset) -> Iterable[BandFile]:
    """The colours of a picture that somebody has made of the bands."""
    plain = BandFile(name="", is_picture=True, address="" if picture.path else unsigned(picture.web), path=picture.path)
    gsd_m = picture.gsd_m or _pixel_m(picture)
    for index, colour in enumerate(COLOURS, 1):
        yield replace(plain, name=f"{picture.key} {colour}", seen=colour, index=index, gsd_m=gsd_m)


def _pixel_m(asset: StacAsset) -> float | None:
    """The size of its pixels, where its transform is in metres."""
    return abs(asset.transform[0]) if asset.transform and abs(asset.transform[0]) >= 1e-2 else None
