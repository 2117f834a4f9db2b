"""The edit that takes one recorded change back and leaves all others: what was changed again since is refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.edit import ONLY_INSERTED, TABLES, Change, Edit, Table
from layers.document.rows import Comment, Row, Template
from layers.document.site import Site
from layers.document.vocabulary import REVIEWED, SITE_CLASSES, UNJUDGED
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.history.recorded_change import GEOMETRY, RecordedChange, ToldValue, stored_fields
from layers.project.storage.geometry_blobs import blob
from layers.project.storage.tables import BY_NAME, TableSpec, told_value
from layers.text.counted import counted
from viewer.commands.claims import delete_claims
from viewer.commands.fields import field_words
from viewer.commands.filing.custody import remove_copies
from viewer.commands.filing.templates import delete_templates
from viewer.commands.imagery.chips import delete_chips
from viewer.commands.imagery.images import delete_images
from viewer.commands.imagery.observations import delete_observations
from viewer.commands.imagery.searches import delete_searches
from viewer.commands.layers import remove_layers
from viewer.commands.products import delete_products
from viewer.commands.responses import delete_responses
from viewer.commands.reviewing.column_words import COLUMN_WORDS
from viewer.commands.sites import delete_sites
from viewer.commands.sources import delete_sources
from viewer.commands.stamps import DRAFT_AGAIN, Stamp, delete, drafts_after, stamp_of, update

_DELETES: Mapping[Table, Callable[..., Edit]] = {
    "layers": remove_layers,
    "images": delete_images,
    "chips": delete_chips,
    "products": delete_products,
    "observations": delete_observations,
    "searches": delete_searches,
    "source_files": remove_copies,
    "templates": delete_templates,
    "sites": delete_sites,
    "claims": delete_claims,
    "sources": delete_sources,
    "responses": delete_responses,
}
_LINKS = frozenset[Table](
    {"claim_sites", "claim_sources", "claim_evidence", "response_claims", "bookmarks", "comparisons", "filters"}
)
"""Tables whose rows nothing depends on."""
_LOOKS: Mapping[Table, frozenset[str]] = {
    "layers": frozenset({"order_key", "visible", "opacity", "blend", "style_json"}),
    "bookmarks": frozenset({"order_key"}),
    "comparisons": frozenset({"order_key"}),
    "templates": frozenset({"order_key"}),
}
"""Columns that say how a row is shown: who changed them has not changed what was added."""
_ENDS: Mapping[str, Table] = {
    "claim_uuid": "claims",
    "site_uuid": "sites",
    "source_uuid": "sources",
    "response_uuid": "responses",
}
"""Columns of links, with the tables of the rows that they need."""


_BESIDE = frozenset[Table]({"comments", "custody", "seen", "watch", "product_rows"})
"""Tables whose rows tell of others, and stay or go with them as these are deleted."""
_NAMES: Mapping[Table, tuple[str, ...]] = {
    spec.table: tuple(column.field for column in spec.plain_columns if column.name.endswith("_uuid"))
    for spec in BY_NAME.values()
    if spec.table not in _BESIDE
}
"""Fields by which rows name others."""
_NOUNS: Mapping[Table, tuple[str, str]] = {
    "sites": ("site", "sites"),
    "claims": ("claim", "claims"),
    "sources": ("source", "sources"),
    "observations": ("observation", "observations"),
    "searches": ("search", "searches"),
    "images": ("image", "images"),
    "chips": ("chip", "chips"),
    "responses": ("response", "responses"),
}


class PastChange(Struct, frozen=True):
    """A recorded change with its geometries, which a list of changes leaves out."""

    change: RecordedChange
    old: BaseGeometry | None = None
    new: BaseGeometry | None = None


def take_back(
    document: Document,
    past: PastChange,
    step: Sequence[PastChange],
    *,
    lost: Collection[str] = (),
    actor: str,
    now: str | None = None,
) -> Edit:
    """Take a change back, as one step; with a deletion all comes back that went in the same `step`.

    `lost`: uuids of rows whose bytes the case no longer has. Raises InvalidValue where a later change stands on it.
    """
    change, stamp = past.change, stamp_of(actor, now)
    spec = change.spec
    if spec is None or spec.table in ONLY_INSERTED or change.kind == "baseline":
        raise InvalidValue("This change cannot be taken back: it is how the history of the row begins.")
    changes: Sequence[Change]
    if change.kind == "update":
        changes = _fields_back(document, spec, past, stamp)
    elif change.kind == "insert":
        changes = _not_added(document, spec, past, {item.change.row_uuid for item in step}, actor, stamp.now)
    else:
        changes = _undeleted(document, spec, past, step, stamp, lost)
    changes = (*changes, *drafts_after(document, changes, stamp))
    reason = Phrase("Takes back the change of {at}", at=change.at)
    return Edit(Phrase("Take back a change of {at}", at=change.at[:10]), tuple(changes), reason=reason)


def _fields_back(document: Document, spec: TableSpec, past: PastChange, stamp: Stamp) -> tuple[Change, ...]:
    """The change of the row's fields back to what they were, where they still are as the change left them."""
    row = document.table(spec.table).get(past.change.row_uuid)
    if row is None:
        raise InvalidValue("The row was deleted later: take its deletion back first.")
    names = {column.name: column.field for column in spec.plain_columns}
    ours = [item for item in past.change.fields if item.column in names]
    again = [names[item.column] for item in ours if told_value(getattr(row, names[item.column])) != item.after]
    fields = stored_fields(spec, {item.column: item.before for item in ours})
    if past.change.has_geometry and isinstance(row, Site):
        if past.old is None or past.new is None:
            raise InvalidValue("The history does not hold the former geometry of this mark.")
        fields["geometry"] = past.old
        again += ["geometry"] if blob(row.geometry) != blob(past.new) else []
    if again:
        words = field_words(again, COLUMN_WORDS[spec.table])
        raise InvalidValue(
            "A later change stands on this one: {words} was changed again. Take the later change back first.",
            words=words,
        )
    _check_named(document, fields)
    if not fields:
        raise InvalidValue("This change has nothing in it that could be taken back.")
    return update(spec.table, row, stamp, **fields, **_draft_again(row, fields))


def _draft_again(row: Row, fields: Collection[str]) -> dict[str, Any]:
    """The fields that make a reviewed row a draft again, unless its review is what changes, or nothing judged does."""
    is_reviewed = getattr(row, "status", "") in REVIEWED
    unjudged = UNJUDGED if isinstance(row, Site) else frozenset[str]()
    if not is_reviewed or "status" in fields or unjudged.issuperset(fields):
        return {}
    return dict(DRAFT_AGAIN)


def _not_added(
    document: Document, spec: TableSpec, past: PastChange, step: Collection[str], actor: str, now: str
) -> tuple[Change, ...]:
    """The deletion of a row that the change added, where nothing was added to it since."""
    row = document.table(spec.table).get(past.change.row_uuid)
    if row is None:
        raise InvalidValue("The row is no longer in the case: there is nothing to take back.")
    names = {column.name: column.field for column in spec.plain_columns}
    added = {item.column: item.after for item in past.change.fields}
    looks = _LOOKS.get(spec.table, frozenset())
    kept = [name for name in names if _is_own(name) and name not in looks]
    if any(told_value(getattr(row, names[name])) != added.get(name) for name in kept):
        raise InvalidValue(
            "A later change stands on this one: the row was changed since it was added. Delete it instead."
        )
    if spec.table == "comments":
        return _comment_not_added(document, row)
    if spec.table not in _DELETES and spec.table not in _LINKS:
        raise InvalidValue("Delete it where it is listed: what was added with it is said there.")
    remarks = {remark.uuid for remark in document.links.comments_on(row.uuid)}
    gone: Sequence[Change] = (delete(spec.table, row),)
    if spec.table in _DELETES:
        gone = _DELETES[spec.table](document, (row.uuid,), actor=actor, now=now).changes
    _check_unnamed(document, row, {change.uuid for change in gone if change.after is None or change.uuid in step})
    if not remarks | {change.uuid for change in gone} <= set(step):
        raise InvalidValue("Other rows were added to this one later. Delete it where it is listed, to let them go too.")
    return tuple(gone)


def _check_unnamed(document: Document, row: Row, gone: Collection[str]) -> None:
    """Raise InvalidValue where rows that stay name this one: they would be left with a name of nothing."""
    if isinstance(row, Template) and row.class_code not in SITE_CLASSES:
        sites = sum(site.class_code == row.class_code for site in document.sites.values())
        if sites:
            raise InvalidValue(
                "This class is in use by {sites}: choose another class there first.",
                sites=counted(sites, "site", "sites"),
            )
    for table, fields in _NAMES.items():
        others = document.table(table).values() if fields else ()
        using = sum(
            any(getattr(other, field) == row.uuid for field in fields) and other.uuid not in gone for other in others
        )
        if using:
            raise InvalidValue(
                "It is in use by {rows}: choose another there first.",
                rows=counted(using, *_NOUNS.get(table, ("other row", "other rows"))),
            )


def _check_named(document: Document, fields: Mapping[str, Any]) -> None:
    """Raise InvalidValue where a value to come back names a row that has left the case since."""
    named = {str(value) for field, value in fields.items() if field.endswith("_uuid") and value}
    if any(not any(uuid in document.table(table) for table in TABLES) for uuid in named):
        raise InvalidValue("What it named is no longer in the case: take that deletion back first.")


def _comment_not_added(document: Document, comment: Row) -> tuple[Change, ...]:
    """The deletion of a comment that nobody has answered."""
    target = comment.target_uuid if isinstance(comment, Comment) else ""
    if any(answer.parent_uuid == comment.uuid for answer in document.links.comments_on(target)):
        raise InvalidValue("The comment was answered since: resolve it instead.")
    return (delete("comments", comment),)


def _is_own(column: str) -> bool:
    return column not in ("rev", "modified_at", "modified_by")


def _undeleted(
    document: Document,
    spec: TableSpec,
    past: PastChange,
    step: Sequence[PastChange],
    stamp: Stamp,
    lost: Collection[str],
) -> list[Change]:
    """The return of a deleted row, with all that went with it, and of the fields that went empty with it."""
    if past.change.row_uuid in document.table(spec.table):
        raise InvalidValue("The row is in the case again: there is nothing to take back.")
    if past.change.row_uuid in lost:
        raise InvalidValue("Its bytes left the case when it was saved: look for them in a backup of that day.")
    if spec.geometry_type and past.old is None:
        raise InvalidValue("The history does not hold the former geometry of this mark.")
    gone = [item for item in step if item.change.kind == "delete" and item.change.row_uuid not in lost]
    back = [change for item in gone if (change := _returned(document, item, stamp)) is not None]
    there = {change.uuid for change in back}
    kept = [change for change in back if _has_ends(document, change.row, there)]
    if past.change.row_uuid not in {change.uuid for change in kept}:
        raise InvalidValue("What it belongs to is no longer in the case: take that deletion back first.")
    for item in step:
        if item.change.kind == "update" and item.change.spec is not None:
            kept += _if_it_stands(document, item.change.spec, item, stamp)
    return kept


def _returned(document: Document, item: PastChange, stamp: Stamp) -> Change | None:
    """The return of one deleted row; None where it is there, or cannot be made again."""
    spec, change = item.change.spec, item.change
    if spec is None or change.row_uuid in document.table(spec.table) or (spec.geometry_type and item.old is None):
        return None
    values: dict[str, ToldValue] = {**change.values, spec.uuid_column: change.row_uuid}
    values.pop(GEOMETRY, None)
    fields = stored_fields(spec, values)
    if spec.geometry_type:
        fields["geometry"] = item.old
    try:
        row = spec.row_type(**fields)
    except TypeError:  # a history of others, which lacks what the row needs
        return None
    stamps = {"modified_at": stamp.now, "modified_by": stamp.actor, "rev": max(change.rev_before, 0) + 1}
    return Change(spec.table, None, replace(row, **stamps))


def _has_ends(document: Document, row: Row, returning: Collection[str]) -> bool:
    """True for a row whose ends are in the case, or come back with it."""
    ends = ((str(getattr(row, name, "") or ""), table) for name, table in _ENDS.items())
    return all(not uuid or uuid in document.table(table) or uuid in returning for uuid, table in ends)


def _if_it_stands(document: Document, spec: TableSpec, item: PastChange, stamp: Stamp) -> tuple[Change, ...]:
    try:
        return _fields_back(document, spec, item, stamp)
    except InvalidValue:  # it was changed again since, and stays as it is
        return ()
