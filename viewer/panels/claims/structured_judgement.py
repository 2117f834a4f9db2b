"""The fields of a judgement that ICD 203 asks for beside likelihood and confidence; each may stay empty."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.document import Document
from layers.product.judging.reissue import change_sentences, newest_judgement
from viewer.panels.widgets.field_set import FieldSet
from viewer.panels.widgets.fields import TextField
from viewer.panels.widgets.form_page import muted
from viewer.support.language.translation import in_language

STRUCTURED = ("alternatives", "assumptions", "indicators")


class StructuredFields(QWidget):
    """Alternatives, key assumptions, and what would change the judgement."""

    def __init__(self, fields: FieldSet, earlier: Mapping[str, QWidget], parent: QWidget | None = None) -> None:
        """`earlier` are lines on what a field was before, by its column."""
        super().__init__(parent)
        form = QFormLayout()
        fields.go_on_in(form)
        fields.add(
            "alternatives",
            self.tr("Alternatives, and why they are less likely"),
            TextField(lines=1),
            self.tr("Other explanations of the same evidence, and what speaks against each"),
        )
        form.addRow(earlier["alternatives"])
        fields.add(
            "assumptions",
            self.tr("Key assumptions, and what follows if wrong"),
            TextField(lines=1),
            self.tr("What is taken for granted, and what becomes of the judgement without it"),
        )
        form.addRow(earlier["assumptions"])
        fields.add(
            "indicators",
            self.tr("What would change this judgement"),
            TextField(lines=1),
            self.tr("What could be seen or learnt that would make it more or less likely"),
        )
        form.addRow(earlier["indicators"])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(form)


class ChangeNote(QWidget):
    """The change of a judgement since a product last printed it, and the field for its reason.

    It is shown for claims that an issued product has printed, and where it has words already.
    """

    def __init__(self, fields: FieldSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes = muted()
        self.note = TextField(lines=1)
        self.note.setPlaceholderText(self.tr("because ..."))
        tip = self.tr("The next version of the product prints what the judgement was, what it is now, and this reason")
        label = fields.bind("change_note", self.tr("Changed since the last issue"), self.note, tip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addWidget(self.changes)
        layout.addWidget(self.note)

    def show_claim(self, document: Document, claim: Claim) -> None:
        """Show the field where it is of use for a claim."""
        earlier = newest_judgement(document, claim.uuid)
        changes = change_sentences(earlier, claim) if earlier is not None else ()
        self.changes.setText(" ".join(map(in_language, changes)))
        self.changes.setVisible(bool(changes))
        self.setVisible(earlier is not None or bool(claim.change_note))


def is_structured(claim: Claim) -> bool:
    """True where any of these fields has words."""
    return any(getattr(claim, name).strip() for name in STRUCTURED)
