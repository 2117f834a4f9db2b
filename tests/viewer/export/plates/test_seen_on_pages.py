"""A page tells when each of its marks was seen and when not, on every layout, unless that part is left out."""

from __future__ import annotations

import pytest
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.viewer.export.plates.conftest import MakePlate, faults
from viewer.export.plates.plate_facts import facts_of

AROUND = Bounds(9.9, 49.9, 10.1, 50.1)
SAID = "North bend: last seen 1985; not seen 1990, nor on 1 later image, of 1995"


def document() -> Document:
    """A case of two marks: of one it is known when it was seen, the other nobody looked at."""
    years = {"1985": "present", "1990": "absent", "1995": "absent"}
    return Document(
        {
            "sites": [
                Site(uuid="bend", geometry=Point(10, 50), label="North bend"),
                Site(uuid="other", geometry=Point(10.02, 50.02), label="Ferry"),
            ],
            "images": [Image(uuid=year, image_key=year, acquired_at=year, date_kind="interval") for year in years],
            "observations": [
                Observation(uuid=year, site_uuid="bend", image_uuid=year, presence=presence)
                for year, presence in years.items()
            ],
        }
    )


@pytest.mark.parametrize("layout", ["single", "panels", "insets"])
def test_the_statement_stands_on_the_page(plate_of: MakePlate, layout: str) -> None:
    plate = plate_of(ProductSpec(title="Bends", layout=layout, bounds=AROUND), document())
    words = " ".join(text.words for text in facts_of(plate).texts)
    assert SAID in words
    assert "Ferry: " not in words
    assert list(faults(plate)) == []


@pytest.mark.parametrize("left_out", ["observations", "annotation"])
def test_it_can_be_left_out(plate_of: MakePlate, left_out: str) -> None:
    plate = plate_of(ProductSpec(title="Bends", bounds=AROUND, left_out=frozenset({left_out})), document())
    assert "last seen" not in " ".join(text.words for text in facts_of(plate).texts)
