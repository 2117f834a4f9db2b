"""The PDF of a plate, painted by poppler, beside the plate's picture: the same letters, outlines and lines."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
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
WORD = re.compile(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)<')
NEAR = {150: 0.94, 300: 0.96}
"""Least part of a page's pixels that are near those of the picture, by resolution: letters are rounded by viewers."""
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


def words_of(pdf: Path, dpi: int) -> list[tuple[QRectF, str]]:
    """The words of the first page with their boxes in pixels, by poppler."""
    text = subprocess.run(
        ["pdftotext", "-l", "1", "-bbox", pdf, "-"], capture_output=True, text=True, check=True
    ).stdout
    corners = [([float(side) * dpi / 72 for side in sides], word) for *sides, word in WORD.findall(text)]
    return [(QRectF(QPointF(*sides[:2]), QPointF(*sides[2:])), word) for sides, word in corners]


def near(far: np.ndarray) -> float:
    """Part of the pixels that differ by less than 16 levels."""
    return float(np.mean(far.max(axis=-1) < 16))


@pytest.mark.bounded
@pytest.mark.parametrize("dpi", [150, 300])
def test_the_page_of_the_pdf_is_the_picture(plate_of, studio, document, tmp_path: Path, dpi: int) -> None:
    plate = plate_of(SPEC, named(document, FRAME))
    made, found, printed = both(plate, studio, tmp_path, dpi)
    far = np.abs(made - found)
    assert near(far) >= NEAR[dpi]
    is_text = np.zeros(far.shape[:2], bool)
    for box, _ in words_of(tmp_path / "x.pdf", dpi):
        part(is_text, box.adjusted(-2, -2, 2, 2).toAlignedRect())[:] = True
    assert 0.02 < is_text.mean() < 0.2
    assert near(far[~is_text]) >= 0.99
    assert near(far[is_text]) >= 0.92
    inside = part(far, printed.frames[0].rect_px.toAlignedRect())
    assert inside.mean() < 0.4
    text = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert [name for name in (*NAMES, "Railway north") if name not in text] == []


@pytest.mark.parametrize(
    ("families", "dpi", "least"), [((), 150, 0.97), (("DejaVu Sans",), 150, 0.97), ((), 300, 0.96)]
)
def test_letters_of_each_kind_are_those_of_the_picture(
    studio, tmp_path: Path, families: tuple[str, ...], dpi: int, least: float
) -> None:
    """Bold, slanted, large and small ones, in a font that has slanted letters and in one that has none.

    Poppler sets small letters at quarters of a pixel and large ones at whole pixels, the picture where they belong.
    """
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

    scale, size = dpi / 96, (dpi * 62 // 15, dpi * 2)
    printed = Letters(size, float(dpi))
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill("white")
    with painting(image) as painter:
        printed.paint(painter, 0)
    finish(begin_writing(printed, tmp_path / "x.pdf", studio.context))
    made, found = pixels(image), pixels(rasterised(tmp_path / "x.pdf", dpi))
    boxes = iter(words_of(tmp_path / "x.pdf", dpi))
    assert made.min() < 60
    for number, line in enumerate(lines):
        top, bottom = line.baseline - line.type.size, line.baseline + 0.3 * line.type.size
        rows = slice(round(top * scale), round(bottom * scale))
        far = np.abs(made[rows] - found[rows])
        assert near(far) >= least, number
        dark, others = (np.flatnonzero(page[rows].min(axis=(1, 2)) < 128) for page in (made, found))
        assert (dark[0], dark[-1]) == (others[0], others[-1]), number
        for match in re.finditer(r"\S+", line.text):
            box, word = next(boxes)
            left, right = (line.x + line.type.width(line.text[:end]) for end in match.span())
            assert word == match[0]
            assert (box.left(), box.right()) == pytest.approx((left * scale, right * scale), abs=0.5)
    assert next(boxes, None) is None


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
