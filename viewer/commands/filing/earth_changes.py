"""Tells places of a file of Google Earth that are sites of the case, and what has changed of them there since."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.json_fields import json_object
from layers.document.marks.earth_opacity import EARTH
from layers.document.site import Site
from layers.errors import InvalidValue
from layers.geo.measure import distance_m
from layers.phrase import Phrase
from layers.requests.earth_file import EarthFile, EarthPlace
from layers.requests.earth_own import OwnMark
from viewer.commands.filing.earth_fields import (
    DATES,
    cut_notes,
    dates_of,
    geometries_of,
    look_of,
    notes_of,
    own_folder_of,
    props_of,
)
from viewer.commands.filing.earth_overlays import folder_words
from viewer.commands.filing.earth_own import OwnSites, is_written_as, own_name
from viewer.commands.filing.earth_stated import (
    FOLDER,
    LOOK,
    NAME,
    NOTES,
    PARTS,
    PHOTOS,
    PLACE,
    STATED,
    TIME,
    changed_parts,
    joined_lines,
    lines_mark,
    look_mark,
    stated_marks,
    text_mark,
)
from viewer.commands.sites import checked_geometry, held_shape, unfit
from viewer.commands.tables.same_sites import SamePlaces

NEAR_M = 2000.0
"""Farthest that a site of the analyst's own may lie from a place of its name to be the same."""


class EarthChange(Struct, frozen=True):
    """A place of a file that is a site of the case, and states something else of it now.

    `updates` are fields by the uuid of a site: those of the place, and of its parts of other kinds.
    """

    number: int
    site_uuid: str
    updates: Mapping[str, Mapping[str, Any]]
    photos: tuple[str, ...] = ()
    """Pictures of the archive that it shows and the case lacks."""
    held: str = ""
    """The reason why its place stays as it is in the case; empty where it does not."""
    is_sure: bool = True
    """False where the site has no more than the name in common, and lies near."""


class EarthSites(Struct, frozen=True):
    """Numbers of the places that are sites of the case and state nothing new, and those that do."""

    same: frozenset[int] = frozenset()
    changed: tuple[EarthChange, ...] = ()
    reworded: tuple[str, ...] = ()
    """Names of marks of ours in whose descriptions words of claims and places are lacking or changed."""


def earth_sites(document: Document, file: EarthFile, shapes: Sequence[bytes]) -> EarthSites:
    """The places of a file that are sites of the case: marks that Geoloupe wrote by their uuid, others by what their
    file stated of them when they came, else by name and place. `shapes`: the WKB of the file's geometries.
    """
    return _Recognition(document, file, shapes).result() if document.sites else EarthSites()


class _Recognition:
    """The recognition of one file. `pairs` are the sites by the number of their place, with the parts that changed."""

    def __init__(self, document: Document, file: EarthFile, shapes: Sequence[bytes]) -> None:
        self._document, self._file = document, file
        self._shapes: list[Sequence[bytes]] = []
        first = 0
        for place in file.places:
            self._shapes.append(shapes[first : first + place.shapes])
            first += place.shapes
        self._pairs: dict[int, tuple[Site, frozenset[str]]] = {}
        self._reworded: list[str] = []
        self._parts: dict[str, list[Site]] = {}
        self._unsure: set[int] = set()

    def result(self) -> EarthSites:
        own = {number for number, place in enumerate(self._file.places) if place.own and place.own.is_mark}
        self._pair_own(own)
        self._pair_others([number for number in range(len(self._file.places)) if number not in own])
        changes = (self._change_of(number, *pair) for number, pair in sorted(self._pairs.items()))
        changed = tuple(change for change in changes if change is not None)
        same = frozenset(self._pairs) - {change.number for change in changed}
        return EarthSites(same, changed, tuple(self._reworded))

    # -- marks that Geoloupe wrote ----------------------------------------------------------------------------------

    def _pair_own(self, numbers: Iterable[int]) -> None:
        """Pair marks by uuid: of two with one, as copies have, the one that changed less is the site."""
        places, sites = self._file.places, OwnSites(self._document, self._file.places)
        changed = {number: self._own_changes(number) for number in numbers}
        paired = set[str]()
        for number in sorted(changed, key=lambda number: len(changed[number])):
            own = places[number].own
            assert own is not None
            try:
                geometries = geometries_of(own, self._shapes[number])
            except InvalidValue:
                continue
            site = sites.take(places[number], own, geometries)
            if site is None or site.uuid in paired:
                continue
            paired.add(site.uuid)
            self._pairs[number] = site, changed[number]
            if _lacks_words(places[number], own):
                self._reworded.append(places[number].name)

    def _own_changes(self, number: int) -> frozenset[str]:
        place = self._file.places[number]
        own = place.own
        assert own is not None
        after = stated_marks(self._file, place, self._shapes[number])
        after[FOLDER] = text_mark(own_folder_of(self._file, place, own))
        after[NOTES] = lines_mark(_own_notes(place, own))
        kinds = [kind_of(geometry) for geometry in _read(self._shapes[number])]
        after[LOOK] = look_mark(place.style, kinds[0] if kinds else "")
        changed = changed_parts(own.stated, after) if own.stated else frozenset((NAME, FOLDER, PLACE))
        return changed | ({PHOTOS} if _new_photos(place, own.photos) else frozenset())

    # -- places of others ---------------------------------------------------------------------------------------------

    def _pair_others(self, numbers: Sequence[int]) -> None:
        """Pair places with sites of the same name and place, then with those that came as these were, then with those
        of the same name, or the same place, where there is one alone.
        """
        from_earth = self._from_earth()
        marks = {
            number: stated_marks(self._file, self._file.places[number], self._shapes[number]) for number in numbers
        }
        left = self._pair_same(numbers, from_earth, marks)
        by_marks: dict[str, list[str]] = {}
        for uuid, stated in from_earth.items():
            by_marks.setdefault(_joined(stated, PARTS), []).append(uuid)
        for number in list(left):
            if uuids := by_marks.get(_joined(marks[number], PARTS)):
                self._pair(number, uuids.pop(0), frozenset(), from_earth, left)
        left = [number for number in left if self._file.places[number].own is None]
        for parts in ((NAME, FOLDER), (PLACE, FOLDER), (NAME,)):
            here = _alone({uuid: _joined(stated, parts) for uuid, stated in from_earth.items()})
            for key, number in _alone({number: _joined(marks[number], parts) for number in left}).items():
                uuid = here.get(key, "")
                if uuid and self._is_akin(self._document.sites[uuid], number, parts):
                    self._pair(number, uuid, changed_parts(from_earth[uuid], marks[number]), from_earth, left)
        self._pair_named(left, set(from_earth))

    def _is_akin(self, site: Site, number: int, parts: Sequence[str]) -> bool:
        """True for a site that came from a file of this name, or has the name of a place near it."""
        source = self._document.sources.get(site.position_source_uuid)
        return (source is not None and source.title == self._file.name) or (
            PLACE not in parts and self._is_near(site, number)
        )

    def _is_near(self, site: Site, number: int) -> bool:
        geometries, here = _read(self._shapes[number]), site.place
        if not geometries:
            return False
        there = geometries[0].representative_point()
        return distance_m(here.x, here.y, there.x, there.y) <= NEAR_M

    def _pair_same(
        self, numbers: Sequence[int], from_earth: dict[str, Mapping[str, Any]], marks: Mapping[int, Mapping[str, str]]
    ) -> list[int]:
        """Pair places whose points, lines and areas are all there under their name; return the others."""
        known, left = SamePlaces(self._document, {place.name for place in self._file.places}), list(numbers)
        for number in numbers:
            place = self._file.places[number]
            geometries = _read(self._shapes[number])
            sites = [known.take(place.name, geometry) for geometry in geometries]
            if not sites or None in sites:
                continue
            site = sites[0]
            assert site is not None
            stated = from_earth.get(site.uuid, {})
            self._pair(number, site.uuid, changed_parts(stated, marks[number]), from_earth, left)
        return left

    def _pair_named(self, left: list[int], from_earth: set[str]) -> None:
        """Pair places with sites that came from no file: of the same name and kind, not far away, and alone so."""
        paired = {site.uuid for site, _changed in self._pairs.values()} | from_earth
        names = {self._file.places[number].name.strip() for number in left} - {""}
        sites = {
            site.uuid: site.label.strip()
            for site in self._document.sites.values()
            if site.label.strip() in names and site.uuid not in paired and not site.parent_uuid
        }
        here = _alone(sites)
        for name, number in _alone({number: self._file.places[number].name.strip() for number in left}).items():
            site, geometries = self._document.sites.get(here.get(name, "")), _read(self._shapes[number])
            is_alike = site is not None and len(geometries) == 1 and kind_of(geometries[0]) == site.kind
            if site is not None and is_alike and self._is_near(site, number):
                self._pairs[number] = site, frozenset((PLACE,))
                self._unsure.add(number)

    def _pair(
        self, number: int, uuid: str, changed: frozenset[str], from_earth: dict[str, Mapping[str, Any]], left: list[int]
    ) -> None:
        self._pairs[number] = self._document.sites[uuid], changed
        from_earth.pop(uuid, None)
        left.remove(number)

    def _from_earth(self) -> dict[str, Mapping[str, Any]]:
        """The marks of what their file stated, by the uuid of a site that came from Google Earth; parts of other kinds
        stand with the site that they belong to.
        """
        stated: dict[str, Mapping[str, Any]] = {}
        for site in self._document.sites.values():
            if f'"{STATED}"' not in site.props_json:
                continue
            kept = _kept_of(site).get(STATED)
            if not isinstance(kept, dict):
                continue
            above = self._document.sites.get(site.parent_uuid)
            if above is not None and _kept_of(above).get(STATED) == kept:
                self._parts.setdefault(above.uuid, []).append(site)
            else:
                stated[site.uuid] = kept
        return stated

    # -- changes ------------------------------------------------------------------------------------------------------

    def _change_of(self, number: int, site: Site, changed: frozenset[str]) -> EarthChange | None:
        """The fields that an update would set; None where the case has all of it, or knows it from before."""
        place = self._file.places[number]
        own = place.own
        try:
            geometries = geometries_of(own, self._shapes[number]) if PLACE in changed else []
        except InvalidValue:
            geometries = []
        sites = self._matched(site, geometries)
        fields = self._own_fields(place, own, changed, site) if own else self._fields(place, changed, site)
        updates: dict[str, Mapping[str, Any]] = {}
        held = Phrase("the file has it as other kinds of shapes") if sites is None else ""
        for row, geometry in (sites or {site.uuid: (site, None)}).values():
            parts = fields if row is site else {key: fields[key] for key in ("label", "folder") if key in fields}
            if LOOK in changed:
                parts = parts | self._look(place, own, row, self._shapes[number])
            if geometry is not None and not is_written_as(row.geometry, geometry, own):
                held = held_shape(self._document, row) or unfit(row, geometry)
                parts = parts | ({} if held else {"geometry": checked_geometry(geometry)})
            updates[row.uuid] = {name: value for name, value in parts.items() if getattr(row, name) != value}
        updates = {uuid: parts for uuid, parts in updates.items() if parts}
        photos = self._photos(place, own, site) if PHOTOS in changed else ()
        if not updates and not photos and not (held and PLACE in changed):
            return None
        if own is None and _kept_of(site):
            for row in (site, *self._parts.get(site.uuid, ())):
                props = props_of(self._file, place, self._shapes[number], row.props_json)
                updates[row.uuid] = {**updates.get(row.uuid, {}), "props_json": props}
        return EarthChange(number, site.uuid, updates, photos, held, number not in self._unsure)

    def _matched(
        self, site: Site, geometries: Sequence[BaseGeometry]
    ) -> dict[str, tuple[Site, BaseGeometry | None]] | None:
        """The site of a place and its parts with the geometry of their kind, by uuid; None where these do not fit."""
        rows = [site, *self._parts.get(site.uuid, ())]
        if not geometries:
            return {row.uuid: (row, None) for row in rows}
        by_kind = {kind_of(geometry): geometry for geometry in geometries}
        if sorted(by_kind) != sorted(row.kind for row in rows) or len(by_kind) != len(geometries):
            return None
        return {row.uuid: (row, by_kind[row.kind]) for row in rows}

    def _fields(self, place: EarthPlace, changed: frozenset[str], site: Site) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if NAME in changed:
            fields["label"] = place.name
        if FOLDER in changed:
            fields["folder"] = folder_words(self._file, place.folder)
        if NOTES in changed:
            stated = _kept_of(site).get(STATED, {})
            notes = notes_of(place, self._file.name)
            is_untouched = isinstance(stated, dict) and stated.get(NOTES) == lines_mark([site.notes])
            fields["notes"] = cut_notes(notes if is_untouched else _with_lines(site.notes, joined_lines([notes])))
        if TIME in changed:
            fields |= dict.fromkeys(DATES, "") | dates_of(place)
        return fields

    def _own_fields(self, place: EarthPlace, own: OwnMark, changed: frozenset[str], site: Site) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if NAME in changed:
            fields["label"] = own_name(place, own)
        if FOLDER in changed:
            fields["folder"] = own_folder_of(self._file, place, own)
        if NOTES in changed and own.line_marks is not None:
            notes = _own_notes(place, own)
            is_untouched = own.from_earth and own.stated.get(NOTES) == lines_mark([site.notes])
            fields["notes"] = cut_notes("\n".join(notes) if is_untouched else _with_lines(site.notes, notes))
        if TIME in changed:
            fields |= (dict.fromkeys(DATES, "") if own.from_earth else {}) | dates_of(place)
        return fields

    def _look(self, place: EarthPlace, own: OwnMark | None, site: Site, shapes: Sequence[bytes]) -> dict[str, Any]:
        """The colours that the file has now; a circle of an error has those of an area."""
        kinds = [geometry.geom_type for geometry in _read(shapes)]
        kind = next(
            (kind for kind in kinds if own is not None or site.kind in kind.casefold()), kinds[0] if kinds else ""
        )
        return look_of(place.style, kind)

    def _photos(self, place: EarthPlace, own: OwnMark | None, site: Site) -> tuple[str, ...]:
        known = set(own.photos) if own is not None else set()
        for chip in self._document.chips.values():
            if chip.site_uuid == site.uuid:
                known.add(posixpath.basename(chip.layer_title.partition(" in ")[0]))
        return _new_photos(place, known)


def are_notes_of_file(site: Site, notes: str) -> bool:
    """True for notes that a site has as its file of Google Earth states them: nobody here has written them."""
    stated = _kept_of(site).get(STATED)
    return isinstance(stated, dict) and stated.get(NOTES) == lines_mark([notes])


def kind_of(geometry: BaseGeometry) -> str:
    """point, line or polygon, as a site has it."""
    name = geometry.geom_type
    return "point" if "Point" in name else "line" if "Line" in name else "polygon"


def _read(shapes: Sequence[bytes]) -> list[BaseGeometry]:
    """Geometries as a site has them; none where one of them cannot be."""
    try:
        return geometries_of(None, shapes)
    except InvalidValue:
        return []


def _kept_of(site: Site) -> Mapping[str, Any]:
    try:
        kept = json_object(site.props_json, Phrase("It")).get(EARTH)
    except InvalidValue:
        return {}
    return kept if isinstance(kept, dict) else {}


def _own_notes(place: EarthPlace, own: OwnMark) -> list[str]:
    """The lines of a description that Geoloupe did not write as claims or places, or as pictures."""
    written = Counter(own.line_marks or ())
    pictures = {f"[{photo}]" for photo in place.photos} | {f"[{name}]" for name in own.photos}
    lines: list[str] = []
    for line in joined_lines([place.notes]):
        mark = text_mark(line)
        if written[mark] > 0:
            written[mark] -= 1
        elif not _is_picture(line, own.photos) and line not in pictures:
            lines.append(line)
    return lines


def _is_picture(line: str, names: Sequence[str]) -> bool:
    """True for the address of a picture that Geoloupe wrote, in whatever folder of an archive it is now."""
    return line.startswith("[") and line.endswith("]") and posixpath.basename(line[1:-1]) in names


def _lacks_words(place: EarthPlace, own: OwnMark) -> bool:
    """True where lines that Geoloupe wrote are lacking; what stands in their place comes as notes."""
    lines = Counter(map(text_mark, joined_lines([place.notes])))
    return bool(Counter(own.line_marks or ()) - lines) and not place.notes.endswith("…")


def _new_photos(place: EarthPlace, known: Iterable[str]) -> tuple[str, ...]:
    names = set(known)
    return tuple(part for part in place.photos if posixpath.basename(part) not in names)


def _with_lines(notes: str, lines: Iterable[str]) -> str:
    """Notes of the analyst, with the lines of the file that they lack at their end."""
    has = set(joined_lines([notes]))
    return "\n".join(filter(None, (notes, *(line for line in lines if line not in has))))


def _joined(marks: Mapping[str, Any], parts: Iterable[str]) -> str:
    return " ".join(str(marks.get(part, "")) for part in parts)


def _alone[T](keys: Mapping[T, str]) -> dict[str, T]:
    """The things by their key, of keys that one alone has."""
    counts = Counter(keys.values())
    return {key: thing for thing, key in keys.items() if key and counts[key] == 1}
