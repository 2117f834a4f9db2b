"""The row that names bands which a file leaves unnamed, so that presets and indices can use them."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from layers.raster.band_names import MEANINGS, ORDERS, do_fit
from viewer.panels.raster_style.raster_styler import RasterStyler
from viewer.panels.widgets.field_set import LABEL_PX
from viewer.panels.widgets.fields import ChoiceField
from viewer.rendering.raster.band_words import band_words
from viewer.support.language.text import tooltip
from viewer.support.plain_label import plain_label

ALL = 0
"""Choice that stands for all bands at once, in one of the usual orders."""
SHORT = {"red": "R", "green": "G", "blue": "B", "nir": "NIR"}
"""Short names of bands as analysts write them: an order of four words would be cut off."""


class BandNamesRow(QWidget):
    """A row with a band, or all of them, and its name; visible where the file leaves bands unnamed."""

    def __init__(self, styler: RasterStyler, form: QFormLayout) -> None:
        super().__init__()
        self._styler = styler
        self._bands: tuple[int, ...] = ()
        self._chosen = ALL
        self._words = band_words()
        self.band = ChoiceField()
        self.band.setAccessibleName(self.tr("Band to name"))
        self.band.committed.connect(self._choose)
        self.meaning = ChoiceField()
        self.meaning.setAccessibleName(self.tr("What the band sees"))
        self.meaning.setToolTip(
            tooltip(self.tr("The file does not say it; presets and indices need it. Stays with the layer."))
        )
        self.meaning.committed.connect(self._name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget, share in ((self.band, 2), (plain_label(self.tr("is")), 0), (self.meaning, 3)):
            row.addWidget(widget, share)
        self.label = plain_label(self.tr("Meaning"))
        self.label.setBuddy(self.band)
        self.label.setMinimumWidth(LABEL_PX)
        form.addRow(self.label, self)

    @property
    def doubt(self) -> str:
        """The sentence on names that cannot be those of the file's bands; empty where they can."""
        info, names = self._styler.info, self._styler.given_names
        if info is None or do_fit(names, info):
            return ""
        sentence = self.tr("Its catalogue names {0} bands, the file has {1}: those names are not used.")
        return sentence.format(max(names), len(info.bands))

    def show_bands(self) -> None:
        """Show the bands of the current layer that its file leaves unnamed, with the names given to them."""
        bands, names = self._styler.nameable, self._styler.given_names
        for widget in (self, self.label):
            widget.setVisible(bool(bands) and self._count > 1)
        if bands != self._bands:
            self._bands = bands
            self._chosen = ALL if self._orders else next((n for n in bands if n not in names), bands[0] if bands else 0)
            each = [(number, self.tr("Band {0}").format(number)) for number in bands]
            self.band.set_choices([(ALL, self.tr("All bands")), *each] if self._orders else each)
        self.band.show_value(self._chosen)
        unknown = ("", self.tr("not known"))
        if self._chosen == ALL:
            orders = [(" ".join(order), ", ".join(SHORT[name] for name in order)) for order in self._orders]
            current = " ".join(names.get(number, "?") for number in bands)
            mixed = [(current, self.tr("as said for each"))] if names and current not in dict(orders) else []
            self.meaning.set_choices([unknown, *orders, *mixed])
            self.meaning.show_value(current if names else "")
        else:
            self.meaning.set_choices([unknown, *((name, self._words[name]) for name in MEANINGS)])
            self.meaning.show_value(names.get(self._chosen, ""))

    @property
    def _count(self) -> int:
        info = self._styler.info
        return len(info.bands) if info is not None else 0

    @property
    def _orders(self) -> list[tuple[str, ...]]:
        """The usual orders of names, as many as the file has bands; empty where the file names some of them itself."""
        return [order for order in ORDERS if len(order) == len(self._bands) == self._count]

    def _choose(self, band: Any) -> None:
        self._chosen = band
        self.show_bands()

    def _name(self, value: Any) -> None:
        if self._chosen != ALL:
            self._styler.name_bands({self._chosen: value})
        elif "?" not in value:
            names = value.split() if value else [""] * len(self._bands)
            self._styler.name_bands(dict(zip(self._bands, names, strict=True)))
