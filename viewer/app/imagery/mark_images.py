"""Records the image on which each new mark was drawn, without asking the analyst."""

from __future__ import annotations

import time
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal

from layers.document.edit import Change, Edit
from layers.document.mark_position import Pick
from layers.document.site import Site
from layers.document.vocabulary import MEASURED
from layers.errors import GeoloupeError
from layers.grid.tile_grid import View
from layers.text.counted import metres
from viewer.app.case.session import Session
from viewer.app.imagery.late_dating import LateDating
from viewer.canvas.image_below import ImagesBelow, images_around, images_below, scenes_at
from viewer.canvas.scene import MapScene
from viewer.canvas.shown_scene import ShownScene, shown_drawing
from viewer.canvas.widget import MapCanvas
from viewer.commands.imagery.mark_images import SeenImage, forget_image, on_no_image, record_image, record_no_image
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.layers.image_facts import image_facts, pick_at, screen_m_at
from viewer.rendering.raster.combined_source import CombinedSource
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line
from viewer.support.messages import Messages

WAIT_S = 10.0
"""Longest wait for images that are still being read; after that the images already there decide."""
MOST_MOVED = 20
"""Most marks moved at once whose images are looked up again; of more, none is."""
FINER, BLENDED = "mark finer than image", "blended images"


class _Mark(NamedTuple):
    """A mark whose image is not known yet, and the scene on which it was drawn."""

    shown: ShownScene
    view: View
    sides: list[MapScene]
    """Sides of a comparison visible at the mark when it was drawn, as the bar may move before the image is known."""
    until: float = 0.0


class MarkImages(QObject):
    """Finds the image under each mark from the painted layers, once images being read there are complete.

    The image is recorded as part of the undo step that drew the mark or changed it last. `asked` carries a mark's uuid:
    several images are blended there, and the analyst has to say which one counts, or that question is settled now.
    """

    asked = Signal(str)

    def __init__(self, session: Session, canvas: MapCanvas, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._canvas, self._messages = session, canvas, messages
        self._waiting: dict[str, _Mark] = {}
        self._pushed: dict[str, _Mark] = {}
        """Marks of the last edit, with the view in which they were set: a form that opens for them changes the view."""
        self._blended: dict[str, tuple[str, ...]] = {}
        self._finer = ""
        """Uuid of the mark that the last notice calls finer than its image."""
        self._told: set[str] = set()
        """Uuids of the layers about which that notice was shown in this case already."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look_again)
        LateDating(session, messages, self)
        canvas.scene_updated.connect(self._look_again)
        session.history.changed.connect(self._look_again)
        session.history.changed.connect(self._forget_gone)
        session.document_replaced.connect(self._begin_anew)

    @property
    def is_idle(self) -> bool:
        """True while no mark waits for an image that is still being read."""
        return not any(uuid in self._session.document.sites for uuid in self._waiting)

    def note(self, uuid: str) -> None:
        """Record the image of a mark that was drawn just now."""
        site = self._session.document.sites.get(uuid)
        if site is not None:
            mark = self._pushed.pop(uuid, None) or self._set_now(site)
            self._waiting[uuid] = mark._replace(until=time.monotonic() + WAIT_S)
        self._look_again()

    def push(self, edit: Edit) -> bool:
        """Push an edit of a tool, and look up the images of the marks that it moved. True where it was applied."""
        placed = [change for change in edit.changes if change.before is None or _is_moved(change)]
        sites = [change.after for change in placed[: MOST_MOVED + 1] if isinstance(change.after, Site)]
        self._pushed = {site.uuid: self._set_now(site) for site in (sites if len(sites) <= MOST_MOVED else ())}
        is_done = self._session.push_or_say(self._of_bare_map(edit))
        moved = [change.uuid for change in edit.changes if _is_moved(change)] if is_done else []
        for uuid in moved if len(moved) <= MOST_MOVED else ():
            self.note(uuid)
        return is_done

    def blended(self, uuid: str) -> tuple[str, ...]:
        """Layers blended at a mark, of which the analyst must name the one that counts; empty where that is clear."""
        return self._blended.get(uuid, ())

    def choices(self, uuid: str) -> list[tuple[str, str]]:
        """Uuid and name of each shown image layer that a mark may lie on, topmost first."""
        document = self._session.document
        site = document.sites.get(uuid)
        uuids = [] if site is None else [*self.blended(uuid), *images_around(self._canvas.scene, site.geometry)]
        layers = (document.layers[layer] for layer in dict.fromkeys(uuids) if layer in document.layers)
        return [(layer.uuid, layer.name) for layer in layers]

    def choose(self, uuid: str, layer_uuid: str) -> None:
        """Record the image that the analyst names; an empty `layer_uuid` means none of the known ones."""
        document, actor = self._session.document, self._session.actor
        site = document.sites.get(uuid)
        self._waiting.pop(uuid, None)
        was_asked = self._blended.pop(uuid, None) is not None
        if site is not None and layer_uuid:
            view = self._canvas.viewport.view()
            self._record(site, layer_uuid, self._canvas.pane.shown, view, is_own_step=not was_asked)
        elif site is not None:
            self._session.push_or_say(forget_image(document, uuid, actor=actor))
        self.asked.emit(uuid)

    def _of_bare_map(self, edit: Edit) -> Edit:
        """Record at once, within the edit, that a single new mark is drawn where there is no image.

        A second edit would cost as much time again before the mark is seen.
        """
        site = edit.changes[0].after if len(edit.changes) == 1 and edit.changes[0].before is None else None
        if not (isinstance(site, Site) and _wants_image(site)):
            return edit
        view, place = self._canvas.viewport.view(), site.place
        below = images_below(self._canvas.pane.shown, view, place.x, place.y)
        screen_m = None if below.layers or below.is_awaited else screen_m_at(view, place.x, place.y)
        if screen_m is None:
            return edit
        return replace(edit, changes=(replace(edit.changes[0], after=on_no_image(site, screen_m)),))

    def _set_now(self, site: Site) -> _Mark:
        shown, view, place = self._canvas.pane.shown, self._canvas.viewport.view(), site.place
        return _Mark(shown, view, scenes_at(shown, view, place.x, place.y))

    # -- looking -----------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        self._told.clear()
        self._finer = ""
        self._waiting.clear()
        self._pushed.clear()
        self._blended.clear()
        self._timer.stop()

    def _look_again(self) -> None:
        if not self._waiting:
            return
        for uuid, mark in list(self._waiting.items()):
            site = self._session.document.sites.get(uuid)
            if site is not None and uuid in self._waiting:
                self._look(site, mark)
        if self._waiting:
            self._timer.start(round(WAIT_S * 1000))

    def _look(self, site: Site, mark: _Mark) -> None:
        below = self._below(site, mark)
        is_late = time.monotonic() >= mark.until
        shown = self._scene_of(mark)
        drawings = (shown_drawing(shown, uuid) for uuid in below.layers)
        if not is_late and (below.is_awaited or not all(map(_is_known, drawings))):
            return
        del self._waiting[site.uuid]
        image = self._session.document.images.get(site.image_uuid)
        if image is not None and image.layer_uuid in below.layers:
            self._record(site, image.layer_uuid, shown, mark.view)
        elif len(below.layers) > 1:
            self._ask(site, below.layers)
        elif below.layers:
            self._record(site, below.layers[0], shown, mark.view)
        elif _wants_image(site):
            self._record_none(site, mark.view)

    def _below(self, site: Site, mark: _Mark) -> ImagesBelow:
        """Images under a mark, in the present view, else in the view of its making; only on the side it was made on."""
        shown, place = self._scene_of(mark), site.place
        now = next(pane.viewport.view() for pane in self._canvas.panes.all if pane.shown is shown)
        sides = mark.sides if all(side in shown.frames for side in mark.sides) else ()
        below = images_below(shown, now, place.x, place.y, sides)
        return below if below.layers or below.is_awaited else images_below(shown, mark.view, place.x, place.y, sides)

    def _scene_of(self, mark: _Mark) -> ShownScene:
        """Scene on which a mark was drawn; that of the pane in use where it is gone."""
        is_shown = any(pane.shown is mark.shown for pane in self._canvas.panes.all)
        return mark.shown if is_shown else self._canvas.pane.shown

    # -- telling -----------------------------------------------------------------------------------------------

    def _ask(self, site: Site, layers: tuple[str, ...]) -> None:
        self._blended[site.uuid] = layers
        text = self.tr("{0} images are blended where you marked. Say in the form, under Image, which one counts.")
        self._messages.show(BLENDED, text.format(len(layers)))
        self.asked.emit(site.uuid)

    def _record(self, site: Site, layer_uuid: str, shown: ShownScene, view: View, *, is_own_step: bool = False) -> None:
        drawing = shown_drawing(shown, layer_uuid)
        facts = None if drawing is None else image_facts(drawing)
        pick = None if drawing is None else pick_at(drawing, view, site.place.x, site.place.y)
        if drawing is None or facts is None or pick is None:
            return
        from viewer.rendering.layers.shadow_facts import shadow_image  # for start-up time: nothing is marked yet

        try:
            seen_image = SeenImage(facts, pick, shadow_image(drawing))
            edit = record_image(self._session.document, site.uuid, seen_image, actor=self._session.actor)
            if is_own_step:
                self._session.push(edit)
            else:
                self._session.complete(edit, site.uuid)
        except GeoloupeError as error:
            self._messages.show("image of mark", error.sentence, "warning")
            return
        self._messages.clear(BLENDED)
        if site.is_site:  # arrows, texts and numbers claim no place of their own
            self._warn(site.uuid, layer_uuid, facts["layer_title"], pick)

    def _record_none(self, site: Site, view: View) -> None:
        """Record that a mark lies on no image: its position is not measured, and only as accurate as the screen was."""
        screen_m = screen_m_at(view, site.place.x, site.place.y)
        if screen_m is None:
            return
        document, actor = self._session.document, self._session.actor
        try:
            self._session.complete(record_no_image(document, site.uuid, screen_m, actor=actor), site.uuid)
        except GeoloupeError as error:
            self._messages.show("image of mark", error.sentence, "warning")

    def _forget_gone(self) -> None:
        """Clear the notices about marks that are gone: their drawing was undone, or they were deleted."""
        sites = self._session.document.sites
        if self._finer and self._finer not in sites:
            self._finer = ""
            self._messages.clear(FINER)
        if self._blended and not any(uuid in sites for uuid in self._blended):
            self._messages.clear(BLENDED)

    def _warn(self, uuid: str, layer_uuid: str, name: str, pick: Pick) -> None:
        """Show a notice, once for each image, that a mark is finer than its pixels; the form says so all the time."""
        if uuid == self._finer and not pick.is_finer_than_the_image:
            self._messages.clear(FINER)
        if not pick.is_finer_than_the_image or layer_uuid in self._told:
            return
        self._finer = uuid
        self._told.add(layer_uuid)
        text = self.tr("A pixel of “{0}” is {1} here: the mark is no better than that, however closely it was drawn.")
        self._messages.show(FINER, text.format(one_line(name, 60), metres(pick.pixel_m)))


def _is_known(drawing: LayerDrawing | None) -> bool:
    """False while the metadata of an image are still being read: they may decide its key."""
    if not isinstance(drawing, RasterDrawing) or isinstance(drawing.source, CombinedSource):
        return True
    drawing.ask_acquisition()
    return drawing.source.acquisition is not None


def _wants_image(site: Site) -> bool:
    """True for a site with a measured position that has no image yet."""
    return site.is_site and site.position_basis == MEASURED and not site.image_uuid


def _is_moved(change: Change) -> bool:
    """True for a mark measured on an image whose geometry has changed."""
    before, after = change.before, change.after
    if not (isinstance(before, Site) and isinstance(after, Site)):
        return False
    is_on_image = bool(after.image_uuid) and after.position_basis == MEASURED
    return is_on_image and before.geometry != after.geometry
