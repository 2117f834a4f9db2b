"""Reports in one sentence the sites with coordinates off the Earth: they are kept unchanged, and not drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from layers.document.site import Site
from layers.geo.on_earth import off_earth
from layers.phrase import Phrase, joined
from layers.text.counted import counted, grouped

_MOST_NAMED, _LONGEST_NAME = 3, 40


def not_drawn(sites: Iterable[Site]) -> str:
    """A sentence about those of these sites that cannot be drawn, and why; empty where all can."""
    all_sites = list(sites)
    reasons = off_earth([site.geometry for site in all_sites])
    return sentence_of([(all_sites[at], why) for at, why in islice(reasons.items(), _MOST_NAMED)], len(reasons))


def first_named(sites: Mapping[str, Site], reasons: Mapping[str, str]) -> str:
    """The same where the reasons are known, by uuid."""
    named = [(sites[uuid], why) for uuid, why in islice(reasons.items(), _MOST_NAMED)]
    return sentence_of(named, len(reasons))


def sentence_of(named: list[tuple[Site, str]], count: int) -> str:
    """The first of `count` sites by name, with the reason."""
    pairs = [(f"“{_name(site)}”", why) for site, why in named]
    if count < 2:
        return joined(
            "", [Phrase("The site {name} cannot be drawn: {why}.", name=name, why=why) for name, why in pairs]
        )
    more = Phrase(" and {count} more", count=grouped(count - len(pairs))) if count > len(pairs) else ""
    return Phrase(
        "{sites} cannot be drawn: {value}{more}.",
        sites=counted(count, "site"),
        value=joined(", ", [Phrase("{name} ({why})", name=name, why=why) for name, why in pairs]),
        more=more,
    )


def _name(site: Site) -> str:
    return " ".join(site.label[: 4 * _LONGEST_NAME].split())[:_LONGEST_NAME] or site.uuid[:8]
