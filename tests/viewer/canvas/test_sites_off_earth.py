"""A site whose coordinates are no place on the Earth costs itself: everything else is drawn, and it is said why."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.site import Site
from layers.document.sites_off_earth import not_drawn
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_bounds
from layers.grid.tile_grid import View
from tests.viewer.canvas.conftest import site, small_document
from viewer.canvas.extent import bounds_of_all
from viewer.canvas.mark_query import marks_at, marks_in_box
from viewer.canvas.scene import MapScene
from viewer.canvas.sites.site_index import SiteIndex, bounds_of_sites
from viewer.support.painting import painting

SWAPPED_LINE = site("spur", shapely.LineString([(51.0, 128.0), (52.0, 129.0)]), class_code="rail", label="Spur")
NOWHERE = [
    SWAPPED_LINE,
    site("yard", shapely.Polygon([(51, 128), (52, 128), (52, 129), (51, 129)]), class_code="area"),
    site("pin", shapely.Point(51.9, 128.3)),
    site("loose pin", shapely.Point(51.9, 128.3), position_error_m=50_000.0),
    site("metres", shapely.LineString([(14e6, 6.7e6), (14.1e6, 6.8e6)])),
    site("huge", shapely.Polygon([(0, 0), (1e300, 0), (1e300, 1e300)])),
    site("parts", shapely.MultiLineString([[(9.6, 49.8), (10.4, 49.7)], [(51, 128), (52, 129)]])),
]
VIEWS = [
    View.of_bounds(crs, transform_bounds(WGS84, crs, bounds), 400, 300)
    for crs in (WEB_MERCATOR, WGS84, "EPSG:32632", "EPSG:3995")
    for bounds in (Bounds(9.4, 49.6, 10.6, 50.4), Bounds(-170, -80, 170, 80))
]


def picture(scene: MapScene, view: View) -> bytes:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        scene.paint_map(painter, view, selection=frozenset(scene.document.sites))
    return bytes(image.constBits())


def with_nowhere(*more: Site) -> Document:
    return Document({"sites": [*small_document().sites.values(), *NOWHERE, *more]})


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: f"{view.grid.crs} {view.grid.resolution:.3g}")
def test_the_map_is_what_it_is_without_them(make_scene: Callable[..., MapScene], view: View) -> None:
    alone, scene = make_scene(), make_scene(with_nowhere())
    assert picture(scene, view) == picture(alone, view)
    assert marks_in_box(scene, view, 0, 0, 400, 300) == marks_in_box(alone, view, 0, 0, 400, 300)
    assert marks_at(scene, view, 200, 150, 300) == marks_at(alone, view, 200, 150, 300)
    assert [label.uuid for label in scene.label_layout(view).placed] == [
        label.uuid for label in alone.label_layout(view).placed
    ]


def test_extents_are_those_of_the_others(make_scene: Callable[..., MapScene]) -> None:
    scene = make_scene(with_nowhere())
    assert bounds_of_all(scene) == bounds_of_all(make_scene())
    assert scene.marks.bounds(frozenset(scene.document.sites)) == bounds_of_all(make_scene())
    assert scene.marks.bounds(frozenset({"spur", "pin"})) is None
    assert bounds_of_sites(NOWHERE) is None
    assert bounds_of_sites([*NOWHERE, small_document().sites["port"]]) == bounds_of_sites(
        [small_document().sites["port"]]
    )


def test_it_is_said_which_and_why() -> None:
    assert not_drawn([SWAPPED_LINE]) == (
        "The site “Spur” cannot be drawn: its latitude of 129 is beyond the poles; longitude and latitude seem to be "
        "swapped."
    )
    many = not_drawn(NOWHERE)
    assert many.startswith("7 sites cannot be drawn: “Spur” (its latitude of 129 is beyond the poles")
    assert many.endswith(" and 4 more.")
    assert not_drawn(small_document().sites.values()) == ""


def test_an_edit_brings_a_site_back_and_takes_it_away(make_scene: Callable[..., MapScene]) -> None:
    scene, told = make_scene(), list[str]()
    scene.sites_problem_changed.connect(told.append)
    line = scene.document.sites["line"]
    before = picture(scene, VIEWS[0])
    for geometry in (SWAPPED_LINE.geometry, line.geometry):
        now = scene.document.sites["line"]
        scene.document.apply(Edit("Reshape", (Change("sites", now, replace(now, geometry=geometry, rev=now.rev + 1)),)))
        picture(scene, VIEWS[0])
    assert picture(scene, VIEWS[0]) == before
    assert told[0].startswith("The site “Site line” cannot be drawn: its latitude of 129 is beyond the poles")
    assert told[1:] == [""]
    assert scene.marks.index.not_drawn == ""


def test_rows_follow_points_that_leave_the_earth_and_return() -> None:
    sites = dict(small_document().sites)
    index = SiteIndex.of(sites)
    for geometry in (shapely.Point(51, 129), shapely.Point(10, 50)):
        sites["port"] = replace(sites["port"], geometry=geometry)
        index.update(["port"], sites)
        assert bool(index.rows_of("port")) == (geometry.y < 90)
        assert list(index.off_earth) == ([] if geometry.y < 90 else ["port"])
        assert np.isfinite(index.projected(WEB_MERCATOR).x[index.alive]).all()
    del sites["port"]
    index.update(["port"], sites)
    assert "port" not in index.sites


ODD = [1e308, float("inf"), -5.0, float("nan"), 1e-300, 0.0]


@pytest.mark.bounded
@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("field", ["position_error_m", "stroke_width"])
def test_an_odd_number_costs_nothing_else(make_scene: Callable[..., MapScene], field: str, value: float) -> None:
    """Errors larger than the Earth, widths that no pen has: drawn as the nearest that makes sense."""
    odd = [replace(one, uuid=f"odd {one.uuid}", **{field: value}) for one in small_document().sites.values()]
    scene = make_scene(Document({"sites": [*odd, *small_document().sites.values()]}))
    for view in VIEWS:
        assert len(set(memoryview(picture(scene, view)).cast("I"))) > 20
        marks_at(scene, view, 200, 150, 300)
        scene.label_layout(view)
    bounds = bounds_of_all(scene)
    assert bounds is not None
    assert np.isfinite(tuple(bounds)).all()


def test_words_of_a_case_make_no_pictures_of_their_own() -> None:
    """A class or role that nobody knows has the sign of "other", and shares its picture."""
    words = [f"../../class {number}" for number in range(500)]
    sites = [site(word, shapely.Point(10, 50), class_code=word, role=word) for word in words]
    assert len(SiteIndex.of({one.uuid: one for one in sites}).symbols) == 1
