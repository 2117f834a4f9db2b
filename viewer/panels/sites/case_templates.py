"""The templates that hold in a case: those shipped for the theme, and the case's own."""

from __future__ import annotations

from functools import cache

from layers.document.document import Document
from layers.document.mark_template import MarkTemplate, templates_in_text, templates_of
from layers.document.vocabulary import SITE_CLASSES
from viewer.commands.filing.templates import rows_of
from viewer.panels.context import PanelContext
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.words import class_choices
from viewer.resources import resource_path
from viewer.support.text import one_line


@cache
def shipped_templates() -> tuple[MarkTemplate, ...]:
    """The templates in `resources/templates.json`, in its order."""
    return tuple(templates_in_text(resource_path("templates.json").read_text(encoding="utf-8")))


def templates_of_case(document: Document) -> list[MarkTemplate]:
    """The shipped templates, with the case's own in their place or after them."""
    return templates_of(rows_of(document), shipped_templates())


def offer_classes(context: PanelContext, field: ChoiceField) -> None:
    """Let a field offer the classes there are, and the kinds of them for which the case has templates."""

    def read() -> None:
        own = [
            (one.code, one_line(one.name))
            for one in templates_of_case(context.document)
            if one.code not in SITE_CLASSES
        ]
        field.set_choices([*class_choices(), *own])

    context.document_replaced.connect(read)
    context.changed.connect(lambda changes: read() if changes.touches("templates") or changes.everything else None)
    read()
