"""The sheet in words: a cell, an image and a site in a sentence, for cells, tips, the line below and screen readers."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.observation import Observation
from layers.observing.observation_rows import written_count
from layers.observing.seen_words import date_words
from layers.observing.sheet import Cover, SheetCell, SheetImage
from viewer.panels.said_names import said_name
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

SIGNS = {"present": "+", "absent": "−", "cannot tell": "?"}
"""Signs of what was seen, as the keys have them."""
LONGEST = 120


def image_date(image: SheetImage) -> str:
    """The date of an image, with the kind of one that is not of one time."""
    if not image.acquired_at:
        return translate("Sheet", "composite") if image.date_kind == "composite" else translate("Sheet", "date unknown")
    date = one_line(in_language(date_words(image.acquired_at)), 40)
    return date if image.is_dated else translate("Sheet", "{0}, {1}").format(date, word(image.date_kind))


def image_called(image: SheetImage) -> str:
    """The name of an image in a sentence: its date, else its title."""
    return image_date(image) if image.acquired_at or not image.title else one_line(image.title, 60)


def change_words(row: Observation, document: Document) -> str:
    """The change that a row states, with the date of the image that it is against; empty without one."""
    if not row.change:
        return ""
    earlier = document.images.get(row.compared_to_uuid)
    if earlier is None:
        return word(row.change)
    against = one_line(in_language(date_words(earlier.acquired_at)) if earlier.acquired_at else earlier.layer_title, 40)
    texts = {
        "none seen": translate("Sheet", "no change seen against {0}"),
        "changed": translate("Sheet", "changed against {0}"),
        "cannot tell": translate("Sheet", "cannot tell whether changed against {0}"),
    }
    return texts.get(row.change, word(row.change)).format(against)


def row_words(row: Observation, document: Document) -> str:
    """A row in one sentence: what was seen, how many, how clear, the change, the words."""
    count = written_count(row.count_low, row.count_high)
    parts = [
        capital(row.presence) if row.presence else translate("Sheet", "Not said what is seen"),
        word(row.why) if row.why else "",
        translate("Sheet", "count {0}").format(count) if count else "",
        word(row.view_quality) if row.view_quality else "",
        change_words(row, document),
        f"“{one_line(row.words, LONGEST)}”" if row.words else "",
    ]
    return ", ".join(filter(None, parts))


def cell_words(cell: SheetCell, document: Document) -> str:
    """A cell in words: its row, and those of other observers; else whether the image shows the place."""
    lines = [row_words(cell.own, document)] if cell.own is not None else [cover_words(cell)]
    for row in cell.others:
        by = said_name(row.observer, document) or translate("Sheet", "another observer")
        lines.append(translate("Sheet", "{0}: {1}").format(by, row_words(row, document)))
    for row in cell.besides:
        target = one_line(row.target, 60) or translate("Sheet", "no “looked for”")
        lines.append(translate("Sheet", "another row, {0}: {1}").format(target, row_words(row, document)))
    return "; ".join(filter(None, lines))


def cover_words(cell: SheetCell) -> str:
    """Why a cell has no row."""
    if cell.cover is Cover.NOT_COVERED:
        return translate("Sheet", "The image does not cover the site")
    if cell.cover is Cover.COVERED:
        return translate("Sheet", "Not looked at yet")
    return translate("Sheet", "Not looked at yet; it is not known whether the image covers the site")


def image_words(image: SheetImage, view: str) -> str:
    """An image in words: date, sensor, name, and how clear it is."""
    clear = capital(view) if view else translate("Sheet", "Clearness not stated")
    parts = (image_date(image), one_line(image.sensor, 60), one_line(image.title, 80), clear)
    return "; ".join(dict.fromkeys(filter(None, parts)))
