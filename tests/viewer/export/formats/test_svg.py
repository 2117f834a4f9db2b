"""A product as an SVG, read as XML and painted by Chromium."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.support.printed_pages import NAMES, WORDS, one_map, two_pages
from tests.viewer.export.conftest import pixels
from tests.viewer.export.formats.conftest import Write, painted

SVG = "{http://www.w3.org/2000/svg}"


def test_groups_names_and_words(write: Write, tmp_path: Path) -> None:
    write(two_pages(), tmp_path / "x.svg")
    assert (tmp_path / "x-2.svg").exists()
    root = ElementTree.parse(tmp_path / "x.svg").getroot()
    assert root.find(f"{SVG}title").text == WORDS.title
    assert [one.get("id") for one in root.findall(f"{SVG}g")] == ["ground", "map-1", "map-2", "furniture"]
    for number, frame in enumerate(two_pages().frames[:2]):
        one = root.findall(f"{SVG}g")[number + 1]
        assert one.find(f"{SVG}title").text == frame.title
        assert one.find(f"{SVG}desc").text == frame.alt_text
        name = f"map-{number + 1}"
        assert [part.get("id") for part in one.findall(f"{SVG}g")] == [
            f"{name}-image",
            f"{name}-marks",
            f"{name}-labels",
        ]
        texts = {text.text.strip() for text in one.iter(f"{SVG}text")}
        assert texts >= set(NAMES)
        assert len(list(one.find(f"{SVG}g").iter(f"{SVG}image"))) == 1
    metadata = "".join(root.find(f"{SVG}metadata").itertext())
    assert all(word in metadata for word in ("TLP:AMBER", "Copernicus", "On a port", "north coast"))
    names = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(names) == len(set(names))


@pytest.mark.bounded
def test_chromium_paints_what_the_painter_does(write: Write, tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    assert chromium, "Debian's chromium is in .ci/packages"
    write(one_map(), tmp_path / "x.svg")
    subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--hide-scrollbars",
            "--disable-gpu",
            "--window-size=640,480",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={tmp_path / 'x.png'}",
            str(tmp_path / "x.svg"),
        ],
        check=True,
        capture_output=True,
        timeout=50,
    )
    found = pixels(QImage(str(tmp_path / "x.png")))
    far = np.abs(found - pixels(painted(one_map())))[60:400, 40:560]
    assert far.mean() < 4
    assert np.mean(far.max(axis=2) < 16) > 0.95
