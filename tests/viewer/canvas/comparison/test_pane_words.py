"""The words on a pane or a side are whole also where it is narrow."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QColor, QImage

from layers.document.comparison import spec_of
from viewer.canvas.comparison import side_words
from viewer.canvas.comparison.side_words import SideWords, paint_pane_words, paint_side_words
from viewer.canvas.comparison.sides import Sides
from viewer.support.painting import painting

SAID = SideWords("A", "1999-12-31, interval", "Landsat 5 scene of Pucallpa", "stretch matched to A, band by band")


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that are painted, in their order."""
    lines: list[str] = []
    path = side_words.letters_path
    monkeypatch.setattr(side_words, "letters_path", lambda *given: (lines.append(given[2]), path(*given))[1])
    return lines


@pytest.mark.parametrize(("width", "least"), [(700, 3), (200, 5)])
def test_a_narrow_pane_has_more_lines_and_no_word_is_cut(
    width: int, least: int, painted: list[str], context: object
) -> None:
    image = QImage(width, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#888888"))
    with painting(image) as painter:
        paint_pane_words(painter, width, 200, SAID, 1.0)
    assert len(painted) >= least
    assert " ".join(painted) == f"{SAID.head} {SAID.name} {SAID.note}"
    assert image.pixelColor(12, 12) != QColor("#888888")
    assert image.pixelColor(width - 30, 30) == QColor("#888888"), "the north arrow's"


def test_a_narrow_side_of_a_swipe_has_its_date_whole(painted: list[str], context: object) -> None:
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    spec = replace(spec_of(("old",), ("new",)), position=0.26)
    before = SideWords("Before", "1985-01-01 – 1985-12-31, interval", "Landsat 5 scene of Pucallpa")
    with painting(image) as painter:
        paint_side_words(painter, Sides(spec, 600, 400), [before, SAID], 1.0)
    assert " ".join(painted).startswith(f"{before.head} {before.name}")
