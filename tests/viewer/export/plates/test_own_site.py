"""The site that a page is of: its whole name stands on the map, however loosely its place is known."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.viewer.export.plates.conftest import faults

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
