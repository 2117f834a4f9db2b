"""Whom the program may contact: asked once a case, remembered, and never looked up before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from layers.errors import BadTemplate
from layers.services.catalog import TileService
from viewer.network.consent import Consent, host_of, is_private
from viewer.support.messages import MessageAction, Messages
from viewer.support.settings import Settings


class Permissions(QObject):
    """Keeps `consent` in step with the settings and asks for hosts that a case brings along."""

    granted = Signal()
    """Layers that waited may try again."""

    def __init__(self, consent: Consent, settings: Settings, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._consent, self._settings, self._messages = consent, settings, messages
        for host in settings.get("allowed_hosts"):
            self._allow(str(host))

    def allow(self, host_or_url: str) -> None:
        """The analyst agreed to contact a host, by typing its address or choosing it."""
        hosts = _hosts_of(host_or_url)
        for host in hosts:
            self._allow(host)
        if hosts:
            self._settings.set("allowed_hosts", sorted(set(self._settings.get("allowed_hosts")) | set(hosts)))
            self.granted.emit()

    def ask_for(self, document: Document) -> None:
        """One line for all layers of a case that would contact somebody nobody has agreed to."""
        waiting: dict[str, set[str]] = {}
        for layer in document.layers.values():
            missing = [host for host in _layer_hosts(layer.source) if not self._consent.permits(host)]
            if missing:
                waiting[layer.uuid] = set(missing)
        hosts = sorted(set().union(*waiting.values()))
        if not hosts:
            self._messages.clear("consent")
            return
        one = self.tr("1 layer waits for your permission to contact {0}.")
        sentence = one if len(waiting) == 1 else self.tr("{1} layers wait for your permission to contact {0}.")
        allow = MessageAction(self.tr("Allow"), self._allower(hosts))
        self._messages.show("consent", sentence.format(", ".join(hosts), len(waiting)), "info", allow)

    def _allower(self, hosts: list[str]) -> Callable[[], None]:
        def allow_all() -> None:
            for host in hosts:
                self.allow(host)

        return allow_all

    def _allow(self, host: str) -> None:
        if is_private(host):
            self._consent.allow_private(host)
        else:
            self._consent.allow(host)


def _hosts_of(host_or_url: str) -> tuple[str, ...]:
    if "://" not in host_or_url:
        return (host_or_url.lower(),) if host_or_url else ()
    try:
        return TileService("", host_or_url).hosts
    except BadTemplate:
        host = host_of(host_or_url)
        return (host,) if host else ()


def _layer_hosts(source: dict[str, object]) -> tuple[str, ...]:
    if not isinstance(source.get("template"), str):
        return ()
    try:
        return TileService.from_json(source).hosts
    except BadTemplate:
        return ()
