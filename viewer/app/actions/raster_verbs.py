"""Handlers of the Image menu and its keys, on the current raster layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from layers.raster.presets import COMBINATIONS, Combination, names_of, resolve
from viewer.app.actions.action_table import ActionTable, band_action
from viewer.panels.context import PanelContext
from viewer.panels.raster_style.raster_styler import RasterStyler
from viewer.support.messages import Messages


class RasterVerbs(QObject):
    """`changed`: other actions may be offered now."""

    changed = Signal()

    def __init__(self, context: PanelContext, messages: Messages, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window
        self._styler = RasterStyler(context, self)
        self._styler.refused.connect(partial(self._say, messages))
        self._seen: tuple[object, ...] = ()
        context.layer_shown.connect(self.look_again)
        context.changed.connect(self.look_again)
        context.document_replaced.connect(self.look_again)

    def handlers(self) -> dict[str, Callable[..., None]]:
        """By the ids of the table of actions."""
        return {
            "dra": self._styler.set_dra,
            "copy_stretch": self._styler.copy_stretch,
            "paste_stretch": self._styler.paste_stretch,
            "combine_bands": self.combine_bands,
            "invert": self._styler.invert,
            "auto_style": self._styler.reset_or_say,
            "image_style": self._show_style,
            **{band_action(each): partial(self._show, each) for each in COMBINATIONS},
        }

    def combine_bands(self) -> None:
        """Channels from different images."""
        from viewer.panels.raster_style.combine_dialog import open_combine_dialog  # for start-up time

        open_combine_dialog(self._context, self._window)

    def _show_style(self) -> None:
        self._context.show_layer(self._context.layer_uuid, raise_form=True)
        self._context.layer_style_wanted.emit()

    def look_again(self, *_: object) -> None:
        """The current layer is another one, is read now, or looks other."""
        layer = self._styler.layer
        seen = (self._context.layer_uuid, self._styler.info, layer.style_json if layer is not None else "")
        if seen != self._seen:
            self._seen = seen
            self.changed.emit()

    def conditions(self) -> set[str]:
        """What the table's `needs` may count on."""
        if self._styler.info is None:
            return set()
        return {"raster"} | {band_action(each) for each in COMBINATIONS if self._bands(each) is not None}

    def label(self, actions: ActionTable) -> None:
        """Say which bands a combination shows, or why it cannot be shown; and whether the stretch is the view's."""
        image = self._styler.image
        actions["dra"].setChecked(self._styler.is_dra)
        actions["invert"].setChecked(self._styler.is_inverted)
        for combination in COMBINATIONS:
            bands = self._bands(combination)
            text = ""
            if bands is not None and image is not None:
                text = self.tr("{0}: bands {1}").format(combination.title, ", ".join(map(str, bands)))
            elif image is not None:
                text = self.tr("{0} (no band is known as {1})").format(combination.title, self._missing(combination))
            actions.set_text(band_action(combination), text)

    def _bands(self, combination: Combination) -> tuple[int, ...] | None:
        image = self._styler.image
        return None if image is None else resolve(combination.bands, names_of(image))

    def _missing(self, combination: Combination) -> str:
        image = self._styler.image
        known = {} if image is None else names_of(image)
        return ", ".join(name for name in combination.bands if resolve((name,), known) is None)

    def _show(self, combination: Combination) -> None:
        bands = self._bands(combination)
        if bands is not None:
            self._styler.show_bands(bands)

    def _say(self, messages: Messages, sentence: str) -> None:
        if sentence:
            messages.show("style", sentence, "warning")
        else:
            messages.clear("style")
