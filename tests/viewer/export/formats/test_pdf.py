"""A product as a PDF, read again by poppler, GDAL and qpdf."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from layers.geo.bounds import Bounds
from layers.geo.map_measure import map_measure
from layers.geo.map_projections import azimuthal, conic
from tests.support.printed_pages import NAMES, WORDS, PrintedPages, frame, one_map, two_pages
from tests.viewer.export.conftest import pixels
from tests.viewer.export.formats.conftest import Write, painted
from viewer.export.formats.metadata import SOFTWARE

MERCATOR_EDGE = 20037508.342789244


def told(*words: object) -> str:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout


def rasterised(path: Path, dpi: float, page: int = 1) -> np.ndarray:
    stem = path.with_suffix("")
    told("pdftoppm", "-r", f"{dpi:g}", "-png", "-singlefile", "-f", page, path, stem)
    return pixels(QImage(f"{stem}.png"))


def whole_map(size: tuple[int, int], dpi: float) -> PrintedPages:
    """A page whose map begins at a whole pixel, as those of a plate do."""
    room = QRectF(40, 60, size[0] - 80, size[1] - 160)
    return PrintedPages(size, dpi, frames=[frame(0, room, Bounds(400_000, 5_500_000, 410_000, 5_508_000))])


@pytest.mark.bounded
def test_its_map_rasterised_is_the_map_of_the_png(write: Write, tmp_path: Path) -> None:
    printed = whole_map((1200, 900), 150.0)
    write(printed, tmp_path / "x.pdf")
    found, made = rasterised(tmp_path / "x.pdf", 150), pixels(painted(printed))
    assert found.shape == made.shape
    far = np.abs(found - made)[60:800, 40:1160]
    assert far.mean() < 2
    assert np.mean(far.max(axis=2) < 16) >= 0.99


def test_every_name_is_text_in_embedded_fonts(write: Write, tmp_path: Path) -> None:
    write(one_map(), tmp_path / "x.pdf")
    text = told("pdftotext", tmp_path / "x.pdf", "-")
    assert all(name in text for name in (*NAMES, WORDS.title))
    fonts = told("pdffonts", tmp_path / "x.pdf").splitlines()[2:]
    assert len(fonts) >= 2
    assert any("NotoSansSC" in line for line in fonts), "the one that is shipped"
    for line in fonts:
        emb, _, uni = line.split()[-5:-2]
        assert (emb, uni) == ("yes", "yes")


def test_its_words_and_tags(write: Write, tmp_path: Path) -> None:
    write(two_pages(), tmp_path / "x.pdf")
    facts = told("pdfinfo", tmp_path / "x.pdf")
    for line in (f"Title:           {WORDS.title}", "Author:          A. Analyst, The Desk", "Tagged:          yes"):
        assert line in facts
    packet = told("pdfinfo", "-meta", tmp_path / "x.pdf")
    assert all(word in packet for word in ("TLP:AMBER", "Copernicus", "On a port", "north coast"))
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert not pdf.check_pdf_syntax()
        assert pdf.Root.Lang == "en"
        assert (pdf.docinfo.Producer, pdf.docinfo.Creator) == (SOFTWARE, SOFTWARE)
        elements = list(pdf.Root.StructTreeRoot.K.K)
        figures = [one for one in elements if pikepdf.Name.Figure == one.S]
        assert [str(one.Alt) for one in figures] == [one.alt_text for one in two_pages().frames]
        assert [one.Pg.objgen for one in figures] == [pdf.pages[page].objgen for page in (0, 0, 1)]
        numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
        assert numbers[::2] == [0, 1]
        for page, parents in zip(pdf.pages, numbers[1::2], strict=True):
            content = page.Contents.read_bytes().decode()
            assert [f"/MCID {number}>>" in content for number in range(len(parents))] == [True] * len(parents)
            assert content.count("BDC") + content.count("BMC") == content.count("EMC")
        assert [len(page.VP) for page in pdf.pages] == [2, 1]
    assert b"pypdf" not in (tmp_path / "x.pdf").read_bytes()


def test_places_are_told_in_all_their_digits(write: Write, tmp_path: Path) -> None:
    """To a micrometre, and not to the centimetre of eight digits."""
    printed = one_map()
    write(printed, tmp_path / "x.pdf")
    view = printed.frames[0].view
    corners = [view.to_world(*at) for at in ((0, view.height), (0, 0), (view.width, 0), (view.width, view.height))]
    measure = map_measure(view.grid.crs, corners)
    assert measure is not None
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        told = [float(value) for value in pdf.pages[0].VP[0].Measure.GPTS]
    assert told == pytest.approx([value for lon, lat in measure.corners for value in (lat, lon)], abs=1e-11)


@pytest.mark.bounded_after(2)
@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        ("EPSG:32637", Bounds(400_000, 5_500_000, 410_000, 5_508_000)),
        ("EPSG:3857", Bounds(3_800_000, 6_500_000, 3_900_000, 6_580_000)),
        ("EPSG:4326", Bounds(30, 50, 31, 50.8)),
        ("EPSG:3995", Bounds(-400_000, -300_000, 600_000, 500_000)),
        (azimuthal(108.0, 44.0), Bounds(-4_000_000, -2_000_000, 3_000_000, 3_000_000)),
        (azimuthal(180.0, 66.0), Bounds(-900_000, -500_000, 500_000, 500_000)),
        (azimuthal(0.0, 90.0), Bounds(-3_500_000, -2_500_000, 3_500_000, 2_500_000)),
        (conic(104.0, 18.0, 54.0), Bounds(-3_000_000, -2_000_000, 2_600_000, 2_000_000)),
        ("EPSG:8857", Bounds(-7_000_000, -5_000_000, 7_000_000, 5_000_000)),
    ],
)
def test_it_lies_where_the_map_does(write: Write, tmp_path: Path, crs: str, bounds: Bounds) -> None:
    """Within half a pixel of the page's own, by GDAL."""
    room = QRectF(20.5, 30.25, 560, 400)
    printed = PrintedPages(frames=[frame(0, room, bounds, crs)])
    write(printed, tmp_path / "x.pdf")
    facts = told("gdalinfo", "--config", "GDAL_PDF_DPI", 288, tmp_path / "x.pdf")
    origin = [float(v) for v in facts.split("Origin = (")[1].split(")")[0].split(",")]
    step = [float(v) for v in facts.split("Pixel Size = (")[1].split(")")[0].split(",")]
    view = printed.frames[0].view
    for px, py in ((0, 0), (560, 0), (0, 400), (560, 400)):
        at = [start + one * 3 * pixel for start, one, pixel in zip(origin, step, (px + 20.5, py + 30.25), strict=True)]
        back = view.to_pixel(*at)
        assert back == pytest.approx((px, py), abs=0.5)


def test_a_map_over_the_edge_of_the_world_lies_where_it_is_on_it(write: Write, tmp_path: Path) -> None:
    half = 2_000_000
    over = Bounds(MERCATOR_EDGE - 3 * half, -2 * half, MERCATOR_EDGE + half, 2 * half)
    printed = PrintedPages(frames=[frame(0, QRectF(20, 20, 400, 400), over, "EPSG:3857")])
    write(printed, tmp_path / "x.pdf")
    facts = told("gdalinfo", "--config", "GDAL_PDF_DPI", 96, tmp_path / "x.pdf")
    origin = [float(v) for v in facts.split("Origin = (")[1].split(")")[0].split(",")]
    step = [float(v) for v in facts.split("Pixel Size = (")[1].split(")")[0].split(",")]
    assert printed.frames[0].view.to_pixel(*origin) == pytest.approx((-20, -20), abs=0.5)
    assert step == pytest.approx([20_000, -20_000], rel=1e-3)


def test_a_map_that_has_no_place_in_degrees_is_not_given_one(write: Write, tmp_path: Path) -> None:
    beyond = Bounds(MERCATOR_EDGE * 2, 0, MERCATOR_EDGE * 2 + 1000, 1000)
    printed = PrintedPages(frames=[frame(0, QRectF(20, 20, 400, 400), beyond, "EPSG:3857")])
    write(printed, tmp_path / "x.pdf")
    with pikepdf.open(tmp_path / "x.pdf") as pdf:
        assert "/VP" not in pdf.pages[0]
    assert map_measure("EPSG:3857", ((0, 0), (0, 1e6), (1e6, 1e6), (1e6, 0))) is not None
    assert map_measure("EPSG:32637", ((5e5, 0), (5e5, 1e9), (1e9, 1e9), (1e9, 0))) is None


def test_the_same_product_gives_the_same_bytes(write: Write, tmp_path: Path) -> None:
    for name in ("x.pdf", "y.pdf"):
        write(replace(one_map(), late=1), tmp_path / name)
    assert (tmp_path / "x.pdf").read_bytes() == (tmp_path / "y.pdf").read_bytes()


@pytest.mark.bounded
def test_nobody_loads_pypdf_before_a_pdf_is_written() -> None:
    program = "import sys, viewer.app.main, viewer.export.formats.writers; sys.exit('pypdf' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_its_layers_are_shown_and_hidden_by_programs(write: Write, tmp_path: Path) -> None:
    write(two_pages(), tmp_path / "x.pdf")
    with pikepdf.open(tmp_path / "x.pdf") as file:
        listed = file.Root.OCProperties
        assert [str(layer.Name) for layer in listed.D.Order] == ["furniture", "labels", "marks", "image", "paper"]
        assert len(listed.OCGs) == len(listed.D.ON) == 5
        for page in file.pages:
            content = [(operands, str(operator)) for operands, operator in pikepdf.parse_content_stream(page)]
            operators = [operator for _, operator in content]
            assert operators.count("BDC") + operators.count("BMC") == operators.count("EMC")
            named = [str(operands[1]) for operands, operator in content if operator == "BDC" and operands[0] == "/OC"]
            assert set(named) <= set(page.Resources.Properties.keys())
            assert len(named) >= 5
