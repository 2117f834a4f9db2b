"""The offer to take over the layers that the map shows now, where a product has others."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from layers.product.maps.kept_layers import OtherLayers
from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import translate

_MOST_NAMES = 3


class LayersOffer(QWidget):
    """A sentence on the layers that the map shows and the page does not, or the reverse, and a button that takes them.

    Hidden where both show the same.
    """

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = wrapped("")
        self.words.setObjectName("caution")
        self.words.setAccessibleName(self.tr("Layers that differ from the map's"))
        self.button = QPushButton(self.tr("Use the Map's Layers"))
        self.button.setAutoDefault(False)
        self.button.setToolTip(tooltip(self.tr("Show on the page the layers that the map shows now")))
        self.button.clicked.connect(self.accepted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addLayout(side_by_side(self.button))
        self.hide()

    def show_layers(self, others: OtherLayers) -> None:
        """Tell of the layers by which the map differs from the product."""
        sentences = []
        if others.new:
            sentences.append(self.tr("On the map, and not on this page: {0}.").format(_named(others.new)))
        if others.hidden:
            sentences.append(self.tr("On this page, and hidden on the map: {0}.").format(_named(others.hidden)))
        self.words.setText(plain(" ".join(sentences)))
        self.setVisible(bool(sentences))


def _named(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"“{one_line(name, 60)}”" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    if more < 1:
        return shown
    return translate("LayersOffer", "{names} and {count} more", "{names} and {count} more", more).format(names=shown)
