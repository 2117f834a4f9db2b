"""Problems of a scene in sentences, for a reader who has neither map nor list of layers."""

from __future__ import annotations

from layers.geo.crs import WEB_MERCATOR, polar_crs, same_crs
from layers.grid.tile_grid import View
from viewer.canvas.extent import is_beyond, unplaced_in
from viewer.canvas.scene import MapScene
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

_MOST_SENTENCES = 20


def said_problems(scene: MapScene) -> list[str]:
    """Sentences on layers that have a problem, are lost, are on no map, or lie beyond its edge, then on sites.

    Each has its layer's name. Of very many only the first are given.
    """
    view = scene.last_view
    ends = view is not None and same_crs(view.grid.crs, WEB_MERCATOR)
    wrong = scene.stack.problems() | scene.stack.lost()
    beyond = _beyond_the_map(scene) if ends else {}
    sentences = []
    for uuid, sentence in (wrong | {**_remarks(scene), **beyond, **wrong}).items():
        name, words = _name(scene, uuid), in_language(sentence)
        sentences.append(words if name in words else f"“{name}”: {words}")
    count = len(sentences) - _MOST_SENTENCES
    more = translate(
        "SaidProblems",
        "{count} more layers cannot be shown as they should be.",
        "{count} more layer cannot be shown as it should be.",
        count,
    )
    shown = [*sentences[:_MOST_SENTENCES], more] if len(sentences) > _MOST_SENTENCES else sentences
    sites = _sites_beyond(scene, view) if view is not None and ends else ""
    return [*shown, *filter(None, (scene.marks.index.not_drawn, sites))]


def _remarks(scene: MapScene) -> dict[str, str]:
    """Sentences on the visible layers that are on no map although nothing is wrong, by uuid."""
    return {uuid: remark for uuid in scene.stack.visible() if (remark := scene.drawings[uuid].remark)}


def _beyond_the_map(scene: MapScene) -> dict[str, str]:
    """Sentences on the visible layers that lie wholly beyond the edge of a map in Web Mercator, by uuid."""
    boxes = {uuid: scene.stack.bounds_of(uuid) for uuid in scene.stack.visible()}
    return {
        uuid: translate(
            "SaidProblems", "“{0}” lies beyond 85 degrees, where this map ends: see it on a polar one ({1})."
        ).format(_name(scene, uuid), polar_crs(box.bottom))
        for uuid, box in boxes.items()
        if box is not None and is_beyond(box)
    }


def _sites_beyond(scene: MapScene, view: View) -> str:
    """Sentence with the number of sites beyond that edge; empty without any."""
    count = unplaced_in(scene, view).sites_beyond
    sentence = translate(
        "SaidProblems",
        "{count} sites lie beyond 85 degrees, where this map ends: see a polar one.",
        "{count} site lies beyond 85 degrees, where this map ends: see a polar one.",
        count,
    )
    return sentence if count else ""


def _name(scene: MapScene, uuid: str) -> str:
    return one_line(scene.drawings[uuid].layer.name, 60)
