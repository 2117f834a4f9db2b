"""Recognises a delivery of imagery by its folder or a metadata file, and finds the files that describe each scene."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import islice
from typing import Any, NamedTuple

from msgspec import Struct

from layers.errors import GeoloupeError
from layers.readers.files import regular_file
from layers.readers.guards.archive import is_archive, members_of
from layers.readers.sidecars.sidecar_text import read_json
from layers.readers.sidecars.sidecar_values import MAX_LISTED, inside, text, utc

MAX_DEPTH = 2
"""Most folders below a bundle in which its images are looked for: each has a folder of its own."""


class DeliveryKind(StrEnum):
    """The deliveries that are known, by the name that is shown."""

    SENTINEL2 = "Sentinel-2 SAFE"
    SENTINEL1 = "Sentinel-1 SAFE"
    LANDSAT = "Landsat"
    MAXAR = "Maxar"
    DIMAP = "Airbus DIMAP"
    PLANET = "Planet"


class FileAt(NamedTuple):
    """A file, or a member of an archive."""

    path: str
    member: str = ""


class Delivery(Struct, frozen=True):
    """One scene's metadata file and the folder that holds all its files. `stem` is the beginning of its files' names.

    With an `archive`, both are names in that, and `folder` may be empty.
    """

    kind: DeliveryKind
    metadata: str
    folder: str
    stem: str = ""
    archive: str = ""

    @property
    def name(self) -> str:
        """The name of the metadata file, for sentences."""
        return os.path.basename(self.metadata)

    @property
    def place(self) -> str:
        """The folder or the archive that holds all of it."""
        return self.archive or self.folder

    @property
    def described_in(self) -> FileAt:
        """The metadata file."""
        return FileAt(self.archive, self.metadata) if self.archive else FileAt(self.metadata)

    def find(self, name: str) -> FileAt | None:
        """The file that a name in the metadata means, below the folder; None where it is not there."""
        if not self.archive:
            path = inside(self.folder, name)
            return FileAt(path) if path else None
        wanted = posixpath.normpath(posixpath.join(self.folder, name.strip().replace("\\", "/")))
        known = members_of(self.archive)
        if wanted not in known:
            wanted = next((member for member in known if posixpath.normpath(member).lower() == wanted.lower()), "")
        return FileAt(self.archive, wanted) if wanted else None


_PATTERNS = (
    (DeliveryKind.SENTINEL2, re.compile(r"()MTD_MSIL(?:1C|2A)\.xml", re.IGNORECASE)),
    (DeliveryKind.SENTINEL2, re.compile(r"()S2[AB]_\w+_MTD_SAFL(?:1C|2A)_\w+\.xml", re.IGNORECASE)),
    (DeliveryKind.SENTINEL1, re.compile(r"()manifest\.safe", re.IGNORECASE)),
    (DeliveryKind.LANDSAT, re.compile(r"(L[A-Z]\d\d_.+|L[A-Z]\d{14}.+)_MTL\.(?:txt|json|xml)", re.IGNORECASE)),
    (DeliveryKind.MAXAR, re.compile(r"(.+)\.(?:TIL|IMD)", re.IGNORECASE)),
    (DeliveryKind.DIMAP, re.compile(r"(DIM_.+)\.XML", re.IGNORECASE)),
    (DeliveryKind.PLANET, re.compile(r"(.+?)(?:_3[AB]_\w+)?_metadata\.(?:json|xml)", re.IGNORECASE)),
)
_BEST_SUFFIX = (".til", ".txt", ".json", ".imd", ".xml")
"""Suffixes in order of preference: of several files that describe the same scene, the first is read."""
_LEADS_UP = {"mtd_tl.xml": 2, "manifest.safe": 0, "vol_phr.xml": 0, "vol_pneo.xml": 0, "vol_spot.xml": 0}
"""Files of a delivery that describe less than a scene, and how many folders above theirs the delivery begins."""
_NOT_ENTERED = re.compile(
    r"lineage|granule|masks|library|aux_data|rep_info|html|gis_files|datastrip|annotation|measurement|\..*",
    re.IGNORECASE,
)


def deliveries_at(path: str) -> list[Delivery]:
    """Find the scenes of a folder or a metadata file, sorted by name; empty where there is no delivery.

    Where a folder holds none itself, its folders are searched, two levels down. Raises NotAllowed and FileMissing as
    `regular_file` does.
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
    if is_archive(path) and not path.lower().endswith(".kmz"):
        return _in_archive(os.path.abspath(path))
    delivery = _recognised(os.path.dirname(os.path.abspath(path)), name) if _matches(name) else None
    return [] if delivery is None else [delivery]


_PACKED = (DeliveryKind.SENTINEL2, DeliveryKind.SENTINEL1, DeliveryKind.LANDSAT)
"""Deliveries that are opened as the archives in which they are sold."""


def _in_archive(path: str) -> list[Delivery]:
    """The scenes in a TAR or ZIP, sorted by name. Raises what `members_of` raises."""
    members = members_of(path)
    folders = {posixpath.split(name)[0]: set[str]() for name in members}
    for name in members:
        parts = name.split("/")
        for depth in range(1, len(parts)):
            folders.setdefault("/".join(parts[: depth - 1]), set()).add(parts[depth - 1])
    best: dict[tuple[DeliveryKind, str], Delivery] = {}
    for name in sorted(members, key=lambda name: (_rank(name), name)):
        folder, base = posixpath.split(name)
        for kind, pattern in _PATTERNS:
            match = pattern.fullmatch(base)
            if match is None or kind not in _PACKED:
                continue
            if kind is not DeliveryKind.SENTINEL1 or _is_sentinel1(folders.get(folder, set())):
                best.setdefault((kind, f"{folder}/{match[1].lower()}"), Delivery(kind, name, folder, match[1], path))
    return sorted(best.values(), key=lambda delivery: delivery.metadata)


def _is_sentinel1(beside: Iterable[str]) -> bool:
    """True where a manifest.safe stands beside the folders of a radar product; every Sentinel has such a file."""
    return {"annotation", "measurement"} <= {name.lower() for name in beside}


def _below(folder: str, depth: int) -> list[Delivery]:
    files, folders = _listed(folder)
    best = deliveries_among(folder, files)
    if best or depth == 0:
        return best
    return [delivery for inner in folders for delivery in _below(os.path.join(folder, inner), depth - 1)]


def deliveries_among(folder: str, names: Iterable[str]) -> list[Delivery]:
    """The deliveries that some files of a folder describe, each once, sorted by name."""
    best: dict[tuple[DeliveryKind, str], Delivery] = {}
    for name in sorted(filter(_matches, names), key=lambda name: (_rank(name), name)):
        delivery = _recognised(folder, name)
        if delivery is not None:
            best.setdefault((delivery.kind, delivery.stem.lower()), delivery)
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
            if kind is DeliveryKind.PLANET and not _is_planet(path):
                return None
            if kind is DeliveryKind.SENTINEL1 and not _is_sentinel1(os.listdir(folder)):
                return None
            return Delivery(kind, path, folder, match[1])
    return None


def _is_planet(path: str) -> bool:
    """True for a Planet item's metadata: other companies call files _metadata.json too."""
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
