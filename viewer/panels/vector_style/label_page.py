"""The page of a vector style's labels: their text, lettering and places."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.decoding import decoded, encoded
from layers.errors import InvalidValue
from layers.vector.style.label_style import LABEL_LAYOUTS, LabelStyle
from layers.vector.style.symbol import style_fault
from layers.vector.table import VectorInfo
from viewer.panels.vector_style.scale_page import ScaleField
from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.slider_field import SliderField
from viewer.panels.words import choices


class LabelPage(QWidget):
    """The page. `commit` takes the changed labels and returns the reason of a refusal; `preview` shows labels."""

    def __init__(self, commit: Callable[[LabelStyle], str], preview: Callable[[LabelStyle], None]) -> None:
        super().__init__()
        self._commit_labels, self._preview_labels = commit, preview
        self._labels = LabelStyle()
        self._info: VectorInfo | None = None
        form = QFormLayout()
        self.fields = FieldSet(form, self._committed, self)
        self._add_fields()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)

    def _add_fields(self) -> None:
        add = self.fields.add
        add(
            "text",
            self.tr("Text"),
            ChoiceField(free=True),
            self.tr("A column, or words with columns: {name} ({height:.1f} m)"),
        )
        self._slider("size_px", self.tr("Size"), 6.0, 40.0)
        add("color", self.tr("Colour"), ColorField(self.tr("none")))
        add(
            "halo_color", self.tr("Halo"), ColorField(self.tr("none")), self.tr("Keeps letters readable on any imagery")
        )
        self._slider("halo_width_px", self.tr("Halo width"), 0.0, 6.0)
        yes_no = [(True, self.tr("yes")), (False, self.tr("no"))]
        add("bold", self.tr("Bold"), ChoiceField(yes_no))
        add("italic", self.tr("Italic"), ChoiceField(yes_no))
        add("placement", self.tr("Position"), ChoiceField(choices(LABEL_LAYOUTS)))
        add(
            "priority", self.tr("Priority"), ChoiceField(), self.tr("A column of numbers: the greatest is placed first")
        )
        add(
            "leader",
            self.tr("Leaders"),
            ChoiceField(yes_no),
            self.tr("A thin line to a label that found no place at its mark"),
        )
        add("visible_from", self.tr("Smallest scale"), ScaleField(), self.tr("Labels are left out at smaller scales"))

    def _slider(self, column: str, title: str, low: float, high: float) -> None:
        slider = SliderField(low, high, lambda value: f"{value:.1f} px")
        slider.previewed.connect(lambda value: self._preview_labels(replace(self._labels, **{column: value})))
        self.fields.add(column, title, slider)

    def show_labels(self, labels: LabelStyle, info: VectorInfo) -> None:
        self._labels = labels
        if info != self._info:
            self._info = info
            names = [(name, name) for name, _ in info.fields]
            numbers = [(name, name) for name, kind in info.fields if kind in ("integer", "real")]
            self.fields.fields["text"].set_choices([("", self.tr("none")), *names])
            self.fields.fields["priority"].set_choices([("", self.tr("as they come")), *numbers])
        self.fields.show_row(SimpleNamespace(**encoded(labels)))
        for column, field in self.fields.fields.items():
            field.setEnabled(column == "text" or bool(labels.text))

    def flush(self) -> None:
        self.fields.flush()

    def _committed(self, column: str, value: Any) -> str:
        try:
            return self._commit_labels(decoded(encoded(self._labels) | {column: value}, LabelStyle, style_fault))
        except InvalidValue as error:
            return error.sentence
