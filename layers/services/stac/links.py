"""Links of STAC documents: whole addresses with the method, the body and the headers that go with them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

from layers.services.stac.addresses import resolved
from layers.services.stac.foreign_values import flag, members, objects, text

MOST_LINKS = 5000
_OURS = frozenset(
    ("host", "content-length", "connection", "transfer-encoding", "cookie", "authorization", "user-agent", "referer")
)
"""Headers that no document may set."""


class StacLink(Struct, frozen=True):
    """A link; `rel` and `media_type` in small letters, `method` GET unless it says POST."""

    rel: str
    href: str
    media_type: str = ""
    title: str = ""
    method: str = "GET"
    states_method: bool = False
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    merge: bool = False

    @property
    def is_json(self) -> bool:
        """True unless its media type says that something else is there, such as XML or a web page."""
        return not self.media_type or "json" in self.media_type


def read_links(value: Any, base: str, relations: frozenset[str] | None = None) -> tuple[StacLink, ...]:
    """The links of a document whose relative addresses count against `base`; one without `rel` or address is left out.

    `relations` are those that are wanted, in small letters; None for all. Old versions write links as an object whose
    keys are the relations.
    """
    links = []
    stated = (
        [{"rel": rel, **members(link)} for rel, link in value.items()] if isinstance(value, dict) else objects(value)
    )
    for link in stated[:MOST_LINKS]:
        rel = text(link.get("rel")).lower()
        if not rel or (relations is not None and rel not in relations):
            continue
        href = resolved(base, link.get("href"))
        if href:
            method = text(link.get("method")).upper()
            links.append(
                StacLink(
                    rel=rel,
                    href=href,
                    media_type=text(link.get("type")).lower(),
                    title=text(link.get("title")),
                    method="POST" if method == "POST" else "GET",
                    states_method=bool(method),
                    body=link["body"] if isinstance(link.get("body"), dict) else None,
                    headers=_headers(link.get("headers")),
                    merge=flag(link.get("merge")) or False,
                )
            )
    return tuple(links)


def _headers(value: Any) -> dict[str, str]:
    stated = {text(name): text(words) for name, words in list(members(value).items())[:20]}
    return {name: words for name, words in stated.items() if name and name.lower() not in _OURS and name.isascii()}
