"""Words of a product on its pages: what explains the signs of a map is not torn apart, and no page is lopsided."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductMap, ProductSpec
from tests.support.cases.rich import read_case
from tests.support.readers.tiny_rasters import write_raster
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import faults
from viewer.export.plates.evidence_rows import EvidenceRows
from viewer.export.plates.plate import Plate
from viewer.export.plates.setting.flow import Atom, Flow, PageColumn
from viewer.export.plates.setting.house_style import house_style
from viewer.export.plates.setting.lettering import Type, wrapped
from viewer.export.plates.setting.page_rooms import FrameShape, RoomsAsked, least_beside_key, least_map_area
from viewer.export.plates.setting.page_rooms import rooms_of as cut_page
from viewer.export.plates.setting.page_sizes import PageSizes
from viewer.export.plates.setting.sign_band import NO_BAND, band_of
from viewer.export.plates.setting.word_pages import head_height, with_level_end, words_on_pages
from viewer.support.fonts import load_fonts

ASIA = Bounds(28.0, 18.0, 178.0, 72.0)


@pytest.fixture(autouse=True)
def fonts(qapp: QApplication) -> None:
    """Letters are measured by the program's fonts."""
    load_fonts()


@pytest.fixture(scope="module")
def demo() -> Document:
    return read_case(Path("sample_data/demo.gpkg")).document


def rooms_of(plate: Plate, key: str) -> list[tuple[int, QRectF]]:
    """Where a part of the words stands: pages, and boxes in columns."""
    return [(piece.page, piece.box) for piece in plate.pieces if piece.key == key]


@pytest.mark.bounded
@pytest.mark.parametrize(("page", "of_key", "least"), [("A4 landscape", 1, 0.42), ("A4 portrait", 0, 0.34)])
def test_the_legend_and_a_large_map_stand_on_the_first_page(
    plate_of, demo, page: str, of_key: int, least: float
) -> None:
    """Long notes on the parties sent the legend to page 2, and then the key left the map a quarter of the page."""
    plate = plate_of(ProductSpec(title="All", subtitle="Claims", page=page, bounds=ASIA), demo)
    assert {page for page, _ in rooms_of(plate, "legend")} == {0}
    assert {page for page, _ in rooms_of(plate, "key")} == {of_key}
    (rect,) = (on_page.rect for on_page in plate.maps)
    assert rect.width() * rect.height() >= least * plate.sizes.width * plate.sizes.height
    if page == "A4 portrait":
        assert rect.right() == pytest.approx(plate.sizes.width - plate.sizes.margin, abs=1.0)
    first = {text for piece in plate.pieces if not piece.page for text in piece.texts}
    assert ("Key to the numbers: page 2" in first) is bool(of_key)
    told = {text for piece in plate.pieces if piece.key == "key" for text in piece.texts}
    assert all(any(str(number) in text for text in told) for number in plate.numbers.values())
    assert not plate.parties.is_nameless
    assert list(faults(plate)) == []


@pytest.mark.bounded
@pytest.mark.parametrize("layout", ["single", "panels"])
def test_a_slide_is_first_of_all_its_maps(plate_of, demo, layout: str) -> None:
    """Key and legend left a map of 470 by 305 pixels, and panels 99 high."""
    maps = (ProductMap(bounds=Bounds(112, 28, 124, 40)), ProductMap(bounds=Bounds(126, 44, 136, 52)))
    spec = ProductSpec(layout=layout, title="All", page="Slide 16:9", bounds=ASIA)
    plate = plate_of(replace(spec, maps=maps) if layout == "panels" else spec, demo)
    area = sum(on_page.rect.width() * on_page.rect.height() for on_page in plate.maps)
    assert area >= {"single": 0.39, "panels": 0.4}[layout] * plate.sizes.width * plate.sizes.height
    assert {page for page, _ in rooms_of(plate, "legend")} == {0}
    assert list(faults(plate)) == []
    if layout == "single":
        assert not plate.parties.is_nameless
        assert {page for page, _ in rooms_of(plate, "key")} == {0}
        assert plate.pages == 2, "one line stood alone on a third page"


@pytest.mark.bounded
def test_a_slide_with_an_inset_names_the_firms_and_other_marks_in_it(plate_of, demo) -> None:
    """It had their signs without names, beside a column as wide as two."""
    maps = (ProductMap(bounds=ASIA), ProductMap(bounds=Bounds(107.5, 37.4, 140.3, 60.0)))
    plate = plate_of(ProductSpec(layout="insets", title="All", page="Slide 16:9", bounds=ASIA, maps=maps), demo)
    assert not plate.parties.is_nameless
    overview, inset = plate.namings
    assert overview.named >= plate.parties.parties > set()
    assert len(inset.named - plate.parties.parties) >= 3
    assert list(faults(plate)) == []


@pytest.mark.bounded
def test_a_long_key_leaves_a_slide_to_its_map(plate_of, document: Document) -> None:
    crowd = [
        Site(uuid=f"s{at}", geometry=Point(10.1 + 0.03 * at, 50.5), label=f"{'Works of the northern river ' * 9}{at}")
        for at in range(26)
    ]
    document = Document({"layers": list(document.table("layers").values()), "sites": crowd})
    plate = plate_of(ProductSpec(title="Works", page="Slide 16:9", bounds=FRAME), document)
    rect = plate.maps[0].rect
    assert rect.width() * rect.height() >= 0.5 * plate.sizes.width * plate.sizes.height
    assert {page for page, _ in rooms_of(plate, "legend")} == {0}
    assert 3 < len(plate.numbers) < 12, "as many as the key beside the map has room for"
    assert {page for page, _ in rooms_of(plate, "key")} == {0}
    texts = " ".join(text for piece in plate.pieces if not piece.page for text in piece.texts)
    assert f"{plate.left_out} marks in the frame are not named here" in texts
    assert plate.left_out > 6
    assert list(faults(plate)) == []


def test_the_caption_of_two_maps_stands_before_the_legend_of_a_slide(plate_of, document: Document) -> None:
    """It stood below the signs, and the nearest town in another column than the locator."""
    spec = ProductSpec(layout="before-after", title="Two", caption="The pier is new.", page="Slide 16:9", bounds=FRAME)
    plate = plate_of(replace(spec, maps=(ProductMap(), ProductMap())), document)
    (caption,), (legend, *_) = rooms_of(plate, "caption"), rooms_of(plate, "legend")
    assert caption[0] == legend[0] == 0
    assert (caption[1].left(), caption[1].bottom()) < (legend[1].left(), legend[1].top())
    assert len({round(box.left()) for _, box in rooms_of(plate, "locator")}) == 1
    lines = [text for piece in plate.pieces for text in piece.texts if text.startswith("Image: ")]
    assert len(lines) == len(set(lines)) > 0, "an image of both maps is credited once"


def test_words_on_parties_leave_a_slide_two_fifths_of_it_for_its_map() -> None:
    asked = RoomsAsked("single", 1, 0.0, 48.0, 43.0, [0.0], [30.0], ())
    slide, paper = (PageSizes.of(ProductSpec(page=page)) for page in ("Slide 16:9", "A4 landscape"))
    assert least_map_area(paper, asked) == 0.0
    assert least_map_area(slide, asked) == pytest.approx(0.4 * 1280 * 720)
    strip = replace(asked, shape=FrameShape(least=5.0, best=6.0, most=7.0))
    assert least_map_area(slide, strip) < 0.3 * 1280 * 720


def test_a_band_of_signs_is_no_higher_than_it_needs_to_be() -> None:
    sizes = PageSizes.of(ProductSpec(page="A4 landscape"))
    atoms = [Atom("legend", f"Class {at}", sizes.type(0.88), "#000000", least=14.0) for at in range(12)]
    band = band_of(sizes, atoms, 300.0)
    assert band.columns == 6
    assert band.height == pytest.approx(2 * atoms[0].height(band.width / 6), abs=0.1)
    assert band.holds(atoms)
    assert not band.holds([*atoms, atoms[0]])
    assert band_of(sizes, atoms, 20.0) == NO_BAND
    assert band_of(sizes, [], 300.0) == NO_BAND


@pytest.mark.bounded
def test_a_key_that_does_not_quite_fit_below_the_maps_has_more_room(plate_of, demo) -> None:
    """Its last two rows stood on the next page."""
    maps = ProductMap(), ProductMap(bounds=Bounds(112, 28, 124, 40))
    spec = ProductSpec(layout="before-after", title="All", subtitle="Claims.", bounds=ASIA, maps=maps)
    plate = plate_of(replace(spec, left_out=frozenset({"claims"})), demo)
    assert len(plate.numbers) > 12
    assert {page for page, _ in rooms_of(plate, "key")} == {0}


@pytest.mark.bounded
def test_of_legend_and_key_that_do_not_both_fit_the_key_goes_on_on_the_next_page(plate_of, demo) -> None:
    """What the symbols mean was told on the next page."""
    maps = ProductMap(), ProductMap(bounds=Bounds(112, 28, 124, 40)), ProductMap(bounds=Bounds(126, 44, 136, 52))
    spec = ProductSpec(layout="insets", title="All", subtitle="Claims.", bounds=ASIA, maps=maps)
    plate = plate_of(replace(spec, left_out=frozenset({"claims"})), demo)
    assert {page for page, _ in rooms_of(plate, "legend")} == {0}
    texts = {text for piece in plate.pieces if piece.key == "key" for text in piece.texts}
    assert "Key, continued" not in texts or "Key (continued on page 2)" in texts


def test_notes_are_not_cut_where_the_next_column_has_room_for_them() -> None:
    """The last of two notes stood alone at the top of a column."""
    row = Atom("legend", "A row", Type(12.0), "#000000")
    notes = [replace(row, key="caveats", text=f"Note {at}") for at in range(3)]
    rooms = [QRectF(100.0 * at, 0.0, 90.0, 4.5 * row.type.line_height) for at in range(2)]
    flow = Flow([PageColumn(0, room) for room in rooms])
    assert not flow.set_parts([row, row, *notes])
    assert [one.column for one in flow.placed] == [0, 0, 1, 1, 1]


def test_words_below_a_map_stand_side_by_side_where_the_page_is_empty(plate_of, tmp_path) -> None:
    """All stood in one column, below a map that its image makes wide, beside an empty page."""
    sites = [Site(uuid=one, geometry=Point(11.0, 0.5), label=one, class_code=one) for one in ("port", "depot")]
    values, strip = np.full((1, 10, 60), 90, np.uint8), Bounds(9.0, 0.0, 15.0, 1.0)
    path = write_raster(tmp_path / "strip.tif", values, "EPSG:4326", strip)
    layer = Layer(uuid="strip", kind="raster", name="Strip", source_json=json.dumps({"path": str(path)}))
    plate = plate_of(ProductSpec(title="Wide", page="A4 portrait"), Document({"layers": [layer], "sites": sites}))
    words = [box for key in ("locator", "legend", "caveats") for _, box in rooms_of(plate, key)]
    assert len({round(box.left()) for box in words}) == 2
    assert min(box.top() for box in words) > plate.maps[0].rect.bottom()
    assert plate.pages == 1
    assert list(faults(plate)) == []


@pytest.mark.parametrize(("key", "more", "pages"), [("sources", 9, 2), ("claims", 9, 3), ("sources", 60, 3)])
def test_small_letters_save_a_page_of_a_few_lines(key: str, more: int, pages: int) -> None:
    """Seven lines of notes stood alone on the second page of a site."""
    sizes = PageSizes.of(ProductSpec(page="A4 landscape"))
    rooms = cut_page(sizes, RoomsAsked("single", 1, 0.0, 48.0, 43.0, [0.0], [30.0], ()))
    row = Atom(key, "A source", sizes.type(0.92), "#000000")
    room = sizes.height - 2 * sizes.margin - head_height(sizes)
    count = sizes.columns * int(room / row.type.line_height) + more
    assert words_on_pages(sizes, rooms, [replace(row, text=f"Row {at}") for at in range(count)])[1] == pages


@pytest.mark.bounded
@pytest.mark.parametrize(("page", "least"), [("Square", 0.35), ("Newspaper, 2 columns", 0.32)])
def test_a_map_fills_the_width_that_its_legend_leaves(plate_of, demo, page: str, least: float) -> None:
    """They were 15 % of the page, beside an empty half."""
    plate = plate_of(ProductSpec(title="All", subtitle="Claims", page=page, bounds=ASIA), demo)
    rect = plate.maps[0].rect
    assert rect.width() * rect.height() >= least * plate.sizes.width * plate.sizes.height
    assert 0 in {page for page, _ in rooms_of(plate, "legend")}
    assert list(faults(plate)) == []


def test_a_number_stays_with_its_name_at_the_end_of_a_line() -> None:
    """A key had its numbers at the ends of lines, and the names in the next ones."""
    type_ = Type(12.0)
    room = type_.width("1 Alpha; 2")
    assert wrapped("1\u00a0Alpha; 2\u00a0Beta", type_, room) == ("1\u00a0Alpha;", "2\u00a0Beta")


def test_a_per_cent_sign_stays_with_its_number(qapp) -> None:
    """A note of the legend ended with "%)" on a line of its own."""
    type_ = Type(12.0)
    assert wrapped("than 1 km (90 %)", type_, type_.width("than 1 km (90 ")) == ("than 1 km", "(90 %)")


@pytest.mark.bounded
def test_a_key_that_goes_on_on_the_next_page_says_so(plate_of, demo) -> None:
    spec = ProductSpec(layout="before-after", title="All", page="A4 portrait", bounds=ASIA)
    plate = plate_of(replace(spec, bottom_line="One sentence.", maps=(ProductMap(), ProductMap())), demo)
    texts = [(piece.page, text) for piece in plate.pieces if piece.key == "key" for text in piece.texts]
    first, second = sorted({page for page, _ in texts})[:2]
    assert (first, f"Key (continued on page {second + 1})") in texts
    assert next(text for page, text in texts if page == second) == "Key, continued"
    assert not [fault for fault in faults(plate) if fault.startswith("key")]


def test_a_key_does_not_take_maps_more_than_it_is_worth() -> None:
    """Four panels on A3 had 30 % of the page beside their key, and 44 % without it."""
    sizes = PageSizes.of(ProductSpec(page="A3 landscape"))
    page = sizes.width * sizes.height
    assert least_beside_key(sizes, 0.44 * page) == pytest.approx(0.36 * page)
    assert least_beside_key(sizes, 0.30 * page) == pytest.approx(0.282 * page)


@pytest.mark.bounded
def test_a_column_says_where_its_key_and_legend_are(plate_of, demo) -> None:
    """Numbers stood on a map of 45 mm, and nothing told on which page they are explained."""
    spec = ProductSpec(title="Firms named in the reports", subtitle="Claims", page="Newspaper, 1 column", bounds=ASIA)
    plate = plate_of(spec, demo)
    key, legend = (min(page for page, box in rooms_of(plate, part) if page) for part in ("key", "legend"))
    first = {text for piece in plate.pieces if not piece.page for text in piece.texts}
    assert first & {
        f"Key to the numbers, and legend: page {key + 1}",
        f"Key to the numbers: page {key + 1}. Legend: page {legend + 1}.",
    }
    assert any("named in S1" in text for text in first)
    assert list(faults(plate)) == []


@pytest.mark.parametrize(("rows", "on_first"), [(1, 0), (2, 3), (9, 3)])
def test_no_row_of_a_key_stands_alone(rows: int, on_first: int) -> None:
    """A key of one row was "continued on page 2"."""
    sizes = PageSizes.of(ProductSpec(page="A4 landscape"))
    rows_of = EvidenceRows(sizes, house_style("", False, False))
    atoms = rows_of.key({str(at): at for at in range(1, 10)}, {}, 0)
    line = atoms[1].height(200.0) + atoms[1].before
    first = QRectF(0.0, 0.0, 200.0, atoms[0].height(200.0) + rows * line + 1.0)
    flow = Flow([PageColumn(0, first), PageColumn(1, QRectF(0.0, 0.0, 200.0, 900.0))])
    assert not flow.set_parts(atoms)
    on_page = [flow.columns[set_atom.column].page for set_atom in flow.placed]
    assert on_page.count(0) == (10 if rows == 9 else on_first)
    assert on_page.count(1) != 1


def test_a_sign_is_not_torn_from_its_words() -> None:
    """The count of a class stood at the top of the next column of a low band."""
    sizes = PageSizes.of(ProductSpec(page="A4 landscape"))
    row = Atom("legend", "A class with a long name", sizes.type(0.88), "#000000", sign=lambda *_: None, least=14.0)
    long = replace(row, text="GNSS monitoring station (agreed) with words that take two lines (6)")
    room = long.height(150.0) * 1.4
    flow = Flow([PageColumn(0, QRectF(170.0 * at, 0.0, 150.0, room)) for at in range(3)])
    assert not flow.set([replace(row, text="Road"), long])
    assert [(set_atom.column, set_atom.atom.text) for set_atom in flow.placed] == [(0, "Road"), (1, long.text)]


@pytest.mark.bounded
@pytest.mark.parametrize("layout", ["before-after", "insets"])
def test_pictures_have_a_third_of_a_square(plate_of, demo, layout: str) -> None:
    """Words on the parties left a fifth of it to two pictures."""
    insets = ProductMap(), ProductMap(bounds=Bounds(112, 28, 124, 40)), ProductMap(bounds=Bounds(126, 44, 136, 52))
    maps = insets if layout == "insets" else (ProductMap(), ProductMap())
    spec = ProductSpec(layout=layout, title="All", bottom_line="Claims.", page="Square", bounds=ASIA, maps=maps)
    plate = plate_of(spec, demo)
    area = sum(on_page.rect.width() * on_page.rect.height() for on_page in plate.maps)
    assert area >= {"before-after": 0.33, "insets": 0.31}[layout] * plate.sizes.width * plate.sizes.height
    assert 0 in {page for page, _ in rooms_of(plate, "legend")}
    assert list(faults(plate)) == []


@pytest.mark.bounded
def test_wide_images_that_are_compared_are_cut_a_little_to_fill_a_page(plate_of, tmp_path) -> None:
    """They left a third of the page white below them; what was asked for in part is shown whole."""
    strip = Bounds(9.0, 0.0, 11.0, 1.0)
    path = write_raster(tmp_path / "strip.tif", np.full((1, 10, 20), 90, np.uint8), "EPSG:4326", strip)
    layer = Layer(uuid="strip", kind="raster", name="Strip", source_json=json.dumps({"path": str(path)}))
    document = Document({"layers": [layer]})
    asked = Bounds(9.2, 0.2, 10.8, 1.0)
    for bounds in (None, asked):
        spec = ProductSpec(layout="before-after", title="Two", bounds=bounds, maps=(ProductMap(), ProductMap()))
        plate = plate_of(spec, document)
        rect, shown = plate.maps[0].rect, plate.maps[0].framing.lonlat()
        assert shown is not None
        if bounds is None:
            assert 2 * rect.width() * rect.height() >= 0.48 * plate.sizes.width * plate.sizes.height
            assert rect.width() / rect.height() == pytest.approx(2.0 * 1.25, rel=0.03)
            assert shown.height == pytest.approx(1.0 / 1.25, rel=0.03)
        else:
            assert shown.expanded(0.01).contains(asked)


@pytest.mark.parametrize(("stands_alone", "pages"), [(True, [0, 0, 0, 1, 1]), (False, [1, 1, 1, 1, 1])])
def test_claims_that_are_understood_alone_fill_what_is_left_of_a_page(
    qapp, *, stands_alone: bool, pages: list[int]
) -> None:
    """The column beside two maps was empty below its legend, and a page of claims followed."""
    type_ = PageSizes.of(ProductSpec(page="A4 landscape")).type()
    row = Atom("claims", "words", type_, "#000000")
    second = replace(row, text="C2", stands_alone=stands_alone)
    atoms = [replace(row, text="Claims", keep=True), replace(row, text="C1"), row, second, row]
    rooms = [QRectF(0.0, 0.0, 200.0, 3.5 * type_.line_height), QRectF(0.0, 0.0, 200.0, 900.0)]
    flow = Flow([PageColumn(page, room) for page, room in enumerate(rooms)])
    assert not flow.set_parts(atoms)
    assert [flow.columns[set_atom.column].page for set_atom in flow.placed] == pages


def test_the_columns_of_the_last_page_are_about_equally_long(qapp) -> None:
    """Few words stood in one narrow column, beside two thirds of an empty page."""
    sizes = PageSizes.of(ProductSpec(page="A4 landscape"))
    rows = [Atom("sources", f"S{at}", sizes.type(), "#000000") for at in range(12)]
    columns = [PageColumn(page, QRectF(220.0 * at, 0.0, 200.0, 900.0)) for page in range(2) for at in range(3)]
    flow = Flow([replace(column) for column in columns], at=3)
    assert not flow.set(rows)
    level = with_level_end(sizes, flow, 2)
    counts = [sum(set_atom.column == number for set_atom in level.placed) for number in range(6)]
    assert counts == [0, 0, 0, 4, 4, 4]
    assert [set_atom.atom.text for set_atom in level.placed] == [f"S{at}" for at in range(12)]
    assert with_level_end(sizes, level, 1) is level, "the first page is cut with its maps"


@pytest.mark.parametrize(("lines", "most"), [(30, 0.19), (400, 0.27)])
def test_a_map_beside_few_words_is_larger(qapp, lines: int, most: float) -> None:
    """A wide column with two notes stood beside a map, above the empty third of a page."""
    sizes = PageSizes.of(ProductSpec(page="A4 landscape"))
    words = [Atom("caveats", "A note.", sizes.type(), "#000000") for _ in range(lines)]
    shape = FrameShape(1.5, 1.5, 1.5)
    rooms = cut_page(sizes, RoomsAsked("single", 1, 0.0, 0.0, 40.0, [0.0], [20.0], words, shape))
    inner = sizes.width - 2 * sizes.margin
    assert rooms.columns[0].left() >= rooms.cells[0].frame.right()
    assert rooms.columns[0].width() <= most * inner
    assert (rooms.cells[0].frame.width() >= 0.8 * inner) is (lines < 100)
