"""Edits of comparisons: images set against each other, in the order of their list."""

from __future__ import annotations

import math
from collections.abc import Iterable

from layers.document.comparison import LEAST_FRAMES, MODES, MOST_FRAMES, ComparisonSpec, read_spec
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.rows import Comparison
from layers.errors import InvalidValue
from viewer.commands.fields import row_of
from viewer.commands.order_keys import keys_at
from viewer.commands.stamps import delete, insert, new_uuid, stamp_of, update

LONGEST_NAME = 200
MADE = "made"
"""The series of what belongs to the making of a comparison."""


def comparisons_in_order(document: Document) -> list[Comparison]:
    """As their list shows them."""
    return sorted(document.comparisons.values(), key=lambda row: row.order_key if math.isfinite(row.order_key) else 0.0)


def name_for(document: Document, spec: ComparisonSpec) -> str:
    """The names of the frames' uppermost layers, with a number where a comparison is called that already."""
    tops = []
    for frame in spec.frames:
        named = [layer.name for layer in document.layers_in_order() if layer.uuid in frame.layers]
        tops.append(frame.title or (" ".join(named[-1].split())[:60] if named else "?"))
    base, taken = " / ".join(tops)[: LONGEST_NAME - 10], {row.name for row in document.comparisons.values()}
    name, number = base, 2
    while name in taken:
        name, number = f"{base} ({number})", number + 1
    return name


def add_comparison(
    document: Document,
    spec: ComparisonSpec,
    *,
    actor: str,
    name: str = "",
    now: str | None = None,
    uuid: str | None = None,
) -> Edit:
    """Keep a comparison, at the end of the list. Raises InvalidValue. The row is the last change's ``after``."""
    text, stamp, rows = _checked(document, spec), stamp_of(actor, now), comparisons_in_order(document)
    (key,), renumbered = keys_at("comparisons", rows, len(rows), 1, stamp)
    name = _checked_name(name or name_for(document, spec))
    row = Comparison(uuid=uuid or new_uuid(), name=name, order_key=key, spec_json=text)
    series = _series(MADE, row.uuid)  # which is found a moment later, and is part of it
    return Edit(f"Compare “{name}”", (*renumbered, insert("comparisons", row, stamp)), series=series)


def change_comparison(
    document: Document,
    uuid: str,
    spec: ComparisonSpec,
    *,
    actor: str,
    what: str = "Change",
    series: str = "",
    now: str | None = None,
) -> Edit:
    """Let a comparison be another; `what` is the verb of the undo menu. Raises InvalidValue.

    Edits of the same `series` are one step to undo: a bar that is moved by keys.
    """
    row = row_of(document.comparisons, uuid, "comparison")
    changes = update("comparisons", row, stamp_of(actor, now), spec_json=_checked(document, spec, row))
    return Edit(f"{what} comparison “{row.name}”", changes, series=_series(series, uuid))


def rename_comparison(document: Document, uuid: str, name: str, *, actor: str, now: str | None = None) -> Edit:
    """Raises InvalidValue."""
    row = row_of(document.comparisons, uuid, "comparison")
    changes = update("comparisons", row, stamp_of(actor, now), name=_checked_name(name))
    return Edit(f"Rename comparison “{row.name}”", changes)


def move_comparison(document: Document, uuid: str, position: int, *, actor: str, now: str | None = None) -> Edit:
    """Put a comparison so that it stands at `position` of the list afterwards, 0 = first. Raises InvalidValue."""
    row = row_of(document.comparisons, uuid, "comparison")
    rows, stamp = comparisons_in_order(document), stamp_of(actor, now)
    label, others = f"Move comparison “{row.name}”", [other for other in rows if other.uuid != uuid]
    position = max(0, min(position, len(others)))
    if rows[position].uuid == uuid:
        return Edit(label, ())
    (key,), renumbered = keys_at("comparisons", others, position, 1, stamp)
    return Edit(label, (*renumbered, *update("comparisons", row, stamp, order_key=key)))


def delete_comparisons(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Raises InvalidValue."""
    rows = [row_of(document.comparisons, uuid, "comparison") for uuid in dict.fromkeys(uuids)]
    label = f"Delete comparison “{rows[0].name}”" if len(rows) == 1 else f"Delete {len(rows)} comparisons"
    return Edit(label, tuple(delete("comparisons", row) for row in rows))


def lost_frames(document: Document, spec: ComparisonSpec) -> list[int]:
    """Numbers, from 0, of the frames none of whose layers are in the case any more."""
    return [at for at, frame in enumerate(spec.frames) if not any(uuid in document.layers for uuid in frame.layers)]


def _checked(document: Document, spec: ComparisonSpec, row: Comparison | None = None) -> str:
    """The text of a comparison. A frame may have lost its layers since, but not begin without."""
    if not LEAST_FRAMES <= len(spec.frames) <= MOST_FRAMES:
        raise InvalidValue(f"A comparison has {LEAST_FRAMES} to {MOST_FRAMES} frames: choose so many images.")
    if spec.mode not in MODES:
        raise InvalidValue("A comparison is shown in one of its modes: choose one.")
    known = read_spec(row.spec_json) if row is not None else None
    kept = frozenset(known.layers) if known is not None else frozenset[str]()
    if any(not any(uuid in document.layers or uuid in kept for uuid in frame.layers) for frame in spec.frames):
        raise InvalidValue("Each frame of a comparison needs a layer of the case: choose an image for it.")
    try:
        text = spec.to_json()
    except (TypeError, ValueError, RecursionError):
        text = ""
    if read_spec(text) != spec:
        raise InvalidValue("The comparison holds a number or a style that cannot be kept: set it anew.")
    return text


def _series(of: str, uuid: str) -> str:
    return f"{of} of comparison {uuid}" if of else ""


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue(f"A comparison needs a name of at most {LONGEST_NAME} characters.")
    return name
