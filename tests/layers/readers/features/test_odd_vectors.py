"""Odd files through open and export again: every attribute and geometry with its type."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from layers.readers.export import vector_export
from tests.support.readers.odd_vectors import Odd, odd_vectors
from tests.support.readers.vector_reading import SUFFIXES, export, info_of, read


@pytest.fixture(scope="module")
def odds(tmp_path_factory) -> list[Odd]:
    return odd_vectors(tmp_path_factory.mktemp("odd"))


def same(found: Any, wanted: Any, kind: str) -> bool:
    if found is None or wanted is None:
        return found is wanted
    if kind == "date":
        return found.replace("/", "-") == wanted
    if kind == "datetime":
        a, b = datetime.fromisoformat(found), datetime.fromisoformat(wanted)
        return (a.tzinfo is None) == (b.tzinfo is None) and a.astimezone(UTC) == b.astimezone(UTC)
    if kind in ("json", "list") and isinstance(found, str):
        return json.loads(found) == wanted
    return type(found) is type(wanted) and found == wanted


def check(odd: Odd, columns: dict[str, list[Any]], shapes: list[Any]) -> None:
    for name, wanted in odd.columns.items():
        kind = odd.kinds.get(name, "")
        differing = [(a, b) for a, b in zip(columns[name], wanted, strict=True) if not same(a, b, kind)]
        assert not differing, (odd.name, name, differing)
    for found, wanted in zip(shapes, odd.shapes, strict=True):
        if wanted is None or found is None:
            assert found is None or found.is_empty, odd.name
            assert wanted is None, odd.name
        else:
            assert shapely.equals_exact(found, wanted, tolerance=1e-9), (odd.name, found, wanted)
            assert found.has_z == wanted.has_z, odd.name


def test_each_odd_file_is_read_as_it_is(odds):
    for odd in odds:
        check(odd, *read(odd.path, odd.layer))
        info = info_of(odd.path, odd.layer)
        fields = dict(info.fields)
        assert {name: fields[name] for name in odd.kinds} == odd.kinds, odd.name
        assert info.crs == "EPSG:4326"
        assert info.bounds_lonlat is not None


@pytest.mark.bounded
@pytest.mark.parametrize("kind", ["GPKG", "GeoJSON"])
def test_each_odd_file_comes_back_from_an_export(odds, kind, tmp_path):
    for number, odd in enumerate(odds):
        folder = tmp_path / str(number)
        folder.mkdir()
        out = export(odd, kind, folder)
        check(odd, *read(out))
        fields = dict(info_of(out).fields)
        kinds = {n: k if kind == "GeoJSON" or k not in ("list", "json") else "text" for n, k in odd.kinds.items()}
        for name, wanted in kinds.items():
            assert fields[name] in (wanted, "json" if wanted == "text" else wanted), (odd.name, name, fields[name])


@pytest.mark.bounded
def test_each_odd_file_comes_back_from_a_flatgeobuf(odds, tmp_path):
    """It has no dates without a time and sorts by place; a geometry of no points is none."""
    for number, odd in enumerate(odds):
        folder = tmp_path / str(number)
        folder.mkdir()
        out = export(odd, "FlatGeobuf", folder)
        assert list(folder.iterdir()) == [out], "nothing else is left there"
        columns, shapes = read(out)
        assert len(shapes) == len(odd.shapes)
        fields = dict(info_of(out).fields)
        for name, wanted in odd.columns.items():
            kind = odd.kinds.get(name, "")
            if kind in ("integer", "real", "boolean", "text"):
                assert sorted(map(repr, columns[name])) == sorted(map(repr, wanted)), (odd.name, name)
            if kind in ("integer", "real", "boolean", "text", "datetime"):
                assert fields[name] == kind, (odd.name, name)
            if kind == "datetime":  # one without a zone has none afterwards
                for one, given in zip(sorted(columns[name], key=str), sorted(wanted, key=str), strict=True):
                    assert same(one, given, kind), (odd.name, name)
        found = {shapely.to_wkb(g, output_dimension=3) for g in shapes if g is not None and not g.is_empty}
        wanted = {shapely.to_wkb(g, output_dimension=3) for g in odd.shapes if g is not None and not g.is_empty}
        assert found == wanted, odd.name


@pytest.mark.parametrize("kind", SUFFIXES)
@pytest.mark.parametrize("most_by_fid", [0, 2000])
def test_only_the_wanted_features_are_written(tmp_path, monkeypatch, kind, most_by_fid):
    """By their fids, and by going through the file in stretches the first and last of which hold none of them."""
    monkeypatch.setattr(vector_export, "ROWS_BY_FID", most_by_fid)
    monkeypatch.setattr(vector_export, "CHUNK_ROWS", 3)
    path = tmp_path / "a.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(i, i) for i in range(12)], object))
    pyogrio.raw.write(
        path, points, [np.arange(12)], ["n"], layer="a", driver="GPKG", geometry_type="Point", crs="EPSG:4326"
    )
    fids = tmp_path / "fids.npy"
    np.save(fids, np.array([4, 5, 8], np.int64))
    odd = Odd("a", path, {}, layer="a")
    columns, shapes = read(export(odd, kind, tmp_path / "made", fids_file=str(fids)))
    assert sorted(columns["n"]) == [3, 4, 7]
    assert sorted(shape.x for shape in shapes) == [3, 4, 7]


def test_each_odd_file_comes_back_from_a_table(odds, tmp_path):
    """A CSV has no types: what looks like a number is one again; formulas come back with their apostrophe."""
    kept = ("integer", "real", "boolean", "date", "datetime")
    for number, odd in enumerate(odds):
        folder = tmp_path / str(number)
        folder.mkdir()
        columns, shapes = read(export(odd, "CSV", folder))
        assert len(shapes) == len(odd.shapes)
        for found, wanted in zip(shapes, odd.shapes, strict=True):
            assert (found is None) == (wanted is None)
            assert wanted is None or shapely.equals_exact(found, wanted, tolerance=1e-9)
        for name, wanted in odd.columns.items():
            kind = odd.kinds.get(name, "text")
            if kind in kept:
                assert all(same(a, b, kind) for a, b in zip(columns[name], wanted, strict=True)), (odd.name, name)
            elif odd.name == "formulas":
                assert columns[name] == ["'=1+1", "'@x", "plain"]
            elif kind == "text" and odd.name not in ("line breaks and quotes",):
                assert columns[name] == wanted, (odd.name, name)
