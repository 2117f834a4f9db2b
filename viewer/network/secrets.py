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
        # Some servers take a key in place of a name, with no password.
        word = self.value or (self.name if self.kind is SecretKind.BASIC else "")
        if len(word) >= SHORTEST_LOOKED_FOR:
            yield from dict.fromkeys((word, quote(word, safe=""), quote_plus(word), self.pair()))

    def pair(self) -> str:
        """Name and value as they are sent for a login of kind BASIC."""
        return b64encode(f"{self.name}:{self.value}".encode()).decode()


class Vault(Protocol):
    """A place for secrets outside this program. Each function may wait for a person, on another thread."""

    def can_keep(self) -> bool:
        """True where secrets outlast the session, and other users of the computer cannot read them."""

    def read(self, host: str) -> str:
        """The text that is kept for a host; empty for none."""

    def write(self, host: str, text: str) -> bool:
        """Keep a text for a host, or drop it where it is empty; False where that is not possible."""


class Keyring:
    """The keyring of the operating system."""

    _service = "Geoloupe"

    def can_keep(self) -> bool:
        """False also for a keyring that is a plain file, as anybody who copies that has the secrets."""
        import keyring  # it takes a tenth of a second, and few have secrets
        from keyring.core import recommended
        from keyring.errors import KeyringError

        try:
            return bool(recommended(keyring.get_keyring()))
        except (KeyringError, OSError, RuntimeError):
            return False

    def read(self, host: str) -> str:
        import keyring  # the same
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

    Which hosts the vault is asked about, and their kinds of secrets, stand in a file: it is opened for nobody else.
    """

    def __init__(self, file: Path | None = None, vault: Vault | None = None) -> None:
        self._file, self._vault = file, vault
        self._by_host: dict[str, Secret] = {}
        self._in_vault = self._listed()
        """The kind of each secret in the vault, by host; empty for one of an older file."""

    def can_keep(self) -> bool:
        """True where there is a vault that can keep secrets; asked on another thread."""
        return self._vault is not None and self._vault.can_keep()

    def kinds(self) -> dict[str, str]:
        """The hosts that have a secret, in this session or in the vault, each with its kind, empty where unknown."""
        known = {host: secret.kind.value for host, secret in self._by_host.items()}
        return dict(sorted((self._in_vault | known).items()))

    def is_in_vault(self, host: str) -> bool:
        """True for a host whose secret outlasts the session."""
        return ascii_host(host) in self._in_vault

    def of(self, host: str) -> Secret | None:
        """The secret for a host that is known by now."""
        return self._by_host.get(ascii_host(host)) if self._by_host else None

    def is_unread(self, host: str) -> bool:
        """True for a host whose secret is still in the vault only."""
        if not self._in_vault:
            return False
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
            self._in_vault.pop(host, None)
        else:
            self._by_host[host] = secret

    def keep(self, host: str) -> bool:
        """Keep the secret of a host for later sessions, on another thread; False where there is no place for it."""
        host = ascii_host(host)
        secret = self._by_host.get(host)
        if secret is None or self._vault is None or not self._vault.write(host, json.dumps(encoded(secret))):
            return False
        self._in_vault[host] = secret.kind.value
        self._list()
        return True

    def drop(self, host: str) -> bool:
        """Drop the secret of a host, also from the vault, on another thread; False where the vault does not let go."""
        self._by_host.pop(ascii_host(host), None)
        return self.drop_from_vault(host)

    def drop_from_vault(self, host: str) -> bool:
        """Use the secret of a host in this session only, on another thread; False where the vault does not let go."""
        host = ascii_host(host)
        # First of all, so that nobody reads it again while the vault waits for a person.
        kind = self._in_vault.pop(host, None)
        if kind is None or self._vault is None:
            return True
        is_dropped = self._vault.write(host, "")
        if not is_dropped:
            self._in_vault[host] = kind
        self._list()
        return is_dropped

    def _listed(self) -> dict[str, str]:
        if self._file is None:
            return {}
        try:
            listed = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        hosts = decoded_or_none(listed, list[str])  # an older file
        return dict.fromkeys(hosts, "") if hosts is not None else decoded_or_none(listed, dict[str, str]) or {}

    def _list(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                replace_text(self._file, json.dumps(dict(sorted(self._in_vault.items()))))
