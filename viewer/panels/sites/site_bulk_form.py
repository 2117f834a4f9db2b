"""A form for several sites at once: class, role and status, each as one undo step."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.vocabulary import ROLES, STATUSES
from viewer.commands.sites import delete_sites, update_sites
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.words import choices, class_choices
from viewer.support.plain_label import plain_label

COLUMNS = ("class_code", "role", "status")


class SiteBulkForm(QWidget):
    """Shown while several sites are selected; a field that differs among them is empty."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.count = plain_label()
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        for column, title, words in (
            ("class_code", self.tr("Class"), class_choices()),
            ("role", self.tr("Role"), choices(ROLES)),
            ("status", self.tr("Status"), choices(STATUSES)),
        ):
            field = ChoiceField(words)
            field.setPlaceholderText(self.tr("several"))
            self.fields.add(column, title, field)
        self.zoom_button = QPushButton(self.tr("Zoom to all"))
        self.delete_button = QPushButton(self.tr("Delete all"))
        for button in (self.zoom_button, self.delete_button):
            button.setAccessibleName(button.text())
        self.zoom_button.clicked.connect(self._zoom)
        self.delete_button.clicked.connect(self._delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.count)
        layout.addLayout(form)
        layout.addWidget(self.fields.refusal)
        layout.addWidget(muted(self.tr("What you choose is set for all of them, as one step that can be undone.")))
        layout.addLayout(side_by_side(self.zoom_button, self.delete_button))
        layout.addStretch(1)
        context.selection.changed.connect(self._show)
        context.changed.connect(lambda changes: self._show() if changes.touches("sites") else None)
        self._show()

    def _show(self) -> None:
        sites = self._context.document.sites
        chosen = [sites[uuid] for uuid in self._context.selection.uuids if uuid in sites]
        if len(chosen) < 2:
            return
        self.count.setText(self.tr("%1 sites selected").replace("%1", str(len(chosen))))
        for column in COLUMNS:
            values = {getattr(site, column) for site in chosen}
            self.fields.fields[column].show_value(values.pop() if len(values) == 1 else None)

    def _commit(self, column: str, value: Any) -> str:
        uuids = self._context.selection.uuids
        self._context.do_for_many(self.tr("Changing sites"), update_sites, uuids, **{column: value})
        return ""

    def _zoom(self) -> None:
        sites = self._context.document.sites
        self._context.zoom_to_sites(sites[uuid] for uuid in self._context.selection.uuids)

    def _delete(self) -> None:
        self._context.do_for_many(self.tr("Deleting sites"), delete_sites, self._context.selection.uuids)
