"""The acquisition of an Airbus image (Pléiades, Pléiades Neo, SPOT 6/7), from its DIMAP version 2 file."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element

from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.sidecar_values import angle, azimuth, metres, number, percent, span, utc, words

_PANCHROMATIC = ("P", "PAN", "PMS", "PMS-N", "PMS-X", "PMS-FS")
_LEAST_SHARE = 0.7
"""Nobody delivers pixels much larger than what was collected."""
_NONE = ("NA", "N/A", "NONE")


def dimap_acquisition(root: Element) -> Acquisition:
    """The facts of a DIMAP document, angles at the image's centre. Several strips make a composite without angles."""
    strips = root.findall("Dataset_Sources/Source_Identification/Strip_Source")
    first, last = span(_strip_time(strip) for strip in strips)
    is_composite = last > first
    centre = None if is_composite else _centre(root)
    at = first if is_composite else (utc(words(centre, "TIME")) or first)
    gsd, notes = _collected(root, centre)
    licence = words(root, "Dataset_Identification/Legal_Constraints/LICENSE")
    return Acquisition(
        at=at,
        until=last if is_composite else "",
        date_kind=("composite" if is_composite else "instant") if at else "unknown",
        platform=", ".join(sorted({_named(strip, "MISSION") for strip in strips} - {""})),
        sensor=", ".join(sorted({_named(strip, "INSTRUMENT") for strip in strips} - {""})),
        collected_gsd_m=gsd,
        product_gsd_m=product_gsd(root),
        off_nadir_deg=angle(words(centre, "Acquisition_Angles/VIEWING_ANGLE")),
        incidence_deg=angle(words(centre, "Acquisition_Angles/INCIDENCE_ANGLE")),
        sun_azimuth_deg=azimuth(words(centre, "Solar_Incidences/SUN_AZIMUTH")),
        sun_elevation_deg=number(words(centre, "Solar_Incidences/SUN_ELEVATION"), -90, 90),
        cloud_percent=percent(words(root, "Dataset_Content/CLOUD_COVERAGE")),
        product_id=words(
            root, "Product_Information/Delivery_Identification/JOB_ID", "Dataset_Identification/DATASET_NAME"
        ),
        licence="" if licence.upper() in _NONE else licence,
        credit=words(root, "Dataset_Identification/Legal_Constraints/COPYRIGHT"),
        notes=notes,
    )


def product_gsd(root: Element) -> float | None:
    """The pixel of the product in metres, where its unit is stated as metres or it is resampled to them."""
    spacing = root.find("Processing_Information/Product_Settings/Sampling_Settings/RESAMPLING_SPACING")
    if spacing is None or spacing.get("unit", "") != "m":
        return None
    return metres(spacing.text)


def spectral_processing(root: Element) -> str:
    """P, MS, PMS, MS-FS..."""
    return words(root, "Processing_Information/Product_Settings/SPECTRAL_PROCESSING").upper()


def _centre(root: Element) -> Element | None:
    located = root.findall("Geometric_Data/Use_Area/Located_Geometric_Values")
    return next((values for values in located if words(values, "LOCATION_TYPE").lower() == "center"), None)


def _collected(root: Element, centre: Element | None) -> tuple[float | None, tuple[str, ...]]:
    """The geometric mean of the ground sample distances at the centre.

    Some multispectral products state those of the panchromatic detector: finer than their own pixels, they are a note.
    """
    across = metres(words(centre, "Ground_Sample_Distance/GSD_ACROSS_TRACK"))
    along = metres(words(centre, "Ground_Sample_Distance/GSD_ALONG_TRACK"))
    if across is None or along is None:
        return None, ()
    gsd, product = math.sqrt(across * along), product_gsd(root)
    stated = f"Ground sample distance stated: {across:.3g} m across track, {along:.3g} m along track"
    if spectral_processing(root) in _PANCHROMATIC or (product is not None and gsd > _LEAST_SHARE * product):
        return gsd, (stated + ".",)
    return None, (stated + ", which may be the panchromatic detector's.",)


def _strip_time(strip: Element) -> str:
    day, clock = words(strip, "IMAGING_DATE"), words(strip, "IMAGING_TIME")
    return utc(f"{day}T{clock}") or utc(day)


def _named(strip: Element, what: str) -> str:
    return f"{words(strip, what)} {words(strip, what + '_INDEX')}".strip()
