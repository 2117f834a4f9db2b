"""geoloupe sites, claims, sources and observations: lists the rows of a case."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from viewer.cli.terminal.command import DONE, Command, add_json, print_json
from viewer.support.terminal import say

if TYPE_CHECKING:
    from layers.document.claim import Claim
    from layers.document.document import Document
    from layers.document.observation import Observation
    from layers.document.site import Site


def site_facts(document: Document, site: Site) -> dict[str, Any]:
    """Facts of a site, as `sites --json` prints them."""
    from shapely import to_geojson  # for start-up time

    return {
        "uuid": site.uuid,
        "label": site.label,
        "aliases": dict(site.aliases),
        "class": site.class_code,
        "role": site.role,
        "geometry": json.loads(to_geojson(site.geometry)),
        "position_error_m": site.position_error_m,
        "position_basis": site.position_basis,
        "status": site.status,
        "claims": [claim.uuid for claim in document.links.claims_of_site(site.uuid)],
        "chips": [chip.uuid for chip in document.links.chips_of_site(site.uuid)],
    }


def claim_facts(document: Document, claim: Claim) -> dict[str, Any]:
    """Facts of a claim, as `claims --json` prints them. Answers to a report are listed under each of its claims."""
    likelihood = {"term": claim.likelihood_term, "low": claim.likelihood_low, "high": claim.likelihood_high}
    sources = []
    for link in document.links.claim_to_sources(claim.uuid):
        source = document.sources.get(link.source_uuid)
        if source is not None:
            facts = {key: getattr(source, key) for key in ("uuid", "title", "publisher", "url", "reliability")}
            sources.append(facts | {"credibility": link.credibility, "quote": link.quote})
    return {
        "uuid": claim.uuid,
        "statement": claim.statement,
        "source_wording": claim.source_wording,
        "made_by": claim.made_by,
        "voice": claim.voice,
        "state": claim.state,
        "likelihood": likelihood if claim.likelihood_low is not None else None,
        "confidence": claim.confidence or None,
        "sites": [site.uuid for site in document.links.sites_of_claim(claim.uuid)],
        "sources": sources,
        "responses": [{"speaker": r.speaker, "words": r.words} for r in document.links.responses_to(claim.uuid)],
    }


def _basis(document: Document, claim: Claim) -> Iterator[str]:
    """Lines on the basis of a claim: evidence with its relation, judgements about it, steps and considerations."""
    from layers.product.judging.evidence_words import evidence_row, evidence_words  # for start-up time
    from layers.product.judging.judged import CLAIMS, judged_sentences, judgements_of
    from layers.product.judging.steps import step_words

    for link in document.links.claim_to_evidence(claim.uuid):
        verb = "judges" if link.evidence_table == CLAIMS else "evidence"
        part = f" (part: {link.note})" if link.note else ""
        words = evidence_words(document, evidence_row(document, link))
        yield f"{verb}, {link.bearing or 'relation not stated'}: {words}{part}"
    for judgement, _ in judgements_of(document, claim.uuid):
        sentences = " ".join(judged_sentences(judgement)) or "Judged by us: not yet."
        yield f"{sentences} {judgement.statement}".rstrip()
    yield from (f"how we know: {step}" for step in step_words(claim.steps_json))
    for name in ("alternatives", "assumptions", "indicators", "change_note"):
        if getattr(claim, name):
            yield f"{name.replace('_', ' ')}: {getattr(claim, name)}"


def observation_facts(document: Document, row: Observation) -> dict[str, Any]:
    """Facts of an observation, as `observations --json` prints them; site, images and chip are named by their uuids."""
    image = document.images.get(row.image_uuid)
    has_count = row.count_low is not None or row.count_high is not None
    return {
        "uuid": row.uuid,
        "site": row.site_uuid,
        "image": row.image_uuid,
        "acquired_at": image.acquired_at if image is not None else "",
        "date_kind": image.date_kind if image is not None else "unknown",
        "presence": row.presence or None,
        "change": row.change or None,
        "compared_to": row.compared_to_uuid or None,
        "count": {"low": row.count_low, "high": row.count_high} if has_count else None,
        "why": row.why or None,
        "words": row.words,
        "observer": row.observer,
        "chip": row.chip_uuid or None,
    }


def _sites(arguments: argparse.Namespace) -> int:
    from layers.document.mark_template import class_name  # for start-up time
    from layers.geo.coordinates import Notation, format_coordinate
    from layers.geo.on_earth import why_off_earth
    from viewer.cli.terminal.reading import open_case

    document = open_case(arguments.case)
    wanted = (arguments.where or "").casefold()
    facts = [
        site_facts(document, site) for site in document.sites.values() if site.is_site and wanted in _site_text(site)
    ]
    if arguments.json:
        print_json(facts)
        return DONE
    for fact in facts:
        site = document.sites[fact["uuid"]]
        point = site.place
        nowhere = why_off_earth(site.geometry)
        place = nowhere or format_coordinate(point.x, point.y, Notation.DD, error_m=site.position_error_m)
        error = "error not judged" if site.judged_error_m is None else f"± {site.judged_error_m:g} m"
        doubt = f" | {site.lifecycle}" if site.may_not_exist else ""
        as_of = f" as of {site.lifecycle_as_of}" if doubt and site.lifecycle_as_of else ""
        kind = class_name(document, site.class_code)
        say(f"{site.label} | {kind} | {site.role} | {place}, {error}{doubt}{as_of}")
    return DONE


def _site_text(site: Site) -> str:
    names = [name for _language, name in site.aliases]
    return " ".join([site.label, site.class_code, site.role, site.notes, site.location_country, *names]).casefold()


def _claims(arguments: argparse.Namespace) -> int:
    from viewer.cli.terminal.reading import open_case  # for start-up time

    document = open_case(arguments.case)
    facts = [claim_facts(document, claim) for claim in document.claims.values()]
    if arguments.json:
        print_json(facts)
        return DONE
    for number, fact in enumerate(facts, 1):
        say(f"{number}. {fact['statement']}")
        say(f"   made by {fact['made_by'] or 'not said'}; {fact['voice']}; {fact['state']}")
        if fact["likelihood"]:
            likelihood = fact["likelihood"]
            say(f"   likelihood: {likelihood['term']} ({likelihood['low']}-{likelihood['high']} %)")
        if fact["confidence"]:
            say(f"   confidence: {fact['confidence']}")
        places = [document.sites[uuid].label for uuid in fact["sites"]]
        say("   places: " + ("; ".join(places) or "none: the claim belongs to the case"))
        named = document.claims[fact["uuid"]].place_note
        if named not in {"", "none"}:
            say(f"   named by the source: {named}")
        say("   sources: " + ("; ".join(s["title"] for s in fact["sources"]) or "none"))
        for line in _basis(document, document.claims[fact["uuid"]]):
            say(f"   {line}")
    for answer in document.responses.values():
        say(f"Answer of {answer.speaker}: {answer.words}")
    for words in document.meta("context").splitlines():
        say(f"Context: {words}")
    if document.meta("project_note"):
        say(f"Note: {document.meta('project_note')}")
    return DONE


_FILE_KEYS = ("uuid", "name", "content_type", "sha256", "copy_kind", "collected_at", "collected_by", "method", "tool")
"""Facts on a kept copy that its source lists."""


def _sources(arguments: argparse.Namespace) -> int:
    from msgspec.structs import asdict  # for start-up time

    from layers.document.source import SourceFile  # for start-up time, as the next ones
    from layers.finding.alike_sources import AlikeSources
    from viewer.cli.terminal.reading import open_case

    document = open_case(arguments.case)
    alike, facts = AlikeSources(document), []
    files: dict[str, list[dict[str, str]]] = {}
    for row in document.table("source_files").values():
        if isinstance(row, SourceFile):
            files.setdefault(row.source_uuid, []).append({key: getattr(row, key) for key in _FILE_KEYS})
    for source in document.sources.values():
        fact = asdict(source)
        fact["claims"] = [link.claim_uuid for link in document.links.source_to_claims(source.uuid)]
        fact["files"] = files.get(source.uuid, [])
        others = alike.alike(source.uuid).items()
        fact["alike"] = [{"uuid": uuid, "why": str(kind)} for uuid, kind in others]
        facts.append(fact)
    if arguments.json:
        print_json(facts)
        return DONE
    for fact in facts:
        cited = len(fact["claims"])
        places = sum(1 for site in document.sites.values() if site.position_source_uuid == fact["uuid"])
        say(f"{fact['title']} | {fact['publisher'] or 'publisher not said'} | {fact['published_at'] or 'no date'}")
        counts = f"{cited} claim{'' if cited == 1 else 's'} and {places} site{'' if places == 1 else 's'}"
        say(f"   reliability {fact['reliability'] or 'not rated'}; cited by {counts}")
        for file in fact["files"]:
            say(f"   kept: {file['name']} ({file['content_type']}), SHA-256 {file['sha256']}")
        for other in fact["alike"]:
            say(f"   {other['why']} as “{document.sources[other['uuid']].title}”")
    return DONE


def _observations(arguments: argparse.Namespace) -> int:
    from layers.observing.seen_words import seen_words  # for start-up time
    from viewer.cli.terminal.reading import open_case

    document = open_case(arguments.case)
    facts = {
        site.uuid: sorted(
            (observation_facts(document, row) for row in document.links.observations_of_site(site.uuid)),
            key=lambda fact: (fact["acquired_at"], fact["observer"]),
        )
        for site in document.sites.values()
    }
    if arguments.json:
        print_json([fact for of_site in facts.values() for fact in of_site])
        return DONE
    for uuid, of_site in facts.items():
        if of_site:
            site = document.sites[uuid]
            say(": ".join(filter(None, (site.label or uuid, seen_words(document, uuid)))))
        for fact in of_site:
            say(f"   {fact['acquired_at'] or 'no date'} | {_seen_text(fact)}")
    return DONE


def _seen_text(fact: dict[str, Any]) -> str:
    """Presence, count, change, words and observer on one line."""
    from layers.observing.observation_rows import written_count  # for start-up time

    parts = [fact["presence"] or "not said"]
    if fact["why"]:
        parts[0] += f" ({fact['why']})"
    if fact["count"]:
        parts.append(f"count {written_count(**fact['count'])}")
    if fact["change"]:
        parts.append(f"change: {fact['change']}")
    words = " ".join(fact["words"].split())
    return " | ".join([*parts, *([words] if words else []), f"by {fact['observer'] or 'not said'}"])


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE")
    add_json(parser)


def _add_sites_arguments(parser: argparse.ArgumentParser) -> None:
    _add_case(parser)
    parser.add_argument(
        "--where", metavar="TEXT", help="only sites with this text in label, aliases, class, role or notes"
    )


SITES = Command("sites", "list the sites of a case", _add_sites_arguments, _sites)
CLAIMS = Command("claims", "list the claims of a case", _add_case, _claims)
SOURCES = Command("sources", "list the sources of a case", _add_case, _sources)
OBSERVATIONS = Command("observations", "list what was seen at the sites of a case, and when", _add_case, _observations)
