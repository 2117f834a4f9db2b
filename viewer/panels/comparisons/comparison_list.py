"""The panel of comparisons: those that the case keeps, opened, renamed, moved and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from layers.document.comparison import read_spec
from layers.document.rows import Comparison
from viewer.commands.comparisons import lost_frames
from viewer.panels.comparisons.comparison_desk import ComparisonDesk, mode_word
from viewer.panels.named_lists.named_list import Offer, OrderedListPanel
from viewer.panels.named_lists.named_rows import NameDelegate, NamedRows
from viewer.panels.widgets.form_page import side_by_side
from viewer.support.language.translation import translate


class ComparisonRows(NamedRows[Comparison]):
    """Rows with the mode, the number of images, and problems of each comparison."""

    def __init__(self, desk: ComparisonDesk) -> None:
        super().__init__(lambda: desk.rows)
        self._desk = desk

    @override
    def facts_of(self, row: Comparison) -> str:
        """The mode, the number of images, and problems."""
        spec = read_spec(row.spec_json)
        if spec is None:
            return self.tr("cannot be shown")
        lost = len(lost_frames(self._desk.context.document, spec))
        facts = [mode_word(spec.mode), translate("ComparisonRows", "{count} images", "{count} image", len(spec.frames))]
        facts += [self.tr("{0} gone").format(lost)] if lost else []
        facts += [self.tr("shown now")] if row.uuid == self._desk.current else []
        return " · ".join(facts)


class ComparisonListPanel(OrderedListPanel):
    """The list of comparisons; it follows the document, and every operation is the desk's."""

    def __init__(self, desk: ComparisonDesk, parent: QWidget | None = None) -> None:
        model = ComparisonRows(desk)
        super().__init__(desk, model, parent)
        self._desk, self.model = desk, model
        hint = self.tr("A comparison sets images of one place against each other. Select two layers and press K.")
        self.set_up_view(self.tr("Comparisons"), hint, NameDelegate(self.view, self.tr("Name of the comparison")))
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        of = self.tr("Compare the images selected in the layers, or those in the middle of the map")
        self.add_button = self.button(self.tr("Compare"), of, desk.begin)
        self.open_button = self.button(self.tr("Open"), self.tr("Show the comparison"), self.enter)
        self.delete_button = self.button(self.tr("Delete"), self.tr("Delete the comparison"), self.delete)
        movers = self.movers(self.tr("Move the comparison up (Alt+Up)"), self.tr("Move the comparison down (Alt+Down)"))
        self.column.addLayout(side_by_side(self.add_button, self.open_button, self.delete_button))
        self.column.addLayout(side_by_side(*movers))
        desk.shown_changed.connect(self.read)
        desk.context.changed.connect(lambda changes: self.read() if changes.touches("comparisons", "layers") else None)
        desk.context.document_replaced.connect(self.read)
        self.read()

    @override
    def enter(self) -> None:
        if self.chosen:
            self._desk.open(self.chosen)

    @override
    def offers(self) -> Sequence[Offer]:
        return ((self.tr("&Open"), "Return", self.enter), (self.tr("&Rename"), "F2", self.rename))

    @override
    def show_offers(self) -> None:
        super().show_offers()
        for button in (self.open_button, self.delete_button):
            button.setEnabled(self.view.currentIndex().isValid())
