"""Steps by which a claim was checked (how we know): added, edited and put in order with keys or buttons."""

from __future__ import annotations

from functools import partial
from typing import override

from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from layers.document.claim import Claim
from layers.document.source import read_machine
from layers.product.judging.steps import LONGEST, MOST_STEPS, Step, read_steps, steps_json
from viewer.commands.claims import update_claim
from viewer.panels.context import PanelContext
from viewer.panels.machine_fields import MachineFields
from viewer.panels.widgets.fields import LineField
from viewer.panels.widgets.fold_section import FoldSection
from viewer.panels.widgets.form_page import clear_layout, muted, side_by_side
from viewer.panels.widgets.icon_button import IconButton
from viewer.support.language.text import tooltip
from viewer.support.plain_label import plain_label

PARTS = ("what", "how", "on", "result")


class StepCard(QFrame):
    """One step: four lines under its number, and buttons to move and to delete it."""

    def __init__(self, steps: ClaimSteps, place: int, step: Step) -> None:
        super().__init__()
        self.place = place
        self.setObjectName("card")
        titles = {
            "what": self.tr("What was checked"),
            "how": self.tr("How"),
            "on": self.tr("On what"),
            "result": self.tr("Result"),
        }
        number = plain_label(self.tr("Step {0}").format(place + 1))
        number.setObjectName("muted")
        self.up_button = IconButton("up", self.tr("Move step {0} up (Ctrl+Up)").format(place + 1))
        self.down_button = IconButton("down", self.tr("Move step {0} down (Ctrl+Down)").format(place + 1))
        self.delete_button = IconButton("close", self.tr("Delete step {0}").format(place + 1))
        self.up_button.clicked.connect(partial(steps.move_step, place, -1))
        self.down_button.clicked.connect(partial(steps.move_step, place, 1))
        self.delete_button.clicked.connect(partial(steps.delete, place))
        top = QHBoxLayout()
        top.addWidget(number, 1)
        for button in (self.up_button, self.down_button, self.delete_button):
            top.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        self.lines: dict[str, LineField] = {}
        for part in PARTS:
            line = LineField()
            line.setMaxLength(LONGEST)
            line.setPlaceholderText(titles[part])
            line.setAccessibleName(self.tr("Step {0}: {1}").format(place + 1, titles[part]))
            line.setToolTip(tooltip(self.tr("{0}. Ctrl+Up and Ctrl+Down move the step").format(titles[part])))
            line.show_other(getattr(step, part))
            line.committed.connect(partial(steps.set_part, place, part))
            line.installEventFilter(steps)
            self.lines[part] = line
            layout.addWidget(line)
        self._steps, self._work = steps, step.machine
        self.machine: MachineFields | None = None
        """Its fields, once the part is unfolded: most steps need none."""
        self.machine_part = FoldSection(self.tr("Machine work"), folded=True)
        self.machine_part.header.toggled.connect(self._add_machine)
        self.machine_part.set_folded(step.machine is None)
        layout.addWidget(self.machine_part)

    def show_machine(self, text: str) -> None:
        """Show the machine work in the JSON of a step, where its fields are there."""
        if self.machine is not None:
            self.machine.show_text(f"{self._steps.claim_uuid} {self.place}", text)

    def _add_machine(self, _is_open: bool) -> None:
        if self.machine is None:
            self.machine = MachineFields(partial(self._steps.set_machine, self.place))
            self.show_machine(self._work.to_json() if self._work is not None else "")
            self.machine_part.content.addWidget(self.machine)

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        of_machine = [
            self.machine_part.header,
            *(self.machine.fields.fields.values() if self.machine is not None else ()),
        ]
        return [*self.lines.values(), *of_machine, self.up_button, self.down_button, self.delete_button]


class ClaimSteps(QWidget):
    """The steps of a claim in order. A step that says nothing is shown, and is not in the case yet."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._claim_uuid = ""
        self._steps: tuple[Step, ...] = ()
        self._is_shown = False
        self.cards: list[StepCard] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(5)
        self.add_button = QPushButton(self.tr("Add step"))
        self.add_button.setAccessibleName(self.tr("Add a step: how we know"))
        self.add_button.clicked.connect(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._column)
        layout.addLayout(side_by_side(self.add_button))

    @property
    def claim_uuid(self) -> str:
        """The claim that is shown."""
        return self._claim_uuid

    def show_claim(self, claim: Claim) -> None:
        steps = read_steps(claim.steps_json)
        is_other = claim.uuid != self._claim_uuid
        if not is_other and steps == tuple(step for step in self._steps if step.words) and self._is_shown:
            return
        self._claim_uuid = claim.uuid
        self._build(steps)

    def flush(self) -> None:
        """Commit typing that has not been entered."""
        for card in self.cards:
            for line in card.lines.values():
                line.flush()
            if card.machine is not None:
                card.machine.fields.flush()

    def stops(self) -> list[QWidget]:
        """The widgets in Tab order."""
        return [*(stop for card in self.cards for stop in card.stops()), self.add_button]

    def add(self) -> None:
        """Add a step at the end, with the focus in it."""
        self.flush()
        if len(self._steps) >= MOST_STEPS:
            self._context.report(self.tr("A claim has at most {0} steps: join some of them.").format(MOST_STEPS))
            return
        self._build((*self._steps, Step()))
        self._focus(len(self._steps) - 1, "what")

    def set_part(self, place: int, part: str, text: str) -> None:
        """Change one part of a step."""
        if place < len(self._steps):
            steps = list(self._steps)
            steps[place] = replace(steps[place], **{part: text.strip()})
            self._steps = tuple(steps)
            self._store()

    def set_machine(self, place: int, text: str) -> str:
        """Change the machine work of a step, given as its JSON; no refusal comes back."""
        if place < len(self._steps):
            steps = list(self._steps)
            steps[place] = replace(steps[place], machine=read_machine(text))
            self._steps = tuple(steps)
            self._store()
            self.cards[place].show_machine(text)
        return ""

    def move_step(self, place: int, by: int) -> None:
        """Move a step up or down by one place; the focus goes with it."""
        self.flush()
        there = place + by
        if not (0 <= place < len(self._steps) and 0 <= there < len(self._steps)):
            return
        part = self._focused_part()
        steps = list(self._steps)
        steps[place], steps[there] = steps[there], steps[place]
        self._build(tuple(steps))
        self._store()
        self._focus(there, part)

    def delete(self, place: int) -> None:
        """Delete a step."""
        self.flush()
        steps = list(self._steps)
        del steps[place : place + 1]
        self._build(tuple(steps))
        self._store()
        self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the step of the focused line by Ctrl+Up and Ctrl+Down."""
        if isinstance(event, QKeyEvent) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            place = next((card.place for card in self.cards if watched in card.lines.values()), None)
            if by is not None and place is not None:
                if event.type() == QEvent.Type.ShortcutOverride:
                    event.accept()
                    return True
                if event.type() == QEvent.Type.KeyPress:
                    self.move_step(place, by)
                    return True
        return False

    def _store(self) -> None:
        text = steps_json([step for step in self._steps if step.words])
        claim = self._context.document.claims.get(self._claim_uuid)
        if claim is not None and text != claim.steps_json:
            self._context.do(update_claim, self._claim_uuid, steps_json=text)

    def _build(self, steps: tuple[Step, ...]) -> None:
        self._steps, self._is_shown, self.cards = steps, True, []
        clear_layout(self._column)
        for place, step in enumerate(steps):
            card = StepCard(self, place, step)
            self.cards.append(card)
            self._column.addWidget(card)
        if not steps:
            self._column.addWidget(muted(self.tr("No step is written down: what was checked, how, on what, result.")))

    def _focused_part(self) -> str:
        focused = [part for card in self.cards for part, line in card.lines.items() if line.hasFocus()]
        return focused[0] if focused else "what"

    def _focus(self, place: int, part: str) -> None:
        self.cards[place].lines[part].setFocus(Qt.FocusReason.OtherFocusReason)
