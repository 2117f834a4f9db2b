"""The demo's page from the command line, as PNG and as PDF: the same picture, and its names as text."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PySide6.QtGui import QImage

import sample_data
from tests.support.deaths.kills import ROOT
from tests.viewer.export.conftest import pixels


@pytest.mark.bounded
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("dpi", "near"), [(300, 0.96), (150, 0.94)])
def test_the_map_of_the_pdf_is_that_of_the_png(qapp, own_home: Path, tmp_path: Path, dpi: int, near: float) -> None:
    """At the dpi of paper. On fewer pixels more of them are edges, whose cover poppler counts otherwise than Qt."""
    demo = sample_data.path("demo.gpkg")
    for ending in ("png", "pdf"):
        words = ["export", demo, "--out", tmp_path / f"x.{ending}", "--paper", "A4", "--dpi", dpi]
        words += ["--marking", "TLP:GREEN"]
        subprocess.run([sys.executable, "-m", "viewer", *map(str, words)], cwd=ROOT, check=True)
    pdf = str(tmp_path / "x.pdf")
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", "-singlefile", pdf, str(tmp_path / "page")], check=True)
    made, found = pixels(QImage(str(tmp_path / "x.png"))), pixels(QImage(str(tmp_path / "page.png")))
    assert made.shape == found.shape
    facts = subprocess.run(["gdalinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert "NEATLINE" in facts
    far = np.abs(made - found)[rows_and_columns(tmp_path / "x.pdf", dpi)]
    assert far.size > 0.37 * made.size  # the rest is words on those who are named, and the legend
    assert np.median(far) == 0
    assert far.mean() < 2
    assert np.mean(far.max(axis=2) < 16) >= near
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for name in ("TLP:GREEN", "Plesetsk Cosmodrome", "iRay Technology", "Wuhan Tongsheng", "NASA"):
        assert name in text


def rows_and_columns(pdf: Path, dpi: int) -> tuple[slice, slice]:
    """The map frame of the first page, in pixels."""
    with pikepdf.open(pdf) as file:
        page = file.pages[0]
        left, bottom, right, top = (float(side) * dpi / 72 for side in page.VP[0].BBox)
        height = float(page.mediabox[3]) * dpi / 72
    return slice(math.floor(height - top), math.ceil(height - bottom)), slice(math.floor(left), math.ceil(right))
