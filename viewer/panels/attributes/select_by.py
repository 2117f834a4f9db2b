"""Dialogs that select features: by an expression, or by their distance from the selected ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from layers.errors import GeoloupeError
from layers.vector.expression.language import FUNCTIONS, Expression, parse_expression, quoted_column
from viewer.canvas.feature_selection import How
from viewer.panels.widgets.form_page import muted
from viewer.support.language.text import one_line
from viewer.support.plain_label import plain_label
from viewer.support.still_boxes import ComboBox, DecimalBox

type Select = Callable[[Expression, How, Callable[[str], None]], None]
"""Selects the features for which an expression is true, and calls back with a sentence on the result."""
WIDTH_PX = 460


class SelectByDialog(QDialog):
    """Selects the features for which an expression is true. It stays open, so that the expression can be changed."""

    def __init__(self, layer_name: str, columns: Sequence[str], select: Select, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Select in “{0}” by Expression").format(one_line(layer_name, 60)))
        self.setMinimumWidth(WIDTH_PX)
        self._select = select
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Expression"))
        self.text.setPlaceholderText("e.g. kind = 'port' and (people > 5000 or people is null)")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(90)
        self.columns = ComboBox()
        self.columns.setAccessibleName(self.tr("Insert a column"))
        self.columns.addItem(self.tr("Insert a column…"))
        for name in columns:
            self.columns.addItem(one_line(name, 60), name)
        self.columns.activated.connect(self._insert)
        self.how = ComboBox()
        self.how.setAccessibleName(self.tr("What happens with the selection"))
        ways: tuple[tuple[str, How], ...] = (
            (self.tr("New selection"), "replace"),
            (self.tr("Add to the selection"), "add"),
            (self.tr("Remove from the selection"), "remove"),
        )
        for text, way in ways:
            self.how.addItem(text, way)
        words = "and or not = <> < > like contains starts ends in between is null  ·  " + " ".join(FUNCTIONS)
        measures = self.tr("$length in metres and $area in square metres, on the ellipsoid; $fid the feature’s number")
        help_ = muted(f"{words}  ·  {measures}")
        self.answer = plain_label()
        self.answer.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("Columns"), self.columns)
        form.addRow(self.tr("Selection"), self.how)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addWidget(help_)
        layout.addLayout(form)
        layout.addWidget(self.answer)
        layout.addWidget(_buttons(self, self.tr("&Select"), self.select))

    def select(self) -> None:
        try:
            expression = parse_expression(self.text.toPlainText())
        except GeoloupeError as error:
            self.answer.setText(error.sentence)
            return
        self.answer.setText(self.tr("Looking…"))
        self._select(expression, self.how.currentData(), self._hear)

    def _hear(self, sentence: str) -> None:
        if shiboken6.isValid(self):  # it may have been closed meanwhile
            self.answer.setText(sentence)

    def _insert(self, at: int) -> None:
        name = self.columns.itemData(at)
        if name is not None:
            self.text.insertPlainText(quoted_column(name))
            self.columns.setCurrentIndex(0)
            self.text.setFocus()


class SelectNearDialog(QDialog):
    """Adds features within a distance of the selected ones to the selection."""

    def __init__(self, select: Callable[[float, Callable[[str], None]], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Select Within a Distance"))
        self._select = select
        self.metres = DecimalBox()
        self.metres.setAccessibleName(self.tr("Distance from the selected features"))
        self.metres.setRange(0.01, 5_000_000)
        self.metres.setDecimals(2)
        self.metres.setGroupSeparatorShown(True)
        self.metres.setSuffix(" m")
        self.metres.setValue(1000)
        self.answer = plain_label()
        self.answer.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("Distance"), self.metres)
        layout = QVBoxLayout(self)
        layout.addWidget(
            muted(
                self.tr(
                    "Adds the features of the current layer that lie within this distance of the selected features, "
                    "measured on the ellipsoid."
                )
            )
        )
        layout.addLayout(form)
        layout.addWidget(self.answer)
        layout.addWidget(_buttons(self, self.tr("&Select"), self.select))
        self.metres.selectAll()

    def select(self) -> None:
        self.answer.setText(self.tr("Looking…"))
        self._select(self.metres.value(), self._hear)

    def _hear(self, sentence: str) -> None:
        if shiboken6.isValid(self):  # it may have been closed meanwhile
            self.answer.setText(sentence)


def open_select_by(layer_name: str, columns: Sequence[str], select: Select, window: QWidget) -> SelectByDialog:
    dialog = SelectByDialog(layer_name, columns, select, window)
    dialog.show()
    return dialog


def open_select_near(select: Callable[[float, Callable[[str], None]], None], window: QWidget) -> SelectNearDialog:
    dialog = SelectNearDialog(select, window)
    dialog.show()
    return dialog


def _buttons(dialog: QDialog, text: str, act: Callable[[], None]) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    button = QPushButton(text)
    button.setDefault(True)
    box.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
    button.clicked.connect(act)
    box.rejected.connect(dialog.close)
    return box
