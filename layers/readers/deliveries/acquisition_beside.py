"""The acquisition of any raster: from its delivery, from a metadata file beside it, from the tags inside it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from layers.decoding import encoded
from layers.errors import GeoloupeError
from layers.phrase import Phrase
from layers.raster.acquisition import Acquisition
from layers.readers.deliveries.acquisition_tags import imagery_acquisition, nitf_acquisition, tiff_acquisition
from layers.readers.deliveries.airbus import dimap_acquisition
from layers.readers.deliveries.landsat import landsat_acquisition, read_mtl
from layers.readers.deliveries.maxar import maxar_acquisition
from layers.readers.deliveries.planet import planet_acquisition
from layers.readers.deliveries.scene_files import deliveries_at, is_planet_item, leads_to_scene
from layers.readers.deliveries.scene_probe import describe
from layers.readers.deliveries.stac import is_stac_item, stac_acquisition
from layers.readers.files import regular_file
from layers.readers.raster.datasets import DATASETS
from layers.readers.sidecars.sidecar_groups import read_imd
from layers.readers.sidecars.sidecar_text import read_json, read_xml
from layers.readers.sidecars.sidecar_values import inside
from layers.requests.addresses import is_address
from layers.requests.imagery import ReadAcquisition

_TILE = re.compile(r"_R\d+C\d+", re.IGNORECASE)
_LANDSAT_BAND = re.compile(r"(.+?)_(?:(?:SR|ST)_)?(?:B\d+|QA|ATRAN|CDIST|DRAD|EMIS|EMSD|TRAD|URAD).*", re.IGNORECASE)
_PLANET_IMAGE = re.compile(r"(.+?)_3[AB]_.+", re.IGNORECASE)
_DIMAP_IMAGE = re.compile(r"IMG_(.+?)(?:_(?:RGB|NED|P))?", re.IGNORECASE)
_LEVELS_IN_SAFE = 5


def read_acquisition(question: ReadAcquisition) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Header {"acquisition": ...}. Raises what opening raises."""
    path = question.path
    if not is_address(path) and leads_to_scene(path):
        return {"acquisition": encoded(describe(path).acquisition)}, ()
    dataset = DATASETS.get(path, part=question.part)
    tags = {str(key): str(value) for key, value in dataset.tags().items()}
    imagery = {str(key): str(value) for key, value in dataset.tags(ns="IMAGERY").items()}
    return {"acquisition": encoded(acquisition_of(path, tags, imagery))}, ()


def acquisition_of(path: str, tags: dict[str, str], imagery: dict[str, str]) -> Acquisition:
    """Facts of the acquisition from files beside the image, then from GDAL's IMAGERY domain, then from its own tags."""
    own = nitf_acquisition(tags) if any(key.startswith("NITF_") for key in tags) else tiff_acquisition(tags)
    acquisition = Acquisition()
    for beside in () if is_address(path) else _beside(regular_file(path)):
        acquisition = acquisition.or_else(beside)
    return acquisition.or_else(imagery_acquisition(imagery)).or_else(own)


def _beside(path: str) -> Iterator[Acquisition]:
    """The facts of each metadata file that belongs to the image by its name; a broken one is a note."""
    folder, name = os.path.split(path)
    stem = os.path.splitext(name)[0]
    for read, names in _candidates(stem):
        for candidate in names:
            file = inside(folder, candidate)
            if file:
                try:
                    yield read(file)
                except GeoloupeError as error:
                    yield Acquisition(
                        notes=(Phrase("A metadata file beside it cannot be read: {why}", why=error.sentence),)
                    )
                break
    safe = _safe_product(path)
    if safe:
        try:
            yield describe(safe).acquisition
        except GeoloupeError as error:
            yield Acquisition(notes=(Phrase("A metadata file beside it cannot be read: {why}", why=error.sentence),))


def _candidates(stem: str) -> list[tuple[Any, list[str]]]:
    whole = _TILE.sub("", stem)
    candidates: list[tuple[Any, list[str]]] = [
        (_read_maxar, [f"{whole}.IMD"]),
        (_read_item, [f"{stem}.json", f"{stem}.stac.json"]),
    ]
    if match := _LANDSAT_BAND.fullmatch(stem):
        candidates.append((_read_landsat, [f"{match[1]}_MTL.{suffix}" for suffix in ("txt", "json", "xml")]))
    if match := _PLANET_IMAGE.fullmatch(stem):
        candidates.append((_read_item, [f"{match[1]}_metadata.json"]))
    if match := _DIMAP_IMAGE.fullmatch(whole):
        candidates.append((_read_dimap, [f"DIM_{match[1]}.XML"]))
    return candidates


def _read_maxar(path: str) -> Acquisition:
    return maxar_acquisition(read_imd(path))


def _read_landsat(path: str) -> Acquisition:
    return landsat_acquisition(read_mtl(path))


def _read_dimap(path: str) -> Acquisition:
    return dimap_acquisition(read_xml(path))


def _read_item(path: str) -> Acquisition:
    """A STAC item or Planet's metadata; any other JSON says nothing."""
    item = read_json(path)
    if is_stac_item(item):
        return stac_acquisition(item)
    return planet_acquisition(item) if is_planet_item(item) else Acquisition()


def _safe_product(path: str) -> str:
    """The metadata file of the Sentinel product that an image lies in, or ""."""
    parts = path.split(os.sep)
    if parts[-2:-1] == ["measurement"]:
        root = os.sep.join(parts[:-2])
        return next((d.metadata for d in deliveries_at(root) if d.folder == root), "")
    if "GRANULE" not in parts[-_LEVELS_IN_SAFE:]:
        return ""
    root = os.sep.join(parts[: len(parts) - 1 - parts[::-1].index("GRANULE")])
    return next((d.metadata for d in deliveries_at(root) if d.folder == root), "")
