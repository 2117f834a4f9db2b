"""The KML files inside a KMZ: its main one, and others that it may lead to, each a layer of its own."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Sequence
from urllib.parse import unquote

from layers.counted import grouped
from layers.readers.features.parsed_layer import ParsedLayer

MOST_MEMBERS = 200
MOST_ARCHIVES, MOST_DEPTH = 20, 2
"""So many archives inside are looked into, and so deep, where there is no KML before."""


def kmls_in(archive: zipfile.ZipFile, name: str) -> tuple[list[str], list[str]]:
    """The KML files in it, the main one first, and sentences about what is left alone.

    Members are only read by their names, never written.
    """
    names = [one.filename for one in archive.infolist() if not one.is_dir()]
    kmls = [one for one in dict.fromkeys(names) if one.lower().endswith(".kml") and not _is_clutter(one)]
    nested = archives_in(archive)
    main = min(kmls, key=lambda one: (one.lower() != "doc.kml", one.count("/") + one.count("\\"), one), default="")
    notes = [f"{name} also holds {', '.join(nested)[:200]}, which is not read."] if nested and kmls else []
    if len(kmls) > MOST_MEMBERS:
        notes.append(f"{name} holds {grouped(len(kmls))} KML files: the first {MOST_MEMBERS} are read.")
    return [main, *(one for one in kmls if one != main)][:MOST_MEMBERS] if kmls else [], notes


def archives_in(archive: zipfile.ZipFile) -> list[str]:
    """The archives inside an archive."""
    names = (one.filename for one in archive.infolist() if not one.is_dir())
    return [one for one in dict.fromkeys(names) if one.lower().endswith((".kmz", ".zip")) and not _is_clutter(one)]


def _is_clutter(member: str) -> bool:
    """What a Mac puts beside each file."""
    return member.startswith("__MACOSX/") or posixpath.basename(member).startswith("._")


def layer_name(kml: str) -> str:
    """What the layer of a KML file inside is called."""
    return posixpath.splitext(posixpath.basename(kml.replace("\\", "/")))[0]


def is_table_of_contents(layer: ParsedLayer, kmls: Sequence[str]) -> bool:
    """Whether the layer of a main file only leads to the other files inside, as GDAL writes it."""
    if any(one is not None for one in layer.wkb):
        return False
    links = layer.columns.get("link", [None] * len(layer))
    return all(link is not None and posixpath.normpath(unquote(str(link))) in kmls for link in links)
