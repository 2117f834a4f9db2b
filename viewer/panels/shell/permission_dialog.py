"""The dialog of permissions: hosts and folders that a case needs, with their layers, allowed and withdrawn here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.panels.widgets.form_page import muted, wrapped
from viewer.rendering.access import Need, PermissionKind
from viewer.support.language.text import one_line, tooltip

SIZE = QSize(720, 460)
NAME, LAYERS, STATE = range(3)
MOST_LAYERS = 3


class PermissionDialog(QDialog):
    """The dialog beside the map.

    Each tick takes effect at once: `decided` carries the needs and whether they are allowed.
    """

    decided = Signal(object, bool)
    relink_wanted = Signal()

    def __init__(self, needs: Callable[[], Sequence[Need]], parent: QWidget | None = None) -> None:
        """`needs` is called again after each decision."""
        super().__init__(parent)
        self._needs = needs
        self._shown: list[Need] = []
        self._is_filling = False
        self._decisions: list[tuple[Need, bool]] = []
        # The rows are made anew by a decision, which must not happen while one of them is being ticked.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._decide)
        self.setWindowTitle(self.tr("Permissions"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.says = wrapped("")
        self.says.setObjectName("bigFact")
        self.note = muted(
            self.tr(
                "Nothing listed here is contacted, looked up or read before you allow it. What lies beside the "
                "case needs no permission."
            )
        )
        self.tree = QTreeWidget()
        self._set_up_tree()
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.says)
        layout.addWidget(self.note)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._buttons())
        self.tree.itemChanged.connect(self._ticked)
        self.resize(SIZE)
        self.look_again()
        self.tree.setFocus()

    def look_again(self) -> None:
        """Show the present needs and permissions."""
        current = self.tree.currentItem()
        before = current.text(NAME) if current is not None else ""
        self._shown = list(self._needs())
        self._is_filling = True
        self.tree.clear()
        for kind, title in self._titles().items():
            mine = [need for need in self._shown if need.kind is kind]
            if mine:
                self._add_group(title, mine)
        self.tree.expandAll()
        groups = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        items = [item for group in groups if group for row in range(group.childCount()) if (item := group.child(row))]
        if items:
            self.tree.setCurrentItem(next((item for item in items if item.text(NAME) == before), items[0]))
        self._is_filling = False
        lacking = [need for need in self._shown if not need.is_allowed]
        waiting = [need for need in lacking if need.can_be_allowed]
        layers = {layer for need in waiting for layer in need.layers}
        single, many = self.tr("1 layer waits for your permission."), self.tr("{0} layers wait for your permission.")
        nothing = self.tr("Nothing waits for your permission.")
        self.says.setText(nothing if not layers else single if len(layers) == 1 else many.format(len(layers)))
        self.allow_button.setEnabled(bool(waiting))
        self.relink_button.setEnabled(
            any(need.kind in (PermissionKind.FOLDER, PermissionKind.SHARE) for need in lacking)
        )

    # -- building ---------------------------------------------------------------------------------------------------

    def _titles(self) -> dict[PermissionKind, str]:
        return {
            PermissionKind.HOST: self.tr("Hosts on the network"),
            PermissionKind.PRIVATE_HOST: self.tr("This computer and the local network"),
            PermissionKind.FOLDER: self.tr("Folders outside the case"),
            PermissionKind.SHARE: self.tr("Network shares and mounted drives"),
        }

    def _set_up_tree(self) -> None:
        tree = self.tree
        tree.setHeaderLabels([self.tr("Allow"), self.tr("Needed by"), self.tr("State")])
        tree.setAccessibleName(self.tr("Hosts and folders"))
        tree.setRootIsDecorated(False)
        tree.setIndentation(14)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(LAYERS, QHeaderView.ResizeMode.Interactive)
        tree.header().setSectionResizeMode(STATE, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().resizeSection(LAYERS, 190)

    def _buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        buttons = QDialogButtonBox()
        self.allow_button = buttons.addButton(self.tr("&Allow All of This Case"), role.ActionRole)
        self.relink_button = buttons.addButton(self.tr("&Relink Files…"), role.ActionRole)
        self.relink_button.setToolTip(self.tr("Point the layers to their files on this computer"))
        self.close_button = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.allow_button.clicked.connect(self._allow_all)
        self.relink_button.clicked.connect(self._relink)
        for button in (self.allow_button, self.relink_button):
            button.setAutoDefault(False)  # nothing is allowed by a stray Enter
        self.close_button.setDefault(True)
        buttons.rejected.connect(self.reject)
        return buttons

    def _add_group(self, title: str, needs: Sequence[Need]) -> None:
        group = QTreeWidgetItem([title])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = self.tree.font()
        font.setWeight(font.Weight.DemiBold)
        group.setFont(NAME, font)
        self.tree.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        for need in needs:
            group.addChild(self._row(need))

    def _row(self, need: Need) -> QTreeWidgetItem:
        flag = Qt.ItemFlag
        name, layers = shown_name(need), _listed(need.layers) or self.tr("nothing now")
        item = QTreeWidgetItem([name, layers, self._state(need)])
        can_tick = need.can_be_allowed or need.is_allowed
        item.setFlags(flag.ItemIsSelectable | flag.ItemIsEnabled | (flag.ItemIsUserCheckable if can_tick else flag(0)))
        if can_tick:
            item.setCheckState(NAME, Qt.CheckState.Checked if need.is_allowed else Qt.CheckState.Unchecked)
        item.setData(NAME, Qt.ItemDataRole.UserRole, self._shown.index(need))
        item.setToolTip(NAME, tooltip(name))
        item.setToolTip(LAYERS, tooltip("\n".join(need.layers[:40])))
        return item

    def _state(self, need: Need) -> str:
        if need.is_allowed:
            return self.tr("allowed")
        return self.tr("waits") if need.can_be_allowed else self.tr("not on this computer")

    # -- deciding ---------------------------------------------------------------------------------------------------

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        number = item.data(NAME, Qt.ItemDataRole.UserRole)
        if self._is_filling or column != NAME or number is None:
            return
        need = self._shown[number]
        allowed = item.checkState(NAME) is Qt.CheckState.Checked
        if allowed != need.is_allowed:
            self._decisions.append((need, allowed))
            self._soon.start()

    def _decide(self) -> None:
        decisions, self._decisions = self._decisions, []
        for need, allowed in decisions:
            self.decided.emit([need], allowed)

    def _allow_all(self) -> None:
        self.decided.emit([need for need in self._shown if need.layers and not need.is_allowed], True)

    def _relink(self) -> None:
        self.accept()
        self.relink_wanted.emit()


def shown_name(need: Need) -> str:
    """A host in ASCII, as it is looked up, with its own letters beside; a folder unchanged."""
    name = one_line(need.name, 400)
    if need.kind in (PermissionKind.HOST, PermissionKind.PRIVATE_HOST) and "xn--" in need.name:
        own = QUrl.fromAce(need.name.partition(":")[0].encode(), QUrl.AceProcessingOption.IgnoreIDNWhitelist)
        return f"{name} ({one_line(own, 100)})"
    return name


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(one_line(name, 60) for name in names[:MOST_LAYERS])
    return shown if len(names) <= MOST_LAYERS else f"{shown} +{len(names) - MOST_LAYERS}"
