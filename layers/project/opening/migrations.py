"""Forward migrations: a case of an older schema is read as one of this schema; its file stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.json_fields import json_object
from layers.errors import CaseDamaged, InvalidValue
from layers.phrase import Phrase
from layers.project.storage.schema import SCHEMA_VERSION

REPAIRS = "Geoloupe, when the case was opened"
"""Actor of changes without which a case could not be opened."""

type Migration = Callable[[Document], Edit]
"""Makes the edit that turns a document of one version into one of the next."""

_KINDS_OF_SHAPES = {
    "search_area": "search area",
    "measurement": "measurement",
    "range_ring": "annotation",
    "arrow": "annotation",
    "text": "annotation",
}
"""Kinds of marks by their shapes; marks of all other shapes are sites."""


def _to_2(document: Document) -> Edit:
    """State the kind of marks whose shape is not that of a site."""
    return Edit("Bring the case to schema 2", tuple(_changes_to_2(document)), "the case was of schema 1")


def _changes_to_2(document: Document) -> Iterator[Change]:
    for site in document.sites.values():
        kind = _KINDS_OF_SHAPES.get(_shape(site.shape_json), "")
        if kind:
            yield Change("sites", site, replace(site, mark_kind=kind))


def _shape(text: str) -> str:
    try:
        return str(json_object(text, Phrase("The shape")).get("kind", "")) if text else ""
    except InvalidValue:
        return ""


def _to_3(document: Document) -> Edit:
    """State that issued products are issued; all others are drafts, as in a new row."""
    issued = (product for product in document.products.values() if product.issued_at)
    changes = tuple(Change("products", product, replace(product, state="issued")) for product in issued)
    return Edit("Bring the case to schema 3", changes, "the case was of schema 2")


STEPS: Mapping[int, Migration] = {1: _to_2, 2: _to_3}
"""Migrations by the version that they start from. Without one, new tables are empty, new columns as in a new row."""


def migrate(document: Document, version: int, name: str) -> tuple[Edit, ...]:
    """Bring a document of `version` to ours; the edits that were applied, in their order.

    Raises CaseDamaged where a step fails; nothing but the document in memory was touched then.
    """
    done = []
    for number in range(version, SCHEMA_VERSION):
        step = STEPS.get(number)
        if step is None:
            continue
        try:
            edit = step(document)
            document.apply(edit)
        except Exception as error:  # whatever an old case holds: it is not opened half
            raise CaseDamaged(
                "“{name}” is of an older version and could not be brought to this one ({error}). The file is as it "
                "was: open it with the version that wrote it.",
                name=name,
                error=error,
            ) from error
        done.append(edit)
    return tuple(done)
