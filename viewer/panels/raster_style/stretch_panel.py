"""The panel of the stretch: its rule, and the histograms of the values in view."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from layers.errors import InvalidValue
from layers.raster.histogram import histogram
from layers.raster.stretch import StretchRule
from layers.raster.style import RasterStyle, Stretch
from viewer.panels.raster_style.histogram_view import HistogramView
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, NumberField
from viewer.panels.widgets.form_page import muted
from viewer.rendering.raster.shown_style import ViewSample
from viewer.support.plain_label import plain_label

CHANNEL_COLORS = ("#d9534f", "#3f9f58", "#3d7fd6")


class StretchPanel(QWidget):
    """The panel.

    `rule_chosen` carries a StretchRule; `stretches_previewed` and `stretches_chosen` a tuple of Stretch.
    """

    rule_chosen = Signal(object)
    stretches_previewed = Signal(object)
    stretches_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style: RasterStyle | None = None
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        self._add_fields(form)
        self.histograms = [HistogramView(self) for _ in CHANNEL_COLORS]
        self.hint = muted()
        self.log = QCheckBox(self.tr("Show rare values (logarithmic)"))
        self.log.setAccessibleName(self.log.text())
        self.log.toggled.connect(self._set_log)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(form)
        for place, view in enumerate(self.histograms):
            layout.addWidget(view)
            view.setAccessibleName(self.tr("Histogram and stretch"))
            view.previewed.connect(lambda stretch, place=place: self._moved(place, stretch, self.stretches_previewed))
            view.committed.connect(lambda stretch, place=place: self._moved(place, stretch, self.stretches_chosen))
        layout.addWidget(self.log)
        layout.addWidget(self.hint)

    def _add_fields(self, form: QFormLayout) -> None:
        methods = [
            ("percentile", self.tr("Percentiles")),
            ("deviations", self.tr("Standard deviations")),
            ("minmax", self.tr("Least to greatest")),
        ]
        self.fields.add("method", self.tr("Stretch"), ChoiceField(methods))
        low, high = NumberField(unit="%"), NumberField(unit="%")
        self.fields.bind("low_percent", self.tr("Low percentile"), low, self.tr("So many percent are shown black"))
        self.fields.bind(
            "high_percent", self.tr("High percentile"), high, self.tr("All above so many percent are shown bright")
        )
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (low, plain_label("–"), high, plain_label("%")):
            row.addWidget(widget, 1 if isinstance(widget, NumberField) else 0)
        self._percent_row = (plain_label(self.tr("From, to")), pair)
        form.addRow(*self._percent_row)
        self.fields.add("deviations", self.tr("Deviations"), NumberField(), self.tr("To either side of the mean"))
        origins = [
            ("image", self.tr("The whole image")),
            ("view", self.tr("The current view (DRA)")),
            ("given", self.tr("As set by hand")),
        ]
        tip = self.tr("From the current view: measured anew whenever the map rests")
        self.fields.add("origin", self.tr("Area"), ChoiceField(origins), tip)
        joints = [(False, self.tr("Each by itself")), (True, self.tr("All as one"))]
        self.fields.add("joint", self.tr("Bands"), ChoiceField(joints), self.tr("As one: grey stays grey"))

    # -- showing ------------------------------------------------------------------------------------------------

    def show_style(self, style: RasterStyle, sample: ViewSample | None) -> None:
        """Show `style`, with the stretches that the map shows."""
        self._style = style
        rule = style.rule
        for column, field in self.fields.fields.items():
            field.show_value(getattr(rule, column))
        for widget in self._percent_row:
            widget.setVisible(rule.method == "percentile")
        for column, shown in (("deviations", rule.method == "deviations"), ("joint", style.shown == 3)):
            self.fields.fields[column].setVisible(shown)
            self.fields.labels[column].setVisible(shown)
        names = (self.tr("Red"), self.tr("Green"), self.tr("Blue")) if style.shown == 3 else (self.tr("Band"),)
        for place, view in enumerate(self.histograms):
            view.setVisible(place < style.shown)
            if place < style.shown:
                stretch = style.stretches[place]
                name = self.tr("{0}: histogram and stretch from {1:.6g} to {2:.6g}, gamma {3:.3g}")
                view.setAccessibleName(name.format(names[place], stretch.low, stretch.high, stretch.gamma))
                view.set_color(CHANNEL_COLORS[place] if style.shown == 3 else "")
                view.show_stretch(stretch)
        self.show_sample(sample)

    def show_sample(self, sample: ViewSample | None) -> None:
        """Show the values in view; None while they are not measured."""
        style = self._style
        if style is None:
            return
        for place in range(style.shown):
            view, stretch = self.histograms[place], style.stretches[place]
            shown = (stretch.low, stretch.high)
            view.show_histogram(None if sample is None else histogram(sample.values[place], shown))
        if sample is None:
            self.hint.setText(self.tr("The histogram is that of what is in view."))
        else:
            pairs = (f"{values.least:.6g} – {values.most:.6g}" for values in sample.values)
            self.hint.setText(self.tr("In view: {0}").format(", ".join(dict.fromkeys(pairs))))

    def flush(self) -> None:
        """Commit typing or a drag that has not been entered."""
        self.fields.flush()
        for view in self.histograms:
            view.flush()

    # -- changing -----------------------------------------------------------------------------------------------

    def _commit(self, column: str, value: Any) -> str:
        if self._style is None:
            return ""
        rule = self._style.rule
        if column.endswith("percent") or column == "deviations":
            value = float("nan") if value is None else float(value)
        changed: StretchRule = replace(rule, **{column: value})
        if column != "origin" and rule.origin == "given":
            changed = replace(changed, origin="image")  # a rule is wanted again
        try:
            changed.check()
        except InvalidValue as error:
            return error.sentence
        self.rule_chosen.emit(changed)
        return ""

    def _moved(self, place: int, stretch: Stretch, signal: Any) -> None:
        if self._style is None:
            return
        stretches = list(self._style.stretches)
        stretches[place] = stretch
        if self._style.rule.joint:
            stretches = [stretch] * len(stretches)
        signal.emit(tuple(stretches))

    def _set_log(self, is_log: bool) -> None:
        for view in self.histograms:
            view.set_log(is_log)
