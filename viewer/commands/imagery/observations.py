"""Edits of observations: one row for what one observer saw of a site on an image."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.observation import Observation, is_after, seen_dates, target_key
from layers.document.vocabulary import CHANGES, PRESENCES, VIEW_QUALITIES, WHYS
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_number, column_word, field_words, row_of
from viewer.commands.filing.evidence import without_evidence
from viewer.commands.sites import comments_on, update_site
from viewer.commands.stamps import delete, edit_with_drafts, insert, new_uuid, stamp_of, update

_NEVER_STORED = ("gone", "built")
_DATES = ("observed_at", "valid_from", "valid_to")


def record_observation(
    document: Document,
    site_uuid: str,
    image_uuid: str,
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    observer: str | None = None,
    **fields: Any,
) -> Edit:
    """Record what an observer (None: the actor) saw of a site on an image. Raises InvalidValue.

    There is one row for each site, image key, observer and target: a second look for the same thing on the same image
    changes that row. Without `target` among the fields, as in `observation_of`. The dates of the site follow from its
    observations.
    """
    row_of(document.sites, site_uuid, Phrase("site"))
    row_of(document.images, image_uuid, Phrase("image"))
    observer = actor if observer is None else observer
    stamp = stamp_of(actor, now)
    there = observation_of(document, site_uuid, image_uuid, observer, fields.get("target"))
    changes: tuple[Change, ...]
    if there is None:
        row = Observation(
            uuid=uuid or new_uuid(), site_uuid=site_uuid, image_uuid=image_uuid, observer=observer, **fields
        )
        _check(document, row)
        changes = (insert("observations", row, stamp),)
    else:
        changes = update("observations", there, stamp, **fields)
        for change in changes:
            _check(document, change.row)
    return edit_with_drafts(
        document,
        Phrase("Record {named}", named=_named(document, site_uuid)),
        (*changes, *_dates_after(document, changes, actor, now)),
        stamp,
    )


def update_observation(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change an observation; its site, image and observer stay. Raises InvalidValue."""
    row = row_of(document.observations, uuid, Phrase("observation"))
    if fields.keys() & {"site_uuid", "image_uuid", "observer"}:
        raise InvalidValue("An observation stays with its site, its image and its observer: record another one.")
    stamp = stamp_of(actor, now)
    changes = update("observations", row, stamp, **fields)
    for change in changes:
        _check(document, change.row)
    words = field_words(fields, {})
    label = Phrase("Change {words} of {named}", words=words, named=_named(document, row.site_uuid))
    return edit_with_drafts(document, label, (*changes, *_dates_after(document, changes, actor, now)), stamp)


def delete_observations(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete observations with the comments on them; claims no longer rest on them."""
    rows = [row_of(document.observations, uuid, Phrase("observation")) for uuid in dict.fromkeys(uuids)]
    gone = {row.uuid for row in rows}
    removed = tuple(delete("observations", row) for row in rows)
    changes = [
        *without_evidence(document, gone),
        *(delete("comments", remark) for remark in comments_on(document, gone)),
        *removed,
        *_dates_after(document, removed, actor, now),
    ]
    label = (
        Phrase("Delete {named}", named=_named(document, rows[0].site_uuid))
        if len(rows) == 1
        else Phrase("Delete {observations}", observations=counted(len(rows), "observation"))
    )
    return edit_with_drafts(document, label, changes, stamp_of(actor, now))


def observation_of(
    document: Document, site_uuid: str, image_uuid: str, observer: str, target: str | None = None
) -> Observation | None:
    """The observation of a site by an observer on an image, also under another row of the same image key.

    `target` is what was looked for; None: the row that says nothing of it, else the first of any.
    """
    key = _key(document, image_uuid)
    rows = [
        row
        for row in document.links.observations_of_site(site_uuid)
        if row.observer == observer and _key(document, row.image_uuid) == key
    ]
    exact = (row for row in rows if target_key(row.target) == target_key(target or ""))
    return next(exact, rows[0] if rows and target is None else None)


def _key(document: Document, image_uuid: str) -> str:
    image = document.images.get(image_uuid)
    return image.image_key if image is not None else image_uuid


def dates_after_images(
    document: Document, images: Mapping[str, Image], *, actor: str, now: str | None = None
) -> list[Change]:
    """Changes of sites' dates that follow from these changed images, where observations give the dates."""
    rows = [row for uuid in images for row in document.links.observations_on_image(uuid)]
    sites = dict.fromkeys(row.site_uuid for row in rows)
    return _dates_of(document, sites, document.observations, dict(document.images) | dict(images), actor, now)


def _dates_after(document: Document, changes: Iterable[Change], actor: str, now: str | None) -> list[Change]:
    """Changes of sites' dates after changed observations; dates that these do not give stay."""
    rows = dict(document.observations)
    touched: dict[str, None] = {}
    for change in changes:
        assert isinstance(change.row, Observation)
        touched[change.row.site_uuid] = None
        if change.after is None:
            rows.pop(change.uuid)
        else:
            rows[change.uuid] = change.row
    return _dates_of(document, touched, rows, document.images, actor, now)


def _dates_of(
    document: Document,
    sites: Iterable[str],
    rows: Mapping[str, Observation],
    images: Mapping[str, Image],
    actor: str,
    now: str | None,
) -> list[Change]:
    """Changes of the dates of these sites, from those of earlier observations to those of `rows` and `images`."""
    changes: list[Change] = []
    for site_uuid in sites:
        site = document.sites.get(site_uuid)
        if site is None:
            continue
        before = seen_dates(document.links.observations_of_site(site_uuid), document.images)
        after = seen_dates((row for row in rows.values() if row.site_uuid == site_uuid), images)
        dates = tuple(getattr(site, name) for name in _DATES)
        if after.observed_at or (before.observed_at and dates == before):
            changes += update_site(
                document, site_uuid, actor=actor, now=now, **dict(zip(_DATES, after, strict=True))
            ).changes
    return changes


def _check(document: Document, row: Any) -> None:
    """Raise InvalidValue where an observation claims more than one look at one image can show."""
    assert isinstance(row, Observation)
    _check_words(row)
    if row.presence == "absent" and (row.view_quality != "clear" or row.why):
        raise InvalidValue("“Absent” needs a clear view and enough resolution: say so, or choose “cannot tell”.")
    if row.presence == "cannot tell" and not (row.why or row.words.strip()):
        raise InvalidValue("Say why it cannot be told: {whys}; or say it in words.", whys=", ".join(WHYS))
    if row.chip_uuid:
        row_of(document.chips, row.chip_uuid, Phrase("image chip"))
    _check_change(row, document.images)


def _check_words(row: Observation) -> None:
    for name, words in (("presence", PRESENCES), ("change", CHANGES), ("view_quality", VIEW_QUALITIES), ("why", WHYS)):
        check_choice(getattr(row, name), ("", *words), column_word(name))
    if row.change_kind.strip().lower() in _NEVER_STORED:
        raise InvalidValue(
            "“{change_kind}” is a judgement, not seen on an image: record present or absent, and make it a claim.",
            change_kind=row.change_kind,
        )
    for number in (row.count_low, row.count_high):
        check_number(number, 0, 2**31 - 1, Phrase("count"))
    if row.count_low is not None and row.count_high is not None and row.count_low > row.count_high:
        raise InvalidValue(
            "The lowest count ({count_low}) is above the highest ({count_high}).",
            count_low=row.count_low,
            count_high=row.count_high,
        )


def _check_change(row: Observation, images: Mapping[str, Image]) -> None:
    if row.change == "first look" and row.compared_to_uuid:
        raise InvalidValue("A first look is compared to no image: choose another word for the change.")
    if not row.compared_to_uuid:
        if row.change in ("none seen", "changed"):
            raise InvalidValue("A change is always against a named earlier image: choose the one that you compared.")
        return
    earlier, image = row_of(images, row.compared_to_uuid, Phrase("image")), images.get(row.image_uuid)
    is_same = image is not None and earlier.image_key == image.image_key
    if is_same or (image is not None and is_after(earlier.acquired_at, image.acquired_at)):
        raise InvalidValue("A change is against an earlier image, and that one is not: choose another.")


def _named(document: Document, site_uuid: str) -> str:
    site = document.sites.get(site_uuid)
    return Phrase("observation of “{label}”", label=site.label) if site is not None and site.label else "observation"
