"""The choice of a product's projection: the one that suits its extent, or one by name."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from layers.errors import GeoloupeError
from layers.geo.crs import WEB_MERCATOR, crs_name
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import translate
from viewer.support.still_boxes import ComboBox

_EQUAL_EARTH, _ARCTIC, _ANTARCTIC = "EPSG:8857", "EPSG:3995", "EPSG:3031"


class ProjectionBox(ComboBox):
    """A box whose rows hold CRSs; the first, empty one is for the projection that suits the extent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItem(translate("ProjectionBox", "By the extent"), "")
        self.addItem(translate("ProjectionBox", "Web Mercator, as on the screen"), WEB_MERCATOR)
        self.addItem(translate("ProjectionBox", "Equal Earth"), _EQUAL_EARTH)
        self.addItem(translate("ProjectionBox", "Arctic, about the pole"), _ARCTIC)
        self.addItem(translate("ProjectionBox", "Antarctic, about the pole"), _ANTARCTIC)
        self._own_rows = self.count()
        self.setToolTip(
            tooltip(
                translate(
                    "ProjectionBox",
                    "By the extent: UTM for a site, equal-area for a country or a continent. The page says which.",
                )
            )
        )

    def offer(self, crs: str) -> None:
        """Offer one more CRS, of a product that has another than those of the list."""
        if self.findData(crs) >= 0:
            return
        while self.count() > self._own_rows:
            self.removeItem(self._own_rows)
        try:
            name = crs_name(crs)
        except GeoloupeError:
            name = crs
        self.addItem(one_line(name, 80), crs)
