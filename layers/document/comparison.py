"""A comparison: two to four frames of one place, and the way in which they are set against each other."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.json_fields import json_object
from layers.document.layer import Layer
from layers.errors import InvalidValue
from layers.geo.bounds import Bounds
from layers.geo.lon_extent import are_degrees
from layers.phrase import Phrase

MODES = ("swipe", "swipe across", "spyglass", "blink", "fade", "difference", "panes")
"""Swipe has a bar from top to bottom, *swipe across* one from side to side."""
LEAST_FRAMES, MOST_FRAMES = 2, 4
LEAST_HZ, MOST_HZ = 0.5, 5.0
MOST_LAYERS = 500
LONGEST_TEXT = 500
_WHAT = Phrase("The comparison")


class Frame(Struct, frozen=True):
    """A set of layers, by uuid, as one side of a comparison shows them.

    `dates` holds the day of each tile service that is shown on another day than its row says; `styles` the style, as
    a layer's row has it in JSON, of each layer that is shown in another than its row's. `title` is the analyst's own;
    empty: the layers' names.
    """

    layers: tuple[str, ...]
    title: str = ""
    dates: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def row_of(self, layer: Layer) -> Layer:
        """A layer of the frame as the frame shows it, whatever its box in the tree says."""
        style = self.styles.get(layer.uuid)
        row = replace(layer, visible=True, style_json=layer.style_json if style is None else json.dumps(style))
        day, source = self.dates.get(layer.uuid, ""), layer.source
        if day and layer.kind == "tiles" and isinstance(source.get("time"), str) and source["time"] != day:
            row = replace(row, source_json=json.dumps({**source, "time": day}))
        return row


class ComparisonSpec(Struct, frozen=True):
    """`position` is where the bar stands, from the left or the top, 0..1; the share of the second picture in a fade;
    and with `position_y` the middle of a spyglass. `bounds` are lon, lat; None: wherever the map is.

    `match`: the stretch of every frame is set by that of the first, as far as that is honest.
    """

    frames: tuple[Frame, ...]
    mode: str = "swipe"
    position: float = 0.5
    position_y: float = 0.5
    rate_hz: float = 1.0
    match: bool = False
    bounds: Bounds | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        """Uuids of the layers of all frames, each once."""
        return tuple(dict.fromkeys(uuid for frame in self.frames for uuid in frame.layers))

    def swapped(self) -> ComparisonSpec:
        """The frames in the other order: of two, each on the other's side."""
        return replace(self, frames=self.frames[::-1])

    def with_frame(self, at: int, frame: Frame) -> ComparisonSpec:
        """The same with another frame in the place of one."""
        return replace(self, frames=(*self.frames[:at], frame, *self.frames[at + 1 :]))

    def to_json(self) -> str:
        """Text for `spec_json`; `read_spec` gives back an equal value."""
        return json.dumps(encoded(self))


def spec_of(*layers: Iterable[str], mode: str = "swipe", match: bool = False) -> ComparisonSpec:
    """A comparison of these sets of layers, one a frame."""
    return ComparisonSpec(tuple(Frame(tuple(uuids)) for uuids in layers), mode, match=match)


def read_spec(text: str) -> ComparisonSpec | None:
    """The comparison that `spec_json` holds; None for what is none: it is shown as one that cannot be opened.

    What is odd in it beside its frames counts as not said.
    """
    try:
        data = json_object(text, _WHAT)
    except InvalidValue:
        return None
    rows = data.get("frames")
    if not isinstance(rows, list) or not LEAST_FRAMES <= len(rows) <= MOST_FRAMES:
        return None
    frames = tuple(frame for frame in map(read_frame, rows) if frame is not None)
    if len(frames) != len(rows):
        return None
    mode = data.get("mode")
    return ComparisonSpec(
        frames,
        mode if isinstance(mode, str) and mode in MODES else MODES[0],
        _number(data.get("position"), 0.0, 1.0, 0.5),
        _number(data.get("position_y"), 0.0, 1.0, 0.5),
        _number(data.get("rate_hz"), LEAST_HZ, MOST_HZ, 1.0),
        data.get("match") is True,
        read_bounds(data.get("bounds")),
    )


def frame_rows(spec: ComparisonSpec, at: int, rows: Sequence[Layer]) -> list[Layer]:
    """The layers of a case as one frame shows them, in their order: its own, and of those that no frame names all but
    images as on the map.
    """
    frame = spec.frames[at]
    own, named = frozenset(frame.layers), frozenset(spec.layers)
    return [
        frame.row_of(row)
        if row.uuid in own
        else replace(row, visible=row.visible and row.kind == "vector" and row.uuid not in named)
        for row in rows
    ]


def read_frame(data: Any) -> Frame | None:
    """The frame that JSON holds; None where it names no layer."""
    if not isinstance(data, dict):
        return None
    named = data.get("layers")
    uuids = [uuid for uuid in named if isinstance(uuid, str) and uuid] if isinstance(named, list) else []
    layers = tuple(dict.fromkeys(uuids))[:MOST_LAYERS]
    if not layers:
        return None
    dates, styles, title = data.get("dates"), data.get("styles"), data.get("title")
    return Frame(
        layers,
        title[:LONGEST_TEXT] if isinstance(title, str) else "",
        {uuid: day[:LONGEST_TEXT] for uuid, day in _pairs(dates, layers) if isinstance(day, str) and day},
        {uuid: style for uuid, style in _pairs(styles, layers) if isinstance(style, dict) and style},
    )


def _pairs(data: Any, layers: Sequence[str]) -> list[tuple[str, Any]]:
    """Entries on layers of the frame; there can be none on others."""
    return [(uuid, data[uuid]) for uuid in layers if uuid in data] if isinstance(data, dict) else []


def _number(value: Any, least: float, most: float, default: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    try:
        number = float(value)
    except OverflowError:
        return default
    return min(max(number, least), most) if math.isfinite(number) else default


def read_bounds(value: Any) -> Bounds | None:
    """Four degrees: left, bottom, right, top; None for what is no extent of the Earth."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    sides = [_number(side, -1e6, 1e6, math.nan) for side in value]
    if not all(map(math.isfinite, sides)):
        return None
    box = Bounds(*sides)
    sound = box.left < box.right and box.bottom < box.top and bool(are_degrees(np.array([sides])).all())
    return box if sound else None
