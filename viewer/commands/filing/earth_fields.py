"""Fields of sites that places of a file of Google Earth state: those of others, and the marks that Geoloupe wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shapely.geometry.base import BaseGeometry

from layers.document.json_fields import json_object
from layers.document.marks.earth_opacity import EARTH, OPACITY
from layers.document.vocabulary import PHOTO, THINNEST_PX, WIDEST_PX
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.requests.earth_file import EarthFile, EarthPlace, EarthStyle
from layers.requests.earth_own import OWN_FOLDERS, OwnMark
from viewer.commands.fields import check_date, check_order
from viewer.commands.filing.earth_overlays import folder_words
from viewer.commands.filing.earth_own import own_fields, own_shapes
from viewer.commands.filing.earth_stated import STATED, stated_marks
from viewer.commands.sites import FIELD_WORDS
from viewer.commands.tables.feature_sites import LONGEST_NOTES, site_geometry

DATES = ("valid_from", "valid_to", "observed_at")


def basis_of(name: str, place: EarthPlace) -> str:
    """The words for the basis of a position that the file `name` states."""
    basis = f"as in {name}"
    return f"{basis}: where the camera stood" if place.is_photo else basis


def fields_of(file: EarthFile, place: EarthPlace, shapes: Sequence[bytes], name: str) -> dict[str, Any]:
    """The fields of a place that others wrote, in the file `name`; its class and source are the analyst's choice.

    `shapes`: the WKB of its geometries.
    """
    fields: dict[str, Any] = {
        "label": place.name,
        "folder": folder_words(file, place.folder),
        "position_basis": basis_of(name, place),
        "props_json": props_of(file, place, shapes),
        **dates_of(place),
        "notes": cut_notes(notes_of(place, name)),
    }
    return fields | ({"mark_kind": PHOTO} if place.is_photo else {})


def props_of(file: EarthFile, place: EarthPlace, shapes: Sequence[bytes], before: str = "") -> str:
    """The data of a place, and the statements that no column holds, as JSON for `Site.props_json`.

    `before`: what the site had already; others of its members stay.
    """
    kept = _kept(place) | {STATED: stated_marks(file, place, shapes)}
    try:
        other = json_object(before, Phrase("It")) if before else {}
    except InvalidValue:
        other = {}
    return json.dumps({**other, **dict(place.data), EARTH: kept}, ensure_ascii=False)


def notes_of(place: EarthPlace, name: str) -> str:
    """The description of a place with its data, and the times that no site can have."""
    lines = [place.notes, *(f"{title}: {value}" for title, value in place.data)]
    if _stated_dates(place) and not dates_of(place):
        lines.append(f"time in {name}: {place.begin}/{place.end}")
    return "\n".join(filter(None, lines))


def cut_notes(notes: str) -> str:
    """Notes, cut to what a site takes from a file."""
    return notes if len(notes) <= LONGEST_NOTES else notes[: LONGEST_NOTES - 1] + "…"


def own_fields_of(
    file: EarthFile, place: EarthPlace, own: OwnMark, shapes: Sequence[bytes], name: str
) -> dict[str, Any]:
    """The fields of a mark that Geoloupe wrote; what its balloon says beside them stands in the notes."""
    fields = {"position_basis": basis_of(name, place)} | own_fields(place, own) | dates_of(place)
    lines = place.notes.splitlines()[max(own.head, 0) :]
    return fields | {
        "folder": own_folder_of(file, place, own),
        "props_json": props_of(file, place, shapes) if own.from_earth else "",
        "notes": cut_notes("\n".join(lines)),
    }


def own_folder_of(file: EarthFile, place: EarthPlace, own: OwnMark) -> str:
    """The folder in the case. A mark by its role lay in none, unless somebody has put it into another since."""
    path = file.path_of(place.folder)
    is_there = own.by_role and bool(path) and path[0] in OWN_FOLDERS
    return "" if is_there else folder_words(file, place.folder)


def geometries_of(own: OwnMark | None, shapes: Sequence[bytes]) -> list[BaseGeometry]:
    """The geometries of a place, one a kind. Raises InvalidValue."""
    return [site_geometry(shape) for shape in shapes] if own is None else own_shapes(own, shapes)


def dates_of(place: EarthPlace) -> dict[str, str]:
    """The dates of a site; none where it cannot have those that the file states, as they end before they begin."""
    dates = _stated_dates(place)
    try:
        for name, value in dates.items():
            check_date(value, FIELD_WORDS[name])
        check_order(dates.get("valid_from", ""), dates.get("valid_to", ""), Phrase(""))
    except InvalidValue:
        return {}
    return dates


def _stated_dates(place: EarthPlace) -> dict[str, str]:
    """A span says how long a thing is valid; a stamp, or the times along a track, when it was seen."""
    if place.time_kind == "span":
        return {"valid_from": place.begin, "valid_to": place.end}
    if not place.begin:
        return {}
    is_span = place.end and place.end != place.begin
    return {"observed_at": f"{place.begin}/{place.end}" if is_span else place.begin}


def look_of(style: EarthStyle, geometry: str) -> dict[str, Any]:
    """Colours and width of a site with this kind of geometry: a point has those of its icon."""
    if "Point" in geometry:
        return {"stroke_color": style.icon_color} if style.icon_color else {}
    look: dict[str, Any] = {"stroke_color": style.stroke_color}
    if "Polygon" in geometry:
        look["fill_color"] = style.fill_color
    if style.stroke_width_px:
        look["stroke_width"] = min(max(style.stroke_width_px, THINNEST_PX), WIDEST_PX)
    return {name: value for name, value in look.items() if value}


def _kept(place: EarthPlace) -> dict[str, Any]:
    """The statements about a place that no column holds, for the way back to Google Earth."""
    style = place.style
    kept: dict[str, Any] = {"order": place.order, "time": place.time_kind, "height_m": place.height_m}
    kept["icon"] = [style.icon, style.icon_color, style.icon_scale, *style.hot_spot] if style.icon else None
    opacities = [style.stroke_opacity, style.fill_opacity]
    kept[OPACITY] = opacities if style.fill_color or min(opacities) < 1 else None
    return {name: value for name, value in kept.items() if value not in (None, "")}
