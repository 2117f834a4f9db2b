"""Keys in addresses that people paste: taken out before an address becomes part of a case, a credit or a sentence."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

_NAMES = frozenset(
    {"accesskey", "accesstoken", "apikey", "apitoken", "appid", "appkey", "authkey", "authtoken", "connectid", "key"}
    | {"mapkey", "password", "passwd", "pwd", "secret", "subscriptionkey", "tk", "token"}
)
"""Names of parameters that hold keys, without their hyphens and underscores."""
_ENDINGS = ("apikey", "accesstoken", "authtoken", "clientsecret")
"""Ends of such names that begin with a provider's own, as `maxar_api_key`."""
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
    keys = [pair for pair in pairs if is_key(pair)]
    if not keys and not login:
        return KeyedAddress(address)
    left = "&".join(pair for pair in pairs if pair not in keys)
    bare = f"{scheme}{place}{'?' if left else ''}{left}{rest}"
    if login:
        user, _, password = login.partition(":")
        return KeyedAddress(bare, unquote(user), unquote(password), is_password=True)
    name, _, value = keys[0].partition("=")
    return KeyedAddress(bare, unquote_plus(name), unquote_plus(value))


def is_key(pair: str) -> bool:
    """True for a parameter that is a key, by its name; `pair` is name and value as they stand in an address."""
    name, _, value = pair.partition("=")
    plain = unquote_plus(name).lower().replace("-", "").replace("_", "")
    is_named_so = plain in _NAMES or plain.endswith(_ENDINGS)
    return is_named_so and len(unquote_plus(value)) >= _LEAST_CHARS and "{" not in value
