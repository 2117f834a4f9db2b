"""Keys in addresses that people paste: taken out before an address becomes part of a case, a credit or a sentence."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

_NAMES = frozenset(
    {"access_token", "access-token", "api-key", "api_key", "apikey", "authkey", "auth_token", "client_secret", "key"}
    | {"password", "secret", "subscription-key", "subscription_key", "tk", "token"}
)
_LEAST_CHARS = 8
"""Shorter values are no keys: `key=roads` chooses a layer."""
_ADDRESS = re.compile(r"(https?://)(?:([^/?#@]*)@)?([^?#]*)(?:\?([^#]*))?(.*)", re.DOTALL | re.IGNORECASE)


class KeyedAddress(NamedTuple):
    """An address without its key. `name` is the parameter that held it, or the user; `key` is empty for none."""

    address: str
    name: str = ""
    key: str = ""
    is_password: bool = False


def split_key(address: str) -> KeyedAddress:
    """Take the key out of an address or a template: that of a parameter, or a name and password before the host.

    Every byte of the rest stays as it is. Of two keys the first is told, and both are taken out.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return KeyedAddress(address)
    scheme, login, place, query, rest = (part or "" for part in match.groups())
    pairs = query.split("&") if query else []
    keys = [pair for pair in pairs if _is_key(pair)]
    if not keys and not login:
        return KeyedAddress(address)
    left = "&".join(pair for pair in pairs if pair not in keys)
    bare = f"{scheme}{place}{'?' if left else ''}{left}{rest}"
    if login:
        user, _, password = login.partition(":")
        return KeyedAddress(bare, unquote(user), unquote(password), is_password=True)
    name, _, value = keys[0].partition("=")
    return KeyedAddress(bare, unquote_plus(name), unquote_plus(value))


def _is_key(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return unquote_plus(name).lower() in _NAMES and len(unquote_plus(value)) >= _LEAST_CHARS and "{" not in value
