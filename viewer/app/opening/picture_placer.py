"""Lays pictures without a place on the present view of the map, by world files beside copies that the case keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QObject

from layers.document.edit import Edit
from layers.document.layer import Layer
from layers.errors import GeoloupeError
from layers.pool.known_probes import KnownProbes
from viewer.app.case.session import Session
from viewer.app.navigation.map_views import MapViews
from viewer.app.opening.pictures import OnView, pictures_folder, placed_copy
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.commands.layers import update_layer
from viewer.support.jobs import Jobs
from viewer.support.messages import Messages


class PicturePlacer(QObject):
    """Adds pictures on the view, or moves there those that are layers already. Used on the window's thread only."""

    def __init__(
        self,
        session: Session,
        views: MapViews,
        jobs: Jobs,
        probes: KnownProbes,
        allow: Callable[[Iterable[Mapping[str, Any]]], None],
        messages: Messages,
        parent: QObject,
    ) -> None:
        """`probes` forget a picture that has a world file now; `allow` gets the sources that may be read then."""
        super().__init__(parent)
        self._session, self._views, self._jobs, self._probes = session, views, jobs, probes
        self._allow, self._messages = allow, messages

    def add(self, layer: FoundLayer, size: tuple[int, int], how: OnView) -> None:
        """Add a picture, placed on the view. `size`: its columns and rows; `how`: in the middle or filling it."""

        def edit(source: dict[str, Any], crs: str) -> Edit:
            placed = replace(layer, source=source, facts={**layer.facts, "crs": crs}, question=None)
            return edit_for(self._session.document, [placed], self._session.actor)

        self._place(layer.source, size, how, edit)

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
            self._place(layer.source, size, how, edit, is_shown=True)

    def _place(
        self,
        source: dict[str, Any],
        size: tuple[int, int],
        how: OnView,
        edit: Callable[[dict[str, Any], str], Edit],
        *,
        is_shown: bool = False,
    ) -> None:
        """Write the copy and its world file in a job, then push `edit`, which is given the copy's source and CRS."""
        session, view = self._session, self._views.shown_view()
        crs, folder = view.grid.crs, pictures_folder(session.target)

        def done(path: Path) -> None:
            placed = {**source, "path": str(path)}
            self._probes.forget(str(path))
            self._allow([placed])
            try:
                session.push_or_say(edit(placed, crs))
            except GeoloupeError as error:
                failed(error)

        def failed(error: GeoloupeError) -> None:
            self._messages.show("picture", error.sentence, "error")

        work = partial(placed_copy, Path(source["path"]), folder, size, view, how, is_shown=is_shown)
        self._jobs.run(lambda _: work(), done, failed, self.tr("Placing the picture"), apart=True, of_case=True)


def without_points(layer: Layer | None) -> dict[str, str]:
    """Field that removes a layer's control points, if it has any: a layer is placed in one way only."""
    return {"control_points_json": ""} if layer is not None and layer.control_points_json else {}
