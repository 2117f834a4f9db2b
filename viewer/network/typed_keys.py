"""Keys in addresses that people type: shown to the hosts of the address in this session, and part of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from layers.errors import BadTemplate
from layers.services.address_keys import KeyedAddress, split_key
from layers.services.tile_service import TileService
from viewer.network.consent import ascii_host, host_of
from viewer.network.secrets import Secret, SecretKind, Secrets


def secret_in(keyed: KeyedAddress) -> Secret | None:
    """The secret that was taken out of an address; None for none."""
    if not keyed.key:
        return None
    return Secret(SecretKind.BASIC if keyed.is_password else SecretKind.QUERY, keyed.key, keyed.name)


def without_key(text: str, show: Callable[[str, Secret], object]) -> str:
    """The typed text without the key of its address, for which `show` is called with each host and the secret."""
    keyed = split_key(text)
    if (secret := secret_in(keyed)) is not None:
        for host in _hosts(keyed.address):
            show(ascii_host(host), secret)
    return keyed.address


def _hosts(address: str) -> Iterable[str]:
    """The hosts of a template, or of any other address."""
    try:
        return TileService("", address).hosts
    except BadTemplate:
        return filter(None, (host_of(address),))


def secrets_in(texts: Iterable[str]) -> Secrets:
    """The keys of typed addresses, for one session."""
    secrets = Secrets()
    for text in texts:
        without_key(text, secrets.put)
    return secrets
