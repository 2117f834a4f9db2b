"""The statements of an item on the offset of Sentinel-2's values, and what is established by them."""

from __future__ import annotations

from layers.phrase import Phrase
from layers.raster.reflectance import (
    Reflectance,
    StatedValues,
    names_sentinel2,
    product_facts,
    stated_reflectance,
)
from layers.services.stac.assets import StacAsset, is_reflectance
from layers.services.stac.item import StacItem


def is_sentinel2(item: StacItem) -> bool:
    """True for an item of Sentinel-2 by its platform, its product or its collection."""
    return names_sentinel2(item.platform, item.product_id, item.collection)


def reflectance_of(item: StacItem) -> Reflectance:
    """The scale and offset of an item's values, and whether its baseline and its provider's handling establish them."""
    if is_sentinel2(item):
        return stated_reflectance(stated_values(item))
    if item.scale is None:
        return Reflectance(None, None, False, Phrase("The catalogue states no scale of its values."))
    words = Phrase("Scale and offset are as the catalogue states them, and were not compared with anything.")
    return Reflectance(item.scale, item.offset or 0.0, False, words)


def stated_values(item: StacItem) -> StatedValues:
    """The statements of an item of Sentinel-2 on its values, as a layer keeps them."""
    bands = [asset for asset in item.assets if is_reflectance(asset)]
    return StatedValues(
        level=product_facts(item.product_id)[0] or _level(item.collection),
        baseline=item.baseline,
        baseline_in_name=item.baseline_in_name,
        scale=item.scale,
        offset=item.offset,
        has_several_offsets=len(_offsets(bands)) > 1,
        shifted=item.shifted,
        is_original=_is_original(bands),
    )


def _level(collection: str) -> str:
    """The level that the name of a collection states, such as sentinel-2-l2a."""
    return next((level for level in ("L2A", "L1C") if collection.upper().endswith(level)), "")


def _offsets(bands: list[StacAsset]) -> set[float]:
    return {band.offset for asset in bands for band in asset.bands if band.offset is not None}


def _is_original(bands: list[StacAsset]) -> bool:
    """True where all reflective bands are files of ESA's own delivery, which nobody has written anew."""
    return bool(bands) and all(asset.file_kind == "jp2" and ".SAFE/" in asset.href for asset in bands)
