"""The shipped fonts: all letters of a page are there on a machine without any font of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QRawFont

import sample_data
from layers.project.opening.intake import read_case
from viewer.resources import resource_path
from viewer.support.fonts import CHINESE, FALLBACKS, FAMILY, font, has_chinese

MOST_BYTES = 25_000_000
"""Most bytes that the fonts for Chinese may add to the wheel."""
_SAMPLE = """
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from viewer.support.fonts import font, load_fonts
application = QGuiApplication([])
load_fonts()
picture = QImage(420, 60, QImage.Format.Format_RGB32)
picture.fill(0xFFFFFF)
painter = QPainter(picture)
painter.setFont(font(30))
painter.drawText(4, 40, "Wuhan 武汉公司 Ухань ①")
painter.end()
print(__import__("hashlib").sha256(bytes(picture.constBits())).hexdigest())
"""


def test_chinese_is_shipped_and_comes_before_the_fonts_of_a_machine(qapp: object) -> None:
    assert FALLBACKS[0] == CHINESE
    assert has_chinese()
    folder = resource_path("fonts")
    files = sorted(folder.glob("NotoSansSC-*.otf"))
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert "SIL OPEN FONT LICENSE" in (folder / "OFL-NotoSansSC.txt").read_text("utf-8")
    document = read_case(sample_data.path("demo.gpkg")).document
    names = {name for site in document.sites.values() for _language, name in site.aliases}
    letters = {letter for name in names for letter in name if letter > " "}
    faces = [QRawFont(str(folder / file), 20.0) for file in ("NotoSans-Regular.ttf", files[1].name)]
    assert len(letters) > 100
    assert not {letter for letter in letters if not any(face.supportsCharacter(ord(letter)) for face in faces)}
    assert font(20).families()[0] == FAMILY


@pytest.mark.bounded
def test_a_page_looks_the_same_on_a_machine_with_other_fonts(tmp_path: Path) -> None:
    """Chinese came from whatever a machine had: other letters on each, and boxes on some."""
    seen = []
    empty = tmp_path / "fonts.conf"
    empty.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig/>')
    for more in ({}, {"FONTCONFIG_FILE": str(empty)}):
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **more}
        run = subprocess.run(
            [sys.executable, "-c", _SAMPLE], capture_output=True, text=True, env=environment, timeout=60
        )
        assert run.returncode == 0, run.stderr
        seen.append(run.stdout)
    assert seen[0] == seen[1]
