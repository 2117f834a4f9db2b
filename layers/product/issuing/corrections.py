"""The correction line of a reissued product: what its issued version had wrong, or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimEvidence, Product, Response
from layers.document.site import Site
from layers.document.source import Source
from layers.phrase import Phrase, joined
from layers.product.issuing.printed_rows import Difference, differences
from layers.product.judging.judged import CLAIMS
from layers.text.counted import counted
from layers.time.written_dates import written_date

MOST_NAMED = 4
"""Most changes that are named one by one; more are counted."""
_LONGEST = 60


def correction_of(document: Document, issued: Product) -> str:
    """Describe in one line the changes in the case since a version was issued; empty where there are none.

    It is offered to the analyst, who knows what was wrong, and is used where nobody wrote another line.
    """
    changes = list(dict.fromkeys(_sentences(document, differences(document, issued))))
    if not changes:
        return ""
    if (more := len(changes) - MOST_NAMED) > 1:
        changes[MOST_NAMED:] = [counted(more, "further change")]
    at = Phrase(" of {day}", day=written_date(issued.issued_at[:10])) if issued.issued_at else ""
    return Phrase(
        "Correction to version {version}{at}: {told}.", version=issued.version, at=at, told=joined("; ", changes)
    )


def _sentences(document: Document, changes: Iterable[Difference]) -> Iterator[str]:
    for change in changes:
        words = _words(document, change)
        if words:
            yield words


def _words(document: Document, change: Difference) -> str:
    match _row(document, change):
        case Response() as answer:
            who = _short(answer.speaker) or Phrase("a speaker who is not named")
            return Phrase(
                "the answer of {who} is {value}",
                who=who,
                value=Phrase("added") if change.what == "new" else Phrase("changed"),
            )
        case Claim() as claim:
            return Phrase(
                "the claim “{source_wording}” is changed",
                source_wording=_short(claim.source_wording or claim.statement),
            )
        case Site() as site:
            return Phrase("what is known of {label} is changed", label=_short(site.label) or Phrase("a mark"))
        case Source() as source:
            return Phrase("the source “{title}” is changed", title=_short(source.title or source.publisher))
        case ClaimEvidence(evidence_table=table) if table != CLAIMS:
            return Phrase("the evidence of a claim is changed")
    if change.what == "deleted":
        return {"responses": Phrase("an answer is taken back"), "claims": Phrase("a claim is taken back")}.get(
            change.table_name, ""
        )
    names = {
        "claim_sources": Phrase("the sources of a claim are changed"),
        "claim_evidence": Phrase("our judgement of a claim is added or changed"),
        "images": Phrase("an image is described anew"),
        "observations": Phrase("an observation is changed"),
        "chips": Phrase("an image chip is described anew"),
        "searches": Phrase("a search is changed"),
    }
    return names.get(
        change.table_name, Phrase("what a layer says of itself is changed") if "layers" in change.table_name else ""
    )


def _row(document: Document, change: Difference) -> object:
    if change.table_name.startswith("site_"):
        return document.sites.get(change.uuid)
    match change.table_name:
        case "responses" | "claims" | "sources" | "claim_evidence" as table:
            return document.table(table).get(change.uuid)
    return None


def _short(text: str) -> str:
    words: Sequence[str] = text.split()
    line = " ".join(words)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"
