"""Edits of comparisons, which set images against each other, in the order of their list."""

from __future__ import annotations

from layers.document.comparison import LEAST_FRAMES, MODES, MOST_FRAMES, ComparisonSpec, read_spec
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.rows import Comparison
from layers.errors import InvalidValue
from layers.phrase import Phrase
from viewer.commands.fields import row_of
from viewer.commands.named_order import LONGEST_NAME, NamedOrder
from viewer.commands.stamps import insert, new_uuid, stamp_of, update

MADE = "made"
"""Series of edits that make a comparison."""

COMPARED = NamedOrder[Comparison]("comparisons", Phrase("comparison"), lambda document: document.comparisons)
comparisons_in_order = COMPARED.of
rename_comparison, move_comparison, delete_comparisons = COMPARED.rename, COMPARED.move, COMPARED.delete


def name_for(document: Document, spec: ComparisonSpec) -> str:
    """The names of the frames' uppermost layers, with a number where a comparison has that name already."""
    tops = []
    for frame in spec.frames:
        named = [layer.name for layer in document.layers_in_order() if layer.uuid in frame.layers]
        tops.append(frame.title or (" ".join(named[-1].split())[:60] if named else "?"))
    base, in_use = " / ".join(tops)[: LONGEST_NAME - 10], {row.name for row in document.comparisons.values()}
    name, number = base, 2
    while name in in_use:
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
    """Add a comparison at the end of the list. Raises InvalidValue. The row is the last change's ``after``."""
    text, stamp = _checked(document, spec), stamp_of(actor, now)
    key, renumbered = COMPARED.key_after(document, "", stamp)
    name = COMPARED.checked_name(name or name_for(document, spec))
    row = Comparison(uuid=uuid or new_uuid(), name=name, order_key=key, spec_json=text)
    series = _series(MADE, row.uuid)  # which is found a moment later, and is part of it
    return Edit(Phrase("Compare “{name}”", name=name), (*renumbered, insert("comparisons", row, stamp)), series=series)


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
    """Change a comparison; `what` is the verb of the undo menu. Raises InvalidValue.

    Edits of the same `series`, such as a bar moved by keys, are one step to undo.
    """
    row = row_of(document.comparisons, uuid, Phrase("comparison"))
    changes = update("comparisons", row, stamp_of(actor, now), spec_json=_checked(document, spec, row))
    return Edit(Phrase("{what} comparison “{name}”", what=what, name=row.name), changes, series=_series(series, uuid))


def lost_frames(document: Document, spec: ComparisonSpec) -> list[int]:
    """Numbers, from 0, of the frames none of whose layers are in the case any more."""
    return [at for at, frame in enumerate(spec.frames) if not any(uuid in document.layers for uuid in frame.layers)]


def _checked(document: Document, spec: ComparisonSpec, row: Comparison | None = None) -> str:
    """A comparison as JSON. A frame may have lost its layers since, but a new one has some. Raises InvalidValue."""
    if not LEAST_FRAMES <= len(spec.frames) <= MOST_FRAMES:
        raise InvalidValue(
            "A comparison has {least_frames} to {most_frames} frames: choose so many images.",
            least_frames=LEAST_FRAMES,
            most_frames=MOST_FRAMES,
        )
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
