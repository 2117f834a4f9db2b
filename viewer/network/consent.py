"""The hosts that may be contacted. A host that has not been allowed is not even looked up."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl

_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded
MOST_HOSTS = 4096
"""Most hosts whose kind is remembered: each request asks for it several times."""


class Consent:
    """The allowed hosts, each "name" or "name:port" as in the URL. Private addresses are allowed separately.

    Names are kept in ASCII: a name that looks the same in other letters is another host, and is shown as such.
    """

    def __init__(self, hosts: frozenset[str] = frozenset()) -> None:
        self._hosts = {ascii_host(host) for host in hosts}
        self._private: set[str] = set()
        self._sent_on: dict[str, str] = {}
        """The host to which another one has sent us on last, without its being allowed."""

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(self._hosts | self._private)

    def allow(self, host: str) -> None:
        """Allow a host on the open network. Raises ValueError for a private address, which needs its own permission."""
        if is_private(host):
            raise ValueError(f"{host} is a private address: use allow_private.")
        self._hosts.add(ascii_host(host))

    def allow_private(self, host: str) -> None:
        """Allow this computer, or a machine of the local network."""
        self._private.add(ascii_host(host))

    @property
    def private_hosts(self) -> frozenset[str]:
        return frozenset(self._private)

    def withdraw(self, host: str) -> None:
        """Withdraw the permission of a host; it is not contacted any more."""
        self._hosts.discard(ascii_host(host))
        self._private.discard(ascii_host(host))

    def note_sent_on(self, host: str, other: str) -> None:
        """Note that a host has sent us on to another one, which may not be contacted."""
        self._sent_on[host] = other

    def sent_on_from(self, hosts: Iterable[str]) -> list[str]:
        """The hosts to which these have sent us on, and which are not allowed."""
        others = dict.fromkeys(filter(None, (self._sent_on.get(host) for host in hosts)))
        return [other for other in others if not self.permits(other)]

    def permits(self, host: str) -> bool:
        host = ascii_host(host)
        return host in self._private or (host in self._hosts and not is_private(host))


def host_of(url: str) -> str:
    """ "name" or "name:port" of a URL, in lower case; empty where there is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def host_of_url(url: QUrl) -> str:
    """ "name" or "name:port", as hosts are written here: in ASCII."""
    return _written_host(url.host(_ENCODED), url.port())


@lru_cache(MOST_HOSTS)
def _written_host(name: str, port: int) -> str:
    name = name.lower()
    host = f"[{name}]" if ":" in name else name
    return host if port < 0 else f"{host}:{port}"


@lru_cache(MOST_HOSTS)
def ascii_host(host: str) -> str:
    """ "name" or "name:port" in lower case and in ASCII (punycode), as it is looked up."""
    if host.isascii():
        return host.lower()
    name, colon, port = host.rpartition(":") if host.count(":") == 1 else (host, "", "")
    ace = bytes(QUrl.toAce(name).data()).decode("ascii")
    return (ace or name).lower() + colon + port


@lru_cache(MOST_HOSTS)
def is_private(host: str) -> bool:
    """True for this computer, local networks, link-local and metadata addresses, and names without a dot."""
    name = _without_port(host).lower().rstrip(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        local_suffixes = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
        # 127.1, 0x7f.1 and 2130706433 reach 127.0.0.1 too: a name whose last part is a number is no name.
        last = name.rpartition(".")[2]
        return "." not in name or name.endswith(local_suffixes) or last.isdigit() or last.startswith("0x")
    return not address.is_global


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
