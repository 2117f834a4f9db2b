"""The caveats of a product: what its marks, claims and searches do not show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from layers.document.document import Document
from layers.document.mark_position import at_best_m
from layers.document.search import Search
from layers.document.site import Site
from layers.document.vocabulary import AREA_NOT_PIN_M, NOT_KNOWN_TO_EXIST
from layers.observing.archive_question import answer_words, asked_question, question_words
from layers.observing.search_words import rest_sentence, search_sentence
from layers.phrase import Phrase, either, joined
from layers.product.citations import unrecorded_in
from layers.product.content import ClaimSaid, SourceCited
from layers.product.publishing import Publishing
from layers.product.site_words import name_of
from layers.product.wording.passed import rules_off
from layers.product.wording.rules import BY_NAME
from layers.text.counted import counted, metres
from layers.time.written_dates import written_date

ABSENCE = Phrase("What is not marked is not thereby absent.")
"""The line on absence of evidence that every product with marks carries."""
MOST_BASES, MOST_SEARCHES = 3, 6
MOST_NAMES, MOST_ERRORS = 3, 4


def caveats_of(
    document: Document,
    marks: Sequence[Site],
    claims: Sequence[ClaimSaid],
    sources: Sequence[SourceCited],
    publishing: Publishing,
) -> Iterator[str]:
    """Return the caveats as sentences, the one on absence first."""
    sites = [site for site in marks if site.is_site]
    if marks:
        yield ABSENCE
    if any(claim.state == "reported" for claim in claims):
        yield Phrase("Claims are repeated as their sources report them; a symbol does not say that a claim is true.")
    yield from _on_places(document, sites, claims, publishing)
    yield from _on_doubt(sites)
    if any(claim.likelihood for claim in claims):
        yield Phrase("Terms of likelihood are those of ICD 203, with their bands.")
    if any(claim.confidence for claim in claims):
        yield Phrase("Confidence is about the basis of a judgement.")
    if any(document.links.observations_of_site(site.uuid) for site in marks):
        yield Phrase("Not seen on an image is not gone: it may be hidden, too small or not covered.")
    yield from _on_origins(sources)
    yield from unrecorded_in(sources)
    yield from _on_searches(document, {site.uuid for site in marks}, publishing)
    if off := [BY_NAME[name].title for name in rules_off(document)]:
        yield Phrase("Not checked in its wording: {rules}.", rules=joined("; ", off))


def _on_places(
    document: Document, sites: Sequence[Site], claims: Sequence[ClaimSaid], publishing: Publishing
) -> Iterator[str]:
    inferred = {party.uuid for claim in claims for party in claim.parties if party.place_inferred}
    if inferred:
        are = counted(len(inferred), "place of a firm or person is", "places of firms or persons are")
        yield Phrase(
            "{are} inferred by us: no source states {value}.",
            are=are,
            value=Phrase("it") if len(inferred) == 1 else Phrase("them"),
        )
    not_judged = [site for site in sites if site.kind == "point" and site.judged_error_m is None]
    if areas := [site for site in sites if site.is_area]:
        is_judged = any(site.judged_error_m is not None for site in areas)
        hollow = (
            Phrase(" or a hollow symbol{value}", value=Phrase(" without dots on its rim") if not_judged else "")
            if is_judged
            else ""
        )
        radius = " (90 %)" if is_judged else ""
        yield Phrase(
            "A circle{hollow}: the place is known to no better than {metres}{radius}.",
            hollow=hollow,
            metres=metres(AREA_NOT_PIN_M),
            radius=radius,
        )
    if not_judged:
        yield Phrase("The accuracy of some places was not judged.")
    yield from _on_pixels(document, not_judged, publishing)
    bases = dict.fromkeys(publishing.basis_of(document, site) for site in sites if site.kind == "line")
    for basis in [basis for basis in bases if basis][:MOST_BASES]:
        yield Phrase("Lines: {basis}.", basis=basis)


def _on_pixels(document: Document, sites: Sequence[Site], publishing: Publishing) -> Iterator[str]:
    """Caveats on places that were measured on images, and are no better known than those show them: the worst first."""
    by_error: dict[str, list[Site]] = {}
    for least_m, site in sorted(((at_best_m(site) or 0.0, site.uuid), site) for site in sites):
        if least_m[0]:
            by_error.setdefault(metres(least_m[0]), []).append(site)
    groups = [
        Phrase(
            "{error} ({places})",
            error=error,
            places=_names(document, group, publishing) if len(group) <= MOST_NAMES else counted(len(group), "place"),
        )
        for error, group in reversed(by_error.items())
    ]
    if len(groups) > MOST_ERRORS:
        groups[MOST_ERRORS:] = [Phrase("better for others")]
    if groups:
        yield Phrase(
            "Measured on an image whose own placement is not stated, and known at best to {groups}.",
            groups=joined(", ", groups),
        )


def _names(document: Document, sites: Sequence[Site], publishing: Publishing) -> str:
    return joined(", ", [publishing.words(name_of(document, site)) for site in sites])


def _on_doubt(sites: Sequence[Site]) -> Iterator[str]:
    words = [word for word in NOT_KNOWN_TO_EXIST if any(site.lifecycle == word for site in sites)]
    unbuilt = [word for word in words if word != "closed"]
    if unbuilt:
        yield Phrase("Dashed: {unbuilt}, not known to exist.", unbuilt=either(unbuilt))
    if "closed" in words:
        yield Phrase("Dashed: closed, not known to be in use.")


def _on_origins(sources: Iterable[SourceCited]) -> Iterator[str]:
    cited = list(sources)
    origins = {source.origin_uuid or source.uuid for source in cited}
    if len(origins) < len(cited):
        yield Phrase(
            "{sources}, {origins}: a carrier is no second witness.",
            sources=counted(len(cited), "source"),
            origins=counted(len(origins), "origin"),
        )


def searched_words(document: Document, marks: Collection[str], publishing: Publishing) -> Iterator[str]:
    """Statements on the searches of these marks that found nothing, each with the rest of its area."""
    for search in document.searches.values():
        if search.area_uuid in marks and search.result == "none seen":
            sentence = search_sentence(search, document.images.get(search.image_uuid))
            rest = rest_sentence(search)
            yield publishing.words(joined(" ", [sentence, rest]) if rest else sentence)


def _on_searches(document: Document, marks: set[str], publishing: Publishing) -> Iterator[str]:
    sentences = [words for row in document.searches.values() if (words := _archive_words(document, row, marks))]
    for sentence in sentences[:MOST_SEARCHES]:
        yield publishing.words(sentence)


def _archive_words(document: Document, search: Search, marks: set[str]) -> str:
    """A sentence on a search of an archive that was about marks of the product, or of ground in which some lie whole;
    empty for any other search.
    """
    query = asked_question(search)
    about = [] if query is None else [uuid for uuid in query.about if uuid in marks and uuid in document.sites]
    if query is not None and not (query.about or query.sites):
        about = [
            uuid for uuid in document.sites if uuid in marks and query.question.covers(document.sites[uuid].geometry)
        ]
    if query is None or not about:
        return ""
    names = [name_of(document, document.sites[uuid]) for uuid in about]
    return Phrase(
        "{archive}, asked on {moment} for {question}: {answer}.",
        archive=query.name,
        moment=written_date(search.at) if search.at else Phrase("an unknown day"),
        question=question_words(query.question, names, with_box=False),
        answer=answer_words(query),
    )
