"""The form of a vector layer's style: symbols by class, labels, and changes with the scale."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from msgspec.structs import replace
from PySide6.QtWidgets import QFormLayout, QPushButton, QTabBar, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.errors import GeoloupeError, InvalidValue
from layers.formula.budget import Budget
from layers.vector.columns import Attributes
from layers.vector.style.automatic import categorised, graduated, suggested_column
from layers.vector.style.classes import MODES
from layers.vector.style.layer_style import VectorStyle, classify
from layers.vector.style.symbol import Symbol
from layers.vector.table import VectorInfo
from viewer.panels.vector_style.class_page import ClassPage, suited_palette
from viewer.panels.vector_style.label_page import LabelPage
from viewer.panels.vector_style.scale_page import ScalePage
from viewer.panels.vector_style.symbol_fields import SymbolFields
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import heading, side_by_side
from viewer.panels.widgets.lazy_panel import LazyPanel
from viewer.rendering.vector.symbology import automatic_style

type Work = Callable[[Attributes, Budget], Any]
type ColumnWork = Callable[[Sequence[str] | None, Work, Callable[[Any], None], Callable[[str], None]], None]
"""Takes columns (None: all), work on them off the window's thread, and callables for the result and for a failure."""


class VectorStyleForm(QWidget):
    """The form. `commit` takes the new style as JSON text and returns the reason of a refusal; `preview` shows one.

    `with_columns` reads attributes of the layer that is shown; without it no classes can be made.
    """

    def __init__(
        self,
        commit: Callable[[str], str],
        preview: Callable[[str], None],
        with_columns: ColumnWork | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commit_json, self._preview_json, self.with_columns = commit, preview, with_columns
        self._style: VectorStyle | None = None
        self._info: VectorInfo | None = None
        self._counted: Any = None
        form = QFormLayout()
        self.fields = FieldSet(form, self._mode_chosen, self)
        titles = (self.tr("Single symbol"), self.tr("Categories"), self.tr("Graduated"), self.tr("Rules"))
        self.fields.add("mode", self.tr("Symbols"), ChoiceField(zip(MODES, titles, strict=True)))
        self.symbols = QWidget(self)
        # Parts are made where they stay: a style sheet is worked out anew for all in a part that moves to a parent.
        self.classes = ClassPage(self._commit_style, self._reclassify, self._show_look, self.symbols)
        self.look_heading = heading("")
        self.look = SymbolFields(self._commit_look, self._preview_look, self.symbols)
        self._labels, self._scale = LazyPanel(self._make_labels), LazyPanel(self._make_scale)
        self.tabs = self._make_tabs(form)

    @property
    def labels(self) -> LabelPage:
        return cast("LabelPage", self._labels.panel)

    @property
    def scale(self) -> ScalePage:
        return cast("ScalePage", self._scale.panel)

    def _make_labels(self) -> QWidget:
        page = LabelPage(
            lambda labels: self._commit_changed(labels=labels), lambda labels: self._preview_changed(labels=labels)
        )
        if self._style is not None and self._info is not None:
            page.show_labels(self._style.labels, self._info)
        return page

    def _make_scale(self) -> QWidget:
        page = ScalePage(self._commit_style, self._preview)
        if self._style is not None and self._info is not None:
            page.show_style(self._style, self._info.geometry)
        return page

    def _make_tabs(self, form: QFormLayout) -> QTabBar:
        tabs = QTabBar()
        tabs.setAccessibleName(self.tr("Parts of the style"))
        tabs.setExpanding(False)
        tabs.setDrawBase(False)
        for title in (self.tr("Symbols"), self.tr("Labels"), self.tr("Scale")):
            tabs.addTab(title)
        inner = QVBoxLayout(self.symbols)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(form)
        for widget in (self.classes, self.look_heading, self.look):
            inner.addWidget(widget)
        self.reset_button = QPushButton(self.tr("Use automatic style"))
        self.reset_button.setAccessibleName(self.reset_button.text())
        self.reset_button.clicked.connect(lambda: self.fields.refuse(self._commit_json("")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(tabs)
        for page in (self.symbols, self._labels, self._scale):
            layout.addWidget(page)
        layout.addLayout(side_by_side(self.reset_button))
        tabs.currentChanged.connect(self._tab_chosen)
        self._tab_chosen(0)
        return tabs

    def _tab_chosen(self, tab: int) -> None:
        for number, page in enumerate((self.symbols, self._labels, self._scale)):
            if number == tab and isinstance(page, LazyPanel):
                _made = page.panel
            page.setVisible(number == tab)

    # -- showing ------------------------------------------------------------------------------------------------

    def show_style(self, layer: Layer, info: VectorInfo, geometry: str) -> None:
        """Show the style of a layer; an unreadable one is shown as the automatic one.

        `geometry` is the one that the layer holds, where the file does not state one.
        """
        self._style, info = automatic_style(layer, info), replace(info, geometry=geometry)
        try:
            if layer.style:
                self._style = VectorStyle.from_json(layer.style)
        except InvalidValue as error:
            self.fields.refuse(error.sentence)
        if info != self._info:
            self._info, self._counted = info, None
            self.fields.refuse("")
        self.fields.show_row(self._style)
        self.classes.setVisible(self._style.mode != "single")
        self.classes.show_style(self._style, info)
        if self._labels.is_made:
            self.labels.show_labels(self._style.labels, info)
        if self._scale.is_made:
            self.scale.show_style(self._style, info.geometry)
        self._show_look()
        self._count()

    def _show_look(self) -> None:
        style, info = self._style, self._info
        if style is None or info is None:
            return
        index = self.classes.current_class() if style.mode != "single" else -1
        self.look_heading.setVisible(style.mode != "single")
        name = f"“{style.classes[index].title(style.mode)[:60]}”" if index >= 0 else self.tr("all others")
        self.look_heading.setText(self.tr("Symbol of %1").replace("%1", name))
        of_none = style.own_symbol if style.mode == "single" else style.other_symbol
        look = style.classes[index].symbol if index >= 0 else of_none
        self.look.show_look(look, info.geometry)

    def _count(self) -> None:
        """Count the features of each class, off the window's thread, once for each classification."""
        style = self._style
        assert style is not None
        key = style.class_key
        if key == self._counted:
            return
        self._counted = key
        self.classes.show_counts(None)
        if style.mode == "single" or self.with_columns is None:
            return

        def counted(counts: tuple[int, ...]) -> None:
            if key == self._counted:
                self.classes.show_counts(counts)

        def work(attributes: Attributes, budget: Budget) -> tuple[int, ...]:
            numbers, looks = classify(style, attributes, budget)
            return tuple(np.bincount(numbers, minlength=len(looks)).tolist())

        self.with_columns(style.columns, work, counted, self.classes.fields.refuse)

    def flush(self) -> None:
        """Commit typing or a drag that has not been entered."""
        for part in (self.fields, self.classes, self.look):
            part.flush()
        if self._labels.is_made:
            self.labels.flush()
        if self._scale.is_made:
            self.scale.flush()

    # -- gestures -----------------------------------------------------------------------------------------------

    def _mode_chosen(self, _column: str, mode: str) -> str:
        if self._style is None or self._info is None:
            return ""
        style = replace(self._style, mode=mode, palette=suited_palette(mode, self._style.palette), classes=())
        if mode == "single":
            return self._commit_style(style)
        if mode == "rules":
            kept = self._style.classes if self._style.mode == "rules" else ()
            return self._commit_style(replace(style, classes=kept))
        numbers = [name for name, kind in self._info.fields if kind in ("integer", "real")]
        names = [name for name, _ in self._info.fields]
        if not (numbers if mode == "graduated" else names):
            return self.tr("The layer has no column for that.")
        if mode == "graduated":
            column = style.column if style.column in numbers else numbers[0]
            return self._reclassify(replace(style, column=column))
        return self._reclassify(replace(style, column=style.column if self._style.mode == "single" else ""))

    def _reclassify(self, style: VectorStyle) -> str:
        """Make the classes anew from the column of `style`, or from a suggested one; one undo step.

        Returns the reason why that cannot begin; later failures are reported then.
        """
        info, shown = self._info, self._style
        if info is None or self.with_columns is None:
            return self.tr("The attributes have not been read: classes cannot be made yet.")

        def work(attributes: Attributes, _: Budget) -> VectorStyle:
            name = style.column or suggested_column(attributes) or next(iter(attributes.columns), "")
            column = attributes.columns.get(name)
            if column is None:
                raise InvalidValue("The layer has no column {name}.", name=name)
            made = graduated if style.mode == "graduated" else categorised
            classified = made(style, column, info.geometry, palette=style.palette)
            if not classified.classes:
                what = "numbers" if style.mode == "graduated" else "values"
                raise InvalidValue("The column {name} holds no {what} to make classes of.", name=name, what=what)
            return classified

        def done(made: VectorStyle) -> None:
            if self._info == info and self._style is shown:
                self.fields.refuse(self._commit_style(made))

        self.with_columns((style.column,) if style.column else None, work, done, self._refused)
        return ""

    def _refused(self, sentence: str) -> None:
        self.fields.refuse(sentence)
        if self._style is not None and self._info is not None:
            self.fields.show_row(self._style)
            self.classes.show_style(self._style, self._info)

    def _commit_look(self, look: Symbol) -> str:
        return self._with_look(look, self._commit_style)

    def _preview_look(self, look: Symbol) -> None:
        self._with_look(look, self._preview)

    def _with_look[T](self, look: Symbol, use: Callable[[VectorStyle], T]) -> T:
        assert self._style is not None
        index = self.classes.current_class() if self._style.mode != "single" else -1
        return use(self._style.with_symbol(look, index))

    def _commit_changed(self, **changed: Any) -> str:
        return "" if self._style is None else self._commit_style(replace(self._style, **changed))

    def _preview_changed(self, **changed: Any) -> None:
        if self._style is not None:
            self._preview(replace(self._style, **changed))

    def _commit_style(self, style: VectorStyle) -> str:
        if self._info is not None:
            style = replace(style, geometry=self._info.geometry)
        try:
            return self._commit_json(json.dumps(style.to_json()))
        except GeoloupeError as error:
            return error.sentence

    def _preview(self, style: VectorStyle) -> None:
        self._preview_json(json.dumps(style.to_json()))
