"""Edits of searches of an area on an image or in a catalogue, with the part of it that could be assessed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.json_fields import json_object
from layers.document.search import Search
from layers.document.vocabulary import SEARCH_KINDS
from layers.errors import InvalidValue
from layers.observing.search_words import too_coarse
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_date, check_number, field_words, row_of
from viewer.commands.filing.evidence import without_evidence
from viewer.commands.sites import comments_on, delete_sites
from viewer.commands.stamps import delete, edit_with_drafts, insert, new_uuid, stamp_of, update

_RESULTS = {"image": ("found", "none seen", "not assessable"), "catalogue": ("found", "none listed")}
_ROUNDING = 1e-6
_MADE_FOR_KEY = "made_for_search"
"""Key of a site's `props_json` for the search with which it was made."""


def record_search(
    document: Document,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    observer: str = "",
    **fields: Any,
) -> Edit:
    """Record a search by an observer (by default the actor); its row is ``edit.changes[0].after``.

    Raises InvalidValue where it claims more than was looked at: "none seen" needs the size that would have been seen,
    and the part of the area that could be assessed.
    """
    stamp = stamp_of(actor, now)
    search = Search(uuid=uuid or new_uuid(), observer=observer or actor, **{"at": stamp.now, **fields})
    _check(document, search)
    return Edit(Phrase("Record search"), (insert("searches", search, stamp),))


def update_search(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change fields of a search. Raises InvalidValue."""
    search = row_of(document.searches, uuid, Phrase("search"))
    stamp = stamp_of(actor, now)
    changes = update("searches", search, stamp, **fields)
    for change in changes:
        _check(document, change.row)
    label = Phrase("Change {words} of search", words=field_words(fields, {}))
    return edit_with_drafts(document, label, changes, stamp)


def delete_searches(document: Document, uuids: Iterable[str], *, actor: str = "", now: str | None = None) -> Edit:
    """Delete searches with the comments on them; claims no longer rest on them.

    An area that was made with a search goes with the last one, unless something else stands on it.
    """
    searches = [row_of(document.searches, uuid, Phrase("search")) for uuid in dict.fromkeys(uuids)]
    gone = {search.uuid for search in searches}
    areas = {search.area_uuid: search for search in searches if _is_of_searches(document, search.area_uuid)}
    areas = {uuid: search for uuid, search in areas.items() if not stands_on(document, uuid, but=gone)}
    with_area = {search.uuid for search in searches if search.area_uuid in areas}
    gone -= with_area
    changes = [
        *(delete_sites(document, areas, actor=actor).changes if areas else ()),
        *without_evidence(document, gone),
        *(delete("comments", remark) for remark in comments_on(document, gone)),
        *(delete("searches", search) for search in searches if search.uuid in gone),
    ]
    return edit_with_drafts(
        document,
        Phrase("Delete search")
        if len(searches) == 1
        else Phrase("Delete {searches}", searches=counted(len(searches), "search", "searches")),
        changes,
        stamp_of(actor, now),
    )


def made_for(search: str) -> str:
    """`props_json` of an area that is made with the search of this uuid."""
    return json.dumps({_MADE_FOR_KEY: search})


def _is_of_searches(document: Document, uuid: str) -> bool:
    """True for an area that was made with a search, in one step, and got no words since."""
    site = document.sites.get(uuid)
    if site is None or site.mark_kind != "search area" or site.label or site.notes:
        return False
    try:
        return bool(site.props_json) and bool(json_object(site.props_json, Phrase("mark")).get(_MADE_FOR_KEY))
    except InvalidValue:
        return False


def stands_on(document: Document, uuid: str, but: Collection[str] = ()) -> bool:
    """True where rows of the case stand on a mark: claims, evidence, observations, chips, searches, comments, parts or
    a watch. `but` are the uuids of searches that do not count.
    """
    links = document.links
    return bool(
        links.site_to_claims(uuid)
        or links.evidence_to_claims(uuid)
        or links.observations_of_site(uuid)
        or links.watches_of_site(uuid)
        or comments_on(document, {uuid})
        or any(chip.site_uuid == uuid for chip in document.chips.values())
        or any(site.parent_uuid == uuid for site in document.sites.values())
        or any(row.area_uuid == uuid and row.uuid not in but for row in document.searches.values())
    )


def _check(document: Document, search: Any) -> None:
    assert isinstance(search, Search)
    check_choice(search.kind, SEARCH_KINDS, Phrase("kind of search"))
    check_choice(
        search.result, ("", *_RESULTS[search.kind]), Phrase("result of a search of the kind {kind}", kind=search.kind)
    )
    if search.area_uuid and row_of(document.sites, search.area_uuid, Phrase("search area")).mark_kind != "search area":
        raise InvalidValue("A search is of a search area: choose one, or draw it first.")
    if search.image_uuid:
        row_of(document.images, search.image_uuid, Phrase("image"))
    check_date(search.at, Phrase("date of the search"))
    _check_numbers(search)


def _check_numbers(search: Search) -> None:
    check_number(search.target_size_m, 0, 2.1e7, Phrase("size of the target in metres"))
    check_number(search.gsd_m, 0, 1e6, Phrase("ground size of a pixel in metres"))
    shares = (search.assessed_pct, search.obscured_pct, search.not_searched_pct)
    for share in shares:
        check_number(share, 0, 100, Phrase("share of the area in per cent"))
    if sum(share or 0 for share in shares) > 100 + _ROUNDING:
        raise InvalidValue("The assessed, the obscured and the not searched share of the area are more than all of it.")
    if search.result == "none seen" and (search.target_size_m is None or search.assessed_pct is None):
        raise InvalidValue("“None seen” needs the size that would have been seen, and the share that was assessed.")
    coarse = too_coarse(search.target_size_m, search.gsd_m) if search.result == "none seen" else None
    if coarse is not None:
        raise InvalidValue(coarse)
