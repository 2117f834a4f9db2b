"""Maps the rows of the document to tables and columns of the project file, and their values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Literal

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields
from shapely.geometry.base import BaseGeometry

from layers.document.alias import origin_of, with_origin
from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.edit import Table
from layers.document.image import Image
from layers.document.layer import Layer
from layers.document.observation import Observation
from layers.document.rows import (
    Bookmark,
    ClaimEvidence,
    ClaimSite,
    ClaimSource,
    Comment,
    Comparison,
    Custody,
    MetaEntry,
    Product,
    ProductRow,
    Response,
    ResponseClaim,
    Row,
    SavedFilter,
    Seen,
    Template,
    Watch,
)
from layers.document.search import Search
from layers.document.site import Site
from layers.document.source import Source, SourceFile

type _Kind = Literal["text", "integer", "real", "boolean", "aliases", "geometry"]

_SQL_TYPES: dict[_Kind, str] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "DOUBLE",
    "boolean": "BOOLEAN",
    "aliases": "TEXT",
}
_KINDS: dict[Any, _Kind] = {
    str: "text",
    int: "integer",
    int | None: "integer",
    float: "real",
    float | None: "real",
    bool: "boolean",
    bool | None: "boolean",
    tuple[tuple[str, str], ...]: "aliases",
    BaseGeometry: "geometry",
}
_MOST_UUID = 200
"""Characters of a uuid, which in a file is any text."""
DATA, THUMBNAIL = "data", "thumbnail"
"""Columns of bytes: the content of a row, which each row of its table has, and a small picture, which it may have."""
STAMPS = ("created_at", "created_by", "modified_at", "modified_by", "rev")


class StoredColumn(Struct, frozen=True):
    """One column: its name in the file, the row's field, and how it is stored."""

    name: str
    field: str
    kind: _Kind
    optional: bool
    """True where the field is None when the column is NULL."""
    default: Any

    @property
    def sql_type(self) -> str:
        return "TEXT(36)" if self.name.endswith("uuid") else _SQL_TYPES[self.kind]


class TableSpec(Struct, frozen=True):
    """One table of the file and the document's table whose rows it holds."""

    name: str
    table: Table
    row_type: type[Row]
    columns: tuple[StoredColumn, ...]
    key: str = "id"
    """The integer primary key; empty for private tables keyed by text."""
    geometry_type: str = ""
    private: bool = False
    blobs: tuple[str, ...] = ()
    """The columns of bytes, which no row of the document holds."""

    @property
    def uuid_column(self) -> str:
        return "key" if self.table == "meta" else "uuid"

    @property
    def plain_columns(self) -> tuple[StoredColumn, ...]:
        """All but the geometry."""
        return tuple(column for column in self.columns if column.kind != "geometry")

    @property
    def rtree(self) -> str:
        return f"rtree_{self.name}_geom"

    def insert_sql(self, columns: Sequence[StoredColumn] | None = None) -> str:
        """Statement for values of `columns` (None: all plain ones), geometry (where there is one) and key first."""
        names = [self.key] if self.key else []
        holders = ["?"] if self.key else []
        if self.geometry_type:
            names.append("geom")
            holders.append("?")
        if DATA in self.blobs:  # filled when the case is saved
            names.append(DATA)
            holders.append("x''")
        for column in self.plain_columns if columns is None else columns:
            names.append(column.name)
            holders.append(
                "NULLIF(?,'')" if column.kind in ("text", "aliases") and not _required(self, column) else "?"
            )
        return f"INSERT INTO {self.name} ({', '.join(names)}) VALUES ({', '.join(holders)})"


def _required(spec: TableSpec, column: StoredColumn) -> bool:
    return (spec.name, column.name) in REQUIRED


REQUIRED = {("chips", DATA), ("chips", "content_type"), ("loupe_meta", "value")}
"""Columns that are NOT NULL: those of OGC's media relation, and the value of a fact of the case."""


def _columns(row_type: type[Row], renamed: dict[str, str] | None = None) -> tuple[StoredColumn, ...]:
    """Columns in the order of the file: uuid, own fields, stamps last."""
    names = {"geometry": "geom", "aliases": "aliases_json", **(renamed or {})}
    columns = {
        item.name: StoredColumn(
            names.get(item.name, item.name),
            item.name,
            _KINDS[item.type],
            "None" in str(item.type),
            item.default,
        )
        for item in fields(row_type)
    }
    stamps = [columns.pop(name) for name in STAMPS]
    return (*columns.values(), *stamps)


def _site_spec(kind: str, geometry_type: str) -> TableSpec:
    return TableSpec(f"site_{kind}", "sites", Site, _columns(Site), "fid", geometry_type)


SITE_SPECS = (
    _site_spec("point", "POINT"),
    _site_spec("line", "MULTILINESTRING"),
    _site_spec("polygon", "MULTIPOLYGON"),
)
SPECS: tuple[TableSpec, ...] = (
    *SITE_SPECS,
    TableSpec("claims", "claims", Claim, _columns(Claim)),
    TableSpec("claim_sites", "claim_sites", ClaimSite, _columns(ClaimSite)),
    TableSpec("sources", "sources", Source, _columns(Source)),
    TableSpec("source_files", "source_files", SourceFile, _columns(SourceFile), blobs=(DATA,)),
    TableSpec("claim_sources", "claim_sources", ClaimSource, _columns(ClaimSource)),
    TableSpec("responses", "responses", Response, _columns(Response)),
    TableSpec("response_claims", "response_claims", ResponseClaim, _columns(ResponseClaim)),
    TableSpec("chips", "chips", Chip, _columns(Chip), blobs=(DATA, THUMBNAIL)),
    TableSpec("comments", "comments", Comment, _columns(Comment)),
    TableSpec("products", "products", Product, _columns(Product)),
    TableSpec("images", "images", Image, _columns(Image)),
    TableSpec("observations", "observations", Observation, _columns(Observation)),
    TableSpec("searches", "searches", Search, _columns(Search)),
    TableSpec("claim_evidence", "claim_evidence", ClaimEvidence, _columns(ClaimEvidence)),
    TableSpec("comparisons", "comparisons", Comparison, _columns(Comparison)),
    TableSpec("custody", "custody", Custody, _columns(Custody)),
    TableSpec("product_rows", "product_rows", ProductRow, _columns(ProductRow)),
    TableSpec("loupe_layers", "layers", Layer, _columns(Layer), private=True),
    TableSpec("loupe_bookmarks", "bookmarks", Bookmark, _columns(Bookmark), private=True, blobs=(THUMBNAIL,)),
    TableSpec("loupe_templates", "templates", Template, _columns(Template), private=True),
    TableSpec("loupe_filters", "filters", SavedFilter, _columns(SavedFilter), private=True),
    TableSpec("loupe_watch", "watch", Watch, _columns(Watch), private=True),
    TableSpec("loupe_seen", "seen", Seen, _columns(Seen), private=True),
    TableSpec("loupe_meta", "meta", MetaEntry, _columns(MetaEntry, {"uuid": "key"}), key="", private=True),
)
BY_NAME = {spec.name: spec for spec in SPECS}
_BY_TABLE: dict[Table, TableSpec] = {spec.table: spec for spec in SPECS if spec.table != "sites"}
_SITES = {spec.name: spec for spec in SITE_SPECS}


def spec_of(table: Table, row: Row) -> TableSpec:
    """The file's table for a row of the document's `table`."""
    return _SITES[f"site_{row.kind}"] if isinstance(row, Site) else _BY_TABLE[table]


def empty_value(column: StoredColumn) -> Any:
    """The field's value where the file says nothing: never the default word of a new row."""
    if column.optional:
        return None
    if column.name == "date_kind":
        return "unknown"
    if column.kind in ("text", "aliases"):
        return () if column.kind == "aliases" else ""
    if column.default is not NODEFAULT:
        return column.default
    return {"integer": 0, "real": 0.0, "boolean": False, "geometry": None}[column.kind]


def aliases_text(aliases: Iterable[tuple[str, str]]) -> str:
    """JSON list of [language, name], with {"source_uuid": ...} or {"ours": true} where it is stated; empty for none."""
    entries = [[*pair, *_stated_origin(*origin_of(pair))] for pair in aliases]
    return json.dumps(entries, ensure_ascii=False) if entries else ""


def _stated_origin(source_uuid: str, is_ours: bool) -> list[dict[str, Any]]:
    stated = {**({"source_uuid": source_uuid} if source_uuid else {}), **({"ours": True} if is_ours else {})}
    return [stated] if stated else []


def told_value(value: Any) -> Any:
    """A field's value as the history has it: None for a value that is not stated."""
    if value in ("", ()):
        return None
    return aliases_text(value) if isinstance(value, tuple) else value


def aliases_from_text(text: str) -> tuple[tuple[str, str], ...] | None:
    """The aliases in a JSON list of pairs, with their origin or without, or an object by language; None where the text
    is neither.
    """
    if not text:
        return ()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    pairs = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) in (2, 3) for pair in pairs):
        return None
    aliases = []
    for language, name, *stated in pairs:
        origin = _origin_in(stated[0]) if stated else ("", False)
        if origin is None:
            return None
        aliases.append(with_origin(str(language), str(name), origin[0], is_ours=origin[1]))
    return tuple(aliases)


def _origin_in(stated: Any) -> tuple[str, bool] | None:
    """The origin of an alias in an object; None where it is none. Members that we do not know say nothing."""
    if not isinstance(stated, dict):
        return None
    source_uuid, is_ours = stated.get("source_uuid", ""), stated.get("ours", False)
    if not isinstance(source_uuid, str) or len(source_uuid) > _MOST_UUID or not isinstance(is_ours, bool):
        return None
    return source_uuid, is_ours


def stored_values(spec: TableSpec, row: Row) -> list[Any]:
    """Values of `spec.plain_columns` for a row, ready to bind."""
    return [_stored(column, getattr(row, column.field)) for column in spec.plain_columns]


def stored_columns(spec: TableSpec, rows: Sequence[Row]) -> tuple[list[StoredColumn], list[list[Any]]]:
    """The plain columns in which any row has a value, with their values: columns that are empty in all rows are not
    written.
    """
    columns, values = [], []
    for column in spec.plain_columns:
        cells = list(map(attrgetter(column.field), rows))
        if cells[0] in _NOTHING and set(cells) <= _NOTHING and not _required(spec, column):
            continue
        columns.append(column)
        values.append([_stored(column, value) for value in cells] if column.kind == "aliases" else cells)
    return columns, values


_NOTHING: set[Any] = {"", (), None}


def _stored(column: StoredColumn, value: Any) -> Any:
    return aliases_text(value) if column.kind == "aliases" else value
