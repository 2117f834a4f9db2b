"""How a raster looks: bands, stretch, colours. A drag of a slider is seen at once and is one undo step."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QFormLayout, QGridLayout, QPushButton, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.raster.colormaps import COLORMAPS
from layers.raster.info import RasterInfo
from layers.raster.style import RasterStyle, Stretch
from viewer.panels.field_set import FieldSet
from viewer.panels.fields import ChoiceField, NumberField
from viewer.panels.form_page import side_by_side
from viewer.panels.slider_field import SliderField, factor
from viewer.support.text import plain_label


class RasterStyleForm(QWidget):
    """`commit` takes the new style as JSON text and returns why not; `preview` shows one without an edit."""

    def __init__(self, commit: Callable[[str], str], preview: Callable[[str], None]) -> None:
        super().__init__()
        self._commit_json, self._preview_json = commit, preview
        self._info: RasterInfo | None = None
        self._style: RasterStyle | None = None
        self.mode = ChoiceField([(3, self.tr("Three bands as red, green, blue")), (1, self.tr("One band"))])
        self.mode.setAccessibleName(self.tr("Composition"))
        self.mode.committed.connect(self._set_mode)
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        form.addRow(plain_label(self.tr("Show")), self.mode)
        grid = self._band_grid()
        maps = [("", self.tr("Grey")), *((name, name.capitalize()) for name in COLORMAPS)]
        looks = QFormLayout()
        self.looks = FieldSet(looks, self._commit, self)
        self.looks.add("colormap", self.tr("Colours"), ChoiceField(maps), self.tr("For one band: its colour map"))
        self._add_slider("gamma", self.tr("Gamma"), 0.2, 4.0)
        self._add_slider("brightness", self.tr("Brightness"), -1.0, 1.0)
        self._add_slider("contrast", self.tr("Contrast"), -1.0, 1.0)
        inversions = [(False, self.tr("As they are")), (True, self.tr("Inverted"))]
        self.looks.add("invert", self.tr("Greys"), ChoiceField(inversions))
        self.reset_button = QPushButton(self.tr("Automatic style"))
        self.reset_button.setAccessibleName(self.reset_button.text())
        self.reset_button.setToolTip(self.tr("Back to the bands and the stretch found when the file was opened"))
        self.reset_button.clicked.connect(lambda: self.fields.refuse(self._commit_json("")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for part in (form, grid, looks):
            layout.addLayout(part)
        layout.addWidget(self.fields.refusal)
        layout.addLayout(side_by_side(self.reset_button))

    def _band_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        grid.setColumnStretch(3, 2)
        grid.addWidget(plain_label(self.tr("Band")), 0, 1)
        grid.addWidget(plain_label(self.tr("Low")), 0, 2)
        grid.addWidget(plain_label(self.tr("High")), 0, 3)
        self.rows: list[tuple[QWidget, ...]] = []
        for place, title in enumerate((self.tr("Red"), self.tr("Green"), self.tr("Blue"))):
            band, low, high = ChoiceField(), NumberField(), NumberField()
            label = self.fields.bind(f"band{place}", self.tr("%1: band").replace("%1", title), band)
            label.setText(title)
            self.fields.bind(f"low{place}", self.tr("%1: low").replace("%1", title), low, self.tr("Value shown black"))
            self.fields.bind(
                f"high{place}", self.tr("%1: high").replace("%1", title), high, self.tr("Value shown bright")
            )
            for column, widget in enumerate((label, band, low, high)):
                grid.addWidget(widget, place + 1, column)
            self.rows.append((label, band, low, high))
        return grid

    def _add_slider(self, column: str, title: str, low: float, high: float) -> None:
        slider = SliderField(low, high, factor)
        slider.previewed.connect(lambda value: self._preview(column, value))
        self.looks.add(column, title, slider)

    def show_style(self, style: dict[str, Any], info: RasterInfo) -> None:
        """Show the style of a layer; one that does not fit the file shows as the automatic one."""
        try:
            self._style = RasterStyle.from_json(style, info)
        except InvalidValue as error:
            self._style = RasterStyle.default(info)
            self.fields.refuse(error.sentence)
        if info is not self._info:
            self._info = info
            names = [(band.index, f"{band.index} {band.description or band.color}".strip()) for band in info.bands]
            for place in range(3):
                self.fields.fields[f"band{place}"].set_choices(names)
        self.mode.show_value(len(self._style.bands))
        self.mode.setEnabled(len(info.bands) >= 3)
        for place, row in enumerate(self.rows):
            for widget in row:
                widget.setVisible(place < len(self._style.bands))
            if place < len(self._style.bands):
                stretch = self._style.stretches[place]
                self.fields.fields[f"band{place}"].show_value(self._style.bands[place])
                self.fields.fields[f"low{place}"].show_value(stretch.low)
                self.fields.fields[f"high{place}"].show_value(stretch.high)
        self.rows[0][0].setVisible(len(self._style.bands) == 3)
        self.looks.fields["gamma"].show_value(self._style.stretches[0].gamma)
        self.looks.fields["colormap"].setEnabled(len(self._style.bands) == 1)
        for column in ("colormap", "brightness", "contrast", "invert"):
            self.looks.fields[column].show_value(getattr(self._style, column))

    def flush(self) -> None:
        """Commit what is typed or dragged and not entered yet."""
        self.fields.flush()
        self.looks.flush()

    # -- changing -----------------------------------------------------------------------------------------------

    def _changed(self, column: str, value: Any) -> RasterStyle:
        """The style with one thing different. Raises InvalidValue."""
        style, info = self._style, self._info
        assert style is not None, "fields are filled in before they are used"
        assert info is not None, "fields are filled in before they are used"
        name, place = column[:-1], int(column[-1]) if column[-1].isdigit() else 0
        stretches = list(style.stretches)
        if name == "band":
            bands = (*style.bands[:place], value, *style.bands[place + 1 :])
            found = RasterStyle.from_json({"bands": [value]}, info).stretches[0]
            stretches[place] = replace(found, gamma=stretches[place].gamma)
            return replace(style, bands=bands, stretches=tuple(stretches))
        if name in ("low", "high"):
            if value is None or value != value:
                raise InvalidValue("A stretch runs from one number to another.")
            stretches[place] = replace(stretches[place], **{name: float(value)})
            return replace(style, stretches=tuple(stretches))
        if column == "gamma":
            return replace(style, stretches=tuple(Stretch(s.low, s.high, value) for s in stretches))
        return replace(style, **{column: value})

    def _commit(self, column: str, value: Any) -> str:
        if self._style is None:
            return ""
        try:
            return self._commit_json(json.dumps(self._changed(column, value).to_json()))
        except InvalidValue as error:
            return error.sentence

    def _preview(self, column: str, value: float) -> None:
        if self._style is not None:
            self._preview_json(json.dumps(self._changed(column, value).to_json()))

    def _set_mode(self, count: int) -> None:
        if self._style is None or self._info is None:
            return
        bands = list(self._style.bands[:1]) if count == 1 else [band.index for band in self._info.bands[:3]]
        style = RasterStyle.from_json({"bands": bands}, self._info)
        self.fields.refuse(self._commit_json(json.dumps(style.to_json())))
