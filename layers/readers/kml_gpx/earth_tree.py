"""Reads everything in a file of Google Earth with its tree, and an account of what does not come as it is."""

from __future__ import annotations

import os
import zipfile
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder

import numpy as np
from msgspec.structs import replace

from layers.decoding import encoded
from layers.errors import NotReadable, TooLarge, UnsupportedFormat
from layers.phrase import Phrase
from layers.readers.files import Content, content_of, regular_file
from layers.readers.guards.xml_stream import stream_xml
from layers.readers.guards.zip_guard import member, opened
from layers.readers.kml_gpx.earth_elements import MOST_PLACES, EarthElements
from layers.readers.kml_gpx.files_beside import FilesBeside
from layers.readers.kml_gpx.ground_overlays import overlays_beside, overlays_in
from layers.readers.kml_gpx.kml import kmls_in, layer_name, one_line
from layers.requests.earth_file import ROOT, EarthFolder, ReadEarthFile
from layers.text.counted import grouped
from layers.text.guarded_xml import BadXml

MOST_FOLDERS = 20_000
_CONTAINERS = frozenset({"kml", "Document", "Folder"})
_FEATURES = frozenset({"Placemark", "GroundOverlay", "PhotoOverlay", "ScreenOverlay", "NetworkLink", "Tour"})
_ROOTS = _CONTAINERS | _FEATURES


def read_earth_file(question: ReadEarthFile) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Answer with `EarthFile`. Raises UnsupportedFormat for other files, TooLarge, NotReadable."""
    path = regular_file(question.path)
    name, content = os.path.basename(path), content_of(path)
    try:
        if content is Content.KMZ:
            with opened(path) as archive:
                elements, problems = _archived(archive, name, path)
        elif content is Content.KML:
            with open(path, "rb") as file:
                beside = FilesBeside(os.path.dirname(path))
                elements = EarthElements(overlays_beside(path, beside), beside)
                problems = _read(file, name, "", elements, ROOT)
        else:
            raise UnsupportedFormat("{name} is no KML or KMZ file: choose one of Google Earth.", name=name)
    except BadXml as error:
        raise NotReadable("{name} is not read: {error}.", name=name, error=error) from error
    facts = replace(elements.file(name), problems=tuple(problems))
    starts = np.cumsum([0, *map(len, elements.shapes)], dtype=np.int64)
    blobs = np.frombuffer(b"".join(elements.shapes), np.uint8)
    return encoded(facts), (blobs, starts)


def _archived(archive: zipfile.ZipFile, name: str, path: str) -> tuple[EarthElements, list[str]]:
    """All KML files of an archive as one tree: the others lie where a link of the main one leads to them, else in a
    folder of their name.
    """
    kmls, problems = kmls_in(archive, name)
    if not kmls:
        raise UnsupportedFormat("{name} holds no KML: unpack it and open what is inside.", name=name)
    members = frozenset(entry.filename for entry in archive.infolist() if not entry.is_dir())
    elements = EarthElements(overlays_in(path), members, members)
    for kml in kmls:
        folder = ROOT
        if kml != kmls[0]:
            title, parent = elements.take_link(kml) or (layer_name(kml), ROOT)
            folder = elements.add_folder(title, parent)
        try:
            problems += _read(member(archive, kml), name, kml, elements, folder)
        except BadXml as error:
            if kml == kmls[0]:
                raise
            problems.append(Phrase("{inside} is not read: {error}.", inside=f"{kml[:200]} in {name}", error=error))
    return elements, problems


def _read(file: BinaryIO, name: str, kml: str, elements: EarthElements, folder: int) -> list[str]:
    """Read one KML file into `elements`, below a folder; return sentences about its faults."""
    tree, problems = stream_xml(file, name, _Tree)
    if not tree.has_root:
        raise UnsupportedFormat("{name} is XML but no KML.", name=name)
    elements.add_tree(tree.folders, tree.elements, kml, folder)
    return problems


class _Tree:
    """Collects the elements of a file while it passes, each with the number of its folder; an `XmlHandler`."""

    def __init__(self) -> None:
        self.folders: list[EarthFolder] = []
        self.elements: list[tuple[int, Element]] = []
        """Elements in the order of the file: features, shared styles, and what folders state about themselves."""
        self.has_root: bool | None = None
        self._open: list[int] = []
        self._builder: TreeBuilder | None = None
        self._depth = self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.has_root is None:
            self.has_root = name in _ROOTS
        if self._builder is None and name in _CONTAINERS:
            self._open_folder(name)
            return
        self._builder = self._builder or TreeBuilder()
        self._depth += 1
        self._builder.start(name, attributes)

    def _open_folder(self, name: str) -> None:
        parent = self._open[-1] if self._open else ROOT
        is_root = name == "kml" or (name == "Document" and len(self._open) <= 1 and not self.folders)
        if is_root:
            self._open.append(ROOT)
            return
        if len(self.folders) >= MOST_FOLDERS:
            raise BadXml(Phrase("it has too many folders"))
        self._open.append(len(self.folders))
        self.folders.append(EarthFolder("", parent))

    def text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def end(self, name: str) -> None:
        if self._builder is None:
            self._open.pop()
            return
        self._depth -= 1
        self._builder.end(name)
        if self._depth:
            return
        element, self._builder = self._builder.close(), None
        folder = self._open[-1] if self._open else ROOT
        if element.tag == "name" and folder != ROOT:
            self.folders[folder] = replace(self.folders[folder], name=(one_line(element) or "")[:200])
            return
        self._count += element.tag in _FEATURES
        if self._count > MOST_PLACES:
            raise TooLarge(
                "The file holds more than {most} places, which are data rather than marks: open it as a layer.",
                most=grouped(MOST_PLACES),
            )
        self.elements.append((folder, element))

    def cut(self) -> bool:
        return bool(self.elements)
