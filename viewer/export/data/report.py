"""Writes the report of a case as one HTML file: readable without a network and without script, fit to print."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from layers.document.observation import is_after
from layers.product.content import ClaimSaid, NamedSite, ProductContent, SourceCited
from layers.product.gathering import NO_ANSWER
from layers.product.parties import claim_sentence, context_of, own_answers
from layers.time.image_dates import image_date
from layers.time.written_dates import written_date
from viewer.export.data.exported import ChipPicture, DataExport, ExportedMap, GroundPicture
from viewer.export.data.map_numbers import number_places
from viewer.export.data.tables import for_xml
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate

TEMPLATE = Path(__file__).with_name("report.html")
LONGEST_CITATION = 100_000
"""Most characters of a citation; the link in it is not cut."""
MOST_NAMED = 12
"""Most marks that the alternative text of the map names."""


def report_html(export: DataExport) -> str:
    """The whole file. All words are the product's, escaped so that they stay text whatever they hold."""
    from jinja2 import Environment, StrictUndefined  # only where a report is made

    maker = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = maker.from_string(TEMPLATE.read_text("utf-8"))
    return for_xml(template.render(_values(export)))


def _values(export: DataExport) -> dict[str, Any]:
    content = export.content
    numbers = _numbers(content)
    chips: dict[str, list[ChipPicture]] = {}
    for chip in export.chip_pictures:
        chips.setdefault(chip.site_uuid, []).append(chip)
    sites = sorted(
        (site for site in content.sites if site.uuid not in content.withheld), key=lambda site: numbers[site.uuid]
    )
    names = {site.uuid: site.name for site in sites}
    return {
        "title": one_line(content.title) or "Report",
        "marking": one_line(content.marking),
        "is_blocked": content.is_blocked,
        "status": one_line(f"{content.status[:1].upper()}{content.status[1:]}"),
        "correction": plain(content.correction),
        "counts": _counts(content, len(sites)),
        "map": None if export.map is None else _map(export.map, sites, numbers),
        "pairs": [_group(list(frames)) for _, frames in groupby(export.overlays, key=lambda frame: frame.group)],
        "claims": [_claim(claim, names, numbers) for claim in content.claims],
        "no_answer": NO_ANSWER,
        "sites": [_site(site, numbers[site.uuid], chips.get(site.uuid, ())) for site in sites],
        "responses": [plain(answer.sentence) for answer in content.responses],
        "sources": [_source(source) for source in content.sources],
        "images": _imagery(export),
        "searched": [plain(words) for words in content.searched],
        "caveats": [plain(caveat) for caveat in content.caveats],
    }


def _imagery(export: DataExport) -> list[str]:
    """A line for each image that the evidence rests on, and for those of comparisons that are shown beside it."""
    images = export.content.images
    lines = [
        (
            image.name if image.name != image.date else "",
            image.sensor,
            image.dated,
            image.credit,
            image.licence,
        )
        for image in images
    ]
    named = {one_line(image.name) for image in images}
    for frame in export.overlays:
        if frame.name not in named:
            at = _date_words(frame)
            lines.append((frame.name if frame.name != at else "", "", at, frame.words, ""))
    return list(dict.fromkeys(plain(" · ".join(filter(None, parts))) for parts in lines))


def _date_words(frame: GroundPicture) -> str:
    return image_date(frame.begin, "interval", frame.end)


def _numbers(content: ProductContent) -> dict[str, int]:
    """A number for each mark: its own in the key, and the following numbers for marks without one there."""
    own_numbers = {site.uuid: site.number for site in content.sites if site.number is not None}
    following = iter(range(max(own_numbers.values(), default=0) + 1, 10**9))
    return {
        site.uuid: own_numbers[site.uuid] if site.uuid in own_numbers else next(following) for site in content.sites
    }


def _counts(content: ProductContent, marks: int) -> str:
    parts = [
        translate("Export", "{count} marks", "{count} mark", marks),
        translate("Export", "{count} claims", "{count} claim", len(content.claims)),
        translate("Export", "{count} responses", "{count} response", len(content.responses)),
        translate("Export", "{count} sources", "{count} source", len(content.sources)),
    ]
    left = len(content.withheld)
    left_out = (
        translate("Export", "; {count} marks are left out.", "; {count} mark is left out.", left) if left else "."
    )
    return ", ".join(parts) + left_out


def _map(picture: ExportedMap, sites: list[NamedSite], numbers: dict[str, int]) -> dict[str, Any]:
    inside = [site for site in sites if site.uuid in picture.places]
    names = [one_line(site.name, 80) for site in inside]
    more = translate("Export", " and {0} more").format(len(names) - MOST_NAMED) if len(names) > MOST_NAMED else ""
    listed_names = ", ".join(names[:MOST_NAMED]) + more
    alt = translate("Export", "Map with {count} marks{0}.", "Map with {count} mark{0}.", len(inside))
    left = len(sites) - len(inside)
    not_on_it = translate("Export", "{count} marks are not on the map.", "{count} mark is not on the map.", left)
    at = {site.uuid: picture.places[site.uuid] for site in inside}
    middles = number_places(numbers, at, picture.width, picture.height)
    return {
        "data": _data_url(picture.data, "image/png"),
        "width": picture.width,
        "height": picture.height,
        "alt": alt.format(f": {listed_names}" if listed_names else ""),
        "credits": plain(" · ".join(picture.credits)),
        "elsewhere": not_on_it if left else "",
        "marks": [
            {
                "number": numbers[site.uuid],
                "name": one_line(site.name),
                "x": round(at[site.uuid][0], 1),
                "y": round(at[site.uuid][1], 1),
                "number_x": round(middles[site.uuid][0], 1),
                "number_y": round(middles[site.uuid][1], 1),
                "left": round(100 * middles[site.uuid][0] / picture.width, 3),
                "top": round(100 * middles[site.uuid][1] / picture.height, 3),
            }
            for site in inside
        ],
    }


def _group(frames: list[GroundPicture]) -> dict[str, Any]:
    """The images of one comparison; before and after only where known dates differ."""
    ordered = all(
        earlier.end and later.begin and is_after(later.begin, earlier.end) for earlier, later in pairwise(frames)
    )
    names = ["Before", "After"] if ordered and len(frames) == 2 else [chr(ord("A") + at) for at in range(len(frames))]
    shown = []
    for name, frame in zip(names, frames, strict=True):
        at = _date_words(frame)
        words = plain(" · ".join(filter(None, (f"{name}: {frame.name}", at, frame.words))))
        width, height = frame.size
        shown.append(
            {
                "data": _data_url(frame.data, "image/png"),
                "width": width,
                "height": height,
                "alt": one_line(f"{name}: {frame.name}, {at}"),
                "words": words,
            }
        )
    return {"title": "Before and after" if names[0] == "Before" else "Images compared", "frames": shown}


def _claim(claim: ClaimSaid, names: dict[str, str], numbers: dict[str, int]) -> dict[str, Any]:
    places = {uuid: names[uuid] for uuid in claim.sites if uuid in names}
    places |= {party.uuid: party.name for party in claim.parties}
    sites = [{"number": numbers.get(uuid), "name": one_line(name)} for uuid, name in places.items()]
    sites += [{"number": None, "name": one_line(name)} for name in claim.sites_elsewhere if name not in places.values()]
    return {
        "number": claim.number,
        "heading": one_line(claim.statement or claim.source_words, 400) or "no words recorded",
        "attributed": plain(claim_sentence(claim)) if claim.source_words else "",
        "none": [plain(words) for words in own_answers([claim])] if claim.parties and claim.responses else [],
        "context": [plain(words) for words in context_of([claim])],
        "speaker": plain(claim.speaker) or "speaker not stated",
        "made_at": plain(written_date(claim.made_at)),
        "state": claim.state,
        "likelihood": plain(claim.likelihood),
        "confidence": plain(claim.confidence),
        "reason": plain(claim.reason),
        "place_note": plain(claim.place_note),
        "sites": sites,
        "inferred": [plain(words) for words in claim.inferred],
        "responses": [plain(answer.sentence) for answer in claim.responses],
        "quotes": [
            {"number": quote.source.number, "words": plain("".join(_quote_words(quote.words, quote.page)))}
            for quote in claim.quotes
        ],
        "beside": [plain(line) for line in (*claim.beside, *claim.considered)],
        "evidence": [plain(line) for line in claim.evidence_lines(len(claim.rests_on) + len(claim.quotes))],
        "steps": [plain(step) for step in claim.steps],
    }


def _quote_words(words: str, page: str) -> Iterator[str]:
    yield f", {page}" if page else ""
    yield f": {words}" if words else ""


def _site(site: NamedSite, number: int, chips: Iterable[ChipPicture]) -> dict[str, Any]:
    facts = (
        ("Class", site.class_words),
        ("Role", site.role if site.role != "other" else ""),
        ("Name", site.identity),
        ("Other names", "; ".join(name for _, name in site.names)),
        ("Place", site.place),
        ("MGRS", site.mgrs),
        ("Precision", site.precision),
        ("Inferred", site.inferred),
        ("Exists", site.doubt or site.lifecycle),
        *(("Seen", line) for line in site.seen_lines),
    )
    return {
        "number": number,
        "name": one_line(site.name),
        "facts": [(what, plain(words)) for what, words in facts if words],
        "chips": [
            {
                "data": _data_url(chip.data, chip.content_type),
                "alt": one_line(f"Image chip of {site.name}: {chip.words}"),
                "words": plain(chip.words),
            }
            for chip in chips
        ],
    }


def _source(source: SourceCited) -> dict[str, Any]:
    more = [
        f"Reliability: {source.reliability}." if source.reliability else "",
        f"Carries {source.origin}." if source.origin else "",
        f"Rights: {source.rights}." if source.rights else "",
        f"Marking: {source.marking}." if source.marking else "",
    ]
    return {
        "number": source.number,
        "citation": plain(source.citation, LONGEST_CITATION),
        "more": plain(" ".join(filter(None, more))),
        "href": source.web_link,
    }


def _data_url(data: bytes, content_type: str) -> str:
    return f"data:{content_type};base64,{b64encode(data).decode()}"
