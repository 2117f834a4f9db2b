"""Excel workbooks: titles above the names of columns, dates with their time of day."""

from pathlib import Path

import pytest

from layers.pool.pool import ReaderPool
from layers.readers.vector_source import rows_of, source_of
from layers.vector.table import VectorInfo
from tests.layers.readers.tiny_workbooks import workbook

POOL = ReaderPool(inline=True)
HEADER = ["name", "lat", "lon", "n", "ok"]


def probe(path: Path, **more) -> VectorInfo:
    (found,) = POOL.ask("probe", {"path": str(path), **more}).header["layers"]
    return VectorInfo.from_json(found)


def columns_of(path: Path, **options) -> dict[str, list]:
    return rows_of(source_of({"path": str(path), "options": options}), 0, 1000, None).columns


@pytest.mark.parametrize("preview", [False, True])
def test_titles_above_the_names_are_left_out_and_said(tmp_path, preview):
    """As where A1:D1 are merged: one cell is filled."""
    rows = [["Sites"], [None], HEADER, ["a", 51.5, 128.25, 1, True], [None], ["b", "x", 128, 2, False]]
    path = workbook(tmp_path / "a.xlsx", rows)
    info = probe(path, preview=preview)
    assert [name for name, _ in info.fields] == HEADER
    assert dict(info.fields)["lat"] == "text"
    assert {name: kind for name, kind in info.fields if name in ("lon", "n")} == {"lon": "real", "n": "integer"}
    assert (info.reading["header_row"], info.reading["placed"]) == (3, 1)
    said = " ".join(info.problems)
    assert "Row 1 stands above the names of the columns and is left out: “Sites”." in said
    assert "Row 6: “lat: x lon: 128”" in said
    assert columns_of(path)["name"] == ["a", None, "b"]
    assert list(columns_of(path, header_row=4, x="128.25", y="51.5")) == ["a", "51.5", "128.25", "1", "1 (2)"]


def test_names_in_the_first_row_are_as_before(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [HEADER, ["a", 51.5, 128.25, 1, True], ["b", 51, 128, 2, False]])
    info = probe(path)
    assert dict(info.fields) == dict(zip(HEADER, ["text", "real", "real", "integer", "boolean"], strict=True))
    assert (info.reading["header_row"], info.problems) == (1, ())
    assert columns_of(path)["ok"] == [True, False]
    assert list(columns_of(path, header=False, x="Field3", y="Field2")) == [f"Field{n}" for n in range(1, 6)]
