"""Writes the report of a case as one HTML file: readable without a network and without script, fit to print.

The file asks for nothing: its pictures are data in it, and its only script is known to the browser by a hash.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from layers.document.observation import is_after
from layers.product.content import ClaimSaid, NamedSite, ProductContent, SourceCited
from layers.product.site_words import place_word
from layers.time.image_dates import image_date
from layers.time.written_dates import written_date
from viewer.export.data.exported import ChipPicture, DataExport, GroundPicture
from viewer.export.data.picture_bytes import PNG, data_url
from viewer.export.data.report_claims import AnswersOnce, claim_values
from viewer.export.data.report_map import map_values
from viewer.export.data.tables import for_xml
from viewer.export.features import claims_by_site
from viewer.support.language.text import one_line, plain
from viewer.support.language.translation import translate

TEMPLATE, STYLE, SCRIPT = (Path(__file__).with_name(f"report.{ending}") for ending in ("html", "css", "js"))
_WHOLE = ("Place", "Point on the line", "MGRS")
"""Facts that are not broken at the end of a line: half a coordinate is none."""
_UNIT = re.compile(r"(?<=\d) (?=(?:%|km|m)(?!\w))|(?<=±) (?=\d)")
"""Pattern of the space between a number and its unit or its sign."""
INFERRED = "inferred by us"
LONGEST_CITATION = 100_000
"""Most characters of a citation; the link in it is not cut."""


def report_html(export: DataExport) -> str:
    """The whole file. All words are the product's, escaped so that they stay text whatever they hold."""
    from jinja2 import Environment, StrictUndefined  # only where a report is made

    maker = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_unbroken
    )
    template = maker.from_string(TEMPLATE.read_text("utf-8"))
    script = SCRIPT.read_text("utf-8")
    own = {
        "style": STYLE.read_text("utf-8"),
        "script": script,
        "script_hash": b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }
    return for_xml(template.render(_values(export) | own))


def _unbroken(value: object) -> object:
    """A text in which no line ends between a number and its unit; anything else as it is."""
    is_text = type(value) is str and not value.startswith("data:")
    return _UNIT.sub("\u00a0", str(value)) if is_text else value


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
    once, claimed = AnswersOnce(), claims_by_site(content)
    claims = claim_values(content.claims, names, numbers, once)
    imprint = export.imprint
    return {
        "title": one_line(content.title) or "Report",
        "marking": one_line(content.marking),
        "is_blocked": content.is_blocked,
        "status": one_line(f"{content.status[:1].upper()}{content.status[1:]}"),
        "correction": plain(content.correction),
        "subtitle": one_line(imprint.subtitle),
        "by": one_line(imprint.by),
        "made_on": one_line(written_date(imprint.made_on)),
        "iso_day": one_line(imprint.made_on),
        "counts": _counts(content, len(sites)),
        "map": None if export.map is None else map_values(export.map, sites, numbers),
        "pairs": [_group(list(frames)) for _, frames in groupby(export.overlays, key=lambda frame: frame.group)],
        "claims": claims,
        "sites": [
            _site(site, numbers[site.uuid], chips.get(site.uuid, ()), claimed.get(site.uuid, ())) for site in sites
        ],
        "responses": [plain(answer.sentence) for answer in content.responses if answer.uuid not in once.printed],
        "sources": [_source(source) for source in content.sources],
        "images": _imagery(export),
        "searched": [plain(words) for words in content.searched],
        "caveats": [plain(caveat) for caveat in content.caveats],
    }


def _imagery(export: DataExport) -> list[str]:
    """A line for each image that the evidence rests on, by date, and for those of comparisons beside it."""
    images = sorted(export.content.images, key=lambda image: (not image.date, image.date))
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


def _group(frames: list[GroundPicture]) -> dict[str, Any]:
    """The images of one comparison; before and after only where known dates differ."""
    ordered = all(
        earlier.end and later.begin and is_after(later.begin, earlier.end) for earlier, later in pairwise(frames)
    )
    names = ["Before", "After"] if ordered and len(frames) == 2 else [chr(ord("A") + at) for at in range(len(frames))]
    shown = []
    for name, frame in zip(names, frames, strict=True):
        at = _date_words(frame)
        width, height = frame.size
        shown.append(
            {
                "side": name,
                "date": one_line(at),
                "rest": plain(" · ".join(filter(None, (frame.name if frame.name != at else "", frame.words)))),
                "stretch": plain(frame.stretch[:1].upper() + frame.stretch[1:]),
                "data": data_url(frame.data, PNG),
                "width": width,
                "height": height,
                "alt": one_line(f"{name}: {frame.name}, {at}"),
                "bar": one_line(frame.bar),
                "bar_part": round(100 * frame.bar_part, 2),
                "north": frame.north,
            }
        )
    title = "Before and after" if names[0] == "Before" else "Images compared"
    width, height = frames[0].size
    return {"title": title, "frames": shown, "ratio": round(width / height, 4) if height else 0}


def _site(site: NamedSite, number: int, chips: Iterable[ChipPicture], claims: Iterable[ClaimSaid]) -> dict[str, Any]:
    names = "; ".join(name for _, name in site.names)
    is_ours = bool(names) and site.identity == f"ours: {', '.join(name for _, name in site.names)}"
    facts = (
        ("Class", site.class_words),
        ("Role", site.role if site.role != "other" else ""),
        ("Name", "" if is_ours else site.identity),
        ("Other names", f"{names} (ours)" if is_ours else names),
        (str(place_word(is_line=site.is_line)), site.place),
        ("MGRS", site.mgrs),
        ("Precision", site.precision),
        ("Inferred", "" if INFERRED in site.precision else site.inferred),
        ("Exists", site.doubt or site.lifecycle),
        *(("Seen", line) for line in site.seen_lines),
    )
    return {
        "number": number,
        "name": one_line(site.name),
        "facts": [(what, plain(words), what in _WHOLE) for what, words in facts if words],
        "claims": [claim.number for claim in claims],
        "sources": [(cited.source.number, one_line(cited.what)) for cited in site.rests_on],
        "chips": [
            {
                "data": data_url(chip.data, chip.content_type),
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
