"""The acquisition of a Planet image, from its _metadata.json or _metadata.xml."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.sidecar_values import angle, azimuth, metres, number, percent, share, text, utc, words


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


def is_planet_item(item: dict[str, Any]) -> bool:
    """True for the metadata of a Planet item: a feature with `acquired` and an item type or a satellite."""
    properties = item.get("properties")
    if not isinstance(properties, dict) or not utc(properties.get("acquired")):
        return False
    return any(text(properties.get(key)) for key in ("item_type", "satellite_id", "provider"))


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
        notes=(f"Cloud is stated as {cloud:g}, which is percent or a share of one.",) if is_ambiguous else (),
    )
