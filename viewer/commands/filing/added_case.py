"""Adds the layers and the evidence of another case to this one: rows that are here already stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit, Table
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.mark_template import MOST_TEMPLATES
from layers.document.observation import Observation
from layers.document.rows import Comment, Custody, Row, Template
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import SourceFile
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from layers.phrase import Phrase
from viewer.commands.claims import likelihood_row_in_use
from viewer.commands.filing.custody import event
from viewer.commands.stamps import stamp_of

EVIDENCE: tuple[Table, ...] = (
    "images",
    "sources",
    "source_files",
    "sites",
    "claims",
    "claim_sites",
    "claim_sources",
    "responses",
    "response_claims",
    "chips",
    "observations",
    "searches",
    "claim_evidence",
)
"""Tables whose rows come with the sites, each after those that it refers to."""
STAYS: tuple[Table, ...] = ("products", "bookmarks", "comparisons", "filters", "watch")
"""Tables whose rows stay in the other case: they are about that case as a whole."""
_ONTO_LAYERS: tuple[Table, ...] = ("sites", "images")


class CaseChoice(Struct, frozen=True):
    """The parts of a case that are added."""

    layers: frozenset[str]
    """The uuids of its layers."""
    sites: bool = True


class AddedCase(Struct, frozen=True):
    """The edit that adds parts of a case, and what it adds."""

    edit: Edit
    site_uuids: tuple[str, ...]
    carried: tuple[tuple[Table, Chip | SourceFile], ...]
    """Rows whose bytes have to be carried over."""
    bounds: Bounds | None
    here: int
    """Number of rows that are in this case already."""


def add_case(
    document: Document, other: Document, name: str, choice: CaseChoice, *, actor: str, now: str | None = None
) -> AddedCase:
    """One edit that adds the chosen layers, and the sites with all that is said and kept about them.

    Rows keep their uuids and stamps, so that a later merge knows them again. A row that is here already stays as it
    is here. `name` is the other file's. Raises InvalidValue where nothing is new.
    """
    here = 0
    changes: list[Change] = list(_layers(document, other, choice))
    layers = {*document.layers, *(change.uuid for change in changes)}
    here += len(choice.layers) - len(changes)
    if choice.sites:
        same = _same_images(document, other)
        changes += _templates(document, other)
        for table in EVIDENCE:
            for uuid, row in other.table(table).items():
                if uuid in document.table(table) or uuid in same:
                    here += 1
                else:
                    changes.append(Change(table, None, _fitted(table, row, same, layers)))
        changes += _about(document, other, changes)
    added = {change.uuid for change in changes}
    carried = tuple((change.table, kept) for change in changes if isinstance(kept := change.after, Chip | SourceFile))
    stamp = stamp_of(actor, now)
    changes += [event(table, kept, "merged", stamp, note=f"from {name}") for table, kept in carried]
    if not changes:
        raise InvalidValue("All of {name} that is chosen is in this case already.", name=name)
    sites = [change.after for change in changes if isinstance(change.after, Site)]
    edit = Edit(Phrase("Add “{name}”", name=name), tuple(changes))
    boxes = [Bounds(*site.geometry.bounds) for site in sites]
    return AddedCase(edit, tuple(site.uuid for site in sites if site.uuid in added), carried, around(boxes), here)


def mixes_terms(document: Document, other: Document) -> bool:
    """True where the judgements of the two cases use terms of both rows of ICD 203, which no product mixes."""
    rows = {likelihood_row_in_use(document), likelihood_row_in_use(other)} - {None}
    return len(rows) > 1


def _layers(document: Document, other: Document, choice: CaseChoice) -> list[Change]:
    """Inserts of the chosen layers, above those that are here, in their order."""
    top = max((layer.order_key for layer in document.layers.values()), default=0.0)
    new = [layer for layer in other.layers_in_order() if layer.uuid in choice.layers - document.layers.keys()]
    rows: list[Layer] = [replace(layer, order_key=top + at) for at, layer in enumerate(new, start=1)]
    return [Change("layers", None, row) for row in rows]


def _same_images(document: Document, other: Document) -> dict[str, str]:
    """The uuid here of each image there that is the same one under another uuid."""
    same = dict[str, str]()
    for uuid, image in other.images.items():
        known = document.links.image_of_key(image.image_key)
        if known is not None and known.uuid != uuid:
            same[uuid] = known.uuid
    return same


def _fitted(table: Table, row: Row, same: Mapping[str, str], layers: Collection[str]) -> Row:
    """The row with the images of this case, and without a layer that does not come."""
    wrong: dict[str, Any] = {}
    if isinstance(row, Site | Chip | Observation | Search) and row.image_uuid in same:
        wrong["image_uuid"] = same[row.image_uuid]
    if isinstance(row, Observation) and row.compared_to_uuid in same:
        wrong["compared_to_uuid"] = same[row.compared_to_uuid]
    if table in _ONTO_LAYERS and isinstance(row, Site | Image) and row.layer_uuid and row.layer_uuid not in layers:
        wrong["layer_uuid"] = ""
    return replace(row, **wrong) if wrong else row


def _templates(document: Document, other: Document) -> list[Change]:
    """Inserts of templates of classes that this case has not changed; a key that is taken here is left out."""
    mine = [row for row in document.table("templates").values() if isinstance(row, Template)]
    codes, keys = {row.class_code for row in mine}, {row.hot_key for row in mine}
    theirs = (row for row in other.table("templates").values() if isinstance(row, Template))
    new: list[Template] = [
        replace(row, hot_key="") if row.hot_key in keys else row for row in theirs if row.class_code not in codes
    ]
    return [Change("templates", None, row) for row in new[: MOST_TEMPLATES - len(mine)]]


def _about(document: Document, other: Document, changes: Collection[Change]) -> list[Change]:
    """Inserts of comments on the rows that come, and of the custody of their bytes."""
    added = {change.uuid for change in changes}
    about: list[Change] = []
    for comment in other.table("comments").values():
        known = comment.uuid in document.table("comments")
        if isinstance(comment, Comment) and comment.target_uuid in added and not known:
            about.append(Change("comments", None, comment))
    for custody in other.table("custody").values():
        known = custody.uuid in document.table("custody")
        if isinstance(custody, Custody) and custody.row_uuid in added and not known:
            about.append(Change("custody", None, custody))
    return about
