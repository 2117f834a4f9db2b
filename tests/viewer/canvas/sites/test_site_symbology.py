"""A symbol never claims more than is known."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from layers.document.site import Site
from layers.document.vocabulary import SITE_CLASSES
from tests.viewer.canvas.conftest import site
from viewer.canvas.sites.site_symbol import paint_site_symbol
from viewer.canvas.sites.site_symbol_painter import SiteSymbolPainter
from viewer.canvas.sites.site_symbology import CLAIM_COLOR, SETTING_COLOR, Precision, fill_of, line_symbol, symbol_of
from viewer.rendering.vector.signs import badge_path, sign_path
from viewer.support.painting import painting

POINT = shapely.Point(10, 50)


def picture(sample: Site, selected: bool = False) -> QImage:
    image = QImage(40, 40, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painting(image) as painter:
        SiteSymbolPainter().paint(painter, symbol_of(sample), [(20, 20)], 1.0, selected=selected)
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
