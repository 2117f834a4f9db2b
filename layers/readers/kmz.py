"""The KML files inside a KMZ: its main one, and others that it may lead to, each a layer of its own."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Sequence

from layers.counted import grouped
from layers.errors import UnsupportedFormat
from layers.readers.parsed_layer import ParsedLayer

MOST_MEMBERS = 200


def kmls_in(archive: zipfile.ZipFile, name: str) -> tuple[list[str], list[str]]:
    """The KML files in it, the main one first, and sentences about what is left alone.

    Members are only read by their names, never written. Raises UnsupportedFormat where there is none.
    """
    names = [one.filename for one in archive.infolist() if not one.is_dir()]
    kmls = [one for one in dict.fromkeys(names) if one.lower().endswith(".kml")]
    nested = [one for one in names if one.lower().endswith((".kmz", ".zip"))]
    if not kmls:
        inside = "only archives inside" if nested else "no KML inside"
        raise UnsupportedFormat(f"{name} has {inside}: unpack it and open the KML file.")
    main = next((one for one in kmls if one.lower() == "doc.kml"), min(kmls, key=lambda one: (one.count("/"), one)))
    notes = [f"{name} also holds {', '.join(nested)[:200]}, which is not read."] if nested else []
    if len(kmls) > MOST_MEMBERS:
        notes.append(f"{name} holds {grouped(len(kmls))} KML files: the first {MOST_MEMBERS} are read.")
    return [main, *(one for one in kmls if one != main)][:MOST_MEMBERS], notes


def layer_name(kml: str) -> str:
    """What the layer of a KML file inside is called."""
    return posixpath.splitext(posixpath.basename(kml))[0]


def is_table_of_contents(layer: ParsedLayer, kmls: Sequence[str]) -> bool:
    """Whether the layer of a main file only leads to the other files inside, as GDAL writes it."""
    if any(one is not None for one in layer.wkb):
        return False
    links = layer.columns.get("link", [None] * len(layer))
    return all(link is not None and posixpath.normpath(str(link)) in kmls for link in links)
