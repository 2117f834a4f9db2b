"""Sites inside a box of pixels: of thousands of areas only those near the box are looked at."""

from __future__ import annotations

import pytest
import shapely

from layers.document.site import Site
from layers.grid.tile_grid import TileGrid, View
from viewer.canvas.sites import site_frame
from viewer.canvas.sites.site_frame import SiteFrame
from viewer.canvas.sites.site_index import SiteIndex

VIEW = View(TileGrid("EPSG:4326", 0.1), 0, -500, 500, 500)


def test_a_small_box_looks_at_the_areas_near_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The map asks at each paint what lies beneath its notice: 30,000 areas held the window for minutes."""
    areas = {f"{at}": Site(uuid=f"{at}", geometry=shapely.box(at, 10, at + 0.5, 12)) for at in range(40)}
    line = Site(uuid="line", geometry=shapely.LineString([(0, 11), (40, 11)]))
    frame = SiteFrame.of(SiteIndex.of({**areas, "line": line}), VIEW)
    looked = []
    to_pixels = site_frame.to_pixels
    monkeypatch.setattr(site_frame, "to_pixels", lambda *given: (looked.append(given), to_pixels(*given))[1])
    left, top = 50.0 + 1, 500.0 - 120 + 1
    assert frame.within(left, top, left + 2, top + 2) == ["5"]
    assert len(looked) <= 2
    assert frame.within(0, 0, 500, 500) == [*areas, "line"]
