"""The scenes that an archive has listed, as a kept search holds them, and what was answered to each of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import decoded_or_none, encoded
from layers.document.search import Search
from layers.phrase import Phrase, joined
from layers.scenes.found_scene import FoundScene, judged
from layers.text.counted import counted

USABLE: Final = "usable"
UNUSABLE: Final = "not usable"
SKIPPED: Final = "skipped"
MOST_SCENES = 500
"""Most scenes that a row keeps: nobody looks at more one by one, and each answer keeps all of them."""
_DIGITS = 5
"""Digits of a degree in an outline: about a metre."""

type SceneState = Literal["", "usable", "not usable", "skipped"]


class AnsweredScene(Struct, frozen=True, omit_defaults=True):
    """A scene as the archive stated it, and whether it can be used. `key` is that of its `FoundScene`."""

    key: str
    title: str = ""
    sensor: str = ""
    acquired: str = ""
    until: str = ""
    date_kind: str = "unknown"
    cloud_percent: float | None = None
    ring: tuple[tuple[float, float], ...] = ()
    answer: SceneState = ""
    why: str = ""
    """The reason why it is not usable, a word of the vocabulary."""
    by: str = ""
    at: str = ""

    @property
    def scene(self) -> FoundScene:
        """The scene as lists and maps show it; its picture is elsewhere."""
        stated = FoundScene(
            key=self.key,
            title=self.title,
            sensor=self.sensor,
            acquired=self.acquired,
            until=self.until,
            date_kind=self.date_kind,
            date_basis="catalogue" if self.acquired else "",
            cloud_percent=self.cloud_percent,
            ring=self.ring,
        )
        return judged(stated)


class SceneAnswers(Struct, frozen=True):
    """The scenes of a search in the order of time: its column `cells_json`. `left_out` is how many more there were."""

    scenes: tuple[AnsweredScene, ...]
    left_out: int = 0

    def scene(self, key: str) -> AnsweredScene | None:
        """A scene by its key; None for another one."""
        return next((scene for scene in self.scenes if scene.key == key), None)

    def with_scene(self, scene: AnsweredScene) -> SceneAnswers:
        """The same with another answer to one of the scenes."""
        return replace(self, scenes=tuple(scene if known.key == scene.key else known for known in self.scenes))

    def next_open(self, key: str) -> str:
        """The key of the first scene without an answer after one, and then from the beginning; empty for none."""
        at = next((at for at, scene in enumerate(self.scenes) if scene.key == key), -1)
        in_turn = (*self.scenes[at + 1 :], *self.scenes[: at + 1])
        return next((scene.key for scene in in_turn if not scene.answer), "")

    @property
    def answered(self) -> int:
        """Number of scenes with an answer."""
        return sum(bool(scene.answer) for scene in self.scenes)

    @property
    def text(self) -> str:
        """The scenes as the column holds them."""
        return json.dumps(encoded(self), ensure_ascii=False, separators=(",", ":"))

    @property
    def sentence(self) -> Phrase:
        """A sentence on how far the scenes were gone through."""
        counts = Counter(scene.answer for scene in self.scenes if scene.answer)
        whys = dict.fromkeys(Phrase(scene.why) for scene in self.scenes if scene.answer == UNUSABLE and scene.why)
        unusable = Phrase("{count} not usable", count=counts[UNUSABLE])
        if whys:
            whys_words = joined(", ", list(whys))
            unusable = Phrase("{count} not usable ({whys})", count=counts[UNUSABLE], whys=whys_words)
        parts = [
            Phrase("{count} usable", count=counts[USABLE]) if counts[USABLE] else "",
            unusable if counts[UNUSABLE] else "",
            Phrase("{count} skipped", count=counts[SKIPPED]) if counts[SKIPPED] else "",
        ]
        return Phrase(
            "Of {scenes}, {answered} gone through: {parts}.",
            scenes=counted(len(self.scenes) + self.left_out, "scene"),
            answered=self.answered,
            parts=joined(", ", list(filter(None, parts))),
        )


def listed(scenes: Iterable[FoundScene]) -> SceneAnswers:
    """The scenes that a row keeps of those that came: the earliest first, as many as anybody goes through."""
    in_time = sorted(scenes, key=lambda scene: (scene.acquired or "9", scene.key))
    kept = tuple(_listed(scene) for scene in in_time[:MOST_SCENES])
    return SceneAnswers(kept, len(in_time) - len(kept))


def _listed(scene: FoundScene) -> AnsweredScene:
    ring = tuple((round(lon, _DIGITS), round(lat, _DIGITS)) for lon, lat in scene.ring)
    return AnsweredScene(
        scene.key,
        scene.title,
        scene.sensor,
        scene.acquired,
        scene.until,
        scene.date_kind,
        scene.cloud_percent,
        ring,
    )


def scenes_of(search: Search) -> SceneAnswers | None:
    """The scenes of a kept search of an archive; None for any other search, and for one that kept none."""
    is_of_archive = search.kind == "catalogue" and bool(search.cells_json)
    return _scenes_of(search.cells_json) if is_of_archive else None


@lru_cache(64)
def _scenes_of(text: str) -> SceneAnswers | None:
    try:
        answers = decoded_or_none(json.loads(text), SceneAnswers)
    except (ValueError, RecursionError):
        return None
    return answers if answers is not None and 0 < len(answers.scenes) <= MOST_SCENES else None
