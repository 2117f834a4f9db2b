"""Edits of where a layer is shown: nudged from where its data lie, or back there."""

from __future__ import annotations

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.placing.nudge import MOST_M, Nudge, read_nudge
from layers.errors import InvalidValue
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.stamps import stamp_of, update


def nudge_layer(
    document: Document, uuid: str, nudge: Nudge, *, actor: str, series: str = "", now: str | None = None
) -> Edit:
    """Show a layer so far from where its data lie; signed and dated here. Raises InvalidValue.

    Edits with the same `series` that follow each other are one step to undo.
    """
    layer = row_of(document.layers, uuid, Phrase("layer"))
    stamp = stamp_of(actor, now)
    text = replace(nudge, by=actor, at=stamp.now).to_json()
    if not nudge.is_none and read_nudge(text) is None:
        raise InvalidValue(
            "A layer can be moved up to {most_m} km: what lies further off is placed anew.", most_m=f"{MOST_M / 1000:g}"
        )
    before = read_nudge(layer.nudge_json)
    is_same = (before is None and nudge.is_none) or (before is not None and _unsigned(before) == _unsigned(nudge))
    changes = () if is_same else update("layers", layer, stamp, nudge_json=text)
    label = (
        Phrase("Move layer “{name}”", name=layer.name)
        if not nudge.is_none
        else Phrase("Move layer “{name}” back", name=layer.name)
    )
    return Edit(label, changes, series=series)


def _unsigned(nudge: Nudge) -> Nudge:
    return replace(nudge, by="", at="")
