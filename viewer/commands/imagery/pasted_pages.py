"""Pictures of pages of web maps with the place, credit and date that the page's address tells, as layers."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.placing.page_origin import PAGE_KEY, PageOrigin
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.services.web_views.page_place import PagePlace
from layers.services.web_views.web_page import ShownPage
from viewer.commands.found_layers import FoundLayer
from viewer.commands.imagery.layer_dates import kind_of_date


class PlacedPage(Struct, frozen=True):
    """The answer for a picture of a page: where it lies, and the date that the analyst confirmed or typed."""

    page: ShownPage
    place: PagePlace
    date: str = ""

    @property
    def date_facts(self) -> dict[str, str]:
        """Date, kind and basis. The day of a release is of kind *published*, whoever named it."""
        if not self.date:
            return {"acquired_at": "", "date_kind": "unknown", "date_basis": ""}
        is_asked = self.date == self.page.acquired_at
        kind = self.page.date_kind if is_asked else kind_of_date(self.date)
        return {
            "acquired_at": self.date,
            "date_kind": "published" if self.page.takes_release else kind,
            "date_basis": "caption" if is_asked else "analyst",
        }

    def source_of(self, source: dict[str, Any]) -> dict[str, Any]:
        """The source of a layer with the page."""
        page = PageOrigin(self.page.viewer, self.page.address, round(self.place.error_m, 2))
        return {**source, PAGE_KEY: encoded(page)}

    def bounds_lonlat(self, size: tuple[int, int]) -> Bounds:
        """Bounds of the picture in lon and lat. Raises CannotBePlaced."""
        width, height = size
        corners = [self.place.affine.apply(column, row) for column in (0, width) for row in (0, height)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return transform_bounds(self.place.crs, WGS84, Bounds(min(xs), min(ys), max(xs), max(ys)))

    def layer_of(self, layer: FoundLayer) -> FoundLayer:
        """The layer of a picture without a place, named, credited, dated and placed by its page."""
        facts = {**layer.facts, **self.date_facts, "credit": self.page.credit, "crs": self.place.crs}
        source = self.source_of(layer.source)
        return replace(layer, name=self.page.title, source=source, facts=facts, question=None)
