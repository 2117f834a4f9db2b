"""Layers of features that a server sent: made with their origin, and given the file of another answer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from msgspec.structs import replace

from layers.decoding import encoded
from layers.disk.content_mark import KEY as MARK
from layers.document.document import Document
from layers.document.edit import Edit
from layers.phrase import Phrase
from layers.services.features.feature_origin import KEY, FeatureOrigin
from layers.services.imagery_entry import host_of_address
from viewer.commands.fields import row_of
from viewer.commands.found_layers import FoundLayer
from viewer.commands.stamps import stamp_of, update
from viewer.support.language.text import one_line

LONGEST_NAME = 80


def with_origin(layers: Sequence[FoundLayer], origin: FeatureOrigin) -> list[FoundLayer]:
    """The layers of a file that a server sent, called by the server's title, with its credit and their origin."""
    question = origin.question
    name = one_line(question.title, LONGEST_NAME) or host_of_address(question.address)
    credit = question.attribution or host_of_address(question.address)
    return [
        replace(
            layer,
            name=name if len(layers) == 1 else f"{name}: {layer.source.get('table', '')}",
            source={**layer.source, KEY: encoded(origin)},
            facts={**layer.facts, "credit": credit},
        )
        for layer in layers
    ]


def use_fetched_file(
    document: Document, uuid: str, layers: Sequence[FoundLayer], *, actor: str, now: str | None = None
) -> Edit:
    """Let a layer show the features of another answer, of its table where the file has several. Raises InvalidValue."""
    layer = row_of(document.layers, uuid, Phrase("layer"))
    table = layer.source.get("table")
    new = next((other.source for other in layers if other.source.get("table") == table), layers[0].source)
    kept = {key: value for key, value in layer.source.items() if key not in (MARK, "table", "geometry")}
    label = Phrase("Fetch layer “{name}” again", name=layer.name)
    return Edit(label, update("layers", layer, stamp_of(actor, now), source_json=json.dumps(kept | new)))
