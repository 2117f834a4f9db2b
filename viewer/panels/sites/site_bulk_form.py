"""A form for several marks at once: each field is set for all of them as one undo step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import batched
from operator import attrgetter
from typing import Any

from PySide6.QtWidgets import QFormLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.site import SITE_KINDS, Site
from layers.document.vocabulary import ROLES, STATUSES
from layers.time.utc import utc_now
from viewer.commands.filing.site_links import set_parent
from viewer.commands.sites import delete_sites, update_sites
from viewer.panels.context import PanelContext
from viewer.panels.sites.case_templates import offer_classes
from viewer.panels.sites.site_filing import (
    column_to_come,
    entered_to_come,
    folder_field,
    is_to_come,
    lifecycle_field,
    mark_kind_field,
    marking_field,
    no_date_to_come,
)
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, DateField, Field, LineField
from viewer.panels.widgets.form_page import FormPage, muted, side_by_side
from viewer.panels.widgets.picker import Picker
from viewer.panels.words import choices, class_choices, example
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

DATES = ("lifecycle_as_of", "observed_at", "valid_from", "valid_to")
AT_ONCE = 2000
CLEARED = ("-", "–")
"""Typed texts that clear a field of all marks."""


class SiteBulkForm(QWidget):
    """The form, shown while several marks are selected; a field that differs among them is empty."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_shown = False
        self.count = plain_label()
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        context.tell_dropped("sites", self.fields)
        for column, title, field in self._rows():
            self.fields.add(column, title, field, self._tip(field))
        self.parent_picker = Picker(self._parents, self.tr("Find a site…"), self.tr("Site that all are a part of"))
        self.parent_picker.picked.connect(self._set_parent)
        self.parent_picker.let_go.connect(context.tell_not_linked)
        self.fields.add_widget(self.tr("Part of"), self.parent_picker)
        offer_classes(context, self.fields.fields["class_code"])
        self.zoom_button = QPushButton(self.tr("Zoom to all"))
        self.delete_button = QPushButton(self.tr("Delete all"))
        for button in (self.zoom_button, self.delete_button):
            button.setAccessibleName(button.text())
        self.zoom_button.clicked.connect(self._zoom)
        self.delete_button.clicked.connect(self._delete)
        self.page = FormPage("")
        content = self.page.content
        content.addWidget(self.count)
        content.addLayout(form)
        content.addWidget(muted(self.tr("What you choose is set for all of them, as one step that can be undone.")))
        content.addLayout(side_by_side(self.zoom_button, self.delete_button))
        content.addStretch(1)
        self.page.show_form()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        context.selection.changed.connect(self._selected)
        context.flush_requested.connect(self.fields.flush)
        context.changed.connect(lambda changes: self._show() if changes.touches("sites") else None)
        self._selected()

    def _rows(self) -> list[tuple[str, str, Field]]:
        titles = dict(
            zip(DATES, (self.tr("As of"), self.tr("Observed"), self.tr("Valid from"), self.tr("Valid to")), strict=True)
        )
        return [
            ("class_code", self.tr("Class"), ChoiceField(class_choices())),
            ("role", self.tr("Role"), ChoiceField(choices(ROLES))),
            ("status", self.tr("Status"), ChoiceField(choices(STATUSES))),
            ("lifecycle", self.tr("Lifecycle"), lifecycle_field()),
            *((column, title, DateField()) for column, title in titles.items()),
            ("mark_kind", self.tr("Kind"), mark_kind_field()),
            ("marking", self.tr("Marking"), marking_field(self.tr("none"))),
            ("folder", self.tr("Folder"), folder_field(self._context)),
        ]

    def _tip(self, field: Field) -> str:
        is_typed = isinstance(field, LineField) or (isinstance(field, ChoiceField) and field.isEditable())
        return self.tr("Type a dash to take away what they say") if is_typed else ""

    def _selected(self) -> None:
        """Show other marks; typing and refusals are dropped."""
        was_shown, self._is_shown = self._is_shown, len(self._context.selection) > 1
        if not (was_shown or self._is_shown):  # as with each click on a single mark
            return
        self.fields.forget()
        for field in self.fields.fields.values():
            field.reset()
        self.parent_picker.show_for(*self._context.selection.uuids)
        self._show()

    def _show(self) -> None:
        if len(self._context.selection) < 2:
            return
        chosen = self._chosen()
        self.count.setText(self._counted(chosen))
        values_by_column = some_values(chosen, list(self.fields.fields))
        for column, field in self.fields.fields.items():
            self._show_values(field, values_by_column[column])

    def _chosen(self) -> list[Site]:
        """The selected marks, in the order of the case."""
        sites, uuids = self._context.document.sites, self._context.selection.uuids
        return list(sites.values()) if sites.keys() == uuids else [sites[u] for u in uuids if u in sites]

    def _show_values(self, field: Any, values: set[Any]) -> None:
        several = self.tr("several") if len(values) > 1 else ""
        value = values.pop() if len(values) == 1 else None
        if isinstance(field, LineField):
            field.setPlaceholderText(several or example("2024-04-12"))
            field.show_value("" if value is None else value)
            return
        field.setPlaceholderText(several)
        if field.isEditable():
            field.lineEdit().setPlaceholderText(several)
        field.show_value(value)

    def _counted(self, chosen: list[Site]) -> str:
        kinds = Counter(map(attrgetter("mark_kind"), chosen))
        sites = sum(count for kind, count in kinds.items() if kind in SITE_KINDS)
        words = [translate("SiteBulkForm", "{count} sites", "{count} site", sites)] if sites else []
        if others := len(chosen) - sites:
            words.append(translate("SiteBulkForm", "{count} other marks", "{count} other mark", others))
        return self.tr("%1 selected").replace("%1", self.tr(" and ").join(words))

    def _commit(self, column: str, value: Any) -> str:
        if len(self._context.selection) < 2:
            return ""
        if value in CLEARED:
            value = ""
        if column == "lifecycle_as_of" and is_to_come(str(value), utc_now()):
            return self._commit_to_come(str(value))
        refusal = self._context.attempt(update_sites, (), **{column: value})
        if not refusal:
            uuids = self._context.selection.uuids
            self._context.do_for_many(self.tr("Changing sites"), update_sites, uuids, **{column: value})
        return refusal

    def _commit_to_come(self, date: str) -> str:
        """Enter a future date into the column that all marks have for it, as in the form of one mark; or refuse it."""
        chosen = self._chosen()
        columns = {column_to_come(site) for site in chosen}
        column = columns.pop() if len(columns) == 1 else ""
        if not column or any(getattr(site, column) not in ("", date) for site in chosen):
            return no_date_to_come(date)
        refusal = self._commit(column, date)
        if not refusal:
            self.fields.fields["lifecycle_as_of"].reset()
            self._context.report(entered_to_come(date, column))
        return refusal

    def _parents(self) -> list[tuple[str, str]]:
        chosen = self._context.selection.uuids
        sites = self._context.document.sites.values()
        return [(site.uuid, site.label) for site in sites if site.is_site and site.label and site.uuid not in chosen]

    def _set_parent(self, parent_uuid: str) -> None:
        uuids = self._context.selection.uuids
        self._context.do_for_many(self.tr("Changing sites"), set_parent, uuids, parent_uuid=parent_uuid)

    def _zoom(self) -> None:
        sites = self._context.document.sites
        self._context.zoom_to_sites(sites[uuid] for uuid in self._context.selection.uuids)

    def _delete(self) -> None:
        self._context.do_for_many(self.tr("Deleting marks"), delete_sites, self._context.selection.uuids)


def some_values(sites: Sequence[Site], columns: Sequence[str]) -> dict[str, set[Any]]:
    """Values of each column: one where all sites have the same, else at least two of them.

    A column is read in batches of sites until two values are known, as reading all of 100,000 sites is slow.
    """
    values_by_column: dict[str, set[Any]] = {column: set() for column in columns}
    for batch in batched(sites, AT_ONCE):
        alike = [column for column, values in values_by_column.items() if len(values) < 2]
        if not alike:
            break
        rows = set(map(attrgetter(*alike, "mark_kind"), batch))  # of one column alone it would be no tuple
        for at, column in enumerate(alike):
            values_by_column[column].update(row[at] for row in rows)
    return values_by_column
