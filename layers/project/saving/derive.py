"""What a saved case has and a working copy has not: all of it follows from the rows, never read back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from layers.document.vocabulary import MARKINGS
from layers.geo.bounds import Bounds
from layers.project.storage.schema import RELATIONS
from layers.project.storage.tables import SITE_SPECS, SPECS, TableSpec

_PROVENANCE = (
    '<?xml version="1.0" encoding="UTF-8"?><metadata><title>Geoloupe case</title>'
    "<description>Sites, claims, sources and image chips of one case; the tables loupe_* are private to Geoloupe."
    "</description></metadata>"
)


def derive(connection: sqlite3.Connection, target: Path, integrity_slot: str) -> None:
    """Fill what is derived, in one transaction; `target` is the name the file will have."""
    from layers.project.qgis.case_layers import project_layers  # for start-up time: only saving writes for QGIS
    from layers.project.qgis.project import project_row
    from layers.project.qgis.style import style_rows

    connection.execute("BEGIN")
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
    connection.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '')",
        style_rows(),
    )
    connection.execute("DELETE FROM qgis_projects")
    layers = project_layers(connection.execute(
        "SELECT uuid, name, source_json, style_json, visible FROM loupe_layers WHERE kind = 'vector' ORDER BY order_key"
    ))  # fmt: skip
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
    _count_features(connection)
    connection.execute("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES ('integrity', ?)", (integrity_slot,))
    for spec in SITE_SPECS:
        for statement in _rtree_triggers(spec):
            connection.execute(statement)
    connection.execute("COMMIT")


def _set_extent(connection: sqlite3.Connection, spec: TableSpec) -> None:
    connection.execute(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now'), (min_x, max_x, min_y, max_y) = "
        f"(SELECT min(minx), max(maxx), min(miny), max(maxy) FROM {spec.rtree}) WHERE table_name = ?",
        (spec.name,),
    )


def _bounds(connection: sqlite3.Connection) -> Bounds | None:
    row = connection.execute("SELECT min(min_x), min(min_y), max(max_x), max(max_y) FROM gpkg_contents").fetchone()
    return None if row[0] is None else Bounds(*row)


def _count_features(connection: sqlite3.Connection) -> None:
    """Feature counts as GDAL keeps them, with the triggers that keep them true."""
    connection.execute("DELETE FROM gpkg_ogr_contents")
    for spec in SPECS:
        if not spec.private:
            name = spec.name
            connection.execute(f"INSERT INTO gpkg_ogr_contents SELECT '{name}', count(*) FROM {name}")
            for event, sign in (("insert", "+"), ("delete", "-")):
                connection.execute(
                    f'CREATE TRIGGER "trigger_{event}_feature_count_{name}" AFTER {event.upper()} ON "{name}" BEGIN '
                    f"UPDATE gpkg_ogr_contents SET feature_count = feature_count {sign} 1 "
                    f"WHERE lower(table_name) = lower('{name}'); END"
                )


def _raise_marking(connection: sqlite3.Connection) -> None:
    """The case is marked at least as high as what is in it; a marking in free words stays as it is."""
    now = _meta(connection, "marking")
    rows = connection.execute(
        "SELECT marking FROM claims UNION SELECT marking FROM sources UNION SELECT marking FROM chips"
    )
    inside = [word for (word,) in rows if word in MARKINGS]
    highest = max(inside, key=MARKINGS.index, default="")
    if now in MARKINGS and highest and MARKINGS.index(highest) > MARKINGS.index(now):
        connection.execute("INSERT OR REPLACE INTO loupe_meta (key, value) VALUES ('marking', ?)", (highest,))


def _meta(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM loupe_meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row and isinstance(row[0], str) else ""


def _rtree_triggers(spec: TableSpec) -> list[str]:
    """The seven triggers of GeoPackage 1.4. They call ST_* functions, so only clients that have those can edit."""
    table, rtree = f'"{spec.name}"', f'"{spec.rtree}"'
    box = 'ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")'
    new_there = '(NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom"))'
    new_empty = '(NEW."geom" ISNULL OR ST_IsEmpty(NEW."geom"))'
    old_there = '(OLD."geom" NOTNULL AND NOT ST_IsEmpty(OLD."geom"))'
    old_empty = '(OLD."geom" ISNULL OR ST_IsEmpty(OLD."geom"))'
    same, other = 'OLD."fid" = NEW."fid"', 'OLD."fid" != NEW."fid"'
    put = f'INSERT OR REPLACE INTO {rtree} VALUES (NEW."fid", {box})'
    drop = f'DELETE FROM {rtree} WHERE id = OLD."fid"'
    of_geom = f'AFTER UPDATE OF "geom" ON {table}'
    move = (
        f'UPDATE {rtree} SET minx = ST_MinX(NEW."geom"), maxx = ST_MaxX(NEW."geom"), miny = ST_MinY(NEW."geom"), '
        'maxy = ST_MaxY(NEW."geom") WHERE id = NEW."fid"'
    )
    bodies = {
        "insert": f"AFTER INSERT ON {table} WHEN {new_there} BEGIN {put}; END",
        "update2": f"{of_geom} WHEN {same} AND {new_empty} BEGIN {drop}; END",
        "update4": f"AFTER UPDATE ON {table} WHEN {other} AND {new_empty} "
        f'BEGIN DELETE FROM {rtree} WHERE id IN (OLD."fid", NEW."fid"); END',
        "update5": f"AFTER UPDATE ON {table} WHEN {other} AND {new_there} BEGIN {drop}; {put}; END",
        "update6": f"{of_geom} WHEN {same} AND {new_there} AND {old_there} BEGIN {move}; END",
        "update7": f"{of_geom} WHEN {same} AND {new_there} AND {old_empty} "
        f'BEGIN INSERT INTO {rtree} VALUES (NEW."fid", {box}); END',
        "delete": f'AFTER DELETE ON {table} WHEN OLD."geom" NOT NULL BEGIN {drop}; END',
    }
    return [f'CREATE TRIGGER "{spec.rtree}_{name}" {body}' for name, body in bodies.items()]
