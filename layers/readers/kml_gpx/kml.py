"""KML and KMZ: placemarks with folders, data and simple styles. What leads elsewhere is text, never followed."""

from __future__ import annotations

import json
import os
import posixpath
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import unquote
from xml.etree.ElementTree import Element, TreeBuilder

import shapely
from msgspec.structs import replace

from layers.errors import NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84
from layers.phrase import Phrase, joined
from layers.readers.files import Content
from layers.readers.guards.xml_stream import stream_xml
from layers.readers.guards.zip_guard import member, opened, opened_inside
from layers.readers.kml_gpx.kml_shapes import hrefs, overlay_place, wkb_of
from layers.readers.kml_gpx.kml_styles import COLUMN, KmlStyles
from layers.readers.kml_gpx.plain_text import text_of_html
from layers.readers.rows.parsed_layer import ParsedLayer
from layers.readers.rows.row_problems import RowProblems
from layers.readers.rows.source_rows import VectorSource
from layers.readers.tables.delimited import unique_names
from layers.text.counted import counted, grouped
from layers.text.guarded_xml import BadXml

_OVERLAYS = frozenset({"NetworkLink", "GroundOverlay", "ScreenOverlay", "PhotoOverlay"})
_WHOLE = _OVERLAYS | {"Placemark", "Style", "StyleMap", "Schema"}
"""Elements that are looked at as a whole."""
_STANDARD = _WHOLE | {"kml", "Document", "Folder", "name"}
_ROOTS = _WHOLE | {"kml", "Document", "Folder"}
"""Root elements: the standard's, and those of programs that write its content alone."""
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
        raise NotReadable("{name} is not read: {error}.", name=name, error=error) from error


def _layer(file: BinaryIO, name: str, stem: str, content: Content) -> ParsedLayer:
    handler, notes = stream_xml(file, name, _KmlHandler)
    if not handler.has_root:
        raise UnsupportedFormat("{name} is XML but no KML.", name=name)
    return handler.layer(stem, content.value, tuple(notes))


def _archived(archive: zipfile.ZipFile, name: str, stem: str, depth: int = 0) -> list[ParsedLayer]:
    kmls, notes = kmls_in(archive, name)
    if not kmls:
        return _packed_again(archive, name, stem, depth)
    layers: list[ParsedLayer] = []
    first: Exception | None = None
    for kml in kmls:
        is_main = kml == kmls[0]
        inside = f"{kml[:200]} in {name}"
        try:
            layer = _layer(member(archive, kml), inside, stem if is_main else layer_name(kml), Content.KMZ)
        except (BadXml, UnsupportedFormat) as error:
            first = first or error
            sentence = (
                error.sentence
                if isinstance(error, UnsupportedFormat)
                else Phrase("{inside} is not read: {error}.", inside=inside, error=error)
            )
            notes.append(sentence)
        else:
            layers += [layer] if is_main or len(layer) else []  # others hold styles
    if not layers:
        raise NotReadable(notes[0] if len(kmls) == 1 else joined(" ", notes)) from first
    main = layers[0]
    if len(layers) > 1 and is_table_of_contents(main, kmls):
        layers.remove(main)
    layers[0] = replace(layers[0], problems=(*notes, *layers[0].problems))
    names = unique_names([layer.name for layer in layers])
    return [replace(layer, name=unique) for layer, unique in zip(layers, names, strict=True)]


def _packed_again(archive: zipfile.ZipFile, name: str, stem: str, depth: int) -> list[ParsedLayer]:
    """Layers of the first archive inside that holds KML. Raises UnsupportedFormat where there is none."""
    inner = archives_in(archive)
    for entry in inner[:MOST_ARCHIVES] if depth < MOST_DEPTH else ():
        with opened_inside(archive, entry, f"{entry[:200]} in {name}") as packed:
            if kmls_in(packed, name)[0] or archives_in(packed):
                return _archived(packed, f"{entry[:200]} in {name}", stem, depth + 1)
    inside = "only archives inside" if inner else "no KML inside"
    raise UnsupportedFormat("{name} has {inside}: unpack it and open the KML file.", name=name, inside=inside)


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
        """False where the root element is not KML's; None until there is an element."""
        self._placemarks: dict[str, tuple[str, ...]] = {}
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
            for field in fields:
                name = field.get("name", "")
                self._types[name] = _TYPES.get(field.get("type", ""), "text")
                self._show(name, field)
            self._declare(element, [field.get("name", "") for field in fields])
        else:
            self._add(element)

    def _declare(self, schema: Element, fields: list[str]) -> None:
        """Take note of elements that are placemarks under another name, or those of another schema with more fields."""
        name = schema.get("name") or one_line(schema.find("name")) or ""
        parent = schema.get("parent") or one_line(schema.find("parent")) or ""
        known = self._placemarks.get(parent, () if parent == "Placemark" else None)
        if known is not None and name and name not in _STANDARD and len(self._placemarks) < _MOST_SCHEMAS:
            self._placemarks[name] = tuple(dict.fromkeys((*known, *fields)))  # columns in the order of the schema

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
                    self._flat.add(
                        index, Phrase("{count} no height: it is shown without the heights of the others.", count=count)
                    )
                return wkb
            box = overlay_place(element)
            return None if box is None else bytes(shapely.to_wkb(box, byte_order=1))
        except (ValueError, shapely.errors.ShapelyError) as error:
            self._problems.add(index, f"{error}.")
            return None

    def _extended(self, element: Element) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for data in element.iter("Data"):
            name = data.get("name", "") or "data"
            values[name] = data.findtext("value")
            self._show(name, data)
        for data in element.iter("SimpleData"):
            values[data.get("name", "") or "data"] = data.text or ""
        return {_data_name(name): value for name, value in values.items()}

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
            typed = timestamps(values) if kind == "datetime" else _typed(values, kind)
            if typed is not None:
                columns[column], types[column] = typed, kind
        names = named(list(columns), self._displays)
        columns = {names[column]: values for column, values in columns.items()}
        types = {names[column]: kind for column, kind in types.items()}
        links = [
            Phrase("{name} leads to {link}: shown as text, not followed.", name=name, link=link[:200])
            for link in self._links[:5]
        ]
        if len(self._links) > 5:
            links.append(
                Phrase(
                    "{name} leads to {other} in all: none is followed.",
                    name=name,
                    other=counted(len(self._links), "other place"),
                )
            )
        flat = self._flat.sentences(Phrase("is shown without heights"))
        problems = (*notes, *links, *self._problems.sentences(Phrase("is kept without a place")), *flat)
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
    """Parse a whole number. Raises ValueError for other text, and for a number that 64 bits do not hold."""
    if len(text) > 20 or "_" in text or not -(2**63) <= (value := int(text)) < 2**63:
        raise ValueError(text[:40])
    return value


MOST_MEMBERS = 200
MOST_ARCHIVES, MOST_DEPTH = 20, 2
"""Most archives inside an archive that are searched for KML, and the deepest nesting."""


def kmls_in(archive: zipfile.ZipFile, name: str) -> tuple[list[str], list[str]]:
    """The KML files in it, the main one first, and sentences about what is left alone.

    Members are only read by their names, never written.
    """
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    kmls = [file for file in dict.fromkeys(names) if file.lower().endswith(".kml") and not _is_clutter(file)]
    nested = archives_in(archive)
    main = min(kmls, key=lambda file: (file.lower() != "doc.kml", file.count("/") + file.count("\\"), file), default="")
    notes: list[str] = (
        [Phrase("{name} also holds {nested}, which is not read.", name=name, nested=", ".join(nested)[:200])]
        if nested and kmls
        else []
    )
    if len(kmls) > MOST_MEMBERS:
        notes.append(
            Phrase(
                "{name} holds {count} KML files: the first {most_members} are read.",
                name=name,
                count=grouped(len(kmls)),
                most_members=MOST_MEMBERS,
            )
        )
    return [main, *(file for file in kmls if file != main)][:MOST_MEMBERS] if kmls else [], notes


def archives_in(archive: zipfile.ZipFile) -> list[str]:
    """The archives inside an archive."""
    names = (entry.filename for entry in archive.infolist() if not entry.is_dir())
    return [file for file in dict.fromkeys(names) if file.lower().endswith((".kmz", ".zip")) and not _is_clutter(file)]


def _is_clutter(member: str) -> bool:
    """True for the files that a Mac puts beside each file."""
    return member.startswith("__MACOSX/") or posixpath.basename(member).startswith("._")


def layer_name(kml: str) -> str:
    """The name of the layer of a KML file inside."""
    return posixpath.splitext(posixpath.basename(kml.replace("\\", "/")))[0]


def is_table_of_contents(layer: ParsedLayer, kmls: Sequence[str]) -> bool:
    """True where the layer of a main file only leads to the other files inside, as GDAL writes it."""
    if any(blob is not None for blob in layer.wkb):
        return False
    links = layer.columns.get("link", [None] * len(layer))
    return all(link is not None and posixpath.normpath(unquote(str(link))) in kmls for link in links)


OWN = "\0"
"""Prefix of KML's own fields, until it is known whether the data use the same name."""
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?")
_TRACKS = ("Track", "MultiTrack")


def one_line(element: Element | None) -> str | None:
    """Its text on one line, None where it is not there."""
    return None if element is None else " ".join((element.text or "").split())


def own_fields(element: Element, parts: dict[str, Element]) -> dict[str, str | None]:
    """Return KML's own fields of a placemark, by name with OWN before it; `parts` are its children by their tags."""
    fields: dict[str, str | None] = {"id": element.get("id") or None}
    for tag in ("address", "phoneNumber", "visibility"):
        fields[tag] = one_line(parts.get(tag)) or None
    if "description" in parts and "Snippet" in parts:
        fields["snippet"] = text_of_html(parts["Snippet"].text or "") or None
    for tag, name in (("LookAt", "look at"), ("Camera", "camera")):
        if tag in parts:
            texts = (f"{part.tag} {text}" for part in parts[tag] if (text := one_line(part)))
            fields[name] = ", ".join(texts) or None
    models = [address for model in element.iter("Model") for address in hrefs(model)]
    fields["model"] = ", ".join(models) or None
    return {OWN + name: value for name, value in fields.items()}


def icons(element: Element) -> list[str]:
    """Addresses of pictures and linked files, but for those of models."""
    models = {address for model in element.iter("Model") for address in hrefs(model)}
    return [address for address in dict.fromkeys(hrefs(element)) if address not in models]


def times(parts: dict[str, Element]) -> dict[str, str | None]:
    """Times of a feature: one, or begin and end; of a track its first and last."""
    if "TimeSpan" in parts:
        return {tag: one_line(parts["TimeSpan"].find(tag)) for tag in ("begin", "end")}
    if "TimeStamp" in parts:
        return {"begin": one_line(parts["TimeStamp"].find("when"))}
    for tag in _TRACKS:
        if tag in parts and (whens := [text for when in parts[tag].iter("when") if (text := one_line(when))]):
            return {"begin": whens[0], "end": whens[-1]}
    return {}


def timestamps(values: list[str | None]) -> list[str | None] | None:
    """The same as ISO times, None where some is no whole date or time."""
    iso_times: list[str | None] = []
    for value in values:
        if not value:
            iso_times.append(None)
            continue
        if not _TIMESTAMP.fullmatch(value):
            return None
        try:
            iso_times.append(datetime.fromisoformat(value).isoformat().replace("+00:00", "Z"))
        except ValueError:
            return None
    return iso_times


def arrays(element: Element, types: dict[str, str]) -> dict[str, str]:
    """The values along a track, by name, as JSON: numbers where the schema says so and all are."""
    columns: dict[str, list[str]] = {}
    for array in element.iter("SimpleArrayData"):
        columns.setdefault(array.get("name", "") or "data", []).extend(
            one_line(value) or "" for value in array.iter("value")
        )
    return {
        name: json.dumps(_typed_array(texts, types.get(name, "text")), ensure_ascii=False)
        for name, texts in columns.items()
    }


def _typed_array(texts: list[str], kind: str) -> list[Any]:
    parse: Any = {"integer": int, "real": float}.get(kind, str)
    try:
        return [parse(text) if text else None for text in texts]
    except ValueError:
        return list(texts)


def named(columns: list[str], displays: dict[str, set[str]]) -> dict[str, str]:
    """Choose names for keys: their own, with the one to be shown. The name of KML's own field gives way to data's."""
    names: dict[str, str] = {}
    for column in columns:
        plain = column.removeprefix(OWN)
        shown = displays.get(column, set()) - {column, ""}
        name = f"{plain} ({next(iter(shown))})"[:200] if len(shown) == 1 else plain
        if column.startswith(OWN) and plain in columns:
            name = Phrase("{plain} (placemark)", plain=plain)
        in_use, number, first = set(names.values()), 1, name
        while name in in_use:
            number += 1
            name = f"{first} ({number})"
        names[column] = name
    return names
