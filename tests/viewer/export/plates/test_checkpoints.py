"""Pages are painted in a job, each thing once, with a checkpoint after each; their maps hold still meanwhile."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from threading import get_ident
from typing import Any

import pikepdf
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import QImage, QPainter
from shapely.geometry import LineString, Point, mapping

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.viewer.export.conftest import FRAME
from tests.viewer.export.plates.conftest import MakePlate, picture, wait_for
from viewer.export.formats.pdf import vectors
from viewer.export.formats.writers import begin_writing
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio, wait_until
from viewer.export.plates.maps import locator
from viewer.export.plates.maps.locator import locator_window
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.plates.setting import lettering
from viewer.export.plates.setting.house_style import house_style
from viewer.export.printed import GroupKind, page_picture
from viewer.rendering.vector import vector_painter
from viewer.support.jobs import JobCancelled, JobContext
from viewer.support.painting import painting

SPEC = ProductSpec(title="Title", subtitle="Subtitle", author="A", bounds=FRAME)


class Lines:
    """Counts how often each line is painted, and the most lines between two checkpoints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.painted: Counter[lettering.TextLine] = Counter()
        self.at_once = self.most_at_once = self.checkpoints = 0
        paint, check = lettering._paint_line, JobContext.check

        def counted(painter: QPainter, line: lettering.TextLine, *how: Any, **more: Any) -> None:
            self.painted[line] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            paint(painter, line, *how, **more)

        def checked(job: JobContext) -> None:
            self.checkpoint()
            check(job)

        monkeypatch.setattr(JobContext, "check", checked)
        monkeypatch.setattr(lettering, "_paint_line", counted)
        monkeypatch.setattr(lettering, "_SPRITES", lettering._Sprites())

    def checkpoint(self) -> None:
        self.at_once = 0
        self.checkpoints += 1


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    return Lines(monkeypatch)


@pytest.mark.bounded
@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_each_line_of_a_page_is_painted_once_with_a_checkpoint_after_it(
    plate_of: MakePlate, studio: Studio, lines: Lines, tmp_path: Path, ending: str
) -> None:
    plate = plate_of(SPEC)
    assert not lines.painted, "no letters are painted for a page that is only read"
    finish(begin_writing(PrintedPlate(plate, 300), tmp_path / f"page.{ending}", studio.context))
    printed = [line for piece in plate.pieces for line in piece.lines if line.text]
    assert len(printed) > 10
    assert {line: times for line, times in lines.painted.items() if line in printed} == Counter(printed)
    assert lines.most_at_once == 1


@pytest.mark.bounded
def test_a_picture_of_a_page_has_a_checkpoint_after_each_line_and_is_the_page(
    plate_of: MakePlate, lines: Lines
) -> None:
    plate = plate_of(replace(SPEC, marking="TLP:AMBER", graticule="DD"))
    printed = PrintedPlate(plate, 130)
    wait_for(printed)
    image = page_picture(printed, 0, lines.checkpoint)
    assert lines.checkpoints > 10
    assert lines.most_at_once == 1
    assert image == picture(plate, 130)


@pytest.mark.bounded
def test_a_picture_that_is_given_up_ends_in_silence(plate_of: MakePlate) -> None:
    """Qt warns of a painter that ends with states of its own, and each warning fails a test."""
    printed = PrintedPlate(plate_of(SPEC), 96)

    def ended_at(last: int) -> int:
        """The number of checkpoints until it ended."""
        checkpoints = 0

        def checkpoint() -> None:
            nonlocal checkpoints
            checkpoints += 1
            if checkpoints == last:
                raise JobCancelled("given up")

        with suppress(JobCancelled):
            page_picture(printed, 0, checkpoint)
        return checkpoints

    whole = ended_at(-1)
    assert whole > 30
    for last in range(1, whole, whole // 30):
        assert ended_at(last) == last


@pytest.mark.bounded
@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_a_window_goes_on_while_a_page_is_written_and_its_maps_hold_still(
    plate_of: MakePlate, studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: str
) -> None:
    """What arrives for a map while a job paints it waits until the end."""
    plate, threads, turns, letters = plate_of(SPEC), set[int](), list[None](), list[bool]()
    mailbox = plate.scenes[0].context.mailbox
    paint = PrintedPlate.paint

    def painted(printed: PrintedPlate, *args: Any, **more: Any) -> None:
        threads.add(get_ident())
        assert mailbox.is_held
        mailbox.post(lambda: letters.append(mailbox.is_held))
        paint(printed, *args, **more)

    monkeypatch.setattr(PrintedPlate, "paint", painted)
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: turns.append(None))
    timer.start()
    finish(begin_writing(PrintedPlate(plate, 300), tmp_path / f"page.{ending}", studio.context))
    wait_until(lambda: bool(letters))
    timer.stop()
    assert threads
    assert get_ident() not in threads
    assert not any(letters)
    assert len(turns) > 5


def test_fonts_of_a_pdf_are_packed_apart_from_the_last_sheet(plate_of: MakePlate) -> None:
    printed = PrintedPlate(plate_of(SPEC), 96)
    group = next(one for one in printed.groups(0) if one.kind is GroupKind.FURNITURE)
    with pikepdf.open(BytesIO(vectors(printed, 0, [group]).pdf)) as pdf:
        painted = [b" Tf" in page.Contents.read_bytes() for page in pdf.pages]
    assert any(painted)
    assert not painted[-1]


@pytest.mark.bounded
def test_no_sheet_of_a_pdf_has_more_than_a_few_names(plate_of: MakePlate, document: Document) -> None:
    """Qt packs a sheet in one go, and the outlines of letters are long."""
    sites = [
        Site(uuid=f"s{i}", geometry=Point(10.05 + 0.1 * (i % 9), 50.1 + 0.1 * (i // 9)), label=f"Mark {i}")
        for i in range(72)
    ]
    plate = plate_of(SPEC, Document({"layers": list(document.layers.values()), "sites": sites}))
    printed = PrintedPlate(plate, 96)
    group = next(one for one in printed.groups(0) if one.kind is GroupKind.LABELS)
    with pikepdf.open(BytesIO(vectors(printed, 0, printed.parts(group)).pdf)) as pdf:
        assert len(pdf.pages) >= len(plate.namings[0].labels) // 3 > 9
        assert max(len(page.Contents.read_bytes()) for page in pdf.pages) < 300_000


def test_a_vector_layer_of_a_pdf_is_painted_some_features_a_turn(
    plate_of: MakePlate, studio: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each on a sheet of its own, as Qt packs a sheet at once."""
    monkeypatch.setattr(vector_painter, "CORNERS_AT_ONCE", 40)
    lines = [LineString([(10.1, 50.1 + 0.001 * i), (10.5, 50.2), (10.9, 50.9 - 0.001 * i)]) for i in range(200)]
    rows = [{"type": "Feature", "properties": {}, "geometry": mapping(line)} for line in lines]
    path = tmp_path / "lines.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    layer = Layer(uuid="v", kind="vector", name="Lines", source_json=json.dumps({"path": str(path)}), crs="EPSG:4326")
    printed = PrintedPlate(plate_of(SPEC, Document({"layers": [layer]})), 150)
    group = next(one for one in printed.groups(0) if one.kind is GroupKind.MAP)
    turns: list[None] = []
    content = vectors(printed, 0, [group], lambda: turns.append(None))
    with pikepdf.open(BytesIO(content.pdf)) as pdf:
        painted = [page.Contents.read_bytes().count(b" m\n") for page in pdf.pages]
    assert len(turns) >= 15
    assert sum(painted) >= len(lines)
    assert max(painted) < 30


def test_a_long_coast_is_painted_in_bands_as_it_is_at_once(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one call to Qt a line with thousands of places took a thirtieth of a second at 300 dots an inch."""
    frame, style = Bounds(10, 45, 40, 55), house_style("plain", dark=False)
    window, box = locator_window([frame]), QRectF(3.3, 2.7, 300.0, 200.0)
    assert window is not None

    def painted() -> tuple[QImage, int]:
        image, calls = QImage(900, 620, QImage.Format.Format_RGB32), list[None]()
        image.fill(0xFF808080)
        draw = QPainter.drawPath
        monkeypatch.setattr(QPainter, "drawPath", lambda *args: [calls.append(None), draw(*args)])
        with painting(image) as painter:
            painter.scale(2.9, 2.9)
            locator.paint_locator(painter, box, window, [frame], style)
        monkeypatch.setattr(QPainter, "drawPath", draw)
        return image, len(calls)

    in_bands, many = painted()
    monkeypatch.setattr(locator, "PLACES_AT_ONCE", 10**6)
    at_once, few = painted()
    assert in_bands == at_once
    assert (few, many > 5) == (1, True), "the land alone, which is filled in a millisecond"


@pytest.mark.bounded
def test_the_coasts_of_a_page_are_computed_while_it_is_laid_out(
    plate_of: MakePlate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that nobody waits for them while they are painted."""
    plate = plate_of(replace(SPEC, bounds=Bounds(10, 45, 40, 60)))
    before = locator.coasts_in.cache_info().misses
    picture(plate, 96)
    assert locator.coasts_in.cache_info().misses == before


@pytest.mark.bounded
@pytest.mark.parametrize("grey", [False, True], ids=["in colour", "in grey"])
def test_a_page_painted_by_groups_is_the_page(plate_of: MakePlate, grey: bool) -> None:
    plate = plate_of(replace(SPEC, grey=grey, marking="TLP:AMBER", graticule="DD"))
    printed, whole = PrintedPlate(plate, 130), picture(plate, 130)
    by_groups = QImage(whole.size(), QImage.Format.Format_RGB32)
    for group in printed.groups(0):
        with painting(by_groups) as painter:
            printed.paint(painter, 0, None, group)
    assert grey or by_groups == whole
    assert page_picture(printed, 0) == (by_groups if grey else whole)
