"""A Landsat folder (Level 1 or 2, all missions): one scene, and its acquisition from the MTL file."""

from __future__ import annotations

import re

from msgspec.structs import replace

from layers.errors import UnsupportedFormat
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.raster.scene import SceneBand, SceneInfo
from layers.raster.sensor_bands import OLI, TM
from layers.readers.deliveries.scene_files import Delivery, FileAt
from layers.readers.sidecars.sidecar_groups import Groups, groups_of_json, groups_of_xml, parse_groups
from layers.readers.sidecars.sidecar_text import read_json, read_text, read_xml
from layers.readers.sidecars.sidecar_values import azimuth, metres, number, percent, utc

_MSS_OLD = {"4": "green", "5": "red", "6": "nir", "7": "nir"}
_MSS = {"1": "green", "2": "red", "3": "nir", "4": "nir"}
_BAND = re.compile(r"file_name_band_((?:st_b)?\d{1,2})(_vcid_\d)?")
_QUALITY = re.compile(r"file_name_quality_(l\d_)?(\w+)|file_name_(band_quality)")
_NODATA = 0.0
"""Documented for every Level-1 and Level-2 reflectance band of Collection 2; the files do not all declare it."""


def describe_landsat(delivery: Delivery, path: str) -> SceneInfo:
    """The scene of an MTL file. Raises what reading it raises, UnsupportedFormat where no band is there."""
    mtl = read_mtl(*delivery.described_in)
    problems: list[str] = []
    bands = []
    for key, name in _file_names(mtl).items():
        band = _band(mtl, key)
        if band is None:
            continue
        file = delivery.find(name)
        if file is not None:
            bands.append(_with_path(band, file))
        else:
            problems.append(Phrase("{name} is named in the scene's metadata but is not there.", name=name))
    if not bands:
        raise UnsupportedFormat(
            "{name} names no image of a band that is there: the Landsat folder is incomplete.", name=delivery.name
        )
    bands.sort(key=lambda band: (band.role != "data", _order(band.name)))
    title = product_id(mtl) or delivery.stem
    return SceneInfo(
        path, delivery.place, delivery.kind, title, tuple(bands), landsat_acquisition(mtl), tuple(problems)
    )


def _file_names(mtl: Groups) -> dict[str, str]:
    """FILE_NAME_ keys and their files. A Level-2 MTL repeats the metadata of Level 1, whose files are not delivered."""
    files: dict[str, str] = {}
    for group in mtl.groups:
        if not group.name.upper().startswith("LEVEL1_"):
            files = {key: value for key, value in group.values.items() if key.startswith("file_name_")} | files
    return files


def _band(mtl: Groups, key: str) -> SceneBand | None:
    """The band of a FILE_NAME_ key, still without its file."""
    match = _BAND.fullmatch(key)
    if match is None:
        quality = _QUALITY.fullmatch(key)
        if quality is None or "metadata" in key:
            return None
        name = (quality[2] or "quality").upper()
        return SceneBand(f"QA_{name}", "", (), role="quality", gsd_m=metres(mtl.first("GRID_CELL_SIZE_REFLECTIVE")))
    is_temperature = match[1].startswith("st_b")
    digits = match[1].removeprefix("st_b")
    common = "lwir11" if is_temperature and digits == "10" else _names(mtl).get(digits, "")
    if match[2] == "_vcid_2":
        common = ""  # the same band at high gain
    suffix = match[1] + (match[2] or "")
    scale, offset, unit = _calibration(mtl, suffix, is_temperature)
    name = f"{'ST_B' if is_temperature else 'B'}{digits}{(match[2] or '').upper()}"
    return SceneBand(name, common, (), gsd_m=_gsd(mtl, common), nodata=_NODATA, scale=scale, offset=offset, unit=unit)


def _names(mtl: Groups) -> dict[str, str]:
    sensor, craft = mtl.first("SENSOR_ID").upper(), mtl.first("SPACECRAFT_ID").upper()
    if "OLI" in sensor or sensor == "TIRS":
        return OLI
    if sensor.startswith("MSS"):
        return _MSS_OLD if craft[-1:] in ("1", "2", "3") else _MSS
    return TM if sensor.startswith(("ETM", "TM")) else {}


def _calibration(mtl: Groups, suffix: str, is_temperature: bool) -> tuple[float | None, float | None, str]:
    """Scale, offset and unit; those of Level 2 where the product is one, as its MTL repeats those of Level 1."""
    what, unit = ("TEMPERATURE", "K") if is_temperature else ("REFLECTANCE", "reflectance")
    level2 = ("LEVEL2_SURFACE_REFLECTANCE_PARAMETERS", "LEVEL2_SURFACE_TEMPERATURE_PARAMETERS")
    groups = level2 if mtl.first("PROCESSING_LEVEL", "PRODUCT_CONTENTS").startswith("L2") else ()
    scale = number(mtl.first(f"{what}_MULT_BAND_{suffix}", *groups))
    offset = number(mtl.first(f"{what}_ADD_BAND_{suffix}", *groups))
    return (scale, offset, unit) if scale is not None and offset is not None else (None, None, "")


def _gsd(mtl: Groups, common: str) -> float | None:
    kind = "PANCHROMATIC" if common == "pan" else "THERMAL" if common.startswith("lwir") else "REFLECTIVE"
    return metres(mtl.first(f"GRID_CELL_SIZE_{kind}") or mtl.first("GRID_CELL_SIZE_REFLECTIVE"))


def _with_path(band: SceneBand, file: FileAt) -> SceneBand:
    return replace(band, paths=(file.path,), part=file.member)


def _order(name: str) -> tuple[int, str]:
    digits = re.search(r"\d+", name)
    return (int(digits[0]) if digits else 99, name)


def read_mtl(path: str, member: str = "") -> Groups:
    """The groups of an MTL file, or of one in an archive. Raises what reading metadata files raises."""
    name = (member or path).lower()
    if name.endswith(".json"):
        return groups_of_json(read_json(path, member))
    if name.endswith(".xml"):
        return groups_of_xml(read_xml(path, member))
    return parse_groups(read_text(path, member))


def landsat_acquisition(mtl: Groups) -> Acquisition:
    """The facts in an MTL. A Landsat scene is one instant: the time of its centre."""
    day, clock = mtl.first("DATE_ACQUIRED"), mtl.first("SCENE_CENTER_TIME")
    at = utc(f"{day}T{clock}") if clock else ""
    at = at or utc(day)
    notes = list[str]()
    if mtl.first("NADIR_OFFNADIR"):
        notes.append(Phrase("Pointing: {first}.", first=mtl.first("NADIR_OFFNADIR").lower()))
    roll = number(mtl.first("ROLL_ANGLE"), -90, 90)
    if roll is not None:
        notes.append(Phrase("Roll angle of the spacecraft: {roll}°.", roll=f"{roll:.3f}"))
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
