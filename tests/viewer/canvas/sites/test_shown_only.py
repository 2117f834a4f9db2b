"""A filter leaves only some marks on the map: they are painted, hit and labelled, and the others are not.

Marks whose place is looked at are bare of their symbols.
"""

from __future__ import annotations

from shapely import LineString, Point, Polygon

from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR
from layers.grid.tile_grid import View
from viewer.canvas.sites.shown_only import BareMarks, ShownOnly
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_index import SiteIndex

SITES = {
    site.uuid: site
    for site in (
        Site(uuid="a", geometry=Point(0, 0)),
        Site(uuid="b", geometry=Point(0.1, 0)),
        Site(uuid="line", geometry=LineString([(-0.2, 0.1), (0.2, 0.1)])),
        Site(uuid="area", geometry=Polygon([(-0.2, -0.2), (0.2, -0.2), (0.2, -0.1)])),
    )
}
VIEW = View.of_bounds(WEB_MERCATOR, Bounds(-40_000, -40_000, 40_000, 40_000), 400, 400)


def _seen(frame: SiteFrame) -> set[str]:
    return set(frame.within(0, 0, frame.view.width, frame.view.height))


def test_only_marks_that_pass_are_in_a_frame_and_its_pieces() -> None:
    index = SiteIndex.of(SITES)
    only = ShownOnly(frozenset({"b", "area", "later"}))
    frame = SiteFrame.of(index, VIEW, only)
    assert _seen(frame) == {"b", "area"}
    assert [shape.uuid for shape in frame.shapes] == ["area"]
    piece = View(VIEW.grid, VIEW.left, VIEW.top, VIEW.width, VIEW.height // 2 + 20, VIEW.ratio)
    assert _seen(frame.part(piece)) == {"b"}
    assert [shape.uuid for shape in frame.part(VIEW).shapes] == ["area"]
    later = Site(uuid="later", geometry=Point(0, 0.05))
    index.update(["later", "c"], {"later": later, "c": Site(uuid="c", geometry=Point(0, 0.06))})
    assert _seen(SiteFrame.of(index, VIEW, only)) == {"b", "area", "later"}
    assert _seen(SiteFrame.of(index, VIEW)) == {*SITES, "later", "c"}


def test_a_mark_whose_place_is_looked_at_has_no_symbol_and_keeps_its_place() -> None:
    frame = SiteFrame.of(SiteIndex.of(SITES), VIEW)
    assert frame.bare_places == []
    bare = frame.bared(BareMarks(frozenset({"b"})))
    names = [bare.index.uuids[row] for row in bare.rows.tolist()]
    assert dict(zip(names, bare.is_symbol.tolist(), strict=True)) == {"a": True, "b": False}
    at = names.index("b")
    assert bare.bare_places == [(bare.px[at], bare.py[at])]
    assert bare.part(VIEW).bare_places == bare.bare_places
    every = frame.bared(BareMarks(are_all=True))
    assert len(every.bare_places) == 2
    assert not every.is_symbol.any()
