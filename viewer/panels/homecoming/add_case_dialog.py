"""The dialog that adds parts of another case to the open one: its layers, and its sites with their evidence."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.layer import Layer
from viewer.commands.filing.added_case import STAYS, CaseChoice, mixes_terms
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label

WIDTH_PX, WISHED_PX, AROUND_PX = 520, 520, 60
LIST_PX, STAYS_PX = 70, 76


class AddCaseDialog(QDialog):
    """Asks beside the map. `chosen` carries a `CaseChoice`; `open_wanted` is emitted to open the other case instead."""

    chosen = Signal(object)
    open_wanted = Signal()

    def __init__(self, document: Document, other: Document, path: Path, problems: tuple[str, ...], parent: QWidget):
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._document, self._other, self._problems = document, other, problems
        self.setWindowTitle(self.tr("Add a Case to This One"))
        self.setMinimumWidth(WIDTH_PX)
        count = len(other.sites)
        self.sites = QCheckBox(
            translate("AddCaseDialog", "{count} sites and other marks", "{count} site or other mark", count)
        )
        self.sites.setText(f"{self.sites.text()}{self._with()}")
        has_evidence = bool(count or other.claims or other.sources)
        self.sites.setChecked(has_evidence)
        self.sites.setEnabled(has_evidence)
        self.layers = QListWidget()
        self.stays = QPlainTextEdit()
        self.add_button = QPushButton(self.tr("&Add"))
        self._fill_layers()
        self._lay_out(path)
        self.sites.toggled.connect(self._show_choice)
        self.layers.itemChanged.connect(self._show_choice)
        self._show_choice()

    def _with(self) -> str:
        """The rows that come with the sites, counted in words."""
        other = self._other
        parts = [
            translate("AddCaseDialog", "{count} claims", "{count} claim", len(other.claims)) if other.claims else "",
            translate("AddCaseDialog", "{count} sources", "{count} source", len(other.sources))
            if other.sources
            else "",
            translate("AddCaseDialog", "{count} chips", "{count} chip", len(other.chips)) if other.chips else "",
        ]
        named = ", ".join(filter(None, parts))
        return self.tr(", with {0}").format(named) if named else ""

    def _fill_layers(self) -> None:
        self.layers.setAccessibleName(self.tr("Layers of the other case"))
        self.layers.setMinimumHeight(LIST_PX)
        for layer in reversed(self._other.layers_in_order()):
            is_here = layer.uuid in self._document.layers
            name = one_line(layer.name, 80)
            line = QListWidgetItem(self.tr("{0} (in this case already)").format(name) if is_here else name)
            line.setData(Qt.ItemDataRole.UserRole, layer.uuid)
            line.setToolTip(plain(one_line(_place_of(layer), 200)))
            line.setFlags(line.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            line.setCheckState(Qt.CheckState.Unchecked if is_here else Qt.CheckState.Checked)
            if is_here:
                line.setFlags(line.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.layers.addItem(line)

    def _lay_out(self, path: Path) -> None:
        head = plain_label(self.tr("What comes in of “{0}”").format(one_line(path.name, 60)))
        below = plain_label(self.tr("Layers: hosts and folders that they need are asked for, as on opening"))
        stays = plain_label(self.tr("What stays in the other case, or as it is here"))
        for label in (head, below, stays):
            label.setObjectName("heading")
            label.setWordWrap(True)
        self.stays.setReadOnly(True)
        self.stays.setTabChangesFocus(True)
        self.stays.setFixedHeight(STAYS_PX)
        self.stays.setAccessibleName(stays.text())
        self.stays.setPlainText("\n".join(self._account()) or self.tr("Nothing: all of it comes in."))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        open_button = QPushButton(self.tr("&Open It Instead"))
        box.addButton(open_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.add_button.setDefault(True)
        box.addButton(self.add_button, QDialogButtonBox.ButtonRole.AcceptRole)
        open_button.clicked.connect(self._open_instead)
        box.accepted.connect(self._choose)
        box.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        for part in (head, self.sites, below):
            layout.addWidget(part)
        layout.addWidget(self.layers, 1)
        layout.addWidget(stays)
        layout.addWidget(self.stays)
        layout.addWidget(box)
        has_layers = bool(self._other.layers)
        below.setVisible(has_layers)
        self.layers.setVisible(has_layers)
        self.resize(WIDTH_PX, min(WISHED_PX, self.screen().availableGeometry().height() - AROUND_PX))

    def _account(self) -> list[str]:
        """Sentences about rows that do not come, and about those that are here already."""
        lines = list[str]()
        here = sum(
            uuid in self._document.table(table)
            for table in ("sites", "claims", "sources")
            for uuid in self._other.table(table)
        )
        if here:
            lines.append(
                translate(
                    "AddCaseDialog",
                    "{count} sites, claims and sources are in this case already: they stay as they are here.",
                    "{count} site, claim or source is in this case already: it stays as it is here.",
                    here,
                )
            )
        words: dict[Table, str] = {
            "products": self.tr("Products"),
            "bookmarks": self.tr("Bookmarks"),
            "comparisons": self.tr("Comparisons"),
            "filters": self.tr("Saved filters"),
            "watch": self.tr("Looks for new images"),
        }
        counts = {table: len(self._other.table(table)) for table in STAYS}
        lines += [
            self.tr("{0} ({1}) stay there").format(words[table], count) for table, count in counts.items() if count
        ]
        lines.append(self.tr("Its history stays there; rows keep their authors and dates."))
        if mixes_terms(self._document, self._other):
            lines.append(
                self.tr(
                    "The judgements of the two cases use different terms of likelihood: make them one before a product."
                )
            )
        return [*lines, *self._problems]

    def choice(self) -> CaseChoice:
        """The parts that are ticked."""
        lines = [self.layers.item(at) for at in range(self.layers.count())]
        ticked = [line for line in lines if line.checkState() == Qt.CheckState.Checked]
        return CaseChoice(frozenset(line.data(Qt.ItemDataRole.UserRole) for line in ticked), self.sites.isChecked())

    def _show_choice(self, *_: object) -> None:
        choice = self.choice()
        self.add_button.setEnabled(bool(choice.layers or choice.sites))

    def _choose(self) -> None:
        self.chosen.emit(self.choice())
        self.close()

    def _open_instead(self) -> None:
        self.close()
        self.open_wanted.emit()


def _place_of(layer: Layer) -> str:
    """The file or the address of a layer, for a tooltip."""
    source = layer.source
    return next((str(source[key]) for key in ("path", "template", "address", "shipped") if source.get(key)), "")
