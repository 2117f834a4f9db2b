"""A process that reads a case and was taken over: an answer is one that was asked for, or the case is damaged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.errors import CaseDamaged
from layers.pool.protocol import Answer
from layers.project.opening.case_process import CaseInline
from layers.project.opening.case_reader import CaseReader, Chunk, UnreadCase
from layers.project.saving.publish import write_case
from tests.support.cases.rich import rich_document
from tests.support.cases.spoiled_json import hostile

TABLE = "claims"
COLUMNS = {"uuid": 100, "statement": 4_000, "likelihood_low": 8}


def rows_of(reader: CaseReader, table: str, columns: dict[str, int], geometry: str = "") -> list[int]:
    numbers: list[int] = []

    def take(chunk: Chunk) -> None:
        assert all(len(values) == len(chunk.numbers) for values in chunk.columns.values())
        numbers.extend(chunk.numbers)

    reader.each_chunk(table, columns, take, geometry=geometry)
    return numbers


CALLS: dict[str, tuple[str, Callable[[CaseReader], object]]] = {
    "rows": ("rows", lambda reader: rows_of(reader, TABLE, COLUMNS)),
    "sites": ("rows", lambda reader: rows_of(reader, "site_point", {"uuid": 100, "geom": 200}, "geom")),
    "check": ("check", lambda reader: reader.is_sound([TABLE])),
    "count": ("count", lambda reader: reader.count(TABLE)),
    "boxes": ("count_boxes", lambda reader: reader.count_boxes("rtree_site_point_geom")),
    "filled": ("filled", lambda reader: reader.filled(TABLE, list(COLUMNS))),
    "near": ("near", lambda reader: reader.near("site_point", None, 10)),
    "piece": ("piece", lambda reader: b"".join(reader.value(TABLE, "statement", 1).pieces)),
}


class TakenOver(CaseInline):
    """Answers one op with what it is told to, as it would cross a pipe."""

    def __init__(self) -> None:
        super().__init__()
        self.op = ""
        self.header: Any = None
        self.heard: dict[str, Any] = {}
        """The latest sound header of each op."""

    def ask(self, op: str, params: dict[str, Any], timeout_s: float, meanwhile: Callable[[], None]) -> Answer:
        answer = super().ask(op, params, timeout_s, meanwhile)
        self.heard[op] = json.loads(json.dumps(answer.header))
        header = self.header if op == self.op else answer.header
        return Answer(json.loads(json.dumps(header)), answer.arrays)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.gpkg"
    write_case(rich_document(), path)
    return path


@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
@pytest.mark.parametrize("name", CALLS)
def test_hostile_answers(case: Path, name: str, count: int) -> None:
    op, call = CALLS[name]
    asks, passed, refused = TakenOver(), 0, 0
    with CaseReader.open(case, asks=asks) as reader:
        call(reader)
        sound, asks.op = asks.heard[op], op
        for asks.header in filter(is_object, hostile(sound, count)):
            try:
                call(reader)
                passed += 1
            except CaseDamaged as damaged:
                refused += "nothing that fits" in damaged.sentence
    assert passed > 1
    assert refused


@pytest.mark.bounded
@pytest.mark.parametrize("count", [60, pytest.param(300, marks=pytest.mark.bounded)])
def test_hostile_words_on_an_opened_case(case: Path, count: int) -> None:
    asks, opened, refused = TakenOver(), 0, 0
    with CaseReader.open(case, asks=asks):
        sound, asks.op = asks.heard["open"], "open"
    for asks.header in filter(is_object, hostile(sound, count)):
        try:
            with CaseReader.open(case, asks=asks) as reader:
                opened += isinstance(reader.opened, UnreadCase)
        except CaseDamaged as damaged:
            refused += "nothing that fits" in damaged.sentence
    assert opened > 1
    assert refused


def is_object(header: Any) -> bool:
    """As each header is that `read_reply` lets pass."""
    return isinstance(header, dict)
