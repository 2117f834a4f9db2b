"""Short marks of what a file of Google Earth states of a place, by which a later one tells what changed since."""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.requests.earth_file import EarthFile, EarthPlace, EarthStyle
from viewer.commands.filing.earth_overlays import folder_words

STATED = "stated"
"""Key of the marks among what a site keeps of Google Earth."""
NAME, FOLDER, PLACE, NOTES, TIME, LOOK, PHOTOS = "name", "folder", "place", "notes", "time", "look", "photos"
PARTS = NAME, FOLDER, PLACE, NOTES, TIME, LOOK, PHOTOS
"""The parts of a place that somebody can change in Google Earth."""
_MINUTE = len("2024-04-12T08:30Z")


def stated_marks(file: EarthFile, place: EarthPlace, shapes: Sequence[bytes]) -> dict[str, str]:
    """A mark for each part of a place that others wrote. `shapes`: the WKB of its geometries."""
    return {
        NAME: text_mark(place.name),
        FOLDER: text_mark(folder_words(file, place.folder)),
        PLACE: place_mark(shapely.get_coordinates(shapely.from_wkb(list(shapes)))),
        NOTES: lines_mark((place.notes, *(f"{name}: {value}" for name, value in place.data))),
        TIME: time_mark(place.time_kind, place.begin, place.end),
        LOOK: look_mark(place.style, ""),
        PHOTOS: text_mark("\n".join(sorted(map(posixpath.basename, place.photos)))),
    }


def text_mark(text: str) -> str:
    """A mark of a text: the same texts have the same, and others hardly ever."""
    return f"{zlib.crc32(text.encode(errors='replace')):08x}"


def lines_mark(lines: Iterable[str]) -> str:
    """A mark of lines of text, whatever space is between their words."""
    return text_mark("\n".join(joined_lines(lines)))


def joined_lines(texts: Iterable[str]) -> list[str]:
    """The lines of texts, with one space between words; empty lines are left out."""
    lines = (" ".join(line.split()) for text in texts for line in text.splitlines())
    return [line for line in lines if line]


def place_mark(lonlats: NDArray[np.float64]) -> str:
    """A mark of the places of a geometry, in whatever order a program writes them."""
    return text_mark(" ".join(sorted({f"{lon:.9f},{lat:.9f}" for lon, lat in (lonlats[:, :2] + 0.0).tolist()})))


def time_mark(kind: str, begin: str, end: str) -> str:
    """A mark of a time; a minute and its first second are one moment."""
    return text_mark(" ".join((kind and ("span" if kind == "span" else "stamp"), _moment(begin), _moment(end))))


def _moment(date: str) -> str:
    return f"{date[:-1]}:00Z" if len(date) == _MINUTE and date.endswith("Z") else date


def look_mark(style: EarthStyle, kind: str) -> str:
    """A mark of the colours and widths of a geometry of a kind: point, line or polygon; of all for an empty kind."""
    parts: list[str] = []
    if kind in ("", "point"):
        parts.append(style.icon_color if style.icon_color != "#ffffff" else "")
    if kind in ("", "line", "polygon"):
        parts.append(f"{style.stroke_color} {style.stroke_opacity:.2f} {style.stroke_width_px or 0:.4g}")
    if kind in ("", "polygon"):
        parts.append(f"{style.fill_color} {style.fill_opacity:.2f}")
    return text_mark("|".join(parts))


def changed_parts(before: Mapping[str, object], after: Mapping[str, str]) -> frozenset[str]:
    """The parts whose marks differ; one that has no mark before did not change."""
    return frozenset(part for part in PARTS if part in before and part in after and before[part] != after[part])
