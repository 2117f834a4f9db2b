"""The tables of a case: those of GeoPackage, ours, and the private ones. All exist from the start.

Parts that are derived from the rows when saving (triggers, extents, mapping rows, styles) are in `derive`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from layers.document import vocabulary
from layers.project.storage.geometry_blobs import SRS_ID
from layers.project.storage.tables import DATA, REQUIRED, SITE_SPECS, SPECS, TableSpec

APPLICATION_ID = 0x47504B47
"""The characters GPKG."""
USER_VERSION = 10400
"""GeoPackage 1.4, for ever: with 10300 the new rtree triggers fail validation. Ours is in loupe_meta."""
SCHEMA_VERSION = 3
MIN_READER_VERSION = 1
MIN_WRITER_VERSION = 3
"""First version that may write our cases: earlier ones would drop tables that they do not know."""
HISTORY_KEY = "history"
"""Key whose value `WHOLE_HISTORY` says that the history begins with the creation of each row."""
WHOLE_HISTORY = "whole"
STYLES_KEY = "styles"
"""Key of the fact that distinguishes our layer styles from those that were changed since."""
CARRIED_KEY = "carried"
"""Key of the fact that the case has content of other programs, in their tables or in shared ones."""
INTEGRITY_KEY, ROWS_INTEGRITY_KEY = "integrity", "rows_integrity"
"""Keys of the hashes over all bytes of the file, and over the pages that its rows are read from."""
BLOB_PAGES_KEY = "blob_pages"
"""Key of the list of all other pages: they hold nothing but bytes of pictures and kept files."""
OUR_PROJECT = "Geoloupe"
"""The name of our row in qgis_projects, and of our layer styles."""
PROJECT_METADATA = '{"last_modified_time": "2024-01-01 00:00:00", "last_modified_user": ""}'
"""The metadata of our project. QGIS writes its own time and user when it saves one."""
RESERVED_META = (
    "project_uuid",
    "schema_version",
    "min_reader_version",
    "min_writer_version",
    INTEGRITY_KEY,
    ROWS_INTEGRITY_KEY,
    BLOB_PAGES_KEY,
    STYLES_KEY,
    HISTORY_KEY,
    CARRIED_KEY,
)
"""Facts about the file, which are no facts of the case."""

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"
WGS84_DEFINITION = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

_HISTORY_INDEX = "CREATE INDEX loupe_history_row ON loupe_history(row_uuid)"
_GEOPACKAGE_TABLES = f"""
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT ({_NOW}), min_x DOUBLE, min_y DOUBLE,
  max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
  min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
  md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT,
  row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT ({_NOW}), md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
CREATE TABLE gpkgext_relations (id INTEGER PRIMARY KEY AUTOINCREMENT, base_table_name TEXT NOT NULL,
  base_primary_column TEXT NOT NULL DEFAULT 'id', related_table_name TEXT NOT NULL,
  related_primary_column TEXT NOT NULL DEFAULT 'id', relation_name TEXT NOT NULL,
  mapping_table_name TEXT NOT NULL UNIQUE);
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
  f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
  styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT ({_NOW}));
CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB);
CREATE TABLE loupe_history (seq INTEGER PRIMARY KEY AUTOINCREMENT, change_uuid TEXT(36), txn_uuid TEXT(36), at TEXT,
  actor TEXT, table_name TEXT, row_uuid TEXT(36), op TEXT, parent_rev INTEGER, new_rev INTEGER, delta_json TEXT,
  old_geom BLOB, new_geom BLOB, reason TEXT);
{_HISTORY_INDEX};
CREATE TABLE loupe_tombstones (uuid TEXT(36), table_name TEXT, deleted_at TEXT, deleted_by TEXT, sha256 TEXT,
  what TEXT);
CREATE INDEX loupe_tombstones_uuid ON loupe_tombstones(uuid);
"""

HISTORY_COLUMNS = (
    "change_uuid",
    "txn_uuid",
    "at",
    "actor",
    "table_name",
    "row_uuid",
    "op",
    "parent_rev",
    "new_rev",
    "delta_json",
    "old_geom",
    "new_geom",
    "reason",
)
TOMBSTONE_COLUMNS = ("uuid", "table_name", "deleted_at", "deleted_by", "sha256", "what")
"""Columns of tombstones. `what` and `sha256` describe deleted bytes: a chip or a kept file is listed for ever."""

PRIVATE_TABLES = (*(spec.name for spec in SPECS if spec.private), "loupe_history", "loupe_tombstones")

GEOPACKAGE_TABLES = frozenset(re.findall(r"CREATE TABLE (\w+)", _GEOPACKAGE_TABLES))
"""Tables with rules that the standard gives them, or that we do."""
OWN_TABLES = GEOPACKAGE_TABLES | {spec.name for spec in SPECS}
"""All tables of a case but those of its relations (`RELATIONS`) and spatial indexes."""

_LINK_INDEXES = (
    ("claim_sites", "claim_uuid"),
    ("claim_sites", "site_uuid"),
    ("claim_sources", "claim_uuid"),
    ("claim_sources", "source_uuid"),
    ("response_claims", "response_uuid"),
    ("response_claims", "claim_uuid"),
    ("source_files", "source_uuid"),
    ("chips", "site_uuid"),
    ("comments", "target_uuid"),
    ("observations", "site_uuid"),
    ("observations", "image_uuid"),
    ("claim_evidence", "claim_uuid"),
    ("claim_evidence", "evidence_uuid"),
    ("custody", "row_uuid"),
    ("product_rows", "product_uuid"),
    ("product_rows", "row_uuid"),
)

OWN_INDEXES = frozenset(
    {
        *(f"{spec.name}_uuid" for spec in SPECS if spec.key),
        *(f"{table}_{column}" for table, column in _LINK_INDEXES),
        *re.findall(r"CREATE INDEX (\w+)", _GEOPACKAGE_TABLES),
    }
)

TITLES = {
    "site_point": "Sites (points)",
    "site_line": "Sites (lines)",
    "site_polygon": "Sites (areas)",
    "claims": "Claims",
    "claim_sites": "Claims about sites",
    "sources": "Sources",
    "source_files": "Kept copies of sources",
    "claim_sources": "Claims in sources",
    "responses": "Responses",
    "response_claims": "Responses to claims",
    "chips": "Image chips",
    "comments": "Comments",
    "products": "Products",
    "images": "Images",
    "observations": "Observations",
    "searches": "Searches",
    "claim_evidence": "Evidence of claims",
    "comparisons": "Comparisons",
    "custody": "Custody of kept files and image chips",
    "product_rows": "Rows in products",
    "layer_styles": "Layer styles",
}


class Relation(NamedTuple):
    """A related-tables relation; its mapping rows are derived from our link tables by uuid."""

    base: str
    related: str
    name: str
    links: str
    base_column: str
    related_column: str

    @property
    def mapping(self) -> str:
        return f"{self.base}_{self.related}"

    @property
    def base_key(self) -> str:
        return "id" if self.base == "claims" else "fid"


RELATIONS = (
    *(Relation(s.name, "claims", "attributes", "claim_sites", "site_uuid", "claim_uuid") for s in SITE_SPECS),
    Relation("claims", "sources", "attributes", "claim_sources", "claim_uuid", "source_uuid"),
    *(Relation(s.name, "chips", "media", "chips", "site_uuid", "uuid") for s in SITE_SPECS),
)

_WORDS: dict[str, tuple[str, ...]] = {
    "loupe_role": vocabulary.ROLES,
    "loupe_status": vocabulary.STATUSES,
    "loupe_voice": vocabulary.VOICES,
    "loupe_state": vocabulary.STATES,
    "loupe_confidence": vocabulary.CONFIDENCES,
    "loupe_reliability": vocabulary.RELIABILITIES,
    "loupe_credibility": tuple(map(str, vocabulary.CREDIBILITIES)),
    "loupe_date_kind": vocabulary.DATE_KINDS,
    "loupe_source_kind": vocabulary.SOURCE_KINDS,
    "loupe_mark_kind": vocabulary.MARK_KINDS,
    "loupe_lifecycle": vocabulary.LIFECYCLES,
    "loupe_base_or_top": vocabulary.BASE_OR_TOP,
    "loupe_presence": vocabulary.PRESENCES,
    "loupe_change": vocabulary.CHANGES,
    "loupe_view_quality": vocabulary.VIEW_QUALITIES,
    "loupe_why": vocabulary.WHYS,
    "loupe_bearing": vocabulary.BEARINGS,
    "loupe_evidence_table": vocabulary.EVIDENCE_TABLES,
    "loupe_response_kind": vocabulary.RESPONSE_KINDS,
    "loupe_date_basis": vocabulary.DATE_BASES,
    "loupe_datum": vocabulary.DATUMS,
    "loupe_chip_kind": vocabulary.CHIP_KINDS,
    "loupe_search_kind": vocabulary.SEARCH_KINDS,
    "loupe_search_result": vocabulary.SEARCH_RESULTS,
    "loupe_words_kind": vocabulary.WORDS_KINDS,
    "loupe_copy_kind": vocabulary.COPY_KINDS,
    "loupe_product_state": vocabulary.PRODUCT_STATES,
    "loupe_custody_table": vocabulary.CUSTODY_TABLES,
    "loupe_custody_event": vocabulary.CUSTODY_EVENTS,
}
ENUMS: dict[str, tuple[tuple[str, str], ...]] = {
    "loupe_class_code": tuple(vocabulary.SITE_CLASSES.items()),
    "loupe_likelihood_term": tuple(
        (entry.term, f"{entry.term} ({entry.low}-{entry.high} %)") for entry in vocabulary.LIKELIHOOD_TERMS
    ),
    **{name: tuple((word, word) for word in words) for name, words in _WORDS.items()},
}
"""Constraint name to (value, description) pairs: choice lists that every client may offer."""

ENUM_COLUMNS: tuple[tuple[str, str, str], ...] = (
    *(
        (spec.name, column, f"loupe_{column}")
        for spec in SITE_SPECS
        for column in ("class_code", "role", "status", "mark_kind", "lifecycle", "base_or_top")
    ),
    *(
        ("claims", column, f"loupe_{column}")
        for column in ("voice", "state", "confidence", "likelihood_term", "status", "words_kind")
    ),
    ("sources", "reliability", "loupe_reliability"),
    ("sources", "kind", "loupe_source_kind"),
    ("sources", "date_basis", "loupe_date_basis"),
    ("claim_sources", "credibility", "loupe_credibility"),
    ("claim_sources", "bearing", "loupe_bearing"),
    ("claim_evidence", "evidence_table", "loupe_evidence_table"),
    ("claim_evidence", "bearing", "loupe_bearing"),
    ("responses", "kind", "loupe_response_kind"),
    ("responses", "words_kind", "loupe_words_kind"),
    ("source_files", "copy_kind", "loupe_copy_kind"),
    ("custody", "table_name", "loupe_custody_table"),
    ("custody", "event", "loupe_custody_event"),
    ("products", "state", "loupe_product_state"),
    ("chips", "date_kind", "loupe_date_kind"),
    ("chips", "kind", "loupe_chip_kind"),
    *(("images", column, f"loupe_{column}") for column in ("date_kind", "date_basis", "datum")),
    *(("observations", column, f"loupe_{column}") for column in ("presence", "change", "view_quality", "why")),
    ("searches", "kind", "loupe_search_kind"),
    ("searches", "result", "loupe_search_result"),
)
"""(table, column, constraint) triples."""


def create_schema(connection: sqlite3.Connection, project_uuid: str) -> None:
    """Make every table in an empty database, and fill those that depend on no row. Leaves the transaction open."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {USER_VERSION}")
    connection.execute("BEGIN")
    for statement in _GEOPACKAGE_TABLES.split(";\n"):
        connection.execute(statement)
    for spec in SPECS:
        for statement in _table_statements(spec):
            connection.execute(statement)
    for relation in RELATIONS:
        connection.execute(
            f"CREATE TABLE {relation.mapping} (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "
            "base_id INTEGER NOT NULL, related_id INTEGER NOT NULL)"
        )
    _add_link_indexes(connection)
    _fill_static(connection)
    facts = [("project_uuid", project_uuid), *_versions()]
    connection.executemany("INSERT INTO loupe_meta (key, value) VALUES (?, ?)", facts)


def add_missing(connection: sqlite3.Connection) -> None:
    """Add tables and rows that an older version's working copy lacks, and update those with fixed content. Leaves the
    transaction open.
    """
    for spec in SPECS:
        there = _columns_of(connection, spec.name)
        if not there:
            for statement in _table_statements(spec):
                connection.execute(statement)
            continue
        for blob in spec.blobs:
            if blob not in there:
                connection.execute(f"ALTER TABLE {spec.name} ADD COLUMN {blob} BLOB")
        for column in spec.plain_columns:
            if column.name not in there:
                connection.execute(f"ALTER TABLE {spec.name} ADD COLUMN {column.name} {column.sql_type}")
                if isinstance(column.default, str) and column.default:
                    connection.execute(f"UPDATE {spec.name} SET {column.name} = ?", (column.default,))
    for table, columns in (("loupe_history", HISTORY_COLUMNS), ("loupe_tombstones", TOMBSTONE_COLUMNS)):
        for name in sorted(set(columns) - _columns_of(connection, table)):
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} TEXT")
    _add_link_indexes(connection)
    for table in _STATIC_TABLES:
        connection.execute(f"DELETE FROM {table}")
    _fill_static(connection)
    connection.executemany("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES (?, ?)", _versions())


@contextmanager
def without_history_index(connection: sqlite3.Connection) -> Iterator[None]:
    """Drop the index of the history while very many rows are written: made at once it takes a third of the time."""
    connection.execute("DROP INDEX loupe_history_row")
    yield
    connection.execute(_HISTORY_INDEX)


def _columns_of(connection: sqlite3.Connection, table: str) -> set[str]:
    return {name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")}


def _versions() -> list[tuple[str, str]]:
    return [
        ("schema_version", str(SCHEMA_VERSION)),
        ("min_reader_version", str(MIN_READER_VERSION)),
        ("min_writer_version", str(MIN_WRITER_VERSION)),
    ]


def _add_link_indexes(connection: sqlite3.Connection) -> None:
    for table, column in _LINK_INDEXES:
        connection.execute(f"CREATE INDEX IF NOT EXISTS {table}_{column} ON {table}({column})")


def _table_statements(spec: TableSpec) -> list[str]:
    if not spec.key:
        columns = ["key TEXT PRIMARY KEY NOT NULL"]
    else:
        columns = [f"{spec.key} INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
    if spec.geometry_type:
        columns.append(f"geom {spec.geometry_type}")
    for column in spec.plain_columns:
        if column.name != "key":
            required = " NOT NULL" if (spec.name, column.name) in REQUIRED else ""
            columns.append(f"{column.name} {column.sql_type}{required}")
    # bytes stand last, the largest behind all others: SQLite reads through each value that stands before the one wanted
    for blob in sorted(spec.blobs, key=DATA.__eq__):
        columns.append(f"{blob} BLOB{' NOT NULL' if (spec.name, blob) in REQUIRED else ''}")
    statements = [f"CREATE TABLE {spec.name} ({', '.join(columns)})"]
    if spec.key:
        statements.append(f"CREATE INDEX {spec.name}_uuid ON {spec.name}(uuid)")
    if spec.geometry_type:
        statements.append(f"CREATE VIRTUAL TABLE {spec.rtree} USING rtree(id, minx, maxx, miny, maxy)")
    return statements


_STATIC_TABLES = (
    "gpkg_extensions",
    "gpkg_data_columns",
    "gpkg_data_column_constraints",
    "gpkgext_relations",
    "gpkg_geometry_columns",
    "gpkg_contents",
    "gpkg_spatial_ref_sys",
)
"""Tables of which no row depends on the rows of the case."""


def _fill_static(connection: sqlite3.Connection) -> None:
    connection.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        [
            ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
            ("WGS 84 geodetic", SRS_ID, "EPSG", SRS_ID, WGS84_DEFINITION, "longitude/latitude coordinates in degrees"),
        ],
    )
    public = [spec for spec in SPECS if not spec.private]
    contents = [
        (
            spec.name,
            "features" if spec.geometry_type else "attributes",
            TITLES[spec.name],
            SRS_ID if spec.geometry_type else None,
        )
        for spec in public
    ]
    contents += [(relation.mapping, "attributes", relation.mapping, None) for relation in RELATIONS]
    contents.append(("layer_styles", "attributes", TITLES["layer_styles"], None))
    connection.executemany(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, ?, ?, ?)", contents
    )
    connection.executemany(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        [(spec.name, spec.geometry_type, SRS_ID) for spec in SITE_SPECS],
    )
    connection.executemany(
        "INSERT INTO gpkgext_relations (base_table_name, base_primary_column, related_table_name, "
        "related_primary_column, relation_name, mapping_table_name) VALUES (?, ?, ?, 'id', ?, ?)",
        [(r.base, r.base_key, r.related, r.name, r.mapping) for r in RELATIONS],
    )
    connection.executemany(
        "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description) "
        "VALUES (?, 'enum', ?, ?)",
        [(name, value, text) for name, values in ENUMS.items() for value, text in values],
    )
    connection.executemany(
        "INSERT INTO gpkg_data_columns (table_name, column_name, constraint_name) VALUES (?, ?, ?)", ENUM_COLUMNS
    )
    connection.executemany("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", _extensions())


def _extensions() -> list[tuple[str, str | None, str, str, str]]:
    spec = "http://www.geopackage.org/spec140/#"
    related = "http://docs.opengeospatial.org/is/18-000/18-000.html"
    rows: list[tuple[str, str | None, str, str, str]] = [
        ("gpkg_data_columns", None, "gpkg_schema", spec + "extension_schema", "read-write"),
        ("gpkg_data_column_constraints", None, "gpkg_schema", spec + "extension_schema", "read-write"),
        ("gpkg_metadata", None, "gpkg_metadata", spec + "extension_metadata", "read-write"),
        ("gpkg_metadata_reference", None, "gpkg_metadata", spec + "extension_metadata", "read-write"),
        ("gpkgext_relations", None, "gpkg_related_tables", related, "read-write"),
    ]
    rows += [(s.name, "geom", "gpkg_rtree_index", spec + "extension_rtree", "write-only") for s in SITE_SPECS]
    rows += [(r.mapping, None, "gpkg_related_tables", related, "read-write") for r in RELATIONS]
    # read-write would make GDAL warn on each of them
    rows += [
        (name, None, "geoloupe_private", "Geoloupe: facts, layers and history of the case", "write-only")
        for name in PRIVATE_TABLES
    ]
    return rows
