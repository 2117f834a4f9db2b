"""The question whether hosts may be contacted, asked where the analyst wants what lies there."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from viewer.panels.context import PanelContext
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

MOST_NAMED = 3


def closed_hosts(context: PanelContext, hosts: Iterable[str]) -> list[str]:
    """List the hosts that may not be contacted yet, each once."""
    fetcher = context.case.fetcher
    return [host for host in dict.fromkeys(hosts) if fetcher is not None and not fetcher.consent.permits(host)]


def when_allowed(
    context: PanelContext, hosts: Iterable[str], go_on: Callable[[], None], verb: str, parent: QWidget
) -> None:
    """Call `go_on`, after the analyst has allowed those of the hosts that may not be contacted yet, in one question
    whose button is called by the `verb`. Nothing happens where they are not allowed.
    """
    closed = closed_hosts(context, hosts)
    if not closed:
        go_on()
        return
    names = ", ".join(one_line(host, 60) for host in closed[:MOST_NAMED])
    if len(closed) > MOST_NAMED:
        names = translate("HostQuestion", "{0} and {1} more").format(names, len(closed) - MOST_NAMED)
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(translate("HostQuestion", "Allow a Host?"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(translate("HostQuestion", "The pictures are at {0}, which has not been allowed.").format(names))
    box.setInformativeText(
        translate(
            "HostQuestion",
            "It learns which scenes you look at, and which part of them. File, Permissions takes that back.",
        )
    )
    allow = box.addButton(verb, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(allow)

    def allowed() -> None:
        for host in closed:
            context.case.consent(host)
        go_on()

    allow.clicked.connect(allowed)
    box.rejected.connect(parent.activateWindow)
    box.open()
