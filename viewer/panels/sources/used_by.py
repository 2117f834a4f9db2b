"""The rows that stand on a source: claims, steps, answers, sites, chips and carriers, each line leading to its row."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from PySide6.QtWidgets import QWidget

from layers.document.document import Document
from layers.document.edit import Table
from layers.document.source import Source, names_a_work
from layers.product.judging.steps import read_steps
from viewer.commands.sources import uses_of_source
from viewer.panels.context import PanelContext
from viewer.panels.widgets.link_lines import LinkLine, LinkLines
from viewer.panels.words import source_name
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

MOST_SHOWN = 12
LONGEST_WORDS = 70
"""Characters of a row that a line shows: the link leads to the whole."""
SHORTEST_NAME = 6
"""Characters of a title or link by which a step can name a source: a shorter one stands in other words too."""


class Use(Struct, frozen=True):
    """A row that stands on a source, in words, and the row with a form that shows it."""

    text: str
    table: Table
    uuid: str


def uses_in(document: Document, source: Source) -> list[Use]:
    """All that stands on a source, apart from products: claims first, then what is said, placed, seen and carried."""
    uses = uses_of_source(document, source.uuid)
    lines = [
        Use(_words("Claim: {0}", claim.statement or claim.source_wording), "claims", claim.uuid)
        for claim in uses.claims
    ]
    lines += _steps_naming(document, source)
    lines += [Use(_words("Answer of {0}", answer.speaker), "responses", answer.uuid) for answer in uses.responses]
    lines += [Use(_words("Place or name of {0}", site.label), "sites", site.uuid) for site in uses.sites]
    chips = [chip for chip in document.chips.values() if chip.source_uuid == source.uuid]
    lines += [Use(_words("Chip: {0}", chip.caption or chip.layer_title), "sites", chip.site_uuid) for chip in chips]
    carriers = [row for row in document.sources.values() if row.origin_uuid == source.uuid and row.uuid != source.uuid]
    return lines + [Use(_words("Carried by {0}", source_name(row)), "sources", row.uuid) for row in carriers]


def _words(template: str, text: str) -> str:
    templates = {
        "Claim: {0}": translate("UsedBy", "Claim: {0}"),
        "Step: {0}": translate("UsedBy", "Step: {0}"),
        "Answer of {0}": translate("UsedBy", "Answer of {0}"),
        "Place or name of {0}": translate("UsedBy", "Place or name of {0}"),
        "Chip: {0}": translate("UsedBy", "Chip: {0}"),
        "Carried by {0}": translate("UsedBy", "Carried by {0}"),
    }
    return templates[template].format(one_line(text, LONGEST_WORDS) or translate("UsedBy", "(without words)"))


def _steps_naming(document: Document, source: Source) -> Iterator[Use]:
    """The steps of claims that name a source by its title or its link."""
    names = [text.strip() for text in (source.title if names_a_work(source.title) else "", source.url)]
    names = [name for name in names if len(name) >= SHORTEST_NAME]
    if not names:
        return
    for claim in document.claims.values():
        if claim.steps_json:
            for step in read_steps(claim.steps_json):
                words = str(step.words)
                if any(name in words for name in names):
                    yield Use(_words("Step: {0}", words), "claims", claim.uuid)


class UsedBy(LinkLines):
    """The part of the form with a line for each use; a click, or Enter, leads to the row."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        none = translate("UsedBy", "No claim cites this source yet.")
        super().__init__(translate("UsedBy", "Used by"), MOST_SHOWN, none, parent)
        self._context = context
        self.opened.connect(self._open_use)

    def show_source(self, source: Source) -> None:
        """Show the uses of another source, or of the same one again."""
        uses = uses_in(self._context.document, source)
        self.show_lines([LinkLine(use.text, self.tr("Show {0}").format(use.text), use) for use in uses])

    def _open_use(self, use: Use) -> None:
        if use.uuid:
            self._context.open_row(use.table, use.uuid)
