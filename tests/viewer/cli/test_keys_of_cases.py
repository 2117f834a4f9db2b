"""W25: a key that came into a case stands in nothing that is made of it: neither in files of any kind nor in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from layers.project.opening.intake import read_case
from layers.project.opening.left_out_keys import KEYS_LEFT_OUT
from tests.support.cases.keyed_case import HOST, KEYS, keyed_case
from tests.support.spilled import spilled

PAGES = (".pdf", ".png", ".jpg", ".webp", ".svg", ".tif")
DATA = (".gpkg", ".kmz", ".geojson", ".csv", ".xlsx", ".html")
WORDS = (("info", "--json"), ("info",), ("validate",), ("lint",))
SIZE = ("--size", "600x480")
EXPORTS = [
    (".gpkg",),
    (".pdf", *SIZE),
    (".kmz",),
    *((suffix,) for suffix in DATA if suffix not in (".gpkg", ".kmz")),
    *((suffix, *SIZE) for suffix in PAGES[1:]),
    *((suffix, "--publish") for suffix in DATA),
    *((suffix, *SIZE, "--publish") for suffix in PAGES),
]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return keyed_case(tmp_path / "in" / "case.gpkg")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def leaked(done: Any, *places: Path) -> list[str]:
    """The keys in what a command said, and where they stand in what it wrote."""
    said = done.out + done.err
    return [name for name, key in KEYS.items() if key in said] + spilled(KEYS.values(), *places)


def test_the_search_finds_each_key_in_the_case_itself(case: Path) -> None:
    found = spilled(KEYS.values(), case)
    assert [name for name, key in KEYS.items() if not any(key in hit for hit in found)] == []


@pytest.mark.bounded_after(3)
@pytest.mark.sampled(8)
@pytest.mark.parametrize("words", EXPORTS, ids="".join)
def test_w25_no_file_that_is_made_of_it_holds_a_key(
    cli, case: Path, out: Path, own_home: Path, words: Sequence[str]
) -> None:
    done = cli("export", case, "--out", out / f"x{words[0]}", *words[1:])
    assert done.code == 0, done.err
    assert any(out.iterdir())
    assert leaked(done, out, own_home) == []


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("words", WORDS, ids="".join)
def test_w25_nothing_that_is_said_of_it_holds_a_key(cli, case: Path, own_home: Path, words: Sequence[str]) -> None:
    done = cli(words[0], case, *words[1:])
    assert done.out
    assert leaked(done, own_home) == []


@pytest.mark.bounded
def test_w25_its_picture_and_a_case_of_its_layers_hold_none(cli, case: Path, out: Path, own_home: Path) -> None:
    done = cli("render", case, "--out", out / "x.png", *SIZE)
    assert leaked(done, out, own_home) == []
    assert leaked(cli("new", out / "new.gpkg", case), out, own_home) == []
    sources = {layer.name: layer.source for layer in read_case(out / "new.gpkg").document.layers.values()}
    assert sources["Keyed"]["template"] == f"{HOST}/{{z}}/{{x}}/{{y}}.png?style=a"
    assert sources["Signed"]["address"] == f"{HOST}/a.tif"
    assert sources["Picture"]["address"] == f"{HOST}/c.tif"


def test_w25_it_is_said_and_the_file_itself_stays_as_it_is(case: Path) -> None:
    before = case.read_bytes()
    assert KEYS_LEFT_OUT in read_case(case).problems
    assert case.read_bytes() == before


def test_a_case_without_keys_is_read_as_it_stands(cli, out: Path) -> None:
    case = out / "plain.gpkg"
    assert cli("new", case, f"{HOST}/{{z}}/{{x}}/{{y}}.png?key=roads&time=2024").code == 0
    intake = read_case(case)
    assert KEYS_LEFT_OUT not in intake.problems
    (layer,) = intake.document.layers.values()
    with closing(sqlite3.connect(case)) as connection:
        assert connection.execute("SELECT source_json FROM loupe_layers").fetchall() == [(layer.source_json,)]
