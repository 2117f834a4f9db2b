"""The filter of a vector layer: an expression on its attributes, kept with the layer's source."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.vector.expression.language import parse_expression
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update

FILTER = "filter"
"""The key in `Layer.source_json`."""


def filter_of(layer: Layer) -> str:
    """The expression that the features shown must meet; empty where all are shown."""
    text = layer.source.get(FILTER, "") if layer.kind == "vector" else ""
    return text if isinstance(text, str) else ""


def set_layer_filter(document: Document, uuid: str, text: str, *, actor: str, now: str | None = None) -> Edit:
    """Show only the features for which the expression holds, or all for empty text. Raises InvalidValue."""
    layer = row_of(document.layers, uuid, Phrase("layer"))
    if layer.kind != "vector":
        raise InvalidValue("{name} has no attributes: only a vector layer can be filtered.", name=layer.name)
    source: Mapping[str, Any] = {key: value for key, value in layer.source.items() if key != FILTER}
    if text.strip():
        source = {**source, FILTER: parse_expression(text).text}
    label = Phrase(
        "{value} layer “{name}”",
        value=Phrase("Filter") if text.strip() else Phrase("Clear the filter of"),
        name=layer.name,
    )
    return Edit(label, update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source)))
