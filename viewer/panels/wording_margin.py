"""Advice on wording in the margin of a form, while its texts are typed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, override

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from layers.document.changes import Changes
from layers.phrase import Phrase
from layers.product.wording.advice import Advice
from layers.product.wording.language import is_read, language
from layers.product.wording.passed import advice_in_case, rules_off
from layers.product.wording.rules import BY_NAME
from viewer.commands.meta import let_advice_pass, switch_rule
from viewer.panels.context import PanelContext
from viewer.panels.widgets.form_page import clear_layout, keep_still
from viewer.panels.widgets.link_button import LinkButton
from viewer.support.language.translation import in_language
from viewer.support.plain_label import plain_label

MOST_SHOWN = 2
"""Most pieces of advice at once: more would be passed over."""
type TextWidget = QLineEdit | QPlainTextEdit


class WrittenText(NamedTuple):
    """A field with the kind of its text, and its column."""

    field: TextWidget
    kind: str
    column: str


def nothing_kept(_column: str) -> Collection[str]:
    """All rules are asked of each text."""
    return ()


class WordingMargin(QWidget):
    """A line for each sentence that says more than is known; hidden where there is none. Nothing is refused.

    Alt+Enter in a field lets its first advice pass.
    """

    def __init__(
        self,
        context: PanelContext,
        texts: Mapping[str, tuple[TextWidget, str]],
        kept: Callable[[str], Collection[str]] = nothing_kept,
        parent: QWidget | None = None,
        is_quoted: Callable[[str, str], bool] = lambda _column, _text: False,
    ) -> None:
        """`texts` are fields with the kind of their text, by column; `kept` gives the rules that are not asked of a
        column. `is_quoted`: True for a column and a text that stands as others wrote it, of which nothing is asked.
        """
        super().__init__(parent)
        self._context, self._kept, self._is_quoted = context, kept, is_quoted
        self._texts = [WrittenText(field, kind, column) for column, (field, kind) in texts.items()]
        self.advice: list[tuple[str, Advice]] = []
        """The advice that is shown, with the column that it is on."""
        self._silent: tuple[str, ...] = ()
        """The rules that would have had advice, and are switched off in the case."""
        self._is_reading = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        for text in self._texts:
            text.field.textChanged.connect(self._soon.start)
            text.field.installEventFilter(self)
        context.changed.connect(self._heard)
        context.document_replaced.connect(self._soon.start)
        self.hide()

    @property
    def sentences(self) -> list[str]:
        """The advice as it is shown."""
        return [in_language(_words(advice)) for _, advice in self.advice]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) and isinstance(event, QKeyEvent):
            column = next((text.column for text in self._texts if text.field is watched), "")
            advice = next((advice for own, advice in self.advice if own == column), None)
            if _is_pass_key(event) and advice is not None:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    self._let_pass(advice)
                return True
        return super().eventFilter(watched, event)

    def _heard(self, changes: Changes) -> None:
        if changes.touches("meta", "claims", "claim_sources", "claim_evidence"):
            self._soon.start()

    def judge_soon(self) -> None:
        """Judge the texts again in a moment, as they are others although no field told so."""
        self._soon.start()

    def _look(self) -> None:
        """Judge what is typed; the wordings are read apart the first time, as that takes longer than a frame."""
        if not is_read():
            if not self._is_reading:
                self._is_reading = True
                self._context.run(language, lambda _wordings: self._look(), "")
            return
        document = self._context.document
        judged = [
            (text.column, advice)
            for text in self._texts
            if not self._is_quoted(text.column, _typed(text.field))
            for advice in advice_in_case(document, _typed(text.field), text.kind, is_whole=True)
            if advice.rule not in self._kept(text.column)
        ]
        off = rules_off(document)
        shown = [(column, advice) for column, advice in judged if advice.rule not in off][:MOST_SHOWN]
        silent = tuple(rule for rule in off if any(advice.rule == rule for _, advice in judged))
        if (shown, silent) == (self.advice, self._silent):
            return
        self.advice, self._silent = shown, silent
        keep_still(self)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        clear_layout(layout)
        for _, advice in shown:
            layout.addWidget(self._line(advice))
        for rule in silent:
            layout.addWidget(self._again(rule))
        self.setVisible(bool(shown or silent))

    def _line(self, advice: Advice) -> QWidget:
        line = QWidget()
        line.setObjectName("caution")
        layout = QVBoxLayout(line)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        layout.addWidget(_wrapped(in_language(_words(advice))))
        passed = LinkButton(
            self.tr("Let pass (Alt+Enter)"), self.tr("Leave this sentence as it is; it is judged anew once it changes")
        )
        passed.clicked.connect(lambda: self._let_pass(advice))
        off = LinkButton(
            self.tr("Do not check this in the case"), self.tr("Switch this rule off for the case; products say so")
        )
        off.clicked.connect(lambda: self._context.do(switch_rule, advice.rule, False))
        layout.addWidget(passed)
        layout.addWidget(off)
        return line

    def _again(self, rule: str) -> LinkButton:
        title = in_language(BY_NAME[rule].title)
        again = LinkButton(self.tr("Check again: {0}").format(title), self.tr("Switch this rule on for the case"))
        again.clicked.connect(lambda: self._context.do(switch_rule, rule, True))
        return again

    def _let_pass(self, advice: Advice) -> None:
        self._context.do(let_advice_pass, advice)


def _words(advice: Advice) -> Phrase:
    return Phrase("{what} {cure}", what=advice.what, cure=advice.cure)


def _wrapped(sentence: str) -> QLabel:
    label = plain_label(sentence)
    label.setWordWrap(True)
    return label


def _typed(field: TextWidget) -> str:
    return field.text() if isinstance(field, QLineEdit) else field.toPlainText()


def _is_pass_key(event: QKeyEvent) -> bool:
    is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return is_enter and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.AltModifier
