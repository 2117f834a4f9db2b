"""Reads a Sentinel-2 product's acquisition from MTD_MSIL1C.xml or MTD_MSIL2A.xml and its granules' MTD_TL.xml."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.sidecar_values import angle, azimuth, number, percent, span, utc, words


def sentinel2_acquisition(product: Element, granules: list[Element]) -> Acquisition:
    """The facts of a product and its granules. Without granules there are no angles.

    The time is the granules' own sensing time, else the start of the product.
    """
    info = "General_Info/Product_Info/"
    start, stop = span(utc(words(granule, "General_Info/SENSING_TIME")) for granule in granules)
    if not start:
        start = utc(words(product, info + "PRODUCT_START_TIME"))
        stop = utc(words(product, info + "PRODUCT_STOP_TIME"))
    is_interval = stop > start
    sun = "Geometric_Info/Tile_Angles/Mean_Sun_Angle/"
    # Azimuths cannot be averaged: several granules have none that is theirs.
    sun_azimuth = azimuth(words(granules[0], sun + "AZIMUTH_ANGLE")) if len(granules) == 1 else None
    zenith = _mean([number(words(granule, sun + "ZENITH_ANGLE"), 0, 180) for granule in granules])
    incidence = _mean([_incidence(granule) for granule in granules])
    notes = [] if incidence is None else ["Incidence is the mean of the bands' mean incidence angles."]
    baseline = words(product, info + "PROCESSING_BASELINE")
    if baseline:
        notes.append(f"Processing baseline {baseline}.")
    return Acquisition(
        at=start,
        until=stop if is_interval else "",
        date_kind=("interval" if is_interval else "instant") if start else "unknown",
        platform=words(product, info + "Datatake/SPACECRAFT_NAME"),
        sensor="MSI",
        incidence_deg=incidence,
        sun_azimuth_deg=sun_azimuth,
        sun_elevation_deg=None if zenith is None else 90.0 - zenith,
        cloud_percent=percent(words(product, "Quality_Indicators_Info/Cloud_Coverage_Assessment")),
        product_id=words(product, info + "PRODUCT_URI").removesuffix(".SAFE"),
        credit=f"Contains modified Copernicus Sentinel data {start[:4]}" if start else "",
        notes=tuple(notes),
    )


def _incidence(granule: Element) -> float | None:
    """The mean over the bands."""
    path = "Geometric_Info/Tile_Angles/Mean_Viewing_Incidence_Angle_List/Mean_Viewing_Incidence_Angle"
    return _mean([angle(words(band, "ZENITH_ANGLE")) for band in granule.findall(path)])


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
