"""A symbol never claims more than is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from layers.document.site import Site
from layers.document.vocabulary import LIFECYCLES, SITE_CLASSES
from layers.grid.tile_grid import TileGrid, View
from tests.viewer.canvas.conftest import site
from viewer.canvas.sites.site_painter import paint_lines
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.canvas.sites.site_symbol_painter import SiteSymbolPainter
from viewer.canvas.sites.site_symbology import CLAIM_COLOR, SETTING_COLOR, Precision, fill_of, line_symbol, symbol_of
from viewer.rendering.vector.signs import BADGE_RADIUS, badge_path, sign_path
from viewer.support.painting import painting

pytestmark = pytest.mark.usefixtures("qapp")
"""Qt paints nothing without a program: the first test of a process would end it."""
POINT = shapely.Point(10, 50)


def picture(sample: Site, selected: bool = False) -> QImage:
    image = QImage(40, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        one, middle = np.zeros(1, np.intp), np.array([20.0])
        SiteSymbolPainter().paint(painter, [symbol_of(sample)], one, middle, middle, 1.0, selected=selected)
    return image


@pytest.mark.parametrize(
    ("error_m", "precision"),
    [(0.0, Precision.PRECISE), (1000.0, Precision.PRECISE), (1000.1, Precision.LOOSE), (None, Precision.NOT_JUDGED)],
)
def test_only_better_than_a_kilometre_is_filled(error_m, precision):
    sample = site("a", POINT, position_error_m=error_m)
    assert symbol_of(sample).precision is precision
    beside_the_sign = picture(sample).pixelColor(20, 12)
    assert (beside_the_sign == QColor(SETTING_COLOR)) is (precision is Precision.PRECISE)


def test_not_judged_differs_from_loose():
    assert picture(site("a", POINT, position_error_m=None)) != picture(site("a", POINT, position_error_m=5000.0))


def test_role_shows_in_colour_and_shape(qtbot):
    claim, setting = (symbol_of(site("a", POINT, role=role)) for role in ("named in a claim", "setting"))
    assert (claim.color, setting.color) == (CLAIM_COLOR, SETTING_COLOR)
    assert badge_path(claim.role) != badge_path(setting.role)
    assert picture(site("a", POINT), selected=True) != picture(site("a", POINT))


def test_every_point_class_has_a_sign_of_its_own():
    points = [
        code for code in SITE_CLASSES if code not in ("rail", "road", "oil_pipeline", "gas_pipeline", "sea", "air")
    ]
    for i, code in enumerate(points):
        assert not sign_path(code).isEmpty()
        assert sign_path(code).boundingRect().adjusted(8.6, 8.6, -8.6, -8.6).width() <= 0, "it fits its badge"
        assert all(sign_path(code) != sign_path(other) for other in points[i + 1 :])
    assert sign_path("a class of tomorrow") == sign_path("other")


def test_own_colours_win_and_nonsense_does_not_count():
    line = shapely.LineString([(0, 0), (1, 1)])
    assert line_symbol(site("a", line, stroke_color="#123456", stroke_width=5.0)).color == "#123456"
    assert line_symbol(site("a", line, stroke_width=5.0)).width == 5.0
    assert line_symbol(site("a", line, stroke_color="no colour")) == line_symbol(site("a", line))
    assert fill_of(site("a", POINT, fill_color="#80ff0000")).getRgb() == (255, 0, 0, 128)
    assert 0 < fill_of(site("a", POINT, fill_color="#ff0000")).alpha() < 255, "an area never hides the imagery"


@pytest.mark.parametrize("geometry", [POINT, shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1)])
def test_legends_get_a_sample_of_each_kind(geometry):
    image = QImage(60, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    blank = image.copy()
    with painting(image) as painter:
        paint_site_symbol(painter, site("a", geometry), 30, 20, 1.0)
    assert image != blank
    assert image.copy(0, 0, 16, 40) == blank.copy(0, 0, 16, 40), "it keeps to its 24 x 18 pixels"


def run_of(sample: Site, y: int) -> list[bool]:
    """Along a line painted from side to side: whether each pixel has the line's own colour."""
    image = QImage(120, 20, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.black)
    view = View(TileGrid("EPSG:3857", 1.0), 0, 0, 120, 20)
    with painting(image) as painter:
        paint_lines(painter, view, [np.array([(0.0, 10.0), (120.0, 10.0)])], line_symbol(sample), selected=False)
    wanted = QColor(line_symbol(sample).color)
    return [image.pixelColor(x, y) == wanted for x in range(120)]


@pytest.mark.parametrize("lifecycle", ["planned", "agreed", "closed"])
@pytest.mark.parametrize("code", ["other", "rail", "road", "gas_pipeline"])
def test_lines_not_known_to_exist_are_dashed(code: str, lifecycle: str) -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    known = site("a", line, class_code=code)
    doubtful = site("a", line, class_code=code, lifecycle=lifecycle)
    assert line_symbol(doubtful).dash
    assert line_symbol(doubtful) != line_symbol(known)
    dashed = run_of(doubtful, 10)
    assert 30 < sum(dashed) < 100
    ends = [x for x in range(1, 120) if dashed[x - 1] and not dashed[x]]
    assert len(ends) >= 5
    assert line_symbol(doubtful).color == line_symbol(known).color
    if code in ("other", "road"):
        assert sum(run_of(known, 10)) >= 118


@pytest.mark.parametrize("error_m", [0.0, 5000.0, None])
def test_the_rim_of_a_point_not_known_to_exist_is_dashed(error_m: float | None) -> None:
    pictures = {life: picture(site("a", POINT, position_error_m=error_m, lifecycle=life)) for life in LIFECYCLES}
    known = picture(site("a", POINT, position_error_m=error_m))
    assert pictures["in use"] == pictures["under construction"] == pictures["unknown"] == known
    assert pictures["planned"] == pictures["agreed"] == pictures["closed"] != known
    if error_m is not None:
        rims = [rim_of(one) for one in (known, pictures["planned"])]
        assert [changes_along(rim) > 12 for rim in rims] == [False, True]


def rim_of(image: QImage) -> list[int]:
    """Lightness along the middle of the rim of a round badge."""
    angles = np.linspace(0, 2 * math.pi, 120, endpoint=False)
    places = [(20 + BADGE_RADIUS * math.cos(a), 20 + BADGE_RADIUS * math.sin(a)) for a in angles]
    return [image.pixelColor(math.floor(x), math.floor(y)).lightness() for x, y in places]


def changes_along(rim: list[int]) -> int:
    middle = (max(rim) + min(rim)) / 2
    if max(rim) - min(rim) < 60:
        return 0
    return sum((a > middle) != (b > middle) for a, b in zip(rim, rim[1:] + rim[:1], strict=True))
