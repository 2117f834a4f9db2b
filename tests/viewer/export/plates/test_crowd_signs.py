"""Signs of crowded marks, of a page's own site and of coarse images: each that is on a map is explained beside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage
from shapely.geometry import LineString, Point

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec
from tests.support.many_scenes import write_scene
from tests.viewer.export.conftest import FRAME, part, pixels
from tests.viewer.export.plates.conftest import MakePlate, picture
from viewer.canvas.sites.site_symbology import SELECTED_COLOR
from viewer.export.plates.maps import spread_marks
from viewer.export.plates.maps.legend_content import spread_rows
from viewer.export.plates.plate import Plate
from viewer.export.plates.plate_facts import facts_of
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.printed import GroupKind, PartPlace
from viewer.support.painting import painting

SPEC = ProductSpec(bounds=FRAME, page="A4 landscape", title="A yard")
INSET = Bounds(10.4, 50.4, 10.6, 50.6)
INSETS = replace(SPEC, layout="insets", maps=(ProductMap(), ProductMap(bounds=INSET, title="The yard")))


def marked(document: Document, sites: Iterable[Site]) -> Document:
    return Document({"layers": list(document.table("layers").values()), "sites": list(sites)})


def at(uuid: str, x: float, y: float) -> Site:
    return Site(uuid=uuid, geometry=Point(x, y), label=f"Works {uuid}", class_code="port")


def words_of(plate: Plate) -> str:
    return " ".join(text for piece in plate.pieces for text in piece.texts)


def test_a_legend_explains_the_signs_that_are_drawn_and_no_other() -> None:
    assert [row.sign for row in spread_rows(["dot", "moved"])] == ["moved", "dot"]
    assert [row.sign for row in spread_rows(["stack"])] == ["stack"]
    assert not spread_rows([])
    assert "inset" in spread_rows(["dot"], insets=1)[0].text


@pytest.mark.bounded
def test_marks_at_one_place_share_a_sign_with_their_count_and_their_numbers(
    plate_of: MakePlate, document: Document
) -> None:
    plate = plate_of(SPEC, marked(document, [at(f"m{number}", 10.5, 50.5) for number in range(60)]))
    (on_page,), (naming,) = plate.maps, plate.namings
    stacked = {uuid for stack in on_page.spread.stacked().values() for uuid in stack}
    assert len(stacked) > 20
    assert "stack" in on_page.signs()
    assert [row for row in plate.legend if row.sign == "stack"]
    assert stacked <= naming.keyed.keys(), "each has a line in the key"
    drawn = {
        frame.index.uuids[frame.rows[place]]
        for frame in on_page.frames
        for place in np.flatnonzero(frame.is_symbol).tolist()
    }
    assert not stacked & drawn


@pytest.mark.bounded
def test_an_overview_has_only_dots_where_an_inset_shows_more(plate_of: MakePlate, document: Document) -> None:
    """The setting of a yard had symbols and numbers on both maps, and hid the yard on the smaller one."""
    sites = [at(f"m{number}", 10.45 + 0.02 * number, 50.5) for number in range(6)] + [at("far", 10.8, 50.8)]
    plate = plate_of(INSETS, marked(document, sites))
    overview, inset = plate.maps
    assert overview.spread.dot_marks() == {f"m{number}" for number in range(6)}
    assert not plate.namings[0].named & overview.spread.dot_marks()
    assert not inset.spread.dot_marks()
    assert "far" in plate.namings[0].named
    assert "Dot: shown larger in an inset" in [row.text for row in plate.legend]


def about(plate: Plate, uuid: str, reach: int) -> np.ndarray:
    """The pixels of a page about the symbol of a mark."""
    (on_page,) = plate.maps
    box = next(box for of, box in on_page.symbol_boxes() if of == uuid)
    x = round(on_page.rect.left() + (box.left + box.right) / 2)
    y = round(on_page.rect.top() + (box.top + box.bottom) / 2)
    return part(pixels(picture(plate, 96)), QRect(x - reach, y - reach, 2 * reach, 2 * reach))


def is_marked_out(seen: np.ndarray) -> bool:
    """True where a part of a page has the colour of what is chosen."""
    color = QColor(SELECTED_COLOR)
    apart = np.abs(seen - (color.red(), color.green(), color.blue())).max(axis=2)
    return bool((apart < 40).sum() >= 8)


@pytest.mark.bounded
@pytest.mark.parametrize("own", ["one site", "one line"])
def test_a_page_marks_out_its_own_site_or_line_alone(plate_of: MakePlate, document: Document, own: str) -> None:
    line = Site(uuid="one line", geometry=LineString([(10.2, 50.3), (10.8, 50.3)]), class_code="rail", label="A line")
    case = marked(document, [at("one site", 10.4, 50.5), at("other", 10.6, 50.5), line])
    spec = replace(SPEC, layout="site", site=own, bounds=Bounds(10.1, 50.1, 10.9, 50.9))
    plate = plate_of(spec, case)
    assert is_marked_out(about(plate, "one site", 24)) == (own == "one site")
    assert not is_marked_out(about(plate, "other", 24))
    (on_page,) = plate.maps
    boxes = [box for uuid, box in on_page.outline_boxes() if uuid == "one line"]
    seen, corner = pixels(picture(plate, 96)), on_page.rect.topLeft()
    places = [QPoint(round(corner.x() + box.left), round(corner.y() + box.top)) for box in boxes[::8]]
    parts = [part(seen, QRect(place - QPoint(6, 6), QSize(12, 12))) for place in places]
    assert any(map(is_marked_out, parts)) == (own == "one line")


@pytest.mark.bounded
@pytest.mark.parametrize(("side", "is_coarse"), [(64, True), (1024, False)])
def test_a_page_says_where_an_image_is_too_coarse_for_it(
    plate_of: MakePlate, tmp_path: Path, side: int, is_coarse: bool
) -> None:
    """Squares of 10 mm were printed as if a site could be seen on them."""
    path = write_scene(tmp_path / "scene.tif", Bounds(9.9, 49.9, 10.3, 50.3), "2024-04-12T08:05:30Z", side=side)
    layer = Layer(uuid="l", kind="raster", name="Scene", source_json=f'{{"path": "{path}"}}')
    case = Document({"layers": [layer], "sites": [at("in", 10.1, 50.1)]})
    plate = plate_of(replace(SPEC, bounds=Bounds(10.0, 50.0, 10.2, 50.2)), case)
    (fact,) = facts_of(plate).maps[0].images
    high_mm = plate.maps[0].rect.height() / 96 * 25.4
    shown = plate.maps[0].framing.lonlat()
    assert shown is not None
    assert fact.pixel_mm == pytest.approx(high_mm * 0.4 / side / shown.height, rel=0.2)
    assert ("too coarse to show a site" in words_of(plate)) == is_coarse


CROSSED = Site(uuid="road", geometry=LineString([(10.2, 50.5), (10.8, 50.5)]), class_code="road", label="A road")
RINGED = Site(
    uuid="ringed",
    geometry=Point(10.5, 50.5),
    label="Loose",
    class_code="port",
    position_error_m=9_000.0,
    position_basis="stated",
)


@pytest.mark.parametrize("groups", ["whole", "in parts"])
@pytest.mark.parametrize("site", [at("in", 10.5, 50.5), RINGED], ids=["symbol", "sign in a circle"])
def test_no_line_lies_over_a_symbol_or_the_sign_in_a_circle(
    plate_of: MakePlate, document: Document, site: Site, groups: str
) -> None:
    """The line went through the very sign that a reader was to see."""
    spec = replace(SPEC, bounds=Bounds(10.1, 50.1, 10.9, 50.9))

    def middle(sites: list[Site]) -> np.ndarray:
        plate = plate_of(spec, marked(document, sites))
        rect = plate.maps[0].rect
        image = map_alone(plate, in_parts=groups == "in parts")
        return part(image, QRect(rect.center().toPoint() - QPoint(3, 3), QSize(6, 6)))

    alone, crossed, line = middle([site]), middle([CROSSED, site]), middle([CROSSED])
    assert np.abs(line - alone).max() > 60, "the line runs through the middle"
    is_sign = np.abs(alone - middle([])).max(axis=2) > 120
    assert is_sign.sum() >= 4
    assert np.abs(crossed - alone).max(axis=2)[is_sign].mean() < 40


def test_the_line_to_a_moved_symbol_lies_below_all_symbols(plate_of: MakePlate, document: Document) -> None:
    plate = plate_of(SPEC, marked(document, [at(f"m{number}", 10.5, 50.5) for number in range(4)]))
    (on_page,) = plate.maps
    assert on_page.spread.lines()
    printed = PrintedPlate(plate, 96)
    group = next(group for group in printed.groups(0) if group.kind is GroupKind.MAP)
    places = [part.part.place for part in printed.parts(group) if part.part is not None]
    assert places.index(PartPlace.LEADERS) < places.index(PartPlace.MARK)
    (leader, *_) = on_page.spread.lines()
    symbol = next(place for place in on_page.spread.moved.values() if place.end == leader[2])
    beyond = symbol._replace(end=(2 * symbol.x - symbol.foot[0], 2 * symbol.y - symbol.foot[1]))
    own = next(part for part, place in on_page.spread.moved.items() if place is symbol)
    at_symbol = QRect(
        QPoint(round(on_page.rect.left() + symbol.x) - 3, round(on_page.rect.top() + symbol.y) - 3), QSize(6, 6)
    )
    before = part(map_alone(plate), at_symbol)
    on_page.spread = replace(on_page.spread, moved=on_page.spread.moved | {own: beyond})
    assert np.abs(part(map_alone(plate), at_symbol) - before).max() < 8, "a line across a symbol is not seen on it"


def map_alone(plate: Plate, *, in_parts: bool = False) -> np.ndarray:
    """The marks of a page without names and furniture."""
    printed = PrintedPlate(plate, 96)
    image = QImage(*printed.size_px(0), QImage.Format.Format_RGB32)
    image.fill(QColor("#304050"))
    with painting(image) as painter:
        for group in printed.groups(0):
            if group.kind is GroupKind.MAP:
                for each in printed.parts(group) if in_parts else [group]:
                    painter.save()
                    printed.paint(painter, 0, None, each)
                    painter.restore()
    return pixels(image)


def test_a_count_of_marks_is_told_from_the_number_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """ "2" in a circle was read as mark 2 of the key."""
    texts: list[str] = []
    monkeypatch.setattr(spread_marks, "paint_lines", lambda painter, lines: texts.extend(line.text for line in lines))
    image = QImage(40, 40, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        spread_marks.paint_stack(painter, (20.0, 20.0), 8.0, 2, "#1c8cab")
    assert texts == ["×2"]
    assert spread_rows(["stack"])[0].text.startswith("×3: ")
