"""Pages are painted a little at a time: no turn of the event loop paints more than one thing, and each thing once."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from shapely.geometry import LineString, Point, mapping

from layers.at_once import at_once
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import MakePlate, picture, wait_for
from viewer.export.formats.pdf import vectors
from viewer.export.formats.steps import Writing, finish
from viewer.export.formats.writers import begin_writing
from viewer.export.headless import Studio
from viewer.export.plates.house_style import house_style
from viewer.export.plates.maps import locator
from viewer.export.plates.maps.locator import coasts_in, coasts_in_steps, locator_window, room_in
from viewer.export.plates.maps.locator_on_page import window_of
from viewer.export.plates.printed import GroupKind, picture_in_steps
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.plates.setting import lettering
from viewer.rendering.vector import vector_painter
from viewer.support.painting import painting

SPEC = ProductSpec(title="Title", subtitle="Subtitle", author="A", bounds=FRAME)


class Turns:
    """Counts the lines that are painted at each step of a writing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.turn = 0
        self.lines: Counter[int] = Counter()
        self.painted: Counter[lettering.TextLine] = Counter()
        step, paint = Writing._step, lettering._paint_line

        def stepped(writing: Writing) -> None:
            self.turn += 1
            step(writing)

        def counted(painter: QPainter, line: lettering.TextLine, *how: Any, **more: Any) -> None:
            self.lines[self.turn] += 1
            self.painted[line] += 1
            paint(painter, line, *how, **more)

        monkeypatch.setattr(Writing, "_step", stepped)
        monkeypatch.setattr(lettering, "_paint_line", counted)
        monkeypatch.setattr(lettering, "_SPRITES", lettering._Sprites())
        monkeypatch.setattr("viewer.export.formats.steps.STEP_S", 0.0)


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    return Turns(monkeypatch)


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_each_line_of_a_page_is_painted_once_and_one_at_a_turn(
    plate_of: MakePlate, studio: Studio, turns: Turns, tmp_path: Path, ending: str
) -> None:
    plate = plate_of(SPEC)
    assert not turns.painted, "no letters are painted for a page that is only read"
    finish(begin_writing(PrintedPlate(plate, 300), tmp_path / f"page.{ending}", studio.context))
    lines = [line for piece in plate.pieces for line in piece.lines if line.text]
    assert len(lines) > 10
    assert {line: times for line, times in turns.painted.items() if line in lines} == Counter(lines)
    assert max(turns.lines.values()) == 1


def test_a_picture_of_a_page_is_painted_a_line_at_a_step_and_is_the_page(plate_of: MakePlate, turns: Turns) -> None:
    """A strip of a preview with many words in it took a tenth of a second."""
    plate = plate_of(replace(SPEC, marking="TLP:AMBER", graticule="DD"))
    printed, found = PrintedPlate(plate, 130), list[QImage]()
    wait_for(printed)
    for image in picture_in_steps(printed, 0):
        turns.turn += 1
        found += [] if image is None else [image]
    assert len(turns.lines) > 10
    assert max(turns.lines.values()) == 1
    assert found == [picture(plate, 130)]


def test_a_picture_that_is_given_up_ends_in_silence(plate_of: MakePlate) -> None:
    """Qt warns of a painter that ends with states of its own, and each warning fails a test."""
    printed = PrintedPlate(plate_of(SPEC), 96)
    whole = sum(1 for _image in picture_in_steps(printed, 0))
    for last in range(1, whole, max(whole // 30, 1)):
        steps = picture_in_steps(printed, 0)
        for _step in zip(range(last), steps, strict=False):
            pass
        steps.close()


def test_fonts_of_a_pdf_are_packed_apart_from_the_last_sheet(plate_of: MakePlate) -> None:
    printed = PrintedPlate(plate_of(SPEC), 96)
    group = next(one for one in printed.groups(0) if one.kind is GroupKind.FURNITURE)
    with pikepdf.open(BytesIO(at_once(vectors)(printed, 0, group))) as pdf:
        painted = [b" Tf" in page.Contents.read_bytes() for page in pdf.pages]
    assert any(painted)
    assert not painted[-1]


def test_no_sheet_of_a_pdf_has_more_than_a_few_names(plate_of: MakePlate, document: Document) -> None:
    """Qt packs a sheet in one go, and the outlines of letters are long."""
    sites = [
        Site(uuid=f"s{i}", geometry=Point(10.05 + 0.1 * (i % 9), 50.1 + 0.1 * (i // 9)), label=f"Mark {i}")
        for i in range(72)
    ]
    plate = plate_of(SPEC, Document({"layers": list(document.layers.values()), "sites": sites}))
    printed = PrintedPlate(plate, 96)
    group = next(one for one in printed.groups(0) if one.kind is GroupKind.LABELS)
    with pikepdf.open(BytesIO(at_once(vectors)(printed, 0, group))) as pdf:
        assert len(pdf.pages) >= len(plate.namings[0].labels) // 3 > 9
        assert max(len(page.Contents.read_bytes()) for page in pdf.pages) < 300_000


def test_a_vector_layer_of_a_pdf_is_painted_some_features_a_turn(
    plate_of: MakePlate, studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each on a sheet of its own, as Qt packs a sheet at once."""
    monkeypatch.setattr(vector_painter, "CORNERS_A_STEP", 40)
    lines = [LineString([(10.1, 50.1 + 0.001 * i), (10.5, 50.2), (10.9, 50.9 - 0.001 * i)]) for i in range(200)]
    rows = [{"type": "Feature", "properties": {}, "geometry": mapping(line)} for line in lines]
    path = tmp_path / "lines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    layer = Layer(uuid="v", kind="vector", name="Lines", source_json=json.dumps({"path": str(path)}), crs="EPSG:4326")
    printed = PrintedPlate(plate_of(SPEC, Document({"layers": [layer]})), 150)
    group = next(one for one in printed.groups(0) if one.kind is GroupKind.MAP)
    steps, turns = vectors(printed, 0, group), 0
    monkeypatch.setattr("viewer.export.formats.steps.STEP_S", 0.0)
    try:
        while True:
            next(steps)
            turns += 1
    except StopIteration as end:
        content = end.value
    with pikepdf.open(BytesIO(content)) as pdf:
        painted = [page.Contents.read_bytes().count(b" m\n") for page in pdf.pages]
    assert turns >= 15
    assert sum(painted) >= len(lines)
    assert max(painted) < 30


def test_the_coasts_of_a_locator_are_painted_some_at_a_turn(plate_of: MakePlate) -> None:
    """Of the whole Earth they took a twentieth of a second."""
    spec = replace(SPEC, bounds=Bounds(10, 45, 40, 60))
    (piece,) = [piece for piece in plate_of(spec).pieces if piece.key == "locator"]
    image = QImage(800, 600, QImage.Format.Format_RGB32)
    with painting(image) as painter:
        steps = sum(1 for _step in piece.paint(painter))
    assert steps >= 8


def test_a_long_coast_is_painted_in_bands_as_it_is_at_once(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one line with thousands of places a step took a thirtieth of a second at 300 dots an inch."""
    frame, style = Bounds(10, 45, 40, 55), house_style("plain", dark=False)
    window, box = locator_window([frame]), QRectF(3.3, 2.7, 300.0, 200.0)
    assert window is not None
    assert max(line.size() for _, line in coasts_in(window, 300.0, 200.0)) > 2 * locator.PLACES_A_STEP

    def painted() -> tuple[QImage, int]:
        image = QImage(900, 620, QImage.Format.Format_RGB32)
        image.fill(0xFF808080)
        with painting(image) as painter:
            painter.scale(2.9, 2.9)
            steps = sum(1 for _step in locator.locator_in_steps(painter, box, window, [frame], style))
        return image, steps

    in_bands, many = painted()
    monkeypatch.setattr(locator, "PLACES_A_STEP", 10**6)
    at_once, few = painted()
    assert in_bands == at_once
    assert many > 5 * few


def test_coasts_are_worked_out_some_at_a_step_while_a_page_is_laid_out(plate_of: MakePlate) -> None:
    """So that nobody waits for them while they are painted."""
    plate = plate_of(replace(SPEC, bounds=Bounds(10, 45, 40, 60)))
    (piece,) = [piece for piece in plate.pieces if piece.key == "locator"]
    window = window_of(plate.spec, plate.maps)
    assert window is not None
    assert not list(coasts_in_steps(window, room_in(piece.box)))
    another = window.expanded(1.0)
    assert sum(1 for _step in coasts_in_steps(another, room_in(piece.box))) > 6


@pytest.mark.parametrize("grey", [False, True], ids=["in colour", "in grey"])
def test_a_page_in_steps_is_the_page(plate_of: MakePlate, grey: bool) -> None:
    plate = plate_of(replace(SPEC, grey=grey, marking="TLP:AMBER", graticule="DD"))
    printed, whole = PrintedPlate(plate, 130), picture(plate, 130)
    at_once, in_steps = (QImage(whole.size(), QImage.Format.Format_RGB32) for _ in range(2))
    for group in printed.groups(0):
        with painting(at_once) as painter:
            printed.paint(painter, 0, None, group)
        with painting(in_steps) as painter:
            for _step in printed.paint_in_steps(painter, 0, group):
                pass
    assert in_steps == at_once
    assert grey or in_steps == whole
