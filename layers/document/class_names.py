"""Names of the classes of a case: those of our list, and those that its own templates give to kinds of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import cast

from layers.document.document import Document
from layers.document.mark_template import template_of_row
from layers.document.rows import Template
from layers.document.vocabulary import SITE_CLASSES, class_words


def class_name(document: Document, code: str) -> str:
    """The name of a class as the form of a site shows it: "Fence" for a kind that the case calls so."""
    if code in SITE_CLASSES or not code:
        return class_words(code)
    rows = cast("tuple[Template, ...]", tuple(document.table("templates").values()))
    return _own_names(rows).get(code) or class_words(code)


@lru_cache(maxsize=4)
def _own_names(rows: tuple[Template, ...]) -> Mapping[str, str]:
    """The names in templates, read once for each state of a case: a list asks for each of its rows."""
    templates = (template_of_row(row) for row in rows)
    return {template.code: template.name for template in templates if template is not None}
