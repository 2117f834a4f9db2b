"""Keys in addresses of a case: left out of layers, searches and history when it is opened, and of what is saved."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.document.layer import Layer
from layers.project.opening.case_process import CaseInline
from layers.project.opening.left_out_keys import KEYS_LEFT_OUT, kept_address, leave_out_keys
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.publish import publish
from tests.support.cases.keyed_case import KEYS, keyed_case
from tests.support.spilled import spilled

KEY = "Kq7vZ9sT2wmH"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        (f"https://a.org/{{z}}/{{x}}/{{y}}?style=a&api_key={KEY}", "https://a.org/{z}/{x}/{y}?style=a"),
        (f"https://a.org/a.tif?sv=2024&se=2027&sig={KEY}&page=2", "https://a.org/a.tif?page=2"),
        (f"https://a.org/a.tif?X-Amz-Date=1&X-Amz-Signature={KEY}", "https://a.org/a.tif"),
        (f"https://ann:{KEY}@a.org/a.tif", "https://a.org/a.tif"),
        (f"HTTPS://a.org/wms?MAP=a&TOKEN={KEY}&", "HTTPS://a.org/wms?MAP=a&"),
        ("https://a.org/?key=roads&time=2024#x", "https://a.org/?key=roads&time=2024#x"),
        ("https://a.org/{z}/{x}/{y}?sig={time}", "https://a.org/{z}/{x}/{y}?sig={time}"),
        ("https://a.org/with@sign/a.tif", "https://a.org/with@sign/a.tif"),
    ],
)
def test_an_address_is_kept_without_what_is_secret(address: str, kept: str) -> None:
    assert kept_address(address) == kept
    layer = Layer(uuid="a", kind="raster", name="A", source_json=json.dumps({"deep": [{"address": address}]}))
    document = Document({"layers": [layer]})
    assert leave_out_keys(document) == ((KEYS_LEFT_OUT,) if kept != address else ())
    assert document.layers["a"].source == {"deep": [{"address": kept}]}


@pytest.mark.parametrize("sign", ["\\u0026", "\\u003d"])
def test_an_address_with_coded_signs_is_understood(sign: str) -> None:
    """As some programs write JSON."""
    text = f'{{"template": "https:\\/\\/a.org\\/{{z}}?a=1&api_key={KEY}"}}'.replace(json.loads(f'"{sign}"'), sign)
    document = Document({"layers": [Layer(uuid="a", kind="tiles", name="A", source_json=text)]})
    assert leave_out_keys(document) == (KEYS_LEFT_OUT,)
    assert document.layers["a"].source == {"template": "https://a.org/{z}?a=1"}


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"a": "https://"}', '{"a": 1e999, "b": "https://a.org?b=x"}', "\\"])
def test_what_cannot_be_understood_stays_as_it_is(text: str) -> None:
    document = Document({"layers": [Layer(uuid="a", kind="tiles", name="A", source_json=text)]})
    assert leave_out_keys(document) == ()
    assert document.layers["a"].source_json == text


def test_w25_a_case_is_worked_on_and_saved_without_the_keys_that_it_had(tmp_path: Path) -> None:
    case = keyed_case(tmp_path / "in" / "case.gpkg")
    delta = json.dumps({"source_json": [None, json.dumps({"template": f"https://a.org?token={KEY}&b=1"})]})
    with closing(sqlite3.connect(case)) as connection:  # as another version has written it
        connection.execute(
            "INSERT INTO loupe_history (change_uuid, txn_uuid, at, actor, table_name, row_uuid, op, delta_json) "
            "VALUES ('c', 't', '2026-01-01T00:00:00Z', 'Li', 'loupe_layers', 'Keyed', 'insert', ?)",
            (delta,),
        )
        connection.commit()
    (tmp_path / "out").mkdir()
    opened = open_for_work(tmp_path / "sessions", case, accept_damage=True, asks=CaseInline())
    assert KEYS_LEFT_OUT in opened.intake.problems
    publish(opened.work, tmp_path / "out" / "case.gpkg")
    opened.work.close()
    assert spilled([*KEYS.values(), KEY], tmp_path / "out") == []
