"""A case whose columns hold anything: each value costs itself; what a newer version keeps in one survives a save."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from layers.document.bookmark_state import state_of
from layers.document.claim import Claim
from layers.document.comparison import read_spec as read_comparison
from layers.document.comparison import spec_of
from layers.document.imagery.match_plate import plate_of
from layers.document.kept_view import KeptView
from layers.document.layer import Layer
from layers.document.mark_position import shown_error_m
from layers.document.mark_template import TemplateField, details_in, template_of_row, value_in
from layers.document.marks.mark_shape import as_json, shape_of_site
from layers.document.marks.measurement import Measurement
from layers.document.placing.control_points import read_control_points
from layers.document.placing.nudge import Nudge, read_nudge
from layers.document.rows import Product, Template
from layers.document.site import Site
from layers.document.source import read_machine
from layers.errors import GeoloupeError, InvalidValue
from layers.product.issuing.data_spec import read_data_spec
from layers.product.issuing.printed_rows import read_digests
from layers.product.judging.steps import step_words
from layers.product.numbering import numbers_json, read_numbers
from layers.product.spec import ProductSpec, read_overrides, read_spec
from layers.project.saving.publish import publish, write_case
from layers.project.storage.tables import SPECS, StoredColumn, TableSpec
from tests.support.cases.changed_cases import change
from tests.support.cases.rich import open_for_work, read_case, relabel, rich_document, state
from tests.support.cases.spoiled_json import NO_JSON, ODD, SEED, STYLE, VECTOR, hostile, spoiled

NOT_IDENTITY = [
    (spec, column)
    for spec in SPECS
    if spec.name != "loupe_meta"
    for column in spec.plain_columns
    if not column.name.endswith("uuid") and column.name not in ("table_name", "evidence_table", "rev")
]
"""Columns whose value says something of its row and not which row it is."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / "case.gpkg"
    write_case(rich_document(), path)
    return path


PLAIN: list[Any] = [
    *(None, 0, 1, -5, 2**63 - 1, -(2**63), 1e308, float("inf"), -0.5),
    *(b"\x00\xff", b"", "", "x", "\x00", "é" * 5000),
]
"""Whatever SQLite can hold in a column."""
BROKEN = ["[" * 100_000 + "]" * 100_000, "{" * 70 + "}" * 70, "{", "nan", "[NaN]", '{"a": 1e999}', '"\\ud800"']
JSON = PLAIN + BROKEN + [json.dumps(one) for one in spoiled({"kind": "x", "path": [1.0]}, ODD + NO_JSON)]


def spoil(path: Path, chosen: list[tuple[TableSpec, StoredColumn, Any]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        for spec, column, value in chosen:
            key = f"(SELECT max(rowid) FROM {spec.name})"
            connection.execute(f"UPDATE OR IGNORE {spec.name} SET {column.name} = ? WHERE rowid = {key}", [value])
        connection.commit()


def batches(count: int) -> Iterator[list[tuple[TableSpec, StoredColumn, Any]]]:
    """So many values, one a table at a time; half of those of a table that has JSON are JSON."""
    random = Random(SEED)
    while count > 0:
        batch = []
        for spec in SPECS:
            columns = [column for owner, column in NOT_IDENTITY if owner is spec]
            in_json = [column for column in columns if column.name.endswith("_json")]
            column = random.choice(in_json if in_json and random.random() < 0.5 else columns or [None])
            if column is not None:
                batch.append((spec, column, random.choice(JSON if column in in_json else PLAIN)))
        count -= len(batch)
        yield batch


@pytest.mark.bounded
@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_a_value_costs_itself_and_nothing_beside_it(case: Path, tmp_path: Path, count: int) -> None:
    sound, path = state(read_case(case).document), tmp_path / "case.gpkg"
    tried = 0
    for batch in batches(count):
        path.write_bytes(case.read_bytes())
        spoil(path, batch)
        intake = read_case(path)
        found = state(intake.document)
        fields: dict[str, set[str]] = {spec.table: set() for spec, _, _ in batch}
        for spec, column, _ in batch:
            fields[spec.table].add(column.field)
        for table, rows in sound.items():
            assert found[table].keys() == rows.keys()
            for uuid, row in rows.items():
                names = [name for name in row.__struct_fields__ if name not in fields.get(table, ())]  # type: ignore[attr-defined]
                for name in names:
                    assert getattr(found[table][uuid], name) == getattr(row, name), (table, name)
        tried += len(batch)
        again = tmp_path / "again.gpkg"
        write_case(intake.document, again)
        saved = read_case(again)
        assert state(saved.document) == found
        assert not saved.problems
    assert tried >= count


LATER = json.dumps({"later": {"deep": [[[1, None, "é"]]], "half": "\ud83d\ude00"}, "version": 99, "": 1})


def test_what_a_newer_version_keeps_in_a_column_survives_a_save(case: Path, tmp_path: Path) -> None:
    path = tmp_path / "case.gpkg"
    path.write_bytes(case.read_bytes())
    columns = [
        (spec, column) for spec, column in NOT_IDENTITY if column.name.endswith("_json") and column.kind == "text"
    ]
    assert len(columns) > 20
    spoil(path, [(spec, column, LATER) for spec, column in columns])
    change(path, "UPDATE loupe_meta SET value = '{\"later\": 1}' WHERE key = 'marking'")
    intake, work = open_for_work(tmp_path / "sessions", path)
    work.append(relabel(intake.document, "another name"), "me")
    publish(work, path)
    work.close()
    with closing(sqlite3.connect(path)) as connection:
        for spec, column in columns:
            (value,) = connection.execute(f"SELECT {column.name} FROM {spec.name} ORDER BY rowid DESC").fetchone()
            assert value == LATER, (spec.name, column.name)
    assert read_case(path).document.sites["site-point"].label == "another name"


# -- texts of JSON as their readers take them -----------------------------------------------------------------------

SITE = Site(uuid="s", geometry=rich_document().sites["site-point"].geometry, image_uuid="i", pixel_m=1.0)
NUMBER = TemplateField("n", "N", "number")


def layer_of(text: str) -> object:
    layer = Layer(uuid="l", kind="raster", name="x", source_json=text, style_json=text)
    return layer.source, layer.style


READERS: dict[str, tuple[Callable[[str], object], dict[str, Any]]] = {
    "a shape": (
        lambda text: shape_of_site(Site(uuid="s", geometry=SITE.geometry, shape_json=text)),
        json.loads(as_json(Measurement("length", "km", result=1.0))),
    ),
    "a mark's other facts": (
        lambda text: (
            shown_error_m(Site(uuid="s", geometry=SITE.geometry, image_uuid="i", pixel_m=1.0, props_json=text)),
            value_in(details_in(text), NUMBER),
        ),
        {"screen_m": 2.0, "details": {"n": 1.5}},
    ),
    "a source of a layer": (layer_of, {"path": "a.tif", "height_m": 2.0}),
    "a style of a raster": (layer_of, STYLE.to_json()),
    "a style of features": (layer_of, VECTOR.to_json()),
    "a nudge": (read_nudge, json.loads(Nudge(1.0, 2.0, 9.0, 50.0).to_json())),
    "control points": (
        read_control_points,
        {"method": "affine", "crs": "EPSG:4326", "points": [{"px": [0, 0], "lonlat": [1, 2]}] * 3},
    ),
    "a machine's work": (read_machine, {"tool": "a", "version": "1", "task": "t", "checked_by": "Li"}),
    "a product": (read_spec, json.loads(ProductSpec(title="A").to_json())),
    "a product of data": (read_data_spec, {"kind": "data", "format": "kmz", "title": "A"}),
    "a plate": (
        lambda text: plate_of(Product(uuid="p", name="x", layout_json=text)),
        {"kind": "match plate", "layer": "l", "numbers": [{"number": 1, "x": 0.5, "y": 0.5}]},
    ),
    "what was let pass": (read_overrides, {"overrides": [{"rule": "a", "reason": "b"}]}),
    "numbers": (read_numbers, json.loads(numbers_json({"a": 1}, {"b": "0" * 16}))),
    "marks of printed rows": (read_digests, json.loads(numbers_json({"a": 1}, {"b": "0" * 16}))),
    "a comparison": (read_comparison, json.loads(spec_of(["a"], ["b"]).to_json())),
    "a view": (KeptView.from_json, {"crs": "EPSG:3857", "x": 1.0, "y": 2.0, "resolution": 3.0, "rotation_deg": 0.0}),
    "a bookmark": (state_of, {"layers": [{"uuid": "a", "visible": True, "opacity": 0.5}], "sites_visible": True}),
    "steps": (lambda text: step_words(Claim(uuid="c", steps_json=text).steps_json), {"steps": [{"what": "a"}]}),
    "a template": (
        lambda text: template_of_row(
            Template(uuid="t", class_code="port", name="P", style_json=text, fields_json=text)
        ),
        {"geometry": "point", "color": "#ff0000", "fields": [{"key": "a", "title": "A", "choices": ["b"]}]},
    ),
}


@pytest.mark.sampled(7)
@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
@pytest.mark.parametrize("name", READERS)
def test_hostile_json_is_a_value_or_a_sentence(name: str, count: int) -> None:
    read, sound = READERS[name]
    kept, sentences = 0, []
    for data in hostile(sound, count):
        try:
            read(json.dumps(data))
            kept += 1
        except GeoloupeError as refused:
            sentences.append(refused)
    assert kept > 1
    assert all(isinstance(refused, InvalidValue) and str(refused).endswith(".") for refused in sentences)
