"""Edits of the layer stack. Order is a number between neighbours, so that a move touches one row."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from layers.colour.palettes import LAYER_COLORS, layer_seed
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.json_fields import json_object
from layers.document.layer import (
    EXPORT_CHOICES,
    HIGHEST_M,
    LONGEST_STATED,
    LONGEST_TERMS,
    LOWEST_M,
    STATED,
    TERMS_STATED,
    Layer,
)
from layers.document.placing.control_points import read_control_points
from layers.document.vocabulary import DATE_KINDS, LAYER_KINDS
from layers.errors import BadCRS, InvalidValue
from layers.geo.crs import PIXEL_SPACE, check_map_crs
from layers.phrase import Phrase
from layers.raster.band_names import KEY, MEANINGS
from layers.services.address_keys import split_key
from layers.text.counted import counted
from viewer.commands.fields import check_choice, check_date, check_link, check_number, field_words, is_span, row_of
from viewer.commands.order_keys import keys_at
from viewer.commands.stamps import delete, insert, new_uuid, stamp_of, update

FIELD_WORDS = {
    "opacity": Phrase("opacity"),
    "style_json": Phrase("style"),
    "credit": Phrase("credit"),
    "acquired_at": Phrase("date"),
    "date_kind": Phrase("kind of date"),
    "crs": Phrase("CRS"),
    "control_points_json": Phrase("control points"),
    "blend": Phrase("blending"),
    "source_json": Phrase("source"),
    "visible": Phrase("visibility"),
    "name": Phrase("name"),
    "sensor": Phrase("sensor"),
    "provider": Phrase("provider"),
    "own_licence": Phrase("terms"),
    "own_link": Phrase("address of the terms"),
    "own_export": Phrase("what files may show"),
}
"""The undo menu's words for the columns of a layer."""


def add_layer(
    document: Document,
    kind: str,
    name: str,
    source: Mapping[str, Any],
    *,
    actor: str,
    now: str | None = None,
    uuid: str | None = None,
    **fields: Any,
) -> Edit:
    """Add a layer on top; rasters and tiles go under the vector layers that lie on top. Raises InvalidValue.

    `source` becomes `Layer.source_json`; the row is the last change's ``after``.
    """
    _check_fields({"kind": kind, "name": name, **fields})
    stamp = stamp_of(actor, now)
    stack = document.layers_in_order()
    position = len(stack)
    while kind != "vector" and position > 0 and stack[position - 1].kind == "vector":
        position -= 1
    (key,), renumbered = keys_at("layers", stack, position, 1, stamp)
    if not uuid:
        uuid = _uuid_in_own_color(stack) if kind == "vector" else new_uuid()
    layer = Layer(uuid=uuid, kind=kind, name=name, order_key=key, source_json=json.dumps(dict(source)), **fields)
    return Edit(Phrase("Add layer “{name}”", name=name), (*renumbered, insert("layers", layer, stamp)))


def _uuid_in_own_color(stack: Iterable[Layer]) -> str:
    """A new uuid, which decides a layer's first colour: one of a colour that the fewest other layers have."""
    used = [layer_seed(layer.uuid) for layer in stack if layer.kind == "vector"]
    counts = [used.count(seed) for seed in range(len(LAYER_COLORS))]
    while True:
        uuid = new_uuid()
        if counts[layer_seed(uuid)] == min(counts):
            return uuid


def update_layer(document: Document, uuid: str, *, actor: str, now: str | None = None, **fields: Any) -> Edit:
    """Change name, visibility, opacity, style, credit, dates, sensor or provider of a layer. Raises InvalidValue.

    A date tells its kind by itself, unless that is given or the image is a composite: a day is an instant.
    """
    _check_fields(fields)
    layer = row_of(document.layers, uuid, Phrase("layer"))
    label, fields = _label(layer, fields), _with_statements(layer, fields)
    if fields.get("crs") and "combined" in layer.source:
        raise InvalidValue("Each image of a combined layer has its own CRS: set it there, and combine them again.")
    if fields.get("crs") and read_control_points(fields.get("control_points_json", layer.control_points_json)):
        raise InvalidValue("Control points place this layer: take them away (As the File Says), then choose its CRS.")
    implied = _implied_kind(layer, fields["acquired_at"]) if "acquired_at" in fields else {}
    row = replace(layer, **(implied | fields))
    if fields.keys() & {"acquired_at", "date_kind"} and row.date_kind == "instant" and is_span(row.acquired_at):
        raise InvalidValue(
            "“{acquired_at}” is no instant: write the day, or choose Interval as the kind.",
            acquired_at=row.acquired_at,
        )
    return Edit(label, update("layers", layer, stamp_of(actor, now), **(implied | fields)))


def lay_bare(
    document: Document, uuids: Collection[str], covering: Collection[str], *, actor: str, now: str | None = None
) -> Edit:
    """Show layers and hide the ones above them of those that cover them, in one step. Raises InvalidValue."""
    shown = [row_of(document.layers, uuid, Phrase("layer")) for uuid in uuids]
    stamp, lowest = stamp_of(actor, now), min(layer.order_key for layer in shown)
    above = [layer for uuid, layer in document.layers.items() if uuid in covering and layer.order_key > lowest]
    changes = [change for layer in shown for change in update("layers", layer, stamp, visible=True)]
    changes += [change for layer in above for change in update("layers", layer, stamp, visible=False)]
    return Edit(Phrase("Show layer “{name}” without those above it", name=shown[0].name), tuple(changes))


def show_only(document: Document, uuids: Collection[str], *, actor: str, now: str | None = None) -> Edit:
    """Show layers and hide all others, in one step. Raises InvalidValue."""
    shown = [row_of(document.layers, uuid, Phrase("layer")) for uuid in uuids]
    stamp, others = stamp_of(actor, now), [layer for uuid, layer in document.layers.items() if uuid not in uuids]
    changes = [change for layer in shown for change in update("layers", layer, stamp, visible=True)]
    changes += [change for layer in others if layer.visible for change in update("layers", layer, stamp, visible=False)]
    return Edit(Phrase("Show only layer “{name}”", name=shown[0].name), tuple(changes))


def show_again(document: Document, uuids: Collection[str], *, actor: str, now: str | None = None) -> Edit:
    """Show layers that were hidden, in one step; those that are gone are left out."""
    hidden = [layer for uuid, layer in document.layers.items() if uuid in uuids and not layer.visible]
    stamp = stamp_of(actor, now)
    changes = [change for layer in hidden for change in update("layers", layer, stamp, visible=True)]
    return Edit(Phrase("Show {layers} again", layers=counted(len(hidden), "layer")), tuple(changes))


def _with_statements(layer: Layer, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with the words on sensor, provider and terms moved into the source; empty ones are removed."""
    statements = {key: str(fields[key]).strip() for key in STATED if key in fields}
    others = {key: value for key, value in fields.items() if key not in STATED}
    _check_statements(statements)
    if "own_link" in statements:
        statements["own_link"] = split_key(statements["own_link"]).address
    if not statements:
        return others
    kept = {key: value for key, value in layer.source.items() if key not in statements}
    return others | {"source_json": json.dumps(kept | {key: words for key, words in statements.items() if words})}


def _check_statements(statements: Mapping[str, str]) -> None:
    """Raise InvalidValue for a statement that a layer cannot hold."""
    if any(len(words) > LONGEST_STATED for key, words in statements.items() if key not in TERMS_STATED):
        raise InvalidValue(
            "Sensor and provider have {longest_stated} letters at most: shorten the words.",
            longest_stated=LONGEST_STATED,
        )
    if any(len(statements.get(key, "")) > LONGEST_TERMS for key in TERMS_STATED):
        raise InvalidValue("Terms have {longest} letters at most: shorten the words.", longest=LONGEST_TERMS)
    check_link(statements.get("own_link", ""), Phrase("address of the terms"))
    check_choice(statements.get("own_export", ""), EXPORT_CHOICES, Phrase("what files may show"))


def _implied_kind(layer: Layer, date: str) -> dict[str, str]:
    """The kind and basis that a date implies; both empty without a date.

    A composite stays one, and so does an interval of a day, for a day may be all that is known of it.
    """
    if date == layer.acquired_at:
        return {}
    kind = layer.known_date_kind
    if not date:
        implied = kind if kind == "composite" else "unknown"
    elif kind in ("composite", "published") or (kind == "interval" and not is_span(layer.acquired_at)):
        implied = kind
    else:  # one day of a service is made of several images
        implied = "interval" if is_span(date) or layer.kind == "tiles" else "instant"
    return {"date_kind": implied, "date_basis": "analyst" if date else ""}


def set_height(document: Document, uuid: str, height_m: float | None, *, actor: str, now: str | None = None) -> Edit:
    """Set the height above the ellipsoid by which a layer is placed with its RPC; None: the RPC's own.

    Raises InvalidValue.
    """
    check_number(height_m, LOWEST_M, HIGHEST_M, Phrase("height in metres"))
    layer = row_of(document.layers, uuid, Phrase("layer"))
    source = {key: value for key, value in layer.source.items() if key != "height_m"}
    if height_m is not None:
        source["height_m"] = float(height_m)
    changes = update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source))
    return Edit(Phrase("Change height of layer “{name}”", name=layer.name), changes)


def name_bands(document: Document, uuid: str, names: Mapping[int, str], *, actor: str, now: str | None = None) -> Edit:
    """Name bands of a layer's file by number, where the file does not; an empty name removes one.

    Raises InvalidValue.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    new_names = {int(number): name for number, name in names.items() if name}
    if any(name not in MEANINGS for name in new_names.values()) or len(set(new_names.values())) < len(new_names):
        raise InvalidValue("Bands have different names, of the list that is offered: choose others.")
    source = {key: value for key, value in layer.source.items() if key != KEY}
    source |= {KEY: {str(number): name for number, name in sorted(new_names.items())}} if new_names else {}
    changes = update("layers", layer, stamp_of(actor, now), source_json=json.dumps(source))
    return Edit(Phrase("Name bands of layer “{name}”", name=layer.name), changes)


def read_layer_as(
    document: Document, uuid: str, options: Mapping[str, Any], *, actor: str, table: str = "", now: str | None = None
) -> Edit:
    """Read the file of a layer with `options` (encoding, columns, delimiter, CRS), and its `table` where one is named.

    Raises InvalidValue.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    source = {key: value for key, value in layer.source.items() if key != "options"}
    source |= {"options": dict(options)} if options else {}
    source |= {"table": table} if table else {}
    text = json.dumps(source)
    changes = () if source == layer.source else update("layers", layer, stamp_of(actor, now), source_json=text)
    return Edit(Phrase("Change how layer “{name}” is read", name=layer.name), changes)


def move_layers(document: Document, uuids: Iterable[str], position: int, *, actor: str, now: str | None = None) -> Edit:
    """Move layers together, in their order, so that the lowest is at `position` (0 = bottom). Raises InvalidValue."""
    wanted = {row_of(document.layers, uuid, Phrase("layer")).uuid for uuid in uuids}
    stamp, stack = stamp_of(actor, now), document.layers_in_order()
    moved = [layer for layer in stack if layer.uuid in wanted]
    others = [layer for layer in stack if layer.uuid not in wanted]
    position = max(0, min(position, len(others)))
    label = (
        Phrase("Move layer “{name}”", name=moved[0].name)
        if len(moved) == 1
        else Phrase("Move {layers}", layers=counted(len(moved), "layer"))
    )
    if [*others[:position], *moved, *others[position:]] == stack:
        return Edit(label, ())
    keys, renumbered = keys_at("layers", others, position, len(moved), stamp)
    changes = [c for layer, key in zip(moved, keys, strict=True) for c in update("layers", layer, stamp, order_key=key)]
    return Edit(label, (*renumbered, *changes))


def remove_layers(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Remove layers from the case; their files stay where they are. Raises InvalidValue."""
    layers = [row_of(document.layers, uuid, Phrase("layer")) for uuid in dict.fromkeys(uuids)]
    label = (
        Phrase("Remove layer “{name}”", name=layers[0].name)
        if len(layers) == 1
        else Phrase("Remove {layers}", layers=counted(len(layers), "layer"))
    )
    remarks = [remark for layer in layers for remark in document.links.comments_on(layer.uuid)]
    return Edit(label, (*(delete("comments", row) for row in remarks), *(delete("layers", row) for row in layers)))


def _check_fields(fields: Mapping[str, Any]) -> None:
    if "kind" in fields:
        check_choice(fields["kind"], LAYER_KINDS, Phrase("kind of layer"))
    if "date_kind" in fields:
        check_choice(fields["date_kind"], DATE_KINDS, Phrase("kind of date"))
    if not fields.get("name", "x").strip():
        raise InvalidValue("A layer needs a name.")
    check_number(fields.get("opacity"), 0, 1, Phrase("opacity"))
    check_date(fields.get("acquired_at", ""), Phrase("date of the image"))
    _check_crs(fields.get("crs", ""))
    style = fields.get("style_json", "")
    json_object(style, Phrase("A layer's style"))


def _check_crs(text: str) -> None:
    if text in ("", PIXEL_SPACE):
        return
    try:
        check_map_crs(text)
    except BadCRS as error:
        raise InvalidValue(error.sentence) from error


def _label(layer: Layer, fields: Mapping[str, Any]) -> str:
    match list(fields):
        case ["visible"]:
            return Phrase(
                "{value} layer “{name}”", value=Phrase("Show") if fields["visible"] else Phrase("Hide"), name=layer.name
            )
        case ["name"]:
            return Phrase("Rename layer “{name}”", name=layer.name)
        case names:
            words = field_words(names, FIELD_WORDS)
            return Phrase("Change {words} of layer “{name}”", words=words, name=layer.name)
