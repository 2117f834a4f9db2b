"""Permissions of the open case to contact hosts and read folders outside its own: asked for first, and remembered."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from layers.document.document import Document
from layers.document.layer import Layer
from layers.errors import BadTemplate
from layers.project.opening.case_paths import CaseHome
from layers.project.opening.layer_paths import places_of
from layers.services.tile_service import TileService
from viewer.app.case.trust import CaseKey, Trust, TrustStore
from viewer.network.consent import Consent, ascii_host, host_of, is_private
from viewer.network.folder_consent import FolderConsent
from viewer.rendering.access import Need, PermissionKind, hosts_of_file, needs_of
from viewer.support.messages import MessageAction, Messages
from viewer.support.settings import Settings, only_texts

MESSAGE = "consent"
MOST_NAMED = 3
"""Most needs named in the message line; the panel lists all."""


class Permissions(QObject):
    """Keeps allowed hosts and folders in step with the settings, and asks for those that a case needs.

    Public hosts are allowed for every case, as the analyst chose them; folders and private hosts for one case only.
    """

    changed = Signal()
    """Permissions have changed: layers that waited may be read now, or others may not be any more."""
    withdrawn = Signal(str)
    """Host that must not be contacted any more."""
    wanted = Signal()
    """The analyst asks for the permission panel."""

    def __init__(
        self,
        consent: Consent,
        settings: Settings,
        messages: Messages,
        folders: FolderConsent | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.consent, self.folders = consent, folders or FolderConsent()
        self._settings, self._messages, self._trust = settings, messages, TrustStore(settings)
        self._key = CaseKey("", "")
        self._asked: frozenset[tuple[str, str]] = frozenset()
        for host in only_texts(settings.get("allowed_hosts")):
            if not is_private(host):
                consent.allow(host)

    # -- which case --------------------------------------------------------------------------------------------

    def take_up(self, key: CaseKey, home: CaseHome) -> None:
        """Take up another case, with the permissions given to it before and to the files beside it."""
        trust = self._trust.find(key)
        self._key, self._asked = key, frozenset()
        for host in self.consent.private_hosts - set(trust.private_hosts):
            self.consent.withdraw(host)
            self.withdrawn.emit(host)
        for host in trust.private_hosts:
            if is_private(host):
                self.consent.allow_private(host)
        self.folders.begin(home, trust.folders)
        self._messages.clear(MESSAGE)

    def saved(self, key: CaseKey, layers: Iterable[Layer]) -> None:
        """Carry the permissions over to the file in which the case was saved: its layers stay readable there."""
        outside = [place for layer in layers for place in places_of(layer.source)]
        allowed = [place for place in map(self.folders.behind, outside) if self.folders.permits(place)]
        if key.path:
            self.folders.move_home(os.path.dirname(key.path))
        for place in allowed:
            if place.path and not self.folders.is_inside(place):
                self.folders.allow(self.folders.behind(place).folder)
        self._key = key
        self._remember()

    # -- allowing and taking back ------------------------------------------------------------------------------

    def allow(self, host_or_url: str) -> None:
        """Allow a host: the analyst agreed to it by typing its address or choosing it."""
        self._allow_all(_hosts_of(host_or_url), ())

    def allow_sources(self, sources: Iterable[Mapping[str, Any]]) -> None:
        """Allow the hosts and folders of these sources: adding, opening or dropping them is the analyst's consent."""
        hosts: list[str] = []
        folders: list[str] = []
        for source in sources:
            if "template" in source:
                hosts += TileService.from_json(dict(source)).hosts
                continue
            hosts += hosts_of_file(source)
            missing = [place for place in places_of(source) if place.path and not self.folders.permits(place)]
            folders += [place.folder for place in missing]
        if hosts or folders:
            self._allow_all(hosts, folders)

    def allow_folders(self, folders: Iterable[str]) -> None:
        """Allow these folders: the analyst chose files in them."""
        self._allow_all((), folders)

    def set_allowed(self, needs: Iterable[Need], allowed: bool) -> None:
        """Allow or withdraw these needs, as decided in the permission panel."""
        for need in needs:
            match need.kind, allowed:
                case ((PermissionKind.HOST | PermissionKind.PRIVATE_HOST), True):
                    self._allow_host(need.name)
                case ((PermissionKind.HOST | PermissionKind.PRIVATE_HOST), False):
                    self._withdraw_host(need.name)
                case _, True if need.can_be_allowed:
                    self.folders.allow(need.name)
                case _, False:
                    self.folders.withdraw(need.name)
        self._remember()
        self.changed.emit()

    # -- asking ------------------------------------------------------------------------------------------------

    def needs(self, document: Document, folder: Path | None) -> list[Need]:
        """Needs of the case, waiting ones first, then hosts and folders that are allowed and not needed now."""
        layers = reversed(document.layers_in_order())
        needs = sorted(needs_of(layers, folder, self.consent, self.folders), key=lambda need: need.is_allowed)
        named = {need.name for need in needs}
        hosts = [host for host in sorted(self.consent.hosts) if host not in named]
        folders = [folder for folder in sorted(self.folders.folders) if folder not in named]
        return [
            *needs,
            *(
                Need(PermissionKind.PRIVATE_HOST if is_private(host) else PermissionKind.HOST, host, True)
                for host in hosts
            ),
            *(Need(PermissionKind.FOLDER, folder, True) for folder in folders),
        ]

    def ask_for(self, waiting: Sequence[Layer], folder: Path | None) -> None:
        """Ask in one message line for everything that layers need and may not use yet; once for each host or folder."""
        needs = needs_of(waiting, folder, self.consent, self.folders)
        missing = [need for need in needs if need.can_be_allowed and not need.is_allowed]
        keys = frozenset((need.kind, need.name) for need in missing)
        if not missing:
            self._messages.clear(MESSAGE)
        elif not keys <= self._asked or self._messages.line(MESSAGE) is not None:  # which counts the layers
            single, many = (
                self.tr("1 layer waits for your permission ({0})."),
                self.tr("{1} layers wait for your permission ({0})."),
            )
            names = [need.name for need in missing[:MOST_NAMED]]
            names += [self.tr("and {0} more").format(len(missing) - MOST_NAMED)] if len(missing) > MOST_NAMED else []
            sentence = (single if len(waiting) == 1 else many).format(", ".join(names), len(waiting))
            action = MessageAction(self.tr("Permissions…"), self.wanted.emit)
            self._messages.show(MESSAGE, sentence, "info", action)
        self._asked = keys

    # ----------------------------------------------------------------------------------------------------------

    def _allow_all(self, hosts: Iterable[str], folders: Iterable[str]) -> None:
        for host in dict.fromkeys(hosts):
            self._allow_host(host)
        for folder in dict.fromkeys(folders):
            self.folders.allow(folder)
        self._remember()
        self.changed.emit()

    def _allow_host(self, host: str) -> None:
        host = ascii_host(host)
        if is_private(host):
            self.consent.allow_private(host)
        else:
            self.consent.allow(host)
            self._settings.change("allowed_hosts", lambda hosts: sorted({*only_texts(hosts), host}))

    def _withdraw_host(self, host: str) -> None:
        host = ascii_host(host)
        self.consent.withdraw(host)
        self._settings.change("allowed_hosts", lambda hosts: [other for other in only_texts(hosts) if other != host])
        self.withdrawn.emit(host)

    def _remember(self) -> None:
        self._trust.keep(self._key, Trust.of(self.folders.folders, self.consent.private_hosts))


def _hosts_of(host_or_url: str) -> tuple[str, ...]:
    if "://" not in host_or_url:
        return (host_or_url.lower(),) if host_or_url else ()
    try:
        return TileService("", host_or_url).hosts
    except BadTemplate:
        host = host_of(host_or_url)
        return (host,) if host else ()
