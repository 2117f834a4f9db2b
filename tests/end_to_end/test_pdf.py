"""A PDF and an SVG painted by `paint_map` hold text as text and lines as lines; only imagery is pictures."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QMarginsF, QSize, QSizeF, Qt
from PySide6.QtGui import QPageSize, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest

from layers.geo.bounds import Bounds
from layers.grid.tile_grid import TILE_PX, View
from tests.end_to_end.conftest import Desk
from viewer.panels.layers.layer_tree import LayerTreePanel
from viewer.support.painting import painting

pytestmark = pytest.mark.bounded

DPI = 96
NAMED = Bounds(95, 35, 140, 60)
SVG = "{http://www.w3.org/2000/svg}"


def tool(name: str) -> str:
    """A program of poppler; a machine that tests for others must have it."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{name} is missing: install poppler-utils (.ci/packages)")
    if found is None:
        pytest.skip(f"{name} (poppler-utils) is not installed")
    return found


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout


@pytest.fixture
def framed(demo: Desk) -> Desk:
    demo.canvas.motion.zoom_to_bounds(NAMED, 0.0)
    demo.settle()
    return demo


def write_pdf(desk: Desk, path: Path) -> View:
    """A page as large as the canvas, a unit of the painter a pixel of the view."""
    view = desk.canvas.viewport.view()
    writer = QPdfWriter(str(path))
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QSizeF(view.width / DPI, view.height / DPI), QPageSize.Unit.Inch))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    with painting(writer) as painter:
        desk.canvas.scene.paint_map(painter, view)
    return view


def labels(desk: Desk) -> set[str]:
    """The words of the labels that are on the map."""
    layout = desk.canvas.scene.label_layout(desk.canvas.viewport.view())
    assert any(label.letters for label in layout.placed), "one at least along a bend"
    return {word for label in layout.placed for word in label.text.split()}


def images(path: Path) -> list[tuple[int, int]]:
    """(width, height) of every picture in a PDF."""
    rows = output(tool("pdfimages"), "-list", str(path)).splitlines()[2:]
    return [(int(row.split()[3]), int(row.split()[4])) for row in rows if row.split()[2] == "image"]


def line_segments(path: Path) -> int:
    """How many lines and curves the page draws."""
    count = 0
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        count += len(re.findall(rb"[-\d.]+ [-\d.]+ l\s", content)) + len(re.findall(rb"[-\d.]+ [-\d.]+ c\s", content))
    return count


def test_a_pdf_has_text_and_lines(framed: Desk, tmp_path: Path) -> None:
    path = tmp_path / "map.pdf"
    view = write_pdf(framed, path)
    words = set(output(tool("pdftotext"), "-raw", str(path), "-").split())
    expected = labels(framed)
    assert len(expected) > 15
    assert expected <= words, f"not selectable: {sorted(expected - words)}"
    pictures = images(path)
    assert pictures, "imagery is pictures"
    tiles = (-(-view.width // TILE_PX) + 1) * (-(-view.height // TILE_PX) + 1)
    assert len(pictures) <= tiles, "at most one for each tile of the one raster layer, and none for anything else"
    assert all(width <= view.width and height <= view.height for width, height in pictures)
    assert line_segments(path) > 200


def test_without_imagery_a_pdf_has_no_pictures(framed: Desk, tmp_path: Path) -> None:
    tree = framed.panel(LayerTreePanel)
    row = next(r for r in range(tree.model.rowCount()) if str(tree.model.index(r).data()).startswith("Blue Marble"))
    framed.click_index(tree.view, tree.model.index(row))
    QTest.keyClick(tree.view, Qt.Key.Key_Space)
    framed.settle()
    path = tmp_path / "lines.pdf"
    write_pdf(framed, path)
    assert images(path) == [], "symbols, lines and labels are no pictures"
    assert labels(framed) <= set(output(tool("pdftotext"), "-raw", str(path), "-").split())


def test_an_svg_has_text_and_paths(framed: Desk, tmp_path: Path) -> None:
    view, path = framed.canvas.viewport.view(), tmp_path / "map.svg"
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.SvgTiny12)
    generator.setFileName(str(path))
    generator.setSize(QSize(view.width, view.height))
    generator.setResolution(DPI)
    with painting(generator) as painter:
        framed.canvas.scene.paint_map(painter, view)
    root = ElementTree.parse(path).getroot()
    words = {word for text in root.iter(f"{SVG}text") for word in "".join(text.itertext()).split()}
    assert labels(framed) <= words
    shapes = [tag for tag in ("path", "polyline", "polygon", "circle", "ellipse") for _ in root.iter(f"{SVG}{tag}")]
    assert len(shapes) > 100
    assert 0 < len(list(root.iter(f"{SVG}image"))) <= 30
