"""The sites in a kept view, found by the first bytes of their geometries, and given as all others are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from layers.document.document import Document
from layers.document.site import Site
from layers.errors import CaseDamaged
from layers.geo.bounds import Bounds
from layers.pool.protocol import Answer
from layers.project.opening.case_process import CaseInline
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.glimpse import bounds_seen, glimpse_of
from layers.project.saving.publish import write_case
from layers.project.storage.geometry_blobs import START_BYTES, blob, told_boxes

VIEW = {"crs": "EPSG:3857", "x": 11_131_949.0, "y": 4_865_942.0, "resolution": 2_000.0, "rotation_deg": 0.0}
DEGREES = st.floats(-180, 180, allow_nan=False), st.floats(-90, 90, allow_nan=False)
GEOMETRIES = st.one_of(
    st.builds(Point, *DEGREES),
    st.lists(st.tuples(*DEGREES), min_size=2, max_size=5).map(LineString),
    st.tuples(*DEGREES).map(lambda at: Point(at).buffer(1.0, quad_segs=2)),
)


@given(st.lists(GEOMETRIES, max_size=8))
def test_boxes_are_told_by_the_first_bytes(geometries: list[BaseGeometry]) -> None:
    starts = [blob(geometry)[:START_BYTES] for geometry in geometries]
    expected = np.array([shapely.bounds(geometry) for geometry in geometries]).reshape(-1, 4)
    np.testing.assert_array_equal(told_boxes(starts), expected)


@given(st.lists(st.one_of(st.none(), st.integers(), st.text(), st.binary(max_size=START_BYTES)), max_size=8))
def test_what_tells_no_box_is_none(starts: list[object]) -> None:
    told = told_boxes(starts)
    assert told.shape == (len(starts), 4)
    assert (np.isfinite(told).all(axis=1) | np.isnan(told).all(axis=1)).all()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    sites = [Site(uuid=f"p{x}", geometry=Point(x, 10)) for x in range(-180, 180, 10)]
    sites += [Site(uuid="area", geometry=box(-5, 5, 5, 15)), Site(uuid="far", geometry=box(-5, 50, 5, 60))]
    write_case(Document({"sites": sites}), tmp_path / "case.gpkg")
    return tmp_path / "case.gpkg"


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((-12, 0, 12, 20), {"p-10", "p0", "p10", "area"}),
        ((165, 0, 195, 20), {"p170", "p-180", "p-170"}),
        ((-195, 0, -165, 20), {"p170", "p-180", "p-170"}),
        ((4, 55, 6, 56), {"far"}),
        ((30, 30, 40, 40), set()),
    ],
)
def test_the_sites_in_bounds(case: Path, bounds: tuple[float, float, float, float], expected: set[str]) -> None:
    found: set[str] = set()
    with CaseReader.open(case, asks=CaseInline()) as reader:
        for table in ("site_point", "site_line", "site_polygon"):
            numbers, _count = reader.near(table, Bounds(*bounds), 100)
            if numbers:
                columns = reader.filled(table, ["uuid"], numbers)
                reader.each_chunk(table, columns, lambda chunk: found.update(chunk.columns["uuid"]), only=numbers)
    assert found == expected


def test_of_very_many_every_so_many_come(case: Path) -> None:
    with CaseReader.open(case, asks=CaseInline()) as reader:
        numbers, count = reader.near("site_point", None, 9)
        assert count == 36
        assert numbers == list(range(1, 37, 4))


@pytest.mark.parametrize("told", [{"numbers": [1] * 11, "count": 1}, {"numbers": ["1"], "count": 1}, {"numbers": []}])
def test_an_answer_that_does_not_fit_is_damage(case: Path, told: dict[str, object]) -> None:
    class Babbling(CaseInline):
        def ask(self, op: str, *more: Any) -> Answer:
            return Answer(told) if op == "near" else super().ask(op, *more)

    with CaseReader.open(case, asks=Babbling()) as reader, pytest.raises(CaseDamaged):
        reader.near("site_point", None, 10)


def test_a_small_case_has_no_glimpse(case: Path) -> None:
    with CaseReader.open(case, asks=CaseInline()) as reader:
        assert glimpse_of(reader, (1000, 700), "case") is None


def test_bounds_of_a_kept_view() -> None:
    seen = bounds_seen(json.dumps(VIEW), (1000, 700))
    assert seen is not None
    assert seen.left < 90 < 110 < seen.right
    assert seen.bottom < 35 < 45 < seen.top
    over = bounds_seen(json.dumps(VIEW | {"x": 20_037_508.0}), (1000, 700))
    assert over is not None
    assert over.left < 180 < over.right
    for text in ("", "[]", "{", '{"crs": 1}', json.dumps(VIEW | {"resolution": float("nan")}), '{"crs": "EPSG:9"}'):
        assert bounds_seen(text, (1000, 700)) is None
