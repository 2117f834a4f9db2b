"""Makes a file of Google Earth part of a case: places become sites in folders, overlays layers, views bookmarks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.vocabulary import PHOTO, THINNEST_PX, WIDEST_PX
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from layers.phrase import Phrase
from layers.requests.earth_file import EarthFile, EarthOverlay, EarthPlace, EarthStyle, EarthView
from layers.requests.earth_own import OWN_FOLDERS, OwnMark
from layers.time.utc import utc_now
from viewer.commands.bookmarks import add_views
from viewer.commands.feature_sites import LONGEST_NOTES, cited_sources, site_geometry
from viewer.commands.fields import check_date, check_order
from viewer.commands.filing.earth_known import KnownParts, known_parts
from viewer.commands.filing.earth_overlays import EARTH, folder_words, layers_of_overlays
from viewer.commands.filing.earth_own import is_beside, is_own, own_fields, own_shapes
from viewer.commands.filing.earth_views import viewport_json
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.commands.sites import FIELD_WORDS, add_site

LONGEST_ACCOUNT = 4000
"""Most characters that a source keeps on what stayed in its file."""


class EarthChoice(Struct, frozen=True):
    """The parts of a file that come in. `views` are the kinds of elements whose views become bookmarks."""

    class_code: str = "other"
    sites: bool = True
    overlays: bool = True
    views: tuple[str, ...] = ("folder", "tour")
    photos: bool = True
    """True where the photos of sites become chips."""
    leaves_known: bool = True
    """True where places, overlays and views that the case has already stay out."""
    as_written: bool = True
    """True where marks that Geoloupe wrote come back as they were, and what it wrote beside them stays out."""
    folders_out: frozenset[int] = frozenset()
    """Numbers of the folders whose places, overlays and views stay out; `ROOT` for what lies in none."""
    account: str = ""
    """Words on what stays in the file or comes as less: the file's source keeps them."""

    def takes_place(self, place: EarthPlace) -> bool:
        """True for a place that becomes a site, unless the case has it already."""
        return self.sites and place.folder not in self.folders_out and not (self.as_written and is_beside(place))

    def takes_overlay(self, overlay: EarthOverlay) -> bool:
        """True for an overlay that becomes a layer, unless the case has it already."""
        return self.overlays and overlay.folder not in self.folders_out

    def takes_view(self, view: EarthView) -> bool:
        """True for a view that becomes a bookmark, unless the case has it already."""
        return view.owner in self.views and view.folder not in self.folders_out


class EarthPhoto(Struct, frozen=True):
    """A photo that a site shows: the member of the archive, and the site's source."""

    part: str
    site_uuid: str
    source_uuid: str


class EarthEdit(Struct, frozen=True):
    """The edit that brings a file home, what it adds, and sentences about places that no site can be made of."""

    edit: Edit
    site_uuids: tuple[str, ...]
    layers: tuple[FoundLayer, ...]
    bounds: Bounds | None
    """Degrees around all that is added; None for bookmarks alone."""
    left_out: tuple[str, ...]
    photos: tuple[EarthPhoto, ...] = ()
    """Photos whose chips are to be added, once their bytes are read."""


def bring_home(
    document: Document,
    file: EarthFile,
    shapes: Sequence[bytes],
    path: Path,
    choice: EarthChoice,
    *,
    sizes: Mapping[str, tuple[int, int]] | None = None,
    actor: str,
    now: str | None = None,
) -> EarthEdit:
    """One edit with the chosen parts of a file. `shapes`: the WKB of its geometries; `sizes`: width and height of the
    pictures of overlays that lie beside it, by their part. Raises InvalidValue where nothing comes in.
    """
    made, left_out = _Sites(document, file, path.name, choice, actor, now), list[str]()
    known = known_parts(document, file, shapes) if choice.leaves_known else KnownParts()
    first = 0
    for number, place in enumerate(file.places):
        if number not in known.places and choice.takes_place(place):
            left_out += made.add(place, shapes[first : first + place.shapes])
        first += place.shapes
    changes = [*(made.source if made.sites else ()), *made.sites]
    layers: tuple[FoundLayer, ...] = ()
    if choice.overlays:
        overlays = [
            overlay
            for number, overlay in enumerate(file.overlays)
            if number not in known.overlays and choice.takes_overlay(overlay)
        ]
        layers = layers_of_overlays(file, overlays, path, sizes or {}, left_out)
    if layers:
        changes += edit_for(document, layers, actor).changes
    wanted = (view for number, view in enumerate(file.views) if number not in known.views)
    views = [view for view in wanted if choice.takes_view(view)]
    if views:
        kept = [(view.name[:200], viewport_json(view)) for view in views]
        changes += add_views(document, kept, actor=actor, now=now)
    if not changes:
        is_chosen = choice.sites or choice.overlays or choice.views
        here, nothing = Phrase("All of it is in this case already."), Phrase("Nothing of the file is chosen.")
        raise InvalidValue(left_out[0] if left_out else here if known and is_chosen else nothing)
    edit = Edit(Phrase("Bring home “{name}”", name=file.name), tuple(changes))
    boxes = [*made.boxes, *(layer.bounds_lonlat for layer in layers if layer.bounds_lonlat is not None)]
    uuids, photos = tuple(change.uuid for change in made.sites), tuple(made.photos) if choice.photos else ()
    return EarthEdit(edit, uuids, layers, around(boxes), tuple(left_out), photos)


class _Sites:
    """The sites of one file while they are made, with its entry in the register of sources."""

    def __init__(
        self, document: Document, file: EarthFile, name: str, choice: EarthChoice, actor: str, now: str | None
    ) -> None:
        self._document, self._file, self._name, self._choice = document, file, name, choice
        self._actor, self._now = actor, now or utc_now()
        is_ours, account = choice.as_written and is_own(file), choice.account
        words = f"Placemarks of {name}, a file of {'Geoloupe for ' if is_ours else ''}Google Earth"
        words = f"{words}. What stayed in it, or came as less:\n{account}"[:LONGEST_ACCOUNT] if account else words
        own = {"kind": "data set", "title": name, "descriptor": words}
        (self._source_uuid,), self.source = cited_sources(document, [own], name, actor=actor, now=now)
        self._folders: dict[int, str] = {}
        self.sites: list[Change] = []
        self.boxes: list[Bounds] = []
        self.photos: list[EarthPhoto] = []

    def add(self, place: EarthPlace, shapes: Sequence[bytes]) -> list[str]:
        """Add the sites of a place, one a kind of geometry; the second and third belong to the first.

        Returns sentences about what cannot be one.
        """
        own, left_out = place.own if self._choice.as_written else None, list[str]()
        if own is not None:
            fields = self._own_fields_of(place, own)
        else:
            fields = self._fields_of(place) | {"class_code": self._choice.class_code}
        for number in range(len(shapes)):
            try:
                geometry = self._geometry_of(own, shapes, number)
                look = {} if own is not None else _look_of(place.style, geometry.geom_type)
                made = add_site(self._document, geometry, actor=self._actor, now=self._now, **fields, **look).changes
            except InvalidValue as error:
                left_out.append(Phrase("“{name}” is left out. {why}", name=place.name, why=error.sentence))
                continue
            if "parent_uuid" not in fields:
                self.photos += [EarthPhoto(part, made[0].uuid, self._source_uuid) for part in place.photos]
            fields.setdefault("parent_uuid", made[0].uuid)
            self.sites += made
            self.boxes.append(Bounds(*geometry.bounds))
        return left_out

    def _geometry_of(self, own: OwnMark | None, shapes: Sequence[bytes], number: int) -> BaseGeometry:
        return site_geometry(shapes[number]) if own is None else own_shapes(own, shapes)[number]

    def _own_fields_of(self, place: EarthPlace, own: OwnMark) -> dict[str, Any]:
        """The fields of a mark that Geoloupe wrote; what its balloon says beside them stands in the notes."""
        fields = {"position_basis": f"as in {self._name}"} | own_fields(place, own)
        lines = place.notes.splitlines()[max(own.head, 0) :]
        kept = {EARTH: _kept(place)} if own.from_earth else {}
        return fields | {
            "folder": self._own_folder_of(place, own),
            "position_source_uuid": self._source_uuid,
            "props_json": json.dumps(kept, ensure_ascii=False) if kept else "",
            "notes": _cut("\n".join(lines)),
        }

    def _own_folder_of(self, place: EarthPlace, own: OwnMark) -> str:
        """The folder in the case. A mark by its role lay in none, unless somebody has put it into another since."""
        path = self._file.path_of(place.folder)
        is_there = own.by_role and bool(path) and path[0] in OWN_FOLDERS
        return "" if is_there else self._folder_of(place.folder)

    def _fields_of(self, place: EarthPlace) -> dict[str, Any]:
        notes = "\n".join(filter(None, (place.notes, *(f"{name}: {value}" for name, value in place.data))))
        basis = f"as in {self._name}"
        fields: dict[str, Any] = {
            "label": place.name,
            "folder": self._folder_of(place.folder),
            "position_basis": f"{basis}: where the camera stood" if place.is_photo else basis,
            "position_source_uuid": self._source_uuid,
            "props_json": json.dumps({**dict(place.data), EARTH: _kept(place)}, ensure_ascii=False),
        }
        if place.is_photo:
            fields["mark_kind"] = PHOTO
        dates = _dates_of(place)
        if _are_sound(dates):
            fields |= dates
        else:
            notes = "\n".join(filter(None, (notes, f"time in {self._name}: {place.begin}/{place.end}")))
        fields["notes"] = _cut(notes)
        return fields

    def _folder_of(self, number: int) -> str:
        """The path of a folder as a site has it; a name with the text between names in it has a slash instead."""
        if number not in self._folders:
            self._folders[number] = folder_words(self._file, number)
        return self._folders[number]


def _cut(notes: str) -> str:
    return notes if len(notes) <= LONGEST_NOTES else notes[: LONGEST_NOTES - 1] + "…"


def _dates_of(place: EarthPlace) -> dict[str, str]:
    """A span says how long a thing is valid; a stamp, or the times along a track, when it was seen."""
    if place.time_kind == "span":
        return {"valid_from": place.begin, "valid_to": place.end}
    if not place.begin:
        return {}
    is_span = place.end and place.end != place.begin
    return {"observed_at": f"{place.begin}/{place.end}" if is_span else place.begin}


def _are_sound(dates: Mapping[str, str]) -> bool:
    """True for dates that a site can have: none of them ends before it begins."""
    try:
        for name, value in dates.items():
            check_date(value, FIELD_WORDS[name])
        check_order(dates.get("valid_from", ""), dates.get("valid_to", ""), Phrase(""))
    except InvalidValue:
        return False
    return True


def _look_of(style: EarthStyle, geometry: str) -> dict[str, Any]:
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
    kept["opacity"] = opacities if min(opacities) < 1 else None
    return {name: value for name, value in kept.items() if value not in (None, "")}
