"""Decides what may stand in a published product: nothing internal, no draft of ours, no path, no case id."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from layers.document.chip import Chip
from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.placing.nudge import without_mover
from layers.document.rows import ClaimSource, Response
from layers.document.site import Site
from layers.document.source import Source
from layers.document.vocabulary import REVIEWED
from layers.phrase import Phrase
from layers.product.judging.judged import is_ours
from layers.product.marking import may_carry

type State = Literal["draft", "issued", "published"]
DRAFT: State = "draft"
"""Exported without being issued: nobody answers for it yet."""
ISSUED: State = "issued"
"""Numbered and kept in the case: another file of it is another version."""
PUBLISHED: State = "published"
"""Issued for readers outside, without what is internal."""
STATES: tuple[State, ...] = (DRAFT, ISSUED, PUBLISHED)

_ADDRESS = re.compile(r"(?:(?:https?|ftps?|s3|gs)://|www\.|doi:|urn:|ark:|hdl:)\S+", re.IGNORECASE)
"""Addresses that readers of a product can open, or look up."""


_CITED = "source “"
"""Words in a position's basis before the title of its source, from which a hand has moved it."""
_MARKS = re.compile("[\"'“”„«»‘’《》]")


class Withheld(StrEnum):
    """The reasons why a row does not stand in a published product."""

    UNREVIEWED = "unreviewed"
    STATEMENT = "statement"
    """Only our words for it are withheld."""
    INTERNAL = "internal"
    HIGHER = "marked higher"
    WITHDRAWN = "withdrawn"


class Publishing(Struct, frozen=True):
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
        """False for rows with a higher marking than the product."""
        return self._admits(row.marking)

    def why_withheld(self, document: Document, claim: Claim) -> Withheld | None:
        """The reason why a claim may not stand in it; None for one that may.

        A report that was not reviewed may stand by the exact words of a cited source: these are no draft of ours.
        """
        if not self.is_on:
            return None
        if claim.state == "withdrawn":
            return Withheld.WITHDRAWN
        if not self.admits_marked(claim):
            return Withheld.HIGHER
        links = document.links.claim_to_sources(claim.uuid)
        public = [link for link in links if self._is_public(document, link)]
        if links and not public:
            return Withheld.INTERNAL
        is_report = bool(public and claim.source_wording and not is_ours(claim))
        return None if claim.status in REVIEWED or is_report else Withheld.UNREVIEWED

    def admits_site(self, site: Site, is_named: bool) -> bool:
        """False for a draft of ours: a mark that nobody reviewed, and that no claim in the product names."""
        return not self.is_on or is_named or site.status in REVIEWED

    def admits_response(self, document: Document, response: Response) -> bool:
        """False for one that is only in an internal source."""
        source = document.sources.get(response.source_uuid)
        return source is None or self.admits_source(source)

    def admitted_marks(self, document: Document) -> frozenset[str]:
        """Uuids of all marks of a case that may stand in it: reviewed, or named by a claim that stands in it."""
        if not self.is_on:
            return frozenset(document.sites)
        admitted = (claim for claim in document.claims.values() if self.why_withheld(document, claim) is None)
        named = {link.site_uuid for claim in admitted for link in document.links.claim_to_sites(claim.uuid)}
        return frozenset(
            uuid
            for uuid, site in document.sites.items()
            if self.admits_marked(site) and self.admits_site(site, uuid in named)
        )

    def admits_statement(self, document: Document, claim: Claim) -> bool:
        """True for reviewed words of ours, and for our words for a report from public sources only.

        False for a judgement in draft, and for a draft that may repeat an internal source.
        """
        if not self.is_on or claim.status in REVIEWED:
            return True
        links = document.links.claim_to_sources(claim.uuid)
        return not is_ours(claim) and all(self._is_public(document, link) for link in links)

    def statement_of(self, document: Document, claim: Claim) -> str:
        """Our own words for it, without paths; empty where they are a draft that is withheld."""
        return self.words(claim.statement) if self.admits_statement(document, claim) else ""

    def source_words_of(self, document: Document, claim: Claim) -> str:
        """The exact words of a source; empty where only an internal one has them."""
        if not self.is_on:
            return claim.source_wording
        links = document.links.claim_to_sources(claim.uuid)
        internal = [link.quote for link in links if not self._is_public(document, link)]
        public = [link.quote for link in links if self._is_public(document, link)]
        words = _bare(claim.source_wording)
        if any(_repeats(words, quote) for quote in internal) and not any(_repeats(words, quote) for quote in public):
            return ""
        return self.words(claim.source_wording) if claim.voice == "analyst" else claim.source_wording

    def speaker_of(self, document: Document, claim: Claim) -> str:
        """The speaker, as typed; empty for the analyst whose judgement it is."""
        is_own = claim.voice == "analyst" or (
            is_ours(claim) and not claim.source_wording.strip() and not document.links.claim_to_sources(claim.uuid)
        )
        return "" if self.is_on and is_own else claim.made_by.strip()

    def basis_of(self, document: Document, site: Site) -> str:
        """The basis of a position, without paths and without the title of an internal source."""
        basis = site.position_basis.strip()
        before, cites, cited = basis.rpartition(_CITED)
        if self.is_on and cites:
            begins = cited.partition("”")[0].removesuffix("…").rstrip()
            internal = [source.title for source in document.sources.values() if not self.admits_source(source)]
            if any(begins and title.startswith(begins) for title in internal):
                basis = Phrase("{before}a source that is not published", before=before)
        return self.words(basis)

    def address(self, url: str) -> str:
        """The address as it was cited, where readers can go to it; empty for a path and for a machine of one's own."""
        from layers.product.own_paths import is_own_link  # for start-up time: its patterns take long to compile

        text = url.strip()
        if not self.is_on:
            return text
        return text if _ADDRESS.fullmatch(text) and not is_own_link(text) else ""

    def words(self, text: str) -> str:
        """A text without the folders of paths, and without the names of those who moved layers; links stay whole."""
        from layers.product.own_paths import without_paths  # for start-up time

        return without_paths(without_mover(text)) if self.is_on else text

    def _is_public(self, document: Document, link: ClaimSource) -> bool:
        source = document.sources.get(link.source_uuid)
        return source is not None and self.admits_source(source)

    def _admits(self, marking: str) -> bool:
        return self.marking is None or may_carry(self.marking, marking)


def _bare(words: str) -> str:
    """Words as they are compared: in any case, without quotation marks and line breaks."""
    return " ".join(_MARKS.sub("", words).split()).casefold()


def _repeats(words: str, quote: str) -> bool:
    bare_quote = _bare(quote)
    return bool(words and bare_quote) and (bare_quote in words or words in bare_quote)


def state_asked(*, issue: bool, publish: bool) -> State:
    """The state that the options of a command ask for: publishing is issuing for readers outside."""
    return PUBLISHED if publish else ISSUED if issue else DRAFT
