"""Lists the scenes directly in a folder by their names: a delivery of many files is one, and no image is opened."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import Any

from layers.decoding import encoded
from layers.errors import FileMissing, NotAllowed
from layers.readers.deliveries.scene_files import Delivery, DeliveryKind, deliveries_among, is_entered
from layers.readers.file_state import APPENDED, REPLACED
from layers.requests.scenes import FolderList, ListedScene, ListScenes

MOST_ENTRIES = 100_000
"""Names of one folder that are looked at."""
IMAGES = frozenset(
    {
        *(".tif", ".tiff", ".jp2", ".j2k", ".ntf", ".nitf", ".nsf", ".vrt", ".img", ".dat", ".bsq", ".bil", ".bip"),
        *(".nc", ".nc4", ".cdf", ".h5", ".he5", ".hdf5"),
    }
)
PICTURES = {
    ".png": (".wld", ".pgw", ".pngw"),
    ".webp": (".wld", ".wpw", ".webpw"),
    ".jpg": (".wld", ".jgw", ".jpgw"),
    ".jpeg": (".wld", ".jgw", ".jpegw"),
}
"""Pictures that do not say where they lie, with their world files: without one most are photographs."""
_WITH_HEADER = (".img", ".dat", ".bsq", ".bil", ".bip")
_OWN_HEADER = (".img",)
_TILE = re.compile(r"_r\d+c\d+")
_WHOLE_FOLDER = (DeliveryKind.SENTINEL2, DeliveryKind.SENTINEL1, DeliveryKind.DIMAP)
"""Deliveries that have a folder, with all beneath it, to themselves."""

type _Stat = tuple[int, int]
"""Bytes, and time of last change in ns."""


def list_scenes(question: ListScenes) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Header `FolderList`; links are not followed. Raises FileMissing or NotAllowed where it cannot be listed."""
    folder = question.path
    files: dict[str, _Stat] = {}
    folders, links, is_cut = [], 0, False
    try:
        with os.scandir(folder) as entries:
            for count, entry in enumerate(islice(entries, MOST_ENTRIES + 1)):
                is_cut = count == MOST_ENTRIES
                if is_cut or entry.name.startswith("."):
                    continue
                if entry.is_symlink():
                    links += 1
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    files[entry.name] = status.st_size, status.st_mtime_ns
    except OSError as error:
        raise _refused(folder, error) from error
    deliveries = deliveries_among(folder, files)
    if any(delivery.kind in _WHOLE_FOLDER for delivery in deliveries):
        folders = []
    elif deliveries:
        folders = [name for name in folders if is_entered(name)]
    scenes, unplaced = _scenes(files, deliveries)
    return encoded(FolderList(tuple(scenes), tuple(sorted(folders)), links, unplaced, is_cut)), ()


def _refused(folder: str, error: OSError) -> FileMissing | NotAllowed:
    name = os.path.basename(folder.rstrip(os.sep)) or folder
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return FileMissing("There is no folder {name} any more: look whether it was moved.", name=name)
    return NotAllowed(
        "The folder {name} cannot be listed ({strerror}): look at its permissions.",
        name=name,
        strerror=error.strerror or error,
    )


def _scenes(files: dict[str, _Stat], deliveries: list[Delivery]) -> tuple[list[ListedScene], int]:
    """The deliveries and the other images, in the order of their names, and the number of pictures without a place."""
    by_lower = {name.lower(): state for name, state in files.items()}
    stems = [(delivery.kind, delivery.stem.lower()) for delivery in deliveries]
    members: dict[str, list[_Stat]] = {stem: [] for _, stem in stems}
    scenes, unplaced = [], 0
    for name in sorted(files):
        lower = name.lower()
        owner = next((stem for kind, stem in stems if _belongs(lower, kind, stem)), None)
        if owner is not None:
            members[owner].append(files[name])
            continue
        stem, ending = os.path.splitext(lower)
        if ending in PICTURES and not _is_placed(lower, stem, ending, by_lower):
            unplaced += 1
        elif (ending in IMAGES and _may_open(lower, stem, ending, by_lower)) or ending in PICTURES:
            scenes.append(ListedScene(name, (*files[name], *_beside(lower, stem, by_lower))))
    for delivery in deliveries:
        name, own = os.path.basename(delivery.metadata), members[delivery.stem.lower()]
        sizes = len(own), sum(size for size, _ in own), max((changed for _, changed in own), default=0)
        scenes.append(ListedScene(name, (*files[name], *sizes)))
    return sorted(scenes), unplaced


def _belongs(name: str, kind: DeliveryKind, stem: str) -> bool:
    """True for a file (in lower case) of a delivery that stands in the same folder, its tiles included."""
    return kind in _WHOLE_FOLDER or (bool(stem) and _TILE.sub("", name).startswith(stem))


def _is_placed(name: str, stem: str, ending: str, others: dict[str, _Stat]) -> bool:
    return name + ".aux.xml" in others or any(stem + world in others for world in PICTURES[ending])


def _may_open(name: str, stem: str, ending: str, others: dict[str, _Stat]) -> bool:
    """True for an image that may be opened: raw pixels need a header; an .img without one is often Imagine's."""
    if ending not in _WITH_HEADER or ending in _OWN_HEADER:
        return True
    return stem + ".hdr" in others or name + ".hdr" in others


def _beside(name: str, stem: str, others: dict[str, _Stat]) -> tuple[int, ...]:
    """Bytes of the files that belong to an image, and the time when the last of them changed."""
    names = (*(name + ending for ending in APPENDED), *(stem + ending for ending in REPLACED))
    states = [others[beside] for beside in names if beside in others and beside != name]
    return (sum(size for size, _ in states), max(changed for _, changed in states)) if states else ()
