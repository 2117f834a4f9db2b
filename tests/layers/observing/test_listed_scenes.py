"""Scenes that a kept search has listed: what a row holds, and the sentence on how far they were gone through."""

from __future__ import annotations

import json

from msgspec.structs import replace

from layers.document.search import Search
from layers.observing.listed_scenes import MOST_SCENES, SKIPPED, UNUSABLE, USABLE, listed, scenes_of
from layers.observing.search_cells import sheet_of
from layers.scenes.found_scene import FoundScene

RING = ((10.0, 50.0), (11.0, 50.0), (11.0, 51.0), (10.0, 51.0))


def scenes(count: int) -> list[FoundScene]:
    days = [f"2026-03-{1 + at % 28:02}" for at in range(count)]
    return [
        FoundScene(key=f"s{at}", title=f"Scene {at}", acquired=day, date_kind="instant", ring=RING)
        for at, day in enumerate(days)
    ]


def kept(text: str) -> Search:
    return Search(uuid="x", kind="catalogue", cells_json=text)


def test_a_row_keeps_the_scenes_in_the_order_of_time() -> None:
    answers = listed(reversed(scenes(3)))
    again = scenes_of(kept(answers.text))
    assert again == answers
    assert [scene.key for scene in answers.scenes] == ["s0", "s1", "s2"]
    assert answers.scenes[0].scene.ring == RING
    assert answers.scenes[0].scene.date_basis == "catalogue"
    assert sheet_of(kept(answers.text)) is None, "it has no cells"


def test_the_sentence_counts_answers_and_says_why() -> None:
    answers = listed(scenes(4))
    for key, answer, why in (("s0", USABLE, ""), ("s1", UNUSABLE, "cloud"), ("s2", SKIPPED, "")):
        scene = answers.scene(key)
        assert scene is not None
        answers = answers.with_scene(replace(scene, answer=answer, why=why))
    assert answers.sentence == "Of 4 scenes, 3 gone through: 1 usable, 1 not usable (cloud), 1 skipped."
    assert answers.next_open("s1") == "s3"
    assert answers.next_open("s3") == "s3"


def test_more_scenes_than_anybody_looks_at_are_counted_only() -> None:
    answers = listed(scenes(MOST_SCENES + 7))
    assert (len(answers.scenes), answers.left_out) == (MOST_SCENES, 7)


def test_what_is_no_list_of_scenes_is_none() -> None:
    for text in ("", "[]", "{}", '{"scenes": []}', '{"scenes": [{"key": 1}]}', "[" * 5000):
        assert scenes_of(kept(text)) is None
    assert scenes_of(Search(uuid="x", cells_json=listed(scenes(1)).text)) is None
    odd = json.loads(listed(scenes(1)).text)
    odd["scenes"][0] |= {"ring": [[1e9, 0.0]], "acquired": "no date", "cloud_percent": -4.0}
    answers = scenes_of(kept(json.dumps(odd)))
    assert answers is not None
    scene = answers.scenes[0].scene
    assert (scene.ring, scene.acquired, scene.cloud_percent) == ((), "", None)
