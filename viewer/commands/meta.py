"""Edits of the metadata of the case itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.rows import MetaEntry
from layers.phrase import Phrase
from viewer.commands.fields import check_choice, column_word
from viewer.commands.stamps import insert, stamp_of, update

if TYPE_CHECKING:
    from layers.product.wording.advice import Advice

SITES_VISIBLE = "sites_visible"
"""Meta key: "0" hides all sites on the canvas; any other value, or none, shows them."""

SEARCHES_VISIBLE = "searches_visible"
"""Meta key: "1" shows what each search has shown on the canvas; any other value, or none, that of the chosen alone."""

GRATICULE = "graticule"
"""Meta key: the notation of the graticule over the map; an unknown one, or none, shows no graticule."""
SHOWN_KEYS = frozenset({SITES_VISIBLE, GRATICULE})
"""The keys that change the map."""


def set_meta(document: Document, key: str, value: str, *, actor: str, now: str | None = None, label: str = "") -> Edit:
    """Set one fact about the case (title, summary, marking...)."""
    stamp = stamp_of(actor, now)
    label = label or Phrase("Change {word} of the case", word=column_word(key))
    entry = document.table("meta").get(key)
    if entry is None:
        return Edit(label, (insert("meta", MetaEntry(uuid=key, value=value), stamp),) if value else ())
    return Edit(label, update("meta", entry, stamp, value=value))


def sites_visible(document: Document) -> bool:
    return document.meta(SITES_VISIBLE) != "0"


def set_sites_visible(document: Document, visible: bool, *, actor: str, now: str | None = None) -> Edit:
    """Show or hide all sites."""
    label = Phrase("Show sites") if visible else Phrase("Hide sites")
    return set_meta(document, SITES_VISIBLE, "1" if visible else "0", actor=actor, now=now, label=label)


def searches_visible(document: Document) -> bool:
    return document.meta(SEARCHES_VISIBLE) == "1"


def set_searches_visible(document: Document, visible: bool, *, actor: str, now: str | None = None) -> Edit:
    """Show on the map what all searches have shown, or that of the chosen alone."""
    label = Phrase("Show all searches") if visible else Phrase("Show only the chosen searches")
    return set_meta(document, SEARCHES_VISIBLE, "1" if visible else "", actor=actor, now=now, label=label)


def graticule_of_case(document: Document) -> str:
    """The notation of the graticule over the map; empty without one."""
    notation = document.meta(GRATICULE)
    if not notation:
        return ""
    from layers.grid.graticules.graticule import NOTATIONS  # for start-up time: few maps show one

    return notation if notation in NOTATIONS else ""


def set_graticule(document: Document, notation: str, *, actor: str, now: str | None = None) -> Edit:
    """Show a graticule over the map; an empty notation shows none. Raises InvalidValue for an unknown one."""
    if notation:
        from layers.grid.graticules.graticule import NOTATIONS  # for start-up time

        check_choice(notation, NOTATIONS, Phrase("graticule"))
    label = Phrase("Show graticule in {notation}", notation=notation) if notation else Phrase("Hide graticule")
    return set_meta(document, GRATICULE, notation, actor=actor, now=now, label=label)


def let_advice_pass(document: Document, advice: Advice, *, actor: str, now: str | None = None) -> Edit:
    """Let one sentence pass as it is written. It stands again once its words change."""
    from layers.product.wording.passed import passed_key  # for start-up time

    label = Phrase("Let “{found}” pass", found=advice.words)
    return set_meta(document, passed_key(advice), "1", actor=actor, now=now, label=label)


def switch_rule(document: Document, rule: str, is_on: bool, *, actor: str, now: str | None = None) -> Edit:
    """Switch a rule of wording on or off for the whole case. Raises KeyError for a rule that does not exist."""
    from layers.product.wording.passed import off_key  # for start-up time
    from layers.product.wording.rules import BY_NAME  # for start-up time

    title = BY_NAME[rule].title
    label = Phrase("Check again: {title}", title=title) if is_on else Phrase("No longer check: {title}", title=title)
    return set_meta(document, off_key(rule), "" if is_on else "1", actor=actor, now=now, label=label)
