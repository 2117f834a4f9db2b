"""Styles and projects of other programs in a case, as rows for our next save: judged, their code left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from msgspec import Struct

from layers.document.json_fields import json_object
from layers.errors import InvalidValue
from layers.phrase import Phrase, joined
from layers.project.opening.case_reader import CaseReader, Chunk, Unfit
from layers.project.opening.foreign_code import JudgedText, is_suspect, judged_project, judged_sld, judged_style
from layers.project.storage.schema import OUR_PROJECT, PROJECT_METADATA, STYLES_KEY

type Fact = dict[str, Any]

_MOST_SENTENCES = 8
_LONGEST_NAME = 60


class QgisRow(Struct, frozen=True):
    """A row of layer_styles or qgis_projects. `fact` is None where it is ours, and made anew, or may not stand."""

    fact: Fact | None
    title: str
    left_out: tuple[str, ...]


def code_sentences(case: CaseReader) -> list[str]:
    """Sentences for the analyst about code in styles and projects of a case; empty where it holds none."""
    rows = [row for row in (*style_rows_of(case), *project_rows_of(case)) if row.left_out]
    sentences: list[str] = [
        Phrase(
            "{title} holds {listed}: it is never run here, and will not be in the next save.",
            title=row.title,
            listed=_listed(row.left_out),
        )
        for row in rows[:_MOST_SENTENCES]
    ]
    more = len(rows) - len(sentences)
    return (
        [*sentences, Phrase("{more} more styles or projects hold code of other programs.", more=more)]
        if more > 0
        else sentences
    )


def style_rows_of(case: CaseReader) -> Iterator[QgisRow]:
    """All styles. Unchanged ones of ours are only searched for code."""
    ours: dict[str, Any] = {}
    with suppress(InvalidValue):  # then all of them stand as they stood
        ours = json_object(case.opened.meta.get(STYLES_KEY, ""), Phrase("The list of styles"))
    for row in facts(case, "layer_styles"):
        table, name, qml, sld = (_text(row.get(key)) for key in ("f_table_name", "styleName", "styleQML", "styleSLD"))
        title = Phrase("The style “{name}” of {table}", name=_short(name), table=_short(table))
        is_ours = ours.get(f"{table}/{name}") == digest(qml) if ours else name == OUR_PROJECT
        if is_ours and not is_suspect(qml) and not sld and not row.get("ui"):
            yield QgisRow(None, title, ())
            continue
        style, other = judged_style(qml), judged_sld(sld)
        left_out = [*style.left_out, *other.left_out, *(["a form of its own"] if row.get("ui") else [])]
        kept = {**row, "styleQML": style.content, "styleSLD": other.content if sld else row.get("styleSLD"), "ui": None}
        stands = not is_ours and (style.content is not None or bool(other.content))
        yield QgisRow(kept if stands else None, title, tuple(dict.fromkeys(left_out)))


def project_rows_of(case: CaseReader) -> Iterator[QgisRow]:
    """All projects. Ours are searched for code, too: somebody may open the file in QGIS before it is saved."""
    for row in facts(case, "qgis_projects"):
        title = Phrase("The QGIS project “{text}”", text=_short(_text(row.get("name"))))
        content = row.get("content")
        is_ours = _is_made_by_us(row) and _text(row.get("name")) in (OUR_PROJECT, f"{OUR_PROJECT}, as saved")
        text = judged_project(content, is_ours=is_ours) if isinstance(content, str | bytes) else JudgedText("")
        stands = not is_ours and text.content is not None
        kept = {**row, "content": text.content} if isinstance(content, str | bytes) else row
        yield QgisRow(kept if stands else None, title, text.left_out)


def facts(case: CaseReader, table: str) -> list[Fact]:
    """All rows of a small table as dictionaries."""
    there = sorted(case.opened.tables.get(table, frozenset()))
    rows: list[Fact] = []

    def take(chunk: Chunk) -> None:
        for values in zip(*(chunk.columns[name] for name in columns), strict=True):
            rows.append({n: None if isinstance(v, Unfit) else v for n, v in zip(columns, values, strict=True)})

    columns = case.filled(table, there) if there else {}
    if columns:
        case.each_chunk(table, columns, take)
    return rows


def digest(text: str) -> str:
    """A short mark of a text, by which an unchanged style of ours is recognised."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _is_made_by_us(row: Fact) -> bool:
    return _text(row.get("metadata")) == PROJECT_METADATA


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _listed(nouns: tuple[str, ...]) -> str:
    *others, last = nouns
    return Phrase("{some} and {last}", some=joined(", ", others), last=last) if others else last


def _short(name: str) -> str:
    return " ".join(name.split())[:_LONGEST_NAME]
