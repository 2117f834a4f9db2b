"""Lists of imagery as text: read guardedly, written so that they read the same."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.errors import GeoloupeError, NotReadable
from layers.geo.bounds import Bounds
from layers.services.catalog import catalog
from layers.services.entry_text import entry_text, read_entries
from layers.services.imagery_entry import ImageryEntry, entry_of_service
from layers.services.tile_matrix import TileMatrix, TileMatrixSet
from layers.services.tile_service import TileService

SHIPPED = [entry for group in catalog() for entry in group.entries]
TEMPLATE = "https://t.example.org/{z}/{x}/{y}.png"
GRID = TileMatrixSet(
    "EPSG:25832",
    (TileMatrix("a", 0.5, 9.25, 4.0, 8, 8), TileMatrix("b", 0.5, 9.25, 2.0, 16, 16, limits=(1, 2, 3, 4))),
)


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.title)
def test_what_is_shipped_can_be_kept(entry: ImageryEntry) -> None:
    again = read_entries(entry_text(entry))
    assert again.entries == (entry,)
    assert again.problems == ()


def test_a_grid_is_kept() -> None:
    service = TileService("Grid", TEMPLATE, grid=GRID, max_level=1, kind="wmts", bounds=Bounds(1.5, 2, 3, 4))
    (again,) = read_entries(entry_text(entry_of_service(service))).entries
    assert again.service == service


@given(st.text(), st.text(), st.text())
def test_any_text_is_kept_or_left_out(title: str, note: str, group: str) -> None:
    entry = ImageryEntry(
        title=title, role="archive", kind="stac-api", address="https://e.org/v1", note=note, group=group
    )
    again = read_entries(entry_text(entry))
    assert again.entries == ((entry,) if title else ())
    assert bool(again.problems) == (not title)


BAD = {
    "no title": 'template = "https://e.org/{z}/{x}/{y}"',
    "no address": 'title = "a"',
    "a file": 'title = "a"\ntemplate = "file:///{z}/{x}/{y}"',
    "a number": 'title = 5\ntemplate = "https://e.org/{z}/{x}/{y}"',
    "levels": 'title = "a"\ntemplate = "https://e.org/{z}/{x}/{y}"\nmax_level = 99',
    "a role": 'title = "a"\ntemplate = "https://e.org/{z}/{x}/{y}"\nrole = "all"',
    "a role of another type": 'title = "a"\ntemplate = "https://e.org/{z}/{x}/{y}"\nrole = [1]',
    "a kind": 'title = "a"\naddress = "https://e.org/"\nkind = 5',
    "a key": 'title = "a"\ntemplate = "https://e.org/{z}/{x}/{y}?token=0123456789abcdef"',
    "a password": 'title = "a"\naddress = "https://me:pw@e.org/"',
    "a grid": 'title = "a"\ntemplate = "https://e.org/{z}/{x}/{y}"\ngrid = {crs = "EPSG:3857", matrices = []}',
    "an endless grid": 'title = "a"\ntemplate = "https://e.org/{z}/{x}/{y}"\ngrid = {crs = "EPSG:3857", matrices ='
    ' [{identifier = "0", left = nan, top = 0.0, resolution = inf, columns = 1, rows = 1}]}',
}


@pytest.mark.parametrize("lines", BAD.values(), ids=list(BAD))
def test_a_bad_entry_costs_itself(lines: str) -> None:
    good = f'[[group.service]]\ntitle = "Good"\ntemplate = "{TEMPLATE}"\n'
    read = read_entries(f'[[group]]\ntitle = "Mine"\n[[group.service]]\n{lines}\n{good}')
    assert [entry.title for entry in read.entries] == ["Good"]
    (problem,) = read.problems
    assert "is left out" in problem


@pytest.mark.parametrize("text", ["[[group", "group = 5", "a = " + "[" * 100_000, "\0", "#" * (5 * 2**20)])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        read_entries(text)


@pytest.mark.parametrize(
    "text", ["", "group = []", "group = [5]", "[[group]]\nservice = 5", "[[group]]\nservice = [5]"]
)
def test_odd_shapes_hold_no_entries(text: str) -> None:
    assert read_entries(text).entries == ()


@given(st.text())
def test_no_text_crashes_it(text: str) -> None:
    with suppress(GeoloupeError):
        read_entries(text)
