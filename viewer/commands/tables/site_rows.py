"""Makes sites of the rows of a table, with the claims and sources that they name, and says what did not fit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from shapely.geometry.base import BaseGeometry

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.mark_template import template_of_row
from layers.document.rows import ClaimSite, ClaimSource, Template
from layers.document.vocabulary import ROLES
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import around
from layers.phrase import Phrase
from layers.time.dates import is_partial
from layers.time.typed_dates import typed_date
from viewer.commands.feature_sites import (
    COLUMN_NAMES,
    LONGEST_CITATION,
    LONGEST_LABEL,
    LONGEST_NOTES,
    SOURCE_COLUMN_NAMES,
    SiteMapping,
    cited_sources,
    class_named,
    row_source,
    site_fields,
)
from viewer.commands.sites import add_sites, check_site
from viewer.commands.stamps import Stamp, insert, new_uuid, stamp_of

CLAIM_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "statement": ("statement", "claim", "утверждение", "论断"),
    "source_wording": ("source_wording", "wording", "claim_wording", "quote", "quotation", "цитата", "原文"),
    "made_by": ("made_by", "speaker", "said_by", "claimed_by", "by whom"),
    "made_at": ("made_at", "said_at", "claim_date", "claimed_at"),
}
"""The column names of each field of the claim that a row makes."""
TABLE_COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    **COLUMN_NAMES,
    **SOURCE_COLUMN_NAMES,
    "source_publisher": ("source_publisher", "publisher", "издатель", "出版者"),
    "source_author": ("source_author", "author", "автор", "作者"),
    "source_date": ("source_date", "published_at", "published", "publication_date"),
    "role": ("role",),
    "observed_at": ("observed_at", "observed", "date_observed", "when"),
    **CLAIM_COLUMN_NAMES,
}
"""The column names of each field of a site, its claim and its source, without regard to case."""
_DATES = ("observed_at", "made_at")
_WORDS_OF = {
    "class_code": Phrase("class"),
    "role": Phrase("role"),
    "observed_at": Phrase("date"),
    "made_at": Phrase("date"),
    "source_date": Phrase("date"),
}
"""Words for the values that a field takes."""
_LONGEST = {"label": LONGEST_LABEL, "notes": LONGEST_NOTES, "source": LONGEST_CITATION}
_MOST_NUMBERS = 8
"""Most rows that one sentence names."""


class TableSite(Struct, frozen=True):
    """A site of one row. `source` and `claim` are the fields of what the row cites and says, empty for nothing."""

    number: int
    """Number of the row as a person counts."""
    geometry: BaseGeometry
    fields: Mapping[str, Any]
    source: Mapping[str, str] = {}
    claim: Mapping[str, Any] = {}


class UnfitValues(Struct):
    """Values that do not fit their field, with the numbers of their rows, in the order of the file."""

    rows: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    cut: list[int] = field(default_factory=list)
    """Rows with a text that is longer than its field."""

    def add(self, name: str, text: str, number: int) -> None:
        self.rows.setdefault((name, text), []).append(number)

    def sentences(self) -> list[str]:
        """A sentence for each value, and one for all texts that are cut."""
        sentences: list[str] = [
            Phrase.counting(
                len(numbers),
                _numbers(numbers),
                "Row {count}: “{text}” is no {word}. It stands in the notes.",
                "Rows {count}: “{text}” is no {word}. It stands in the notes.",
                text=text[:60],
                word=_WORDS_OF[name],
            )
            for (name, text), numbers in self.rows.items()
        ]
        if self.cut:
            sentences.append(
                Phrase.counting(
                    len(self.cut),
                    _numbers(self.cut),
                    "Row {count}: a text is too long and is cut. It is whole in the file.",
                    "Rows {count}: texts are too long and are cut. They are whole in the file.",
                )
            )
        return sentences


class TableEdit(Struct, frozen=True):
    """The edit that adds the rows of a table, and counts of what it adds."""

    edit: Edit
    site_uuids: tuple[str, ...]
    sources: int
    """Number of sources that are new in the case."""
    claims: int


def own_classes(document: Document) -> dict[str, str]:
    """The codes of the classes that the case has of its own, by their names without regard to case."""
    rows = (row for row in document.table("templates").values() if isinstance(row, Template))
    templates = [template for row in rows if (template := template_of_row(row)) is not None]
    return {template.name.casefold(): template.code for template in templates if template.name}


def table_site(
    number: int,
    geometry: BaseGeometry,
    values: Mapping[str, Any],
    mapping: SiteMapping,
    basis: str,
    unfit: UnfitValues,
    own: Mapping[str, str],
) -> TableSite:
    """The site of a row. A value that does not fit its field goes to the notes, and to `unfit`.

    `basis` is what the position rests on where no column says it; `own` is of `own_classes`. Raises InvalidValue where
    the row makes no site.
    """

    def text(name: str) -> str:
        value = values.get(mapping.columns.get(name, ""))
        return "" if value is None else " ".join(str(value).split())

    fields = site_fields(values, mapping)
    left: list[str] = []

    def leave(name: str, value: str) -> None:
        unfit.add(name, value, number)
        if f"{mapping.columns[name]}: {value}" not in fields["notes"]:
            left.append(f"{mapping.columns[name]}: {value}")

    classed = text("class_code")
    if classed.casefold() in own:
        fields["class_code"] = own[classed.casefold()]
    elif classed and not class_named(classed):
        leave("class_code", classed)
    if text("role") in ROLES:
        fields["role"] = text("role")
    elif text("role"):
        leave("role", text("role"))
    dates = {name: _date(text(name)) for name in _DATES}
    for name, date in dates.items():
        if date is None:
            leave(name, text(name))
    if dates["observed_at"]:
        fields["observed_at"] = dates["observed_at"]
    source = row_source(values, mapping)
    if text("source_date") and not source.get("published_at"):
        leave("source_date", text("source_date"))
    claim = _claim_of(text, dates["made_at"] or "")
    if claim:
        fields.setdefault("role", "named in a claim")
    else:
        left += [f"{mapping.columns[name]}: {text(name)}" for name in ("made_by", "made_at") if text(name)]
    fields["position_basis"] = text("position_basis") or basis
    notes = "\n".join(filter(None, (fields["notes"], *left)))
    fields["notes"] = notes if len(notes) <= LONGEST_NOTES else notes[: LONGEST_NOTES - 1] + "…"
    if any(len(text(name)) > most for name, most in _LONGEST.items()):
        unfit.cut.append(number)
    fields = {name: value for name, value in fields.items() if value not in ("", ())}
    check_site(geometry, fields)
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    fields["props_json"] = json.dumps(kept, ensure_ascii=False, default=str)
    return TableSite(number, geometry, fields, source, claim)


def _claim_of(text: Any, made_at: str) -> dict[str, str]:
    """The claim that a row makes; empty without words. Without a statement the wording is one."""
    statement, wording = text("statement"), text("source_wording")
    if not (statement or wording):
        return {}
    claim = {"statement": statement or wording, "source_wording": wording, "made_by": text("made_by")}
    return {name: value for name, value in (claim | {"made_at": made_at}).items() if value}


def _date(text: str) -> str | None:
    """The date of a cell as exact as it is written, empty for none; None where it is no date, or could be two days."""
    plain = text.removesuffix("T00:00:00").removesuffix(" 00:00:00")
    try:
        iso = typed_date(plain)
    except InvalidValue:
        return None
    return iso if not iso or all(is_partial(part) for part in iso.split("/", 1)) else None


def _numbers(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_MOST_NUMBERS]))
    return f"{shown}, …" if len(numbers) > _MOST_NUMBERS else shown


def add_table(
    document: Document, sites: Sequence[TableSite], name: str, *, actor: str, now: str | None = None
) -> TableEdit:
    """One edit that adds the sites of rows with their sources and claims, equal ones once.

    `name` is the file's. Raises InvalidValue where a site cannot be added.
    """
    stamp = stamp_of(actor, now)
    now = stamp.now
    uuids, registered = cited_sources(document, [site.source for site in sites], name, actor=actor, now=now)
    rows = [
        (site.geometry, {**site.fields, "position_source_uuid": uuid} if uuid else site.fields)
        for site, uuid in zip(sites, uuids, strict=True)
    ]
    added = add_sites(document, rows, actor=actor, now=now)
    site_uuids = tuple(change.uuid for change in added.changes)
    claims = _claims(sites, site_uuids, uuids, stamp)
    edit = replace(added, changes=(*registered, *added.changes, *claims))
    made = sum(change.table == "claims" for change in claims)
    return TableEdit(edit, site_uuids, len(registered), made)


def _claims(
    sites: Sequence[TableSite], site_uuids: Sequence[str], source_uuids: Sequence[str], stamp: Stamp
) -> list[Change]:
    """Inserts of the claims, each with links to all its sites and to its source."""
    changes: list[Change] = []
    known: dict[tuple[tuple[str, str], ...], str] = {}
    for site, site_uuid, source_uuid in zip(sites, site_uuids, source_uuids, strict=True):
        if not site.claim:
            continue
        key = (*site.claim.items(), ("source", source_uuid))
        if key not in known:
            claim = Claim(uuid=new_uuid(), voice="speaker", state="reported", **site.claim)
            known[key] = claim.uuid
            changes.append(insert("claims", claim, stamp))
            if source_uuid:
                cited = ClaimSource(uuid=new_uuid(), claim_uuid=claim.uuid, source_uuid=source_uuid)
                changes.append(insert("claim_sources", cited, stamp))
        link = ClaimSite(uuid=new_uuid(), claim_uuid=known[key], site_uuid=site_uuid)
        changes.append(insert("claim_sites", link, stamp))
    return changes


def bounds_of(sites: Sequence[TableSite]) -> Bounds | None:
    """Degrees around sites; None for none."""
    return around(Bounds(*site.geometry.bounds) for site in sites)
