"""Edits of sites: mark, describe, move, delete."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import shapely
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.marks.mark_shape import measured_fields
from layers.document.marks.measurement import MEASUREMENT
from layers.document.rows import Comment
from layers.document.search import is_searched
from layers.document.site import Site
from layers.document.vocabulary import (
    BASE_OR_TOP,
    BY_HAND,
    LIFECYCLES,
    MARK_KINDS,
    MEASURED,
    ROLES,
    STATUSES,
    UNJUDGED,
)
from layers.errors import InvalidValue
from layers.geo.antimeridian import at_home, in_one_piece, is_as_drawn
from layers.phrase import Phrase, all_of, joined
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_color, check_date, check_number, check_order, field_words, row_of
from viewer.commands.mark_numbers import without_markers
from viewer.commands.stamps import (
    DRAFT_AGAIN,
    Stamp,
    delete,
    edit_with_drafts,
    insert,
    new_uuid,
    review_of,
    stamp_of,
    update,
)

FIELD_WORDS = {
    "class_code": Phrase("class"),
    "label": Phrase("label"),
    "aliases": Phrase("aliases"),
    "notes": Phrase("notes"),
    "role": Phrase("role"),
    "location_country": Phrase("country"),
    "operator_country": Phrase("operator"),
    "position_error_m": Phrase("position error"),
    "position_basis": Phrase("position basis"),
    "position_source_uuid": Phrase("position source"),
    "status": Phrase("status"),
    "observed_at": Phrase("date observed"),
    "valid_from": Phrase("first valid date"),
    "valid_to": Phrase("last valid date"),
    "stroke_color": Phrase("outline colour"),
    "fill_color": Phrase("fill colour"),
    "stroke_width": Phrase("outline width"),
    "geometry": Phrase("geometry"),
    "shape_json": Phrase("shape"),
    "mark_kind": Phrase("kind of mark"),
    "marking": Phrase("marking"),
    "folder": Phrase("folder"),
    "number": Phrase("number"),
    "image_uuid": Phrase("image"),
    "pixel_m": Phrase("pixel size"),
    "base_or_top": Phrase("marked end"),
    "parent_uuid": Phrase("site that it belongs to"),
    "lifecycle": Phrase("lifecycle"),
    "lifecycle_as_of": Phrase("date of lifecycle"),
    "lifecycle_source_uuid": Phrase("source of lifecycle"),
}
"""The undo menu's words for the columns of a site."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "role": ROLES,
    "status": STATUSES,
    "mark_kind": MARK_KINDS,
    "lifecycle": ("", *LIFECYCLES),
    "base_or_top": ("", *BASE_OR_TOP),
}
_WAS = "; was: "
_LONGEST_BASIS = 300

_GEOMETRIES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


def add_site(
    document: Document,
    geometry: BaseGeometry,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    **fields: Any,
) -> Edit:
    """Mark a site; its row is ``edit.changes[0].after``. `geometry`: in lon, lat of any turn. Raises InvalidValue."""
    geometry = checked_geometry(geometry)
    _check_fields(fields)
    site = Site(uuid=uuid or new_uuid(), geometry=geometry, **fields)
    _check_validity(site, fields)
    return Edit(
        Phrase("Add {named_sites}", named_sites=named_sites(site)), (insert("sites", site, stamp_of(actor, now)),)
    )


def check_site(geometry: BaseGeometry, fields: Mapping[str, Any]) -> None:
    """Raise InvalidValue where these make no site."""
    checked_geometry(geometry)
    _check_fields(fields)


def add_sites(
    document: Document, rows: Sequence[tuple[BaseGeometry, Mapping[str, Any]]], *, actor: str, now: str | None = None
) -> Edit:
    """Mark many sites as one step; the rows are the changes' ``after``, in order. Raises InvalidValue at a bad one."""
    edits = [add_site(document, geometry, actor=actor, now=now, **fields) for geometry, fields in rows]
    if len(edits) == 1:
        return edits[0]
    return Edit(
        Phrase("Add {sites}", sites=counted(len(edits), "site")),
        tuple(change for edit in edits for change in edit.changes),
    )


def update_site(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change fields of one site. Raises InvalidValue."""
    return update_sites(document, (uuid,), actor=actor, now=now, **fields)


def update_sites(
    document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None, **fields: Any
) -> Edit:
    """Set the same `fields` on many sites at once; a reviewed site that changes is a draft again.

    Raises InvalidValue.
    """
    _check_fields(fields)
    stamp = stamp_of(actor, now)
    sites = [row_of(document.sites, uuid, Phrase("site")) for uuid in uuids]
    for site in sites:
        _check_validity(site, fields)
    changes = [change for site in sites for change in changed_site(site, stamp, fields)]
    return Edit(
        Phrase("Change {words} of {named_sites}", words=_words(fields), named_sites=named_sites(*sites)), tuple(changes)
    )


def move_sites(
    document: Document,
    geometries: Mapping[str, BaseGeometry],
    *,
    shapes: Mapping[str, str] | None = None,
    series: str = "",
    actor: str,
    now: str | None = None,
) -> Edit:
    """Move sites by hand: uuid to new geometry in lon, lat, of the same kind as the old.

    `shapes`: the `shape_json` of those that have one, which goes with the geometry. The basis of the position states
    the move from then on. Edits of one `series` in a row are one step to undo. Raises InvalidValue.
    """
    edit = _with_geometries(document, geometries, Phrase("Move"), stamp_of(actor, now), shapes or {})
    return replace(edit, series=series)


def reshape_site(
    document: Document,
    uuid: str,
    geometry: BaseGeometry,
    *,
    shape_json: str | None = None,
    actor: str,
    now: str | None = None,
) -> Edit:
    """Set the vertices of a site (lon, lat) by hand, of the same kind as the old, and its shape where one is given.

    Raises InvalidValue.
    """
    shapes = {} if shape_json is None else {uuid: shape_json}
    return _with_geometries(document, {uuid: geometry}, Phrase("Reshape"), stamp_of(actor, now), shapes)


def held_shape(document: Document, site: Site) -> str:
    """The reason why a mark keeps its place and its outline; empty where it may be moved and reshaped."""
    if is_searched(site, document.searches.values()):
        return Phrase("This area was searched: its outline belongs to the search. Draw another area to search there.")
    return ""


def unfit(site: Site, geometry: BaseGeometry) -> str:
    """The reason why a site cannot get this geometry by hand; empty where it can."""
    if _spans_the_earth(site.geometry) and not _spans_the_earth(geometry):
        return Phrase(
            "The {named_sites} reaches nearly all round the Earth: draw it anew to change it.",
            named_sites=named_sites(site),
        )
    return ""


def delete_sites(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete sites with their links, chips, observations, searches and comments.

    Their claims stay, and belong to the case again; parts of a deleted site stand alone.
    """
    sites = [row_of(document.sites, uuid, Phrase("site")) for uuid in dict.fromkeys(uuids)]
    gone = {site.uuid for site in sites}
    links = [link for site in sites for link in document.links.site_to_claims(site.uuid)]
    chips = [chip for chip in document.chips.values() if chip.site_uuid in gone]
    seen = [row for site in sites for row in document.links.observations_of_site(site.uuid)]
    searches = [search for search in document.searches.values() if search.area_uuid in gone]
    evidence = {row.uuid for row in (*sites, *chips, *seen, *searches)}
    remarks = comments_on(document, evidence)
    stamp = stamp_of(actor, now)
    parts = [site for site in document.sites.values() if site.parent_uuid in gone and site.uuid not in gone]
    changes = [
        *without_evidence(document, evidence),
        *(change for part in parts for change in changed_site(part, stamp, {"parent_uuid": ""})),
        *(delete("observations", row) for row in seen),
        *(delete("searches", search) for search in searches),
        *(delete("watch", row) for site in sites for row in document.links.watches_of_site(site.uuid)),
        *(delete("claim_sites", link) for link in links),
        *(delete("chips", chip) for chip in chips),
        *(delete("comments", remark) for remark in remarks),
        *(delete("sites", site) for site in sites),
        *without_markers(document, sites, stamp),
    ]
    return edit_with_drafts(document, Phrase("Delete {named_sites}", named_sites=named_sites(*sites)), changes, stamp)


def without_evidence(document: Document, gone: Collection[str]) -> list[Change]:
    """The links that go with rows on which claims rest, when those are deleted."""
    links = [link for uuid in dict.fromkeys(gone) for link in document.links.evidence_to_claims(uuid)]
    return [delete("claim_evidence", link) for link in links]


def comments_on(document: Document, uuids: set[str]) -> list[Comment]:
    """The remarks on any of these rows."""
    rows = document.table("comments").values()
    return [row for row in rows if isinstance(row, Comment) and row.target_uuid in uuids]


def _with_geometries(
    document: Document, geometries: Mapping[str, BaseGeometry], verb: str, stamp: Stamp, shapes: Mapping[str, str]
) -> Edit:
    sites = [row_of(document.sites, uuid, Phrase("site")) for uuid in geometries]
    changes: list[Change] = []
    for site in sites:
        geometry = checked_geometry(geometries[site.uuid])
        if Site(uuid="", geometry=geometry).kind != site.kind:
            raise InvalidValue("A {kind} stays a {kind}: delete the site and draw it anew.", kind=Phrase(site.kind))
        if sentence := unfit(site, geometry):
            raise InvalidValue(sentence)
        shape = {"shape_json": shapes[site.uuid]} if site.uuid in shapes else {}
        if geometry != site.geometry:
            if sentence := held_shape(document, site):
                raise InvalidValue(sentence)
            changes += changed_site(site, stamp, {"geometry": geometry, **shape, **_basis_by_hand(document, site)})
        elif shape:
            changes += changed_site(site, stamp, shape)
    return Edit(joined(" ", [verb, named_sites(*sites)]), tuple(changes))


def _basis_by_hand(document: Document, site: Site) -> dict[str, Any]:
    """The basis of a position after it was moved or reshaped, which is no longer what it was taken from.

    The first basis, and its source, stay readable; so does the error, which no move makes smaller.
    """
    if site.position_basis == MEASURED and (not site.position_source_uuid or site.image_uuid in document.images):
        return {}  # drawn by hand before, too
    return {"position_basis": later_basis(document, site, BY_HAND), "position_source_uuid": ""}


def later_basis(document: Document, site: Site, basis: str) -> str:
    """The words for a new basis of a position, with the first one that it had behind them."""
    source = document.sources.get(site.position_source_uuid)
    title = Phrase("source “{title}”", title=source.title) if source is not None and source.title else ""
    now, _, first = site.position_basis.partition(_WAS)
    was = ", ".join(text for text in (first or (now if now != basis else ""), title) if text)
    basis = f"{basis}{_WAS}{was}" if was else basis
    return basis if len(basis) <= _LONGEST_BASIS else basis[: _LONGEST_BASIS - 1] + "…"


def changed_site(site: Site, stamp: Stamp, fields: Mapping[str, Any]) -> tuple[Change, ...]:
    changed = {name for name, value in fields.items() if getattr(site, name) != value}
    if not changed:
        return ()
    status = fields.get("status")
    review: dict[str, Any] = {}
    if status == "reviewed" != site.status:
        review = review_of(stamp)
    elif status == "draft" or (status is None and site.status != "draft" and not UNJUDGED.issuperset(changed)):
        review = dict(DRAFT_AGAIN)
    is_measured = site.shape_json or MEASUREMENT in (site.mark_kind, fields.get("mark_kind"))
    follows = measured_fields(site, replace(site, **fields)) if is_measured or fields.get("shape_json") else {}
    return update("sites", site, stamp, **{**fields, **review, **follows})


def checked_geometry(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry as it is kept: in -180..180, or in one piece running on from there. Raises InvalidValue."""
    if geometry.geom_type not in _GEOMETRIES or geometry.is_empty:
        raise InvalidValue("A site needs a point, a line or a polygon.")
    left, bottom, right, top = shapely.bounds(geometry)
    if not all(math.isfinite(value) for value in (left, bottom, right, top)) or bottom < -90 or top > 90:
        raise InvalidValue("A site lies on the Earth: latitudes from -90 to 90, and finite longitudes.")
    return at_home(in_one_piece(geometry))


def _spans_the_earth(geometry: BaseGeometry) -> bool:
    """True for edges longer than half the Earth's circumference, along parallels: others take the short way."""
    return any(part.geom_type == "Polygon" and is_as_drawn(part) for part in shapely.get_parts(geometry))


def _check_fields(fields: Mapping[str, Any]) -> None:
    for name, words in _CHOICES.items():
        if name in fields:
            check_choice(fields[name], words, FIELD_WORDS[name])
    if not fields.get("class_code", "other"):
        raise InvalidValue("A site needs a class; “other” will do.")
    check_number(fields.get("position_error_m"), 0, math.inf, Phrase("position error in metres"))
    check_number(fields.get("stroke_width"), 0.1, 50, Phrase("outline width"))
    for name in ("observed_at", "valid_from", "valid_to", "lifecycle_as_of"):
        check_date(fields.get(name, ""), FIELD_WORDS[name])
    for name in ("stroke_color", "fill_color"):
        check_color(fields.get(name, ""), FIELD_WORDS[name])


def _check_validity(site: Site, fields: Mapping[str, Any]) -> None:
    """Raise InvalidValue where these fields make a site end before it begins."""
    if "valid_from" not in fields and "valid_to" not in fields:
        return
    begin, end = fields.get("valid_from", site.valid_from), fields.get("valid_to", site.valid_to)
    name = named_sites(site) if site.label else Phrase("site")
    check_order(
        begin,
        end,
        Phrase(
            "Valid to, {end}, is before Valid from, {begin}: the {name} would end before it begins.",
            end=end,
            begin=begin,
            name=name,
        ),
    )


def named_sites(*sites: Site) -> str:
    """One mark by its kind and name, several by their kinds and numbers."""
    if len(sites) == 1:
        noun = Phrase(sites[0].noun)
        return Phrase("{noun} “{label}”", noun=noun, label=sites[0].label) if sites[0].label else noun
    return counted_marks(sites)


def counted_marks(sites: Iterable[Site]) -> str:
    """Marks by their kinds: “2 sites”, “1 measurement”, “2 sites and 1 measurement”."""
    kinds = Counter(site.noun for site in sites)
    parts = [counted(kinds[kind], kind) for kind in MARK_KINDS if kinds[kind]]
    return all_of(filter(None, (joined(", ", parts[:-1]), *parts[-1:]))) or counted(0, "site")


def _words(fields: Iterable[str]) -> str:
    return field_words(fields, FIELD_WORDS) or Phrase("nothing")
