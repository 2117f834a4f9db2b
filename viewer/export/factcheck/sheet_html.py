"""Writes a fact-check sheet as one HTML file that keeps its ticks, works without a network, and comes home again."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from layers.product.factcheck.fact_sheet import UNSOURCED, FactSheet, SheetFact, StandsOn
from layers.product.factcheck.ticked_file import KIND, VERSION
from layers.text.links import is_plain_link
from layers.time.written_dates import written_date
from viewer.export.data.tables import for_xml
from viewer.export.factcheck.sheet_words import (
    COLUMN_HEADS,
    HEADS,
    HELP,
    INTERNAL,
    by_quote,
    counts,
    difference,
    disagreeing,
    groups,
    kept_words,
    passed_line,
    place_in_quote,
    since_words,
    source_line,
    warning_words,
)
from viewer.support.language.text import one_line, plain

_HERE = Path(__file__)
TEMPLATE, SCRIPT, STYLE = _HERE.with_name("sheet.html"), _HERE.with_name("sheet.js"), _HERE.with_name("sheet.css")
LONGEST_ADDRESS = 4000


def sheet_html(sheet: FactSheet, file_name: str) -> str:
    """The whole file. `file_name` is the name under which the browser saves it. All words stay text."""
    from jinja2 import Environment, StrictUndefined  # only where a sheet is made

    maker = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    script, style = SCRIPT.read_text("utf-8"), STYLE.read_text("utf-8")
    values = _values(sheet) | {
        "file": one_line(file_name),
        "kind": KIND,
        "script": script,
        "style": style,
        "script_hash": _hash(script),
        "style_hash": _hash(style),
        "asked": _as_data(_asked(sheet)),
    }
    return for_xml(maker.from_string(TEMPLATE.read_text("utf-8")).render(values))


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _as_data(value: dict[str, Any]) -> str:
    """JSON that stays inside its element whatever its texts hold."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _asked(sheet: FactSheet) -> dict[str, Any]:
    """The data that the ticked file brings home: the facts and the state of the rows that they are about."""
    return {
        "kind": KIND,
        "version": VERSION,
        "id": sheet.sheet_id,
        "title": plain(sheet.title),
        "product": sheet.product_uuid,
        "made_on": sheet.made_on,
        "facts": [
            *(_asked_fact(fact) for fact in sheet.facts),
            *(_asked_fact(fact) | {"carried": True, "done": fact.key in sheet.done} for fact in sheet.carried),
        ],
        "subjects": [
            {"table": row.table, "uuid": row.uuid, "rev": row.rev, "digest": row.digest, "name": plain(row.name)}
            for row in sheet.subjects
        ],
    }


def _asked_fact(fact: SheetFact) -> dict[str, Any]:
    return {
        "key": fact.key,
        "digest": fact.digest,
        "number": fact.number,
        "words": plain(fact.words),
        "table": fact.table,
        "uuid": fact.uuid,
        "unsourced": fact.basis == UNSOURCED,
    }


def _values(sheet: FactSheet) -> dict[str, Any]:
    about = [sheet.product, f"made {written_date(sheet.made_on)}" if sheet.made_on else ""]
    line = plain(", ".join(filter(None, about)))
    return {
        "title": one_line(sheet.title),
        "internal": INTERNAL,
        "marking": one_line(sheet.marking),
        "about": line[:1].upper() + line[1:],
        "counts": counts(sheet),
        "columns": COLUMN_HEADS,
        "since": since_words(sheet),
        "disagreeing": disagreeing(sheet),
        "groups": [
            {
                "head": f"{HEADS[basis]} ({len(facts)})",
                "help": HELP[basis],
                "quotes": [_together(rows) for rows in by_quote(facts)],
            }
            for basis, facts in groups(sheet)
        ],
        "gone": [plain(line) for line in sheet.gone],
        "passed": [plain(passed_line(passed)) for passed in sheet.let_pass],
        "folded": [(name, [plain(line) for line in lines]) for name, lines in sheet.folded],
    }


def _together(facts: list[SheetFact]) -> dict[str, Any]:
    """Facts that stand on one quote: the quote whole above them, and with each only its place there."""
    is_one = len(facts) == 1
    return {
        "sources": [] if is_one else [_source(None, source) for source in facts[0].stands_on],
        "facts": [_fact(fact, is_below=not is_one) for fact in facts],
    }


def _fact(fact: SheetFact, *, is_below: bool) -> dict[str, Any]:
    sources = [source for source in fact.stands_on if source.quote] if is_below else fact.stands_on
    return {
        "number": fact.number,
        "key": fact.key,
        "words": plain(fact.words),
        "kind": fact.kind,
        "is_unsourced": fact.basis == UNSOURCED,
        "subject": plain(fact.subject),
        "printed": plain(fact.printed),
        "sources": [_source(fact, source, is_below=is_below) for source in sources],
        "warning": plain(warning_words(fact)),
        "entered": plain(fact.entered),
        "reviewed": plain(fact.reviewed),
    }


def _source(fact: SheetFact | None, source: StandsOn, *, is_below: bool = False) -> dict[str, str]:
    """A source of a fact, or of several for None; `is_below`: its quote and its line stand above, and only the place of
    the fact is told.
    """
    if fact is not None and is_below:
        before, inside, after = map(plain, place_in_quote(source))
        texts = {"quote": inside, "before": before, "inside": inside, "after": after, "line": "", "dated": ""}
        return texts | {"differs": plain(difference(fact, source)), "kept": "", "bad": "", "address": "", "href": ""}
    start, end = source.stretch[:2] if fact is not None else (0, 0)
    address = plain(source.address, LONGEST_ADDRESS)
    return {
        "quote": plain(source.quote),
        "before": plain(source.quote[:start]) if end else plain(source.quote),
        "inside": plain(source.quote[start:end]),
        "after": plain(source.quote[end:]) if end else "",
        "differs": plain(difference(fact, source)) if fact is not None else "",
        "kept": plain(kept_words(source)),
        "bad": "differs" if source.is_misquoted else "",
        "line": plain(source_line(source)),
        "dated": plain(source.dated),
        "address": address,
        "href": address if is_plain_link(address) else "",
    }
