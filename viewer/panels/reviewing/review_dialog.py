"""Reviews many marks and claims in one step: their status, and the name of the reviewer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.site import Site
from layers.document.vocabulary import STATUSES
from viewer.commands.reviewing.reviews import set_review
from viewer.panels.context import BULK_ROWS, PanelContext
from viewer.panels.widgets.fields import ChoiceField
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.panels.words import choices
from viewer.support.language.stored_words import word
from viewer.support.language.translation import translate

_WIDTH_PX = 420


def reviewable(context: PanelContext, uuids: Collection[str]) -> list[Site | Claim]:
    """The marks and claims among these rows."""
    sites, claims = context.document.sites, context.document.claims
    rows = (sites.get(uuid) or claims.get(uuid) for uuid in dict.fromkeys(uuids))
    return [row for row in rows if row is not None]


class ReviewDialog(QDialog):
    """Asks for status and reviewer; Enter reviews all rows as one step to undo."""

    def __init__(self, context: PanelContext, uuids: Collection[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Review"))
        self.rows = reviewable(context, uuids)
        self.counts = wrapped(self._counted())
        self.counts.setObjectName("bigFact")
        self.status = ChoiceField(choices(STATUSES))
        self.status.show_value("reviewed")
        self.reviewer = QLineEdit(context.case.actor)
        self.reviewer.setPlaceholderText(self.tr("Name of the reviewer"))
        form = QFormLayout()
        for title, field in ((self.tr("&Status"), self.status), (self.tr("&Reviewer"), self.reviewer)):
            field.setAccessibleName(title.replace("&", ""))
            form.addRow(title, field)
        self.caution = wrapped("")
        self.caution.setObjectName("caution")
        self.refusal = wrapped("")
        self.refusal.setObjectName("refusal")
        self.refusal.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.review)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.counts)
        layout.addLayout(form)
        layout.addWidget(self.caution)
        layout.addWidget(
            muted(self.tr("A later change of what is printed or judged makes a reviewed row a draft again."))
        )
        layout.addWidget(self.refusal)
        layout.addWidget(self.buttons)
        self.setFixedWidth(_WIDTH_PX)
        self.reviewer.textChanged.connect(self._look)
        self.status.committed.connect(self._look)
        context.document_replaced.connect(self.close)
        self._look()

    @property
    def chosen_status(self) -> str:
        return str(self.status.currentData())

    def _counted(self) -> str:
        """The rows in words: "3 marks, 1 claim: 3 draft, 1 reviewed"."""
        marks = sum(isinstance(row, Site) for row in self.rows)
        claims = len(self.rows) - marks
        parts = [translate("Review", "{count} marks", "{count} mark", marks)] if marks else []
        parts += [translate("Review", "{count} claims", "{count} claim", claims)] if claims else []
        states = Counter(row.status for row in self.rows)
        by_state = (f"{states[status]} {word(status)}" for status in STATUSES if states[status])
        return f"{', '.join(parts)}: {', '.join(by_state)}"

    def _look(self, _value: object = None) -> None:
        """Show who is asked for, and that an author who reviews their own rows is no second person."""
        is_draft = self.chosen_status == "draft"
        self.reviewer.setEnabled(not is_draft)
        name = " ".join(self.reviewer.text().split()).casefold()
        own = sum(row.created_by.strip().casefold() == name for row in self.rows) if name else 0
        sentence = translate(
            "Review",
            "{count} of them are by the reviewer: whoever reviews their own row is no second pair of eyes.",
            "{count} of them is by the reviewer: whoever reviews their own row is no second pair of eyes.",
            own,
        )
        self.caution.setText(sentence if own else "")
        self.caution.setVisible(bool(own) and not is_draft)
        self._fit()

    def _fit(self) -> None:
        """Make room for the sentences that are shown now."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(_WIDTH_PX, layout.totalHeightForWidth(_WIDTH_PX))

    def review(self) -> None:
        """Set the status of all rows, or show why that is refused."""
        uuids = [row.uuid for row in self.rows]
        status, reviewer = self.chosen_status, self.reviewer.text()
        if len(uuids) >= BULK_ROWS:
            self._context.do_for_many(self.tr("Reviewing"), set_review, uuids, status=status, reviewer=reviewer)
        elif sentence := self._context.attempt(set_review, uuids, status=status, reviewer=reviewer):
            self.refusal.setText(sentence)
            self.refusal.show()
            self._fit()
            self.reviewer.setFocus()
            return
        self.accept()


def review(context: PanelContext, uuids: Collection[str], window: QWidget) -> ReviewDialog | None:
    """Ask for the review of these rows; None where no mark and no claim is among them, which is reported."""
    if not reviewable(context, uuids):
        context.report(translate("Review", "Select marks, or a claim, to review them."))
        return None
    dialog = ReviewDialog(context, uuids, window)
    dialog.open()
    dialog.activateWindow()
    return dialog


def add_review(menu: QMenu, context: PanelContext, uuids: Collection[str], window: QWidget) -> None:
    """Add the entry that reviews these rows, where a mark or a claim is among them."""
    rows = reviewable(context, uuids)
    if rows:
        text = translate("Review", "Re&view {count} rows…", "Re&view {count} row…", len(rows))
        menu.addAction(text, partial(review, context, tuple(row.uuid for row in rows), window))
