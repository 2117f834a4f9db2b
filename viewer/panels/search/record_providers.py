"""A provider of hits without a place: the case's layers by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from layers.document.layer import Layer
from layers.places.names import name_key
from viewer.panels.search.hits import MOST_IN_GROUP, Hit, HitGroup, key_score
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

SHORTEST_WORD = 3
LONGEST = 500
"""Most characters of a name, and of the typed text, that are compared."""


class LayerProvider:
    """Finds the case's layers by their names."""

    def __init__(self, layers: Callable[[], Mapping[str, Layer]]) -> None:
        self._layers = layers

    def search(self, text: str) -> list[Hit]:
        wanted = name_key(text[:LONGEST])
        if len(wanted) < SHORTEST_WORD and wanted.isascii():
            return []
        matches = [
            (score, layer)
            for layer in list(self._layers().values())  # one step of the interpreter: edits come from another thread
            if (score := key_score(wanted, name_key(layer.name[:LONGEST]))) is not None
        ]
        matches.sort(key=lambda row: (row[0], row[1].name))
        return [_layer_hit(*row) for row in matches[:MOST_IN_GROUP]]


def _layer_hit(score: float, layer: Layer) -> Hit:
    return Hit(
        group=HitGroup.LAYERS,
        text=one_line(layer.name, 80),
        note="" if layer.visible else translate("Search", "not shown now"),
        icon="vector" if layer.kind == "vector" else "raster",
        lon=math.nan,
        lat=math.nan,
        layer_uuid=layer.uuid,
        score=score,
    )
