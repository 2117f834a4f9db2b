"""The marks of a case as its lists show them: in the order in which they were made, and by kind."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter

from msgspec import Struct

from layers.document.site import Site
from layers.document.vocabulary import MARK_KINDS

SITE_KIND = "site"
EVERY_KIND = "all"


class ListedMarks(Struct, frozen=True):
    """The sorted marks, made once for each state of a case: sorting 100,000 sites blocks the window."""

    made: Mapping[str, Site]
    """All marks by uuid, the oldest first, so that a new mark comes last; files keep points, lines and areas apart."""
    others: Mapping[str, str]
    """The kinds of marks that are no sites, by uuid."""

    @classmethod
    def of(cls, sites: Mapping[str, Site]) -> ListedMarks:
        made = sorted(sites.values(), key=attrgetter("created_at"))
        others = {site.uuid: kind_of(site) for site in made if not site.is_site}
        return cls({site.uuid: site for site in made}, others)

    def of_kind(self, kind: str) -> Mapping[str, Site]:
        """The marks of one kind by uuid: SITE_KIND, EVERY_KIND, or one of `MARK_KINDS`."""
        others = self.others
        if kind == EVERY_KIND or (kind == SITE_KIND and not others):
            return self.made
        if kind == SITE_KIND:
            return {uuid: site for uuid, site in self.made.items() if uuid not in others}
        return {uuid: self.made[uuid] for uuid, other in others.items() if other == kind}


def kind_of(site: Site) -> str:
    """The kind of a mark; an unknown one counts as an annotation, as it is no site."""
    if site.is_site:
        return SITE_KIND
    return site.mark_kind if site.mark_kind in MARK_KINDS else "annotation"
