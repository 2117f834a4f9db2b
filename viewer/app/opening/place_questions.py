"""Asks for the CRS of data without one, one file after the other, and applies the answer to the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from layers.document.layer import Layer
from layers.errors import CannotBePlaced
from layers.geo.bounds import Bounds
from layers.geo.crs import PIXEL_SPACE, WEB_MERCATOR, WGS84, is_off_earth, utm_crs
from layers.geo.crs_catalog import KnownCRS, known_crs, looks_like_degrees
from layers.geo.lon_extent import around
from layers.raster.info import RasterInfo
from viewer.app.case.session import Session
from viewer.app.navigation.map_views import MapViews
from viewer.app.opening.picture_placer import PicturePlacer, without_points
from viewer.app.opening.pictures import pictures_folder
from viewer.app.opening.questions_in_turn import QuestionsInTurn
from viewer.commands.found_layers import FoundLayer, edit_for
from viewer.commands.layers import update_layer
from viewer.commands.unplaced import PICTURES, PlaceQuestion
from viewer.panels.context import PanelContext
from viewer.support.jobs import Jobs
from viewer.support.settings import Settings

if TYPE_CHECKING:
    from viewer.commands.imagery.pasted_pages import PlacedPage
    from viewer.panels.layers.place_dialog import PlaceDialog

MOST_RECENT = 6


class PlaceQuestions(QuestionsInTurn):
    """Asks where new layers lie. They are added once this is answered; the map stays usable meanwhile."""

    def __init__(
        self,
        session: Session,
        views: MapViews,
        panels: PanelContext,
        pictures: PicturePlacer,
        show: Callable[[Bounds | None], None],
        jobs: Jobs,
        settings: Settings,
        window: QWidget,
    ) -> None:
        """`show` gets the bounds of added layers in lon, lat; `window` is the parent of the dialogs."""
        super().__init__(session, window)
        self._session, self._views, self._panels, self._pictures = session, views, panels, pictures
        self._georeference = panels.layer_verbs.georeference.emit
        self._show, self._jobs, self._settings, self._window = show, jobs, settings, window

    def ask(self, layers: list[FoundLayer]) -> None:
        """Ask about layers with a question; those of one file together."""
        for _, group in groupby(layers, key=lambda layer: layer.question):
            self.ask_in_turn(partial(self._about, list(group)))

    def ask_again(self, uuid: str) -> None:
        """Ask again about a layer of the case."""
        layer = self._session.document.layers.get(uuid)
        if layer is not None and self.is_idle:
            self.ask_in_turn(partial(self._about_shown, layer))

    def ask_crs(self, question: PlaceQuestion, current: str, take: Callable[[str], None]) -> None:
        """Ask for the CRS of numbers that become sites; `current` holds until `take` gets another."""

        def make() -> PlaceDialog:
            dialog = self._dialog_of(question, {}, current)
            dialog.decided.connect(take)
            dialog.decided.connect(self._remember)
            return dialog

        self.ask_in_turn(make)

    # -- asking -----------------------------------------------------------------------------------------------------

    def _about(self, layers: list[FoundLayer]) -> PlaceDialog:
        question = layers[0].question
        assert question is not None
        dialog = self._dialog_of(question, layers[0].source)
        dialog.decided.connect(lambda crs: self._add(layers, crs))
        dialog.laid_on_view.connect(lambda how: self._pictures.add(layers[0], question.size, how))
        dialog.placed_by_page.connect(
            lambda page: self._pictures.add_page(layers[0], page, partial(self._show_page, page, question.size))
        )
        dialog.points_wanted.connect(lambda: self._georeference(self._add(layers, PIXEL_SPACE)))
        return dialog

    def _about_shown(self, layer: Layer) -> PlaceDialog:
        uuid, question = layer.uuid, self._question_of(layer)
        dialog = self._dialog_of(question, layer.source, layer.crs)
        dialog.decided.connect(lambda crs: self._change(uuid, crs))
        dialog.laid_on_view.connect(lambda how: self._pictures.move(uuid, question.size, how))
        dialog.placed_by_page.connect(
            lambda page: self._pictures.move_to_page(uuid, page, partial(self._views.show_layer, uuid))
        )
        dialog.points_wanted.connect(lambda: self._georeference(uuid))
        return dialog

    def _dialog_of(self, question: PlaceQuestion, source: Mapping[str, Any], current: str = "") -> PlaceDialog:
        from viewer.panels.layers.place_dialog import PlaceDialog  # for start-up time: nothing is asked yet

        likely, path = self._likely(question), source.get("path")
        has_view = not self._views.is_off_earth
        is_kept = isinstance(path, str) and Path(path).parent == pictures_folder(self._session.target)
        page = self._pictures.page_form(source, question.size) if all(question.size) else None
        dialog = PlaceDialog(
            question, likely, self._load, current, self._window, has_view=has_view, is_kept=is_kept, page=page
        )
        dialog.camera_wanted.connect(lambda: self._mark_camera(dialog))
        return dialog

    def _likely(self, question: PlaceQuestion) -> list[str]:
        """Likely CRSs: recent choices, degrees where the numbers allow it, the local UTM zone, Web Mercator, WGS 84."""
        likely = [text for text in self._settings.get("recent_crs") if isinstance(text, str)]
        if question.bounds is not None and looks_like_degrees(question.bounds):
            likely.append(WGS84)
        lon, lat = self._views.map_centre()
        if -80 <= lat <= 84:
            likely.append(utm_crs(lon, lat))
        return [*likely, WEB_MERCATOR, WGS84]

    def _load(self, take: Callable[[tuple[KnownCRS, ...]], None]) -> None:
        self._jobs.run(lambda _: known_crs(), take, None, self.tr("Reading the list of CRSs"))

    def _question_of(self, layer: Layer) -> PlaceQuestion:
        info = self._views.layer_info(layer.uuid)
        name = layer.source.get("path", layer.name).rpartition("/")[2]
        if isinstance(info, RasterInfo):
            bounds = info.bounds if info.placed_by else None
            is_picture = bounds is None and not info.crs and name.lower().endswith(PICTURES)
            size = (info.width, info.height) if is_picture else (0, 0)
            from viewer.panels.layers.camera_place import photograph_of  # for start-up time

            return PlaceQuestion(name, info.crs, bounds, True, size, photograph_of(info))
        return PlaceQuestion(name, info.crs if info else "", info.bounds if info else None, False)

    def _mark_camera(self, dialog: PlaceDialog) -> None:
        from viewer.panels.layers.camera_place import mark_camera  # for start-up time

        photograph = dialog.question.photograph
        if photograph is not None and mark_camera(self._panels, photograph, dialog.question.name):
            dialog.show_camera_marked()

    # -- answers ----------------------------------------------------------------------------------------------------

    def _add(self, layers: list[FoundLayer], crs: str) -> str:
        """Add layers in a CRS; returns the uuid of the topmost one, empty where the edit was refused."""
        placed = [layer.placed(crs) for layer in layers]
        edit = edit_for(self._session.document, placed, self._session.actor)
        uuid = edit.changes[-1].uuid
        if not self._session.push_or_say(edit):
            return ""
        self._remember(crs)
        if is_off_earth(crs):
            self._show(None)
            self._views.show_plane(uuid)
        else:
            self._show(around(layer.bounds_lonlat for layer in placed if layer.bounds_lonlat is not None))
        return uuid

    def _show_page(self, page: PlacedPage, size: tuple[int, int]) -> None:
        try:
            self._show(page.bounds_lonlat(size))
        except CannotBePlaced:
            self._show(None)  # beyond the edge of its map; it is in the list of layers

    def _change(self, uuid: str, crs: str) -> None:
        document = self._session.document
        layer = document.layers.get(uuid)
        if layer is None:
            return
        edit = update_layer(document, uuid, actor=self._session.actor, crs=crs, **without_points(layer))
        if edit.changes and self._session.push_or_say(edit):
            self._remember(crs)
            self._views.show_layer(uuid)

    def _remember(self, crs: str) -> None:
        if crs not in ("", PIXEL_SPACE):
            recent = [crs, *(other for other in self._settings.get("recent_crs") if other != crs)]
            self._settings.set("recent_crs", recent[:MOST_RECENT])
