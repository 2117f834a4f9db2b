"""How a vector layer looks: outline, fill, symbol, label."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.vector.style import SYMBOLS, VectorStyle
from layers.vector.table import VectorInfo
from viewer.panels.color_field import ColorField
from viewer.panels.field_set import FieldSet
from viewer.panels.fields import ChoiceField
from viewer.panels.form_page import side_by_side
from viewer.panels.slider_field import SliderField
from viewer.panels.words import choices


class VectorStyleForm(QWidget):
    """`commit` takes the new style as JSON text and returns why not; `preview` shows one without an edit."""

    def __init__(self, commit: Callable[[str], str], preview: Callable[[str], None]) -> None:
        super().__init__()
        self._commit_json, self._preview_json = commit, preview
        self._style: VectorStyle | None = None
        self._info: VectorInfo | None = None
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        self.fields.add("stroke_color", self.tr("Outline"), ColorField(self.tr("none")))
        self._add_slider("stroke_width_px", self.tr("Width"), 0.0, 10.0)
        self.fields.add("fill_color", self.tr("Fill"), ColorField(self.tr("none")))
        self.fields.add("symbol", self.tr("Symbol"), ChoiceField(choices(SYMBOLS)), self.tr("For points"))
        self._add_slider("size_px", self.tr("Size"), 1.0, 30.0)
        self.fields.add("label_field", self.tr("Label"), ChoiceField(), self.tr("Field written beside each feature"))
        self.reset_button = QPushButton(self.tr("Automatic style"))
        self.reset_button.setAccessibleName(self.reset_button.text())
        self.reset_button.clicked.connect(lambda: self.fields.refuse(self._commit_json("")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)
        layout.addWidget(self.fields.refusal)
        layout.addLayout(side_by_side(self.reset_button))

    def _add_slider(self, column: str, title: str, low: float, high: float) -> None:
        slider = SliderField(low, high, lambda value: f"{value:.1f} px")
        slider.previewed.connect(lambda value: self._preview(column, value))
        self.fields.add(column, title, slider)

    def show_style(self, style: dict[str, Any], info: VectorInfo) -> None:
        """Show the style of a layer; one that cannot be understood shows as the automatic one."""
        try:
            self._style = VectorStyle.from_json(style) if style else VectorStyle.default(info)
        except InvalidValue as error:
            self._style = VectorStyle.default(info)
            self.fields.refuse(error.sentence)
        if info is not self._info:
            self._info = info
            names = [("", self.tr("none")), *((name, name) for name, _ in info.fields)]
            self.fields.fields["label_field"].set_choices(names)
        self.fields.show_row(self._style)
        is_point = "Point" in info.geometry or info.geometry in ("", "Unknown")
        for column in ("symbol", "size_px"):
            self.fields.fields[column].setEnabled(is_point)

    def flush(self) -> None:
        """Commit what is typed or dragged and not entered yet."""
        self.fields.flush()

    def _commit(self, column: str, value: Any) -> str:
        if self._style is None:
            return ""
        try:
            return self._commit_json(json.dumps(_changed(self._style, column, value).to_json()))
        except InvalidValue as error:
            return error.sentence

    def _preview(self, column: str, value: Any) -> None:
        if self._style is not None:
            self._preview_json(json.dumps(_changed(self._style, column, value).to_json()))


def _changed(style: VectorStyle, column: str, value: Any) -> VectorStyle:
    if column == "label_field":
        return replace(style, labels=replace(style.labels, text=value))
    return replace(style, **{column: value})
