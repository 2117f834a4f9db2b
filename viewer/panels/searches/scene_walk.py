"""The dialog that goes through the scenes that an archive has listed: which of them are usable, and why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import override

import shapely
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from layers.document.changes import Changes
from layers.geo.bounds import Bounds
from layers.grid.tile_grid import View
from layers.observing.archive_question import asked_question
from layers.observing.listed_scenes import SKIPPED, UNUSABLE, USABLE, AnsweredScene, SceneAnswers, SceneState, scenes_of
from layers.scenes.view_area import area_of_view
from viewer.canvas.search_painter import paint_scene
from viewer.commands.imagery.catalogue_layers import answer_scene
from viewer.panels.asking.reason_question import ReasonQuestion
from viewer.panels.hits.hit import cloud_words, day_words
from viewer.panels.searches.search_desk import SearchDesk
from viewer.panels.widgets.form_page import side_by_side, wrapped
from viewer.panels.widgets.icon_button import CompactButton
from viewer.support.language.stored_words import capital, word
from viewer.support.language.text import one_line, tooltip
from viewer.support.language.translation import in_language

WIDE_PX, HIGH_PX = 620, 420
_LONGEST = 80
_NAME = "listed scene"
"""Name of the outline above the map."""
_NO_MATTER = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
"""Modifiers with which a digit may come."""


class SceneWalkDialog(QDialog):
    """The scenes in the order of time; the current one is outlined on the map. Each answer is an edit of its own."""

    def __init__(self, desk: SearchDesk, uuid: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Scenes of a Search"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self.uuid = desk, uuid
        self._reason = ""
        """The reason with which scenes that are not usable are answered."""
        self.says = wrapped("")
        self.says.setAccessibleName(self.tr("How far the scenes are gone through"))
        self._make_list()
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.addWidget(self.says)
        layout.addWidget(self.list, 1)
        layout.addLayout(side_by_side(self.usable, self.unusable, self.reason, self.skip, stretch=2))
        verbs = QHBoxLayout()
        verbs.addWidget(self.show_button)
        verbs.addWidget(self.again)
        verbs.addStretch(1)
        verbs.addWidget(self.close_button)
        layout.addLayout(verbs)
        self.resize(WIDE_PX, HIGH_PX)
        self.finished.connect(self._leave)
        desk.end()  # one thing at a time is gone through on the map
        desk.shown_changed.connect(self._give_way)
        desk.context.changed.connect(self._heard)
        desk.context.document_replaced.connect(self.close)
        answers = self.answers
        self.read()
        if answers is not None:
            self.go_to(answers.next_open("") or answers.scenes[0].key)

    def _make_list(self) -> None:
        self.list = QTableWidget(0, 4)
        self.list.setAccessibleName(self.tr("Scenes that the archive listed"))
        self.list.setHorizontalHeaderLabels([self.tr("Date"), self.tr("Scene"), self.tr("Cloud"), self.tr("Answer")])
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setTabKeyNavigation(False)
        self.list.setShowGrid(False)
        self.list.setWordWrap(False)
        self.list.verticalHeader().hide()
        header = self.list.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.list.installEventFilter(self)
        self.list.currentCellChanged.connect(lambda row, _column, before, _: self._moved() if row != before else None)
        self.list.doubleClicked.connect(lambda _index: self.show_scene())

    def _make_buttons(self) -> None:
        self.usable = self._button(self.tr("1 Usable"), self.tr("The scene can be used (1)"), self.find_usable)
        self.unusable = self._button(
            self.tr("3 Not usable"), self.tr("It cannot be used, for the reason beside (3)"), self.find_unusable
        )
        self.skip = self._button(self.tr("4 Skip"), self.tr("Leave this scene aside (4)"), self.pass_by)
        asks = self.tr("Reason why it is not usable (0 asks for another)")
        self.reason = self._button("", asks, self._ask_reason)
        self.question = ReasonQuestion(self.reason, self.list)
        self.question.reason_chosen.connect(self._reason_chosen)
        shows = self.tr("Show the scene as a layer, to search it cell by cell (Enter)")
        self.show_button = self._button(self.tr("&Show as Layer"), shows, self.show_scene)
        self.again = self._button(
            self.tr("Ask &Again…"), self.tr("Ask the archive of this search again"), self.ask_again
        )
        self.close_button = self._button(self.tr("Close"), self.tr("Close; all answers are kept (Esc)"), self.close)
        self._keys: Mapping[int, Callable[[], object]] = {
            Qt.Key.Key_1: self.find_usable,
            Qt.Key.Key_3: self.find_unusable,
            Qt.Key.Key_4: self.pass_by,
            Qt.Key.Key_0: self._ask_reason,
            Qt.Key.Key_Return: self.show_scene,
            Qt.Key.Key_Enter: self.show_scene,
        }

    def _button(self, text: str, says: str, do: Callable[[], object]) -> CompactButton:
        button = CompactButton(text)
        button.setAutoDefault(False)
        button.setAccessibleName(says)
        button.setToolTip(tooltip(says))
        button.clicked.connect(lambda _checked=False: do())
        return button

    # -- what is shown ----------------------------------------------------------------------------------------------

    @property
    def answers(self) -> SceneAnswers | None:
        """The scenes with their answers, as the case has them now; None once the search is gone."""
        search = self._desk.context.document.searches.get(self.uuid)
        return None if search is None else scenes_of(search)

    @property
    def current(self) -> AnsweredScene | None:
        """The scene in hand."""
        answers, row = self.answers, self.list.currentRow()
        return answers.scenes[row] if answers is not None and 0 <= row < len(answers.scenes) else None

    def read(self) -> None:
        """Show the scenes and their answers; closes where the search is gone."""
        answers = self.answers
        if answers is None:
            self.close()
            return
        if self.list.rowCount() != len(answers.scenes):
            self.list.setRowCount(len(answers.scenes))
        for row, kept in enumerate(answers.scenes):
            for column, text in enumerate(_texts(kept)):
                item = self.list.item(row, column)
                if item is None:
                    self.list.setItem(row, column, QTableWidgetItem(text))
                elif item.text() != text:
                    item.setText(text)
        self._say(answers)

    def _say(self, answers: SceneAnswers) -> None:
        at, count = self.list.currentRow() + 1, len(answers.scenes)
        place = self.tr("Scene {0} of {1}.").format(max(at, 1), count)
        hint = self.tr("1, 3 and 4 answer, Enter shows it.")
        words = in_language(answers.sentence) if answers.answered else hint
        self.says.setText(f"{place} {words}")

    def go_to(self, key: str) -> None:
        """Take a scene in hand."""
        answers = self.answers
        rows = [] if answers is None else [row for row, scene in enumerate(answers.scenes) if scene.key == key]
        if rows:
            self.list.setCurrentCell(rows[0], 0)
            self._moved()

    def _moved(self) -> None:
        """Outline the scene in hand on the map, which goes there where nothing of it is in view."""
        answers, current = self.answers, self.current
        if answers is None or current is None:
            return
        self._say(answers)
        self.question.end()
        reason = word(self._reason_at_hand) or self.tr("no reason yet")
        self.reason.setText(self.tr("0 Reason: {0}…").format(reason))
        ground, canvas = current.scene.footprint, self._desk.canvas
        if not (ground.is_empty or area_of_view(canvas.viewport.view()).intersects(ground)):
            self._desk.context.view.show_bounds(Bounds(*ground.bounds))
        self._desk.context.shown_above.emit(_NAME, self._paint)
        canvas.update()

    def _paint(self, painter: QPainter, view: View) -> None:
        current = self.current
        if current is not None and not shapely.is_empty(current.scene.footprint):
            paint_scene(painter, view, current.scene.footprint)

    # -- answers ----------------------------------------------------------------------------------------------------

    def find_usable(self) -> None:
        """Answer that the scene in hand can be used, and go on."""
        self._answer(USABLE)

    def find_unusable(self) -> None:
        """Answer that it cannot, for the chosen reason; without any the analyst is asked."""
        why = self._reason_at_hand
        if why:
            self._reason = why
            self._answer(UNUSABLE, why)
        else:
            self._ask_reason()

    def pass_by(self) -> None:
        """Leave the scene in hand, and go on."""
        self._answer(SKIPPED)

    def _answer(self, answer: SceneState, why: str = "") -> None:
        current = self.current
        if current is None or not self._desk.context.do(answer_scene, self.uuid, current.key, answer, why=why):
            return
        answers = self.answers
        following = "" if answers is None else answers.next_open(current.key)
        self.go_to(following or current.key)
        self.list.setFocus()

    @property
    def _reason_at_hand(self) -> str:
        return (self.current.why if self.current is not None else "") or self._reason

    def _ask_reason(self) -> None:
        self.list.setFocus()
        self.question.ask_why(self.reason.rect(), takes_words=False)

    def _reason_chosen(self, why: str) -> None:
        self._reason = why
        self._answer(UNUSABLE, why)

    def show_scene(self) -> None:
        """Show the scene in hand as a layer."""
        search = self._desk.context.document.searches.get(self.uuid)
        query, current = None if search is None else asked_question(search), self.current
        if query is not None and current is not None:
            self._desk.context.scene_wanted.emit(current.key, query)

    def ask_again(self) -> None:
        """Show the question of the search to its archive."""
        search = self._desk.context.document.searches.get(self.uuid)
        query = None if search is None else asked_question(search)
        if query is not None:
            self._desk.context.question_wanted.emit(query)

    # -- the rest ---------------------------------------------------------------------------------------------------

    def _heard(self, changes: Changes) -> None:
        if changes.touches("searches"):
            self.read()

    def _give_way(self) -> None:
        """Close where cells are gone through: two things at once would be in hand."""
        if self._desk.walk is not None:
            self.close()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of answers before the list does, which would look for rows that begin with them."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if not self.question.isHidden() and self._take_answer(event):
                return True
            action = None if event.modifiers() & ~_NO_MATTER else self._keys.get(event.key())
            if action is not None:
                action()
                return True
        return super().eventFilter(watched, event)

    def _take_answer(self, event: QKeyEvent) -> bool:
        """Answer the question by a key, or end it by Esc; a key that answers the scene otherwise ends it."""
        if event.key() != Qt.Key.Key_Escape and self.question.take(event.text()):
            return True
        is_other = event.key() in (Qt.Key.Key_1, Qt.Key.Key_4)
        if event.key() == Qt.Key.Key_Escape or is_other:
            self.question.end()
        else:
            self.question.insist(self.reason.rect())
        return not is_other

    def _leave(self) -> None:
        self._desk.context.shown_above.emit(_NAME, None)


def _texts(kept: AnsweredScene) -> tuple[str, ...]:
    """The cells of a scene's row."""
    scene = kept.scene
    why = f" ({word(kept.why)})" if kept.why else ""
    answer = f"{capital(kept.answer)}{why}" if kept.answer else ""
    return day_words(scene), one_line(scene.title or scene.key, _LONGEST), cloud_words(scene), answer
