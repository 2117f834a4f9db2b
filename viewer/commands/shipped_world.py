"""Makes a new case with the shipped world: a picture of the Earth, and coasts above it."""

from __future__ import annotations

import json

import sample_data
from layers.document.document import Document
from viewer.commands.layers import add_layer

COAST_STYLE = {"stroke_color": "#e8f1f5", "stroke_width_px": 0.8}
WORLD: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("blue_marble.tif", "raster", {}),
    ("coast.geojson", "vector", COAST_STYLE),
)
"""File, kind of layer and style, the lowest first."""


def case_on_world(actor: str) -> Document:
    """A case that holds nothing but the shipped world."""
    document, known = Document(), sample_data.credits()
    for name, kind, style in WORLD:
        credit = known[name]
        document.apply(
            add_layer(
                document,
                kind,
                credit.title,
                {"shipped": name},
                actor=actor,
                credit=credit.credit,
                date_kind=credit.date_kind,
                style_json=json.dumps(style) if style else "",
            )
        )
    return document
