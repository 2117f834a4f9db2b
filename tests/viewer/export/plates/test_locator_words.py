"""The locator shows land and sea, never an empty box, and names the nearest town from the shipped places."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from viewer.export.plates.maps.locator import coasts_in, land_in, locator_window
from viewer.export.plates.maps.nearest_town import nearest_town


@pytest.mark.parametrize(
    ("lon", "lat"), [(100.3, 40.96), (-74.4, -8.4), (0.0, 0.0), (-150.0, 40.0), (20.0, 5.0), (60.0, 75.0), (0.0, -88.0)]
)
def test_a_locator_is_never_an_empty_box(lon: float, lat: float) -> None:
    window = locator_window([Bounds(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)])
    assert window is not None
    assert coasts_in(window, 200.0, 133.0)


@pytest.mark.parametrize(
    ("lon", "lat", "is_land"),
    [
        (100.3, 40.96, True),  # the Gobi
        (-74.4, -8.4, True),
        (-81.0, -8.4, False),  # the Pacific off Peru
        (178.0, 67.0, True),  # Chukotka, on both sides of the dateline
        (-176.0, 66.5, True),
        (-179.0, 60.0, False),
        (30.0, 43.3, False),  # the Black Sea
        (-100.0, 60.0, True),
        (-86.0, 59.0, False),  # Hudson Bay
        (0.0, -88.0, True),  # the Antarctic
    ],
)
def test_land_is_land_and_sea_is_sea(lon: float, lat: float, is_land: bool) -> None:
    window = locator_window([Bounds(lon - 0.05, lat - 0.05, lon + 0.05, lat + 0.05)])
    assert window is not None
    path = land_in(window, 300.0, 200.0)
    at = QPointF((lon - window.left) / window.width * 300.0, (window.top - lat) / window.height * 200.0)
    assert path.contains(at) == is_land


def test_the_nearest_town_is_that_of_the_shipped_places(plate_of) -> None:
    town = nearest_town(Bounds(-74.65, -8.48, -74.45, -8.28))
    assert town is not None
    assert (town.place.name, town.place.country) == ("Pucallpa", "Peru")
    assert nearest_town(Bounds(-150.2, 39.9, -150.0, 40.1)) is None, "no town in the middle of an ocean"
    assert nearest_town(Bounds(70.0, 20.0, 130.0, 50.0)) is None, "a wide map shows towns itself"
    plate = plate_of(ProductSpec(title="One", bounds=Bounds(-74.65, -8.48, -74.45, -8.28)), Document())
    words = " ".join(text for piece in plate.pieces for text in piece.texts)
    assert "Nearest town: Pucallpa, Peru" in words
    assert "GeoNames" in words, "whose names these are"
