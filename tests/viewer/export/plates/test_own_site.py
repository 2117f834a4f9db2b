"""The site that a page is of: its whole name stands on the map, however loosely its place is known."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import faults
from viewer.rendering.vector.qt_shapes import rect_of

NAME = "The Second Special Works for Optical and Mechanical Instruments of the Far Province"
NEAR = 10.5, 50.5


def case(document: Document, error_m: float, others: int) -> Document:
    """It, and others near it whose areas overlap its own."""
    about = [(0.03 * (at % 4) - 0.05, 0.03 * (at // 4) - 0.05) for at in range(others)]
    sites = [Site(uuid="own", geometry=Point(NEAR), label=NAME, class_code="company", position_error_m=error_m)]
    sites += [
        Site(
            uuid=f"near {at}",
            geometry=Point(NEAR[0] + dx, NEAR[1] + dy),
            label=f"Hall {at} of the other works",
            class_code="company",
            role="named in a claim",
            position_error_m=error_m,
        )
        for at, (dx, dy) in enumerate(about)
    ]
    sites += [Site(uuid="zone", geometry=box(10.45, 50.45, 10.55, 50.55), class_code="area")]
    return Document({"layers": list(document.table("layers").values()), "sites": sites})


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(4)
@pytest.mark.parametrize("others", [0, 3, 14])
@pytest.mark.parametrize("error_m", [10.0, 1_500.0, 4_000.0, 9_000.0, 30_000.0])
def test_it_is_named_in_full(plate_of, document, error_m: float, others: int) -> None:
    """A circle round it kept its label away: it had a number of the key, as if it were one of many."""
    around = Bounds(10.2, 50.3, 10.8, 50.7)
    spec = ProductSpec(layout="site", site="own", bounds=around, page="A4 landscape", title="A page of one site")
    plate = plate_of(spec, case(document, error_m, others))
    (naming,) = plate.namings
    (label,) = [label for label in naming.labels if label.uuid == "own"]
    assert " ".join(label.text.split()) == NAME
    assert "own" not in naming.keyed
    assert list(faults(plate)) == []


def test_a_name_keeps_off_the_symbol_of_another_site_where_it_can(plate_of) -> None:
    """The name of one pad ended at the symbol of the next, and seemed to be its name."""
    west = Site(uuid="west", geometry=Point(10.4, 50.5), label="Pad of the west", class_code="launch_site")
    alone = plate_of(ProductSpec(bounds=FRAME), Document({"sites": [west]}))
    label, corner, view = alone.box_of("label:west"), alone.maps[0].rect.topLeft(), alone.maps[0].view
    lon, lat = view.to_world(label.right() - corner.x() + 14.0, label.center().y() - corner.y())
    (lon,), (lat,) = (values.tolist() for values in transform_points(WEB_MERCATOR, WGS84, [lon], [lat]))
    east = Site(uuid="east", geometry=Point(lon, lat), label="East", class_code="launch_site")
    plate = plate_of(ProductSpec(bounds=FRAME), Document({"sites": [west, east]}))
    name = plate.box_of("label:west").translated(-corner)

    def is_at(uuid: str) -> bool:
        boxes = [rect_of(box) for of, box in plate.maps[0].symbol_boxes() if of == uuid]
        return any(box.adjusted(-4, -4, 4, 4).intersects(name) for box in boxes)

    assert is_at("west")
    assert not is_at("east")
    assert list(faults(plate)) == []
