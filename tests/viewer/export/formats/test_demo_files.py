"""The demo's page from the command line, as PNG and as PDF: the same picture, and its names as text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

import sample_data
from tests.support.deaths.kills import ROOT
from tests.viewer.export.conftest import pixels

DPI = 150


@pytest.mark.bounded
@pytest.mark.timeout(300)
def test_the_map_of_the_pdf_is_that_of_the_png(qapp, own_home: Path, tmp_path: Path) -> None:
    demo = sample_data.path("demo.gpkg")
    for ending in ("png", "pdf"):
        words = [
            "export",
            demo,
            "--out",
            tmp_path / f"x.{ending}",
            "--paper",
            "A4",
            "--dpi",
            DPI,
            "--marking",
            "TLP:GREEN",
        ]
        subprocess.run([sys.executable, "-m", "viewer", *map(str, words)], cwd=ROOT, check=True)
    pdf = str(tmp_path / "x.pdf")
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", "-singlefile", pdf, str(tmp_path / "page")], check=True)
    made, found = pixels(QImage(str(tmp_path / "x.png"))), pixels(QImage(str(tmp_path / "page.png")))
    assert made.shape == found.shape
    facts = subprocess.run(["gdalinfo", pdf], capture_output=True, text=True, check=True).stdout
    assert "NEATLINE" in facts
    height, width = made.shape[:2]
    # Letters and thin lines differ at their edges, where poppler and Qt count what covers a pixel in other ways.
    far = np.abs(made.astype(int) - found)[int(height * 0.15) : int(height * 0.8), int(width * 0.05) : int(width * 0.7)]
    assert np.median(far) == 0
    assert far.mean() < 5
    assert np.mean(far.max(axis=2) < 16) >= 0.9
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for name in ("TLP:GREEN", "Plesetsk Cosmodrome", "iRay Technology", "Wuhan Tongsheng", "NASA"):
        assert name in text
