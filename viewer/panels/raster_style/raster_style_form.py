"""The form of a raster layer's style: bands, stretch, colours. A slider's drag is previewed and is one undo step."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, override

import shiboken6
from msgspec.structs import replace
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.raster.info import RasterInfo
from layers.raster.style import COLORMAPS, RasterStyle, Stretch
from viewer.panels.raster_style.band_form import BandForm
from viewer.panels.raster_style.color_bar import ColorBar
from viewer.panels.raster_style.combine_dialog import open_combine_dialog
from viewer.panels.raster_style.raster_styler import RasterStyler
from viewer.panels.raster_style.stretch_panel import StretchPanel
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import side_by_side
from viewer.panels.widgets.slider_field import SliderField, factor, percent
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.rendering.raster.shown_style import ViewSample
from viewer.support.language.stored_words import capital
from viewer.support.language.text import tooltip

LOOKS = ("colormap", "brightness", "contrast", "saturation", "sharpen", "invert", "resampling")


class RasterStyleForm(QWidget):
    """The form. `preview` shows a style, as JSON text, without an edit; edits go through the styler."""

    def __init__(self, styler: RasterStyler, preview: Callable[[str], None]) -> None:
        super().__init__()
        self._styler, self._preview_json = styler, preview
        self._info: RasterInfo | None = None
        self._style: RasterStyle | None = None
        self.drawing: RasterDrawing | None = None
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        self.bands = BandForm(styler, self.fields, form)
        self.mode = self.bands.mode
        self.stretch = StretchPanel()
        self.stretch.rule_chosen.connect(styler.choose_rule)
        self.stretch.stretches_previewed.connect(lambda stretches: self._preview_style(self._given(stretches)))
        self.stretch.stretches_chosen.connect(lambda stretches: self._say(styler.commit(self._given(stretches))))
        styler.refused.connect(self.fields.refuse)
        looks = QFormLayout()
        self.looks = FieldSet(looks, self._commit, self)
        self._add_looks(looks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (self.bands, self.stretch):
            layout.addWidget(part)
        layout.addLayout(looks)
        layout.addLayout(self._buttons())

    def _add_looks(self, form: QFormLayout) -> None:
        add = self.looks.add
        maps = [("", self.tr("Grey")), *((name, capital(name)) for name in COLORMAPS)]
        add("colormap", self.tr("Colours"), ChoiceField(maps), self.tr("For one band: its colour map"))
        self.bar = ColorBar()
        form.addRow("", self.bar)
        self._add_slider("gamma", self.tr("Gamma"), 0.2, 4.0)
        self._add_slider("brightness", self.tr("Brightness"), -1.0, 1.0)
        self._add_slider("contrast", self.tr("Contrast"), -1.0, 1.0)
        self._add_slider("saturation", self.tr("Saturation"), -1.0, 1.0)
        self._add_slider("sharpen", self.tr("Sharpen"), 0.0, 1.0, percent)
        inversions = [(False, self.tr("As they are")), (True, self.tr("Inverted"))]
        add("invert", self.tr("Tones"), ChoiceField(inversions), self.tr("Inverted: as on a negative"))
        ways = [
            ("nearest", self.tr("Nearest: pixels as they are")),
            ("bilinear", self.tr("Bilinear: smooth")),
            ("cubic", self.tr("Cubic: sharper")),
            ("average", self.tr("Average: true means")),
        ]
        add(
            "resampling", self.tr("Pixels"), ChoiceField(ways), self.tr("How the file's pixels become those of the map")
        )

    def _buttons(self) -> QVBoxLayout:
        self.copy_button = QPushButton(self.tr("Copy stretch"))
        self.copy_button.setToolTip(tooltip(self.tr("Keep the stretch for another layer")))
        self.copy_button.clicked.connect(self._styler.copy_stretch)
        self.paste_button = QPushButton(self.tr("Paste stretch"))
        self.paste_button.setToolTip(tooltip(self.tr("Stretch as the layer it was copied from")))
        self.paste_button.clicked.connect(self._styler.paste_stretch)
        self.reset_button = QPushButton(self.tr("Use automatic style"))
        self.reset_button.setToolTip(
            tooltip(self.tr("Back to the bands and the stretch found when the file was opened"))
        )
        self.reset_button.clicked.connect(lambda: self._say(self._styler.reset()))
        self.combine_button = QPushButton(self.tr("Combine bands of layers…"))
        self.combine_button.setToolTip(tooltip(self.tr("Red, green and blue from any open images, as a new layer")))
        self.combine_button.clicked.connect(lambda: open_combine_dialog(self._styler.context, self.window()))
        for button in (self.copy_button, self.paste_button, self.reset_button, self.combine_button):
            button.setAccessibleName(button.text())
        rows = QVBoxLayout()
        rows.addLayout(side_by_side(self.copy_button, self.paste_button))
        rows.addLayout(side_by_side(self.reset_button))
        rows.addLayout(side_by_side(self.combine_button))
        return rows

    def _add_slider(
        self, column: str, title: str, low: float, high: float, text: Callable[[float], str] = factor
    ) -> None:
        slider = SliderField(low, high, text)
        slider.previewed.connect(lambda value: self._preview(column, value))
        self.looks.add(column, title, slider)

    # -- showing ------------------------------------------------------------------------------------------------

    def show_layer(self) -> None:
        """Show the style of the current layer; one that does not fit the file shows as the automatic one."""
        info, image = self._styler.info, self._styler.image
        if info is None or image is None:
            return
        self._info = info
        self._follow(self._styler.drawing)
        try:
            style = self._styler.style
        except InvalidValue as error:
            style = RasterStyle.default(info)
            self.fields.refuse(error.sentence)
        assert style is not None
        self._style = style
        self.bands.show_style(style, info, image)
        self.stretch.show_style(style, self._sample())
        self.looks.fields["gamma"].show_value(style.stretches[0].gamma)
        for column in LOOKS:
            self.looks.fields[column].show_value(getattr(style, column))
        for column, shown in (("colormap", style.shown == 1), ("saturation", style.shown == 3)):
            self.looks.fields[column].setVisible(shown)
            self.looks.labels[column].setVisible(shown)
        self.bar.setVisible(style.shown == 1)
        if style.shown == 1:
            self.bar.show_style(style)

    def flush(self) -> None:
        """Commit typing or a drag that has not been entered."""
        for part in (self.bands, self.fields, self.stretch, self.looks):
            part.flush()

    def _sample(self) -> ViewSample | None:
        return self.drawing.sample if self.drawing is not None else None

    def _follow(self, drawing: RasterDrawing | None) -> None:
        """Follow the values in view of a drawing, and have them measured while they are visible."""
        if drawing is self.drawing:
            return
        if self.drawing is not None and shiboken6.isValid(self.drawing):
            self.drawing.sampled.disconnect(self._sampled)
            self.drawing.watch(False)
        self.drawing = drawing
        if drawing is not None:
            drawing.sampled.connect(self._sampled)
            drawing.watch(self.isVisible())

    def _sampled(self) -> None:
        if self._styler.drawing is not self.drawing:
            return
        if self._style is not None and self._style.rule.origin == "view":
            self.show_layer()
        else:
            self.stretch.show_sample(self._sample())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch(True)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._watch(False)

    def _watch(self, watched: bool) -> None:
        if self.drawing is not None and shiboken6.isValid(self.drawing):
            self.drawing.watch(watched)

    # -- changing -----------------------------------------------------------------------------------------------

    def _changed(self, column: str, value: Any) -> RasterStyle:
        """The style with one value changed. Raises InvalidValue."""
        style = self._style
        assert style is not None, "fields are filled in before they are used"
        name, place = column[:-1], int(column[-1]) if column[-1].isdigit() else 0
        if name in ("low", "high"):
            if value is None or value != value:
                raise InvalidValue("A stretch runs from one number to another.")
            stretches = list(style.stretches)
            places = range(len(stretches)) if style.rule.joint else (place,)
            for each in places:
                stretches[each] = replace(stretches[each], **{name: float(value)})
            return self._given(tuple(stretches))
        if column == "gamma":
            return replace(style, stretches=tuple(Stretch(s.low, s.high, value) for s in style.stretches))
        return replace(style, **{column: value})

    def _given(self, stretches: tuple[Stretch, ...]) -> RasterStyle:
        """The style with these stretches, set by hand."""
        assert self._style is not None, "handles are there when a style is shown"
        return replace(self._style, stretches=stretches, rule=replace(self._style.rule, origin="given"))

    def _with_band(self, place: int, band: int) -> RasterStyle:
        """The style with `band` as colour number `place`, in its default stretch until the rule computes one."""
        style, info = self._style, self._info
        assert style is not None, "fields are filled in before they are used"
        assert info is not None, "fields are filled in before they are used"
        stretches = list(style.stretches)
        default = RasterStyle.from_json({"bands": [band]}, info).stretches[0]
        stretches[place] = replace(default, gamma=stretches[place].gamma)
        bands = (*style.bands[:place], band, *style.bands[place + 1 :])
        return replace(style, bands=bands, stretches=tuple(stretches))

    def _commit(self, column: str, value: Any) -> str:
        if self._style is None:
            return ""
        if column.startswith("band"):
            self._styler.settle(self._with_band(int(column[-1]), value))
            return ""
        try:
            return self._styler.commit(self._changed(column, value))
        except InvalidValue as error:
            return error.sentence

    def _preview(self, column: str, value: float) -> None:
        if self._style is not None:
            self._preview_style(self._changed(column, value))

    def _preview_style(self, style: RasterStyle) -> None:
        self._preview_json(json.dumps(style.to_json()))

    def _say(self, sentence: str) -> None:
        self.fields.refuse(sentence)
