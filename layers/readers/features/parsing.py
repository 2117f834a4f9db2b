"""Chooses the parser of a file that we parse ourselves; each is loaded when it is first needed."""

from __future__ import annotations

from layers.readers.files import Content
from layers.readers.rows.parsed_layer import ParsedLayer
from layers.readers.rows.source_rows import VectorSource


def parse(source: VectorSource) -> list[ParsedLayer]:
    """All layers of a file. Raises what parsing raises."""
    # Imports in functions, for start-up time: the first picture of a GeoPackage waits for none of them.
    if source.content is Content.GPX:
        from layers.readers.kml_gpx.gpx import parse_gpx

        return parse_gpx(source)
    if source.content in (Content.KML, Content.KMZ):
        from layers.readers.kml_gpx.kml import parse_kml

        return parse_kml(source)
    return parse_tables(source)


def parse_tables(source: VectorSource, *, preview: bool = False) -> list[ParsedLayer]:
    """The sheets of a table; with `preview` also those that have no place yet. Raises what parsing raises."""
    from layers.readers.tables import coordinate_tables as tables  # for start-up time, as above

    return tables.parse_tables(source, preview=preview)
