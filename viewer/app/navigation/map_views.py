"""Shows bounds, places, layers and the kept view of a case on the canvas, and offers CRSs for it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from shapely import Point

from layers.document.kept_view import KeptView
from layers.document.site import Site
from layers.document.sites_off_earth import not_drawn
from layers.errors import GeoloupeError
from layers.geo.bounds import Bounds
from layers.geo.crs import (
    PIXEL_SPACE,
    WEB_MERCATOR,
    WGS84,
    chosen_canvas,
    crs_name,
    has_way,
    is_off_earth,
    polar_canvas,
    polar_crs,
    same_crs,
    transform_points,
    utm_crs,
    utm_zone,
)
from layers.geo.measure import circle_bounds
from layers.grid.tile_grid import View
from layers.raster.info import RasterInfo
from layers.vector.table import VectorInfo
from viewer.app.navigation.flight import Flight, Stop
from viewer.app.navigation.still_view import hold_still
from viewer.canvas.extent import bounds_of_all, finest_fit_m, plane_bounds, planes_of
from viewer.canvas.image_below import images_around
from viewer.canvas.viewport import FINEST_FIT_M, FIT_MARGIN
from viewer.canvas.widget import MapCanvas
from viewer.rendering.layers.image_facts import raster_pixel_m
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.vector.vector_drawing import VectorDrawing
from viewer.support.messages import MessageAction, Messages

TURN_DEG = 15.0
POINTS_MARGIN = 0.06
"""Share of the view left free around points."""
PIXEL_MARGIN = 0.02
NEAREST_M = 500.0
"""Least half width of the ground shown around a coordinate."""
MOST_PX_A_PIXEL = 8.0
"""Size on the screen of an image's pixel at which a single place is shown closest: closer, all is one flat colour."""
WIDE_M = 200_000.0
"""Half width up to which the surroundings of a wide place are shown; a wider region explains its place by itself."""


class MapViews(QObject):
    """Zooms and turns the canvas. Requested bounds are kept while docks settle, until the analyst moves the map."""

    crs_changed = Signal()

    def __init__(self, canvas: MapCanvas, messages: Messages, parent: QObject, *, asks: bool = True) -> None:
        """`asks`: False without an analyst: offers are then accepted at once, and `notice` says so."""
        super().__init__(parent)
        self._canvas, self._messages, self._asks = canvas, messages, asks
        self.notice = ""
        """Sentence on a choice of map that was made without asking; empty for none."""
        self._held: tuple[Bounds, float, float, tuple[float, float] | None] | None = None
        self._map_view: View | None = None
        self._fits_plane: str | None = None
        self._waits_for_layers = False
        self._flight = Flight(canvas, self)
        self._settle = QTimer(self, singleShot=True, interval=0)
        self._settle.timeout.connect(self._show_held)
        canvas.installEventFilter(self)
        canvas.scene_updated.connect(self._fit_when_known)

    # -- where to ----------------------------------------------------------------------------------------------

    def show_bounds(
        self,
        lonlat: Bounds,
        margin: float = 0.06,
        finest_m: float = 0.0,
        middle: tuple[float, float] | None = None,
    ) -> None:
        """Show bounds in lon, lat; again when docks change the map's size, until the analyst moves it.

        `margin`: part of the bounds that is added at each side.
        `finest_m`: least ground metres per pixel.
        `middle`: place, lon and lat, for the exact middle; on most maps the middle of the bounds lies elsewhere.
        """
        self._waits_for_layers = False
        self._leave_plane()
        try:
            self._choose_canvas(lonlat)
            self._canvas.motion.zoom_to_bounds(lonlat, margin, finest_m)
        except GeoloupeError as error:
            self._messages.show("view", error.sentence, "warning")
            return
        if middle is not None:
            x, y = (float(coordinate) for coordinate in transform_points(WGS84, self._canvas.viewport.crs, *middle))
            if math.isfinite(x + y):
                self._canvas.viewport.centre_on(x, y)
                self._canvas.motion.come_to_rest()
        self._offer_polar(lonlat)
        self._held, self._held_view = (lonlat, margin, finest_m, middle), self._canvas.viewport.view()

    def _choose_canvas(self, lonlat: Bounds) -> None:
        """Choose the map that `render` would draw, without an analyst to ask and unless the case names another."""
        if not self._asks and (self.notice or same_crs(self._canvas.viewport.crs, WEB_MERCATOR)):
            crs, self.notice = chosen_canvas(None, lonlat)
            self._canvas.motion.set_crs(crs)
            self.crs_changed.emit()

    def _offer_polar(self, lonlat: Bounds) -> None:
        """Offer a polar map for bounds beyond the edge of Web Mercator."""
        polar = polar_canvas(lonlat) if same_crs(self._canvas.viewport.crs, WEB_MERCATOR) else ""
        if not polar:
            self._messages.clear("polar")
            return

        def go() -> None:
            self._messages.clear("polar")
            self.set_crs(polar)
            self.show_bounds(lonlat)

        sentence = self.tr("This reaches beyond 85 degrees, where the map ends.")
        self._messages.show("polar", sentence, "info", MessageAction(self.tr("Show on a polar map"), go))

    def show_rows(self, lonlat: Bounds, margin: float = 0.06) -> None:
        """Show the bounds of some sites or features with their surroundings, no finer than a metre a pixel."""
        self.show_bounds(lonlat, margin, FINEST_FIT_M)

    def show_points(self, lonlat: Bounds) -> None:
        """Show the bounds of some points, no finer than the images there have detail for."""
        self.show_bounds(lonlat, POINTS_MARGIN, max(FINEST_FIT_M, self._finest_m(lonlat)))

    def _finest_m(self, lonlat: Bounds) -> float:
        """Finest useful scale at a place, in ground metres per pixel: closer, the finest image there shows no more.

        0 where no image is known there, and for a service, which has finer ones.
        """
        scene, (lon, lat) = self._canvas.scene, lonlat.centre
        sizes_m = []
        for uuid in images_around(scene, Point(lon, lat)):
            drawing = scene.drawings[uuid]
            sizes_m.append(raster_pixel_m(drawing, lon, lat) if isinstance(drawing, RasterDrawing) else 0.0)
        finite_m = [pixel_m for pixel_m in sizes_m if math.isfinite(pixel_m)]
        return min(finite_m, default=0.0) / MOST_PX_A_PIXEL

    def show_case(self, viewport_json: str, preview_view: View | None = None) -> None:
        """Show the first view of a case: the kept view, else its sites, else everything once the layers are known.

        `preview_view`: the view in which the case was previewed while it was being opened; it stays.
        """
        self._held = self._map_view = None
        self._leave_plane()
        if self._restore(viewport_json) and preview_view is None:
            return
        if preview_view is not None:
            self._canvas.viewport.show(preview_view)
            self._canvas.motion.come_to_rest()
            return
        sites = self._canvas.own_scene.marks.bounds(frozenset(self._canvas.own_scene.document.sites))
        if sites is not None:
            self.show_rows(sites)
            return
        self._canvas.motion.full_view()
        self._waits_for_layers = True
        self._fit_when_known()

    def show_everything(self) -> None:
        if self.is_off_earth:
            self.show_plane()
            return
        bounds = bounds_of_all(self._canvas.panes.all[0].shown)
        if bounds is None or (bounds.width > 350 and not polar_canvas(bounds)):
            self._canvas.motion.full_view()
        else:
            self.show_bounds(bounds, finest_m=finest_fit_m(self._canvas.own_scene))

    def show_selection(self) -> None:
        self._leave_plane()
        sites = self._canvas.own_scene.document.sites
        chosen = [sites[uuid] for uuid in self._canvas.selection.uuids if uuid in sites]
        finest_m, bounds = FINEST_FIT_M, self._canvas.own_scene.marks.bounds(self._canvas.selection.uuids)
        if bounds is not None and all(site.kind == "point" for site in chosen):
            finest_m = max(finest_m, self._finest_m(bounds))
            if len(chosen) == 1 and self._is_close_to(chosen[0], finest_m):
                return
        if bounds is not None:
            self._canvas.motion.zoom_to_bounds(bounds, 0.2, finest_m)
        elif chosen:
            self._messages.show("view", not_drawn(chosen), "warning")

    def _is_close_to(self, site: Site, finest_m: float) -> bool:
        """Centre on a point that is in sight, and closer already than it would be shown; False otherwise."""
        viewport = self._canvas.viewport
        view = viewport.view()
        x, y = (
            float(coordinate) for coordinate in transform_points(WGS84, viewport.crs, site.geometry.x, site.geometry.y)
        )
        px, py = view.to_pixel(x, y) if math.isfinite(x + y) else (math.nan, math.nan)
        is_seen = 0 <= px < view.width and 0 <= py < view.height
        coarsest_m = max(finest_m, 2 * (site.least_error_m or 0.0) / min(view.width, view.height))
        if not (is_seen and viewport.ground_resolution_m() <= coarsest_m):
            return False
        viewport.centre_on(x, y)
        self._canvas.motion.come_to_rest()
        return True

    def show_layer(self, uuid: str) -> None:
        drawing = self._canvas.own_scene.drawings.get(uuid)
        if drawing is not None and drawing.plane:
            self.show_plane(uuid)
            return
        self._leave_plane()
        bounds = self._canvas.own_scene.stack.bounds_of(uuid)
        if bounds is not None:
            self._canvas.motion.zoom_to_bounds(bounds, 0.0)
            self._offer_polar(bounds)
        else:
            sentence = drawing.remark if drawing is not None else ""
            self._messages.show("view", sentence or self.tr("It is not known yet where this layer is."), "info")

    def show_place(self, lon: float, lat: float, error_m: float) -> None:
        """Centre on a place at a scale that suits its error, in metres; a wide region is shown as a whole."""
        around_m = max(NEAREST_M, min(4 * error_m, max(WIDE_M, 1.25 * error_m)))
        bounds = circle_bounds(lon, lat, around_m)
        self.show_bounds(bounds, 0.0, self._finest_m(bounds), (lon, lat))

    def turn_left(self) -> None:
        self._canvas.motion.rotate_by(-TURN_DEG)

    def turn_right(self) -> None:
        self._canvas.motion.rotate_by(TURN_DEG)

    # -- off the Earth -----------------------------------------------------------------------------------------

    @property
    def is_in_pixels(self) -> bool:
        """True while the canvas shows images without a CRS in their own pixels."""
        return self._canvas.viewport.crs == PIXEL_SPACE

    @property
    def is_off_earth(self) -> bool:
        """True while the canvas shows data without a place on the Earth: pixel space, a local grid, another body."""
        return is_off_earth(self._canvas.viewport.crs)

    def show_plane(self, uuid: str = "") -> None:
        """Show a layer off the Earth, or all of them for empty text, as soon as the bounds are known."""
        self._held, self._waits_for_layers = None, False
        plane = self._plane_of(uuid)
        if plane and not has_way(plane, self._canvas.viewport.crs):
            self._go_to_plane(plane)
        bounds = self._plane_bounds(uuid) if plane else None
        scene = self._canvas.own_scene
        drawing = scene.drawings.get(uuid)
        is_known = drawing.is_open if drawing is not None else self._canvas.panes.all[0].shown.is_open()
        self._fits_plane = None if is_known else uuid
        if bounds is not None:
            self._canvas.viewport.fit(bounds, PIXEL_MARGIN)
            self._canvas.motion.come_to_rest()

    def show_on_plane(self, bounds: Bounds, least: float) -> None:
        """Show bounds in the CRS of the canvas, which is off the Earth; at least `least` of its units across."""
        self._held = self._fits_plane = None
        lack = least - max(bounds.width, bounds.height)
        self._canvas.viewport.fit(bounds.expanded(lack / 2) if lack > 0 else bounds, FIT_MARGIN)
        self._canvas.motion.come_to_rest()

    def _go_to_plane(self, crs: str) -> None:
        """Switch to a CRS off the Earth; the view of the Earth is remembered."""
        if not self.is_off_earth:
            self._map_view = self._canvas.viewport.view()
        self._canvas.motion.set_crs(crs)
        self.crs_changed.emit()

    def _plane_of(self, uuid: str) -> str:
        """CRS off the Earth of a layer; for empty text the present one, else the topmost layer's. Empty for none."""
        if uuid:
            drawing = self._canvas.own_scene.drawings.get(uuid)
            return drawing.plane if drawing is not None else ""
        planes = planes_of(self._canvas.own_scene)
        shown = self._canvas.viewport.crs
        return next((plane for plane in planes if has_way(plane, shown)), planes[0] if planes else "")

    def _plane_bounds(self, uuid: str) -> Bounds | None:
        """Bounds of a layer in the CRS of the canvas; of all layers for empty text."""
        crs = self._canvas.viewport.crs
        drawing = self._canvas.own_scene.drawings.get(uuid)
        return drawing.plane_bounds(crs) if drawing is not None else plane_bounds(self._canvas.own_scene, crs)

    def map_centre(self) -> tuple[float, float]:
        """Longitude and latitude in the middle of the map of the Earth, even while it is hidden; NaN without one."""
        view = self.earth_view()
        if view is None:
            return math.nan, math.nan
        x, y = view.to_world(view.width / 2, view.height / 2)
        lon, lat = (float(coordinate) for coordinate in transform_points(view.grid.crs, WGS84, x, y))
        return lon, lat

    def _leave_plane(self) -> None:
        """Go back to the map of the Earth, in the view it had."""
        self._fits_plane = None
        if not self.is_off_earth:
            return
        if self._map_view is not None:
            self._canvas.viewport.show(self._map_view)
            self._canvas.motion.come_to_rest()
        else:
            self._canvas.motion.set_crs(WEB_MERCATOR)
        self.crs_changed.emit()

    # -- scale and CRS -----------------------------------------------------------------------------------------

    def metres_per_pixel(self) -> float:
        """Ground metres of a logical pixel in the middle of the map; NaN where there is no ground."""
        view = self._canvas.viewport.view()
        return self._canvas.viewport.ground_resolution_m() * view.ratio

    def set_metres_per_pixel(self, metres: float) -> None:
        now = self.metres_per_pixel()
        if math.isfinite(now) and now > 0:
            viewport = self._canvas.viewport
            x, y = viewport.centre
            viewport.centre_on(x, y, viewport.resolution * metres / now)
            self._canvas.motion.come_to_rest()

    def set_crs(self, crs: str) -> None:
        try:
            if is_off_earth(crs):
                self._go_to_plane(crs)
                self.show_plane()
                return
            self._leave_plane()
            self._canvas.motion.set_crs(crs)
        except GeoloupeError as error:
            self._messages.show("view", error.sentence, "warning")
        self.crs_changed.emit()

    def crs_choices(self, layer_uuid: str) -> list[tuple[str, str]]:
        """Choices for the map's CRS, as (text, CRS) pairs: Web Mercator, the layer's own, the local UTM zone, polar."""
        lon, lat = self.map_centre()
        choices = [(self.tr("Web Mercator"), WEB_MERCATOR)]
        layer_crs = self._layer_crs(layer_uuid)
        if layer_crs and not same_crs(layer_crs, WEB_MERCATOR):
            choices.append((self.tr("The layer’s own: {0}").format(crs_name(layer_crs)), layer_crs))
        if math.isfinite(lon) and math.isfinite(lat):
            half = self.tr("north") if lat >= 0 else self.tr("south")
            choices.append((self.tr("UTM zone {0} {1}, here").format(utm_zone(lon, lat), half), utm_crs(lon, lat)))
        choices.append((self.tr("North polar stereographic"), polar_crs(90)))
        choices.append((self.tr("South polar stereographic"), polar_crs(-90)))
        if any(layer.crs == PIXEL_SPACE for layer in self._canvas.own_scene.document.layers.values()):
            choices.append((self.tr("Pixel space, of images without a CRS"), PIXEL_SPACE))
        return choices

    def crs_text(self) -> str:
        """A short name of the canvas's CRS."""
        crs = self._canvas.viewport.crs
        if crs == PIXEL_SPACE:
            return self.tr("Pixel space")
        return self.tr("Web Mercator") if same_crs(crs, WEB_MERCATOR) else crs_name(crs)

    def _layer_crs(self, uuid: str) -> str:
        info = self.layer_info(uuid)
        return info.crs if info is not None else ""

    def layer_info(self, uuid: str) -> RasterInfo | VectorInfo | None:
        """Facts that a reader has read from a layer's file; None until they are known, and for services."""
        drawing = self._canvas.own_scene.drawings.get(uuid)
        return drawing.info if isinstance(drawing, RasterDrawing | VectorDrawing) else None

    # -- what a case keeps -------------------------------------------------------------------------------------

    def shown_view(self) -> View:
        """The present view of the canvas."""
        return self._canvas.viewport.view()

    def earth_view(self) -> View | None:
        """View of the Earth, also while it is out of sight; None without one."""
        return self._map_view if self.is_off_earth else self._canvas.viewport.view()

    def viewport_json(self) -> str:
        """The view of the map as JSON for the case file."""
        viewport = self._canvas.viewport
        x, y = viewport.centre
        metres = viewport.resolution * viewport.view().ratio
        return json.dumps(
            {"crs": viewport.crs, "x": x, "y": y, "resolution": metres, "rotation_deg": viewport.rotation_deg}
        )

    def show_kept(self, text: str) -> bool:
        """Show the view kept in a bookmark, flying there where it is on the present map; False for an invalid view."""
        self._flight.cancel()
        try:
            kept = KeptView.from_json(text)
        except GeoloupeError:
            return False
        self._held, self._fits_plane, self._waits_for_layers = None, None, False
        viewport = self._canvas.viewport
        if kept.bounds_lonlat is None and same_crs(kept.crs, viewport.crs):
            stop = Stop(kept.x, kept.y, kept.resolution / viewport.view().ratio, kept.rotation_deg)
            self._flight.to(stop, lambda: self._restore(text))
            return True
        if not is_off_earth(kept.crs):
            self._leave_plane()
        elif not has_way(kept.crs, viewport.crs):
            self._go_to_plane(kept.crs)
        is_shown = self._restore(text)
        self.crs_changed.emit()
        return is_shown

    def _restore(self, text: str) -> bool:
        """Restore a kept view: exactly, or as bounds in lon, lat that fill a window of any size. False if invalid."""
        try:
            kept = KeptView.from_json(text)
            self._canvas.viewport.set_crs(kept.crs)
        except GeoloupeError:
            return False
        if kept.bounds_lonlat is not None:
            self.show_bounds(kept.bounds_lonlat, 0.0)
            return True
        viewport = self._canvas.viewport
        viewport.set_rotation(kept.rotation_deg)
        viewport.centre_on(kept.x, kept.y, kept.resolution / viewport.view().ratio)
        self._canvas.motion.come_to_rest()
        return True

    # -- held while the window settles --------------------------------------------------------------------------

    def hold_still(self) -> Callable[[], None]:
        """Return a call that puts the view back to its present place on the screen, after panels have come or gone."""
        self._held = None
        self._settle.stop()
        return hold_still(self._canvas)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._held is not None:
            if self._canvas.viewport.view() == self._held_view:
                self._settle.start()
            elif not self._settle.isActive():
                self._held = None
        return super().eventFilter(watched, event)

    def _show_held(self) -> None:
        if self._held is not None:
            self.show_bounds(*self._held)

    def _fit_when_known(self) -> None:
        if self._fits_plane is not None and self._plane_of(self._fits_plane):
            self.show_plane(self._fits_plane)
        if self._waits_for_layers and self._canvas.panes.all[0].shown.is_open():
            self._waits_for_layers = False
            if bounds_of_all(self._canvas.panes.all[0].shown) is None and planes_of(self._canvas.own_scene):
                self.show_plane()
            else:
                self.show_everything()
