"""Files of templates that hold anything: a template beside a spoiled one is read, or a sentence says why not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layers.document.mark_template import HOT_KEYS, LONGEST_NAME, templates_in_text, templates_text
from layers.errors import InvalidValue
from tests.support.cases.spoiled_json import DEEP, hostile

BESIDE = {"code": "depot", "name": "Depot"}
SOUND: dict[str, Any] = {
    "code": "radar/early_warning",
    "name": "Early warning",
    "geometry": "polygon",
    "hot_key": "1",
    "color": "#ff8800",
    "fields": [{"key": "kind", "title": "Kind", "kind": "choice", "unit": "m", "choices": ["a", "b"]}],
}


def text_of(data: Any) -> str:
    return json.dumps({"templates": [data, BESIDE]})


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_a_spoiled_template_costs_itself(count: int) -> None:
    refused, left_out = [], 0
    for data in hostile(SOUND, count):
        try:
            found = {one.code: one for one in templates_in_text(text_of(data))}
        except InvalidValue as error:  # the text is none that can be read
            refused.append(error.sentence)
            continue
        assert found.pop("depot").name == "Depot"
        left_out += not found
        for one in found.values():
            assert len(one.name) <= LONGEST_NAME
            assert one.hot_key in ("", *HOT_KEYS)
        assert templates_in_text(templates_text([*found.values()] or [])) == [*found.values()] if found else True
    assert left_out
    assert all(any(why in said for why in ("no JSON", "half a character", "too long")) for said in refused)


def test_members_that_nobody_knows_take_nothing_away() -> None:
    later = {**SOUND, "voice": DEEP, "": 10**400, "fields": [{**SOUND["fields"][0], "later": None}]}
    assert templates_in_text(text_of(later)) == templates_in_text(text_of(SOUND))


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_a_spoiled_file_is_refused_in_a_sentence(count: int) -> None:
    sentences = []
    for data in hostile({"templates": [SOUND]}, count):
        try:
            assert templates_in_text(json.dumps(data))
        except InvalidValue as error:
            sentences.append(error.sentence)
    assert all(sentence.endswith(".") for sentence in sentences)
