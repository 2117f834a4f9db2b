"""The list of responses: who answered, in which words, and to which claims or to the whole."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from layers.document.rows import Response
from viewer.commands.responses import add_response, delete_responses
from viewer.panels.claims.row_list_panel import Listed, RowListPanel
from viewer.panels.comments.comment_words import comment_column
from viewer.panels.context import PanelContext
from viewer.panels.widgets.row_list import RowList
from viewer.panels.widgets.row_table import ListColumn, RowTable


class ResponseListPanel(RowListPanel):
    """The list of responses; the chosen one opens in the inspector."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        add = partial(add_response, speaker="", words="")
        listed = Listed("responses", "response_claims", "response_uuid", add, delete_responses)
        super().__init__(context, listed, parent)
        columns = [
            ListColumn(self.tr("Speaker"), lambda response: response.speaker or self.tr("(nobody named)")),
            ListColumn(
                self.tr("Answers"), self._answers_text, self._answers, 96, False, self.tr("Claims that it answers")
            ),
            ListColumn(self.tr("Words"), lambda response: response.words, None, 260),
            comment_column(context),
        ]
        model = RowTable(columns, lambda response: f"{response.words} {response.notes}", self)
        hint = self.tr("No answer yet: add what those who are named in a claim say to it.")
        rows = RowList(model, self.tr("Responses"), hint=hint)
        self.build(rows, model, self.tr("Add response"))

    def _answers(self, response: Response) -> int:
        return len(self._context.document.links.response_to_claims(response.uuid))

    def _answers_text(self, response: Response) -> str:
        count = self._answers(response)
        return self.tr("%1 claims").replace("%1", str(count)) if count else self.tr("the whole")
