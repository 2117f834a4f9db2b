"""The page of a style's changes with the scale: when a layer is drawn, sizes of signs, when points become clusters."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, override

from msgspec.structs import replace
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.vector.style.layer_style import VectorStyle
from viewer.panels.shell.status_bar import parse_scale
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import LineField
from viewer.panels.widgets.slider_field import SliderField


class ScaleField(LineField):
    """A field for a scale as 1 : 25 000; empty for none."""

    says_something_midway = False

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(self.tr("any scale"))

    @override
    def as_text(self, value: Any) -> str:
        return f"1:{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}") if value else ""

    @override
    def as_value(self, text: str) -> Any:
        scale = parse_scale(text)
        return 0.0 if not text.strip() else math.nan if scale is None else scale


class ScalePage(QWidget):
    """The page. `commit` takes the changed style and returns the reason of a refusal; `preview` shows one."""

    def __init__(self, commit: Callable[[VectorStyle], str], preview: Callable[[VectorStyle], None]) -> None:
        super().__init__()
        self._commit_style, self._preview_style = commit, preview
        self._style = VectorStyle()
        self._form = QFormLayout()
        self.fields = FieldSet(self._form, self._committed, self)
        add = self.fields.add
        add(
            "visible_from",
            self.tr("Smallest scale"),
            ScaleField(),
            self.tr("Left out at smaller scales, in wider views"),
        )
        add("visible_to", self.tr("Largest scale"), ScaleField(), self.tr("Left out at larger scales, in closer views"))
        add("full_size_at", self.tr("Full size at"), ScaleField(), self.tr("Signs and lines shrink at smaller scales"))
        cluster = SliderField(0.0, 120.0, lambda value: f"{value:.0f} px" if value else self.tr("off"))
        cluster.previewed.connect(lambda value: self._preview_style(replace(self._style, cluster_px=value)))
        add(
            "cluster_px",
            self.tr("Clusters"),
            cluster,
            self.tr("Points nearer than this become one sign with their number"),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._form)

    def show_style(self, style: VectorStyle, geometry: str) -> None:
        self._style = style
        self.fields.show_row(style)
        self._form.setRowVisible(self.fields.fields["cluster_px"], "Line" not in geometry and "Polygon" not in geometry)

    def flush(self) -> None:
        self.fields.flush()

    def _committed(self, column: str, value: Any) -> str:
        try:
            return self._commit_style(replace(self._style, **{column: value}))
        except InvalidValue as error:
            return error.sentence
