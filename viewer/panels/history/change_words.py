"""Words for changes of the history: rows by their names, fields in the analyst's words, values as forms show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP
from shapely.geometry.base import BaseGeometry

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Table
from layers.document.observation import Observation
from layers.document.rows import Row
from layers.document.search import Search
from layers.document.vocabulary import likelihood_band
from layers.project.history.recorded_change import (
    GEOMETRY,
    ChangeWay,
    FieldChange,
    RecordedChange,
    ToldValue,
    row_name,
)
from layers.project.storage.tables import BY_NAME, TableSpec, spec_of, told_value
from layers.time.written_dates import written_date, written_moment
from viewer.commands.fields import column_word
from viewer.commands.reviewing.column_words import COLUMN_WORDS, fact_words
from viewer.panels.history.place_words import chip_bounds_words, geometry_words
from viewer.panels.words import class_title
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

LONGEST_NAME, LONGEST_VALUE = 60, 300
SHORT_NAME, SHORT_VALUE = 40, 24
"""Most characters of the name of a changed row in a list, and of values that stand beside their field there."""
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z\b", re.ASCII)
_CRS_NAME = re.compile(r'\s*[A-Za-z_]+\["([^"]*)"')
NOUNS: Mapping[str, object] = {
    "site_point": QT_TRANSLATE_NOOP("History", "Site"),
    "site_line": QT_TRANSLATE_NOOP("History", "Site"),
    "site_polygon": QT_TRANSLATE_NOOP("History", "Site"),
    "claims": QT_TRANSLATE_NOOP("History", "Claim"),
    "claim_sites": QT_TRANSLATE_NOOP("History", "Site of a claim"),
    "sources": QT_TRANSLATE_NOOP("History", "Source"),
    "source_files": QT_TRANSLATE_NOOP("History", "Kept copy"),
    "claim_sources": QT_TRANSLATE_NOOP("History", "Citation"),
    "responses": QT_TRANSLATE_NOOP("History", "Response"),
    "response_claims": QT_TRANSLATE_NOOP("History", "Answered claim"),
    "chips": QT_TRANSLATE_NOOP("History", "Image chip"),
    "comments": QT_TRANSLATE_NOOP("History", "Remark"),
    "products": QT_TRANSLATE_NOOP("History", "Product"),
    "images": QT_TRANSLATE_NOOP("History", "Image"),
    "observations": QT_TRANSLATE_NOOP("History", "Observation"),
    "searches": QT_TRANSLATE_NOOP("History", "Search"),
    "claim_evidence": QT_TRANSLATE_NOOP("History", "Evidence of a claim"),
    "comparisons": QT_TRANSLATE_NOOP("History", "Comparison"),
    "custody": QT_TRANSLATE_NOOP("History", "Custody event"),
    "product_rows": QT_TRANSLATE_NOOP("History", "Printed row"),
    "loupe_layers": QT_TRANSLATE_NOOP("History", "Layer"),
    "loupe_bookmarks": QT_TRANSLATE_NOOP("History", "Bookmark"),
    "loupe_templates": QT_TRANSLATE_NOOP("History", "Class of marks"),
    "loupe_filters": QT_TRANSLATE_NOOP("History", "Saved filter"),
    "loupe_watch": QT_TRANSLATE_NOOP("History", "Look for new images"),
    "loupe_seen": QT_TRANSLATE_NOOP("History", "Row seen by a reviewer"),
    "loupe_meta": QT_TRANSLATE_NOOP("History", "Fact of the case"),
}
"""Words for the kind of a row, by the file's table."""
MARK_NOUNS: Mapping[str, object] = {
    "annotation": QT_TRANSLATE_NOOP("History", "Annotation"),
    "measurement": QT_TRANSLATE_NOOP("History", "Measurement"),
    "search area": QT_TRANSLATE_NOOP("History", "Search area"),
    "photo": QT_TRANSLATE_NOOP("History", "Photo"),
}
"""Words for marks that are no sites, by their kind."""
CHIP_NOUNS: Mapping[str, object] = {
    "view": QT_TRANSLATE_NOOP("History", "View of an image chip"),
    "pixels": QT_TRANSLATE_NOOP("History", "Exact pixels of an image chip"),
}
"""Words for the two pictures of one capture, which have one name."""
GROUPS: tuple[tuple[object, tuple[str, ...]], ...] = (
    (QT_TRANSLATE_NOOP("History", "Sites and marks"), ("site_point", "site_line", "site_polygon")),
    (QT_TRANSLATE_NOOP("History", "Claims"), ("claims", "claim_sites", "claim_sources", "claim_evidence")),
    (QT_TRANSLATE_NOOP("History", "Sources and copies"), ("sources", "source_files", "claim_sources", "custody")),
    (QT_TRANSLATE_NOOP("History", "Image chips"), ("chips",)),
    (QT_TRANSLATE_NOOP("History", "Observations and searches"), ("observations", "searches", "images")),
    (QT_TRANSLATE_NOOP("History", "Responses and remarks"), ("responses", "response_claims", "comments")),
    (QT_TRANSLATE_NOOP("History", "Layers and views"), ("loupe_layers", "loupe_bookmarks", "comparisons")),
    (QT_TRANSLATE_NOOP("History", "Products"), ("products", "product_rows")),
    (QT_TRANSLATE_NOOP("History", "The case"), ("loupe_meta",)),
)
"""Kinds of rows that a history is filtered by, with their tables."""
FIRST_COLUMNS = (
    "state",
    "likelihood_term",
    "confidence",
    "status",
    "statement",
    "source_wording",
    "label",
    GEOMETRY,
    "position_error_m",
    "class_code",
    "reliability",
    "credibility",
    "caption",
    "notes",
)
"""Columns that the field filter offers while all kinds of rows are listed."""
_HIDDEN = frozenset({"uuid", "created_at", "created_by", "key"})
_WITHOUT_VALUES = frozenset({"order_key"})
"""Columns whose values say nothing to a person, besides those of JSON."""
_UNTOLD_FACTS = frozenset({"viewport", "retired_numbers", "project_uuid"})
_TABLES = frozenset({"table_name", "evidence_table"})
_HASHES = frozenset({"sha256", "phash"})
_HASH_CHARS = 12
_STORED_WORDS = frozenset(
    {
        *("state", "status", "confidence", "role", "voice", "kind", "mark_kind", "lifecycle", "base_or_top"),
        *("words_kind", "copy_kind", "date_kind", "date_basis", "bearing", "likelihood_term", "position_basis"),
        *("presence", "change", "view_quality", "why", "result", "event", "datum", "blend"),
    }
)
"""Columns that hold one of the words of a vocabulary."""
_LIKELIHOOD = ("likelihood_term", "likelihood_low", "likelihood_high")


type Geometries = tuple[BaseGeometry | None, BaseGeometry | None]


class FieldLine(NamedTuple):
    """One field of a change in words; `old` and `new` are empty where a value was not stated."""

    name: str
    old: str
    new: str
    is_whole: bool = False
    """True where its values stand in a list however long they are."""

    @property
    def shown(self) -> str:
        """The field with both values: "confidence: low → moderate"."""
        if not self.old and not self.new:
            return translate("History", "{0} changed").format(self.name)
        return f"{self.name}: {self.old or '–'} → {self.new or '–'}"

    @property
    def is_brief(self) -> bool:
        """True where its values stand beside it in a list."""
        longest = max(len(self.old), len(self.new))
        return longest > 0 and (self.is_whole or longest <= SHORT_VALUE)

    def brief(self, way: ChangeWay) -> str:
        """The field for a list, where a long value would leave no room for what follows."""
        if way == "undone":
            back = translate("History", "{0} back to {1}").format(self.name, self.new or "–")
            return back if self.is_brief else translate("History", "{0} back").format(self.name)
        return self.shown if self.is_brief else translate("History", "{0} changed").format(self.name)


def table_noun(table_name: str) -> str:
    """The word for a kind of row; the table's own name for one that this version does not know."""
    return translate("History", NOUNS[table_name]) if table_name in NOUNS else one_line(table_name, LONGEST_NAME)


def row_noun(change: RecordedChange, document: Document) -> str:
    """The word for the row of a change, such as "Site" or, for a mark of another kind, "Measurement"."""
    if change.table_name in ("site_point", "site_line", "site_polygon"):
        site = document.sites.get(change.row_uuid)
        kind = change.values.get("mark_kind") if site is None else site.mark_kind
        if kind in MARK_NOUNS:
            return translate("History", MARK_NOUNS[str(kind)])
    if change.table_name == "chips":
        chip = document.chips.get(change.row_uuid)
        values = change.values if chip is None else {"kind": chip.kind, "pair_uuid": chip.pair_uuid}
        if (kind := values.get("kind")) in CHIP_NOUNS and values.get("pair_uuid"):
            return translate("History", CHIP_NOUNS[str(kind)])
    return table_noun(change.table_name)


def column_title(table: Table | None, column: str) -> str:
    """The analyst's word for a column."""
    if column == GEOMETRY:
        return translate("History", "place")
    field = "aliases" if column == "aliases_json" else column
    words = COLUMN_WORDS[table] if table is not None else {**COLUMN_WORDS["claims"], **COLUMN_WORDS["sites"]}
    return in_language(words.get(field) or column_word(field))


def name_in_case(table: Table, uuid: str, document: Document) -> str:
    """The name of a row that the case holds, or words for none."""
    row = document.table(table).get(uuid)
    name = "" if row is None else _name_of_row(spec_of(table, row), row, document)
    return one_line(name, LONGEST_NAME) or translate("History", "(no name)")


def named_change(change: RecordedChange, document: Document) -> str:
    """The row of a change by its name: as the case has it, else as it was when it was deleted; empty for none.

    A deletion has the name of that time: the row may have come back since, and have another one.
    """
    spec = change.spec
    row = None if spec is None else document.table(spec.table).get(change.row_uuid)
    if change.kind == "delete" and change.values:
        name = _name_of(change.table_name, change.values, document) or change.left_as
    elif spec is not None and row is not None:
        name = _name_of_row(spec, row, document)
    else:
        name = change.left_as or _name_of(change.table_name, change.values, document)
    return one_line(name, LONGEST_NAME)


def _name_of_row(spec: TableSpec, row: Row, document: Document) -> str:
    values = {column.name: told_value(getattr(row, column.field)) for column in spec.plain_columns}
    return _name_of(spec.name, values, document)


def _name_of(table_name: str, values: Mapping[str, ToldValue], document: Document) -> str:
    """The name of a row with these values: its own, or those of the rows that it joins or belongs to."""
    own = row_name(table_name, values)
    if table_name == "chips":
        return own or _name_at("site_uuid", values.get("site_uuid"), document) or str(values.get("layer_title") or "")
    if table_name == "custody":
        what = _name_at("row_uuid", values.get("row_uuid"), document) or str(values.get("note") or "")
        return " – ".join(filter(None, (word(str(values.get("event") or "")), what)))
    return own if own and table_name != "claim_sources" else _ends(values, document) or own


def _ends(values: Mapping[str, ToldValue], document: Document) -> str:
    """The names of the rows that a link joins, or of the one to which a row belongs."""
    return " – ".join(filter(None, (_name_at(column, value, document) for column, value in values.items())))


def _name_at(column: str, value: ToldValue, document: Document) -> str:
    """The name of the row that a column refers to; empty where it refers to none that is there."""
    if not column.endswith("_uuid") or not isinstance(value, str) or not value:
        return ""
    for table, spec in _REFERRED.items():
        row = document.table(table).get(value)
        if row is not None:
            values = {item.name: told_value(getattr(row, item.field)) for item in spec.plain_columns}
            name = row_name(spec.name, values)
            if isinstance(row, Chip | Observation | Search):
                name = _name_of(spec.name, values, document)
            return one_line(name, LONGEST_NAME) or _lower(table_noun(spec.name))
    return ""


def _lower(noun: str) -> str:
    return noun[:1].lower() + noun[1:]


_REFERRED_TABLES = frozenset[Table](
    {
        *("sites", "claims", "sources", "source_files", "responses", "images", "layers", "chips", "products"),
        *("observations", "searches", "comments"),
    }
)
_REFERRED: Mapping[Table, TableSpec] = {spec.table: spec for spec in BY_NAME.values() if spec.table in _REFERRED_TABLES}


def deed(change: RecordedChange, document: Document) -> str:
    """The verb and the row of a change, the verb first, as a narrow list cuts the ends of its lines."""
    name, what = named_change(change, document), _lower(row_noun(change, document))
    fact = _fact(change)
    if fact:
        what = fact
    elif name:
        what = f"{what} “{name}”"
    return _deed_template(change).format(what)


def _deed_template(change: RecordedChange) -> str:
    """The verb of a change, with room for its row. An undone one is told by the deed that was undone."""
    kind = "insert" if change.kind == "baseline" else change.kind
    if change.way == "undone":
        return {
            "insert": translate("History", "Undone: deleted {0}"),
            "delete": translate("History", "Undone: added {0}"),
            "update": translate("History", "Undone: changed {0}"),
        }[kind]
    if change.way == "redone":
        return {
            "insert": translate("History", "Redone: added {0}"),
            "delete": translate("History", "Redone: deleted {0}"),
            "update": translate("History", "Redone: changed {0}"),
        }[kind]
    return {
        "insert": translate("History", "Added: {0}"),
        "delete": translate("History", "Deleted: {0}"),
        "update": translate("History", "Changed: {0}"),
    }[kind]


def reason_words(change: RecordedChange) -> str:
    """The reason of a change, with moments in it as people write them."""
    return _MOMENT.sub(lambda moment: in_language(written_date(moment[0])), in_language(change.reason))


def _fact(change: RecordedChange) -> str:
    """The word for a fact of the case that changed; empty for any other row, and for an unknown fact."""
    words = fact_words(change.row_uuid) if change.table_name == "loupe_meta" else None
    return in_language(words) if words is not None else ""


def field_lines(
    change: RecordedChange,
    document: Document,
    geometries: Geometries = (None, None),
    longest: int = LONGEST_VALUE,
) -> list[FieldLine]:
    """The changed fields in words, likelihood as one; those that only link rows or count revisions are left out.

    geometries: those before and after the change, where they were read
    longest: the most characters of a value
    """
    table = None if change.spec is None else change.spec.table
    lines: list[FieldLine] = []
    for item in change.fields:
        if item.column in _HIDDEN:
            continue
        name = _fact(change) or column_title(table, item.column)
        if item.column in _LIKELIHOOD:
            if not any(line.is_whole for line in lines):  # the term and its bounds are one
                lines.append(_likelihood_line(column_title(table, _LIKELIHOOD[0]), change.fields))
        elif item.column == GEOMETRY:
            old, new = map(geometry_words, geometries)
            lines.append(FieldLine(translate("History", "place (lon, lat)"), old, new))
        elif item.column == "bounds_json" and change.kind != "update":
            corners = chip_bounds_words(change.values)
            lines.append(FieldLine(translate("History", "place (lon, lat)"), "", corners))
        elif item.column.endswith("_json") or item.column in _WITHOUT_VALUES or _is_view(change):
            lines.append(FieldLine(name, "", ""))
        else:
            old, new = (_shown(item.column, value, document, longest) for value in (item.before, item.after))
            lines.append(FieldLine(name, old, new))
    return lines


def _is_view(change: RecordedChange) -> bool:
    """True for a fact of the case whose value is no words: the view of the map, and what programs count by."""
    return change.table_name == "loupe_meta" and change.row_uuid in _UNTOLD_FACTS


def _likelihood_line(name: str, fields: Iterable[FieldChange]) -> FieldLine:
    """The likelihood before and after a change: the term with its bounds."""
    by_column = {item.column: item for item in fields}
    sides = []
    for side in ("before", "after"):
        term, low, high = (getattr(by_column[name], side) if name in by_column else None for name in _LIKELIHOOD)
        if term and not by_column.keys() & set(_LIKELIHOOD[1:]):  # both terms of a band: its bounds did not change
            low, high = _band_of(str(term))
        band = _band_words(low, high)
        sides.append(" ".join(filter(None, (word(str(term)) if term else "", f"({band})" if term and band else band))))
    return FieldLine(name, sides[0], sides[1], is_whole=True)


def _band_of(term: str) -> tuple[int | None, int | None]:
    try:
        return likelihood_band(term)
    except KeyError:
        return None, None


def _band_words(low: ToldValue, high: ToldValue) -> str:
    """The bounds in per cent; of one that changed alone, on which side it is."""
    if low is not None and high is not None:
        return f"{low}–{high} %"
    if low is not None:
        return translate("History", "from {0} %").format(low)
    return translate("History", "up to {0} %").format(high) if high is not None else ""


def _shown(column: str, value: ToldValue, document: Document, longest: int) -> str:
    """A value as forms show it; a row by its name."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return translate("History", "yes") if value else translate("History", "no")
    if column == "opacity" and isinstance(value, int | float):
        return f"{100 * value:.0f} %"
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if column.endswith("_uuid"):
        return _name_at(column, value, document) or translate("History", "a row that is gone")
    if column in _TABLES:
        return _lower(table_noun(value))
    if column in _HASHES and len(value) > _HASH_CHARS:
        return f"{one_line(value[:_HASH_CHARS])}…"
    if column == "class_code":
        return class_title(value, document)
    if column == "crs_wkt":
        title = _CRS_NAME.match(value)
        return one_line(title[1] if title is not None else value, LONGEST_NAME)
    if column.endswith("_at"):
        return one_line(written_moment(value), LONGEST_VALUE)
    return word(value) if column in _STORED_WORDS else one_line(value, longest)


def change_sentence(change: RecordedChange, document: Document) -> str:
    """A change on one line: the fields first, then the row; a list cuts the ends of its lines."""
    sentence, lines = deed(change, document), field_lines(change, document)
    if change.kind == "update" and lines:
        fields = "; ".join(line.brief(change.way) for line in lines)
        template = {"undone": translate("History", "Undone: {0}"), "redone": translate("History", "Redone: {0}")}
        fields = template.get(change.way, "{0}").format(fields)
        sentence = " · ".join(filter(None, (fields, _row_of_fields(change, lines, document))))
    return translate("History", "Taken back · {0}").format(sentence) if change.is_taken_back else sentence


def _row_of_fields(change: RecordedChange, lines: Iterable[FieldLine], document: Document) -> str:
    """The row whose fields were changed, for the end of a line: its name, or its kind where it was its name."""
    if _fact(change):
        return ""
    name = named_change(change, document)
    is_said = any(line.is_brief and name in (line.old, line.new) for line in lines)
    return _lower(row_noun(change, document)) if is_said or not name else shortened(name, SHORT_NAME)


def shortened(text: str, most: int) -> str:
    """A text of at most `most` characters, with dots in the middle: names that begin alike differ at their ends."""
    end = (most - 1) // 2
    return text if len(text) <= most else f"{text[: most - 1 - end].rstrip()}…{text[-end:].lstrip()}"


def group_titles() -> list[tuple[str, tuple[str, ...]]]:
    """The kinds of rows that a history is filtered by, in words."""
    return [(translate("History", title), tables) for title, tables in GROUPS]


def field_choices(tables: tuple[str, ...]) -> list[tuple[str, str]]:
    """(word, column) of the fields by which changes of these tables can be filtered; the weightiest of all for none."""
    if not tables:
        return [(capital_first(column_title(None, column)), column) for column in FIRST_COLUMNS]
    titles: dict[str, str] = {}
    for name in tables:
        spec = BY_NAME[name]
        for column in spec.columns:
            if column.name not in _HIDDEN and column.name not in ("rev", "modified_at", "modified_by"):
                titles.setdefault(capital_first(column_title(spec.table, column.name)), column.name)
    return sorted(titles.items())


def capital_first(text: str) -> str:
    """The text with a capital first letter, for lists."""
    return text[:1].upper() + text[1:]
