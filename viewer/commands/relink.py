"""Edits that relink layers to the present places of their files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded
from layers.disk.content_mark import KEY, ContentMark
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.phrase import Phrase
from layers.project.opening.layer_paths import LISTS, parts_of
from layers.text.counted import counted
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


class NewPlace(Struct, frozen=True):
    """The absolute path of a file, and the mark by which it is recognised; None where that is not known."""

    path: str
    mark: ContentMark | None = None


class LostFile(Struct, frozen=True):
    """A file of a layer that is not where the case says, or that may not be looked for there."""

    uuid: str
    layer: str
    """Name of the layer."""
    text: str
    """The path in the case."""
    mark: ContentMark | None = None


_ONE_TABLE = frozenset({".shp", ".geojson", ".json", ".geojsonl", ".fgb", ".csv", ".tsv", ".tab", ".txt"})
"""Formats whose files hold a single table, which need not be named."""

type Places = Mapping[str, NewPlace]
"""New places by the path that a layer has now."""


def relink_layers(document: Document, layers: Mapping[str, Places], *, actor: str, now: str | None = None) -> Edit:
    """Set other files for layers, by uuid, including those of combined images and bands. Raises InvalidValue."""
    changes: list[Change] = []
    names: list[str] = []
    for uuid, places in layers.items():
        layer = row_of(document.layers, uuid, Phrase("layer"))
        source = _relinked(layer.source, places)
        for name in LISTS:
            members = source.get(name)
            if isinstance(members, list):
                source[name] = [_relinked(member, places) if isinstance(member, dict) else member for member in members]
        if source != layer.source:
            changes += update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source))
            names.append(layer.name)
    label = (
        Phrase("Relink layer “{names}”", names=names[0])
        if len(names) == 1
        else Phrase("Relink {layers}", layers=counted(len(names), "layer"))
    )
    return Edit(label, tuple(changes))


def draw_from_file(document: Document, uuid: str, path: str, *, actor: str, now: str | None = None) -> Edit:
    """Draw a layer from a file at a path, which was downloaded from its address; all else about it stays. Raises
    InvalidValue.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    source = {name: value for name, value in layer.source.items() if name != "address"}
    source["path"] = path
    changes = update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source))
    return Edit(Phrase("Draw layer “{name}” from its downloaded file", name=layer.name), changes)


def _relinked(source: Mapping[str, Any], places: Places) -> dict[str, Any]:
    new_source = dict(source)
    text = new_source.get("path")
    place = places.get(text) if isinstance(text, str) else None
    if place is None or not isinstance(text, str):
        return new_source
    new_source["path"] = place.path
    new_source.pop(KEY, None)
    if place.mark is not None:
        new_source[KEY] = encoded(place.mark)
    new = PurePath(place.path)
    if new.suffix.lower() in _ONE_TABLE and new.name != (parts_of(text) or [""])[-1]:
        new_source.pop("table", None)  # it may have been called after the file
    return new_source


def lost_files(layer: Layer) -> list[LostFile]:
    """The files of a layer, also of combined images and bands, without shipped ones, which cannot be lost."""
    lists = [members for name in LISTS if isinstance(members := layer.source.get(name), list)]
    sources = [layer.source, *(member for members in lists for member in members)]
    files = (
        LostFile(layer.uuid, layer.name, source["path"], decoded_or_none(source.get(KEY), ContentMark))
        for source in sources
        if isinstance(source, dict) and isinstance(source.get("path"), str) and source["path"]
    )
    return list({file.text: file for file in reversed(list(files))}.values())[::-1]
