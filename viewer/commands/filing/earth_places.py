"""Makes a file of Google Earth part of a case: places become sites in folders, overlays layers, views bookmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from layers.phrase import Phrase
from layers.requests.earth_file import EarthFile, EarthOverlay, EarthPlace, EarthView
from layers.time.utc import utc_now
from viewer.commands.bookmarks import add_views
from viewer.commands.filing.earth_changes import EarthChange
from viewer.commands.filing.earth_fields import basis_of, fields_of, geometries_of, look_of, own_fields_of
from viewer.commands.filing.earth_known import KnownParts, known_parts
from viewer.commands.filing.earth_overlays import layers_of_overlays
from viewer.commands.filing.earth_own import is_beside, is_own
from viewer.commands.filing.earth_views import viewport_json
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.commands.sites import add_site, changed_site, later_basis
from viewer.commands.stamps import stamp_of
from viewer.commands.tables.feature_sites import cited_sources, site_geometry

LONGEST_ACCOUNT = 4000
"""Most characters that a source keeps on what stayed in its file."""
UPDATE, KEEP, SECOND = "update", "keep", "second"
"""Answers to a place that is a site of the case and has changed: take its changes, keep the site, make a second one."""


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
    answers: Mapping[int, str] = {}
    """Answers by the number of a changed place; those without one keep the site."""
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
    changed: tuple[str, ...] = ()
    """Uuids of sites of the case that took changes."""
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
    changed, first = {change.number: change for change in known.changed}, 0
    for number, place in enumerate(file.places):
        answer = choice.answers.get(number, KEEP) if number in changed else SECOND
        if number not in known.places and choice.takes_place(place):
            if answer == SECOND:
                left_out += made.add(place, shapes[first : first + place.shapes])
            elif answer == UPDATE:
                left_out += made.update(place, changed[number])
        first += place.shapes
    changes = [*(made.source if made.sites or made.updates else ()), *made.sites, *made.updates]
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
    reason = Phrase("Changed in Google Earth: “{name}”", name=file.name) if made.updates else ""
    edit = Edit(Phrase("Bring home “{name}”", name=file.name), tuple(changes), reason)
    boxes = [*made.boxes, *(layer.bounds_lonlat for layer in layers if layer.bounds_lonlat is not None)]
    uuids, photos = tuple(change.uuid for change in made.sites), tuple(made.photos) if choice.photos else ()
    return EarthEdit(edit, uuids, layers, around(boxes), tuple(left_out), tuple(made.changed), photos)


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
        self._stamp = stamp_of(actor, self._now)
        self.sites: list[Change] = []
        self.updates: list[Change] = []
        self.changed: list[str] = []
        self.boxes: list[Bounds] = []
        self.photos: list[EarthPhoto] = []

    def add(self, place: EarthPlace, shapes: Sequence[bytes]) -> list[str]:
        """Add the sites of a place, one a kind of geometry; the second and third belong to the first.

        Returns sentences about what cannot be one.
        """
        own, left_out = place.own if self._choice.as_written else None, list[str]()
        if own is not None:
            fields = own_fields_of(self._file, place, own, shapes, self._name)
        else:
            fields = fields_of(self._file, place, shapes, self._name) | {"class_code": self._choice.class_code}
        fields["position_source_uuid"] = self._source_uuid
        for number in range(len(shapes)):
            try:
                geometry = geometries_of(own, shapes)[number] if own else site_geometry(shapes[number])
                look = {} if own is not None else look_of(place.style, geometry.geom_type)
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

    def update(self, place: EarthPlace, change: EarthChange) -> list[str]:
        """Take the changes of a place into its sites; return sentences about what cannot be taken."""
        rows = [(self._document.sites[uuid], fields) for uuid, fields in change.updates.items()]
        left_out = list[str]()
        if change.held:
            left_out.append(Phrase("“{name}” stays where it is: {why}", name=place.name, why=change.held))
        for site, fields in rows:
            moved: dict[str, Any] = {}
            if "geometry" in fields:
                basis = later_basis(self._document, site, basis_of(self._name, place))
                moved = {"position_basis": basis, "position_source_uuid": self._source_uuid}
                self.boxes.append(Bounds(*fields["geometry"].bounds))
            self.updates += changed_site(site, self._stamp, {**fields, **moved})
        self.photos += [EarthPhoto(part, change.site_uuid, self._source_uuid) for part in change.photos]
        self.changed.append(change.site_uuid)
        return left_out
