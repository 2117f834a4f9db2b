"""A PlanetScope scene (4 or 8 bands, with its usable data mask): one scene, and its acquisition."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from layers.errors import UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo
from layers.readers.deliveries.scene_files import Delivery
from layers.readers.raster.datasets import DATASETS
from layers.readers.sidecars.sidecar_text import read_json, read_xml
from layers.readers.sidecars.sidecar_values import (
    MAX_LISTED,
    angle,
    azimuth,
    inside,
    metres,
    number,
    percent,
    share,
    text,
    utc,
    words,
)
from layers.text.counted import counted

_FOUR = (("blue", "blue"), ("green", "green"), ("red", "red"), ("nir", "nir"))
_EIGHT = (
    ("coastal_blue", "coastal"),
    ("blue", "blue"),
    ("green_i", ""),
    ("green", "green"),
    ("yellow", "yellow"),
    ("red", "red"),
    ("rededge", "rededge"),
    ("nir", "nir"),
)
_VISUAL = (("red", "red"), ("green", "green"), ("blue", "blue"))
_MASK = ("clear", "snow", "shadow", "light_haze", "heavy_haze", "cloud", "confidence", "udm1")
"""The orders that Planet documents. Files do not all name their bands."""
_PREFERRED = ("analyticms_sr", "analytic_sr", "analyticms", "analytic", "visual")


def describe_planet(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of a _metadata.json or .xml: surface reflectance before radiance before the visual image.

    Raises what reading and opening raise, UnsupportedFormat where no image is there or its bands are not known.
    """
    acquisition = _acquisition(delivery)
    images, masks = _images(delivery)
    if not images:
        raise UnsupportedFormat(
            "{stem} has no image beside its metadata: the Planet delivery is incomplete.", stem=delivery.stem
        )
    image = images[0]
    name = os.path.basename(image)
    dataset = DATASETS.get(image)
    order = {3: _VISUAL, 4: _FOUR, 8: _EIGHT}.get(dataset.count)
    if order is None or (dataset.count == 4 and "visual" in name.lower()):
        order = _VISUAL if "visual" in name.lower() else ()
    if not order:
        raise UnsupportedFormat(
            "{name} has {bands}, which is no order that Planet documents: open it.",
            name=name,
            bands=counted(dataset.count, "band"),
        )
    gsd = acquisition.product_gsd_m
    bands = [SceneBand(b, common, (image,), index, gsd) for index, (b, common) in enumerate(order, 1)]
    problems = [
        Phrase("{other} is not shown: {name} is taken.", other=os.path.basename(other), name=name)
        for other in images[1:]
    ]
    if masks:
        count = DATASETS.get(masks[0]).count
        bands += [
            SceneBand(f"udm2_{mask}", "", (masks[0],), index, gsd, role="quality")
            for index, mask in enumerate(_MASK[:count], 1)
        ]
    return SceneInfo(path, delivery.folder, delivery.kind, delivery.stem, tuple(bands), acquisition, tuple(problems))


def _acquisition(delivery: Delivery) -> Acquisition:
    """The acquisition by the JSON, or by the XML that the delivery has for metadata."""
    if delivery.metadata.lower().endswith(".xml"):
        return planet_xml_acquisition(read_xml(delivery.metadata))
    return planet_acquisition(read_json(delivery.metadata))


def _images(delivery: Delivery) -> tuple[list[str], list[str]]:
    """The scene's images, the preferred first, and its usable data masks."""
    pattern = re.compile(re.escape(delivery.stem) + r"_3[AB]_(\w+)\.tiff?", re.IGNORECASE)
    images, masks = [], []
    with os.scandir(delivery.folder) as entries:
        names = sorted(entry.name for entry in islice(entries, MAX_LISTED))
    for name in names:
        match = pattern.fullmatch(name)
        file = inside(delivery.folder, name) if match else ""
        if match is None or not file:
            continue
        kind = match[1].lower()
        if kind.startswith("udm2"):
            masks.append(file)
        elif kind.startswith(_PREFERRED):
            rank = next(i for i, preferred in enumerate(_PREFERRED) if kind.startswith(preferred))
            images.append((rank, file))
    return [file for _, file in sorted(images)], masks


def planet_acquisition(item: dict[str, Any]) -> Acquisition:
    """The facts of an item's JSON. Its view angle is off-nadir, across the track, with a sign for the side."""
    properties = item.get("properties")
    known = properties if isinstance(properties, dict) else {}
    at = utc(known.get("acquired"))
    cloud = percent(known.get("cloud_percent"))
    return Acquisition(
        at=at,
        date_kind="instant" if at else "unknown",
        platform=" ".join(part for part in (text(known.get("provider")), text(known.get("satellite_id"))) if part),
        sensor=text(known.get("instrument")),
        collected_gsd_m=metres(known.get("gsd")),
        product_gsd_m=metres(known.get("pixel_resolution")),
        off_nadir_deg=angle(known.get("view_angle")),
        sun_azimuth_deg=azimuth(known.get("sun_azimuth")),
        sun_elevation_deg=number(known.get("sun_elevation"), -90, 90),
        cloud_percent=share(known.get("cloud_cover")) if cloud is None else cloud,
        product_id=text(item.get("id")),
    )


def planet_xml_acquisition(root: Element) -> Acquisition:
    """The facts of an EarthObservation document."""
    acquisition = next(root.iter("Acquisition"), None)
    at = utc(words(acquisition, "acquisitionDateTime"))
    platform = next(root.iter("Platform"), None)
    row, column = (next((e.text for e in root.iter(tag)), None) for tag in ("rowGsd", "columnGsd"))
    cloud = percent(next((e.text for e in root.iter("cloudCoverPercentage")), None))
    is_ambiguous = cloud is not None and 0 < cloud <= 1  # Planet has written both into this element
    return Acquisition(
        at=at,
        date_kind="instant" if at else "unknown",
        platform=" ".join(p for p in (words(platform, "shortName"), words(platform, "serialIdentifier")) if p),
        sensor=words(next(root.iter("Instrument"), None), "shortName"),
        product_gsd_m=metres(row) if row == column else None,
        off_nadir_deg=angle(words(acquisition, "spaceCraftViewAngle")),
        incidence_deg=angle(words(acquisition, "incidenceAngle")),
        sun_azimuth_deg=azimuth(words(acquisition, "illuminationAzimuthAngle")),
        sun_elevation_deg=number(words(acquisition, "illuminationElevationAngle"), -90, 90),
        cloud_percent=None if is_ambiguous else cloud,
        product_id=next((text(e.text) for e in root.iter("identifier")), ""),
        notes=(Phrase("Cloud is stated as {cloud}, which is percent or a share of one.", cloud=f"{cloud:g}"),)
        if is_ambiguous
        else (),
    )
