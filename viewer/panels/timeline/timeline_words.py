"""Rows of the timeline in words: what each is, what its date is the date of, and how exactly that is known."""

from __future__ import annotations

from collections.abc import Sequence

from layers.document.document import Document
from layers.document.layer import Layer
from layers.document.site import Site
from layers.finding.case_text import text_of
from layers.finding.case_timeline import AS_OF, LANES, OBSERVED, PUBLISHED, SEARCHED, TAKEN, VALID, TimelineRow
from layers.text.counted import grouped
from layers.time.image_dates import image_date_words
from layers.time.written_dates import written_date
from viewer.panels.words import no_name, no_words, site_name
from viewer.support.language.stored_words import word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

LONGEST_TITLE, LONGEST_LINE = 120, 300
MOST_NAMED = 6
"""Rows of one mark, and sites of one row, that are named."""
MOST_COPIED = 20_000


def lane_title(lane: int) -> str:
    """The name of a lane."""
    return (
        translate("Timeline", "Claims"),
        translate("Timeline", "Responses"),
        translate("Timeline", "Observations"),
        translate("Timeline", "Images"),
        translate("Timeline", "Sites and marks"),
        translate("Timeline", "Searches"),
        translate("Timeline", "Sources"),
    )[lane]


def row_title(document: Document, row: TimelineRow) -> str:
    """The words of a row on one line."""
    case_row = document.table(row.table).get(row.uuid)
    names: tuple[str, ...]
    match row.table:
        case "images":
            image = document.images.get(row.uuid)
            names = () if image is None else (image.layer_title, image.product_id, image.sensor, image.service)
        case "layers":
            names = (case_row.name,) if isinstance(case_row, Layer) else ()
        case "observations":
            seen = document.observations.get(row.uuid)
            site = document.sites.get(seen.site_uuid) if seen is not None else None
            about = site_name(site, document) if site is not None else ""
            names = () if seen is None else (": ".join(filter(None, (about, word(seen.presence) or seen.words))),)
        case _:
            text = text_of(row.table, case_row) if case_row is not None else None
            names = (text.title,) if text is not None else ()
    title = next((one_line(name, LONGEST_TITLE) for name in names if name.strip()), "")
    return title or (no_words() if row.table in ("claims", "responses") else no_name())


def date_words(row: TimelineRow) -> str:
    """The date of a row, with what it is the date of and how exactly it is known."""
    if row.date_of == TAKEN:
        date = in_language(image_date_words(row.date, row.date_kind, row.date_basis))
        return translate("Timeline", "Date of the image: {0}").format(date)
    if not row.date:
        return translate("Timeline", "Without a date")
    if row.span is None:
        return translate("Timeline", "No date that can be read: “{0}”").format(one_line(row.date, 60))
    if row.date_of == VALID:
        return _validity(row)
    date = in_language(written_date(row.date))
    known = {
        "year": translate("Timeline", "{0} (known to the year)"),
        "month": translate("Timeline", "{0} (known to the month)"),
    }.get(row.precision, "{0}")
    template = {
        PUBLISHED: translate("Timeline", "Published: {0}; no date of an image"),
        SEARCHED: translate("Timeline", "Searched: {0}"),
        OBSERVED: translate("Timeline", "Observed: {0}"),
        AS_OF: translate("Timeline", "Lifecycle as of: {0}"),
    }.get(row.date_of, translate("Timeline", "Said: {0}"))
    return template.format(known.format(date))


def _validity(row: TimelineRow) -> str:
    """The time in which a site is valid: from, until, or both, as far as they are stated."""
    if row.opens_after:
        return translate("Timeline", "Valid from: {0}, no end stated").format(_written(row.date.strip("/")))
    if row.opens_before:
        return translate("Timeline", "Valid until: {0}, no beginning stated").format(_written(row.date.strip("/")))
    return translate("Timeline", "Valid: {0}").format(_written(row.date))


def _written(date: str) -> str:
    return in_language(written_date(date))


def row_lines(document: Document, row: TimelineRow) -> list[str]:
    """A row in lines: what it is, its date, and the sites that it is about."""
    lines = [f"{kind_title(document, row)}: {row_title(document, row)}", date_words(row)]
    sites = site_names(document, row)
    return [*lines, sites] if sites else lines


def kind_title(document: Document, row: TimelineRow) -> str:
    """The word for one row of a lane; for a mark that is no site, that of its kind."""
    site = document.sites.get(row.uuid) if row.table == "sites" else None
    if site is not None and not site.is_site:
        return word(site.noun).capitalize()
    return (
        translate("Timeline", "Claim"),
        translate("Timeline", "Response"),
        translate("Timeline", "Observation"),
        translate("Timeline", "Image"),
        translate("Timeline", "Site"),
        translate("Timeline", "Search"),
        translate("Timeline", "Source"),
    )[row.lane]


def site_names(document: Document, row: TimelineRow) -> str:
    """The names of the first sites that a row is about; empty for none, and for the row of a site itself."""
    if row.table == "sites":
        return ""
    sites = [site for uuid in row.sites[: MOST_NAMED + 1] if isinstance(site := document.sites.get(uuid), Site)]
    names = ", ".join(site_name(site, document) for site in sites[:MOST_NAMED])
    return names + ("…" if len(sites) > MOST_NAMED else "")


def several_lines(document: Document, rows: Sequence[TimelineRow], total: int) -> list[str]:
    """Rows of one mark in lines: their number, and the first of them."""
    first = [f"{short_date(row)}  {row_title(document, row)}" for row in rows[:MOST_NAMED]]
    more = total - len(first)
    return [counted_rows(rows[0].lane, total), *first, *([f"+ {grouped(more)}"] if more > 0 else [])]


def counted_rows(lane: int, count: int) -> str:
    """A number of rows of a lane in words."""
    forms = (
        translate("Timeline", "{count} claims", "{count} claim", count),
        translate("Timeline", "{count} responses", "{count} response", count),
        translate("Timeline", "{count} observations", "{count} observation", count),
        translate("Timeline", "{count} images", "{count} image", count),
        translate("Timeline", "{count} dates of sites", "{count} date of a site", count),
        translate("Timeline", "{count} searches", "{count} search", count),
        translate("Timeline", "{count} sources", "{count} source", count),
    )
    return forms[lane]


def short_date(row: TimelineRow) -> str:
    """A date as the case has it, without its seconds; the words for none where it has none that can be placed."""
    if row.span is None:
        return translate("Timeline", "no date")
    first, slash, last = (part[:16].replace("T", " ") for part in row.date.partition("/"))
    return f"{first or '…'} – {last or '…'}" if slash else first


def extent_words(rows: Sequence[TimelineRow]) -> str:
    """The time that rows cover, from the first date to the last; without an end that is not stated."""
    first, last = min(rows, key=_begin), max(rows, key=_end)
    first_date, last_date = short_date(first).partition(" – ")[0], short_date(last).rpartition(" – ")[2]
    is_open_before, is_open_after = any(row.opens_before for row in rows), any(row.opens_after for row in rows)
    if is_open_before and is_open_after:
        return ""
    if is_open_after:
        return translate("Timeline", "from {0}").format(first_date)
    if is_open_before:
        return translate("Timeline", "until {0}").format(last_date)
    return first_date if first_date == last_date else translate("Timeline", "{0} to {1}").format(first_date, last_date)


def _begin(row: TimelineRow) -> float:
    return row.span.begin if row.span is not None else 0.0


def _end(row: TimelineRow) -> float:
    return row.span.end if row.span is not None else 0.0


def as_table(document: Document, rows: Sequence[TimelineRow]) -> str:
    """Rows as a table with tabs, for spreadsheets and notes."""
    head = (
        translate("Timeline", "Kind"),
        translate("Timeline", "Date"),
        translate("Timeline", "Kind of date"),
        translate("Timeline", "Words"),
        translate("Timeline", "Sites"),
    )
    lines = ["\t".join(head)]
    for row in rows[:MOST_COPIED]:
        date = row.date if row.span is not None else ""
        cells = kind_title(document, row), date, date_words(row), row_title(document, row), site_names(document, row)
        lines.append("\t".join(one_line(cell, LONGEST_LINE) for cell in cells))
    return "\n".join(lines) + "\n"


assert len(LANES) == 7, "each lane has its words here"
