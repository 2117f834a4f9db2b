"""Adds imagery of a public service, by provider or by a pasted tile address. Adding is consent for its host."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.decoding import encoded
from layers.errors import BadTemplate
from layers.services.catalog import catalog
from layers.services.tile_service import MAX_LEVEL, TileService
from viewer.commands.layers import add_layer
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import FormPage, muted
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line, plain
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import DateBox, SpinBox

DAYS_BACK = 1
"""Days before today of the default picture: yesterday's is complete, today's may not have been taken yet."""
LONGEST_NAME = 60
BELOW_PX = 200
"""Height in logical pixels of the questions and words on a service, which scroll when longer."""


class AddImageryPanel(QWidget):
    """The catalogue with the questions on a service; `added` is emitted when a layer was added."""

    added = Signal()
    ready_changed = Signal(bool)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(self.tr("Imagery services"))
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fill_tree()
        self.template, self.title = QLineEdit(), QLineEdit()
        self.template.setPlaceholderText("e.g. https://tiles.example.org/{z}/{x}/{y}.png")
        self.levels = SpinBox()
        self.levels.setRange(0, MAX_LEVEL)
        self.levels.setValue(18)
        self.attribution = QLineEdit()
        self.date = DateBox()
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat("yyyy-MM-dd")
        day = (datetime.now(UTC) - timedelta(days=DAYS_BACK)).date()
        self.date.setDate(QDate(day.year, day.month, day.day))
        self.terms = muted()
        self.agreed = QCheckBox(self.tr("My use is non-commercial, and products will say so"))
        self.agreed.setAccessibleName(self.agreed.text())
        self.agreed.setMinimumWidth(0)
        self.contact = muted()
        self.refusal = plain_label()
        self.refusal.setWordWrap(True)
        self._lay_out()
        self.tree.currentItemChanged.connect(lambda: self._show())
        self.tree.itemActivated.connect(lambda: self.add())
        for line in (self.template, self.title, self.attribution):
            line.textChanged.connect(lambda: self._show())
        self.agreed.toggled.connect(lambda: self._show())
        self.tree.setCurrentItem(self._items[0])

    def _fill_tree(self) -> None:
        self._items: list[QTreeWidgetItem] = []
        for group in catalog():
            parent = QTreeWidgetItem([one_line(group.title)])
            parent.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.tree.addTopLevelItem(parent)
            for service in group.services:
                item = QTreeWidgetItem([one_line(service.title)])
                item.setData(0, Qt.ItemDataRole.UserRole, service)
                parent.addChild(item)
                self._items.append(item)
            parent.setExpanded(True)
        custom = QTreeWidgetItem([self.tr("Another service, by its tile address")])
        self.tree.addTopLevelItem(custom)
        self._custom = custom

    def _lay_out(self) -> None:
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for text, widget in (
            (self.tr("Address"), self.template),
            (self.tr("Name"), self.title),
            (self.tr("Last level"), self.levels),
            (self.tr("Attribution"), self.attribution),
            (self.tr("Date, UTC"), self.date),
        ):
            label = plain_label(text)
            label.setBuddy(widget)
            widget.setAccessibleName(text)
            self.form.addRow(label, widget)
        # What is asked and said below the list takes the same room for each service: the list stays under the pointer.
        below = FormPage("")
        below.content.setContentsMargins(0, 0, 0, 0)
        below.content.addLayout(self.form)
        for part in (self.terms, self.agreed, self.contact, self.refusal):
            below.content.addWidget(part)
        below.content.addStretch(1)
        below.show_form()
        below.setFixedHeight(BELOW_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.tree, 1)
        layout.addWidget(below)

    # ------------------------------------------------------------------------------------------------------------

    def is_custom(self) -> bool:
        return self.tree.currentItem() is self._custom

    def service(self) -> TileService | None:
        """The chosen service, on the chosen day; None for a heading. Raises BadTemplate for an invalid address."""
        item = self.tree.currentItem()
        chosen: TileService | None
        if self.is_custom():
            title = self.title.text().strip() or self.template.text().split("://")[-1].partition("/")[0]
            chosen = TileService(
                title,
                self.template.text().strip(),
                max_level=self.levels.value(),
                attribution=self.attribution.text().strip(),
                may_export=bool(self.attribution.text().strip()),
            )
        else:
            chosen = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        if chosen is None:
            return None
        return chosen.at(self.date.date().toString("yyyy-MM-dd")) if chosen.is_dated else chosen

    def is_ready(self) -> bool:
        """True where pressing Add would add a layer."""
        try:
            service = self.service()
        except BadTemplate:
            return False
        return service is not None and (self.agreed.isChecked() or not service.non_commercial)

    def add(self) -> None:
        """Add the layer on top of the imagery, and allow its hosts."""
        service = self.service() if self.is_ready() else None
        if service is None:
            return
        name = service.title[:LONGEST_NAME] + (f", {service.time}" if service.is_dated else "")
        facts = {"credit": service.attribution, "acquired_at": service.time}
        for host in service.hosts:
            self._context.case.consent(host)
        kind = service.date_kind if service.is_dated else "composite"
        if self._context.do(add_layer, "tiles", name, encoded(service), date_kind=kind, **facts):
            self.added.emit()

    def _show(self) -> None:
        sentence, service = "", None
        try:
            service = self.service()
        except BadTemplate as error:
            sentence = error.sentence if self.template.text() else ""
        custom = self.is_custom()
        for widget in (self.template, self.title, self.levels, self.attribution):
            self.form.setRowVisible(widget, custom)
        self.form.setRowVisible(self.date, service is not None and service.is_dated)
        self.agreed.setVisible(service is not None and service.non_commercial)
        self.terms.setText(plain(self._terms(service, custom)))
        hosts = ", ".join(service.hosts) if service else ""
        consent = self.tr("Adding it allows Geoloupe to contact %1.").replace("%1", hosts)
        self.contact.setText(plain(consent) if hosts else "")
        self.refusal.setText(plain(sentence))
        self.ready_changed.emit(self.is_ready())

    def _terms(self, service: TileService | None, custom: bool) -> str:
        if custom:
            return self.tr(
                "Not one of the services we know: check its terms of use yourself. The server learns which places you"
                " look at. Without an attribution the imagery is left out of products."
            )
        if service is None:
            return self.tr("Choose a service.")
        parts = [
            word(service.note),
            self.tr("Licence: %1").replace("%1", word(service.licence)) if service.licence else "",
        ]
        return "\n".join(part for part in (*parts, service.attribution) if part)


class AddImageryDialog(QDialog):
    """The dialog of the panel with its two buttons, for the menu."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add imagery"))
        self.panel = AddImageryPanel(context)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add_button = self.buttons.addButton(self.tr("Add"), QDialogButtonBox.ButtonRole.ActionRole)
        self.add_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.panel, 1)
        layout.addWidget(self.buttons)
        self.panel.ready_changed.connect(self.add_button.setEnabled)
        self.panel.added.connect(self.accept)
        self.add_button.clicked.connect(self.panel.add)
        self.buttons.rejected.connect(self.reject)
        self.add_button.setEnabled(self.panel.is_ready())
        for button in self.buttons.buttons():
            button.setAccessibleName(button.text().replace("&", ""))
        self.resize(460, 560)
