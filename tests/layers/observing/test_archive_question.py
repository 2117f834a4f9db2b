"""The words of a kept search of an archive: its ground, dates, kind and hour, and what came."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.search import Search
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.observing.archive_question import (
    AskedQuestion,
    answer_words,
    asked_at,
    asked_question,
    ground_words,
    names_of_asked,
    question_sentence,
    short_answer,
    short_period,
)
from layers.services.stac.question import StacQuestion

BOX = Bounds(10.2, 50.3, 10.3, 50.4)
QUESTION = StacQuestion(boxes=(BOX,), begin="2026-03-01", max_cloud=20.0, collections=("sentinel-2-l2a", "other"))


def row(at: str = "2026-12-03T05:41:20Z", **fields: Any) -> Search:
    query = {"archive": "https://archive.example/stac", "title": "Example", "question": encoded(QUESTION), **fields}
    return Search(uuid="q", kind="catalogue", at=at, query_json=json.dumps(query))


def asked(**fields: Any) -> AskedQuestion:
    question = asked_question(row(**fields))
    assert question is not None
    return question


def test_a_question_says_its_ground_dates_kind_and_hour() -> None:
    assert question_sentence(row(), asked(), ["Pad"]) == (
        "Example was asked on 3 December 2026, 05:41 UTC for scenes (Sentinel-2, 10 m, other) of Pad "
        "(50.30° N to 50.40° N, 10.20° E to 10.30° E), from 1 March 2026 on, with at most 20 % of cloud or without a "
        "figure."
    )
    plain = StacQuestion(boxes=(BOX,), end="2026-04")
    words = question_sentence(row(question=encoded(plain)), asked(question=encoded(plain)), [])
    assert words.endswith("for scenes of 50.30° N to 50.40° N, 10.20° E to 10.30° E, up to April 2026.")
    assert asked_at(row()) == "2026-12-03 05:41 UTC"
    assert asked_at(row(at="2026-12-03")) == "2026-12-03"


@pytest.mark.parametrize(
    ("begin", "end", "short"),
    [
        ("2026-03-01", "2026-04", "2026-03-01 to 2026-04"),
        ("2026-03-01", "", "since 2026-03-01"),
        ("", "2026", "up to 2026"),
        ("", "", "any date"),
    ],
)
def test_a_period_is_short_in_lists(begin: str, end: str, short: str) -> None:
    assert short_period(StacQuestion(boxes=(BOX,), begin=begin, end=end)) == short


def test_nothing_is_said_of_a_question_that_was_not_kept() -> None:
    kept = row(question={})
    question = asked_question(kept)
    assert question is not None
    assert short_period(question.question) == ""
    assert (
        question_sentence(kept, question, ["Pad"])
        == "Example was asked on 3 December 2026, 05:41 UTC for scenes of Pad."
    )


@pytest.mark.parametrize(
    ("fields", "words", "short"),
    [
        ({"count": 0, "complete": True}, "it lists none", "None listed"),
        ({"count": 0}, "it lists none", "None listed"),
        ({"count": 0, "complete": False}, "none came before it broke off", "None came"),
        ({"count": 3, "matched": "3", "complete": True}, "it lists 3 scenes, all that it has", "Found 3"),
        (
            {"count": 12, "matched": "at least 40", "complete": False},
            "12 of at least 40 scenes came",
            "Found 12 of at least 40",
        ),
        ({"count": 12, "complete": False}, "12 scenes came, of an unknown number", "Found 12"),
        ({"count": 1, "matched": "1"}, "it lists 1 scene", "Found 1"),
        ({}, "", ""),
    ],
)
def test_an_answer_says_of_how_many_and_that_none_came(fields: dict[str, Any], words: str, short: str) -> None:
    assert (answer_words(asked(**fields)), short_answer(asked(**fields))) == (words, short)


def test_ground_beyond_the_antimeridian_and_of_many_boxes_is_named_by_its_edges() -> None:
    assert ground_words([Bounds(179.5, -20.0, -179.5, -19.0)]) == "20.00° S to 19.00° S, 179.50° E to 179.50° W"
    assert ground_words([Bounds(179.5, -20.0, 180.5, -19.0)]) == "20.00° S to 19.00° S, 179.50° E to 179.50° W"
    both = [BOX, Bounds(0.0, 10.0, 1.0, 11.0)]
    assert ground_words(both) == "2 boxes within 10.00° N to 50.40° N, 0.00° E to 10.30° E"
    assert ground_words([]) == ""


def test_present_sites_are_named_and_odd_queries_are_none() -> None:
    point = shapely.Point(10.2, 50.3)
    document = Document({"sites": [Site(uuid="a", label="Pad", geometry=point), Site(uuid="b", geometry=point)]})
    question = asked(about=["a", "gone", "b"])
    assert names_of_asked(document, question) == ["Pad", "a site without a name"]
    assert names_of_asked(document, question, ["a"]) == ["a site without a name"]
    assert asked_question(Search(uuid="q", kind="catalogue", query_json="[" * 9000)) is None
    assert asked_question(Search(uuid="q", kind="image", query_json=row().query_json)) is None
