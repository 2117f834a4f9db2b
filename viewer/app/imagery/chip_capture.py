"""Takes chips: the exact pixels of an image and the view as it is shown, kept as evidence with a site or the case."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from layers.document.chip import Chip
from layers.document.site import Site
from layers.errors import CannotBePlaced, GeoloupeError, NotAllowed
from layers.geo.bounds import Bounds
from layers.geo.crs import WGS84, is_off_earth, parse_crs, transform_bounds
from layers.geo.measure import ground_resolution_m
from layers.grid.tile_grid import View
from layers.pool.protocol import Answer
from layers.raster.style import colorize
from layers.requests.imagery import ChipFacts
from viewer.app.case.chip_pictures import ChipBytes, finished, keep_chip
from viewer.app.case.session import Session
from viewer.canvas.image_below import images_below
from viewer.canvas.shown_scene import ShownScene, credits_of, shown_drawing, withheld_in
from viewer.canvas.widget import MapCanvas
from viewer.commands.stamps import new_uuid
from viewer.export.processing import stretches_on_screen
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.images import image_of_argb, unpainted
from viewer.rendering.layers.image_chips import PixelWindow, Region, raster_window, service_window
from viewer.rendering.layers.image_facts import image_facts
from viewer.rendering.layers.tiles_drawing import TilesDrawing
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.jobs import Job, JobContext, Jobs
from viewer.support.language.text import one_line
from viewer.support.messages import Messages
from viewer.support.painting import painting

KEY = "chip"
NOTICE_MS, PATIENCE_MS = 500, 30_000
MARGIN = 0.25
"""Margin that a chip shows on each side of a site, as a share of the site's extent."""


class _Pixels(NamedTuple):
    """Exact pixels of an image: a picture of them, and the original bytes where these are no PNG of it."""

    window: PixelWindow
    picture: QImage
    data: bytes
    content_type: str
    stretch_json: str


class _Capture:
    """One capture under way. Answers that arrive after it was cancelled are dropped."""

    def __init__(self, site: Site | None, scene: ShownScene, view: View, place: tuple[float, float]) -> None:
        self.site, self.scene, self.view, self.place = site, scene, view, place
        self.job: Job | None = None
        self.layer_uuid = ""
        self.facts: dict[str, Any] = {}
        self.shown: tuple[QImage, str, str] | None = None
        """The painted view, the styles in it in JSON, and its credits; None until it was painted."""


class ChipCapture(QObject):
    """Takes chips, one capture at a time: waits until the view is complete, then paints it and has the pixels read."""

    taken = Signal(str)
    """Uuid of the site that the new chips belong to; empty for the case."""

    def __init__(self, session: Session, canvas: MapCanvas, jobs: Jobs, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas, self._jobs, self._messages = session, canvas, jobs, messages
        self._capture: _Capture | None = None
        self._notice = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._notice.timeout.connect(self._announce)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._lose_patience)
        canvas.scene_updated.connect(self._go_on)
        session.document_replaced.connect(self.give_up)

    @property
    def is_idle(self) -> bool:
        return self._capture is None

    def take(self) -> None:
        """Take a chip around the selected site, or of the view where none is selected."""
        if self._capture is not None:
            self._say(self.tr("Another chip is being taken: wait for it, or cancel it."))
            return
        try:
            self._capture = self._begun()
        except GeoloupeError as error:
            self._say(error.sentence)
            return
        self._notice.start()
        self._patience.start()
        self._go_on()

    def give_up(self) -> None:
        """Cancel the capture."""
        self._end()

    # -- steps ---------------------------------------------------------------------------------------------------

    def _begun(self) -> _Capture:
        """Begin a capture of the selected site, or of the view. Raises CannotBePlaced where no chip can be taken."""
        view = self._canvas.viewport.view()
        if is_off_earth(view.grid.crs):
            raise CannotBePlaced(self.tr("No chip can be taken of an image without a place on Earth: place it first."))
        selected = self._canvas.selection.uuids
        if len(selected) > 1:
            raise CannotBePlaced(self.tr("A chip is of one site: select one of them, or none for the view."))
        site = next((self._session.document.sites[uuid] for uuid in selected), None)
        place = self._canvas.viewport.centre_lonlat() if site is None else (site.place.x, site.place.y)
        return _Capture(site, self._canvas.pane.shown, view, place)

    def _go_on(self) -> None:
        """Paint the view once it is complete, and ask for the pixels of the relevant image there."""
        capture = self._capture
        if capture is None or capture.shown is not None or not capture.scene.is_complete(capture.view):
            return
        try:
            drawing = self._drawing_at(capture)
            self._refuse_withheld(capture)
            facts = image_facts(drawing)
            if facts is None:
                raise CannotBePlaced(self.tr("The image there is not known yet: try again in a moment."))
            capture.facts, capture.layer_uuid = facts, drawing.layer_uuid
            capture.shown = _painted(capture.scene, capture.view)
            self._ask(capture, drawing)
        except GeoloupeError as error:
            self._fail(error)

    def _drawing_at(self, capture: _Capture) -> LayerDrawing:
        """Image to take pixels from: the one on which the mark was drawn, if shown there, else the topmost."""
        scene, document = capture.scene, self._session.document
        below = images_below(scene, capture.view, *capture.place).layers
        if not below:
            raise CannotBePlaced(
                self.tr(
                    "There is no image in view at that place: zoom to the site, or show an image, then take a chip."
                )
            )
        image = document.images.get(capture.site.image_uuid) if capture.site is not None else None
        uuid = image.layer_uuid if image is not None and image.layer_uuid in below else below[0]
        drawing = shown_drawing(scene, uuid)
        assert drawing is not None, "it was found there"
        return drawing

    def _refuse_withheld(self, capture: _Capture) -> None:
        """Raise NotAllowed where a layer in view may not be kept: both chips of a capture show it."""
        for layer in withheld_in(capture.scene, capture.view):
            raise NotAllowed(self.tr("The terms of {0} do not allow its pictures to be kept.").format(layer.name))

    def _ask(self, capture: _Capture, drawing: LayerDrawing) -> None:
        region = _region(capture)
        if isinstance(drawing, TilesDrawing):
            self._take_service(capture, drawing, region)
            return
        assert isinstance(drawing, RasterDrawing)
        window = raster_window(drawing, region)
        if window is None or drawing.style is None:
            raise CannotBePlaced(self.tr("The image has no pixels of its own there: take the chip where it has some."))
        answered = partial(self._read, capture, drawing, window)
        bands = drawing.style.bands
        drawing.source.ask_chip(
            bands, window.affine, (window.width, window.height), window.crs, answered, window.placed
        )

    def _take_service(self, capture: _Capture, drawing: TilesDrawing, region: Region) -> None:
        window = service_window(drawing, region, _screen_m(capture.view))
        if window is None:
            raise CannotBePlaced(self.tr("The service has no pixels there: take the chip where it has some."))
        picture = drawing.source_pixels(window.level, window.left, window.top, window.width, window.height)
        stretch = json.dumps({"level": window.level, "template": drawing.service.title})
        self._finish(capture, _Pixels(window, picture, b"", "image/png", stretch))

    def _read(
        self, capture: _Capture, drawing: RasterDrawing, window: PixelWindow, result: Answer | GeoloupeError
    ) -> None:
        if capture is not self._capture:
            return
        if isinstance(result, GeoloupeError):
            self._fail(result)
            return
        style, info = drawing.style, drawing.info
        assert style is not None
        assert info is not None
        data, bands, mask = result.arrays
        plain = replace(style, sharpen=0.0)  # which looks at neighbours: they are no part of the evidence
        picture = image_of_argb(colorize(bands, None if mask.all() else mask, plain, info))
        drawn_style = {**style.to_json(), "resampling": "nearest, on an even grid" if window.is_warped else "none"}
        facts: ChipFacts = result.facts
        pixels = _Pixels(window, picture, data.tobytes(), facts.content_type, json.dumps(drawn_style))
        self._finish(capture, pixels)

    def _finish(self, capture: _Capture, pixels: _Pixels) -> None:
        """Encode, hash and store both chips in a job. Their rows are added after their bytes are stored."""
        assert capture.shown is not None
        exact, view = self._pixel_row(capture, pixels), self._view_row(capture)
        exact, view = replace(exact, pair_uuid=view.uuid), replace(view, pair_uuid=exact.uuid)
        shown, keep = capture.shown[0], self._session.blob_keeper()

        def work(_: JobContext) -> list[ChipBytes]:
            chips = [finished(exact, pixels.picture, pixels.data), finished(view, shown)]
            for chip_bytes in chips:
                keep_chip(keep, chip_bytes)
            return chips

        self._jobs.run(work, partial(self._made, capture), partial(self._failed, capture), apart=True)

    def _made(self, capture: _Capture, chips: list[ChipBytes]) -> None:
        from viewer.commands.imagery.chips import add_chips  # for start-up time: no chip is taken yet
        from viewer.commands.imagery.sightings import with_chip_of_sighting  # for start-up time

        if capture is not self._capture:
            return
        document, actor = self._session.document, self._session.actor
        try:
            edit = add_chips(document, [chip_bytes.chip for chip_bytes in chips], actor=actor, image=capture.facts)
            self._session.push(with_chip_of_sighting(document, edit, actor=actor))
        except GeoloupeError as error:
            self._fail(error)
            return
        self._end()
        name = one_line(capture.facts["layer_title"], 60)
        label = one_line(capture.site.label, 60) if capture.site is not None else ""
        about = (
            self.tr("“{0}”").format(label) if label else self.tr("the site") if capture.site else self.tr("the case")
        )
        self._messages.show(KEY, self.tr("A chip of “{0}” is kept with {1}.").format(name, about))
        self.taken.emit("" if capture.site is None else capture.site.uuid)

    # -- rows ----------------------------------------------------------------------------------------------------

    def _pixel_row(self, capture: _Capture, pixels: _Pixels) -> Chip:
        window = pixels.window
        return Chip(
            uuid=new_uuid(),
            kind="pixels",
            content_type=pixels.content_type,
            width=window.width,
            height=window.height,
            transform_json=json.dumps(list(window.placed)),
            bounds_json=json.dumps(list(window.bounds)),
            stretch_json=pixels.stretch_json,
            credit=capture.facts["credit"],
            **_of_crs(window.crs),
            **_common(capture),
        )

    def _view_row(self, capture: _Capture) -> Chip:
        assert capture.shown is not None
        image, styles, credited = capture.shown
        view = capture.view
        return Chip(
            uuid=new_uuid(),
            kind="view",
            content_type="image/png",
            width=image.width(),
            height=image.height(),
            transform_json=json.dumps(list(view.affine)),
            bounds_json=json.dumps(list(view.world_bounds())),
            stretch_json=styles,
            credit=credited,
            **_of_crs(view.grid.crs),
            **_common(capture),
        )

    # -- telling -------------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        if self._capture is not None and self._capture.job is None:
            self._capture.job = self._jobs.follow(self.tr("Taking a chip"), self.give_up)

    def _lose_patience(self) -> None:
        self._fail(CannotBePlaced(self.tr("No chip was taken: the view was not loaded in time. Try again.")))

    def _failed(self, capture: _Capture, error: GeoloupeError) -> None:
        if capture is self._capture:
            self._fail(error)

    def _fail(self, error: GeoloupeError) -> None:
        self._end()
        self._say(error.sentence)

    def _say(self, sentence: str) -> None:
        self._messages.show(KEY, sentence, "warning")

    def _end(self) -> None:
        capture, self._capture = self._capture, None
        self._notice.stop()
        self._patience.stop()
        if capture is not None and capture.job is not None:
            self._jobs.end(capture.job)


def _painted(shown: ShownScene, view: View) -> tuple[QImage, str, str]:
    """Paint a view; returns the picture, the styles in it in JSON, and its credits."""
    image = unpainted(view.width, view.height, opaque=True)
    with painting(image) as painter:
        shown.paint_map(painter, view)
    scene = shown.frames[0]
    styles = {uuid: scene.drawings[uuid].layer.style_json for uuid in scene.stack.in_view(view)}
    styles |= {uuid: style for uuid, style in stretches_on_screen(scene).items() if uuid in styles}
    plain = {uuid: json.loads(style) if style else {} for uuid, style in styles.items()}
    return image, json.dumps({"layers": plain}), "; ".join(credits_of(shown, view))


def _region(capture: _Capture) -> Region:
    """Region to capture: the site's extent with its margin, or the whole view without a site."""
    if capture.site is None:
        view = capture.view
        return Region(capture.place, transform_bounds(view.grid.crs, WGS84, view.world_bounds()))
    left, bottom, right, top = capture.site.geometry.bounds
    wide, high = (right - left) * MARGIN, (top - bottom) * MARGIN
    return Region(capture.place, Bounds(left - wide, bottom - high, right + wide, top + high))


def _common(capture: _Capture) -> dict[str, Any]:
    """Fields that both chips of a capture share."""
    facts = capture.facts
    return {
        "site_uuid": "" if capture.site is None else capture.site.uuid,
        "layer_uuid": capture.layer_uuid,
        "layer_title": facts["layer_title"],
        "acquired_at": facts["acquired_at"],
        "date_kind": facts["date_kind"],
    }


def _of_crs(crs: str) -> dict[str, Any]:
    parsed = parse_crs(crs)
    authority, code = parsed.to_authority() or ("", "")
    srs_id = int(code) if authority == "EPSG" and code.isdecimal() else 0
    return {"srs_id": srs_id, "crs_wkt": str(parsed.to_wkt())}


def _screen_m(view: View) -> float:
    """Metres on the ground that a pixel in the middle of the view is wide."""
    x, y = view.to_world(view.width / 2, view.height / 2)
    return ground_resolution_m(view.grid.crs, x, y, view.grid.resolution)
