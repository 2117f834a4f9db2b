"""Reads GML by OGR from a copy in memory that names no schema and has none beside it: nothing leads elsewhere."""

from __future__ import annotations

import io
import os
import re
from typing import Any

import pyogrio
import pyogrio.raw

from layers.errors import NotReadable, UnsupportedFormat
from layers.readers.files import Content
from layers.readers.guards.xml_stream import MAX_BYTES, stream_xml
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.readers.rows.source_rows import VectorSource
from layers.readers.vector_words import features_refused
from layers.text.guarded_xml import BadXml

_LEADS = re.compile(rb"""\s[\w.-]*:?(?:schemaLocation|noNamespaceSchemaLocation)\s*=\s*(?:"[^"]*"|'[^']*')""")
"""Addresses of schemas, which OGR would fetch."""
_MEMBER = re.compile(rb"<(?:[\w.-]+:)?(?:featureMembers?|member)\b")
_BOXES = re.compile(rb"<([\w.-]+:)?boundedBy>.*?</(?:\1)?boundedBy>", re.DOTALL)
"""Boxes of single features: OGR makes columns of their corners. The first one of all may name the CRS and stays."""
_HOW = {"WRITE_GFS": "NO", "DOWNLOAD_SCHEMA": "NO", "EXPOSE_FID": "NO"}
_PLACES = frozenset({"pos", "posList", "coordinates", "coord"})
MOST_LAYERS = 1000


class _Checked:
    """Goes through all elements without keeping any; counts those that hold places."""

    def __init__(self) -> None:
        self.places = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.places += name in _PLACES

    def text(self, text: str) -> None: ...

    def end(self, name: str) -> None: ...

    def cut(self) -> bool:
        return False


class GmlFiles:
    """Remembers the judged copy of the last file, and its layers."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._data, self._layers = b"", dict[str, int]()

    def get(self, path: str) -> tuple[bytes, dict[str, int]]:
        """Return the text that OGR reads, and its layers, each with the number to add to OGR's numbers of its rows.

        Raises NotReadable, UnsupportedFormat.
        """
        state = os.stat(path)
        key = (path, state.st_mtime_ns, state.st_size, state.st_ino)
        if key != self._key:
            self._key, self._data, self._layers = (), b"", {}  # never two of them in memory
            self._data = _judged(path)
            self._layers = _layers(self._data, os.path.basename(path))
            self._key = key
        return self._data, self._layers


def _judged(path: str) -> bytes:
    name = os.path.basename(path)
    if os.path.getsize(path) > MAX_BYTES:
        raise NotReadable(
            "{name} is larger than {max_bytes} MB: save it as GeoPackage, as with ogr2ogr.",
            name=name,
            max_bytes=MAX_BYTES // 2**20,
        )
    with open(path, "rb") as file:
        data = file.read()
    try:
        handler, _ = stream_xml(io.BytesIO(data), name, _Checked)
    except BadXml as error:
        raise NotReadable("{name} is not read: {error}.", name=name, error=error) from error
    if not handler.places:
        raise UnsupportedFormat("{name} is GML without places: there is nothing to show.", name=name)
    data = _LEADS.sub(b"", data)
    begin = _MEMBER.search(data)
    return data if begin is None else data[: begin.end()] + _BOXES.sub(b"", data[begin.end() :])


def _layers(data: bytes, name: str) -> dict[str, int]:
    try:
        with remarks_ignored():
            listed = pyogrio.list_layers(data)[:MOST_LAYERS]
            return {str(layer): _first(data, str(layer)) for layer, kind in listed if kind is not None}
    except READ_ERRORS as error:
        raise features_refused(name, str(error)) from error


def _first(data: bytes, layer: str) -> int:
    """1 where OGR counts the rows from 0; 0 where it takes their numbers from their ids, such as site.7."""
    how = {"read_geometry": False, "columns": [], "return_fids": True, "max_features": 1}
    fids = pyogrio.raw.read(data, layer=layer, **how, **_HOW)[1]
    return 1 if len(fids) and fids[0] == 0 else 0


def gml_source(path: str, layer: str, options: dict[str, Any]) -> VectorSource:
    """One layer of a GML file, the first where none is named. Raises NotReadable, UnsupportedFormat."""
    data, layers = _GML_FILES.get(path)
    if layer not in layers and (layer or not layers):
        raise NotReadable(
            "{path} has no layer {layer} that can be read.", path=os.path.basename(path), layer=repr(layer)
        )
    layer = layer or next(iter(layers))
    return VectorSource(path, Content.GML, layer, data, _HOW, options, first=layers[layer])


def gml_layers(path: str) -> list[str]:
    """The names of its layers. Raises NotReadable, UnsupportedFormat."""
    return list(_GML_FILES.get(path)[1])


_GML_FILES = GmlFiles()
