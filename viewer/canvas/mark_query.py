"""Finds the marks of a map at a place of the picture, in a box or in a ring, as they were painted there."""

from __future__ import annotations

from collections.abc import Sequence

from layers.grid.tile_grid import View
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene, map_at
from viewer.canvas.sites.site_frame import HitPart, SiteHit
from viewer.canvas.sites.site_labels import label_text
from viewer.support.language.translation import translate

REACH_PX = 4.0
"""Distance of a mark from a place, in picture pixels, within which it counts as hit."""
_HIT_ORDER: dict[HitPart, int] = {"mark": 0, "label": 1, "edge": 2, "rim": 2, "disc": 3, "inside": 4}
"""Order of hits, the first one uppermost: labels keep clear of symbols, but lie on lines and areas."""


def marks_at(shown: ShownScene, view: View, px: float, py: float, radius_px: float = REACH_PX) -> list[str]:
    """Uuids of the marks under a place of the picture, topmost first."""
    return list(dict.fromkeys(hit.uuid for hit in mark_hits_at(shown, view, px, py, radius_px)))


def mark_hits_at(shown: ShownScene, view: View, px: float, py: float, radius_px: float = REACH_PX) -> list[SiteHit]:
    """The parts of marks under a place of the picture, topmost first; labels as they were last painted."""
    side = map_at(shown, view, px, py)
    if not side.marks.are_shown:
        return []
    hits = [hit for frame in side.marks.frames(view) for hit in frame.hits(px, py, radius_px)]
    hits += [SiteHit(uuid, "label") for uuid in side.labelled_at(view, px, py) if uuid in side.marks.index.sites]
    return sorted(hits, key=lambda hit: _HIT_ORDER[hit.part])


def place_words_at(shown: ShownScene, view: View, px: float, py: float) -> str:
    """Words on the topmost mark under a place where it is drawn as a "place of", dashed; else empty."""
    side = map_at(shown, view, px, py)
    index = side.marks.index
    under = marks_at(shown, view, px, py) if index.solid is not None else []
    if not under or not index.is_place(under[0]):
        return ""
    name = label_text(index.shown(under[0]), side.label_language)
    name = name or translate("MapScene", "place of a mark without a label")
    return translate("MapScene", "{0}: drawn on another image, and not said to be present on this one").format(name)


def marks_in_box(scene: MapScene, view: View, left: float, top: float, right: float, bottom: float) -> list[str]:
    """Uuids of the marks inside, or touching, a box of picture pixels."""
    if not scene.marks.are_shown:
        return []
    uuids = (frame.within(left, top, right, bottom) for frame in scene.marks.frames(view))
    return list(dict.fromkeys(uuid for in_frame in uuids for uuid in in_frame))


def marks_in_ring(scene: MapScene, view: View, ring: Sequence[tuple[float, float]]) -> list[str]:
    """Uuids of the marks inside, or touching, a ring of picture pixels."""
    if not scene.marks.are_shown:
        return []
    uuids = (frame.in_ring(ring) for frame in scene.marks.frames(view))
    return list(dict.fromkeys(uuid for in_frame in uuids for uuid in in_frame))
