"""Makes sites of the rows of a table, with the claims and sources that they name, and says what did not fit."""

from __future__ import annotations

import json
import math
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
from layers.time.cell_times import cell_time
from layers.time.dates import is_partial
from layers.time.typed_dates import figures_order, ordered_date, typed_date
from viewer.commands.fields import check_number
from viewer.commands.sites import add_sites, check_site
from viewer.commands.stamps import Stamp, insert, new_uuid, stamp_of
from viewer.commands.tables.feature_sites import (
    LONGEST_LABEL,
    LONGEST_NOTES,
    cited_sources,
    class_named,
    metres_of,
    site_fields,
)
from viewer.commands.tables.field_columns import SiteMapping
from viewer.commands.tables.row_sources import LONGEST_CITATION, row_source

_DATES = ("observed_at", "made_at")
_WORDS_OF = {
    "class_code": Phrase("class"),
    "role": Phrase("role"),
    "observed_at": Phrase("date"),
    "made_at": Phrase("date"),
    "source_date": Phrase("date"),
    "position_error_m": Phrase("number of metres"),
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
    without_zone: list[int] = field(default_factory=list)
    """Rows with a date and a time of day whose time zone nobody states."""

    def add(self, name: str, text: str, number: int) -> None:
        self.rows.setdefault((name, text), []).append(number)

    def add_without_zone(self, number: int) -> None:
        if number not in self.without_zone[-1:]:
            self.without_zone.append(number)

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
        if self.without_zone:
            sentences.append(
                Phrase.counting(
                    len(self.without_zone),
                    _numbers(self.without_zone),
                    "Row {count}: a time of day without a time zone. The day is taken, the time stands in the notes.",
                    "Rows {count}: times of day without a time zone. The days are taken, the times stand in the notes.",
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
    orders: Mapping[str, str],
) -> TableSite:
    """The site of a row. A value that does not fit its field goes to the notes, and to `unfit`.

    `basis` is what the position rests on where no column says it; `own` is of `own_classes`, `orders` of
    `date_orders`. Raises InvalidValue where the row makes no site.
    """

    def text(name: str) -> str:
        value = values.get(mapping.columns.get(name, ""))
        return "" if value is None else " ".join(str(value).split())

    fitting, unfit_error = _without_unfit_error(values, mapping)
    fields = site_fields(fitting, mapping)
    left = _LeftForNotes(number, mapping.columns, fields["notes"].split("\n"), unfit)
    if unfit_error:
        left.leave("position_error_m", unfit_error)
    classed = text("class_code")
    if classed.casefold() in own:
        fields["class_code"] = own[classed.casefold()]
    elif classed and not class_named(classed):
        left.leave("class_code", classed)
    if text("role") in ROLES:
        fields["role"] = text("role")
    elif text("role"):
        left.leave("role", text("role"))
    dates = {name: _date(ordered_date(text(name), orders.get(name, ""))) for name in _DATES}
    for name, date in dates.items():
        left.take_date(name, text(name), date)
    if dates["observed_at"]:
        fields["observed_at"] = dates["observed_at"]
    source = row_source(values, mapping, orders.get("source_date", ""))
    if source and text("source_date"):
        left.take_date("source_date", text("source_date"), source.get("published_at"))
    elif text("source_date"):
        left.keep("source_date", text("source_date"))
    claim = _claim_of(text, dates["made_at"] or "")
    if claim:
        fields.setdefault("role", "named in a claim")
    else:
        for name in filter(text, ("made_by", "made_at")):
            left.keep(name, text(name))
    fields["position_basis"] = text("position_basis") or basis
    notes = "\n".join(filter(None, (fields["notes"], *left.lines)))
    fields["notes"] = notes if len(notes) <= LONGEST_NOTES else notes[: LONGEST_NOTES - 1] + "…"
    if any(len(text(name)) > most for name, most in _LONGEST.items()):
        unfit.cut.append(number)
    fields = {name: value for name, value in fields.items() if value not in ("", ())}
    check_site(geometry, fields)
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    fields["props_json"] = json.dumps(kept, ensure_ascii=False, default=str)
    return TableSite(number, geometry, fields, source, claim)


def date_orders(rows: Sequence[Mapping[str, Any]], mapping: SiteMapping) -> tuple[dict[str, str], list[str]]:
    """The orders of dates in figures by the fields that they fill, where cells of their columns show them, and a
    sentence on each column."""
    orders: dict[str, str] = {}
    sentences: dict[str, str] = {}
    for name in (*_DATES, "source_date"):
        column = mapping.columns.get(name, "")
        order, shown = figures_order(str(values.get(column) or "") for values in rows) if column else ("", "")
        if order:
            orders[name] = order
            sentences[column] = Phrase(
                "“{column}” is read with the {first} first: “{shown}” cannot be otherwise.",
                column=column,
                first=Phrase("day") if order == "day" else Phrase("month"),
                shown=shown,
            )
    return orders, list(sentences.values())


class _LeftForNotes(Struct):
    """The values of a row that stand in its notes, as their fields do not take them."""

    number: int
    columns: Mapping[str, str]
    noted: Sequence[str]
    """Lines that the notes have already."""
    unfit: UnfitValues
    lines: list[str] = field(default_factory=list)

    def keep(self, name: str, value: str) -> None:
        """Add a line for a value, once."""
        line = f"{self.columns[name]}: {value}"
        if line not in (*self.noted, *self.lines):
            self.lines.append(line)

    def leave(self, name: str, value: str) -> None:
        """Keep a value of which is said that it does not fit."""
        self.unfit.add(name, value, self.number)
        self.keep(name, value)

    def take_date(self, name: str, value: str, date: str | None) -> None:
        """Keep a cell of which no date was read, or not all of it."""
        if date is None:
            self.leave(name, value)
        elif _lacks_zone(value):
            self.unfit.add_without_zone(self.number)
            self.keep(name, value)


def _without_unfit_error(values: Mapping[str, Any], mapping: SiteMapping) -> tuple[Mapping[str, Any], str]:
    """The values without a position error that is no length, and its text; empty where it is one, or none."""
    column = mapping.columns.get("position_error_m", "")
    text = str(values.get(column) or "").strip()
    if not text:
        return values, ""
    try:
        check_number(metres_of(text), 0, math.inf, Phrase("position error in metres"))
    except InvalidValue:
        return {name: value for name, value in values.items() if name != column}, text
    return values, ""


def _claim_of(text: Any, made_at: str) -> dict[str, str]:
    """The claim that a row makes; empty without words. Without a statement the wording is one."""
    statement, wording = text("statement"), text("source_wording")
    if not (statement or wording):
        return {}
    claim = {"statement": statement or wording, "source_wording": wording, "made_by": text("made_by")}
    return {name: value for name, value in (claim | {"made_at": made_at}).items() if value}


def _lacks_zone(text: str) -> bool:
    timed = cell_time(text)
    return timed is not None and timed[1]


def _date(text: str) -> str | None:
    """The date of a cell as exact as it is written, empty for none; None where it is no date, or could be two days."""
    timed = cell_time(text)
    try:
        iso = timed[0] if timed is not None else typed_date(text)
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
