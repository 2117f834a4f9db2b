"""Shows what a ticked fact-check sheet reviews in the case, and which of its rows are left as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.product.factcheck.coming_home import Homecoming, LeftAlone, Reason, Remark, homecoming
from layers.product.factcheck.subjects import subject_name, subject_row
from layers.product.factcheck.ticked_file import LONGEST_NAME, TickedSheet
from layers.product.lint.finding import Jump
from viewer.app.products.findings.cure_paths import show_row_of
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import muted, wrapped
from viewer.support.language.text import one_line, plain, tooltip
from viewer.support.language.translation import translate

SIZE = (900, 480)
WIDEST_PX = 560
"""Most width of a column: a remark may be of any length."""
MOST_NUMBERS = 5
"""Most numbers of facts that stand in a row."""
_ROW = Qt.ItemDataRole.UserRole


class TicksDialog(QDialog):
    """A sheet that came home. `review_wanted`: what it means for the case, and the name of its checker."""

    review_wanted = Signal(object, str)

    def __init__(self, panels: PanelContext, sheet: TickedSheet, home: Homecoming, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Ticked Fact-Check Sheet"))
        self._panels, self._sheet, self.home = panels, sheet, home
        title = wrapped(one_line(sheet.title, 120) or self.tr("without a title"))
        title.setObjectName("bigFact")
        self.said = muted()
        self.checker_line = QLineEdit(sheet.checker)
        self.checker_line.setMaxLength(LONGEST_NAME)
        self.checker_line.setAccessibleName(self.tr("Name of the checker"))
        self.checker_line.textChanged.connect(self._judge)
        form = QFormLayout()
        form.addRow(self.tr("&Checked by"), self.checker_line)
        self.list = QTreeWidget()
        self.list.setAccessibleName(self.tr("Rows of the sheet"))
        self.list.setHeaderLabels([self.tr("Row"), self.tr("Facts"), self.tr("Why")])
        self.list.setUniformRowHeights(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)  # a reason is read whole
        header.setMaximumSectionSize(WIDEST_PX)
        self.list.itemActivated.connect(self._lead_to)
        buttons = QDialogButtonBox()
        self.review_button = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.close_button = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        buttons.accepted.connect(self._review)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(title)
        layout.addLayout(form)
        layout.addWidget(self.said)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)
        self.resize(*SIZE)
        panels.changed.connect(self._judge)
        panels.document_replaced.connect(self.reject)
        self._fill()

    def _judge(self, *_: object) -> None:
        """Judge the sheet anew, as its checker has another name, or the case has changed."""
        self.home = homecoming(self._panels.document, self._sheet, self.checker_line.text())
        self._fill()

    def _fill(self) -> None:
        home, document = self.home, self._panels.document
        self.list.clear()
        reviewed = [("claims", uuid) for uuid in home.claims] + [("sites", uuid) for uuid in home.sites]
        rows = [(subject_row(document, table, uuid), table, uuid) for table, uuid in reviewed]
        names = [(subject_name(document, row), "", "", table, uuid) for row, table, uuid in rows if row is not None]
        self._group(self.tr("Remarks"), [self._remark_row(remark) for remark in home.remarks])
        self._group(self.tr("Left as they are"), list(self._left_rows()))
        self._group(self.tr("Reviewed by this sheet"), names)
        named = bool(self.checker_line.text().strip())
        new = len(home.new_remarks)
        self.review_button.setEnabled(bool(home.reviews or new) and named)
        review = translate("FactCheck", "&Review {count} rows", "&Review {count} row", home.reviews)
        if new:
            remarks = translate("FactCheck", "{count} remarks", "{count} remark", new)
            both, alone = self.tr("{0}, keep {1}"), self.tr("&Keep {0}")
            review = both.format(review, remarks) if home.reviews else alone.format(remarks)
        self.review_button.setText(review)
        ticked = translate("FactCheck", "{count} facts ticked", "{count} fact ticked", self._sheet.ticked)
        self.said.setText(
            self.tr(
                "{0}. A row is reviewed where all of its facts are ticked, no remark on it is open and it has not "
                "changed since."
            ).format(ticked)
            if named
            else self.tr("Enter the name of the checker: a review is somebody's.")
        )

    def _remark_row(self, remark: Remark) -> tuple[str, str, str, str, str]:
        """A remark with its row, and with the reason where the case does not keep it anew."""
        why = "" if remark.uuid else self.tr("shown here only: its row is not in the case")
        why = self.tr("kept before") if remark.is_known else why
        words = f"{remark.written} ({why})" if why else remark.written
        return remark.words, str(remark.number), words, remark.table, remark.uuid

    def _left_rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        for row in self.home.left:
            name = row.name or self.tr("Sources, answers, images, words of the page")
            yield name, _numbers(row.facts), self._why(row), row.table, row.uuid

    def _why(self, row: LeftAlone) -> str:
        match row.reason:
            case Reason.CHANGED if row.since:
                return self.tr("Changed since the sheet: {0}").format(row.since)
            case Reason.CHANGED:
                return self.tr("It, or what it rests on, has changed since the sheet")
            case Reason.GONE:
                return self.tr("No longer in the case")
            case Reason.PARTLY:
                return self.tr("Not all of its facts are ticked")
            case Reason.UNSOURCED:
                return self.tr("Ticked without a source: a remark must say where it was found")
            case Reason.REMARKED:
                return self.tr("Has an open remark: resolve it in the case, then bring the sheet home again")
            case Reason.OWN:
                return self.tr("Entered by the checker: nobody reviews their own")
            case Reason.REVIEWED:
                return self.tr("Reviewed before")
        return self.tr("Ticked; the case keeps no review of these")

    def _group(self, title: str, rows: Sequence[tuple[str, str, str, str, str]]) -> None:
        if not rows:
            return
        head = QTreeWidgetItem([f"{title} ({len(rows)})"])
        self.list.addTopLevelItem(head)
        head.setFirstColumnSpanned(True)
        for name, numbers, why, table, uuid in rows:
            item = QTreeWidgetItem([one_line(name), one_line(numbers, 60), one_line(why)])
            item.setToolTip(0, tooltip(plain(name)))
            item.setToolTip(2, tooltip(plain(why)))
            item.setData(0, _ROW, (table, uuid))
            head.addChild(item)
        head.setExpanded(True)

    def _lead_to(self, item: QTreeWidgetItem) -> None:
        """Show the row of an entry in the main window."""
        table, uuid = item.data(0, _ROW) or ("", "")
        if subject_row(self._panels.document, table, uuid) is not None:
            show_row_of(self._panels, Jump(table, uuid))

    def _review(self) -> None:
        checker = " ".join(self.checker_line.text().split())
        home = self.home
        self.accept()
        self.review_wanted.emit(home, checker)


def _numbers(facts: Sequence[int]) -> str:
    """The numbers of a few facts, or how many there are."""
    if len(facts) > MOST_NUMBERS:
        return translate("FactCheck", "{count} facts", "{count} fact", len(facts))
    return ", ".join(map(str, facts))
