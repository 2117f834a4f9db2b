"""The dialog that asks for the name of a class of one's own, such as a fence, for the mark in the form."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from layers.document.mark_template import LONGEST_NAME
from viewer.commands.filing.templates import mark_as_new_class
from viewer.panels.context import PanelContext
from viewer.panels.sites.case_templates import templates_of_case
from viewer.panels.words import class_choices
from viewer.support.language.text import tooltip
from viewer.support.still_boxes import ComboBox

WIDTH_PX = 340


class NewClassDialog(QDialog):
    """Asks for a name, and of which class it is a kind: its sign is that one's."""

    def __init__(self, context: PanelContext, uuid: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._uuid = context, uuid
        self.setWindowTitle(self.tr("New Class"))
        self.setMinimumWidth(WIDTH_PX)
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(self.tr("such as Fence"))
        self.name.setAccessibleName(self.tr("Name of the class"))
        self.kind_of = ComboBox()
        for code, title in class_choices():
            self.kind_of.addItem(title, code)
        self.kind_of.setCurrentIndex(self.kind_of.findData("other"))
        self.kind_of.setAccessibleName(self.tr("Kind of"))
        tip = self.tr("The class that it is a kind of: it takes that one’s sign, and other programs file it there")
        self.kind_of.setToolTip(tooltip(tip))
        form = QFormLayout()
        form.addRow(self.tr("Name"), self.name)
        form.addRow(self.tr("Kind of"), self.kind_of)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok_button = box.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(self.tr("&Add Class"))
        self.ok_button.setEnabled(False)
        self.name.textChanged.connect(lambda text: self.ok_button.setEnabled(bool(text.strip())))
        box.accepted.connect(self._add)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(box)
        self.name.setFocus()

    def _add(self) -> None:
        known = {template.code for template in templates_of_case(self._context.document)}
        if self._context.do(mark_as_new_class, self._uuid, self.name.text(), self.kind_of.currentData(), known=known):
            self.accept()


def ask_new_class(context: PanelContext, uuid: str, parent: QWidget) -> None:
    """Ask for a class for a mark that is still in the case."""
    if uuid in context.document.sites:
        NewClassDialog(context, uuid, parent).open()
