"""The acquisition of the current image: the time in UTC first, then sensor, direction and sun."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.document.layer import Layer
from layers.raster.acquisition import Acquisition
from layers.time.dates import precision_of
from viewer.panels.context import PanelContext
from viewer.panels.layers.date_offers import NameDateLink
from viewer.panels.widgets.fact_rows import FactRows
from viewer.panels.widgets.form_page import FormPage, heading, muted, wrapped
from viewer.panels.widgets.link_button import LinkButton
from viewer.rendering.layer_date import acquisition_of, tiles_acquisition
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.text import one_line


class AcquisitionPanel(QWidget):
    """Shows the acquisition.

    Connect signals of drawn layers to `look_again`; `date_wanted` asks for the date's field.
    """

    date_wanted = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._shown: tuple[str, Acquisition] | None = None
        self.page = FormPage(self.tr("Choose an image in the layer tree."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.title = heading("")
        self.title.setWordWrap(True)
        self.when = wrapped("")
        self.when.setObjectName("bigFact")
        self.when.setAccessibleName(self.tr("Acquired"))
        self.kind = muted()
        self.facts = FactRows()
        self.silence = muted(self.tr("What is not listed is not stated by the file or by anything beside it."))
        self.state_date = LinkButton(
            self.tr("State its date…"), self.tr("Say in the properties of the layer when it was taken")
        )
        self.state_date.clicked.connect(self._ask_date)
        self.name_date = NameDateLink(context)
        for widget in (self.title, self.when, self.kind, self.name_date, self.state_date):
            self.page.content.addWidget(widget)
        self.page.content.addWidget(self.facts)
        self.page.content.addWidget(self.silence)
        self.page.content.addStretch(1)
        context.layer_shown.connect(self.look_again)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self.look_again)
        self.look_again()

    def look_again(self, *_: object) -> None:
        """Update the panel for another layer, or for new facts of the current one."""
        layer = self._context.document.layers.get(self._context.layer_uuid)
        known = self._known(layer) if layer is not None else None
        if layer is None or known is None:
            self._shown = None
            self.page.show_hint()
            return
        self.name_date.show_layer(layer)
        if self._shown != (layer.name, known):
            self._shown = (layer.name, known)
            self._show(layer.name, known)
        self.page.show_form()

    def _known(self, layer: Layer) -> Acquisition | None:
        """The acquisition of a layer's image; None for a layer that is no image."""
        if layer.kind == "tiles":
            return tiles_acquisition(layer)
        if layer.kind != "raster":
            return None
        drawing = self._context.layers.drawing_of(layer.uuid)
        if isinstance(drawing, RasterDrawing):
            drawing.ask_acquisition()
        return drawing.acquisition if drawing is not None else acquisition_of(layer, None, None)

    def _heard(self, changes: Changes) -> None:
        if changes.everything or self._context.layer_uuid in changes.uuids("layers"):
            self.look_again()

    def _ask_date(self) -> None:
        self._context.show_layer(self._context.layer_uuid, raise_form=True)
        self.date_wanted.emit()

    def _show(self, name: str, known: Acquisition) -> None:
        facts = known.facts()
        self.title.setText(name)
        when = one_line(facts[0][1])
        self.when.setText(when[:1].upper() + when[1:])
        self.kind.setText(self._kind_words(known))
        self.state_date.setVisible(not known.at)
        self.facts.show_facts(facts[2:])

    def _kind_words(self, known: Acquisition) -> str:
        if not known.at and known.date_kind == "unknown":
            return self.tr("Neither the file nor anything beside it says when it was taken. It is not guessed.")
        if known.date_kind in ("instant", "interval") and known.until in ("", known.at):
            words = {
                "day": self.tr("The day on which the image was taken, UTC. Its time is not stated."),
                "hour": self.tr("The time of the image, UTC, stated to the hour."),
                "minute": self.tr("The time of the image, UTC, stated to the minute."),
                "second": self.tr("The time of the image, UTC, stated to the second."),
            }.get(precision_of(known.at))
            if words is not None:
                return words
        return {
            "instant": self.tr("An instant: the time of one image, UTC."),
            "interval": self.tr("An interval: taken at some time within it, UTC."),
            "composite": self.tr("A composite: made of images of several times."),
            "published": self.tr("The day of a release: when the image was taken is not known."),
            "unknown": self.tr("The kind of date is unknown: an instant, an interval or a composite."),
        }[known.date_kind]
