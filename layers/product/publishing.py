"""Judges what may stand in a published product: nothing internal, no draft of ours, no path, no case id."""

from __future__ import annotations

import re

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import Response
from layers.document.site import Site
from layers.document.source import Source
from layers.document.vocabulary import REVIEWED
from layers.product.marking import may_carry
from layers.product.own_paths import is_own_link, without_paths
from layers.quick_dataclass import dataclass

_ADDRESS = re.compile(r"(?:(?:https?|ftps?|s3|gs)://|www\.|doi:|urn:|ark:|hdl:)\S+", re.IGNORECASE)
"""Addresses that readers of a product can go to, or look up."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """The rules for one product. `marking` is its own; None: it is not published, and everything may stand in it."""

    marking: str | None = None

    @property
    def is_on(self) -> bool:
        """True for a published product."""
        return self.marking is not None

    def admits_source(self, source: Source) -> bool:
        """False for an internal one: its marking is above the product's."""
        return self._admits(source.marking)

    def admits_marked(self, row: Site | Claim | Chip) -> bool:
        """False for what is marked higher than the product."""
        return self._admits(row.marking)

    def admits_claim(self, document: Document, claim: Claim) -> bool:
        """False for a withdrawn one, for a judgement that nobody reviewed, and for what no public source bears.

        A report that was not reviewed may stand by the exact words of a cited source: they are no draft of ours.
        """
        if not self.is_on:
            return True
        if claim.state == "withdrawn":
            return False
        sources = [document.sources.get(link.source_uuid) for link in document.source_links_of_claim(claim.uuid)]
        public = [source for source in sources if source is not None and self.admits_source(source)]
        if sources and not public:
            return False
        return claim.status in REVIEWED or bool(public and claim.source_wording and not is_ours(claim))

    def admits_site(self, site: Site, is_named: bool) -> bool:
        """False for a draft of ours: a mark that nobody reviewed, and that no claim in the product names."""
        return not self.is_on or is_named or site.status in REVIEWED

    def admits_response(self, document: Document, response: Response) -> bool:
        """False for one that is only in an internal source."""
        source = document.sources.get(response.source_uuid)
        return source is None or self.admits_source(source)

    def statement_of(self, claim: Claim) -> str:
        """Our own words for it; empty where they are a draft."""
        return claim.statement if not self.is_on or claim.status in REVIEWED else ""

    def address(self, url: str) -> str:
        """The address as it was cited, where readers can go to it; empty for a path and for a machine of one's own."""
        text = url.strip()
        if not self.is_on:
            return text
        return text if _ADDRESS.fullmatch(text) and not is_own_link(text) else ""

    def words(self, text: str) -> str:
        """A text without the folders of paths in it; its links stay whole."""
        return without_paths(text) if self.is_on else text

    def _admits(self, marking: str) -> bool:
        return self.marking is None or may_carry(self.marking, marking)


def is_ours(claim: Claim) -> bool:
    """True for a judgement of the analyst, False for a report of what somebody said."""
    return claim.voice == "analyst" or claim.state in ("assessed", "verified")


def is_reviewed(claim: Claim) -> bool:
    """True where a second person, by a name other than the author's, has reviewed it."""
    by = claim.reviewed_by.strip().casefold()
    return claim.status in REVIEWED and bool(by) and by != claim.created_by.strip().casefold()
