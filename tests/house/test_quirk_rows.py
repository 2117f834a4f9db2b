"""Each row of the table of quirks of services and catalogues has a test that names it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.parsed import nodes_in

TESTS = Path(__file__).resolve().parents[1]
LAST = {"W": 26, "T": 19, "S": 24, "O": 5}
"""The last row of each table: WMS; WMTS, TMS, XYZ and ArcGIS; STAC; OGC API Features and WFS."""
ROWS = [f"{table}{number}" for table, last in LAST.items() for number in range(1, last + 1)]
_NAMED = re.compile(r"(?<=_)[wtso]\d{1,2}(?=_)")


def rows_named(path: Path) -> set[str]:
    """The rows that the names of a module's tests hold, as w12_."""
    text = path.read_text("utf-8")
    nodes = nodes_in(text) if _NAMED.search(text) else ()  # parsing takes long
    names = [node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return {row.upper() for name in names for row in _NAMED.findall(name)}


@pytest.fixture(scope="module")
def tested() -> set[str]:
    return {row for path in TESTS.rglob("test_*.py") for row in rows_named(path)}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_table_of_quirks_has_a_test_that_names_it(tested: set[str], row: str) -> None:
    assert row in tested
