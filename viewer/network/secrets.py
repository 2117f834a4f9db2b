"""Secrets of this computer: what it shows to a host to be let in. They stand in no case, log, credit or error."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Protocol, override
from urllib.parse import quote, quote_plus

from msgspec import Struct

from layers.decoding import decoded_or_none, encoded
from viewer.network.consent import ascii_host
from viewer.support.kept_files import replace_text

SHORTEST_LOOKED_FOR = 4
"""Shorter secrets are not looked for in texts: they would be found by chance."""


class SecretKind(StrEnum):
    """Ways of showing a secret to a host."""

    BASIC = "basic"
    """A name and a password."""
    BEARER = "bearer"
    HEADER = "header"
    """A key in a header that has a name of its own."""
    QUERY = "query"
    """A key as a parameter of each address."""
    OAUTH2 = "oauth2"
    """A client's name and secret, for which `token_address` gives a token that is valid for a while."""


class Secret(Struct, frozen=True):
    """A secret for one host. `name` is the user, the header, the parameter or the client, by its kind."""

    kind: SecretKind
    value: str
    name: str = ""
    token_address: str = ""
    scope: str = ""

    @override
    def __repr__(self) -> str:
        return f"Secret({self.kind.value})"

    def words(self) -> Iterable[str]:
        """The secret as it may stand in a text."""
        if len(self.value) >= SHORTEST_LOOKED_FOR:
            yield from dict.fromkeys((self.value, quote(self.value, safe=""), quote_plus(self.value), self.pair()))

    def pair(self) -> str:
        """Name and value as they are sent for a login of kind BASIC."""
        return b64encode(f"{self.name}:{self.value}".encode()).decode()


class Vault(Protocol):
    """A place for secrets outside this program. Each function may wait for a person, on another thread."""

    def read(self, host: str) -> str:
        """The text that is kept for a host; empty for none."""

    def write(self, host: str, text: str) -> bool:
        """Keep a text for a host, or drop it where it is empty; False where that is not possible."""


class Keyring:
    """The keyring of the operating system."""

    _service = "Geoloupe"

    def read(self, host: str) -> str:
        import keyring  # it takes a tenth of a second, and few have secrets
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(self._service, host) or ""
        except (KeyringError, OSError, RuntimeError):
            return ""

    def write(self, host: str, text: str) -> bool:
        import keyring  # the same
        from keyring.errors import KeyringError

        try:
            if text:
                keyring.set_password(self._service, host, text)
            else:
                keyring.delete_password(self._service, host)
        except (KeyringError, OSError, RuntimeError):
            return False
        return True


class Secrets:
    """The secrets of hosts ("name" or "name:port"): for this session, and in a vault where that is wanted.

    Which hosts the vault is asked about stands in a file: it is opened for nobody else.
    """

    def __init__(self, file: Path | None = None, vault: Vault | None = None) -> None:
        self._file, self._vault = file, vault
        self._by_host: dict[str, Secret] = {}
        self._in_vault = self._listed()

    def of(self, host: str) -> Secret | None:
        """The secret for a host that is known by now."""
        return self._by_host.get(ascii_host(host))

    def is_unread(self, host: str) -> bool:
        """True for a host whose secret is still in the vault only."""
        host = ascii_host(host)
        return host in self._in_vault and host not in self._by_host

    def read(self, host: str) -> Secret | None:
        """Read a secret from the vault, on another thread; `put` makes it known."""
        text = "" if self._vault is None else self._vault.read(ascii_host(host))
        with suppress(ValueError):
            return decoded_or_none(json.loads(text), Secret)
        return None

    def put(self, host: str, secret: Secret | None) -> None:
        """Use a secret for a host during this session; None where the vault has none after all."""
        host = ascii_host(host)
        if secret is None:
            self._by_host.pop(host, None)
            self._in_vault.discard(host)
        else:
            self._by_host[host] = secret

    def keep(self, host: str) -> bool:
        """Keep the secret of a host for later sessions, on another thread; False where there is no place for it."""
        host = ascii_host(host)
        secret = self._by_host.get(host)
        if secret is None or self._vault is None or not self._vault.write(host, json.dumps(encoded(secret))):
            return False
        self._in_vault.add(host)
        self._list()
        return True

    def drop(self, host: str) -> None:
        """Drop the secret of a host, also from the vault, on another thread."""
        host = ascii_host(host)
        self._by_host.pop(host, None)
        if host in self._in_vault and self._vault is not None:
            self._vault.write(host, "")
        self._in_vault.discard(host)
        self._list()

    def _listed(self) -> set[str]:
        if self._file is None:
            return set()
        try:
            hosts = decoded_or_none(json.loads(self._file.read_bytes()), list[str])
        except (OSError, ValueError):
            return set()
        return set(hosts or ())

    def _list(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                replace_text(self._file, json.dumps(sorted(self._in_vault)))
