"""geoloupe info FILE: describes a raster, vector, case or service."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.errors import GeoloupeError, NotReadable
from viewer.cli.terminal.command import DONE, Command, add_json, print_json
from viewer.support.terminal import say

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool
    from layers.raster.acquisition import Acquisition
    from layers.raster.info import BandInfo, RasterInfo
    from layers.raster.photograph import Photograph
    from layers.raster.scene import SceneBand
    from layers.requests.probed import Probed
    from layers.vector.table import VectorInfo


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="or a tile template, or gibs:LAYER@YYYY-MM-DD")
    add_json(parser)


def _run(arguments: argparse.Namespace) -> int:
    facts = describe(arguments.file)
    if arguments.json:
        print_json(facts)
    else:
        _print_facts(facts)
        if facts["kind"] == "case":
            _print_words(arguments.file)
    return DONE


def _print_words(case: str) -> None:
    """Print a case's own facts in words."""
    from viewer.cli.terminal.reading import open_case  # for start-up time

    document = open_case(case)
    for key, name in (("title", "title"), ("subtitle", "subtitle"), ("project_note", "note"), ("context", "context")):
        for line in document.meta(key).splitlines():
            say(f"{name}: {line}")


def describe(text: str) -> dict[str, Any]:
    """The facts of `info --json`. Raises a GeoloupeError where the file cannot be opened."""
    from layers.project.storage.sqlite_file import is_case  # for start-up time
    from layers.requests.addresses import is_ranged_address
    from layers.requests.probe import Probe
    from layers.services.address_keys import split_key
    from layers.services.naming import asks_server, is_service_text
    from layers.services.offers.facts import offer_facts
    from layers.services.offers.recognise import recognised, service_document
    from viewer.cli.terminal.reading import existing, one_reader

    if is_ranged_address(text):
        return _by_ranges(text)
    if is_service_text(text):
        return _offered(text) if asks_server(text) else _service(split_key(text).address)
    path = existing(text)
    if path.is_file() and is_case(path):
        return _case(path)
    if path.is_file() and (document := service_document(path)):
        return offer_facts(recognised(document, str(path)))
    with one_reader() as pool:
        probed: Probed = pool.ask(Probe(str(path.resolve()))).facts
        if probed.kind == "vector":
            return _vector(probed.layers) | _pictures_beside(pool, path, probed)
    if probed.cut_short:
        raise NotReadable(probed.cut_short)
    if probed.raster is not None and probed.acquisition is not None:
        facts = _raster(probed.raster) | _acquired(probed.raster, probed.acquisition)
        return _as_service(facts, probed.raster, str(path)) if probed.raster.driver == "PMTiles" else facts
    return _scene(probed)


def _by_ranges(address: str) -> dict[str, Any]:
    """A COG or PMTiles on a host, which is allowed by being typed."""
    from layers.requests.probe import Probe  # for start-up time
    from viewer.cli.terminal.documents import hosts_named, without_keys
    from viewer.support.plain_imports import load_qt

    load_qt()
    from viewer.export.headless import Studio, answered_in_loop
    from viewer.network.typed_keys import secrets_in

    secrets, (address,) = secrets_in([address]), without_keys([address])
    with Studio(consent=hosts_named([address]), workers=1, secrets=secrets) as studio:
        probed: Probed = answered_in_loop(studio.pool, Probe(address)).facts
    if probed.cut_short:
        raise NotReadable(probed.cut_short)
    assert probed.raster is not None
    facts = _raster(probed.raster) | (_acquired(probed.raster, probed.acquisition) if probed.acquisition else {})
    return _as_service(facts, probed.raster, address)


def _as_service(facts: dict[str, Any], raster: RasterInfo, address: str) -> dict[str, Any]:
    """The facts of a raster, and those of a service of one layer: a COG on a host, or PMTiles."""
    from layers.requests.addresses import name_of  # for start-up time

    is_tiles, tags, at = raster.driver == "PMTiles", raster.tags, facts["acquisition"]["at"]
    title = (tags.get("name", "") if is_tiles else "") or name_of(address)
    layer = {
        "name": title,
        "title": title,
        "crs": [facts["crs"]] if facts["crs"] else [],
        "bounds_lonlat": facts["bounds_lonlat"],
        "formats": [f"image/{tags.get('format', 'png')}" if is_tiles else "image/tiff"],
        "styles": [],
        "times": {"count": 1, "first": at, "last": at, "default": at} if at else None,
        "levels": [int(tags["minzoom"]), int(tags["maxzoom"])] if is_tiles else None,
        "address": address,
    }
    attribution = {"attribution": raster.credit} if is_tiles else {}
    service = "pmtiles" if is_tiles else "cog"
    return {**facts, "kind": "service", "service": service, "title": title, **attribution, "layers": [layer]}


def _acquired(raster: RasterInfo, acquisition: Acquisition) -> dict[str, Any]:
    """Acquisition of an image, as its own tags and files beside it state it."""
    from msgspec.structs import replace  # for start-up time

    from layers.raster.photograph import photograph_in  # for start-up time

    facts: dict[str, Any] = {
        "at": raster.acquired_at or acquisition.at or None,
        "date_kind": raster.date_kind if raster.date_kind != "unknown" else acquisition.date_kind,
        "credit": raster.credit or acquisition.credit,
    }
    more = dict(replace(acquisition, notes=(), credit="").facts())
    more = {key: value for key, value in more.items() if key not in ("Acquired", "Kind of date")}
    facts |= {"basis": "metadata in or beside the file"} if facts["at"] else {}
    facts |= {"facts": more} if more else {}
    facts |= {"notes": list(acquisition.notes)} if acquisition.notes else {}
    photograph = photograph_in(raster.tags)
    return {"acquisition": facts} | ({} if photograph is None else {"photograph": _photograph(photograph)})


def _photograph(photograph: Photograph) -> dict[str, Any]:
    return {
        "position": [photograph.lon, photograph.lat],
        "taken": photograph.taken or None,
        "basis": photograph.basis or None,
        "camera": photograph.camera or None,
        "direction_deg": photograph.direction_deg,
    }


def _case(path: Path) -> dict[str, Any]:
    from layers.geo.antimeridian import boxes_of  # for start-up time
    from layers.geo.lon_extent import narrowest
    from layers.geo.on_earth import off_earth
    from layers.project.opening.intake import read_case
    from layers.project.storage.schema import SCHEMA_VERSION

    intake = read_case(path)
    document = intake.document
    geometries = [site.geometry for site in document.sites.values() if not site.geometry.is_empty]
    nowhere = off_earth(geometries)
    boxes = boxes_of([geometry for at, geometry in enumerate(geometries) if at not in nowhere])
    bounds = narrowest(boxes) if len(boxes) else None
    return {
        "kind": "case",
        "driver": "GPKG",
        "crs": "EPSG:4326",
        "bounds_lonlat": list(bounds) if bounds else None,
        "problems": list(intake.problems),
        "schema_version": SCHEMA_VERSION,
        "sites": sum(site.is_site for site in document.sites.values()),
        "claims": len(document.claims),
        "sources": len(document.sources),
        "responses": len(document.responses),
        "chips": len(document.chips),
        "layers": len(document.layers),
    }


def _raster(raster: RasterInfo) -> dict[str, Any]:
    facts = {
        "kind": "raster",
        "driver": raster.driver,
        "crs": raster.crs,
        "bounds_lonlat": None if raster.bounds_lonlat is None else list(raster.bounds_lonlat),
        "problems": list(raster.problems),
        "width": raster.width,
        "height": raster.height,
        "bands": [_band(band) for band in raster.bands],
        "overviews": list(raster.overviews),
        "acquisition": {
            "at": raster.acquired_at or None,
            "date_kind": raster.date_kind,
            "credit": raster.credit,
        },
    }
    if len(raster.parts) > 1:
        facts["pictures"] = [{"name": part} for part in raster.parts]
    return facts


def _band(band: BandInfo) -> dict[str, Any]:
    nodata = "nan" if band.nodata is not None and math.isnan(band.nodata) else band.nodata  # which JSON does not have
    facts: dict[str, Any] = {"dtype": band.dtype, "nodata": nodata, "description": band.description}
    if band.unit:
        facts["unit"] = band.unit
    if (band.scale, band.offset) != (1.0, 0.0):
        facts |= {"scale": band.scale, "offset": band.offset}
    return facts if band.wavelength_nm is None else facts | {"wavelength_nm": band.wavelength_nm}


def _scene(probed: Probed) -> dict[str, Any]:
    from msgspec.structs import replace  # for start-up time

    from viewer.commands.found_layers import layers_of_probe  # for start-up time

    scene = probed.scene
    assert scene is not None
    layer = layers_of_probe(Path(scene.path), probed)[0]  # refuses a delivery without its bands
    assert probed.raster is not None
    facts = _raster(probed.raster)
    facts["driver"] = scene.kind
    facts["bands"] = [
        fact | {"description": band.name, "common_name": band.common_name} | _calibration(band)
        for fact, band in zip(facts["bands"], scene.bands, strict=False)
    ]
    acquisition = scene.acquisition
    facts["acquisition"] |= {"title": layer.name, "facts": dict(replace(acquisition, notes=()).facts())}
    facts["acquisition"] |= {"notes": list(acquisition.notes)} if acquisition.notes else {}
    facts["acquisition"] |= {"basis": "the delivery's metadata"} if acquisition.at else {}
    return facts


def _calibration(band: SceneBand) -> dict[str, Any]:
    """Scale and offset that turn stored values into physical ones, and their unit, where the delivery states them."""
    stated = {"gsd_m": band.gsd_m, "scale": band.scale, "offset": band.offset, "unit": band.unit}
    return {key: value for key, value in stated.items() if value not in (None, "")}


def _pictures_beside(pool: ReaderPool, path: Path, probed: Probed) -> dict[str, Any]:
    """The tiles of a GeoPackage that holds features too, and the bounds of both; empty without tiles."""
    from layers.requests.probe import Probe  # for start-up time

    pictures: list[RasterInfo] = []
    problems: list[str] = [problem for layer in probed.layers for problem in layer.problems]
    for part in probed.parts:
        try:
            picture: Probed = pool.ask(Probe(str(path.resolve()), part)).facts
        except GeoloupeError as error:
            problems.append(f"{part[:60]} is left out: {error.sentence}")
        else:
            pictures += [picture.raster] if picture.raster is not None else []
    if not probed.parts:
        return {}
    facts = [
        {"name": raster.part, "width": raster.width, "height": raster.height, "crs": raster.crs} for raster in pictures
    ]
    bounds = _whole([*probed.layers, *pictures])
    return {"bounds_lonlat": bounds, "problems": list(dict.fromkeys(problems)), "pictures": facts}


def _whole(described: Iterable[VectorInfo | RasterInfo]) -> list[float] | None:
    from layers.geo.lon_extent import around  # for start-up time

    bounds = around(info.bounds_lonlat for info in described if info.bounds_lonlat is not None)
    return list(bounds) if bounds else None


def _vector(layers: Sequence[VectorInfo]) -> dict[str, Any]:
    return {
        "kind": "vector",
        "driver": layers[0].driver if layers else "",
        "crs": layers[0].crs if layers else "",
        "bounds_lonlat": _whole(layers),
        "problems": list(dict.fromkeys(problem for layer in layers for problem in layer.problems)),
        "layers": [
            {
                "name": layer.name,
                "geometry": layer.geometry,
                "features": layer.features,
                "fields": [{"name": name, "type": kind} for name, kind in layer.fields],
            }
            for layer in layers
        ],
    }


def _offered(text: str) -> dict[str, Any]:
    from layers.services.offers.facts import offer_facts  # for start-up time
    from viewer.cli.terminal.documents import without_keys
    from viewer.cli.terminal.server_documents import offer_at, server_documents

    with server_documents([text]) as servers:
        return offer_facts(offer_at(without_keys([text])[0], servers))


def _service(text: str) -> dict[str, Any]:
    from layers.services.naming import service_from_text  # for start-up time

    service = service_from_text(text)
    at, ending = service.time, service.template.partition("?")[0].rpartition(".")[2].lower()
    layer = {
        "name": service.title,
        "title": service.title,
        "crs": [service.crs],
        "bounds_lonlat": None,
        "formats": [f"image/{ending.replace('jpg', 'jpeg')}"] if ending in ("png", "jpg", "jpeg", "webp") else [],
        "styles": [],
        "times": {"count": 1, "first": at, "last": at, "default": at} if at else None,
        "levels": [service.min_level, service.max_level],
        "address": service.template,
    }
    return {
        "kind": "service",
        "driver": "XYZ",
        "crs": "EPSG:3857",
        "bounds_lonlat": None,
        "problems": [],
        "service": service.kind,
        "title": service.title,
        "template": service.template,
        "levels": [service.min_level, service.max_level],
        "time": service.time or None,
        "attribution": service.attribution,
        "licence": service.licence,
        "layers": [layer],
    }


def _print_facts(facts: dict[str, Any]) -> None:
    for key, value in facts.items():
        name = key.replace("_", " ")
        if isinstance(value, list) and value and isinstance(value[0], dict):
            say(f"{name}:")
            for number, entry in enumerate(value, 1):
                say(f"  {number}. " + ", ".join(f"{k} {_text(v)}" for k, v in entry.items()))
        else:
            say(f"{name}: {_text(value)}")


def _text(value: Any) -> str:
    if value is None or value in ("", []):
        return "not known" if value is None else "none"
    if isinstance(value, dict):
        return ", ".join(f"{k.replace('_', ' ')} {_text(v)}" for k, v in value.items())
    if isinstance(value, list):
        return "; ".join(_text(v) for v in value)
    return str(value)


INFO = Command("info", "say what a raster, vector, case or service is", _add_arguments, _run)
