"""Wide requests in a projection of their own: no mark is forgotten, and no frame runs over the edge of the Earth."""

from __future__ import annotations

import pytest
from pyproj import Geod
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.product.spec import ProductSpec

ASIA = Bounds(28.0, 18.0, 178.0, 72.0)


def test_a_draft_in_the_request_is_told_also_where_the_frame_leaves_it_out(plate_of) -> None:
    places = {"seen": (103.0, 45.0), "near": (110.0, 40.0), "corner": (176.0, 70.0), "beyond": (10.0, 70.0)}
    sites = [
        Site(uuid=uuid, geometry=Point(*place), label=uuid, status="reviewed" if uuid == "seen" else "draft")
        for uuid, place in places.items()
    ]
    document = Document({"sites": sites})
    spec = ProductSpec(bounds=ASIA, page="Slide 16:9", publish=True)
    plate = plate_of(spec, document)
    assert plate.maps[0].in_frame() == ["seen"]
    assert plate.content.withheld == {"near", "corner"}
    (group,) = plate.content.left_out.rows
    assert sorted(group.rows) == ["corner", "near"]


@pytest.mark.parametrize("page", ["Slide 16:9", "Newspaper, 4 columns"])
def test_all_of_a_frame_is_on_one_side_of_the_earth(plate_of, page: str) -> None:
    (on_page,) = plate_of(ProductSpec(bounds=ASIA, page=page), Document()).maps
    frame = on_page.view.world_bounds()
    x, y = [frame.left, frame.right, frame.left, frame.right], [frame.bottom, frame.bottom, frame.top, frame.top]
    lons, lats = transform_points(on_page.view.grid.crs, WGS84, x, y)
    lon, lat = transform_points(on_page.view.grid.crs, WGS84, *([value] for value in frame.centre))
    for corner in zip(lons.tolist(), lats.tolist(), strict=True):
        assert Geod(ellps="WGS84").inv(lon[0], lat[0], *corner)[2] < 10_000_000
