"""GPX: waypoints, routes and tracks as three layers; a broken time costs the time, not the point."""

from __future__ import annotations

import math
import os
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

import numpy as np
import shapely

from layers.errors import NotReadable, UnsupportedFormat
from layers.geo.crs import WGS84
from layers.phrase import Phrase
from layers.readers.guards.xml_stream import stream_xml
from layers.readers.kml_gpx.plain_text import text_of_html
from layers.readers.rows.parsed_layer import ParsedLayer
from layers.readers.rows.row_problems import RowProblems
from layers.readers.rows.source_rows import VectorSource
from layers.text.guarded_xml import BadXml

_LAYERS = {"wpt": "waypoints", "rte": "routes", "trk": "tracks"}
_POINTS = frozenset({"rtept", "trkpt"})
_TEXTS = ("name", "cmt", "desc", "src", "type", "sym", "fix")
_NUMBERS = {
    "ele": "real",
    "number": "integer",
    "sat": "integer",
    "hdop": "real",
    "vdop": "real",
    "pdop": "real",
    "magvar": "real",
    "geoidheight": "real",
    "ageofdgpsdata": "real",
    "dgpsid": "integer",
}
_OWN = frozenset({*_TEXTS, *_NUMBERS, "link", "link text", "points", "time", "begin", "end"})
_MOST_EXTENSIONS = 200


def parse_gpx(source: VectorSource) -> list[ParsedLayer]:
    """The layers that hold anything. Raises UnsupportedFormat, NotReadable."""
    try:
        with open(source.path, "rb") as file:
            handler, notes = stream_xml(file, source.name, _GpxHandler)
    except BadXml as error:
        raise NotReadable("{name} is not read: {error}.", name=source.name, error=error) from error
    if not handler.has_root:
        raise UnsupportedFormat("{name} is XML but no GPX.", name=source.name)
    layers = [_layer(_LAYERS[tag], elements, notes) for tag, elements in handler.found.items() if elements]
    if not layers:
        stem = os.path.splitext(source.name)[0]
        raise NotReadable("{stem} holds no waypoint, route or track: there is nothing to show.", stem=stem)
    return layers


class _GpxHandler:
    """Keeps each waypoint, route and track as a small tree."""

    def __init__(self) -> None:
        self.found: dict[str, list[Element]] = {tag: [] for tag in _LAYERS}
        self.has_root = False
        self._builder: TreeBuilder | None = None
        self._open: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.has_root = self.has_root or name == "gpx"
        if self._builder is not None or name in _LAYERS:
            self._builder = self._builder or TreeBuilder()
            self._open.append(name)
            self._builder.start(name, attributes)

    def text(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)

    def end(self, name: str) -> None:
        if self._builder is None:
            return
        self._builder.end(name)
        self._open.pop()
        if not self._open:
            element, self._builder = self._builder.close(), None
            self.found[element.tag].append(element)

    def cut(self) -> bool:
        """A track or route is kept up to the last point that is whole."""
        is_point, root = bool(_POINTS & set(self._open)), self._open[:1]
        while self._open:
            self.end(self._open[-1])
        if root == ["wpt"]:
            self.found["wpt"].pop()
        elif is_point:
            *_, holder = (
                element for element in self.found[root[0]][-1].iter() if len(element) and element[-1].tag in _POINTS
            )
            holder.remove(holder[-1])
        return any(self.found.values())


def _layer(name: str, elements: list[Element], notes: list[str]) -> ParsedLayer:
    problems = RowProblems()
    wkb: list[bytes | None] = []
    rows: list[dict[str, Any]] = []
    for index, element in enumerate(elements):
        row = _attributes(element)
        geometry = _geometry(name, element, index, problems)
        wkb.append(None if geometry is None else shapely.to_wkb(geometry, byte_order=1))
        for column, value in _times(name, element).items():
            row[column], is_broken = _time(value)
            if is_broken:
                problems.add(
                    index, Phrase("its {column} “{value}” is no time and is left out.", column=column, value=value[:40])
                )
        rows.append(row)
    names = list(dict.fromkeys(column for row in rows for column, value in row.items() if value is not None))
    columns = {column: [row.get(column) for row in rows] for column in names}
    types = {
        column: "datetime" if column in ("time", "begin", "end") else _NUMBERS.get(column, "text") for column in names
    }
    if "points" in types:
        types["points"] = "integer"
    return ParsedLayer(name, "GPX", WGS84, wkb, columns, types, (*notes, *problems.sentences(Phrase("is kept"))))


def _attributes(element: Element) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for tag in _TEXTS:
        text = element.findtext(tag)
        row[tag] = None if text is None else text_of_html(text)
    for tag, kind in _NUMBERS.items():
        value = _number(element.findtext(tag))
        known = value is not None and math.isfinite(value) and (kind != "integer" or abs(value) < 2**63)
        row[tag] = None if value is None or not known else int(value) if kind == "integer" else value
    links = element.findall("link")
    hrefs = [(link.get("href") or "").strip() for link in links] + [element.findtext("url", "").strip()]
    texts = [link.findtext("text", "").strip() for link in links] + [element.findtext("urlname", "").strip()]
    row["link"], row["link text"] = (", ".join(filter(None, parts)) or None for parts in (hrefs, texts))
    if element.tag != "wpt":
        row["points"] = sum(1 for child in element.iter() if child.tag in _POINTS)
    return row | _extensions(element)


def _extensions(element: Element) -> dict[str, str]:
    """Plain values that other programs add to a waypoint, route or track; those of its points are left."""
    values: dict[str, str] = {}
    for holder in element.findall("extensions"):
        for child in holder.iter():
            text = "" if len(child) else (child.text or "").strip()
            name = Phrase("{tag} (extension)", tag=child.tag) if child.tag in _OWN else child.tag
            if text and (name in values or len(values) < _MOST_EXTENSIONS):
                values[name] = f"{values[name]}, {text}" if name in values else text
    return values


def _geometry(layer: str, element: Element, index: int, problems: RowProblems) -> Any:
    if layer == "waypoints":
        place = _place(element)
        if place is None:
            problems.add(index, Phrase("it has no usable lat and lon."))
        return None if place is None else shapely.Point(place[: 2 if math.isnan(place[2]) else 3])
    parts = [element] if layer == "routes" else list(element.iter("trkseg"))
    lines, lost, heights = [], 0, list[bool]()
    for part in parts:
        points = [child for child in part if child.tag in _POINTS]
        places = [place for point in points if (place := _place(point)) is not None]
        lost += len(points) - len(places)
        if places:
            heights += [not math.isnan(place[2]) for place in places]
            lines.append(np.array(places if len(places) > 1 else places * 2))
    if lost:
        problems.add(index, Phrase("{lost} of its points have no usable lat and lon.", lost=lost))
    if not lines:
        problems.add(index, Phrase("it has no points."))
        return None
    if not all(heights):
        if any(heights):
            count = heights.count(False)
            problems.add(
                index,
                Phrase(
                    "{count} of its points have no height: it is shown without the heights of the others.", count=count
                ),
            )
        lines = [line[:, :2] for line in lines]
    return shapely.LineString(lines[0]) if len(lines) == 1 else shapely.MultiLineString(lines)


def _place(element: Element) -> tuple[float, float, float] | None:
    lon, lat = _number(element.get("lon")), _number(element.get("lat"))
    if lon is None or lat is None or not (abs(lon) <= 360 and abs(lat) <= 90):
        return None
    height = _number(element.findtext("ele"))
    return lon, lat, height if height is not None and math.isfinite(height) else math.nan


def _times(layer: str, element: Element) -> dict[str, str]:
    own = element.findtext("time")
    if layer == "waypoints":
        return {} if own is None else {"time": own.strip()}
    times = [child.text.strip() for child in element.iter("time") if child.text]
    return {"begin": times[0], "end": times[-1]} if times else {}


def _time(text: str) -> tuple[str | None, bool]:
    """The time as ISO text, and whether it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None, bool(text)
    return moment.isoformat().replace("+00:00", "Z"), False


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
