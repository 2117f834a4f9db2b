"""The dialog that asks for the name of a class of one's own, such as a fence, for marks to come or for one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from layers.document.mark_template import LONGEST_NAME, MarkTemplate
from viewer.commands.filing.templates import add_new_class, mark_as_new_class, new_class
from viewer.panels.context import PanelContext
from viewer.panels.sites.case_templates import templates_of_case
from viewer.panels.words import class_choices, site_name
from viewer.support.language.text import one_line, tooltip
from viewer.support.still_boxes import ComboBox

WIDTH_PX = 340


class NewClassDialog(QDialog):
    """Asks for a name, and of which class it is a kind: its sign is that one's."""

    added = Signal(MarkTemplate)
    """The template of a class that no mark has yet."""

    def __init__(self, context: PanelContext, uuid: str, parent: QWidget, *, is_asked: bool = False) -> None:
        """`uuid` is the mark that may be of the class; empty for none. `is_asked`: only if that is ticked."""
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
        self.takes_mark = QCheckBox()
        self.takes_mark.setChecked(bool(uuid) and not is_asked)
        self.takes_mark.setVisible(bool(uuid) and is_asked)
        if uuid:
            name = one_line(site_name(context.document.sites[uuid], context.document), 40)
            self.takes_mark.setText(self.tr("Make “{0}” one, too").format(name))
            form.addRow("", self.takes_mark)
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
        templates = {template.code: template for template in templates_of_case(self._context.document)}
        named = self.name.text(), self.kind_of.currentData()
        if self.takes_mark.isChecked():
            if self._context.do(mark_as_new_class, self._uuid, *named, known=set(templates)):
                self.accept()
            return
        template = new_class(*named)
        if template.code in templates or self._context.do(add_new_class, *named):
            self.added.emit(templates.get(template.code, template))
            self.accept()


def ask_new_class(context: PanelContext, uuid: str, parent: QWidget) -> None:
    """Ask for a class for a mark that is still in the case."""
    if uuid in context.document.sites:
        NewClassDialog(context, uuid, parent).open()
