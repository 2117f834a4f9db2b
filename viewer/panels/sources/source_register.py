"""The source register: all sources of the case as a list."""

from __future__ import annotations

from typing import override

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.source import Source
from viewer.commands.sources import add_source, delete_sources, uses_of_source
from viewer.panels.claims.row_list_panel import Listed, RowListPanel
from viewer.panels.comments.comment_words import open_words
from viewer.panels.context import PanelContext
from viewer.panels.sources.alike_lines import known_alike
from viewer.panels.widgets.form_page import muted
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable
from viewer.panels.words import reliability_words, source_name
from viewer.support.language.text import searched

RELIABILITY = 1
"""The column of the reliability."""


class SourceRegisterPanel(RowListPanel):
    """The register; the chosen source opens in the inspector. Deleting a cited source needs a confirmation."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        listed = Listed("sources", "claim_sources", "source_uuid", add_source, delete_sources)
        super().__init__(context, listed, parent)
        self._alike = known_alike(context)  # before the list, which shows what it has heard
        self.question = self._question()
        model = RowTable(self._columns(), _haystack, self, chip=self._chip, dragged_as="sources")
        hint = self.tr("No source yet: add one, or paste a link or drop a file on a claim.")
        rows = RowList(model, self.tr("Sources"), first_px=200, hint=hint)
        self.build(rows, model, self.tr("Add source"))
        self.below_list.addWidget(self.question)
        for signal in (model.refreshed, model.modelReset):
            signal.connect(self._want_reliability)
        self._want_reliability()
        self._alike.changed.connect(self._show_alike)

    def _show_alike(self, uuids: frozenset[str]) -> None:
        """Read the sources anew that became alike, or are no longer: their own rows may have stayed as they were."""
        shown = self._shown_rows()
        self.model.refresh(uuids & shown.keys(), shown)

    def _want_reliability(self) -> None:
        """Hide the column of reliability until any source has been judged, to leave room for the titles."""
        judged = any(source.reliability for source in self._context.document.sources.values())
        self.list.want_column(RELIABILITY, judged)

    def _chip(self, source: Source) -> str:
        """Open comments, the reliability where its column has no room, and a word on one that may be here twice."""
        words = [open_words(self._context.document, source.uuid)]
        words += [source.reliability if self.list.view.isColumnHidden(RELIABILITY) else ""]
        if self._alike.index.alike(source.uuid):
            words.append(self.tr("here twice?"))
        return " · ".join(filter(None, words))

    def _columns(self) -> list[ListColumn]:
        def cited(source: Source) -> int:
            return len(self._context.document.links.source_to_claims(source.uuid))

        tip = self.tr("Claims that cite it")
        return [
            ListColumn(self.tr("Source"), source_name),
            ListColumn(
                self.tr("Reliability"),
                lambda source: source.reliability,
                None,
                78,
                False,
                self.tr("Reliability, A to F; F means that it cannot be judged"),
            ),
            ListColumn(self.tr("Cited"), lambda source: str(cited(source) or ""), cited, 48, True, tip),
            ListColumn(self.tr("Published"), lambda source: source.published_at, None, 84),
            ListColumn(self.tr("Publisher"), lambda source: source.publisher, None, 150),
        ]

    def _question(self) -> QFrame:
        frame = QFrame()
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        self.question_text = muted()
        self.confirm_button = QPushButton(self.tr("Delete with citations"))
        self.keep_button = QPushButton(self.tr("Keep"))
        for button in (self.confirm_button, self.keep_button):
            button.setAccessibleName(button.text())
        self.confirm_button.clicked.connect(self.delete_selected)
        self.keep_button.clicked.connect(frame.hide)
        buttons = QHBoxLayout()
        buttons.addWidget(self.confirm_button)
        buttons.addWidget(self.keep_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(frame)
        layout.addWidget(self.question_text)
        layout.addLayout(buttons)
        frame.hide()
        return frame

    @override
    def chosen(self, uuids: frozenset[str]) -> None:
        self.question.hide()
        super().chosen(uuids)

    @override
    def delete_wanted(self) -> None:
        uses = [uses_of_source(self._context.document, uuid) for uuid in self.list.selected()]
        claims, responses = sum(len(use.claims) for use in uses), sum(len(use.responses) for use in uses)
        sites = sum(len(use.sites) for use in uses)
        if not any(uses):
            self.delete_selected()
            return
        parts = [
            self.tr("%1 claims").replace("%1", str(claims)) if claims else "",
            self.tr("%1 responses").replace("%1", str(responses)) if responses else "",
            self.tr("%1 site positions").replace("%1", str(sites)) if sites else "",
        ]
        used = ", ".join(part for part in parts if part)
        text = self.tr("Used by %1. They stay, without this source; one undo brings all of it back.")
        self.question_text.setText(text.replace("%1", used))
        self.question.show()
        self.keep_button.setFocus()

    @override
    def delete_selected(self) -> None:
        self.question.hide()
        super().delete_selected()


def _haystack(source: Source) -> str:
    return searched(
        source.kind,
        source.author,
        source.descriptor,
        source.url,
        source.excerpt,
        reliability_words(source.reliability),
    )
