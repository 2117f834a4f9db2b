"""The map in the georeferencing dialog: the layers of the case, and the picture placed over them by the fit."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import Layer
from layers.document.placing.control_points import written_control_points
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, transform_bounds
from layers.geo.lon_extent import around
from layers.grid.tile_grid import View
from layers.raster.point_fit.fitted_points import FittedPoints
from viewer.app.georeferencing.point_draft import PointDraft
from viewer.canvas.layer_stack import DrawingFactory
from viewer.canvas.scene import MapScene
from viewer.canvas.widget import MapCanvas
from viewer.commands.stamps import new_uuid
from viewer.rendering.context import RenderContext

FIRST_OPACITY = 0.6
MOST_SITES = 2000
"""Most sites of a case that the pane shows as landmarks. Of a larger case it shows none: indexing takes too long."""


class MapSource(Struct, frozen=True):
    """The case whose layers the map pane shows, and the means to draw them."""

    document: Document
    context: RenderContext
    base_folder: Path | None
    make_drawing: DrawingFactory
    view: View | None
    """View of the Earth in the main window; None where it shows no part of the Earth."""
    lies: Bounds | None
    """Bounds of the picture where it lies now, in lon, lat; None where it lies nowhere."""


class PicturePreview:
    """A scene with the other layers of the case, and the picture over them where the draft's fit puts it."""

    def __init__(self, layer: Layer, draft: PointDraft, source: MapSource) -> None:
        self._document, order = _below(source.document, layer.uuid)
        self._row = replace(
            layer,
            uuid=new_uuid(),
            crs="",
            nudge_json="",
            visible=True,
            opacity=FIRST_OPACITY,
            blend="normal",
            order_key=order,
        )
        self.scene = MapScene(self._document, source.context, source.base_folder, make_drawing=source.make_drawing)
        self._draft, self._view, self._lies = draft, source.view, source.lies

    @property
    def shown(self) -> Layer | None:
        """The picture's layer in the preview; None while nothing places it."""
        return self._document.layers.get(self._row.uuid)

    def fade(self, opacity: float) -> None:
        """Draw the picture with this opacity, 0 to 1; at 0 not at all."""
        self._row = replace(self._row, opacity=opacity)
        self.refresh()

    def refresh(self) -> None:
        """Draw the picture where the draft's fit puts it now."""
        before, fit = self.shown, self._draft.fit
        after = None
        if fit is not None and self._row.opacity > 0:
            points = written_control_points(fit.points.for_readers)
            after = replace(self._row, control_points_json=points, nudge_json="")
        if before != after:
            self._document.apply(Edit("Preview", (Change("layers", before, after),)))

    def begin(self, canvas: MapCanvas) -> None:
        """Move the canvas to the picture and its points; where they lie nowhere, to the main window's view."""
        viewport, view, lonlat = canvas.viewport, self._view, self._extent()
        if view is not None:
            viewport.show(view)
            width, height = viewport.size
            wider = max(view.width / width, view.height / height)
            if wider > 1.0:
                viewport.centre_on(*viewport.centre, viewport.resolution * wider)
        if lonlat is not None:
            try:
                canvas.motion.zoom_to_bounds(lonlat, 0.1)
            except GeoloupeError:
                canvas.motion.full_view()  # a place that this map cannot show
        canvas.motion.come_to_rest()

    def _extent(self) -> Bounds | None:
        """Bounds of picture and points in lon, lat, else of the picture where it lies; None for the window's view."""
        fit = self._draft.fit
        places = [Bounds(*row.place, *row.place) for row in self._draft.rows if row.place is not None]
        bounds = None if fit is None else bounds_lonlat_of_fit(fit)
        if bounds is not None:
            return around([bounds, *places])
        return around(places) if places else self._lies


def bounds_lonlat_of_fit(fit: FittedPoints) -> Bounds | None:
    """Bounds of the fitted picture in longitudes and latitudes; None where it cannot be placed on the Earth."""
    try:
        return transform_bounds(fit.points.crs, WGS84, fit.bounds)
    except GeoloupeError:
        return None


def _below(document: Document, uuid: str) -> tuple[Document, float]:
    """Copy a case's layers and sites without one layer.

    Also returns the order key of a new layer that lies above the images and below the vector layers.
    """
    stack = [layer for layer in document.layers_in_order() if layer.uuid != uuid]
    images = sum(1 for layer in stack if layer.kind != "vector")
    images_so_far, rows = 0, []
    for position, layer in enumerate(stack):
        images_so_far += layer.kind != "vector"
        rows.append(
            replace(layer, order_key=float(position + (1 if images_so_far == images and layer.kind == "vector" else 0)))
        )
    last = max((row.order_key for row in rows if row.kind != "vector"), default=-1.0)
    sites = list(document.sites.values()) if len(document.sites) <= MOST_SITES else []
    meta = list(document.table("meta").values())
    return Document({"layers": rows, "sites": sites, "meta": meta}), last + 0.5
