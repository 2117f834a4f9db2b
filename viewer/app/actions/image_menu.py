"""The Image menu: combinations of bands, stretch and style of the current raster layer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from layers.document.site import Site
from layers.phrase import Phrase
from layers.raster.presets import COMBINATIONS, Combination, names_of, resolve
from viewer.app.actions.action_table import Action, ActionMenu
from viewer.app.imagery.scene_finding import SceneFinding
from viewer.app.match_plate.plate_desk import MatchPlateDesk
from viewer.panels.context import PanelContext
from viewer.panels.raster_style.raster_styler import RasterStyler
from viewer.rendering.layers.image_values import area_of, can_measure
from viewer.support.language.stored_words import word
from viewer.support.messages import Messages

if TYPE_CHECKING:
    from layers.observing.archive_question import AskedQuestion


def band_action(combination: Combination) -> str:
    """The id of the action that shows a combination of bands."""
    return f"bands_{combination.name}"


def _combination(combination: Combination) -> Action:
    """Row of the menu for one combination of bands."""
    return Action(
        band_action(combination),
        Phrase(combination.title),
        partial(_show, combination=combination),
        combination.key,
        offered=partial(_can_show, combination=combination),
        breaks=combination is COMBINATIONS[0],
        text_now=partial(_text_of, combination=combination),
    )


def _show(menu: ImageMenu, combination: Combination) -> None:
    menu.show_combination(combination)


def _can_show(menu: ImageMenu, combination: Combination) -> bool:
    return menu.has_raster() and menu.bands_of(combination) is not None


def _text_of(menu: ImageMenu, combination: Combination) -> str:
    return menu.text_of(combination)


class ImageMenu(ActionMenu):
    """Actions on the current layer, where that is a raster that has been read."""

    def __init__(
        self,
        panels: PanelContext,
        messages: Messages,
        plates: MatchPlateDesk,
        scenes: SceneFinding,
        window: QWidget,
    ) -> None:
        """`window` is the parent of dialogs."""
        super().__init__(window)
        self._plates, self._scenes = plates, scenes
        scenes.changed.connect(self.changed)
        self._panels, self._messages, self._window = panels, messages, window
        self._styler = RasterStyler(panels, self)
        self._styler.refused.connect(self._say)
        self._seen: tuple[object, ...] = ()
        panels.archive_wanted.connect(self.search_archive)
        panels.question_wanted.connect(self.ask_archive_again)
        panels.scene_wanted.connect(scenes.show_listed)
        panels.layer_shown.connect(self.look_again)
        panels.changed.connect(self.look_again)
        panels.document_replaced.connect(self.look_again)

    def look_again(self, *_: object) -> None:
        """Refresh the actions where the current layer, its metadata or its style has changed."""
        layer = self._styler.layer
        current = (self._panels.layer_uuid, self._styler.info, layer.style_json if layer is not None else "")
        if current != self._seen:
            self._seen = current
            self.changed.emit()

    def has_raster(self) -> bool:
        """True while the current layer is a raster that has been read."""
        return self._styler.info is not None

    # -- combinations of bands ----------------------------------------------------------------------------------

    def show_combination(self, combination: Combination) -> None:
        bands = self.bands_of(combination)
        if bands is not None:
            self._styler.show_bands(bands)

    def bands_of(self, combination: Combination) -> tuple[int, ...] | None:
        """Band numbers of a combination; None where the image lacks a band of it."""
        image = self._styler.image
        return None if image is None else resolve(combination.bands, names_of(image))

    def text_of(self, combination: Combination) -> str:
        """Text of a combination: its bands, or why it cannot be shown; empty where there is no image."""
        image, bands = self._styler.image, self.bands_of(combination)
        if image is None:
            return ""
        if bands is not None:
            return self.tr("{0}: bands {1}").format(word(combination.title), ", ".join(map(str, bands)))
        band_names = names_of(image)
        missing = ", ".join(name for name in combination.bands if resolve((name,), band_names) is None)
        return self.tr("{0} (no band is known as {1})").format(word(combination.title), missing)

    def combine_bands(self) -> None:
        """Open the dialog that combines channels from different images."""
        from viewer.panels.raster_style.combine_dialog import open_combine_dialog  # for start-up time

        open_combine_dialog(self._panels, self._window)

    def open_plate(self) -> None:
        """Open a match plate: the current layer beside the map, with the same numbers on both."""
        self._plates.open()

    def can_open_plate(self) -> bool:
        return self._plates.can_open()

    # -- values -------------------------------------------------------------------------------------------------

    def selected_area(self) -> Site | None:
        """The selected mark where it is the only one and encloses an area, else None."""
        uuids = self._panels.selection.uuids
        site = self._panels.document.sites.get(next(iter(uuids))) if len(uuids) == 1 else None
        return site if site is not None and area_of(site) is not None else None

    def can_measure_area(self) -> bool:
        """True while there is an image with values. The action itself says that an area must be selected."""
        return can_measure(self._panels.document.layers.values(), self._panels.layers.drawing_of)

    def show_area_statistics(self) -> None:
        """Show statistics inside the selected mark, of the current image, else of the topmost one."""
        from viewer.panels.raster_style.area_statistics_dialog import AreaStatisticsDialog  # for start-up time

        site = self.selected_area()
        if site is None:
            self._panels.report(
                self.tr("Select one mark that encloses an area, on the map or in the list: its pixels are measured.")
            )
        else:
            AreaStatisticsDialog(self._panels, site, self._panels.layer_uuid, self._window).show()

    # -- stretch and style --------------------------------------------------------------------------------------

    def set_dra(self, on: bool) -> None:
        self._styler.set_dra(on)

    def is_dra(self) -> bool:
        return self._styler.is_dra

    def copy_stretch(self) -> None:
        self._styler.copy_stretch()

    def paste_stretch(self) -> None:
        self._styler.paste_stretch()

    def invert(self, on: bool) -> None:
        self._styler.invert(on)

    def is_inverted(self) -> bool:
        return self._styler.is_inverted

    def reset_style(self) -> None:
        self._styler.reset_or_say()

    def show_style(self) -> None:
        """Show the histogram and the style of the current layer in its properties form."""
        self._panels.show_style()

    # -- scenes of here -----------------------------------------------------------------------------------------

    def add_scene_folder(self) -> None:
        """Ask for a folder of scenes and add it, with the time strip in sight that will show them."""
        folder = self._scenes.ask_folder()
        if folder is not None:
            self._panels.panel_wanted.emit("time_strip")
            self._scenes.folders.add(str(folder))

    def search_archives(self) -> None:
        """Show the question to archives, with the time strip in sight that will show the answer."""
        self.search_archive("")

    def search_archive(self, address: str) -> None:
        """Show the question to the archive at an address; empty text for any."""
        self._panels.panel_wanted.emit("time_strip")
        self._scenes.search_archives(address)

    def ask_archive_again(self, query: AskedQuestion) -> None:
        """Show the question of a kept search to its archive, as it was asked."""
        self._panels.panel_wanted.emit("time_strip")
        self._scenes.ask_archive_again(query)

    def show_news(self) -> None:
        """Show the question what is new over sites."""
        self._scenes.show_news()

    def show_scene_outlines(self, shown: bool) -> None:
        self._scenes.show_outlines(shown)

    def shows_scene_outlines(self) -> bool:
        return self._scenes.shows_outlines

    def has_map(self) -> bool:
        """True while there is a map to look at."""
        return self._scenes.has_map

    def _say(self, sentence: str) -> None:
        if sentence:
            self._messages.show("style", sentence, "warning")
        else:
            self._messages.clear("style")

    id = "image"
    actions = (
        *map(_combination, COMBINATIONS),
        Action(
            "dra",
            QT_TRANSLATE_NOOP("Actions", "&Stretch from the View (DRA)"),
            set_dra,
            "D",
            "dra",
            toolbar=True,
            check="own",
            offered=has_raster,
            breaks=True,
            checked=is_dra,
            tip=QT_TRANSLATE_NOOP("Actions", "Stretch the layer by what is in view; off keeps the stretch as it is"),
        ),
        Action(
            "copy_stretch",
            QT_TRANSLATE_NOOP("Actions", "&Copy Stretch"),
            copy_stretch,
            "Ctrl+Alt+C",
            "copy",
            offered=has_raster,
        ),
        Action(
            "paste_stretch",
            QT_TRANSLATE_NOOP("Actions", "&Paste Stretch"),
            paste_stretch,
            "Ctrl+Alt+V",
            offered=has_raster,
        ),
        Action(
            "invert",
            QT_TRANSLATE_NOOP("Actions", "&Invert"),
            invert,
            "I",
            check="own",
            offered=has_raster,
            checked=is_inverted,
            tip=QT_TRANSLATE_NOOP("Actions", "Show dark as light and light as dark"),
        ),
        Action(
            "auto_style",
            QT_TRANSLATE_NOOP("Actions", "&Automatic Style"),
            reset_style,
            offered=has_raster,
            tip=QT_TRANSLATE_NOOP("Actions", "Back to the bands and the stretch found when the file was opened"),
        ),
        Action(
            "image_style",
            QT_TRANSLATE_NOOP("Actions", "&Histogram and Style…"),
            show_style,
            "Ctrl+H",
            offered=has_raster,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Bands, indices, band maths, stretch, colours of the layer"),
        ),
        Action(
            "area_statistics",
            QT_TRANSLATE_NOOP("Actions", "Statistics Insi&de the Selected Area…"),
            show_area_statistics,
            "Ctrl+Shift+H",
            offered=can_measure_area,
            tip=QT_TRANSLATE_NOOP("Actions", "Count, extremes, mean, percentiles and histogram of an image in a mark"),
        ),
        Action(
            "combine_bands",
            QT_TRANSLATE_NOOP("Actions", "Combine &Bands of Layers…"),
            combine_bands,
            "Ctrl+B",
            offered=has_raster,
            tip=QT_TRANSLATE_NOOP("Actions", "Red, green and blue from any open images, as a new layer"),
        ),
        Action(
            "match_plate",
            QT_TRANSLATE_NOOP("Actions", "&Match Plate…"),
            open_plate,
            offered=can_open_plate,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Set the same numbers on the current photograph and on the map"),
        ),
        Action(
            "add_scene_folder",
            QT_TRANSLATE_NOOP("Actions", "Add &Folder of Scenes…"),
            add_scene_folder,
            offered=has_map,
            breaks=True,
            tip=QT_TRANSLATE_NOOP("Actions", "Search a folder for images; the time strip shows those of this place"),
        ),
        Action(
            "search_archives",
            QT_TRANSLATE_NOOP("Actions", "Search Archi&ves…"),
            search_archives,
            "Ctrl+Shift+F",
            offered=has_map,
            tip=QT_TRANSLATE_NOOP("Actions", "Ask public archives which scenes of this place they have, and when"),
        ),
        Action(
            "what_is_new",
            QT_TRANSLATE_NOOP("Actions", "What Is &New…"),
            show_news,
            "Ctrl+Shift+W",
            offered=has_map,
            tip=QT_TRANSLATE_NOOP("Actions", "What archives and folders have of your sites since the last look"),
        ),
        Action(
            "scene_outlines",
            QT_TRANSLATE_NOOP("Actions", "Scene &Outlines"),
            show_scene_outlines,
            check="own",
            offered=has_map,
            checked=shows_scene_outlines,
            tip=QT_TRANSLATE_NOOP("Actions", "Draw the ground that each scene of the time strip covers"),
        ),
    )
