"""GeoJSON that is not quite what it should be: what is whole loads as it is written, and the rest is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from layers.pool.pool import ReaderPool
from layers.readers import json_lines
from layers.readers.vector_source import rows_of, source_of
from layers.vector.table import VectorInfo

POOL = ReaderPool(inline=True)


def feature(x: float = 1, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [x, 2]}}


def probe(path: Path) -> VectorInfo:
    (one,) = POOL.ask("probe", {"path": str(path)}).header["layers"]
    return VectorInfo.from_json(one)


def columns_of(path: Path, exact: bool = False) -> dict[str, list[Any]]:
    return rows_of(source_of({"path": str(path)}), 0, 1000, None, exact=exact).columns


def lines(path: Path, *texts: str, separator: str = "") -> Path:
    path.write_bytes("".join(f"{separator}{text}\n" for text in texts).encode())
    return path


GOOD = json.dumps(feature(n=1))


@pytest.mark.parametrize("separator", ["", "\x1e"])
def test_lines_that_are_no_feature_are_listed_and_the_others_load(tmp_path, separator):
    path = lines(tmp_path / "a.geojsonl", GOOD, "not json", "", '{"a": 1}', "[[1", GOOD, separator=separator)
    info = probe(path)
    assert info.features == 2
    assert [problem.split(" (")[0] for problem in info.problems] == [
        "Line 2 is no JSON", "Line 4 is JSON but no feature: it is left out.", "Line 5 is no JSON",
    ]  # fmt: skip
    assert columns_of(path) == {"n": [1, 1]}


def test_lines_that_all_load_are_not_complained_of(tmp_path):
    forgiven = GOOD.replace("1}", "1,}", 1)  # OGR does
    path = lines(tmp_path / "a.geojsonl", GOOD, forgiven, "", '{"type": "Point", "coordinates": [1, 2]}')
    assert (probe(path).features, probe(path).problems) == (3, ())


def test_a_record_may_go_on_over_lines_where_a_mark_begins_it(tmp_path):
    long = GOOD.replace(", ", ",\n")
    path = lines(tmp_path / "a.geojsonl", long, "not json", GOOD, separator="\x1e")
    assert probe(path).features == 2
    assert probe(path).problems[0].startswith(f"Line {long.count(chr(10)) + 2} is no JSON")


def test_of_a_large_file_all_lost_lines_are_counted(tmp_path, monkeypatch):
    path = lines(tmp_path / "a.geojsonl", *[GOOD, "no"] * 50, GOOD)
    assert len(probe(path).problems) == json_lines.MOST_LISTED + 1
    assert probe(path).problems[-1] == "50 lines are no feature and left out in all."
    monkeypatch.setattr(json_lines, "LOOKED_AT", 400)
    found = probe(path).problems
    assert len(found) < 10
    assert found[-2:] == (
        "50 lines are no feature and left out in all.", "Only the first 0 MB were looked at line by line.",
    )  # fmt: skip
