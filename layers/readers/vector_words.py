"""Translates messages of OGR, SQLite and GEOS about files of features: theirs do not say what to do."""

from __future__ import annotations

import re

from layers.errors import GeoloupeError, NotReadable, UnsupportedFormat
from layers.phrase import Phrase
from layers.readers.other_kinds import OtherKind

_INDEX = re.compile(r"\.shx\b|Invalid (?:offset|length) for entity", re.IGNORECASE)
_TABLE = re.compile(r"no such (?:table|column)|has no column", re.IGNORECASE)
_BUSY = re.compile(r"database is locked|database table is locked", re.IGNORECASE)
_DRIVE = re.compile(
    r"I/O error|Input/output|Permission denied|No space left|Stale file|unable to open database", re.IGNORECASE
)
_CRS = re.compile(r"\bPROJ\b|\bproj_\w+|spatial reference|coordinate system|\bCRS\b")
_MEMORY = re.compile(r"allocat|out of memory|too large", re.IGNORECASE)
_PLACE = re.compile(r"At line (\d+), character (\d+)(: Too many nested)?")
_RINGS = re.compile(r"LinearRing|closed linestring|number of points", re.IGNORECASE)


def features_refused(name: str, text: str) -> NotReadable:
    """The error for a file of features that a library refuses with `text`."""
    if _INDEX.search(text):
        return NotReadable(
            "{name} cannot be read, its index (.shx) does not fit it: take the .shx file away, it is made anew.",
            name=name,
        )
    if _TABLE.search(text):
        return NotReadable(
            "{name} lacks a table or column that it lists itself: save it anew, as with QGIS or ogr2ogr.", name=name
        )
    if _BUSY.search(text):
        return NotReadable(
            "{name} is being written by another program: close it there, then reload the layer.", name=name
        )
    if _DRIVE.search(text):
        return NotReadable(
            "{name} cannot be read from its drive: look whether that is there and may be read, then open it again.",
            name=name,
        )
    if _CRS.search(text):
        return NotReadable(
            "{name} cannot be read, as its CRS makes no sense: save it in another one, as with QGIS or ogr2ogr.",
            name=name,
        )
    if _MEMORY.search(text):
        return NotReadable(
            "{name} claims more than a reader's memory can hold, it may be damaged: copy or download it again.",
            name=name,
        )
    return NotReadable("{name} cannot be read, it is damaged or incomplete: copy or download it again.", name=name)


def database_refused(name: str, text: str, kind: str) -> NotReadable:
    """The same of an SQLite database of that kind, "GeoPackage"."""
    if _BUSY.search(text) or _DRIVE.search(text):
        return features_refused(name, text)
    return NotReadable("{name} is a damaged {kind}: copy or download it again.", name=name, kind=kind)


def json_refused(name: str, text: str, kind: OtherKind | None = None) -> GeoloupeError:
    """The same of JSON that is no GeoJSON, or of another `kind`, which is whole."""
    if kind is not None:
        return UnsupportedFormat("{name} cannot be opened, its content is {words}.", name=name, words=kind.words)
    at = _PLACE.search(text)
    if at and at[3]:
        return UnsupportedFormat(
            "{name} is nested too deeply for GeoJSON (line {at}): save it anew.", name=name, at=at[1]
        )
    if at:
        return UnsupportedFormat(
            "{name} is no GeoJSON, or damaged at line {at}, character {at_2}: save or download it again.",
            name=name,
            at=at[1],
            at_2=at[2],
        )
    if "Missing 'features' member" in text:
        return UnsupportedFormat(
            "{name} calls itself GeoJSON but is no GeoJSON: it has no list of features.", name=name
        )
    return UnsupportedFormat("{name} is no GeoJSON, or damaged: save it as GeoJSON, or download it again.", name=name)


def broken_geometry(text: str) -> str:
    """The fault of one geometry, where GEOS says `text`; ends a sentence."""
    return (
        Phrase("its geometry is broken: a ring is not closed.")
        if _RINGS.search(text)
        else Phrase("its geometry is broken.")
    )
