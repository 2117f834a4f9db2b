"""Signs in to hosts and out of them: shows, keeps and forgets their secrets, and has the hosts asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from msgspec import Struct

from viewer.network.fetcher import Fetcher
from viewer.network.secrets import Secret, SecretKind

type VaultDone = Callable[[bool], None]


class KeptLogin(Struct, frozen=True):
    """A login without its secret: its host, its kind, None for an unknown one, and whether it outlasts the session."""

    host: str
    kind: SecretKind | None
    is_in_vault: bool


class LoginKeeper:
    """The logins of a fetcher, for the window's thread; what may wait for a person is done on others."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._secrets = fetcher.logins.secrets

    def logins(self) -> list[KeptLogin]:
        """All logins, in the order of their hosts."""
        logins = []
        for host, kind_text in self._secrets.kinds().items():
            kind = None
            with suppress(ValueError):
                kind = SecretKind(kind_text)
            logins.append(KeptLogin(host, kind, self._secrets.is_in_vault(host)))
        return logins

    def look_for_vault(self, done: VaultDone) -> None:
        """Call `done` with True where logins can be kept for later sessions."""
        self._fetcher.ask_vault(self._secrets.can_keep, done)

    def sign_in(self, hosts: Sequence[str], secret: Secret, *, is_kept: bool, done: VaultDone) -> None:
        """Show a secret to these hosts from now on, and ask them again.

        `is_kept` keeps it for later sessions; `done` is called with False where that, or its opposite, has failed.
        """
        for host in hosts:
            self._fetcher.sign_in(host, secret)
        change = self._secrets.keep if is_kept else self._secrets.drop_from_vault

        def keep() -> bool:
            changes = [change(host) for host in hosts]
            return all(changes)

        self._fetcher.ask_vault(keep, done)

    def sign_out(self, host: str, done: VaultDone) -> None:
        """Forget the login of a host, also in the vault; `done` is called with False where that does not let go."""

        def dropped(is_dropped: bool) -> None:
            self._fetcher.sign_out(host)
            done(is_dropped)

        self._fetcher.ask_vault(lambda: self._secrets.drop(host), dropped)
