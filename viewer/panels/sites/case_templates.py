"""The templates of a case: those shipped for the theme, and the case's own."""

from __future__ import annotations

from functools import cache, lru_cache

from layers.document.document import Document
from layers.document.mark_template import MarkTemplate, templates_in_text, templates_of
from layers.document.rows import Template
from layers.document.vocabulary import SITE_CLASSES
from viewer.commands.filing.templates import rows_of
from viewer.panels.context import PanelContext
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.words import class_choices
from viewer.resources import resource_path
from viewer.support.language.stored_words import word

OTHER = "other"


@cache
def shipped_templates() -> tuple[MarkTemplate, ...]:
    """The templates in `resources/templates.json`, in its order."""
    return tuple(templates_in_text(resource_path("templates.json").read_text(encoding="utf-8")))


def templates_of_case(document: Document) -> list[MarkTemplate]:
    """The shipped templates, with the case's own in their place or after them."""
    return list(_templates_of_rows(tuple(rows_of(document))))


@lru_cache(maxsize=4)
def _templates_of_rows(rows: tuple[Template, ...]) -> tuple[MarkTemplate, ...]:
    """Templates of rows, read once for each state of a case, as menus need them after every edit."""
    return tuple(templates_of(rows, shipped_templates()))


def _by_title(choice: tuple[str, str]) -> tuple[bool, str]:
    """Sort key of a choice: by title, with "other" first, beside the entry that adds a class: a new mark has it."""
    code, title = choice
    return code != OTHER, title.casefold()


def offer_classes(context: PanelContext, field: ChoiceField, ask: str = "") -> None:
    """Offer the site classes and the case's own templates in a field, and keep them up to date.

    `ask` is the text of a first entry that asks for a class of one's own.
    """

    def read() -> None:
        own = [
            (template.code, word(template.name))
            for template in templates_of_case(context.document)
            if template.code not in SITE_CLASSES
        ]
        field.set_choices(sorted([*class_choices(), *own], key=_by_title), ask)

    context.document_replaced.connect(read)
    context.changed.connect(lambda changes: read() if changes.touches("templates") or changes.everything else None)
    read()
