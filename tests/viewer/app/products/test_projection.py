"""The projection of a product in its form."""

from __future__ import annotations

from msgspec.structs import replace

from layers.geo.crs import WEB_MERCATOR
from layers.product.spec import ProductSpec
from tests.viewer.app.products.conftest import SEEN, Table


def test_web_mercator_is_for_those_who_ask_for_it(table: Table) -> None:
    window = table.open(ProductSpec(title="One", bounds=SEEN))
    box = window.fields.projection_box
    assert box.currentText() == "By the extent"
    box.setCurrentIndex(box.findData(WEB_MERCATOR))
    table.settle(window)
    assert window.spec.crs == WEB_MERCATOR
    window.fields.show_spec(replace(window.spec, crs="EPSG:3035"))
    assert "Europe" in box.currentText()
