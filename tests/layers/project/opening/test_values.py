"""Whatever a case holds becomes a value of ours in one place, or is said; it costs itself, never the case."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.document.alias import Alias, origin_of, with_origin
from layers.errors import InvalidValue
from layers.project.opening.case_reader import Unfit
from layers.project.opening.values import MOST_DEPTH, MOST_TEXT, MOST_WORD, judged, value_of
from layers.project.saving.publish import write_case
from layers.project.storage.tables import BY_NAME, SPECS, StoredColumn, aliases_from_text, aliases_text
from tests.support.cases.case_contents import validate
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import read_case, rich_document


def column(table: str, name: str) -> StoredColumn:
    return next(column for column in BY_NAME[table].columns if column.name == name)


DEEP = "[" * 100_000 + "]" * 100_000
SEVERE: list[tuple[str, str, Any, str]] = [
    ("loupe_layers", "opacity", 1e308, "out of range"),
    ("loupe_layers", "opacity", -0.5, "out of range"),
    ("loupe_layers", "order_key", math.inf, "out of range"),
    ("loupe_layers", "style_json", DEEP, "nested too deep"),
    ("loupe_layers", "source_json", "{" * 50, "no JSON"),
    ("loupe_layers", "kind", "x" * (MOST_WORD + 1), "too long"),
    ("loupe_layers", "visible", "yes", "another type"),
    ("site_point", "stroke_width", 1e9, "out of range"),
    ("site_point", "position_error_m", -1.0, "out of range"),
    ("site_point", "class_code", b"\x00", "another type"),
    ("site_point", "label", "x" * (MOST_TEXT + 1), "too long"),
    ("site_point", "aliases_json", "[[[[", "no JSON|no list"),
    ("site_point", "rev", 2**62, "out of range"),
    ("claims", "likelihood_low", 10**9, "out of range"),
    ("claims", "likelihood_high", "80", "another type"),
    ("claims", "statement", Unfit("too large (99 bytes)"), "too large"),
    ("chips", "date_kind", "whenever", "no word that is known"),
    ("chips", "niirs_rating", math.nan, "out of range"),
    ("chips", "width", -5, "out of range"),
    ("claim_sources", "credibility", 7, "out of range"),
    ("sources", "title", "\ud800", "UTF-8"),
    ("claims", "words_kind", "x" * (MOST_WORD + 1), "too long"),
    ("claims", "alternatives", "x" * (MOST_TEXT + 1), "too long"),
    ("claims", "indicators", b"\x00", "another type"),
    ("responses", "words_kind", 5, "another type"),
    ("sources", "context", "\ud800", "UTF-8"),
    ("sources", "evaluated", "yes", "another type"),
    ("sources", "evaluated", 0.5, "another type"),
    ("sources", "machine_json", DEEP, "nested too deep"),
    ("chips", "machine_json", "{" * 50, "no JSON"),
    ("source_files", "copy_kind", "x" * (MOST_WORD + 1), "too long"),
    ("source_files", "collected_at", "x" * (MOST_WORD + 1), "too long"),
    ("source_files", "proof_json", "no", "no JSON"),
    ("observations", "target", b"\x00", "another type"),
    ("searches", "not_searched_pct", 100.5, "out of range"),
    ("searches", "not_searched_pct", math.nan, "out of range"),
    ("products", "state", "x" * (MOST_WORD + 1), "too long"),
    ("products", "correction", 1, "another type"),
    ("site_line", "identity_note", Unfit("too large (99 bytes)"), "too large"),
    ("site_point", "aliases_json", '[["zh", "x", "ours"]]', "no list of names"),
    ("site_point", "aliases_json", '[["zh", "x", {"ours": "yes"}]]', "no list of names"),
    ("site_point", "aliases_json", '[["zh", "x", {"source_uuid": 5}]]', "no list of names"),
    ("site_point", "aliases_json", json.dumps([["zh", "x", {"source_uuid": "x" * 201}]]), "no list of names"),
    ("site_point", "aliases_json", '[["zh", "x", {}, {}]]', "no list of names"),
    ("site_point", "aliases_json", '[["zh"]]', "no list of names"),
    ("custody", "table_name", "x" * (MOST_WORD + 1), "too long"),
    ("custody", "event", 1, "another type"),
    ("custody", "at", "x" * (MOST_WORD + 1), "too long"),
    ("product_rows", "row_rev", -1, "out of range"),
    ("product_rows", "row_rev", 2**62, "out of range"),
    ("product_rows", "product_uuid", "x" * (MOST_WORD + 1), "too long"),
    ("loupe_watch", "result_json", "[1,2", "no JSON"),
    ("loupe_watch", "looked_at", "x" * (MOST_WORD + 1), "too long"),
    ("loupe_seen", "row_uuid", "x" * (MOST_WORD + 1), "too long"),
    ("loupe_seen", "row_rev", "1", "another type"),
]


@pytest.mark.parametrize(("table", "name", "value", "why"), SEVERE)
def test_what_does_not_fit_is_refused_and_replaced_by_nothing_said(table: str, name: str, value: Any, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        value_of(column(table, name), value)
    values, (repair,) = judged(column(table, name), [value])
    assert (repair.row, repair.column, repair.new) == (0, name, values[0])
    assert values[0] != value
    stored = int(values[0]) if isinstance(values[0], bool) else values[0]
    assert value_of(column(table, name), None if stored in ((), None) else stored) == values[0]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_nothing_said_is_a_value_in_every_column(spec: Any) -> None:
    for one in spec.plain_columns:
        assert judged(one, [None])[1] == []


@given(st.lists(st.one_of(st.none(), st.text(max_size=300), st.integers(), st.floats(), st.binary(max_size=9))))
def test_the_quick_way_and_the_slow_way_say_the_same(values: list[Any]) -> None:
    for table, name in (
        ("site_point", "label"),
        ("site_point", "position_error_m"),
        ("claims", "likelihood_low"),
        ("claims", "state"),
        ("chips", "date_kind"),
        ("loupe_layers", "visible"),
        ("site_point", "rev"),
        ("site_point", "props_json"),
        ("sources", "evaluated"),
        ("sources", "machine_json"),
        ("searches", "not_searched_pct"),
        ("product_rows", "row_rev"),
        ("custody", "event"),
        ("site_point", "aliases_json"),
    ):
        one = column(table, name)
        quick, repairs = judged(one, values)
        assert len(quick) == len(values)
        refused = {repair.row for repair in repairs}
        for row, value in enumerate(values):
            try:
                expected = value_of(one, value)
            except InvalidValue:
                assert row in refused
            else:
                assert row not in refused
                assert quick[row] == expected
                assert type(quick[row]) is type(expected)


LANGUAGES, NAMES = st.text(max_size=8), st.text(max_size=30)


@given(st.lists(st.tuples(LANGUAGES, NAMES, st.text(max_size=40), st.booleans()), max_size=5))
def test_names_and_their_origin_come_back(entries: list[tuple[str, str, str, bool]]) -> None:
    aliases = tuple(with_origin(code, name, source, is_ours=ours) for code, name, source, ours in entries)
    again = aliases_from_text(aliases_text(aliases))
    assert again == aliases
    assert [origin_of(alias) for alias in again] == [(source, ours) for *_, source, ours in entries]


def test_names_without_an_origin_are_written_as_every_version_reads_them() -> None:
    assert aliases_text((("zh", "酒泉"), Alias("ru", "Имя"))) == '[["zh", "酒泉"], ["ru", "Имя"]]'
    stated = (Alias("zh", "酒泉", is_ours=True), Alias("ru", "Имя", source_uuid="s"))
    assert aliases_text(stated) == '[["zh", "酒泉", {"ours": true}], ["ru", "Имя", {"source_uuid": "s"}]]'
    assert aliases_from_text('[["zh", "酒泉", {"later": 1}]]') == (("zh", "酒泉"),)


def test_brackets_in_strings_nest_nothing() -> None:
    text = json.dumps({"note": "[" * 1000 + '\\"{' * 1000})
    assert value_of(column("site_point", "props_json"), text) == text
    deepest = "[" * MOST_DEPTH + "]" * MOST_DEPTH
    assert value_of(column("site_point", "props_json"), deepest) == deepest


def test_each_is_said_and_validate_lists_it(tmp_path: Path) -> None:
    case = tmp_path / "case.gpkg"
    write_case(rich_document(), case)
    change(
        case,
        "UPDATE loupe_layers SET opacity = 1e308, date_kind = '', source_json = '{', kind = '../../evil'",
        "UPDATE site_point SET stroke_width = -3, label = CAST(x'4aff' AS TEXT)",
    )
    intake = read_case(case)
    layer, site = intake.document.layers["layer"], intake.document.sites["site-point"]
    assert (layer.opacity, layer.date_kind, layer.source_json, layer.kind) == (1.0, "unknown", "", "../../evil")
    assert (site.stroke_width, site.label) == (None, "J\ufffd")
    for name in ("opacity", "date_kind", "source_json", "stroke_width", "label"):
        assert any(f"value of {name} is" in problem for problem in intake.problems), name
    said = {finding.sentence for finding in validate(case) if finding.code == "value"}
    assert said <= set(intake.problems)
    assert len(said) >= 5
