"""The boxes that keep labels off outlines are bounded by what a map can show, however long an outline is."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from layers.project.saving.publish import write_case
from tests.support.command_line import run_python
from viewer.canvas.sites.site_shapes import project_geometry
from viewer.export.plates.maps.map_on_page import HALF_PX, MOST_BOXES, boxes_along, one_a_cell, places_on_legs

MILLION = 990_000
"""A case takes a million vertices of one geometry at most."""
MOST_KB = 1_000_000
PEAK = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]);"
    "print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
)
"""Runs a command and says its peak of memory: of the test's own process it would be that of all tests before."""
ALL = Bounds(97, 43, 103, 47)


def ring(count: int) -> shapely.Polygon:
    """A coast of many coves."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    out = 1 + 0.2 * np.sin(turn * 37) + 0.02 * np.sin(turn * count / 7.3)
    return shapely.Polygon(np.stack((100 + 2 * out * np.cos(turn), 45 + 1.5 * out * np.sin(turn)), 1))


def scribble(count: int) -> shapely.LineString:
    """A line that crosses its map again and again."""
    places = np.random.default_rng(1).uniform(-1, 1, (count, 2))
    return shapely.LineString(places * (2, 1.5) + (100, 45))


def view_of(bounds: Bounds = ALL) -> View:
    return View.of_bounds(WEB_MERCATOR, transform_bounds(WGS84, WEB_MERCATOR, bounds), 1200, 800)


@pytest.mark.parametrize(("shape", "count"), [(ring, 100_000), (scribble, 3000), (scribble, 100_000)])
def test_boxes_along_an_outline_are_bounded_inside_it(shape, count: int) -> None:
    view = view_of()
    outline = project_geometry(shape(count), "EPSG:3857", 1e9)
    boxes = boxes_along(outline, view)
    assert 0 < len(boxes) <= MOST_BOXES
    assert len({(box.left, box.top) for box in boxes}) == len(boxes)


def test_the_boxes_of_a_long_coast_leave_no_gap() -> None:
    view = view_of()
    (part,) = project_geometry(ring(100_000), "EPSG:3857", 1e9).parts
    boxes = boxes_along(project_geometry(ring(100_000), "EPSG:3857", 1e9), view)
    at = np.array([(box.left + HALF_PX, box.top + HALF_PX) for box in boxes])
    some = part.rings[0][::500]
    px = np.array([view.to_pixel(x, y) for x, y in some.tolist()])
    nearest = np.hypot(*(px[:, None] - at[None]).transpose(2, 0, 1)).min(axis=1)
    assert nearest.max() < 6.0


def test_what_lies_far_outside_a_map_has_no_boxes() -> None:
    view = view_of(Bounds(100, 45, 100.01, 45.01))
    boxes = boxes_along(project_geometry(scribble(3000), "EPSG:3857", 1e9), view)
    inside = [box for box in boxes if -9 <= box.left <= view.width + 9 and -9 <= box.top <= view.height + 9]
    assert inside == boxes
    assert len(boxes) <= MOST_BOXES


def test_a_plain_outline_has_a_box_every_few_pixels() -> None:
    view = view_of()
    square = shapely.box(99, 44, 101, 46)
    boxes = boxes_along(project_geometry(square, "EPSG:3857", 1e9), view)
    steps = np.diff([(box.left, box.top) for box in boxes], axis=0)
    assert np.hypot(*steps.T).max() < 5.2
    length_px = 4 * (101 - 99) * 111_320 / view.grid.resolution
    assert len(boxes) == pytest.approx(length_px / 5, rel=0.25)


def test_no_two_places_share_a_cell_and_nothing_is_no_place() -> None:
    places = np.random.default_rng(2).uniform(0, 40, (5000, 2))
    cells = np.floor(one_a_cell(places) / 2.5)
    assert len(np.unique(cells, axis=0)) == len(cells) == 256
    assert len(one_a_cell(np.zeros((0, 2)))) == 0
    assert len(places_on_legs(np.array([[-50.0, -50.0], [-40.0, -50.0]]), view_of())) == 0


@pytest.mark.bounded
@pytest.mark.parametrize("words", [("export", "--out", "o.pdf"), ("export", "--out", "o.png"), ("render",)])
def test_a_case_with_a_million_vertices_is_drawn_and_printed(tmp_path: Path, words: tuple[str, ...]) -> None:
    write_case(Document({"sites": [Site(uuid="coast", geometry=ring(MILLION), label="Coast")]}), tmp_path / "c.gpkg")
    more = ("--out", "o.png", "--size", "1200x800") if words == ("render",) else words[1:]
    watched = (sys.executable, "-c", PEAK)
    done = run_python("-m", "viewer", words[0], "c.gpkg", *more, cwd=tmp_path, under=watched)
    assert done.returncode in (0, 3), done.stderr
    assert "too" not in done.stderr
    assert int(done.stdout.rpartition("peak ")[2]) < MOST_KB
