"""The form of a login: its kind, and the fields of that kind. What is secret is masked, and leaves the form once."""

from __future__ import annotations

from typing import override

from msgspec import Struct
from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from viewer.network.consent import host_of_url, is_private
from viewer.network.secrets import Secret, SecretKind
from viewer.support.language.translation import translate
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox

USUAL_NAMES = {SecretKind.HEADER: "X-API-Key", SecretKind.QUERY: "api_key"}
"""The names by which most servers take a key."""
LONGEST_SECRET = 10_000


def kind_words(kind: SecretKind) -> str:
    """A kind of login as people call it."""
    match kind:
        case SecretKind.BASIC:
            return translate("Logins", "Name and password")
        case SecretKind.BEARER:
            return translate("Logins", "Bearer token")
        case SecretKind.HEADER:
            return translate("Logins", "Key in a header")
        case SecretKind.QUERY:
            return translate("Logins", "Key in the address")
        case SecretKind.OAUTH2:
            return translate("Logins", "OAuth2 client")


class _Words(Struct, frozen=True):
    """The labels of the fields of a kind; empty for a field that it has not."""

    value: str
    name: str = ""


class SecretField(QLineEdit):
    """A field that shows dots, and gives what was typed neither to the clipboard nor to a menu."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setMaxLength(LONGEST_SECRET)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open no menu: its Undo would bring back what was cleared."""

    def take(self) -> str:
        """The typed text, of which the field keeps nothing."""
        text = self.text()
        self.clear()
        self.setText("")  # this one empties the undo of the field, too
        return text


class LoginForm(QWidget):
    """The form. `changed` is emitted whenever it may be complete, or complete no more."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind_box, self.name, self.value = ComboBox(), QLineEdit(), SecretField()
        self.token_address, self.scope = QLineEdit(), QLineEdit()
        for kind in SecretKind:
            self.kind_box.addItem(kind_words(kind), kind.value)
        self.token_address.setPlaceholderText("https://…/token")
        self.scope.setPlaceholderText(self.tr("none, as a rule"))
        self._rows = QFormLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._name_label, self._value_label = plain_label(""), plain_label("")
        rows = (
            (plain_label(self.tr("Kind")), self.kind_box),
            (plain_label(self.tr("Token address")), self.token_address),
            (self._name_label, self.name),
            (self._value_label, self.value),
            (plain_label(self.tr("Scope")), self.scope),
        )
        for label, field in rows:
            label.setBuddy(field)
            field.setAccessibleName(label.text())
            self._rows.addRow(label, field)
        self.kind_box.currentIndexChanged.connect(self._show_kind)
        for line in (self.name, self.value, self.token_address):
            line.textChanged.connect(self.changed)
        self._show_kind()

    @property
    def kind(self) -> SecretKind:
        """The chosen kind."""
        return SecretKind(self.kind_box.currentData())

    def choose(self, kind: SecretKind) -> None:
        """Choose a kind."""
        self.kind_box.setCurrentIndex(self.kind_box.findData(kind.value))

    @property
    def is_complete(self) -> bool:
        """True where all is typed that the kind needs."""
        name, value = self.name.text().strip(), self.value.text()
        match self.kind:
            case SecretKind.BASIC:
                return bool(name or value)  # some servers take a key in place of a name
            case SecretKind.BEARER:
                return bool(value)
            case SecretKind.HEADER | SecretKind.QUERY:
                return bool(value and (name or self.name.placeholderText()))
            case SecretKind.OAUTH2:
                return bool(name and value and self.token_address.text().strip())

    @property
    def token_host(self) -> str:
        """The host that is to be asked for tokens; empty for none, and for an address that cannot be used."""
        url = QUrl(self.token_address.text().strip(), QUrl.ParsingMode.StrictMode)
        host = host_of_url(url)
        is_safe = url.scheme() == "https" or (url.scheme() == "http" and is_private(host))
        return host if self.kind is SecretKind.OAUTH2 and is_safe and not url.userInfo() else ""

    def problem(self) -> str:
        """A sentence on what cannot be used; empty where all can."""
        if self.kind is SecretKind.OAUTH2 and not self.token_host:
            return self.tr("The token address has to be a whole https address: the client’s secret is sent there.")
        name = self.name.text().strip()
        if self.kind is SecretKind.HEADER and not all(
            sign.isascii() and (sign.isalnum() or sign in "-_") for sign in name
        ):
            return self.tr("The name of a header has letters, digits and hyphens only.")
        return ""

    def take_secret(self) -> Secret:
        """The login as typed; the form keeps nothing of its secret."""
        kind = self.kind
        name = self.name.text().strip() or self.name.placeholderText()
        is_client = kind is SecretKind.OAUTH2
        return Secret(
            kind,
            self.value.take(),
            "" if kind is SecretKind.BEARER else name,
            self.token_address.text().strip() if is_client else "",
            self.scope.text().strip() if is_client else "",
        )

    def _show_kind(self) -> None:
        words = self._words()
        is_client = self.kind is SecretKind.OAUTH2
        self._rows.setRowVisible(self.name, bool(words.name))
        self._rows.setRowVisible(self.token_address, is_client)
        self._rows.setRowVisible(self.scope, is_client)
        self.name.setPlaceholderText(USUAL_NAMES.get(self.kind, ""))
        for label, field, text in (
            (self._name_label, self.name, words.name),
            (self._value_label, self.value, words.value),
        ):
            label.setText(text)
            field.setAccessibleName(text)
        self.value.take()  # a password is no key
        self.changed.emit()

    def _words(self) -> _Words:
        match self.kind:
            case SecretKind.BASIC:
                return _Words(self.tr("Password"), self.tr("Name"))
            case SecretKind.BEARER:
                return _Words(self.tr("Token"))
            case SecretKind.HEADER:
                return _Words(self.tr("Key"), self.tr("Header"))
            case SecretKind.QUERY:
                return _Words(self.tr("Key"), self.tr("Parameter"))
            case SecretKind.OAUTH2:
                return _Words(self.tr("Client secret"), self.tr("Client ID"))
