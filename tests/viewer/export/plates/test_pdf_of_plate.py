"""The PDF of a plate, painted by poppler, beside the plate's picture: the same letters, outlines and lines."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage, QPainter
from shapely.geometry import LineString, Point

from layers.checkpoint import unchecked
from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.geo.bounds import Bounds
from layers.product.spec import ProductSpec
from tests.support.picture_files import info_of
from tests.support.printed_pages import PrintedPages
from tests.viewer.export.conftest import FRAME, part, pixels
from tests.viewer.export.plates.conftest import picture
from viewer.export.formats.writers import begin_writing
from viewer.export.formats.writing import finish
from viewer.export.headless import Studio
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.export.plates.setting.lettering import TextLine, Type, paint_lines
from viewer.support.painting import painting

NAMES = ("Harbour of Pucallpa", "Гавань Пукальпа", "普卡尔帕港口", "Склад № 3 (ESPO)", "机场")
PUCALLPA = Path(os.environ.get("GEOLOUPE_SCENES", "")) / "landsat_pucallpa_1985_2020" / "2020.tif"
SPEC = ProductSpec(title="Names in three scripts", page="A4 landscape", bounds=FRAME)


def named(document: Document, frame: Bounds) -> Document:
    """The layers of a document with names in three scripts, one of them slanted along a line, over a frame."""
    places = [
        Point(frame.left + frame.width * (0.15 + 0.14 * at), frame.bottom + frame.height * (0.2 + 0.13 * at))
        for at in range(len(NAMES))
    ]
    roles = ("setting", "other")
    sites = [
        Site(uuid=f"s{at}", geometry=place, label=name, class_code="port", role=roles[at % 2])
        for at, (place, name) in enumerate(zip(places, NAMES, strict=True))
    ]
    way = LineString([(frame.left, frame.top - 0.1 * frame.height), (frame.right, frame.top - 0.2 * frame.height)])
    rail = Site(uuid="way", geometry=way, label="Railway north", class_code="rail")
    return Document({"layers": list(document.layers.values()), "sites": [*sites, rail]})


def both(plate: Plate, studio: Studio, folder: Path, dpi: int) -> tuple[np.ndarray, np.ndarray, PrintedPlate]:
    """The first page's pixels as a picture and as poppler paints its PDF, of the same size."""
    printed, pdf = PrintedPlate(plate, dpi), folder / "x.pdf"
    finish(begin_writing(printed, pdf, studio.context))
    made, found = pixels(picture(plate, dpi)), pixels(rasterised(pdf, dpi))
    assert made.shape == found.shape
    return made, found, printed


def rasterised(pdf: Path, dpi: int) -> QImage:
    """The first page by poppler."""
    stem = pdf.with_suffix("")
    subprocess.run(["pdftoppm", "-r", f"{dpi}", "-png", "-singlefile", f"{pdf}", f"{stem}"], check=True)
    return QImage(f"{stem}.png")


def near(far: np.ndarray) -> float:
    return float(np.mean(far.max(axis=2) < 16))


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("dpi", [96, 150])
def test_the_page_of_the_pdf_is_the_picture(plate_of, studio, document, tmp_path: Path, dpi: int) -> None:
    plate = plate_of(SPEC, named(document, FRAME))
    made, found, printed = both(plate, studio, tmp_path, dpi)
    far = np.abs(made - found)
    inside = part(far, printed.frames[0].rect_px.toAlignedRect())
    assert inside.mean() < 0.4
    assert near(inside) >= 0.992
    outside = far.copy()
    part(outside, printed.frames[0].rect_px.toAlignedRect())[:] = 0
    assert outside.mean() < 0.1  # letters on paper, and a frame of whole pixels
    assert near(outside) >= 0.998
    text = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert [name for name in (*NAMES, "Railway north") if name not in text] == []


@pytest.mark.parametrize("families", [(), ("DejaVu Sans",)])
def test_letters_of_each_kind_are_those_of_the_picture(studio, tmp_path: Path, families: tuple[str, ...]) -> None:
    """Bold, slanted, large and small ones, in a font that has slanted letters and in one that has none."""
    # Of a family that has slanted letters itself Chinese ones are slanted by Qt, in a PDF more than in a picture.
    words = "Words Слова" if families else "Words Слова 文字"
    lines = [
        TextLine(7.3, 30.4 + 34 * number, f"{words} {size}", Type(size, bold, italic, families), "#16202a")
        for number, (size, bold, italic) in enumerate(
            [(9.0, False, False), (13.3, True, False), (14.0, False, True), (26.5, False, False), (31.0, True, True)]
        )
    ]

    class Letters(PrintedPages):
        def paint(self, painter: QPainter, page: int, clip=None, group=None, checkpoint=unchecked) -> None:
            if group is None or group.kind == "furniture":
                painter.scale(self.dpi / 96, self.dpi / 96)
                paint_lines(painter, lines)

    printed = Letters((620, 300), 150.0)
    image = QImage(620, 300, QImage.Format.Format_RGB32)
    image.fill("white")
    with painting(image) as painter:
        printed.paint(painter, 0)
    finish(begin_writing(printed, tmp_path / "x.pdf", studio.context))
    far = np.abs(pixels(image) - pixels(rasterised(tmp_path / "x.pdf", 150)))
    assert pixels(image).min() < 60
    for number, line in enumerate(lines):
        top = round((line.baseline - line.type.size) * 150 / 96)
        band = far[top : top + round(1.3 * line.type.size * 150 / 96)]
        assert near(band) >= 0.996, number
        assert band.mean() < 0.4, number


@pytest.mark.skipif(not PUCALLPA.is_file(), reason="GEOLOUPE_SCENES names no folder with the scenes of Pucallpa")
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_page_of_pucallpa(plate_of, studio, tmp_path: Path, dpi: int) -> None:
    frame = info_of(PUCALLPA).bounds_lonlat
    layer = Layer(uuid="l", kind="raster", name="2020", source_json=f'{{"path": "{PUCALLPA}"}}')
    plate = plate_of(replace(SPEC, bounds=frame), named(Document({"layers": [layer]}), frame))
    made, found, printed = both(plate, studio, tmp_path, dpi)
    far = part(np.abs(made - found), printed.frames[0].rect_px.toAlignedRect())
    assert far.mean() < 2
    assert near(far) >= 0.99
    text = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert [name for name in NAMES if name not in text] == []
