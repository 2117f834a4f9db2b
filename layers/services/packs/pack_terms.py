"""The terms of a service for offline packs: refused in words where they forbid to fetch tiles ahead or to keep them."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from msgspec import Struct

from layers.phrase import Phrase
from layers.services.catalog import catalog
from layers.services.terms import states_terms
from layers.services.tile_service import TileService

_LONGEST_LICENCE = 300
"""Most characters of a licence in a sentence: some servers state pages of terms."""


class PackLeave(StrEnum):
    """The leave that terms of use give to fetch tiles ahead."""

    GIVEN = "given"
    UNKNOWN = "unknown"
    """The terms are not known here: the analyst has to read them."""
    REFUSED = "refused"


class PackTerms(Struct, frozen=True):
    """The leave that the terms of a service give for offline packs, with a sentence for people."""

    leave: PackLeave
    sentence: Phrase


def pack_terms(service: TileService) -> PackTerms:
    """The terms of a service. What the catalogue says of its hosts counts more than what a case's row says."""
    title = service.title or Phrase("The service")
    if not service.may_cache:
        sentence = Phrase(
            "The terms of {title} do not allow its tiles to be kept, so no offline pack is made of it.", title=title
        )
        return PackTerms(PackLeave.REFUSED, sentence)
    known = _known(service)
    if service.may_prefetch and known is None:
        return _given(service)
    if known is not None and known.leave is PackLeave.GIVEN:
        return _given(service)
    if known is not None:
        return known
    if states_terms(service.licence):
        sentence = Phrase(
            "{title} states “{licence}”. Whether it may be asked for many tiles ahead, it does not say here: read its "
            "terms of use first.",
            title=title,
            licence=_shortened(service.licence),
        )
        return PackTerms(PackLeave.UNKNOWN, sentence)
    sentence = Phrase(
        "The terms of {title} are not known here: a pack asks for many tiles ahead and keeps them, which many "
        "providers forbid. Read them first.",
        title=title,
    )
    return PackTerms(PackLeave.UNKNOWN, sentence)


def _shortened(licence: str) -> str:
    """A licence for a sentence; what is left out is shown by an ellipsis."""
    return licence if len(licence) <= _LONGEST_LICENCE else f"{licence[: _LONGEST_LICENCE - 1].rstrip(' .,;')}…"


def _given(service: TileService) -> PackTerms:
    sentence = Phrase(
        "The terms of {title} allow an offline pack ({licence}).",
        title=service.title or Phrase("the service"),
        licence=_shortened(service.licence) or Phrase("licence not stated"),
    )
    if service.non_commercial:
        sentence = Phrase("{sentence} For non-commercial use only.", sentence=sentence)
    return PackTerms(PackLeave.GIVEN, sentence)


def _known(service: TileService) -> PackTerms | None:
    """The terms as the catalogue, or the list of refusals, states them for any host of the service."""
    names = {host.partition(":")[0] for host in service.hosts}
    for provider in (provider for group in catalog() for provider in group.services):
        if any(_is_of(name, own.partition(":")[0]) for name in names for own in provider.hosts):
            if provider.may_prefetch and provider.may_cache:
                return _given(provider)
            return _refused(provider.group or provider.title)
    for title, own_names in _refusals():
        if any(_is_of(name, own) for name in names for own in own_names):
            return _refused(title)
    return None


def _refused(title: str) -> PackTerms:
    sentence = Phrase(
        "The terms of {title} do not allow tiles to be fetched ahead, so no offline pack is made of it. Tiles that you "
        "look at are kept for a while as they may be.",
        title=title,
    )
    return PackTerms(PackLeave.REFUSED, sentence)


def _is_of(name: str, owner: str) -> bool:
    return name == owner or name.endswith(f".{owner}")


@cache
def _refusals() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Titles of providers with the names of their hosts."""
    data = tomllib.loads((files(__package__) / "refusals.toml").read_text(encoding="utf-8"))
    return tuple((entry["title"], tuple(entry["names"])) for entry in data["host"])
