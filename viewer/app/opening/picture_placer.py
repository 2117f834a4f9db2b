"""Lays pictures without a place on the map, by world files beside copies that the case keeps: on the present view, or
where the address of a web map's page tells.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec.structs import replace
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from shiboken6 import isValid

from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.grid.tile_grid import Affine
from layers.pool.pool import ReaderPool
from layers.pool.protocol import Answer, Request
from layers.requests.imagery import ReadTile
from viewer.app.case.session import Session
from viewer.app.navigation.map_views import MapViews
from viewer.app.navigation.web_maps import KnownWebMaps
from viewer.app.opening.pictures import OnView, pictures_folder, placed_copy, world_file, world_lines
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.commands.layers import update_layer
from viewer.rendering.images import image_of_argb
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from viewer.commands.imagery.pasted_pages import PlacedPage
    from viewer.panels.layers.page_form import PageForm

PREVIEW_PX = 460
"""Most columns or rows of a picture in the form: two a pixel of its preview."""


class PicturePlacer(QObject):
    """Adds pictures on the view, or moves there those that are layers already. Used on the window's thread only."""

    def __init__(
        self,
        session: Session,
        views: MapViews,
        jobs: Jobs,
        pool: ReaderPool,
        allow: Callable[[Iterable[Mapping[str, Any]]], None],
        messages: Messages,
        parent: QObject,
    ) -> None:
        """`allow` gets the sources that may be read once they are placed."""
        super().__init__(parent)
        self._session, self._views, self._jobs, self._pool = session, views, jobs, pool
        self._allow, self._messages = allow, messages
        self.web_maps = KnownWebMaps(messages, self)
        """The web maps whose addresses can be read."""

    def page_form(self, source: Mapping[str, Any], size: tuple[int, int]) -> PageForm:
        """The form for the address of the page that a picture was copied from, with the picture in it soon."""
        from viewer.panels.layers.page_form import PageForm  # for start-up time: few pictures are copied from pages

        form = PageForm(size, self.web_maps.read, self.web_maps.is_page)
        form.picture_wanted.connect(lambda: self._show_small(str(source.get("path", "")), size, form))
        copied = self.web_maps.take_copied()
        if copied:
            form.take(copied)
        form.take_copied()
        return form

    def _show_small(self, path: str, size: tuple[int, int], form: PageForm) -> None:
        """Have a reader make the picture small, for the preview of a form."""

        def show(answer: Answer | GeoloupeError) -> None:
            if not isinstance(answer, GeoloupeError) and isValid(form):
                form.preview.show_image(_image_of(answer))

        shrunk = max(1.0, *(side / PREVIEW_PX for side in size))
        question = ReadTile(
            path,
            bands=(1, 2, 3),
            affine=Affine(shrunk, 0.0, 0.0, 0.0, -shrunk, 0.0),
            width=math.ceil(size[0] / shrunk),
            height=math.ceil(size[1] / shrunk),
            resampling="average",
        )
        self._pool.submit(Request(question, partial(self._jobs.mailbox.post, show), path))

    def add(self, layer: FoundLayer, size: tuple[int, int], how: OnView) -> None:
        """Add a picture, placed on the view. `size`: its columns and rows; `how`: in the middle or filling it."""

        def edit(source: dict[str, Any], crs: str) -> Edit:
            placed = replace(layer, source=source, facts={**layer.facts, "crs": crs}, question=None)
            return edit_for(self._session.document, [placed], self._session.actor)

        self._place_on_view(layer.source, size, how, edit)

    def add_page(self, layer: FoundLayer, page: PlacedPage, done: Callable[[], None]) -> None:
        """Add a picture of a web map's page, where its address tells; then call `done`."""

        def edit(source: dict[str, Any], crs: str) -> Edit:
            placed = page.layer_of(replace(layer, source=source))
            return edit_for(self._session.document, [placed], self._session.actor)

        self._place(layer.source, page.place.crs, world_lines(page.place.affine), edit, done)

    def move_to_page(self, uuid: str, page: PlacedPage, done: Callable[[], None]) -> None:
        """Place a picture that is a layer already where the address of its page tells; then call `done`."""
        session = self._session

        def edit(source: dict[str, Any], crs: str) -> Edit:
            row = session.document.layers.get(uuid)
            fields = {"source_json": json.dumps(page.source_of(source)), "crs": crs, **without_points(row)}
            fields |= page.date_facts if row is not None and not row.acquired_at else {}
            fields |= {"credit": page.page.credit} if row is not None and not row.credit else {}
            return update_layer(session.document, uuid, actor=session.actor, **fields)

        layer = session.document.layers.get(uuid)
        if layer is not None:
            world = world_lines(page.place.affine)
            self._place(layer.source, page.place.crs, world, edit, done, is_shown=True)

    def move(self, uuid: str, size: tuple[int, int], how: OnView) -> None:
        """Place a picture that is a layer already, with the uuid `uuid`, on the view; `size` and `how` as for `add`."""
        session = self._session

        def edit(source: dict[str, Any], crs: str) -> Edit:
            text = json.dumps(source)
            row = session.document.layers.get(uuid)
            fields = {"source_json": text, "crs": crs, **without_points(row)}
            return update_layer(session.document, uuid, actor=session.actor, **fields)

        layer = session.document.layers.get(uuid)
        if layer is not None:
            self._place_on_view(layer.source, size, how, edit, is_shown=True)

    def _place_on_view(
        self,
        source: dict[str, Any],
        size: tuple[int, int],
        how: OnView,
        edit: Callable[[dict[str, Any], str], Edit],
        *,
        is_shown: bool = False,
    ) -> None:
        view = self._views.shown_view()
        self._place(source, view.grid.crs, world_file(size, view, how), edit, is_shown=is_shown)

    def _place(
        self,
        source: dict[str, Any],
        crs: str,
        world: str,
        edit: Callable[[dict[str, Any], str], Edit],
        pushed: Callable[[], None] = lambda: None,
        *,
        is_shown: bool = False,
    ) -> None:
        """Write the copy and its world file in a job, then push `edit`, which is given the copy's source and CRS."""
        session = self._session
        folder = pictures_folder(session.target)

        def done(path: Path) -> None:
            placed = {**source, "path": str(path)}
            self._pool.known_probes.forget(str(path))
            self._allow([placed])
            try:
                if session.push_or_say(edit(placed, crs)):
                    pushed()
            except GeoloupeError as error:
                failed(error)

        def failed(error: GeoloupeError) -> None:
            self._messages.show("picture", error.sentence, "error")

        work = partial(placed_copy, Path(source["path"]), folder, world, is_shown=is_shown)
        self._jobs.run(lambda _: work(), done, failed, self.tr("Placing the picture"), apart=True, of_case=True)


def without_points(layer: Layer | None) -> dict[str, str]:
    """Field that removes a layer's control points, if it has any: a layer is placed in one way only."""
    return {"control_points_json": ""} if layer is not None and layer.control_points_json else {}


def _image_of(answer: Answer) -> QImage:
    """The picture of a tile of three bands of bytes."""
    pixels, mask = answer.arrays
    red, green, blue = (band.astype(np.uint32) for band in pixels)
    return image_of_argb(np.where(mask, 0xFF000000 | red << 16 | green << 8 | blue, 0).astype(np.uint32))
