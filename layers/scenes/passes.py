"""Passes: the ticks of a time strip. Tiles of one pass on one day are one; undated scenes are never ranked by time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct
from shapely.geometry.base import BaseGeometry

from layers.phrase import joined
from layers.scenes.found_scene import FoundScene
from layers.scenes.scene_table import Covering, part_covered
from layers.text.counted import counted
from layers.time.time_span import TimeSpan, day_of

SAME_PASS_S = 1800.0
"""Most seconds between scenes of one pass: a satellite that comes again has been round the Earth, in an hour and a
half.
"""


class Pass(Struct, frozen=True, dict=True):
    """The scenes of one tick."""

    scenes: tuple[FoundScene, ...]
    """Scenes of the pass, at least one; those that cover most, in whole percent, come first, then by their keys."""
    span: TimeSpan | None
    """The time that they are of together; None where that is not known."""
    date_kind: str
    part: float
    """Share of the area asked about that all of them cover together, 0 to 1."""
    others: tuple[FoundScene, ...] = ()
    """Older versions of these scenes, which were processed again since, the newer ones first."""

    @cached_property
    def key(self) -> str:
        """Identifies the tick, also after it is made anew."""
        return min(scene.key for scene in self.scenes)

    @property
    def is_dated(self) -> bool:
        return self.span is not None

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of the case that show some of it."""
        return tuple(scene.layer_uuid for scene in self.scenes if scene.layer_uuid)

    @property
    def title(self) -> str:
        """The scene's name, or those of several in a few words."""
        first = self.scenes[0]
        if len(self.scenes) == 1:
            return first.title
        return joined(": ", [first.sensor or first.title, counted(len(self.scenes), "tile")])


def passes_of(covering: Iterable[Covering], area: BaseGeometry) -> list[Pass]:
    """The ticks of scenes that cover some of an area: the dated ones in the order of time, then the others by name."""
    dated: dict[tuple[str, ...], list[Covering]] = {}
    undated: list[list[Covering]] = []
    for cover in covering:
        key = _key(cover.scene)
        if key:
            dated.setdefault(key, []).append(cover)
        else:
            undated.append([cover])
    groups = [group for day in dated.values() for group in _apart(day)]
    ticks = [_pass_of(group, area) for group in groups]
    ticks.sort(key=lambda tick: (tick.span or TimeSpan(0.0, 0.0), tick.key))
    return ticks + sorted((_pass_of(group, area) for group in undated), key=lambda tick: (tick.title, tick.key))


def _key(scene: FoundScene) -> tuple[str, ...]:
    """The same for scenes that may be of one pass: the same sensor, stated, on the same day. Empty without a date."""
    if not scene.is_dated or scene.span is None:
        return ()
    if not scene.sensor:
        return ("", scene.key)
    if scene.date_kind == "instant" or (scene.date_kind == "interval" and _is_short(scene.span)):
        return ("instant", scene.sensor.casefold(), day_of(scene.span.begin))
    return (scene.date_kind, scene.sensor.casefold(), scene.acquired, scene.until)


def _apart(group: list[Covering]) -> list[list[Covering]]:
    """The passes of one sensor and day, told apart by the time between them; a date without a clock goes with any."""
    if len(group) == 1:
        return [group]
    clocked = sorted((cover for cover in group if _is_moment(cover)), key=_begin)
    whole_days = [cover for cover in group if not _is_moment(cover)]
    groups: list[list[Covering]] = []
    for cover in clocked:
        if groups and _begin(cover) - _begin(groups[-1][-1]) <= SAME_PASS_S:
            groups[-1].append(cover)
        else:
            groups.append([cover])
    if not groups:
        return [whole_days]
    groups[0] += whole_days
    return groups


def _is_moment(cover: Covering) -> bool:
    return cover.scene.span is not None and _is_short(cover.scene.span)


def _is_short(span: TimeSpan) -> bool:
    """True for an instant, and for the seconds in which a satellite takes a scene: tiles of a pass differ in them."""
    return span.end - span.begin <= SAME_PASS_S


def _begin(cover: Covering) -> float:
    return cover.scene.span.begin if cover.scene.span is not None else 0.0


def _pass_of(group: list[Covering], area: BaseGeometry) -> Pass:
    group, others = _newest(group)
    group.sort(key=lambda cover: (-round(100 * cover.part), cover.scene.key))  # as told: no error of an area
    spans = [cover.scene.span for cover in group if cover.scene.is_dated and cover.scene.span is not None]
    span = TimeSpan(min(s.begin for s in spans), max(s.end for s in spans)) if spans else None
    first = group[0]
    part = (
        first.part if len(group) == 1 or first.part >= 1.0 else part_covered([cover.covered for cover in group], area)
    )
    kind = first.scene.date_kind if span is not None or first.scene.date_kind == "composite" else "unknown"
    return Pass(tuple(cover.scene for cover in group), span, kind, part, others)


def _newest(group: list[Covering]) -> tuple[list[Covering], tuple[FoundScene, ...]]:
    """The newest version of each observation, and the older ones; a version in the case counts as the newest."""
    kept: dict[str, Covering] = {}
    older: list[FoundScene] = []
    order = sorted(group, key=lambda cover: (bool(cover.scene.layer_uuid), cover.scene.version), reverse=True)
    for cover in order:
        observation = cover.scene.observation or cover.scene.key
        if observation in kept:
            older.append(cover.scene)
        else:
            kept[observation] = cover
    return list(kept.values()), tuple(older)
