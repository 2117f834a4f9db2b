"""Shows on the map the image of the current cell alone, with its site in the middle and the marks as seen then."""

from __future__ import annotations

import math
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer

from layers.document.comparison import ComparisonSpec, Frame, frame_rows
from layers.document.observation import Observation
from layers.document.site import Site
from layers.errors import GeoloupeError
from layers.geo.crs import WGS84, is_off_earth, transform_points
from layers.geo.measure import distance_m, ground_resolution_m
from layers.observing.seen_then import presences_of
from layers.observing.sheet import SheetImage
from viewer.canvas.comparison.compared_scene import ComparedScene
from viewer.canvas.image_below import images_below
from viewer.canvas.sites.shown_only import BareMarks
from viewer.canvas.sites.site_index import bounds_of_sites
from viewer.canvas.widget import MapCanvas
from viewer.panels.observations.cell_words import image_date
from viewer.panels.observations.marks_then import MarksThen, SeenMarks
from viewer.panels.observations.sheet_desk import SheetDesk, SheetPlace
from viewer.rendering.layers.image_facts import raster_pixel_m
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line

REST_MS = 120
"""Milliseconds for which a cell has to be the current one before the map follows."""
FINEST_PART, BEST_PART, COARSEST_PART = 1 / 6, 0.5, 0.75
"""Ground size of a pixel of the screen in pixels of the image: a scale from the first to the last stays as it is, and
others become the one between.
"""
UNKNOWN_PIXEL_M = 10.0
"""Ground size that an image's pixel is taken to have where that is not known."""
SHARE = 0.6
"""Most of the view that a site's lines or outline take."""


class _Shown(Struct, frozen=True):
    """The image and the site that the map was told to show."""

    image: str
    layer_uuid: str
    site_uuid: str


class CellImage(QObject):
    """Follows the current cell of the sheet while it is switched on. The case and its undo steps stay as they are."""

    def __init__(
        self, desk: SheetDesk, canvas: MapCanvas, compared: ComparedScene, then: MarksThen, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._canvas, self._compared, self._then = desk, canvas, compared, then
        self._wanted: SheetPlace | None = None
        self._shown: _Shown | None = None
        self._left: _Shown | None = None
        """The image and the site that were left; None once another cell, or this one anew, is wanted."""
        self._soon = QTimer(self, singleShot=True, interval=REST_MS)
        self._soon.timeout.connect(self._follow)
        desk.rows_changed.connect(self._show_marks)
        desk.sheet_changed.connect(self._show_marks)
        desk.context.document_replaced.connect(self.end)
        then.left.connect(self._stay_away)

    @property
    def is_due(self) -> bool:
        """True while the map is about to follow another cell."""
        return self._soon.isActive()

    @property
    def layer_uuid(self) -> str:
        """The layer that the map shows alone; empty for none."""
        return "" if self._shown is None else self._shown.layer_uuid

    def show(self, at: SheetPlace | None) -> None:
        """Show the image of a cell once the keys rest. The cell that was left stays left: the sheet names it again as
        its columns change, which is no choice of the analyst.
        """
        if self._left is not None and self._left == self._of(at):
            return
        self._left, self._wanted = None, at
        self._soon.start()

    def enter(self, at: SheetPlace | None) -> None:
        """Show the image of a cell once the keys rest, also where it was left: the analyst came back to it."""
        self._left = None
        self.show(at)

    def show_now(self, at: SheetPlace | None) -> None:
        """Show the image of a cell at once."""
        self._soon.stop()
        self._left, self._wanted = None, at
        self._follow()

    def why_not_seen(self, at: SheetPlace, lon: float, lat: float) -> str:
        """A sentence why the image of a cell is not the one that the map shows at a place; empty where it is."""
        image, shown = self._desk.sheet.images[at.column], self._shown
        if not image.layer_uuid:
            return self.tr("No layer of the case shows the image of this cell: nothing can be counted on it.")
        if self._compared.sides.spec is not None:
            return self.tr("The map shows a comparison: end it, so that the image of the cell is shown alone.")
        below = images_below(self._canvas.pane.shown, self._canvas.viewport.view(), lon, lat)
        if shown is None or (shown.image, shown.layer_uuid) != (image.key, image.layer_uuid):
            sentence = self.tr("The map showed another image than that of the cell: now it shows {0}. Click again.")
            return sentence.format(image_date(image))
        if below.layers[:1] == (image.layer_uuid,):
            return ""
        if below.is_awaited:
            return self.tr("The image of the cell is still being read here: click again when it is seen.")
        return self.tr("The image of the cell, {0}, shows nothing at that place.").format(image_date(image))

    def leave(self) -> None:
        """Show the layers and the marks again as the case has them, until another cell is chosen."""
        self._then.leave()

    def end(self) -> None:
        """Show the layers again as the case has them."""
        self._soon.stop()
        self._wanted = None
        if self._shown is not None:
            self._shown = None
            self._compared.show_alone(None)
            self._compared.show_bare(BareMarks())
            self._then.show_cell(None)

    def _stay_away(self) -> None:
        """End, and stay so while the sheet has the same cell."""
        left = self._of(self._wanted) if self.is_due else self._shown
        self.end()
        self._left = left or self._left

    def _of(self, at: SheetPlace | None) -> _Shown | None:
        """The image and the site of a cell; None without one."""
        sheet = self._desk.sheet
        if at is None or at.row >= len(sheet.sites) or at.column >= len(sheet.images):
            return None
        image = sheet.images[at.column]
        return _Shown(image.key, image.layer_uuid, sheet.sites[at.row])

    def _follow(self) -> None:
        at, sheet = self._wanted, self._desk.sheet
        is_there = at is not None and at.row < len(sheet.sites) and at.column < len(sheet.images)
        site = self._desk.site(at.row) if at is not None and is_there else None
        if at is None or site is None:
            self.end()
            return
        image = sheet.images[at.column]
        before = self._shown
        self._shown = _Shown(image.key, image.layer_uuid, site.uuid)
        if before is None or (before.image, before.layer_uuid) != (image.key, image.layer_uuid):
            self._compared.show_alone(_only(image) if image.layer_uuid else None)
        if before is None or before.site_uuid != site.uuid:
            self._centre_on(site, image)
        self._compared.show_bare(BareMarks(frozenset((site.uuid,))))
        self._show_marks()

    # -- the view -----------------------------------------------------------------------------------------------

    def _centre_on(self, site: Site, image: SheetImage) -> None:
        """Put a site into the middle, at a scale at which its image can be read; a good scale stays."""
        viewport = self._canvas.viewport
        if site.geometry.is_empty or is_off_earth(viewport.crs):
            return
        lon, lat = site.place.x, site.place.y
        try:
            x, y = (float(part) for part in transform_points(WGS84, viewport.crs, lon, lat))
            shown_m = ground_resolution_m(viewport.crs, x, y, viewport.resolution)
        except GeoloupeError:
            return
        if not (math.isfinite(x + y) and math.isfinite(shown_m) and shown_m > 0):
            return
        wanted_m = _scale_m(shown_m, self._pixel_m(image, lon, lat), _extent_m(site), min(viewport.size))
        viewport.centre_on(x, y, viewport.resolution * wanted_m / shown_m)
        self._canvas.motion.come_to_rest()

    def _pixel_m(self, image: SheetImage, lon: float, lat: float) -> float:
        drawing = self._desk.context.layers.drawing_of(image.layer_uuid)
        try:
            pixel_m = raster_pixel_m(drawing, lon, lat) if isinstance(drawing, RasterDrawing) else math.nan
        except GeoloupeError:
            return UNKNOWN_PIXEL_M
        return pixel_m if math.isfinite(pixel_m) and pixel_m > 0 else UNKNOWN_PIXEL_M

    # -- the marks ----------------------------------------------------------------------------------------------

    def _show_marks(self) -> None:
        """Let the map draw the listed marks as the rows on the shown image have them."""
        if self._shown is None:
            return
        sheet = self._desk.sheet
        column = next((at for at, image in enumerate(sheet.images) if image.key == self._shown.image), -1)
        if column < 0:
            return
        rows: list[Observation] = []
        for row in range(len(sheet.sites)):
            cell = self._desk.cell(SheetPlace(row, column))
            rows += (cell.own,) if cell.own is not None else cell.others
        image = sheet.images[column]
        when = image_date(image) if image.is_dated else one_line(image.title, 60)
        self._then.show_cell(SeenMarks(when, presences_of(rows), self._shown.site_uuid, bool(image.layer_uuid)))


def _only(image: SheetImage) -> partial[list]:  # type: ignore[type-arg]
    """The arrangement of layers that shows one image, and of the others only those without pixels."""
    day = image.acquired_at[:10]
    spec = ComparisonSpec((Frame((image.layer_uuid,), dates={image.layer_uuid: day} if day else {}),))
    return partial(frame_rows, spec, 0)


def _scale_m(shown_m: float, pixel_m: float, extent_m: float, side_px: int) -> float:
    """The ground size of a pixel of the screen for a site of an extent, on an image with pixels of a size."""
    is_good = pixel_m * FINEST_PART <= shown_m <= pixel_m * COARSEST_PART
    least_m = extent_m / (SHARE * max(side_px, 1))
    return max(shown_m if is_good else BEST_PART * pixel_m, least_m)


def _extent_m(site: Site) -> float:
    """The diagonal of a line or an area in metres; 0 for a point."""
    bounds = None if site.kind == "point" else bounds_of_sites([site])
    if bounds is None:
        return 0.0
    extent_m = distance_m(bounds.left, bounds.bottom, bounds.right, bounds.top)
    return extent_m if math.isfinite(extent_m) else 0.0
