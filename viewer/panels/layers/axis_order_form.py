"""The switch of a map server's order of axes, where its CRS has two."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.document.layer import Layer
from layers.services.offers.axis_order import AxisOrder, order_of
from viewer.commands.imagery.axis_orders import service_with_order
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label


class AxisOrderForm(QWidget):
    """The switch; hidden for all other layers. `chosen` carries an `AxisOrder`."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = plain_label(self.tr("Axis order"))
        self.order = ChoiceField((order, in_language(order.words)) for order in AxisOrder)
        self.order.setAccessibleName(self.tr("Axis order"))
        self.order.committed.connect(lambda order: self.chosen.emit(AxisOrder(order)))
        label.setBuddy(self.order)
        self.note = muted(
            self.tr("Change it where the map stays empty, or shows another place: for all layers of the server.")
        )
        form = QFormLayout()
        form.addRow(label, self.order)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 6)
        layout.setSpacing(4)
        layout.addLayout(form)
        layout.addWidget(self.note)
        self.hide()

    def show_layer(self, layer: Layer) -> None:
        """Show the order of a layer."""
        service = service_with_order(layer)
        self.setVisible(service is not None)
        if service is not None:
            self.order.show_value(order_of(service))
