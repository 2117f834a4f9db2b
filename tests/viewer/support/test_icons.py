"""Icons take the colour of the text beside them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPalette, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from viewer.resources import icon_names, icon_svg, resource_path
from viewer.support import icons
from viewer.support.icons import line_icon, line_pixmap, mark_pixmap
from viewer.support.painting import painting


def _ink(image: QImage) -> set[str]:
    plain = image.convertToFormat(QImage.Format.Format_ARGB32)  # which the pixels lie in
    pixels = np.frombuffer(plain.constBits(), np.uint32)
    return {QColor(value).name() for value in np.unique(pixels[pixels >> 24 == 255]).tolist()}


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_draws_in_one_style(name: str, qtbot: QtBot) -> None:
    svg = icon_svg(name)
    assert 'viewBox="0 0 24 24"' in svg
    assert 'stroke="currentColor"' in svg
    assert svg.count("#") == 0, "an icon has no colour of its own"
    image = line_pixmap(name, QColor("#ff0000"), 48).toImage()
    assert _ink(image) == {"#ff0000"}


def test_a_disabled_icon_is_fainter(qtbot: QtBot) -> None:
    palette = QPalette()
    palette.setColor(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText, QColor("#ffffff"))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor("#777777"))
    icon = line_icon("save", palette)
    assert _ink(icon.pixmap(20, QIcon.Mode.Normal).toImage()) == {"#ffffff"}
    assert _ink(icon.pixmap(20, QIcon.Mode.Disabled).toImage()) == {"#777777"}


def test_unknown_icons_are_our_error(qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError):
        line_pixmap("no such icon", QColor("red"))


def test_the_mark_is_sharp_on_fine_screens(qtbot: QtBot) -> None:
    pixmap = mark_pixmap(64, 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (128, 2.0)


def test_a_word_of_a_case_becomes_no_path(qtbot: QtBot) -> None:
    """The mark lies beside the icons' folder; what is not an icon of ours is not looked for."""
    assert resource_path("icons/../mark.svg").is_file()
    for name in ("../mark", "../icons/save", str(resource_path("mark.svg").with_suffix("")), "save.svg", "", "SAVE/"):
        with pytest.raises(FileNotFoundError, match="There is no icon"):
            icon_svg(name)


@pytest.fixture
def nothing_kept(qapp: object) -> None:
    QPixmapCache.clear()


def surface(text: str, faint: str, chosen: str) -> QPalette:
    palette = QPalette()
    palette.setColor(QPalette.ColorGroup.Active, QPalette.ColorRole.ButtonText, QColor(text))
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor(faint))
    palette.setColor(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText, QColor(chosen))
    return palette


@pytest.mark.usefixtures("nothing_kept")
def test_each_surface_has_its_colours_however_often_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(icons, "QSvgRenderer", lambda svg: drawn.append(1) or QSvgRenderer(svg))
    surfaces = [("#102030", "#405060", "#708090"), ("#a0b0c0", "#405060", "#ffffff")]
    for colors in [*surfaces, *surfaces]:
        icon = line_icon("up", surface(*colors))
        modes = (QIcon.Mode.Normal, QIcon.Mode.Disabled, QIcon.Mode.Selected)
        assert [_ink(icon.pixmap(20, mode).toImage()) for mode in modes] == [{color} for color in colors]
    assert len(drawn) == len(surfaces)


@pytest.mark.usefixtures("nothing_kept")
def test_a_picture_that_is_painted_on_is_nobody_elses() -> None:
    mine = line_pixmap("up", QColor("#102030"))
    with painting(mine) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.fillRect(mine.rect(), QColor("#ff0000"))
    assert _ink(line_pixmap("up", QColor("#102030")).toImage()) == {"#102030"}
    assert line_pixmap("up", QColor("#102030"), 40).width() == 40
    assert line_pixmap("up", QColor("#102030"), 20, 2.0).devicePixelRatio() == 2.0
