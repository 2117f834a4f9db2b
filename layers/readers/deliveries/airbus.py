"""An Airbus image (Pléiades, Pléiades Neo, SPOT 6/7) in DIMAP version 2, in tiles: one scene, and its acquisition."""

from __future__ import annotations

import math
import os
from xml.etree.ElementTree import Element

from layers.errors import UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo
from layers.readers.deliveries.scene_files import Delivery
from layers.readers.sidecars.sidecar_text import read_xml
from layers.readers.sidecars.sidecar_values import angle, azimuth, inside, metres, number, percent, span, utc, words

MAX_TILES = 1000
_COMMON = {
    "B0": "blue",
    "B1": "green",
    "B2": "red",
    "B3": "nir",
    "P": "pan",
    "PAN": "pan",
    "R": "red",
    "G": "green",
    "B": "blue",
    "NIR": "nir",
    "RE": "rededge",
    "DB": "coastal",
}
_DISPLAY = ("RED_CHANNEL", "GREEN_CHANNEL", "BLUE_CHANNEL", "ALPHA_CHANNEL")
_UNITS_NM = {"micrometers": 1000.0, "micrometer": 1000.0, "nanometers": 1.0, "nanometer": 1.0}


def describe_dimap(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of a DIM_*.XML. Raises what reading it raises, UnsupportedFormat for other versions or lost files."""
    root = read_xml(delivery.metadata)
    name = os.path.basename(delivery.metadata)
    version = root.find("Metadata_Identification/METADATA_FORMAT")
    if version is None or not version.get("version", "").startswith("2"):
        raise UnsupportedFormat("{name} is not DIMAP version 2: open its image files one by one.", name=name)
    problems: list[str] = []
    acquisition = dimap_acquisition(root)
    gsd, ranges, nodata = product_gsd(root), _wavelengths(root), _nodata(root)
    bands = []
    for files in root.findall("Raster_Data/Data_Access/Data_Files"):
        paths = _paths(files, delivery.folder, problems)
        if paths:
            bands += [
                SceneBand(band, _COMMON.get(band, ""), paths, index, gsd, ranges.get(band), nodata=nodata)
                for band, index in _indexes(root, files).items()
            ]
    if not bands:
        raise UnsupportedFormat("{name} names no image that is there: the delivery is incomplete.", name=name)
    title = words(root, "Dataset_Identification/DATASET_NAME") or delivery.stem
    return SceneInfo(path, delivery.folder, delivery.kind, title, tuple(bands), acquisition, tuple(problems))


def _paths(files: Element, folder: str, problems: list[str]) -> tuple[str, ...]:
    """The tiles, by rows and columns."""
    placed = []
    for tile in files.findall("Data_File")[:MAX_TILES]:
        reference = tile.find("DATA_FILE_PATH")
        href = "" if reference is None else reference.get("href", "")
        path = inside(folder, href)
        if path:
            placed.append((number(tile.get("tile_R")) or 0.0, number(tile.get("tile_C")) or 0.0, path))
        else:
            problems.append(
                Phrase(
                    "The tile {href} is named in the metadata but is not there.",
                    href=href[:100] or Phrase("without a name"),
                )
            )
    return tuple(path for _, _, path in sorted(placed))


def _indexes(root: Element, files: Element) -> dict[str, int]:
    """The bands of a group of files, by id: as its index list says, else in the order red, green, blue, near infrared
    that Pléiades and SPOT files have, which is the display order.
    """
    for display in (files.find("Raster_Display"), root.find("Raster_Data/Raster_Display")):
        listed = [] if display is None else display.findall("Raster_Index_List/Raster_Index")
        indexes = {words(entry, "BAND_ID").upper(): number(words(entry, "BAND_INDEX"), 1, 512) for entry in listed}
        if indexes and None not in indexes.values():
            return {band: int(index) for band, index in indexes.items() if index is not None}
    if spectral_processing(root) in ("P", "PAN"):
        return {"P": 1}
    order = root.find("Raster_Data/Raster_Display/Band_Display_Order")
    if order is None:
        order = files.find("Raster_Display/Band_Display_Order")
    ids = [words(order, channel).upper() for channel in _DISPLAY]
    return {band: index for index, band in enumerate((b for b in dict.fromkeys(ids) if b in _COMMON), 1)}


def _wavelengths(root: Element) -> dict[str, float]:
    """Centres in nanometres, by band id, of the ranges whose unit is stated."""
    centres = {}
    for element in root.iter("Band_Spectral_Range"):
        unit = _UNITS_NM.get(words(element, "MEASURE_UNIT").lower())
        low, high = (number(words(element, end, f"FWHM/{end}"), 0) for end in ("MIN", "MAX"))
        if unit is not None and low is not None and high is not None:
            centres[words(element, "BAND_ID").upper()] = round((low + high) / 2 * unit, 3)
    return centres


def _nodata(root: Element) -> float | None:
    for element in root.iter("Special_Value"):
        if words(element, "SPECIAL_VALUE_TEXT").upper() == "NODATA":
            return number(words(element, "SPECIAL_VALUE_COUNT"))
    return None


_PANCHROMATIC = ("P", "PAN", "PMS", "PMS-N", "PMS-X", "PMS-FS")
_LEAST_SHARE = 0.7
"""Least share of the delivered pixel size that the collected one has: images are not delivered in much larger pixels
than they were collected in.
"""
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

    Some multispectral products state those of the panchromatic detector; finer than their own pixels, these become a
    note.
    """
    across = metres(words(centre, "Ground_Sample_Distance/GSD_ACROSS_TRACK"))
    along = metres(words(centre, "Ground_Sample_Distance/GSD_ALONG_TRACK"))
    if across is None or along is None:
        return None, ()
    gsd, product = math.sqrt(across * along), product_gsd(root)
    stated = Phrase(
        "Ground sample distance stated: {across} m across track, {along} m along track",
        across=f"{across:.3g}",
        along=f"{along:.3g}",
    )
    if spectral_processing(root) in _PANCHROMATIC or (product is not None and gsd > _LEAST_SHARE * product):
        return gsd, (Phrase("{stated}.", stated=stated),)
    return None, (Phrase("{stated}, which may be the panchromatic detector's.", stated=stated),)


def _strip_time(strip: Element) -> str:
    day, clock = words(strip, "IMAGING_DATE"), words(strip, "IMAGING_TIME")
    return utc(f"{day}T{clock}") or utc(day)


def _named(strip: Element, what: str) -> str:
    return f"{words(strip, what)} {words(strip, what + '_INDEX')}".strip()
