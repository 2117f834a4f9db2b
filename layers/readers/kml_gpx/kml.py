"""KML and KMZ: placemarks with folders, data and simple styles. What leads elsewhere is text, never followed."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder

import shapely

from layers.counted import counted, grouped
from layers.errors import NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84
from layers.guarded_xml import BadXml
from layers.readers.features.parsed_layer import ParsedLayer
from layers.readers.features.row_problems import RowProblems
from layers.readers.features.source_rows import VectorSource
from layers.readers.files import Content
from layers.readers.guards.xml_stream import stream_xml
from layers.readers.guards.zip_guard import member, opened, opened_inside
from layers.readers.kml_gpx.kml_fields import OWN, arrays, icons, moments, named, one_line, own_fields, times
from layers.readers.kml_gpx.kml_shapes import hrefs, overlay_place, wkb_of
from layers.readers.kml_gpx.kml_styles import COLUMN, KmlStyles
from layers.readers.kml_gpx.kmz import (
    MOST_ARCHIVES,
    MOST_DEPTH,
    archives_in,
    is_table_of_contents,
    kmls_in,
    layer_name,
)
from layers.readers.kml_gpx.plain_text import text_of_html
from layers.readers.tables.delimited import unique_names

_OVERLAYS = frozenset({"NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay"})
_WHOLE = _OVERLAYS | {"Placemark", "Style", "StyleMap", "Schema"}
"""Elements that are looked at as a whole."""
_STANDARD = _WHOLE | {"kml", "Document", "Folder", "name"}
_ROOTS = _WHOLE | {"kml", "Document", "Folder"}
"""The standard knows one root; some programs write what should stand in it alone."""
_TYPES = {
    "int": "integer",
    "uint": "integer",
    "short": "integer",
    "ushort": "integer",
    "long": "integer",
    "float": "real",
    "double": "real",
    "bool": "boolean",
}
_MOST_COLUMNS = 2000
_MOST_SCHEMAS = 1000
_FIXED = ("name", "description", "folder", "begin", "end", "icon", "link", COLUMN)


def parse_kml(source: VectorSource) -> list[ParsedLayer]:
    """The layer of a KML file, or those of the files in a KMZ. Raises UnsupportedFormat, NotReadable, TooLarge."""
    name, stem = source.name, os.path.splitext(source.name)[0]
    try:
        if source.content is Content.KMZ:
            with opened(source.path) as archive:
                return _archived(archive, name, stem)
        with open(source.path, "rb") as file:
            return [_layer(file, name, stem, source.content)]
    except BadXml as error:
        raise NotReadable(f"{name} is not read: {error}.") from error


def _layer(file: BinaryIO, name: str, stem: str, content: Content) -> ParsedLayer:
    handler, found = stream_xml(file, name, _KmlHandler)
    if not handler.has_root:
        raise UnsupportedFormat(f"{name} is XML but no KML.")
    return handler.layer(stem, content.value, tuple(found))


def _archived(archive: zipfile.ZipFile, name: str, stem: str, depth: int = 0) -> list[ParsedLayer]:
    kmls, notes = kmls_in(archive, name)
    if not kmls:
        return _packed_again(archive, name, stem, depth)
    found: list[ParsedLayer] = []
    first: Exception | None = None
    for kml in kmls:
        is_main = kml == kmls[0]
        inside = f"{kml[:200]} in {name}"
        try:
            layer = _layer(member(archive, kml), inside, stem if is_main else layer_name(kml), Content.KMZ)
        except (BadXml, UnsupportedFormat) as error:
            first = first or error
            said = error.sentence if isinstance(error, UnsupportedFormat) else f"{inside} is not read: {error}."
            notes.append(said)
        else:
            found += [layer] if is_main or len(layer) else []  # others hold styles
    if not found:
        raise NotReadable(notes[0] if len(kmls) == 1 else " ".join(notes)) from first
    main = found[0]
    if len(found) > 1 and is_table_of_contents(main, kmls):
        found.remove(main)
    found[0] = replace(found[0], problems=(*notes, *found[0].problems))
    names = unique_names([layer.name for layer in found])
    return [replace(layer, name=unique) for layer, unique in zip(found, names, strict=True)]


def _packed_again(archive: zipfile.ZipFile, name: str, stem: str, depth: int) -> list[ParsedLayer]:
    """What the first archive inside that holds KML holds. Raises UnsupportedFormat where there is none."""
    inner = archives_in(archive)
    for one in inner[:MOST_ARCHIVES] if depth < MOST_DEPTH else ():
        with opened_inside(archive, one, f"{one[:200]} in {name}") as packed:
            if kmls_in(packed, name)[0] or archives_in(packed):
                return _archived(packed, f"{one[:200]} in {name}", stem, depth + 1)
    inside = "only archives inside" if inner else "no KML inside"
    raise UnsupportedFormat(f"{name} has {inside}: unpack it and open the KML file.")


class _KmlHandler:
    """Collects rows while the file passes; folders are a stack of names."""

    def __init__(self) -> None:
        self._builder: TreeBuilder | None = None
        self._depth = 0
        self._path: list[str] = []
        self._folders: list[str] = []
        self._name: list[str] | None = None
        self._styles = KmlStyles()
        self._types: dict[str, str] = {OWN + "visibility": "boolean"}
        self._displays: dict[str, set[str]] = {}
        self._lists: set[str] = set()
        self._wkb: list[bytes | None] = []
        self._rows: list[dict[str, Any]] = []
        self._columns: dict[str, None] = {}
        self._problems, self._flat = RowProblems(), RowProblems()
        self._links: list[str] = []
        self.has_root: bool | None = None
        """None until there is an element; False where it is no KML."""
        self._placemarks: dict[str, frozenset[str]] = {}
        """Names of elements that a schema of KML 2.0 says are placemarks, with the fields in them."""

    # -- XmlHandler ---------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self.has_root is None:
            self.has_root = name in _ROOTS
        if self._builder is not None or name in _WHOLE or name in self._placemarks:
            self._builder = self._builder or TreeBuilder()
            self._depth += 1
            self._builder.start(name, attributes)
            return
        self._path.append(name)
        if name in ("Folder", "Document"):
            self._folders.append("")
        elif name == "name" and self._path[-2:-1] in (["Folder"], ["Document"]):
            self._name = []

    def text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)
        elif self._name is not None:
            self._name.append(text)

    def end(self, name: str) -> None:
        if self._builder is not None:
            self._builder.end(name)
            self._depth -= 1
            if not self._depth:
                element, self._builder = self._builder.close(), None
                self._take(element)
            return
        self._path.pop()
        if name in ("Folder", "Document"):
            self._folders.pop()
        elif self._name is not None and name == "name":
            self._folders[-1] = " ".join("".join(self._name).split())[:200]
            self._name = None

    def cut(self) -> bool:
        return bool(self._rows)

    # -- elements -----------------------------------------------------------------------------------------------

    def _take(self, element: Element) -> None:
        if element.tag in ("Style", "StyleMap"):
            self._styles.take(element)
        elif element.tag == "Schema":
            fields = [*element.iter("SimpleField"), *element.iter("SimpleArrayField")]
            for one in fields:
                name = one.get("name", "")
                self._types[name] = _TYPES.get(one.get("type", ""), "text")
                self._show(name, one)
            self._declare(element, frozenset(one.get("name", "") for one in fields))
        else:
            self._add(element)

    def _declare(self, schema: Element, fields: frozenset[str]) -> None:
        """Take note of elements that are placemarks under another name, or those of another schema with more fields."""
        name = schema.get("name") or one_line(schema.find("name")) or ""
        parent = schema.get("parent") or one_line(schema.find("parent")) or ""
        known = self._placemarks.get(parent, frozenset() if parent == "Placemark" else None)
        if known is not None and name and name not in _STANDARD and len(self._placemarks) < _MOST_SCHEMAS:
            self._placemarks[name] = known | fields

    def _add(self, element: Element) -> None:
        index = len(self._rows)
        is_overlay = element.tag in _OVERLAYS
        parts = {child.tag: child for child in reversed(element)}
        row: dict[str, Any] = {"name": one_line(parts.get("name")), "folder": " / ".join(filter(None, self._folders))}
        description = parts.get("description", parts.get("Snippet"))
        row["description"] = None if description is None else text_of_html(description.text or "")
        row |= times(parts)
        row |= own_fields(element, parts)
        addresses = list(dict.fromkeys(hrefs(element))) if is_overlay else icons(element)
        row["link" if is_overlay else "icon"] = ", ".join(addresses) or None
        if is_overlay:
            self._links.append(f"{element.tag} {addresses[0] if addresses else ''}".strip())
        if "ExtendedData" in parts:
            row |= self._extended(parts["ExtendedData"])
        for name in self._placemarks.get(element.tag, ()):
            if name in parts:
                row[_data_name(name)] = one_line(parts[name])
        for name, values in arrays(element, self._types).items():
            self._lists.add(column := _data_name(name))
            row[column] = values
        self._wkb.append(self._placed(element, index))
        self._rows.append(row)
        if len(self._columns) < _MOST_COLUMNS:
            self._columns |= dict.fromkeys(column for column, value in row.items() if value is not None)
        if is_overlay:
            self._styles.none()
        else:
            self._styles.use(one_line(parts.get("styleUrl")), parts.get("Style"))

    def _placed(self, element: Element, index: int) -> bytes | None:
        try:
            if element.tag not in _OVERLAYS:
                wkb, lacking = wkb_of(element)
                if lacking:
                    count = counted(lacking, "of its places has", "of its places have")
                    self._flat.add(index, f"{count} no height: it is shown without the heights of the others.")
                return wkb
            box = overlay_place(element)
            return None if box is None else bytes(shapely.to_wkb(box, byte_order=1))
        except (ValueError, shapely.errors.ShapelyError) as error:
            self._problems.add(index, f"{error}.")
            return None

    def _extended(self, element: Element) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for data in element.iter("Data"):
            name = data.get("name", "") or "data"
            found[name] = data.findtext("value")
            self._show(name, data)
        for data in element.iter("SimpleData"):
            found[data.get("name", "") or "data"] = data.text or ""
        return {_data_name(name): value for name, value in found.items()}

    def _show(self, name: str, element: Element) -> None:
        """Take note of the name that it wants to be shown under."""
        shown = " ".join(text_of_html(element.findtext("displayName") or "").split())
        if shown and len(self._displays) < _MOST_COLUMNS:
            self._displays.setdefault(_data_name(name), set()).add(shown[:100])

    # -- the result ---------------------------------------------------------------------------------------------

    def layer(self, name: str, driver: str, notes: tuple[str, ...]) -> ParsedLayer:
        """Everything that was collected."""
        columns = {column: [row.get(column) for row in self._rows] for column in self._columns}
        types = dict.fromkeys(columns, "text")
        for column, values in columns.items():
            kind = "datetime" if column in ("begin", "end") else self._types.get(column, "text")
            kind = "json" if column in self._lists else kind
            typed = moments(values) if kind == "datetime" else _typed(values, kind)
            if typed is not None:
                columns[column], types[column] = typed, kind
        names = named(list(columns), self._displays)
        columns = {names[column]: values for column, values in columns.items()}
        types = {names[column]: kind for column, kind in types.items()}
        links = [f"{name} leads to {link[:200]}: shown as text, not followed." for link in self._links[:5]]
        if len(self._links) > 5:
            links.append(f"{name} leads to {grouped(len(self._links))} other places in all: none is followed.")
        flat = self._flat.sentences("is shown without heights")
        problems = (*notes, *links, *self._problems.sentences("is kept without a place"), *flat)
        style, classes = self._styles.style(self._wkb, "name" in columns)
        if classes is not None:
            columns[COLUMN], types[COLUMN] = classes, "text"
        return ParsedLayer(name, driver, WGS84, self._wkb, columns, types, problems, style)


def _data_name(name: str) -> str:
    return (f"{name} (data)" if name in _FIXED else name)[:200]


def _typed(values: list[Any], kind: str) -> list[Any] | None:
    """The values as a schema says they are, or None where they are not."""
    if kind in ("text", "json"):
        return values if kind == "json" else None
    parse: Any = {"integer": _whole, "real": float, "boolean": lambda text: text.lower() in ("1", "true")}[kind]
    try:
        return [None if value is None or not value.strip() else parse(value.strip()) for value in values]
    except ValueError:
        return None


def _whole(text: str) -> int:
    """Raises ValueError for what is none, and for what 64 bits do not hold."""
    if len(text) > 20 or "_" in text or not -(2**63) <= (value := int(text)) < 2**63:
        raise ValueError(text[:40])
    return value
