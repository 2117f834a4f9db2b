"""The layers that a bookmark remembers: which are shown, their opacity, style and date, and whether sites are."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.json_fields import json_object
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.phrase import Phrase

MOST_LAYERS = 10_000
LONGEST_NAME = 500
_WHAT = Phrase("The layers of the bookmark")


class LayerState(Struct, frozen=True):
    """A layer as it was shown. `time` is the day of a tile service that has days; `name` is for when it is gone."""

    uuid: str
    name: str = ""
    visible: bool = True
    opacity: float = 1.0
    style_json: str = ""
    time: str = ""

    @classmethod
    def of(cls, layer: Layer) -> LayerState:
        time = layer.source.get("time", "")
        return cls(
            layer.uuid,
            layer.name[:LONGEST_NAME],
            layer.visible,
            layer.drawn_opacity,
            layer.style_json,
            time if isinstance(time, str) else "",
        )

    def fields_for(self, layer: Layer) -> dict[str, Any]:
        """The columns of a layer's row as they were; unknown ones stay as they are."""
        fields: dict[str, Any] = {"visible": self.visible}
        if self.opacity != layer.drawn_opacity:
            fields["opacity"] = self.opacity
        fields["style_json"] = self.style_json
        source = layer.source
        if self.time and isinstance(source.get("time"), str) and source["time"] != self.time:
            fields["source_json"] = json.dumps({**source, "time": self.time})
        return fields


class BookmarkState(Struct, frozen=True):
    """`layers` empty: the bookmark remembers a view alone, as those of older cases do."""

    layers: tuple[LayerState, ...] = ()
    sites_visible: bool | None = None

    @classmethod
    def of(cls, layers: Iterable[Layer], sites_visible: bool) -> BookmarkState:
        return cls(tuple(LayerState.of(layer) for layer in layers), sites_visible)

    def as_json(self) -> str:
        return json.dumps(encoded(self))


def state_of(text: str) -> BookmarkState:
    """The state that `state_json` holds; anything that is none of ours shows as a view alone."""
    try:
        data = json_object(text, _WHAT)
    except InvalidValue:
        return BookmarkState()
    rows, sites = data.get("layers"), data.get("sites_visible")
    layers: dict[str, LayerState] = {}
    for row in rows[:MOST_LAYERS] if isinstance(rows, list) else ():
        layer = _layer_of(row)
        if layer is not None:
            layers.setdefault(layer.uuid, layer)
    return BookmarkState(tuple(layers.values()), sites if isinstance(sites, bool) else None)


def _layer_of(row: Any) -> LayerState | None:
    """One layer of the list; None where it names no layer."""
    if not isinstance(row, dict) or not isinstance(row.get("uuid"), str) or not row["uuid"]:
        return None
    layer = LayerState(row["uuid"], _text(row.get("name"))[:LONGEST_NAME])
    opacity, style = row.get("opacity"), _text(row.get("style_json"))
    visible = row.get("visible")
    if isinstance(opacity, int | float) and not isinstance(opacity, bool):
        number = min(max(opacity, 0), 1)
        layer = replace(layer, opacity=float(number) if math.isfinite(number) else 1.0)
    return replace(
        layer,
        visible=visible if isinstance(visible, bool) else True,
        style_json=style if _is_object(style) else "",
        time=_text(row.get("time"))[:LONGEST_NAME],
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _is_object(style: str) -> bool:
    try:
        json_object(style, _WHAT)
    except InvalidValue:
        return False
    return True
