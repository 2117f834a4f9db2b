"""Templates of marks: read from anybody's rows and files, and the values that marks have in their fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import viewer.resources
from layers.document.mark_template import (
    HOT_KEYS,
    MOST_FIELDS,
    MarkTemplate,
    TemplateField,
    code_of_name,
    details_in,
    key_of_title,
    row_of_template,
    template_for,
    template_of_row,
    templates_in_text,
    templates_of,
    templates_text,
    value_in,
    with_value,
)
from layers.document.rows import Template
from layers.document.vocabulary import SITE_CLASSES, class_of, class_words
from layers.errors import InvalidValue

SHIPPED = templates_in_text(Path(viewer.resources.resource_path("templates.json")).read_text("utf-8"))
FULL = MarkTemplate(
    "radar/early_warning",
    "Early warning",
    "polygon",
    "4",
    "#ff8800",
    (TemplateField("faces", "Faces", "number", "m"), TemplateField("type", "Type", "choice", "", ("a", "b"))),
)


def row_of(template: MarkTemplate, uuid: str = "t") -> Template:
    columns: dict[str, Any] = dict(row_of_template(template))
    return Template(uuid=uuid, **columns)


def test_the_shipped_ones_are_sound_and_each_key_is_used_once() -> None:
    said = json.loads(viewer.resources.resource_path("templates.json").read_text("utf-8"))["templates"]
    assert [one.code for one in SHIPPED] == [one["code"] for one in said]
    for one, raw in zip(SHIPPED, said, strict=True):
        assert one.code in SITE_CLASSES
        assert [field.key for field in one.fields] == [field["key"] for field in raw["fields"]]
        assert all(field.choices for field in one.fields if field.kind == "choice")
    keys = [one.hot_key for one in SHIPPED if one.hot_key]
    assert sorted(keys) == list(HOT_KEYS)
    named = {"launch_pad", "antenna", "radome", "vehicle_park", "tank_farm", "rail_spur", "construction", "test_stand"}
    assert named <= {one.code for one in SHIPPED}


def test_a_row_and_a_file_give_back_what_they_were_given() -> None:
    assert template_of_row(row_of(FULL)) == replace(FULL, uuid="t")
    assert templates_in_text(templates_text([FULL, *SHIPPED])) == [FULL, *SHIPPED]


def test_the_case_s_own_stand_in_the_place_of_the_shipped_and_have_their_keys() -> None:
    own = MarkTemplate("radome", "Radome, ours", hot_key="1")
    found = templates_of([row_of(own, "o"), row_of(FULL)], SHIPPED)
    assert [one.code for one in found] == [*(one.code for one in SHIPPED), FULL.code]
    by_code = {one.code: one for one in found}
    assert (by_code["radome"].name, by_code["radome"].hot_key) == ("Radome, ours", "1")
    assert by_code["launch_pad"].hot_key == ""
    assert by_code["vehicle_park"].hot_key == "", "Alt+4 is the case's"
    assert template_for(found, "radar/nobody_knows") == by_code["radar"]
    assert template_for(found, "unknown") is None


def test_a_kind_of_a_class_has_its_sign_and_says_both() -> None:
    assert (class_of("radar/early_warning"), class_words("radar/early_warning")) == ("radar", "Radar: early warning")
    assert (class_of("odd/x"), class_words("odd/x"), class_words("port")) == ("other", "odd/x", "Port")
    assert code_of_name("Early  warning!", "radar") == "radar/early_warning"
    assert code_of_name("雷达", "radar").startswith("radar/kind_")
    assert key_of_title("Roof, type", []) == "roof_type"
    assert key_of_title("7 m", ["field_7_m"]) == "field_7_m_2"


ODD: list[Any] = [None, 5, True, [], {}, "x" * 10_000, [[[]]], {"a": {}}, float("inf"), -1e300, 10**30, ["a"], "\x00"]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_values_are_as_if_they_were_not_there(odd: Any) -> None:
    sound = {"code": "port", "name": "Port", "fields": [{"key": "a", "title": "A"}]}
    for name in ("code", "name", "geometry", "hot_key", "color", "fields"):
        text = json.dumps({"templates": [{**sound, name: odd}, {"code": "depot", "name": "D"}]}).replace(
            "Infinity", "1e3"
        )
        found = {one.code: one for one in templates_in_text(text)}
        assert "depot" in found
        if "port" in found:
            assert (found["port"].geometry, found["port"].hot_key, found["port"].color) == ("point", "", "")
            assert len(found["port"].name) <= 80
    for name in ("key", "title", "kind", "unit", "choices"):
        field = {"key": "a", "title": "A", "kind": "choice", "choices": ["b"], name: odd}
        text = json.dumps({"templates": [{**sound, "fields": [field, odd]}]}).replace("Infinity", "1e3")
        (one,) = templates_in_text(text)
        assert all(isinstance(word, str) for found in one.fields for word in (*found.choices, found.unit, found.title))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        "no",
        '{"templates": 5}',
        '{"templates": []}',
        '{"templates": [{}]}',
        '{"templates": [' + ",".join(["{}"] * 300) + "]}",
        "[" * 99_999,
    ],
)
def test_a_file_without_templates_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        templates_in_text(text)
    assert refused.value.sentence.endswith(".")


def test_there_are_never_more_fields_than_a_form_can_hold() -> None:
    many = [{"key": f"k{number}", "title": "T"} for number in range(500)]
    text = json.dumps({"templates": [{"code": "port", "name": "P", "fields": many}]})
    assert len(templates_in_text(text)[0].fields) == MOST_FIELDS


NUMBER, WORD = TemplateField("n", "N", "number"), TemplateField("w", "W")


def test_values_stand_beside_what_else_a_mark_keeps() -> None:
    props = with_value('{"fid": 7, "details": {"old": 1}}', NUMBER, 12.5)
    assert json.loads(props) == {"fid": 7, "details": {"old": 1, "n": 12.5}}
    assert value_in(details_in(props), NUMBER) == 12.5
    assert json.loads(with_value(props, NUMBER, None)) == {"fid": 7, "details": {"old": 1}}
    assert with_value(with_value("", WORD, "x"), WORD, "") == ""
    assert value_in(details_in(with_value("", WORD, "垫")), WORD) == "垫"


@pytest.mark.parametrize(
    "props",
    [
        "",
        "no",
        "[]",
        '{"details": 5}',
        '{"details": {"n": "x", "w": 5}}',
        "{" * 9999,
        '{"details": {"n": 1e999, "w": {}}}',
        '{"details": {"n": true, "w": null}}',
    ],
)
def test_hostile_values_show_as_if_absent(props: str) -> None:
    assert value_in(details_in(props), NUMBER) is None
    assert value_in(details_in(props), WORD) == ""
    assert value_in(details_in(with_value(props, NUMBER, 3.0)), NUMBER) == 3.0


@given(st.text(max_size=100), st.text(max_size=100))
def test_no_text_of_a_row_raises(style: str, fields: str) -> None:
    row = Template(uuid="t", class_code="port", name="P", style_json=style, fields_json=fields)
    found = template_of_row(row)
    assert found is not None
    assert found.name == "P"
