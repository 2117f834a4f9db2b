"""The dialog of all logins: their hosts and kinds, where they are kept, and how they are forgotten."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from viewer.network.login_keeper import LoginKeeper
from viewer.panels.context import PanelContext
from viewer.panels.logins.login_form import kind_words
from viewer.panels.logins.sign_in import open_sign_in
from viewer.panels.one_dialog import show_once
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.support.language.text import one_line, tooltip

SIZE = (560, 320)
HOST, KIND, PLACE = range(3)


class LoginsDialog(QDialog):
    """The dialog beside the map."""

    def __init__(self, context: PanelContext, keeper: LoginKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._keeper = context, keeper
        self.setWindowTitle(self.tr("Logins"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.says = muted(
            self.tr("What Geoloupe shows to servers to be let in: to each host its own, and to no other.")
        )
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Logins"))
        self.list.setRootIsDecorated(False)
        self.list.setHeaderLabels([self.tr("Host"), self.tr("Kind"), self.tr("Kept in")])
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(HOST, QHeaderView.ResizeMode.Stretch)
        for column in (KIND, PLACE):
            self.list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.add_button, self.forget_button = QPushButton(self.tr("&Sign In…")), QPushButton(self.tr("&Forget"))
        self.add_button.setToolTip(tooltip(self.tr("Sign in to a host before it is asked")))
        self.forget_button.setToolTip(tooltip(self.tr("Show the login of the chosen host to nobody any more")))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.says)
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.add_button, self.forget_button))
        layout.addWidget(buttons)
        self.list.currentItemChanged.connect(lambda *_: self._show_current())
        self.add_button.clicked.connect(lambda: open_sign_in(self._context, self, settled=self._settled))
        self.forget_button.clicked.connect(self.forget)
        buttons.rejected.connect(self.reject)
        self.resize(*SIZE)
        self.look_again()

    def look_again(self) -> None:
        """List the present logins."""
        before = self.current()
        self.list.clear()
        for login in self._keeper.logins():
            kind = self.tr("not read yet") if login.kind is None else kind_words(login.kind)
            place = self.tr("keyring") if login.is_in_vault else self.tr("this session")
            item = QTreeWidgetItem([one_line(login.host, 200), kind, place])
            item.setData(HOST, Qt.ItemDataRole.UserRole, login.host)
            item.setToolTip(HOST, tooltip(login.host))
            self.list.addTopLevelItem(item)
            if login.host == before or self.list.topLevelItemCount() == 1:
                self.list.setCurrentItem(item)
        self._show_current()

    def current(self) -> str:
        """The chosen host; empty for none."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(HOST, Qt.ItemDataRole.UserRole))

    def forget(self) -> None:
        """Forget the login of the chosen host."""
        host, report = self.current(), self._context.report
        still_there = self.tr("The keyring has not let go of the login for %1.").replace("%1", one_line(host, 60))

        def done(is_dropped: bool) -> None:
            if not is_dropped:
                report(still_there)
            if shiboken6.isValid(self):
                self.look_again()

        if host:
            self._keeper.sign_out(host, done)

    def _settled(self) -> None:
        """List a new login."""
        if shiboken6.isValid(self):
            self.look_again()

    def _show_current(self) -> None:
        self.forget_button.setEnabled(bool(self.current()))


def open_logins(context: PanelContext, window: QWidget) -> LoginsDialog | None:
    """Show the dialog; None where there is no network."""
    fetcher = context.case.fetcher
    if fetcher is None:
        return None
    return show_once(window, LoginsDialog, lambda: LoginsDialog(context, LoginKeeper(fetcher), window))
