"""Finds the hosts, folders and shares outside a case that its layers need, and checks whether they are allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import sample_data
from layers.document.layer import Layer
from layers.errors import BadTemplate, FileMissing, NotAllowed
from layers.phrase import Phrase
from layers.project.opening.layer_paths import (
    MOST_CHARS,
    LayerFile,
    Reach,
    described,
    judged,
    packs_in,
    places_of,
)
from layers.raster.band_files import band_files_of
from layers.requests.addresses import is_address
from layers.services.stac.signing import need_of
from layers.services.tile_service import TileService
from viewer.network.consent import Consent, host_of, is_private
from viewer.network.fetcher import Fetcher
from viewer.network.folder_consent import FolderConsent
from viewer.network.signing import known_rules
from viewer.support.language.text import one_line


class WaitsForPermission(NotAllowed):
    """Raised where a layer shows something outside its case that has not been allowed yet."""


class PermissionKind(StrEnum):
    """The kinds of permissions, each in a line of its own where they are listed."""

    HOST = "host"
    PRIVATE_HOST = "private host"
    """This computer, or one of the local network."""
    FOLDER = "folder"
    SHARE = "share"


@dataclass(frozen=True, slots=True)  # no Struct: `layers` do not tell needs apart
class Need:
    """One host or folder that layers need, with those layers."""

    kind: PermissionKind
    name: str
    """A host with its port, or a folder."""
    is_allowed: bool
    can_be_allowed: bool = True
    """False for a folder that this computer cannot have."""
    layers: tuple[str, ...] = field(default=(), compare=False)
    """Names of the layers, topmost first."""


def places_outside(layer: Layer, folder: Path | None, folders: FolderConsent) -> list[LayerFile]:
    """The files of a layer that are neither in the case's folder nor shipped; links are followed as text."""
    if layer.kind == "tiles":
        return []
    places = places_of(layer.source, "" if folder is None else str(folder))
    return [folders.behind(place) for place in places if not folders.is_inside(place)]


def hosts_of(layer: Layer) -> tuple[str, ...]:
    """The hosts that a layer of tiles, or one of a file on a host, contacts; empty where its address cannot be used."""
    if layer.kind != "tiles":
        return hosts_of_file(layer.source)
    try:
        return TileService.from_json(layer.source).hosts
    except BadTemplate:
        return ()


def needs_of(layers: Iterable[Layer], folder: Path | None, consent: Consent, folders: FolderConsent) -> list[Need]:
    """The permissions that the layers of a case need, each once, in the order of the layers."""
    needs: dict[tuple[PermissionKind, str], tuple[Need, dict[str, None]]] = {}
    for layer in layers:
        for need in (*_hosts(layer, consent), *_folders(layer, folder, folders)):
            _, names = needs.setdefault((need.kind, need.name), (need, {}))
            names[layer.name] = None
    return [replace(need, layers=tuple(names)) for need, names in needs.values()]


def waits(layer: Layer, folder: Path | None, consent: Consent | None, folders: FolderConsent) -> bool:
    """True where a layer is paused until something is allowed. Without `consent` no host is contacted anyway."""
    is_refused = consent is not None and any(not consent.permits(host) for host in hosts_of(layer))
    has_clip = layer.kind == "raster" and bool(layer.source.get("path"))
    if is_refused and not has_clip and not packs_of(layer, folder, folders):
        return True
    outside = places_outside(layer, folder, folders)
    return any(place.can_be_allowed and not folders.permits(place) for place in outside)


def address_of(source: Mapping[str, Any]) -> str:
    """The address of a layer's file on a host; empty for a file on a disk, and for what no address can be."""
    return usable_address(source.get("address"))


def is_on_host(layer: Layer) -> bool:
    """True for an image whose file lies on a host."""
    return layer.kind == "raster" and bool(address_of(layer.source))


def addresses_of(source: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of all files on hosts that a layer is made of, its own first; one is left out that none can be."""
    own, bands = address_of(source), (usable_address(file.address) for file in band_files_of(source))
    return tuple(dict.fromkeys(filter(None, (own, *bands)))) if own else ()


def usable_address(address: object) -> str:
    """An address that can be asked for; else empty."""
    if not isinstance(address, str) or not is_address(address) or not address.isascii() or len(address) > MOST_CHARS:
        return ""
    has_user = "@" in address.partition("://")[2].partition("/")[0]
    return "" if has_user or any(c.isspace() or not c.isprintable() for c in address) else address


def collection_of(source: Mapping[str, Any]) -> str:
    """The collection of a catalogue that a layer's file belongs to; empty for none."""
    return _of_catalogue(source, "collection")


def hosts_of_file(source: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that a layer of files on hosts contacts: their own, and that of its catalogue where that signs their
    addresses; empty for files on a disk.
    """
    hosts: dict[str, None] = {}
    for address in addresses_of(source):
        hosts[host_of(address)] = None
        need = need_of(known_rules(), address, collection_of(source))
        if need is not None and need.host == host_of(_of_catalogue(source, "address")):
            hosts[need.host] = None
    return tuple(hosts)


def _of_catalogue(source: Mapping[str, Any], name: str) -> str:
    catalogue = source.get("catalogue")
    stated = catalogue.get(name) if isinstance(catalogue, Mapping) else ""
    return stated[:MOST_CHARS] if isinstance(stated, str) else ""


def packs_of(layer: Layer, folder: Path | None, folders: FolderConsent) -> list[Path]:
    """The offline packs of a layer of tiles that may be looked at: those beside the case. A layer with one is drawn
    without its hosts being allowed, as far as the pack goes.
    """
    if layer.kind != "tiles":
        return []
    places = [judged(text, "" if folder is None else str(folder)) for text in packs_in(layer.source)]
    return [Path(place.path) for place in places if place.path and folders.permits(place)]


def reads_clip(layer: Layer, consent: Consent | None, fetcher: Fetcher | None) -> bool:
    """True for a layer of a file on a host that is drawn from its pack beside the case, a part of that file: while no
    host is contacted, or its own is not allowed or cannot be reached.
    """
    if layer.kind != "raster" or not address_of(layer.source) or not layer.source.get("path"):
        return False
    hosts = hosts_of_file(layer.source)
    is_refused = fetcher is None or any(consent is not None and not consent.permits(host) for host in hosts)
    return is_refused or any(fetcher is not None and fetcher.reach_of(host).is_cut_off for host in hosts)


def check_hosts(layer: Layer, hosts: Iterable[str], consent: Consent | None) -> None:
    """Check the hosts of a layer. Raises WaitsForPermission where one of them has not been allowed."""
    missing = [host for host in hosts if consent is not None and not consent.permits(host)]
    if missing:
        raise WaitsForPermission(
            "“{name}” is left out: {missing} is not contacted until you allow it (File, Permissions).",
            name=one_line(layer.name, 60),
            missing=", ".join(missing),
        )


def check_places(layer: Layer, folder: Path | None, folders: FolderConsent) -> None:
    """Check the files of a layer.

    Raises WaitsForPermission where a file may not be looked at yet, and FileMissing where this computer has no such
    file, or none that is ever looked at.
    """
    for place in places_outside(layer, folder, folders):
        if folders.permits(place):
            continue
        about = Phrase(
            "“{name}” is left out: its file {described}", name=one_line(layer.name, 60), described=described(place)
        )
        if place.can_be_allowed:
            raise WaitsForPermission(
                "{about}. It is not looked at until you allow that (File, Permissions).", about=about
            )
        raise FileMissing("{about}. Relink the layer to where its file is here.", about=about)


def file_of(source: Mapping[str, Any], folder: Path | None, folders: FolderConsent) -> Path | None:
    """The file of a layer, or of one image of a combined one, where it may be looked at; None where it names none.

    Raises FileNotFoundError for a shipped file that this installation lacks, NotAllowed for what may not be looked at.
    """
    for place in places_of(source, "" if folder is None else str(folder)):
        if place.reach is Reach.SHIPPED:
            return sample_data.path(place.text)
        if not folders.permits(place):
            raise NotAllowed("The file {described}: it may not be looked at.", described=described(place))
        return Path(place.path)
    return None


def file_at_hand(layer: Layer, folder: Path | None, folders: FolderConsent) -> Path | None:
    """The single file of a layer that may be looked at now; None without one."""
    try:
        return file_of(layer.source, folder, folders)
    except (NotAllowed, FileNotFoundError):
        return None


def _hosts(layer: Layer, consent: Consent) -> Iterable[Need]:
    for host in hosts_of(layer):
        kind = PermissionKind.PRIVATE_HOST if is_private(host) else PermissionKind.HOST
        yield Need(kind, host, consent.permits(host), layers=(layer.name,))


def _folders(layer: Layer, folder: Path | None, folders: FolderConsent) -> Iterable[Need]:
    for place in places_outside(layer, folder, folders):
        if place.reach in (Reach.ELSEWHERE, Reach.NETWORK):
            kind = PermissionKind.SHARE if place.reach is Reach.NETWORK else PermissionKind.FOLDER
            yield Need(kind, place.folder, folders.permits(place), place.can_be_allowed, (layer.name,))
