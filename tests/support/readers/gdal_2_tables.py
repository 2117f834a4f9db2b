"""GeoPackages of tiles as GDAL 2 wrote them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def add_technical_table(path: Path) -> None:
    """Register a table of features that holds nothing, as GDAL 2 did for the sake of older programs."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE ogr_empty_table (fid INTEGER PRIMARY KEY, geom GEOMETRY)")
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES "
            "('ogr_empty_table', 'features', 'ogr_empty_table', "
            "'Technical table needed to be able to open with old versions', 0)"
        )
        database.execute("INSERT INTO gpkg_geometry_columns VALUES ('ogr_empty_table', 'geom', 'GEOMETRY', 0, 0, 0)")
        database.commit()
