"""Links below the date of a layer: take the date in its file's name, and date marks that were drawn before."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from layers.document.layer import Layer
from layers.time.written_dates import written_date
from viewer.commands.imagery.late_facts import DATE, date_evidence, evidence_without, state_on_evidence
from viewer.commands.imagery.layer_dates import LayerDate, date_by_name, date_layers
from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_button import LinkButton
from viewer.rendering.drawing import LayerDrawing
from viewer.rendering.raster.combined_source import CombinedSource
from viewer.rendering.raster.raster_drawing import RasterDrawing
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

MOST_NAMES = 500
"""Most names in which a date is looked for: the table offers no more either."""


class NameDateLink(LinkButton):
    """Offers the date in the name of a layer's file; visible only where neither the case nor the file has one."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__("", translate("DateOffers", "Take this date; its basis is then the file’s name"), parent)
        self._context, self._uuid = context, ""
        self._offered: LayerDate | None = None
        self.clicked.connect(self._take)
        self.hide()

    def show_layer(self, layer: Layer | None) -> None:
        """Offer the date of this layer's file, where it has none."""
        self._uuid = "" if layer is None else layer.uuid
        offered = None if layer is None else offered_date(layer, self._context.layers.drawing_of(layer.uuid))
        if offered != self._offered:
            self._offered = offered
            self.setText("" if offered is None else _statable(offered))
        self.setVisible(offered is not None)

    def _take(self) -> None:
        if self._offered is not None:
            self._context.do(date_layers, {self._uuid: self._offered})


class UndatedLink(LinkButton):
    """Counts images without a date, and leads to the table that offers the dates in their names; hidden for none."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            "",
            translate("DateOffers", "List them with the dates in their files’ names: tick those that are so"),
            parent,
        )
        self._context, self._uuids = context, tuple[str, ...]()
        self.clicked.connect(lambda: context.layer_verbs.date_by_name.emit(list(self._uuids)))
        self.hide()

    def show_images(self, uuids: Sequence[str], least: int = 1) -> None:
        """Count these images, which have no date; hidden where there are fewer than `least`."""
        if tuple(uuids) != self._uuids:
            self._uuids = tuple(uuids)
            layers = self._context.document.layers
            there = (layers[uuid] for uuid in self._uuids[:MOST_NAMES] if uuid in layers)
            self.setText(_undated_words(len(uuids), any(map(date_by_name, there))))
            self.updateGeometry()
        self.setVisible(len(uuids) >= least)


class LateDateLink(LinkButton):
    """Offers to state on marks what the layer states (date, credit, sensor), where they were drawn before."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            "", translate("DateOffers", "Give what was marked on this image what the layer says now"), parent
        )
        self._context, self._uuid = context, ""
        self.clicked.connect(self._date)
        self.hide()

    def show_layer(self, layer: Layer | None) -> None:
        """Count the marks on this layer that lack what it states."""
        self._uuid = "" if layer is None else layer.uuid
        evidence = evidence_without(self._context.document, (self._uuid,))
        words = in_language(evidence.words) if evidence.images else ""
        if evidence.facts == (DATE,):
            self.setText(translate("DateOffers", "Marked before it was dated: date {0} too").format(words))
        elif evidence.images:
            facts = ", ".join(map(word, evidence.facts))
            sentence = translate("DateOffers", "Marked before this was stated: state {0} on {1} too")
            self.setText(sentence.format(facts, words))
        self.setVisible(bool(evidence.images))

    def _date(self) -> None:
        is_date = evidence_without(self._context.document, (self._uuid,)).facts == (DATE,)
        self._context.do(date_evidence if is_date else state_on_evidence, (self._uuid,))


def offered_date(layer: Layer, drawing: LayerDrawing | None) -> LayerDate | None:
    """The date in the name of a layer's file; None where the case or the file has a date, or may still turn out to."""
    if layer.acquired_at:
        return None
    if isinstance(drawing, RasterDrawing) and not isinstance(drawing.source, CombinedSource):
        drawing.ask_acquisition()
        if drawing.info is not None and drawing.source.acquisition is None:
            return None  # it is being read
    return None if drawing is not None and drawing.acquisition.at else date_by_name(layer)


def _undated_words(count: int, have_dated_names: bool) -> str:
    if have_dated_names:
        return translate(
            "DateOffers", "{count} undated: date them by name…", "{count} undated: date it by name…", count
        )
    return translate("DateOffers", "{count} undated: state their dates…", "{count} undated: state its date…", count)


def _statable(offered: LayerDate) -> str:
    return translate("DateOffers", "{0}, from the file’s name: state it?").format(_date_words(offered))


def _date_words(offered: LayerDate) -> str:
    return one_line(written_date(offered.acquired_at), 40)


def name_date_words(offered: LayerDate) -> str:
    """The offer as a question: 31 August 2020, from the file's name?"""
    return translate("DateOffers", "{0}, from the file’s name?").format(_date_words(offered))
