"""A Sentinel-2 SAFE product (Level-1C or 2A, of any year): one scene of bands at 10, 20, 60 m; its acquisition."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from msgspec import Struct
from msgspec.structs import replace

from layers.errors import GeoloupeError, UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo
from layers.raster.sensor_bands import SENTINEL2
from layers.readers.deliveries.scene_files import Delivery, FileAt
from layers.readers.sidecars.sidecar_text import read_xml
from layers.readers.sidecars.sidecar_values import (
    angle,
    azimuth,
    metres,
    number,
    percent,
    span,
    text,
    utc,
    words,
)

_QUALITY = ("SCL", "AOT", "WVP")
_FILE = re.compile(r".*_(B\d\d|B8A|SCL|AOT|WVP|TCI|PVI)(?:_(\d\d)m)?", re.IGNORECASE)
_GRANULE = re.compile(r"/GRANULE/([^/]+)/IMG_DATA/", re.IGNORECASE)
_VERSION = re.compile(r"_N\d\d\.\d\d$")
_GSD_M = {"B02": 10, "B03": 10, "B04": 10, "B08": 10, "B01": 60, "B09": 60, "B10": 60}
"""Pixel sizes in metres of Level-1C bands, whose file names do not say them. All other bands have 20 m."""


class _Spectral(Struct, frozen=True):
    wavelength_nm: float | None
    offset: float | None


def describe_sentinel2(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of MTD_MSIL1C.xml or MTD_MSIL2A.xml, or of a product of before December 2016 with its long names.

    Raises what reading it raises, UnsupportedFormat without bands.
    """
    product = read_xml(*delivery.described_in)
    problems: list[str] = []
    files = _files(product, delivery, problems)
    characteristics = product.find("General_Info/Product_Image_Characteristics")
    scale = _scale(characteristics)
    spectral = _spectral(characteristics, scale)
    nodata = _nodata(characteristics)
    bands = []
    for name in sorted(files, key=lambda name: (name in _QUALITY, name.replace("B8A", "B08A"))):
        gsd, places = files[name]
        paths, part = tuple(dict.fromkeys(place.path for place in places)), places[0].member
        if part and len(places) > 1:
            raise UnsupportedFormat(
                "{archive} holds several granules: unpack it first.", archive=os.path.basename(delivery.archive)
            )
        known = spectral.get(name, _Spectral(None, None))
        role = "quality" if name in _QUALITY else "data"
        calibrated = role == "data" and scale is not None
        bands.append(
            SceneBand(
                name,
                SENTINEL2.get(name.removeprefix("B").lstrip("0"), ""),
                paths,
                1,
                gsd,
                known.wavelength_nm,
                role,
                nodata,
                scale if calibrated else None,
                (known.offset or 0.0) if calibrated else None,
                "reflectance" if calibrated else "",
                part,
            )
        )
    if not bands:
        raise UnsupportedFormat(
            "{name} names no image of a band that is there: the SAFE folder is incomplete.", name=delivery.name
        )
    acquisition = sentinel2_acquisition(product, _granules(delivery, files, problems))
    acquisition = replace(acquisition, product_gsd_m=min(band.gsd_m or math.inf for band in bands))
    title = acquisition.product_id or os.path.basename(delivery.folder or delivery.archive)
    return SceneInfo(path, delivery.place, delivery.kind, title, tuple(bands), acquisition, tuple(problems))


def _files(product: Element, delivery: Delivery, problems: list[str]) -> dict[str, tuple[float, list[FileAt]]]:
    """Files by band: the finest resolution in metres and its files, one for each granule."""
    files: dict[str, tuple[float, list[FileAt]]] = {}
    for name in _image_names(product):
        match = _FILE.fullmatch(name)
        if match is None or match[1].upper() in ("TCI", "PVI"):
            continue
        band = match[1].upper()
        gsd = float(match[2] or _GSD_M.get(band, 20))
        file = delivery.find(name if name.lower().endswith(".jp2") else name + ".jp2")
        if file is None:
            problems.append(
                Phrase("{name} is named in the product's metadata but is not there.", name=os.path.basename(name))
            )
        elif band not in files or gsd < files[band][0]:
            files[band] = (gsd, [file])
        elif gsd == files[band][0]:
            files[band][1].append(file)
    return files


def _image_names(product: Element) -> Iterator[str]:
    """Names of images below the product's folder; until 2016 they say only in which granule they are."""
    for element in product.iter("IMAGE_FILE"):
        yield text(element.text)
    for granule in (*product.iter("Granules"), *product.iter("Granule")):
        for tag in ("IMAGE_ID", "IMAGE_ID_2A"):
            for element in granule.iter(tag):
                yield f"GRANULE/{text(granule.get('granuleIdentifier'))}/IMG_DATA/{text(element.text)}"


def _scale(characteristics: Element | None) -> float | None:
    """Factor that turns stored values into reflectance, before the offset."""
    quantification = number(
        words(
            characteristics,
            "QUANTIFICATION_VALUES_LIST/BOA_QUANTIFICATION_VALUE",
            "QUANTIFICATION_VALUE",
        ),
        1,
    )
    return None if quantification is None else 1.0 / quantification


def _spectral(characteristics: Element | None, scale: float | None) -> dict[str, _Spectral]:
    if characteristics is None:
        return {}
    offsets = {
        element.get("band_id", ""): number(element.text)
        for tag in ("BOA_ADD_OFFSET", "RADIO_ADD_OFFSET")
        for element in characteristics.iter(tag)
    }
    spectral = {}
    for element in characteristics.iter("Spectral_Information"):
        band = re.sub(r"^B(\d)$", r"B0\1", element.get("physicalBand", "").upper())
        offset = offsets.get(element.get("bandId", ""))
        wavelength = metres(words(element, "Wavelength/CENTRAL"))
        spectral[band] = _Spectral(wavelength, None if offset is None or scale is None else offset * scale)
    return spectral


def _nodata(characteristics: Element | None) -> float | None:
    for element in [] if characteristics is None else characteristics.iter("Special_Values"):
        if words(element, "SPECIAL_VALUE_TEXT").upper() == "NODATA":
            return number(words(element, "SPECIAL_VALUE_INDEX"))
    return None


def _granules(delivery: Delivery, files: dict[str, tuple[float, list[FileAt]]], problems: list[str]) -> list[Element]:
    """MTD_TL.xml of each granule that holds a band: GRANULE/its name/IMG_DATA/..."""
    places = (member or path for _, images in files.values() for path, member in images)
    names = sorted({name for place in places for name in _GRANULE.findall(place.replace(os.sep, "/"))})
    roots = []
    for name in names:
        old = _VERSION.sub("", name).replace("_MSI_", "_MTD_")
        file = delivery.find(f"GRANULE/{name}/MTD_TL.xml") or delivery.find(f"GRANULE/{name}/{old}.xml")
        if file is None:
            problems.append(Phrase("MTD_TL.xml of {name} is not there: angles are unknown.", name=name))
            continue
        try:
            roots.append(read_xml(*file))
        except GeoloupeError as error:
            problems.append(error.sentence)
    return roots


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
    level = words(product, info + "PROCESSING_LEVEL")
    notes = [Phrase("Processing level: {level}.", level=level)] if level else []
    notes += [] if incidence is None else [Phrase("Incidence is the mean of the bands' mean incidence angles.")]
    baseline = words(product, info + "PROCESSING_BASELINE")
    if baseline:
        notes.append(Phrase("Processing baseline {baseline}.", baseline=baseline))
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
        baseline=baseline,
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
