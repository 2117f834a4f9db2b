"""The acquisition of a Landsat scene, from its MTL file: text, JSON or XML, Collection 1 or 2."""

from __future__ import annotations

from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.sidecar_groups import Groups, groups_of_json, groups_of_xml, parse_groups
from layers.readers.deliveries.sidecar_text import read_json, read_text, read_xml
from layers.readers.deliveries.sidecar_values import azimuth, metres, number, percent, utc


def read_mtl(path: str) -> Groups:
    """The groups of an MTL file. Raises what reading metadata files raises."""
    if path.lower().endswith(".json"):
        return groups_of_json(read_json(path))
    if path.lower().endswith(".xml"):
        return groups_of_xml(read_xml(path))
    return parse_groups(read_text(path))


def landsat_acquisition(mtl: Groups) -> Acquisition:
    """The facts in an MTL. A Landsat scene is one instant: the time of its centre."""
    day, clock = mtl.first("DATE_ACQUIRED"), mtl.first("SCENE_CENTER_TIME")
    at = utc(f"{day}T{clock}") if clock else ""
    at = at or utc(day)
    notes = []
    if mtl.first("NADIR_OFFNADIR"):
        notes.append(f"Pointing: {mtl.first('NADIR_OFFNADIR').lower()}.")
    roll = number(mtl.first("ROLL_ANGLE"), -90, 90)
    if roll is not None:
        notes.append(f"Roll angle of the spacecraft: {roll:.3f}°.")
    if mtl.first("DIGITAL_OBJECT_IDENTIFIER"):
        notes.append(f"DOI: {mtl.first('DIGITAL_OBJECT_IDENTIFIER')}")
    return Acquisition(
        at=at,
        date_kind="instant" if at else "unknown",
        platform=mtl.first("SPACECRAFT_ID").replace("_", " ").title(),
        sensor=mtl.first("SENSOR_ID"),
        product_gsd_m=metres(mtl.first("GRID_CELL_SIZE_REFLECTIVE")),
        sun_azimuth_deg=azimuth(mtl.first("SUN_AZIMUTH")),
        sun_elevation_deg=number(mtl.first("SUN_ELEVATION"), -90, 90),
        cloud_percent=percent(mtl.first("CLOUD_COVER")),
        product_id=product_id(mtl),
        credit=mtl.first("ORIGIN"),
        notes=tuple(notes),
    )


def product_id(mtl: Groups) -> str:
    """The product's own name: a Level-2 MTL also names the Level-1 product that it was made from."""
    return mtl.first("LANDSAT_PRODUCT_ID", "PRODUCT_CONTENTS", "METADATA_FILE_INFO") or mtl.first("LANDSAT_PRODUCT_ID")
