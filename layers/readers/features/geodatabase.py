"""The layers of a file geodatabase, through OGR's own driver: no code of Esri's is needed."""

from __future__ import annotations

import os
from typing import Any

import pyogrio

from layers.errors import NotReadable
from layers.phrase import Phrase
from layers.readers.files import Content
from layers.readers.guards.geodatabase import judge_geodatabase
from layers.readers.rows.ogr import READ_ERRORS, remarks_ignored
from layers.readers.rows.source_rows import VectorSource
from layers.readers.vector_words import features_refused

MOST_LAYERS = 1000
_MOST_NAMED = 5
_SURFACES = ("TIN", "PolyhedralSurface", "Triangle", "GeometryCollection")
"""Multipatches of ArcGIS, by the names that OGR gives them."""


def geodatabase_tables(folder: str) -> tuple[list[str], list[str]]:
    """Names of the tables with geometries, and a sentence about the others. Raises what judging raises, NotReadable."""
    listed = _listed(folder)
    plain = [layer for layer, kind in listed.items() if not kind]
    name, more = os.path.basename(folder), ", ..." if len(plain) > _MOST_NAMED else ""
    notes: list[str] = (
        [
            Phrase(
                "Tables of {name} without places are left out: {plain}{more}.",
                name=name,
                plain=", ".join(plain[:_MOST_NAMED]),
                more=more,
            )
        ]
        if plain
        else []
    )
    return [layer for layer, kind in listed.items() if kind], notes


def geodatabase_source(folder: str, layer: str, options: dict[str, Any]) -> VectorSource:
    """One table of it, the first where none is named. Raises what `geodatabase_tables` raises."""
    kinds = {name: kind for name, kind in _listed(folder).items() if kind}
    if layer not in kinds and (layer or not kinds):
        raise NotReadable(
            "{folder} has no layer {layer} that can be read.", folder=os.path.basename(folder), layer=repr(layer)
        )
    layer = layer or next(iter(kinds))
    return VectorSource(
        folder,
        Content.GEODATABASE,
        layer,
        folder,
        {},
        options,
        has_surfaces=kinds[layer].startswith(_SURFACES),
        is_chunked=True,
    )


def _listed(folder: str) -> dict[str, str]:
    """Kinds of geometry by the names of tables; empty for those without."""
    judge_geodatabase(folder)
    try:
        with remarks_ignored():
            listed = pyogrio.list_layers(folder)[:MOST_LAYERS]
    except READ_ERRORS as error:
        raise features_refused(os.path.basename(folder), str(error)) from error
    return {str(layer): str(kind or "") for layer, kind in listed}
