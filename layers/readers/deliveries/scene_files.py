"""Recognising a delivery of imagery: from its folder or one of its metadata files to what describes each scene."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import islice
from typing import Any

from layers.errors import GeoloupeError
from layers.quick_dataclass import dataclass
from layers.readers.deliveries.sidecar_text import read_json
from layers.readers.deliveries.sidecar_values import MAX_LISTED, text, utc
from layers.readers.files import regular_file

MAX_DEPTH = 2
"""Bundles keep each image in a folder of its own, at most this far down."""


class Kind(StrEnum):
    """The deliveries that are known, by the name that is shown."""

    SENTINEL2 = "Sentinel-2 SAFE"
    LANDSAT = "Landsat"
    MAXAR = "Maxar"
    DIMAP = "Airbus DIMAP"
    PLANET = "Planet"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One scene's metadata file and the folder that holds all its files. `stem` is what its files' names begin with."""

    kind: Kind
    metadata: str
    folder: str
    stem: str = ""


_PATTERNS = (
    (Kind.SENTINEL2, re.compile(r"()MTD_MSIL(?:1C|2A)\.xml", re.IGNORECASE)),
    (Kind.LANDSAT, re.compile(r"(L[A-Z]\d\d_.+|L[A-Z]\d{14}.+)_MTL\.(?:txt|json|xml)", re.IGNORECASE)),
    (Kind.MAXAR, re.compile(r"(.+)\.(?:TIL|IMD)", re.IGNORECASE)),
    (Kind.DIMAP, re.compile(r"(DIM_.+)\.XML", re.IGNORECASE)),
    (Kind.PLANET, re.compile(r"(.+?)(?:_3[AB]_\w+)?_metadata\.(?:json|xml)", re.IGNORECASE)),
)
_BEST_SUFFIX = (".til", ".txt", ".json", ".imd", ".xml")
"""Of twins that say the same, the one that is read."""
_LEADS_UP = {"mtd_tl.xml": 2, "manifest.safe": 0, "vol_phr.xml": 0, "vol_pneo.xml": 0, "vol_spot.xml": 0}
"""Files of a delivery that describe less than a scene, and how many folders above theirs the delivery begins."""
_NOT_ENTERED = re.compile(
    r"lineage|granule|masks|library|aux_data|rep_info|html|gis_files|datastrip|\..*", re.IGNORECASE
)


def deliveries_at(path: str) -> list[Delivery]:
    """The scenes that a folder or a metadata file leads to, sorted by name; empty where there is no delivery.

    A folder is looked through, and where it holds none itself, those in it, two levels down. Raises NotAllowed and
    FileMissing as `regular_file` does.
    """
    if "\0" not in path and os.path.isdir(path):
        return _below(os.path.abspath(path), MAX_DEPTH)
    name = os.path.basename(path)
    up = _LEADS_UP.get(name.lower())
    if up is not None:
        folder = os.path.dirname(regular_file(path))
        for _ in range(up):
            folder = os.path.dirname(folder)
        return _below(folder, 1)
    found = _recognised(os.path.dirname(os.path.abspath(path)), name) if _matches(name) else None
    return [] if found is None else [found]


def _below(folder: str, depth: int) -> list[Delivery]:
    files, folders = _listed(folder)
    best = deliveries_among(folder, files)
    if best or depth == 0:
        return best
    return [delivery for inner in folders for delivery in _below(os.path.join(folder, inner), depth - 1)]


def deliveries_among(folder: str, names: Iterable[str]) -> list[Delivery]:
    """The deliveries that some files of a folder describe, each once, sorted by name."""
    best: dict[tuple[Kind, str], Delivery] = {}
    for name in sorted(filter(_matches, names), key=lambda name: (_rank(name), name)):
        found = _recognised(folder, name)
        if found is not None:
            best.setdefault((found.kind, found.stem.lower()), found)
    return sorted(best.values(), key=lambda delivery: delivery.metadata)


def _rank(name: str) -> int:
    return _BEST_SUFFIX.index(_suffix(name)) if _suffix(name) in _BEST_SUFFIX else len(_BEST_SUFFIX)


def is_entered(folder_name: str) -> bool:
    """False for those folders of a delivery in which there is nothing to be opened, and for hidden ones."""
    return _NOT_ENTERED.fullmatch(folder_name) is None


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Names of files and of folders worth entering, links left out: a delivery has none."""
    files, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, MAX_LISTED):
                if entry.is_file(follow_symlinks=False):
                    files.append(entry.name)
                elif entry.is_dir(follow_symlinks=False) and not _NOT_ENTERED.fullmatch(entry.name):
                    folders.append(entry.name)
    except OSError:
        return [], []  # an unreadable folder holds no delivery that could be shown
    return sorted(files), sorted(folders)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _matches(name: str) -> bool:
    return any(pattern.fullmatch(name) for _, pattern in _PATTERNS)


def _recognised(folder: str, name: str) -> Delivery | None:
    for kind, pattern in _PATTERNS:
        match = pattern.fullmatch(name)
        if match is not None:
            path = os.path.join(folder, name)
            if kind is Kind.PLANET and not _is_planet(path):
                return None
            return Delivery(kind, path, folder, match[1])
    return None


def _is_planet(path: str) -> bool:
    """Other people call files _metadata.json too."""
    if _suffix(path) == ".xml":
        return "_3A_" in os.path.basename(path) or "_3B_" in os.path.basename(path)
    try:
        return is_planet_item(read_json(path))
    except GeoloupeError:
        return False


def is_planet_item(item: dict[str, Any]) -> bool:
    """True for the metadata of a Planet item: a feature with `acquired` and an item type or a satellite."""
    properties = item.get("properties")
    if not isinstance(properties, dict) or not utc(properties.get("acquired")):
        return False
    return any(text(properties.get(key)) for key in ("item_type", "satellite_id", "provider"))


def leads_to_scene(path: str) -> bool:
    """True where there is a scene to be described: a folder, or a metadata file of a delivery."""
    if "\0" in path:
        return False
    return os.path.isdir(path) or bool(deliveries_at(path))
