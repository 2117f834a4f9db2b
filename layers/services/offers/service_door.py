"""The address that maps or features are asked from: declared by its document, mended, or the one that was typed."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.address_keys import is_key
from layers.services.offers.documents import is_web, linked

_OWN_NAMES = frozenset(
    (
        *("service", "request", "version", "wmtver", "layers", "styles", "srs", "crs", "bbox", "width", "height"),
        *(
            "format",
            "transparent",
            "bgcolor",
            "exceptions",
            "time",
            "elevation",
            "updatesequence",
            "typename",
            "typenames",
        ),
        *("srsname", "maxfeatures", "count", "startindex", "outputformat", "acceptversions", "sections", "namespaces"),
    )
)
"""Parameters of the standards: an address that is to be added to has none of them."""
_SECRETS = re.compile(r"token|secret|passw|signature|(?:api|access|auth|subscription)[-_]?key|^(?:key|sig|pwd)$", re.I)
_INTERNAL_ENDINGS = (".local", ".localhost", ".internal", ".intern", ".intra", ".lan", ".corp", ".home", ".localdomain")
_HOST_WITHOUT_SCHEME = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d+)?/|localhost(?::\d+)?/", re.ASCII)


class ServiceDoor(Struct, frozen=True):
    """The addresses to ask. `typed` is the document's own address without its question, `declared` what the
    document says; either may be empty. `first` is the one to use, and `problem` says why it is not the declared one.
    """

    typed: str
    declared: str
    first: str
    problem: Phrase | None = None


def service_door(declared: str, address: str) -> ServiceDoor:
    """Judge the address that a document declares, which came from `address` (a file's path counts as none)."""
    typed = bare_address(address) if is_web(address) else ""
    if _HOST_WITHOUT_SCHEME.match(declared):
        declared = f"{urlsplit(typed).scheme or 'https'}://{declared}"
    door = bare_address(linked(typed, declared)) if declared.strip() else ""
    if door and typed and _host(door) == _host(typed):
        door = _with_own_parameters(door, typed)
    if not door:
        problem = None if typed else Phrase("It names no address to ask: open it by its own address.")
        if typed and declared.strip():
            problem = Phrase("The address that it names is none: the one of the document is used.")
        return ServiceDoor(typed, "", typed, problem)
    if typed and _is_unreachable(door, typed):
        problem = Phrase(
            "It says that it is at {host}, an address inside the provider's network: the one of the document is used.",
            host=urlsplit(door).netloc,
        )
        return ServiceDoor(typed, door, typed, problem)
    return ServiceDoor(typed, door, door)


def bare_address(address: str) -> str:
    """An address without the parameters of the standards, without a key, and with braces and letters encoded."""
    address = linked(address, address).replace("{", "%7B").replace("}", "%7D").partition("#")[0]
    head, mark, query = address.partition("?")
    kept = [part for part in query.split("&") if part and not _is_left_out(part)]
    return f"{head}?{'&'.join(kept)}" if kept else head if mark or address else ""


def without_keys(template: str) -> str:
    """An address, or a template of addresses, without the parameters that carry a key: a case must not hold one."""
    head, _, query = template.partition("?")
    kept = [part for part in query.split("&") if part and not _holds_key(part)]
    return f"{head}?{'&'.join(kept)}" if kept else head


def _is_left_out(part: str) -> bool:
    return part.partition("=")[0].lower() in _OWN_NAMES or _holds_key(part)


def _holds_key(part: str) -> bool:
    return bool(_SECRETS.search(part.partition("=")[0])) or is_key(part)


def _with_own_parameters(door: str, typed: str) -> str:
    """The declared address with parameters of the typed one that it lost, such as `map=`, where paths are the same."""
    ours, theirs = urlsplit(typed), urlsplit(door)
    if ours.path.rstrip("/") != theirs.path.rstrip("/"):
        return door
    names = {part.partition("=")[0].lower() for part in theirs.query.split("&")}
    lost = [part for part in ours.query.split("&") if part and part.partition("=")[0].lower() not in names]
    return urlunsplit(theirs._replace(query="&".join(filter(None, (theirs.query, *lost)))))


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").lower()


def _is_unreachable(door: str, typed: str) -> bool:
    """True where the declared address is one of the provider's own network, and the document came from outside it."""
    if _host(door) != _host(typed):
        return _is_internal(_host(door))
    ours, theirs = urlsplit(typed), urlsplit(door)
    return ours.scheme == "https" and (theirs.port or 443) != (ours.port or 443)


def _is_internal(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_INTERNAL_ENDINGS)
