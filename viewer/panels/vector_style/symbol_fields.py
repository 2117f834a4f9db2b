"""The fields of one symbol: colours, strokes, sign, casing, arrowheads."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import QT_TRANSLATE_NOOP, QSize
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.decoding import decoded, encoded
from layers.document.vocabulary import SITE_CLASSES
from layers.errors import InvalidValue
from layers.vector.style.markers import MARKERS
from layers.vector.style.routes import ROUTES
from layers.vector.style.symbol import ARROWS, Symbol, style_fault
from viewer.panels.widgets.color_field import ColorField
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.slider_field import SliderField
from viewer.panels.words import choices
from viewer.rendering.vector.symbol_sample import HEIGHT_PX, WIDTH_PX, sample_icon
from viewer.support.language.stored_words import capital, word
from viewer.support.language.translation import translate

_DASHES = {
    "": QT_TRANSLATE_NOOP("SymbolFields", "Solid"),
    "1 2": QT_TRANSLATE_NOOP("SymbolFields", "Dots"),
    "2 2": QT_TRANSLATE_NOOP("SymbolFields", "Short dashes"),
    "5 3": QT_TRANSLATE_NOOP("SymbolFields", "Dashes"),
    "9 3": QT_TRANSLATE_NOOP("SymbolFields", "Long dashes"),
    "6 2 1 2": QT_TRANSLATE_NOOP("SymbolFields", "Dashes and dots"),
}
_FOR_POINTS = ("symbol", "size_px")
_FOR_LINES = ("arrow", "ground_color", "route")
_SAMPLE = Symbol("#ffffff", 1.0, "#3182bd", size_px=16.0)


class SymbolFields(QWidget):
    """The fields. `commit` takes the changed symbol, and returns the reason of a refusal or empty text.

    `preview` shows a symbol while a slider moves.
    """

    def __init__(
        self, commit: Callable[[Symbol], str], preview: Callable[[Symbol], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._commit_look, self._preview_look = commit, preview
        self._look = Symbol()
        form = QFormLayout()
        self.set = FieldSet(form, self._committed, self)
        self._form = form
        self._add_fields()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)

    def _add_fields(self) -> None:
        add = self.set.add
        add("route", self.tr("Route"), ChoiceField(), self.tr("A ready symbol for a kind of route or boundary"))
        add("stroke_color", self.tr("Outline"), ColorField(self.tr("none")))
        self._slider("stroke_width_px", self.tr("Width"), 0.0, 10.0)
        add("fill_color", self.tr("Fill"), ColorField(self.tr("none")))
        dashes = [(key, translate("SymbolFields", text)) for key, text in _DASHES.items()]
        add("dash", self.tr("Dashes"), ChoiceField(dashes))
        add("symbol", self.tr("Symbol"), ChoiceField(), self.tr("For points: a plain shape, or the sign of a facility"))
        self._slider("size_px", self.tr("Size"), 1.0, 40.0)
        add(
            "casing_color",
            self.tr("Casing"),
            ColorField(self.tr("none")),
            self.tr("A stroke below the line that sets it off"),
        )
        self._slider("casing_width_px", self.tr("Casing width"), 0.0, 6.0)
        add(
            "ground_color",
            self.tr("Ground"),
            ColorField(self.tr("none")),
            self.tr("A whole stroke below a dashed one, as railways"),
        )
        add("arrow", self.tr("Arrowheads"), ChoiceField(choices(ARROWS)), self.tr("In the direction the line is drawn"))
        symbols = self.set.fields["symbol"]
        symbols.set_choices([(name, _title(name)) for name in MARKERS])
        symbols.setIconSize(QSize(WIDTH_PX, HEIGHT_PX))
        for row, name in enumerate(MARKERS):
            symbols.setItemIcon(row, sample_icon(_with_symbol(name), "Point"))
        routes = self.set.fields["route"]
        routes.set_choices([("", self.tr("own")), *((name, _title(name)) for name in ROUTES)])
        routes.setIconSize(QSize(WIDTH_PX, HEIGHT_PX))
        for row, look in enumerate(ROUTES.values(), 1):
            routes.setItemIcon(row, sample_icon(look, "Line"))

    def _slider(self, column: str, title: str, low: float, high: float) -> None:
        slider = SliderField(low, high, lambda value: f"{value:.1f} px")
        slider.previewed.connect(lambda value: self._preview_look(_changed(self._look, column, value)))
        self.set.add(column, title, slider)

    def show_look(self, look: Symbol, geometry: str) -> None:
        """Show a symbol of features of this geometry, with the fields that matter to it."""
        self._look = look
        shown = SimpleNamespace(**encoded(look))
        shown.dash = _dash_text(look.dash)
        shown.route = next((name for name, route in ROUTES.items() if route == look), "")
        self.set.show_row(shown)
        is_point, is_line = "Point" in geometry, "Line" in geometry
        is_any = geometry in ("", "Unknown", "GeometryCollection")
        for column, field in self.set.fields.items():
            unfit = (column in _FOR_POINTS and not (is_point or is_any)) or (
                column in _FOR_LINES and not (is_line or is_any)
            )
            unfit = unfit or (column == "fill_color" and is_line)
            unfit = unfit or (column in ("dash", "casing_color", "casing_width_px") and is_point)
            self._form.setRowVisible(field, not unfit)

    def flush(self) -> None:
        self.set.flush()

    def _committed(self, column: str, value: Any) -> str:
        try:
            return self._commit_look(_changed(self._look, column, value))
        except InvalidValue as error:
            return error.sentence


def _changed(look: Symbol, column: str, value: Any) -> Symbol:
    """The symbol with a changed column. Raises InvalidValue."""
    if column == "route":
        return ROUTES.get(value, look)
    if column == "dash":
        value = [float(part) for part in value.split()]
    return decoded(encoded(look) | {column: value}, Symbol, style_fault)


def _dash_text(dash: tuple[float, ...]) -> str:
    return " ".join(f"{part:g}" for part in dash)


def _with_symbol(name: str) -> Symbol:
    return replace(_SAMPLE, marker=name, size_px=16.0 if name in SITE_CLASSES else 11.0)


def _title(name: str) -> str:
    """The words for a sign or a route: those of its facility, or its own."""
    return word(SITE_CLASSES[name]) if name in SITE_CLASSES else capital(name)
