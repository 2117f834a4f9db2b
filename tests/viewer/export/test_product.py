"""A product: its map is the scene's picture, and what surrounds it is there, true and apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QImage

from layers.document.document import Document
from layers.geo.bounds import Bounds
from layers.geo.crs import WEB_MERCATOR, WGS84, transform_points, world_bounds
from layers.grid.tile_grid import View
from tests.viewer.export.conftest import FRAME, part, pixels
from viewer.canvas.scene import MapScene
from viewer.commands.meta import set_sites_visible
from viewer.export import credits as credits_room
from viewer.export import furniture
from viewer.export.headless import Studio, complete
from viewer.export.image import save_image
from viewer.export.layout import Layout
from viewer.export.legend import legend_rows
from viewer.export.product import Product, inside_world
from viewer.support.fonts import font
from viewer.support.painting import painting

LAYOUT = Layout(
    900,
    620,
    title="Title of the map",
    subtitle="One sentence",
    marking="TLP:RED",
    author="An Analyst",
    made_on="2024-05-01",
)
PAPER = (255, 255, 255)


def make(
    studio: Studio, document: Document, layout: Layout = LAYOUT, bounds: Bounds = FRAME
) -> tuple[Product, MapScene]:
    scene = studio.scene(document, None)
    product = Product(layout, document, scene, bounds)
    complete(scene, product.view)
    return product, scene


def is_painted(picture: np.ndarray) -> bool:
    return picture.size > 0 and bool((picture != picture[0, 0]).any())


@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_the_map_inside_the_frame_is_the_picture_of_the_scene(studio, document, ratio: float) -> None:
    layout = replace(LAYOUT, ratio=ratio, width=round(900 * ratio), height=round(620 * ratio))
    product, scene = make(studio, document, layout)
    room, view = product.regions.map, product.view
    assert (view.width, view.height, view.ratio) == (room.width(), room.height(), ratio)
    alone = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    with painting(alone) as painter:
        scene.paint_map(painter, view)
    wrong = (part(pixels(product.image()), room) != pixels(alone)).any(axis=2)
    # Furniture on the map: the scale bar below at the left, the arrow above at the right, the frame's inner edge.
    wrong[view.height - round(48 * ratio) :, : round(236 * ratio)] = False
    wrong[: round(64 * ratio), view.width - round(56 * ratio) :] = False
    edge = round(np.ceil(ratio))
    assert not wrong[edge:-edge, edge:-edge].any()


def test_everything_around_the_map_is_painted(studio, document) -> None:
    product, _ = make(studio, document)
    picture, rooms = pixels(product.image()), product.regions
    for name in ("marking_top", "header", "legend", "credits", "marking_bottom"):
        assert is_painted(part(picture, getattr(rooms, name))), name
    for band in (rooms.marking_top, rooms.marking_bottom):
        found = part(picture, band).reshape(-1, 3)
        assert (found[0] == 0).all(), "TLP 2.0 has a black ground"
        assert (abs(found - (0xFF, 0x2B, 0x2B)).sum(axis=1) < 30).any()
    white = part(picture, rooms.map).min(axis=2) > 200
    assert white[-44:-8, 12:232].sum() > 60, "a scale bar"
    assert white[10:60, -52:-8].sum() > 30, "an arrow"


def test_a_page_without_marking_and_legend(studio, document) -> None:
    product, _ = make(studio, document, Layout(640, 480, legend=False))
    rooms = product.regions
    assert rooms.marking_top.isEmpty()
    assert rooms.legend.isEmpty()
    assert rooms.header.isEmpty()
    assert tuple(pixels(product.image())[2, 2]) == PAPER


def test_a_long_title_and_a_long_marking_stay_in_their_rooms(studio, document) -> None:
    long = replace(LAYOUT, title="A title " * 60, subtitle="words " * 90, marking="MARKING " * 60)
    product, _ = make(studio, document, long)
    picture = pixels(product.image())
    for at in (slice(0, 13), slice(-13, None)):
        assert (picture[:, at] == PAPER).all(), "margins stay white"
        assert (picture[at] == PAPER).all()
    assert product.regions == make(studio, document, replace(LAYOUT, marking="M"))[0].regions


def test_a_title_that_is_too_long_ends_in_an_ellipsis(studio, document) -> None:
    long = "A title " * 60
    product, _ = make(studio, document, replace(LAYOUT, title=long))
    room = product.regions.header
    short = QFontMetricsF(font(20, bold=True)).elidedText(long, Qt.TextElideMode.ElideRight, room.width())
    assert short.endswith("…")
    same, _ = make(studio, document, replace(LAYOUT, title=short))
    assert (part(pixels(product.image()), room) == part(pixels(same.image()), room)).all()


def test_the_legend_lists_only_what_is_in_the_frame(studio, document) -> None:
    product, _ = make(studio, document)
    texts = [(row.text, row.count) for row in product.legend]
    assert texts == [
        ("Named in a claim", 0),
        ("Port", 2),
        ("Setting (public infrastructure)", 0),
        ("Depot", 1),
        ("Other sites", 0),
        ("Area", 1),
        ("Hollow, or a dashed circle: the place is known to no better than 1 km (90 %)", 0),
    ]
    wide, _ = make(studio, document, bounds=Bounds(5, 5, 35, 55))
    assert {"Airfield", "Railway"} <= {row.text for row in wide.legend}


def test_a_line_whose_box_covers_the_frame_is_not_in_it(studio, document) -> None:
    product, scene = make(studio, document)
    assert "around" not in scene.sites_within(product.view, 0, 0, product.view.width, product.view.height)
    assert "Railway" not in [row.text for row in product.legend]


def test_hidden_sites_are_in_no_legend(studio, document) -> None:
    document.apply(set_sites_visible(document, False, actor="t"))
    product, _ = make(studio, document)
    assert product.legend == []
    assert product.regions.legend.isEmpty()


def test_what_the_legend_has_no_room_for_is_said(studio, document, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(furniture, "_note", lambda painter, box, text, r: said.append(text))
    product, _ = make(studio, document, replace(LAYOUT, height=340))
    product.image()
    assert len(said) == 1
    assert said[0].endswith("more classes")


def test_credits_say_who_when_and_where(studio, document) -> None:
    product, _ = make(studio, document)
    text = " ".join(product.credits)
    assert "A. Provider (2024-04-12 08:05 UTC)" in text
    assert "Annotation: An Analyst, 2024-05-01; made with Geoloupe." in text
    assert "EPSG:3857" in text
    assert "WGS 84" in text
    assert "Centre: 50.50° N, 10.50° E (MGRS 32U PA 06 95)." in text
    assert "a symbol does not say that a claim is true" in text
    assert "What is not marked is not thereby absent." in text


def test_the_centre_has_the_digits_its_frame_deserves(studio, document) -> None:
    product, _ = make(studio, document, bounds=Bounds(10.4, 50.45, 10.6, 50.55))
    assert "Centre: 50.500° N, 10.500° E (MGRS 32U PA 063 953)." in " ".join(product.credits)
    wide, _ = make(studio, document, bounds=Bounds(5, 45, 16, 56))
    assert "Centre: 50.8° N, 10.5° E." in " ".join(wide.credits)


def test_sources_are_those_of_the_claims_on_the_map(studio, document) -> None:
    assert [s.title for s in credits_room.cited_sources(document, ["in"])] == ["On here", "On nowhere"]
    assert [s.title for s in credits_room.cited_sources(document, [])] == [], "no claim is shown"
    product, _ = make(studio, document)
    assert "Source: Press, “On here”, 2024-04-13" in product.credits
    assert not [line for line in product.credits if "On there" in line or "On unused" in line]


def test_many_sources_are_counted(studio, document, monkeypatch) -> None:
    product, _ = make(studio, document)
    monkeypatch.setattr(credits_room, "MOST_SOURCES", 1)
    lines = credits_room.credit_lines(document, LAYOUT, product.view, [], ["in", "out"])
    assert [line for line in lines if "ource" in line][:2] == [
        "Source: Press, “On here”, 2024-04-13",
        "and 2 more sources, in the case",
    ]


def test_a_layer_that_says_nothing_is_said_to_say_nothing(studio, document) -> None:
    layer = document.layers["l"]
    quiet = Document({"layers": [replace(layer, credit="", acquired_at="", date_kind="unknown")]})
    product, _ = make(studio, quiet)
    assert product.credits[0] == "Scene, credit not given (date unknown)"


def test_a_layer_out_of_the_frame_is_not_credited(studio, document) -> None:
    product, _ = make(studio, document, bounds=Bounds(30, 9, 31, 11))
    assert "A. Provider" not in " ".join(product.credits)


def test_wrapped_lines_fit(qapp) -> None:
    lines = credits_room.wrapped_lines(["many words " * 40, "short", ""], 300, 1.5)
    metrics = QFontMetricsF(font(credits_room.CREDIT_PX * 1.5))
    assert all(metrics.horizontalAdvance(line) <= 300 for line in lines)
    assert " ".join(lines).split() == ("many words " * 40 + "short").split()


def test_metadata_repeat_what_a_cropped_copy_would_lose(studio, document, tmp_path: Path) -> None:
    product, _ = make(studio, document)
    save_image(product.image(), tmp_path / "x.png")
    data = (tmp_path / "x.png").read_bytes()
    assert b"tEXt" in data
    back = QImage(str(tmp_path / "x.png"))
    assert back.text("Title") == "Title of the map"
    assert back.text("Author") == "An Analyst"
    assert back.text("Marking") == "TLP:RED"
    assert "A. Provider (2024-04-12 08:05 UTC)" in back.text("Copyright")
    west, south, east, north = (float(word) for word in back.text("Extent").split()[1::2])
    assert west <= FRAME.left < FRAME.right <= east
    assert south <= FRAME.bottom < FRAME.top <= north
    assert back.dotsPerMeterX() == pytest.approx(96 / 0.0254, abs=1)


@pytest.mark.parametrize("crs", [WEB_MERCATOR, "EPSG:32632", "EPSG:3035"])
def test_the_frame_shows_all_that_was_asked_for(studio, document, crs: str) -> None:
    product, _ = make(studio, document, replace(LAYOUT, crs=crs))
    for lon, lat in ((10, 50), (11, 51), (10, 51), (11, 50)):
        x, y = transform_points(WGS84, crs, lon, lat)
        px, py = product.view.to_pixel(float(x), float(y))
        assert -1e-6 <= px <= product.view.width + 1e-6
        assert -1e-6 <= py <= product.view.height + 1e-6


@pytest.mark.parametrize("bounds", [Bounds(28, 14, 180, 70), Bounds(-180, -60, -100, -50), Bounds(100, 60, 180, 85)])
def test_the_frame_stays_inside_the_world(studio, bounds: Bounds) -> None:
    product, _ = make(studio, Document(), bounds=bounds)
    frame, world = product.view.world_bounds(), world_bounds(WEB_MERCATOR)
    assert world.left - 1 <= frame.left
    assert frame.right <= world.right + 1
    assert world.bottom - 1 <= frame.bottom
    assert frame.top <= world.top + 1


def test_a_frame_across_the_antimeridian_is_where_it_was_asked_for(studio) -> None:
    product, _ = make(studio, Document(), bounds=Bounds(170, 50, 190, 60))
    assert product.view.world_bounds().centre[0] == pytest.approx(world_bounds(WEB_MERCATOR).right, rel=1e-6)


def test_what_is_larger_than_the_world_is_not_slid() -> None:
    view = View.of_bounds(WEB_MERCATOR, Bounds(0, 0, 3e7, 1e6), 3000, 100)
    wide = View.of_bounds(WEB_MERCATOR, Bounds(-3e7, -3e7, 4e7, 3e7), 100, 100)
    assert inside_world(view).world_bounds().right == pytest.approx(world_bounds(WEB_MERCATOR).right)
    assert inside_world(wide) == wide


def test_the_same_case_gives_the_same_picture(studio, document) -> None:
    one, two = make(studio, document)[0].image(), make(studio, document)[0].image()
    assert one == two


def test_legend_rows_are_in_a_steady_order(document) -> None:
    uuids = ["zone", "area", "in2", "in"]
    assert legend_rows(document, uuids) == legend_rows(document, reversed(uuids))
