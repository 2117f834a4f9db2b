"""Words for what a file of Google Earth states of a site otherwise than the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.document.site import Site
from layers.geo.measure import azimuth_deg, distance_m
from layers.observing.grid_sides import wind_of
from layers.text.measures import length_text
from viewer.commands.filing.earth_changes import EarthChange
from viewer.commands.filing.earth_fields import DATES
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

SHORT, LONGEST = 40, 60
"""Most characters of a name, and of a line of notes."""
_MOVED_M = 0.05
"""Least move that is told as one, in metres."""
_LOOKS = frozenset({"stroke_color", "fill_color", "stroke_width"})


def differences(site: Site | None, change: EarthChange) -> list[str]:
    """A line for each part of a site that the file states otherwise."""
    fields = change.updates.get(change.site_uuid, {})
    if site is None:
        return []
    lines = [_pair_words(translate("EarthChanges", "name"), site.label, fields.get("label"))]
    lines += [_place_words(site, update["geometry"]) for update in change.updates.values() if "geometry" in update]
    lines.append(_pair_words(translate("EarthChanges", "folder"), site.folder, fields.get("folder")))
    lines += [_notes_words(site.notes, fields.get("notes")), _dates_words(site, fields)]
    if any(not _LOOKS.isdisjoint(update) for update in change.updates.values()):
        lines.append(translate("EarthChanges", "colours or widths"))
    if change.photos:
        count = len(change.photos)
        lines.append(translate("EarthChanges", "{count} photos more", "{count} photo more", count))
    if change.held:
        lines.append(translate("EarthChanges", "its place stays: {0}").format(in_language(change.held)))
    return [line for line in lines if line]


def _pair_words(title: str, before: str, after: str | None) -> str:
    if after is None:
        return ""
    old, new = (f"“{one_line(text, SHORT)}”" if text else "–" for text in (before, after))
    return f"{title}: {old} → {new}"


def _place_words(site: Site, geometry: BaseGeometry) -> str:
    """The move of a point, or what became of an outline."""
    if site.kind == "point":
        here, there = site.geometry.centroid, geometry.centroid
        moved_m = distance_m(here.x, here.y, there.x, there.y)
        side = in_language(wind_of(azimuth_deg(here.x, here.y, there.x, there.y)))
        return translate("EarthChanges", "moved {0} {1}").format(length_text(max(moved_m, _MOVED_M)), side)
    old, new = (int(shapely.get_num_coordinates(shape)) for shape in (site.geometry, geometry))
    title = translate("EarthChanges", "line") if site.kind == "line" else translate("EarthChanges", "outline")
    if old != new:
        return translate("EarthChanges", "{0}: {1} → {2} vertices").format(title, old, new)
    return translate("EarthChanges", "{0}: moved or reshaped").format(title)


def _notes_words(before: str, after: str | None) -> str:
    """The first line of notes that is new, else how many are lacking."""
    if after is None:
        return ""
    old, new = before.splitlines(), after.splitlines()
    more, less = [line for line in new if line not in old], [line for line in old if line not in new]
    if not more:
        return translate("EarthChanges", "notes: {count} lines less", "notes: {count} line less", len(less))
    words = translate("EarthChanges", "notes: “{0}”").format(one_line(more[0], LONGEST))
    rest = len(more) + len(less) - 1
    return words + (translate("EarthChanges", " and {count} more", " and {count} more", rest) if rest else "")


def _dates_words(site: Site, fields: Mapping[str, Any]) -> str:
    changed = [name for name in DATES if name in fields]
    if not changed:
        return ""
    before = [value for name in DATES if (value := getattr(site, name))]
    after = [value for name in DATES if (value := fields.get(name, getattr(site, name)))]
    words = translate("EarthChanges", "dates: {0} → {1}")
    return words.format("/".join(before) or "–", "/".join(after) or "–")
