"""The images that can be compared, and their order by date.

An image without a date is never ranked.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from layers.document.layer import Layer
from layers.time.spans import Span, are_apart, span_of
from viewer.canvas.comparison.side_words import acquisition_shown
from viewer.canvas.scene import MapScene
from viewer.rendering.layer_date import dated
from viewer.support.language.translation import in_language

WORLD_WIDE_DEGREES = 350.0
"""Width in degrees from which an undated image counts as a background of the others."""


class Candidate(Struct, frozen=True):
    """An image that can be compared. `when` is its date in words; `span` is None where the date is not known."""

    uuid: str
    name: str
    when: str
    span: Span | None
    is_ground: bool
    """True for an undated image of the whole world: a background, which is compared only when it is chosen."""


def candidate_of(scene: MapScene, layer: Layer) -> Candidate:
    """Describe the image of a layer by the facts that are known now."""
    drawing = scene.drawings[layer.uuid]
    known, bounds = acquisition_shown(drawing), scene.stack.bounds_of(layer.uuid)
    span = span_of(known.at, known.until)
    is_wide = bounds is not None and bounds.width >= WORLD_WIDE_DEGREES
    return Candidate(layer.uuid, layer.name, in_language(dated(known)), span, is_wide and span is None)


def candidates_at(scene: MapScene, lon: float, lat: float) -> list[Candidate]:
    """The images of the case, shown or not, whose bounds contain a place (in degrees); the lowest layer first."""
    candidates = []
    for layer in scene.document.layers_in_order():
        bounds = scene.stack.bounds_of(layer.uuid) if layer.kind != "vector" and layer.uuid in scene.drawings else None
        if bounds is None or not bounds.bottom <= lat <= bounds.top:
            continue
        if any(bounds.left <= lon + turn <= bounds.right for turn in (-360.0, 0.0, 360.0)):
            candidates.append(candidate_of(scene, layer))
    return candidates


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Sort candidates by date where all are dated and no two dates overlap; else keep their order."""
    ordered = list(candidates)
    if are_apart([candidate.span for candidate in ordered]):
        ordered.sort(key=lambda candidate: candidate.span or ("", ""))
    return ordered


def newest_two(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The two images whose dates end last, the older one first; fewer where fewer are dated."""
    ranked = sorted(
        (candidate for candidate in candidates if candidate.span is not None),
        key=lambda candidate: _end(candidate),
        reverse=True,
    )
    return ranked[1::-1] if len(ranked) > 1 else ranked


def _end(candidate: Candidate) -> tuple[str, str]:
    assert candidate.span is not None
    return candidate.span[1], candidate.span[0]
