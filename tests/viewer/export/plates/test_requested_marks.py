"""Wide requests in a projection of their own: no mark is forgotten, and no frame runs over the edge of the Earth."""

from __future__ import annotations

from pyproj import Geod
from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_points
from layers.product.spec import ProductSpec
from viewer.export.headless import Studio
from viewer.export.plates.maps.map_scenes import scene_makers
from viewer.export.plates.maps.shown_parts import pane_shape, shown_parts

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


def test_no_frame_is_so_wide_that_the_earth_ends_in_it(studio: Studio) -> None:
    spec, document = ProductSpec(bounds=ASIA), Document()
    (part,) = parts = shown_parts(spec, [studio.scene_made(one, document).frames[0] for one in scene_makers(spec)])
    (x, y), half = part.world.centre, part.world.height / 2
    widest = pane_shape(parts).most * half
    lons, lats = transform_points(part.crs, WGS84, [x - widest, x + widest, x], [y - half, y + half, y])
    for lon, lat in zip(lons[:2].tolist(), lats[:2].tolist(), strict=True):
        assert 8_000_000 < Geod(ellps="WGS84").inv(lons[2], lats[2], lon, lat)[2] < 9_600_000
