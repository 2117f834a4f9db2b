"""Edits of layers whose file on a host was downloaded whole."""

from __future__ import annotations

import json

from layers.document.document import Document
from layers.document.edit import Edit
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


def draw_from_file(document: Document, uuid: str, path: str, *, actor: str, now: str | None = None) -> Edit:
    """Draw a layer from a file at a path, which was downloaded from its address; all else about it stays. Raises
    InvalidValue.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    source = {name: value for name, value in layer.source.items() if name != "address"}
    source["path"] = path
    changes = update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source))
    return Edit(Phrase("Draw layer “{name}” from its downloaded file", name=layer.name), changes)
