"""Addresses in STAC documents: relative ones against the document's own, storage ones as web addresses, signed ones."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from urllib.parse import parse_qsl, urljoin, urlsplit, urlunsplit

from layers.services.address_keys import is_key

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_PLAIN_WEB = re.compile(r"https?://[a-z][a-z0-9.-]*/")
"""Beginning of nearly all web addresses: to split thousands of them takes long."""
_VSICURL = re.compile(r"/vsicurl(?:_streaming)?/(?=https?://)")
_LOGIN = re.compile(r"\A(https?://)[^/?#@]*@", re.IGNORECASE)
_LONGEST = 8000
_SIGNATURES = frozenset(
    ("sig", "signature", "token", "access_token", "api_key", "apikey", "api-key", "subscription-key", "hdnts", "hdnea")
)
_OF_SIGNATURES = frozenset(
    (*_SIGNATURES, "se", "sp", "sr", "st", "sv", "spr", "ske", "skoid", "sks", "skt", "sktid", "skv", "sip", "sdd")
)
_MORE_OF_SIGNATURES = frozenset(("expires", "key-pair-id", "policy", "awsaccesskeyid", "googleaccessid"))


def is_web(address: str) -> bool:
    """True for an http or https address with a host."""
    if _PLAIN_WEB.match(address):
        return True
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket that is no IPv6 address
        return False


def host_of(address: str) -> str:
    """The host of a web address in small letters, with its port where that is not the usual one; else empty."""
    if not is_web(address):
        return ""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(":443" if parts.scheme == "https" else ":80")


def is_internal(host: str) -> bool:
    """True for a host that only a server's own network knows: it names it where it does not know its public name."""
    name = bare_host(host)
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return "." not in name or name.endswith((".local", ".internal", ".svc", ".localdomain"))


def bare_host(host: str) -> str:
    """A host without its port."""
    return host[1 : host.index("]")] if host.startswith("[") and "]" in host else host.partition(":")[0]


def upgraded(address: str, own: str) -> str:
    """The address by https where a document at `own` came so and names its own host by http; else as it is."""
    if not (own.startswith("https:") and address.startswith("http:")):
        return address
    if bare_host(host_of(address)) != bare_host(host_of(own)):
        return address
    return urlunsplit(urlsplit(address)._replace(scheme="https", netloc=urlsplit(own).netloc))


def resolved(base: str, href: object) -> str:
    """The whole address that `href` means in a document at `base`, which is a web address or a path; empty for none.

    What is whole already stays byte for byte: a signature breaks when it is encoded again.
    """
    if not isinstance(href, str):
        return ""
    href = href.strip()
    if not href or len(href) > _LONGEST or not href.isprintable():
        return ""
    if _SCHEME.match(href) or href.startswith("/vsi"):
        return href
    if is_web(base) or base.startswith("file:"):
        try:
            return urljoin(base, href)
        except ValueError:  # a bracket that is no IPv6 address
            return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base.replace("\\", "/")), href.replace("\\", "/")))


def base_of(address: str, self_href: object, is_folder: bool) -> str:
    """The address against which a document's relative addresses count: its own.

    A catalogue may be served without the slash at the end of its folder's address (`is_folder`): its own `self` says
    so, or that its address ends in no name of a file.
    """
    if not is_web(address) or not is_folder:
        return address
    path = urlsplit(address).path
    if path.endswith("/"):
        return address
    if isinstance(self_href, str) and self_href.strip() == f"{address}/":
        return f"{address}/"
    last = path.rpartition("/")[2]
    return address if "." in last.lstrip("v0123456789.") or not last else _with_slash(address)


def _with_slash(address: str) -> str:
    bare, mark, query = address.partition("?")
    return f"{bare}/{mark}{query}"


def is_path(address: str) -> bool:
    """True for the path of a file: an address in a document on this computer, without a scheme."""
    return bool(address) and not _SCHEME.match(address) and not address.startswith("/vsi")


def web_form(href: str) -> str:
    """The web address of what a program for storage calls differently; empty where there is none (`s3://`, a path)."""
    bare = _VSICURL.sub("", href, count=1)
    if bare.startswith("/vsicurl?"):
        bare = dict(parse_qsl(bare.partition("?")[2])).get("url", "")
    return bare if is_web(bare) else ""


def is_signed(address: str) -> bool:
    """True where the address holds a signature or a token, which runs out and is nobody else's."""
    return any(_is_of(part, _SIGNATURES) for part in _query_parts(address))


def unsigned(address: str) -> str:
    """The address as it may be kept: without a signature and all that belongs to one, or a login before the host."""
    address = _LOGIN.sub(r"\1", address, count=1)
    if not is_signed(address):
        return address
    bare, _, _ = address.partition("?")
    left = [part for part in _query_parts(address) if not _is_of(part, _OF_SIGNATURES | _MORE_OF_SIGNATURES)]
    return f"{bare}?{'&'.join(left)}" if left else bare


def _query_parts(address: str) -> list[str]:
    query = address.partition("?")[2].partition("#")[0]
    return query.split("&") if query else []


def _is_of(part: str, names: frozenset[str]) -> bool:
    name = part.partition("=")[0].lower()
    return name in names or name.startswith(("x-amz-", "x-goog-", "x-oss-")) or is_key(part)
