"""The locator shows land and sea, never an empty box, and names the nearest town from the shipped places."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.layer import Layer
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from sample_data import path as sample_path
from tests.viewer.export.conftest import pixels
from viewer.export.plates.maps.locator import coasts_in, land_in, locator_window
from viewer.export.plates.maps.locator_borders import borders_in
from viewer.export.plates.maps.locator_on_page import locator_names
from viewer.export.plates.maps.nearest_town import nearest_town
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.setting.lettering import Type
from viewer.support.painting import painting


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


def locator_of(plate: Plate) -> QImage:
    """The locator of a page as a picture."""
    (piece,) = (piece for piece in plate.pieces if piece.key == "locator" and piece.below)
    image = QImage(round(piece.box.right()) + 1, round(piece.box.bottom()) + 1, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    with painting(image) as painter:
        piece.paint(painter)
    return image


def test_borders_are_in_the_locator_where_the_maps_draw_them_and_nowhere_else(plate_of) -> None:
    spec = ProductSpec(title="One", bounds=Bounds(47.9, 8.0, 49.0, 9.5))
    source = json.dumps({"path": str(sample_path("boundaries.geojson"))})
    chosen = Document({"layers": [Layer(uuid="b", kind="vector", name="Boundaries", source_json=source)]})
    without, with_borders = plate_of(spec, Document()), plate_of(spec, chosen)
    assert "de facto" not in facts_of(without).words_of("imprint")
    assert "boundaries are de facto and imply no endorsement" in facts_of(with_borders).words_of("imprint")
    assert pixels(locator_of(without)).tolist() != pixels(locator_of(with_borders)).tolist()
    window = locator_window([spec.bounds])
    assert window is not None
    borders = borders_in(window, 200.0, 133.0)
    assert {border.is_disputed for border in borders} == {True, False}


@pytest.mark.parametrize(
    ("lon", "lat", "names"),
    [
        (-74.44, -8.43, ("Pucallpa", "Peru")),
        (100.3, 40.96, ("Jiayuguan", "China")),
        (37.6, 55.75, ("Moscow", "Russia")),
    ],
)
def test_town_and_country_are_named_in_the_locator_clear_of_the_box(qapp, lon: float, lat: float, names) -> None:
    frame = Bounds(lon - 0.2, lat - 0.15, lon + 0.2, lat + 0.15)
    town, window, room = nearest_town(frame), locator_window([frame]), QRectF(0.0, 0.0, 180.0, 120.0)
    assert town is not None
    assert window is not None
    lines = locator_names(town, room, window, frame, Type(9.0), "#000000")
    assert [line.text for line in lines] == [town.place.name, names[1]]
    assert town.place.name == names[0] or names[0] == "Jiayuguan", "a suburb goes by the name of its city"
    middle = QPointF((lon - window.left) / window.width * 180.0, (window.top - lat) / window.height * 120.0)
    cross = QRectF(middle - QPointF(7.0, 2.0), middle + QPointF(7.0, 2.0))
    assert all(room.contains(line.box) and not line.box.intersects(cross) for line in lines)
    assert not lines[0].box.adjusted(0, 1, 0, -1).intersects(lines[1].box.adjusted(0, 1, 0, -1))


def test_a_locator_without_room_for_a_name_has_none(qapp) -> None:
    frame = Bounds(-74.64, -8.58, -74.24, -8.28)
    town, window = nearest_town(frame), locator_window([frame])
    assert town is not None
    assert window is not None
    assert locator_names(town, QRectF(0.0, 0.0, 30.0, 20.0), window, frame, Type(9.0), "#000000") == []
