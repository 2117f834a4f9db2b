"""Edits of the offline packs that layers of tiles take their tiles from."""

from __future__ import annotations

import json
from pathlib import Path

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.opening.layer_paths import MOST_MEMBERS, packs_in
from layers.raster.band_files import LACKS, PackLacks
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


def use_clip(
    document: Document, uuid: str, path: Path, lacks: PackLacks | None = None, *, actor: str, now: str | None = None
) -> Edit:
    """Let a layer of a file on a host be drawn from its pack, a part of that file, where the host is out of reach. The
    pack is named by its absolute path; `lacks` are the bands that did not come, and its place. Raises InvalidValue.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    if layer.kind != "raster" or "address" not in layer.source:
        raise InvalidValue("“{name}” is no image on a host: it takes nothing from a pack.", name=layer.name)
    source = {name: value for name, value in layer.source.items() if name != LACKS} | {"path": str(path)}
    if lacks is not None:
        source[LACKS] = encoded(lacks)
    label = Phrase("Use offline pack “{pack}” for layer “{name}”", pack=path.name, name=layer.name)
    return Edit(label, update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source)))


def use_pack(document: Document, uuid: str, path: Path, *, actor: str, now: str | None = None) -> Edit:
    """Let a layer of tiles take tiles from a pack, named by its absolute path. Raises InvalidValue."""
    layer = row_of(document.layers, uuid, Phrase("layer"))
    packs = packs_in(layer.source)
    if layer.kind != "tiles":
        raise InvalidValue("“{name}” is no layer of tiles: it takes nothing from a pack.", name=layer.name)
    if str(path) in packs:
        raise InvalidValue("“{name}” takes its tiles from {pack} already.", name=layer.name, pack=path.name)
    if len(packs) >= MOST_MEMBERS:
        raise InvalidValue("“{name}” has {most} offline packs, which is the most.", name=layer.name, most=MOST_MEMBERS)
    source = layer.source | {"packs": [{"path": each} for each in (*packs, str(path))]}
    label = Phrase("Use offline pack “{pack}” for layer “{name}”", pack=path.name, name=layer.name)
    return Edit(label, update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source)))
