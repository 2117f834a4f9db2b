"""The fields of the analyst's judgement of an assessed claim: likelihood (ICD 203) and, apart from it, confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.vocabulary import CONFIDENCES, LIKELIHOOD_TERMS, likelihood_band
from layers.errors import InvalidValue
from viewer.commands.claims import likelihood_row_in_use
from viewer.panels.context import PanelContext
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import ChoiceField, NumberField, TextField
from viewer.panels.widgets.form_page import muted, side_by_side
from viewer.panels.words import choices
from viewer.support.language.stored_words import word

COLUMNS = ("likelihood_term", "likelihood_low", "likelihood_high", "confidence", "confidence_reason")


class LikelihoodField(ChoiceField):
    """A field of both rows of ICD 203 terms under headings; where the case uses one row, the other cannot be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        items: list[tuple[Any, str]] = [("", "–")]
        for row in (1, 2):
            items.append((f"row {row}", ""))
            items += [
                (entry.term, f"{word(entry.term)} · {entry.low}–{entry.high} %")
                for entry in LIKELIHOOD_TERMS
                if entry.row == row
            ]
        super().__init__(items, parent=parent)
        self.setMaxVisibleItems(len(items))
        self._headings = {1: self.tr("Terms with “likely”"), 2: self.tr("Terms with “probable”")}
        self.offer_row(None)

    def offer_row(self, in_use: int | None) -> None:
        """Offer the row in use in the case, or both without one."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        rows = {entry.term: entry.row for entry in LIKELIHOOD_TERMS}
        for place in range(model.rowCount()):
            item = model.item(place)
            value = item.data(Qt.ItemDataRole.UserRole)
            if value in ("row 1", "row 2"):
                row = int(value[-1])
                unused = self.tr("%1 (this case uses the other)").replace("%1", self._headings[row])
                item.setText(unused if in_use not in (None, row) else self._headings[row])
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            elif value:
                item.setEnabled(in_use in (None, rows.get(value)))


class JudgementFields(QWidget):
    """The part of the claim form with these fields; for other claims they are disabled, and a sentence says why."""

    def __init__(
        self,
        context: PanelContext,
        fields: FieldSet,
        reasons: Mapping[str, QWidget],
        earlier: Mapping[str, QWidget],
        parent: QWidget | None = None,
    ) -> None:
        """`reasons` are the questions why a field was changed, `earlier` the lines on what it was before, by column."""
        super().__init__(parent)
        self._context, self._fields = context, fields
        self.why_not = muted(self.tr("Open for claims in state “Assessed”: this judgement is the analyst's own."))
        self.likelihood = LikelihoodField()
        self.low, self.high = NumberField(whole=True, unit="%"), NumberField(whole=True, unit="%")
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(5)
        tip = self.tr("How likely it is that the statement is true")
        form.addRow(fields.bind("likelihood_term", self.tr("Likelihood"), self.likelihood, tip), self.likelihood)
        within = self.tr("1 to 99, within the term")
        form.addRow(fields.bind("likelihood_low", self.tr("From, %"), self.low, within), self._band(within))
        form.addRow(reasons["likelihood_term"])
        form.addRow(earlier["likelihood_term"])
        form.addRow(
            fields.bind(
                "confidence",
                self.tr("Confidence"),
                ChoiceField(choices(("", *CONFIDENCES))),
                self.tr("How good the basis of the judgement is; never part of the likelihood's sentence"),
            ),
            fields.fields["confidence"],
        )
        form.addRow(reasons["confidence"])
        form.addRow(earlier["confidence"])
        reason = TextField(lines=1, most_lines=6)
        self._reason_label = fields.bind("confidence_reason", self.tr("Reason for the confidence"), reason)
        form.addRow(self._reason_label)
        form.addRow(reason)
        form.addRow(earlier["confidence_reason"])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.why_not)
        layout.addLayout(form)

    def _band(self, within: str) -> QWidget:
        band = QWidget()
        until = self._fields.bind("likelihood_high", self.tr("to, %"), self.high, within)
        row = side_by_side(self.low, until, self.high, stretch=0)
        row.setSpacing(4)
        row.setStretch(2, 1)
        row.setContentsMargins(0, 0, 0, 0)
        until.setMinimumWidth(0)
        band.setLayout(row)
        return band

    def typed_within(self, term: str) -> dict[str, Any]:
        """Typed bounds that were refused, if they lie within this term; else empty."""
        fields = self._fields
        try:
            typed = fields.typed_pair()
        except InvalidValue:
            return {}
        low, high = typed["likelihood_low"], typed["likelihood_high"]
        if not term or low is None or high is None or not (self.low.is_waiting or self.high.is_waiting):
            return {}
        least, most = likelihood_band(term)
        return typed if least <= low <= high <= most else {}

    def show_claim(self, claim: Claim) -> None:
        """Enable the fields for an assessed claim, and disable them for others."""
        assessed = claim.state == "assessed"
        self.why_not.setVisible(not assessed)
        for column in COLUMNS:
            self._fields.fields[column].setEnabled(assessed)
            self._fields.labels[column].setEnabled(assessed)
        self.likelihood.offer_row(likelihood_row_in_use(self._context.document, claim.uuid))
