"""The dialog that signs in to a server: what is shown to it, where that is kept, and whom it is shown to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from viewer.network.consent import ascii_host, host_of_url
from viewer.network.login_keeper import LoginKeeper
from viewer.panels.context import PanelContext
from viewer.panels.logins.login_form import LoginForm
from viewer.panels.one_dialog import show_once
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.support.language.text import one_line, plain

WIDTH_PX = 460


class SignInDialog(QDialog):
    """The dialog beside the map. `signed_in` is emitted when the hosts are asked again."""

    signed_in = Signal()

    def __init__(
        self,
        context: PanelContext,
        keeper: LoginKeeper,
        hosts: Sequence[str] = (),
        settled: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        """`hosts` empty: a host is typed. `settled` is called when it is known whether the keyring has the login."""
        super().__init__(parent)
        self._context, self._keeper, self.hosts = context, keeper, tuple(hosts)
        self._settled = settled
        self.setWindowTitle(self.tr("Sign In"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.says = wrapped(one_line(", ".join(self.hosts), 300))
        self.says.setObjectName("bigFact")
        self.says.setVisible(bool(self.hosts))
        self.host = QLineEdit()
        self.host.setPlaceholderText(self.tr("Host, such as tiles.example.org"))
        self.host.setAccessibleName(self.tr("Host"))
        self.host.setVisible(not self.hosts)
        self.form = LoginForm()
        self.keeps = QCheckBox(self.tr("Keep it in the keyring of this computer"))
        self.keeps.setAccessibleName(self.keeps.text())
        self.keeps.setEnabled(False)
        self.where, self.whom, self.fault = muted(), muted(), wrapped("")
        self.fault.setAccessibleName(self.tr("Problem"))
        self.fault.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.sign_in_button = self.buttons.addButton(self.tr("Sign In"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.sign_in_button.setDefault(True)
        self._has_vault: bool | None = None
        self._lay_out()
        self.host.textChanged.connect(self._show)
        self.form.changed.connect(self._show)
        self.keeps.toggled.connect(self._show)
        self.buttons.accepted.connect(self.sign_in)
        self.buttons.rejected.connect(self.reject)
        self._choose_known()
        self._show()
        keeper.look_for_vault(self._take_vault)
        (self.form.name if self.hosts else self.host).setFocus()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        for part in (self.says, self.host, self.form, self.keeps, self.where, self.whom, self.fault):
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self.resize(WIDTH_PX, self.sizeHint().height())

    def _choose_known(self) -> None:
        """Begin with the kind of the login that the hosts have, if any."""
        known = {login.host: login.kind for login in self._keeper.logins()}
        kind = next((known[host] for host in self.hosts if known.get(host) is not None), None)
        if kind is not None:
            self.form.choose(kind)

    def _take_vault(self, has_vault: bool) -> None:
        if shiboken6.isValid(self):
            self._has_vault = has_vault
            self.keeps.setEnabled(has_vault)
            self.keeps.setChecked(has_vault)
            self._show()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _wanted(self) -> tuple[str, ...]:
        """The hosts to sign in to; a typed one may stand in an address."""
        if self.hosts:
            return self.hosts
        typed = self.host.text().strip()
        host = host_of_url(QUrl(typed if "://" in typed else f"https://{typed}"))
        return (ascii_host(host),) if host else ()

    def _show(self) -> None:
        hosts = self._wanted()
        self.sign_in_button.setEnabled(bool(hosts) and self.form.is_complete)
        self.fault.hide()
        if self._has_vault is None:
            self.where.setText(self.tr("Geoloupe looks for a keyring on this computer."))
        elif self.keeps.isChecked():
            self.where.setText(self.tr("It stays in the keyring until you forget it."))
        elif not self._has_vault:
            self.where.setText(
                self.tr("This computer has no keyring that keeps it safely: it is kept until Geoloupe ends.")
            )
        else:
            self.where.setText(self.tr("It is kept until Geoloupe ends."))
        shown_to = one_line(", ".join(hosts), 200) or self.tr("this host")
        words = [self.tr("It is shown to %1 only, and stands in no case, log or product.").replace("%1", shown_to)]
        if token_host := self.form.token_host:
            allowed = self.tr("Signing in allows Geoloupe to contact %1, which is shown the client secret.")
            words = [self.tr("The token is shown to %1 only.").replace("%1", shown_to)]
            words.append(allowed.replace("%1", one_line(token_host, 100)))
        self.whom.setText(plain(" ".join(words)))
        self._grow()

    def _grow(self) -> None:
        """Make room for what is shown: Qt would press the fields flat."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    # -- what is done -------------------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """Sign in with what was typed."""
        hosts, problem = self._wanted(), self.form.problem()
        if problem:
            self.fault.setText(problem)
            self.fault.show()
            self._grow()
            return
        if not hosts or not self.form.is_complete:
            return
        is_kept, report, settled = self.keeps.isChecked(), self._context.report, self._settled
        not_kept = self.tr("The keyring has not taken the login: it is kept until Geoloupe ends.")
        not_dropped = self.tr("The keyring has not let go of the login that it had before.")

        def done(is_done: bool) -> None:
            if not is_done:
                report(not_kept if is_kept else not_dropped)
            settled()

        if self.form.token_host:
            self._context.case.consent(self.form.token_host)
        self._keeper.sign_in(hosts, self.form.take_secret(), is_kept=is_kept, done=done)
        self.signed_in.emit()
        self.accept()


def open_sign_in(
    context: PanelContext,
    window: QWidget,
    hosts: Sequence[str] = (),
    done: Callable[[], None] = lambda: None,
    settled: Callable[[], None] = lambda: None,
) -> SignInDialog | None:
    """Show the dialog for these hosts, or for one that is typed; None where there is no network.

    `done` is called once somebody has signed in, and `settled` when it is known whether the keyring has taken it.
    """
    fetcher = context.case.fetcher
    if fetcher is None:
        return None

    def make() -> SignInDialog:
        dialog = SignInDialog(context, LoginKeeper(fetcher), hosts, settled, window)
        dialog.signed_in.connect(done)
        return dialog

    return show_once(window, SignInDialog, make, lambda dialog: dialog.hosts == tuple(hosts))
