"""The acquisition of a Maxar (DigitalGlobe) image, from its IMD file or the XML that says the same."""

from __future__ import annotations

from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.sidecar_groups import Group, Groups, groups_of_xml, parse_groups
from layers.readers.deliveries.sidecar_text import read_text, read_xml
from layers.readers.deliveries.sidecar_values import angle, azimuth, metres, number, share, span, utc

_SATELLITES = {
    "WV01": "WorldView-1",
    "WV02": "WorldView-2",
    "WV03": "WorldView-3",
    "WV04": "WorldView-4",
    "GE01": "GeoEye-1",
    "QB02": "QuickBird-2",
    "IK01": "IKONOS",
    "LG01": "WorldView Legion 1",
    "LG02": "WorldView Legion 2",
    "LG03": "WorldView Legion 3",
    "LG04": "WorldView Legion 4",
    "LG05": "WorldView Legion 5",
    "LG06": "WorldView Legion 6",
}


def read_imd(path: str) -> Groups:
    """The groups of an IMD, TIL or Maxar XML file. Raises what reading metadata files raises."""
    return groups_of_xml(read_xml(path)) if path.lower().endswith(".xml") else parse_groups(read_text(path))


def maxar_acquisition(imd: Groups) -> Acquisition:
    """The facts of an IMD. Several images with different catalogue ids make a composite, without angles."""
    images = list(imd.named("IMAGE")) or [Group("", {})]
    projected = next(imd.named("MAP_PROJECTED_PRODUCT"), Group("", {})).values
    first, last = span(utc(_first(image, "firstlinetime", "tlctime", "earliestacqtime")) for image in images)
    if not first:
        first, last = utc(projected.get("earliestacqtime", "")), utc(projected.get("latestacqtime", ""))
    catalogue = {image.values["catid"] for image in images if image.values.get("catid")}
    is_composite = len(catalogue) > 1
    kind = "composite" if is_composite else "instant"
    one = {} if is_composite else images[0].values
    elevation = number(one.get("meansatel"), 0, 90)
    notes = [f"Catalogue id {name}." for name in sorted(catalogue)[:8]]
    if imd.first("bandId"):
        notes.append(f"Bands: {imd.first('bandId')}.")
    if elevation is not None:
        notes.append("Incidence is 90° less the stated elevation of the satellite as seen from the ground.")
    return Acquisition(
        at=first,
        until=last if is_composite else "",
        date_kind=kind if first else "unknown",
        platform=_platform(images),
        collected_gsd_m=metres(one.get("meancollectedgsd")),
        product_gsd_m=metres(projected.get("productgsd")) or metres(one.get("meanproductgsd")),
        off_nadir_deg=angle(one.get("meanoffnadirviewangle")),
        incidence_deg=None if elevation is None else 90.0 - elevation,
        sun_azimuth_deg=azimuth(one.get("meansunaz")),
        sun_elevation_deg=number(one.get("meansunel"), -90, 90),
        cloud_percent=share(one.get("cloudcover")),
        product_id=imd.first("productOrderId"),
        notes=tuple(notes),
    )


def _platform(images: list[Group]) -> str:
    named = sorted({image.values["satid"] for image in images if image.values.get("satid")})
    return ", ".join(_SATELLITES.get(name, name) for name in named)


def _first(group: Group, *keys: str) -> str:
    return next((group.values[key] for key in keys if group.values.get(key)), "")
