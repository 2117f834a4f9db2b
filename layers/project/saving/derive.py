"""Fills the parts of a saved case that a working copy lacks: all follow from the rows, and are never read back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from layers.document.vocabulary import MARKINGS
from layers.geo.bounds import Bounds
from layers.project.saving.carry import told_styles
from layers.project.saving.spatial_index import add_rtree_triggers, count_features
from layers.project.storage.schema import INTEGRITY_KEY, RELATIONS, STYLES_KEY
from layers.project.storage.tables import SITE_SPECS, SPECS, TableSpec

_PROVENANCE = (
    '<?xml version="1.0" encoding="UTF-8"?><metadata><title>Geoloupe case</title>'
    "<description>Sites, claims, sources and image chips of one case; the tables loupe_* are private to Geoloupe."
    "</description></metadata>"
)


def derive(connection: sqlite3.Connection, target: Path, integrity_slot: str) -> None:
    """Fill derived tables and columns, in an open transaction; `target` is the name that the file will have."""
    from layers.project.qgis.case_layers import project_layers  # for start-up time: only saving writes for QGIS
    from layers.project.qgis.project import project_row
    from layers.project.qgis.style import style_rows

    for spec in SITE_SPECS:
        _set_extent(connection, spec)
    for relation in RELATIONS:
        connection.execute(f"DELETE FROM {relation.mapping}")
        connection.execute(
            f"INSERT INTO {relation.mapping} (base_id, related_id) "
            f"SELECT b.{relation.base_key}, r.id FROM {relation.links} l "
            f"JOIN {relation.base} b ON b.uuid = l.{relation.base_column} "
            f"JOIN {relation.related} r ON r.uuid = l.{relation.related_column}"
        )
    connection.execute("DELETE FROM layer_styles")
    styles = style_rows()
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '')",
        styles,
    )
    _set_meta(connection, STYLES_KEY, told_styles((table, name, qml) for table, _geometry, name, qml, _said in styles))
    connection.execute("DELETE FROM qgis_projects")
    layers = project_layers(
        connection.execute(
            "SELECT uuid, name, source_json, style_json, visible FROM loupe_layers "
            "WHERE kind = 'vector' ORDER BY order_key"
        )
    )
    title = _meta(connection, "title")
    name = target.name.encode("utf-8", "replace").decode("utf-8")
    connection.execute(
        "INSERT INTO qgis_projects VALUES (?, ?, ?)", project_row(name, title, _bounds(connection), layers)
    )
    connection.execute("DELETE FROM gpkg_metadata_reference")
    connection.execute("DELETE FROM gpkg_metadata")
    connection.execute(
        "INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'http://www.w3.org/2001/XMLSchema', 'text/xml', ?)",
        (_PROVENANCE,),
    )
    connection.execute("INSERT INTO gpkg_metadata_reference (reference_scope, md_file_id) VALUES ('geopackage', 1)")
    _raise_marking(connection)
    connection.execute("DELETE FROM gpkg_ogr_contents")
    for spec in SPECS:
        if not spec.private:
            count_features(connection, spec.name)
    _set_meta(connection, INTEGRITY_KEY, integrity_slot)
    for spec in SITE_SPECS:
        add_rtree_triggers(connection, spec.name, "geom", spec.key)


def _set_extent(connection: sqlite3.Connection, spec: TableSpec) -> None:
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'), (min_x, max_x, min_y, max_y) = "
        f"(SELECT min(minx), max(maxx), min(miny), max(maxy) FROM {spec.rtree}) WHERE table_name = ?",
        (spec.name,),
    )


def _bounds(connection: sqlite3.Connection) -> Bounds | None:
    row = connection.execute("SELECT min(min_x), min(min_y), max(max_x), max(max_y) FROM gpkg_contents").fetchone()
    return None if row[0] is None else Bounds(*row)


def _raise_marking(connection: sqlite3.Connection) -> None:
    """Raise the case's marking to the highest of its content; a marking in free words stays as it is."""
    now = _meta(connection, "marking")
    marked = [spec.name for spec in SPECS if any(column.name == "marking" for column in spec.columns)]
    stated = [word for word in MARKINGS if word]
    known = f"({', '.join('?' * len(stated))})"
    query = " UNION ".join(f"SELECT marking FROM {table} WHERE marking IN {known}" for table in marked)
    inside = connection.execute(query, stated * len(marked))
    highest = max((word for (word,) in inside), key=MARKINGS.index, default="")
    if now in MARKINGS and highest and MARKINGS.index(highest) > MARKINGS.index(now):
        _set_meta(connection, "marking", highest)


def _meta(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM loupe_meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row and isinstance(row[0], str) else ""


def _set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES (?, ?)", (key, value))
