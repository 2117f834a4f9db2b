"""Marks in the part of the Earth that was requested: none is forgotten where the frame, in its projection, is smaller."""

from __future__ import annotations

from shapely import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
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
