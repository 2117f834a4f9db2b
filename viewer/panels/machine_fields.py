"""Fields of the machine that translated, transcribed, described or detected something, in the form of what it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.document.source import MachineWork, read_machine
from layers.document.vocabulary import MACHINE_TASKS
from viewer.panels.widgets.field_set import COLUMN, FieldSet
from viewer.panels.widgets.fields import ChoiceField, LineField
from viewer.panels.widgets.form_page import muted
from viewer.panels.words import choices

MACHINE_COLUMN = "machine_json"


class MachineFields(QWidget):
    """Task, tool, version, and the person who checked the work. All empty: no machine is stated."""

    def __init__(self, store: Callable[[str], str], parent: QWidget | None = None) -> None:
        """`store` takes the text for `machine_json`, and returns the reason of a refusal, or empty text."""
        super().__init__(parent)
        self._store, self._work, self._uuid = store, MachineWork(), ""
        form = QFormLayout()
        self.fields = FieldSet(form, self._commit, self)
        add = self.fields.add
        add(
            "task", self.tr("Task"), ChoiceField([("", ""), *choices(MACHINE_TASKS)], free=True), self.tr("What it did")
        )
        add("tool", self.tr("Tool"), LineField(), self.tr("Its name, as its maker has it"))
        add(
            "version",
            self.tr("Version"),
            LineField(),
            self.tr("Its version or model; else the day of its use"),
        )
        add(
            "checked_by",
            self.tr("Checked by"),
            LineField(),
            self.tr("The person who compared the result with the original; unchecked work is not published"),
        )
        self.unchecked = muted(self.tr("Not checked by a person: a product that rests on it is not published."))
        # a finding leads to the column of the case, which these fields share
        self.fields.fields["checked_by"].setProperty(COLUMN, MACHINE_COLUMN)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(form)
        layout.addWidget(self.unchecked)

    @property
    def is_stated(self) -> bool:
        """True where a machine is named."""
        return self._work != MachineWork()

    def show_text(self, uuid: str, text: str) -> None:
        """Show the machine work in `machine_json` of a row."""
        self._work = read_machine(text) or MachineWork()
        if uuid != self._uuid:
            self._uuid = uuid
            self.fields.show_other(self._work)
        self.fields.show_row(self._work)
        self.unchecked.setVisible(self.is_stated and not self._work.is_checked)

    def _commit(self, column: str, value: Any) -> str:
        work = replace(self._work, **{column: str(value or "").strip()})
        return "" if work == self._work else self._store(work.to_json() if work != MachineWork() else "")
