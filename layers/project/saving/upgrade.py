"""Working copies that an older version left behind: brought to our schema in place, with all their edits."""

from __future__ import annotations

import sqlite3

from layers.project.opening.foreign import free_names
from layers.project.opening.migrations import REPAIRS, migrate
from layers.project.opening.rows import OwnTables, read_rows
from layers.project.storage.row_writer import RowStamp, RowWriter, quoted
from layers.project.storage.schema import SCHEMA_VERSION, add_missing
from layers.project.storage.tables import SPECS, TableSpec
from layers.project.storage.versions import later_columns, schema_version_in


def upgrade(connection: sqlite3.Connection, name: str, at: str) -> None:
    """Bring an open working copy to our version, as a whole or not at all; its history tells it as an edit of `at`.

    `name` is the case's, for the sentence of CaseDamaged. Raises sqlite3.Error and what `migrate` raises.
    """
    version = schema_version_in(dict(connection.execute("SELECT key, value FROM loupe_meta")))
    if version >= SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for spec in SPECS:
            _make_room(connection, spec, version)
        add_missing(connection)
        writer = RowWriter(connection)
        document = read_rows(OwnTables(connection), None).document
        for edit in migrate(document, version, name):
            writer.write_edit(edit, RowStamp(REPAIRS, at))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _make_room(connection: sqlite3.Connection, spec: TableSpec, version: int) -> None:
    """Give another program's columns new names where ours need theirs, the same that the next save gives them."""
    there = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({spec.name})")]
    in_use = {column.name.lower() for column in spec.columns} | {spec.key, "geom", *spec.blobs}
    ours = in_use - later_columns(version, spec.name)
    for old, new in free_names([name for name in there if name.lower() not in ours], in_use).items():
        connection.execute(f"ALTER TABLE {spec.name} RENAME COLUMN {quoted(old)} TO {quoted(new)}")
