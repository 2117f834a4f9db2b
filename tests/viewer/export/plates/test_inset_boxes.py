"""The boxes of insets on their overview: their letters cover no mark, and nothing of them is lost in a strip."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import strips_differ
from viewer.export.plates.plate_facts import facts_of

INSET = Bounds(10.4, 50.4, 10.6, 50.6)
SPEC = ProductSpec(
    layout="insets", title="A yard", bounds=FRAME, maps=(ProductMap(), ProductMap(bounds=INSET, title="The yard"))
)


def crowded(document: Document, far: float) -> Document:
    """The images of a case, with marks at all sides of the inset, so far from it as a part of its width."""
    middle, half = INSET.centre, INSET.width * (0.5 + far)
    places = [(x, y) for x in (-1, -0.5, 0, 0.5, 1) for y in (-1, -0.5, 0, 0.5, 1) if max(abs(x), abs(y)) == 1]
    marks = [
        Site(uuid=f"m{at}", geometry=Point(middle[0] + x * half, middle[1] + y * half), class_code="port")
        for at, (x, y) in enumerate(places)
    ]
    return Document({"layers": list(document.table("layers").values()), "sites": marks})


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("far", [0.0, 0.1, 0.25])
def test_the_letter_of_an_inset_stands_clear_of_all_marks(plate_of, document, far: float) -> None:
    plate = plate_of(SPEC, crowded(document, far))
    (letter,) = [piece for piece in plate.pieces if piece.key == "inset:1"]
    assert plate.maps[0].rect.contains(letter.place)
    assert facts_of(plate).maps[0].covered == ()


def test_a_page_in_strips_has_the_whole_box(plate_of, document) -> None:
    """A strip was painted without a box whose letter is far above it."""
    plate = plate_of(replace(SPEC, page="A4 portrait"), crowded(document, 0.1))
    assert strips_differ(plate, 96, 41) == []


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("page", ["A4 landscape", "A3 landscape"])
def test_overview_and_inset_begin_and_end_in_line_with_the_letter_in_the_picture(plate_of, document, page: str) -> None:
    """A strip for one letter stood above the inset alone, so that it began lower, and it ended lower, too."""
    maps = ProductMap(), ProductMap(bounds=INSET)
    plate = plate_of(replace(SPEC, page=page, maps=maps), crowded(document, 0.25))
    overview, inset = (on_page.rect for on_page in plate.maps)
    assert inset.left() > overview.right()
    assert (inset.top(), inset.bottom()) == pytest.approx((overview.top(), overview.bottom()), abs=1.5)
    (letter,) = [piece for piece in plate.pieces if piece.key == "letter:1"]
    assert letter.texts == ("A",)
    assert inset.contains(letter.place)
    assert "map title:1" not in {piece.key for piece in plate.pieces}
