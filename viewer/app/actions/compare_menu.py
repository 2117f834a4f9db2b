"""The Compare menu: compare images of the same place, in several modes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from layers.document.comparison import MOST_FRAMES
from viewer.app.actions.action_table import Action, CaseMenu, has_case
from viewer.app.case.session import Session
from viewer.panels.comparisons.candidates import Candidate
from viewer.panels.comparisons.comparison_desk import ComparisonDesk, tick_words
from viewer.panels.widgets.tick_dialog import TickDialog, TickRow


def _mode(id_: str, text: Any, mode: str, **more: Any) -> Action:
    """Row of the menu for one mode of comparison."""
    run, is_shown = partial(_set, mode=mode), partial(_is, mode=mode)
    return Action(id_, text, run, check="own", offered=_compares, checked=is_shown, **more)


def _set(menu: CompareMenu, _checked: bool, mode: str) -> None:
    menu.desk.set_mode(mode)
    menu.changed.emit()  # the check says which mode it is, whatever the click did to it


def _is(menu: CompareMenu, mode: str) -> bool:
    return menu.desk.spec is not None and menu.desk.spec.mode == mode


def _compares(menu: CompareMenu) -> bool:
    return menu.desk.spec is not None


class CompareMenu(CaseMenu):
    """Begins and steers comparisons; asks which images to compare where their dates do not tell."""

    def __init__(self, session: Session, desk: ComparisonDesk, begin: Callable[[], None], window: QWidget) -> None:
        """`begin` moves the keyboard focus to the comparison bar; `window` is the parent of dialogs."""
        super().__init__(session, window)
        self.desk = desk
        self._begin, self._window = begin, window
        desk.shown_changed.connect(self.changed)
        desk.images_wanted.connect(self._ask)

    def compare(self) -> None:
        """Compare the chosen images, or those at the pointer; pressed again, go to the comparison bar."""
        if self.desk.spec is None or self.desk.has_others_chosen:
            self.desk.begin()
        if self.desk.spec is not None:
            self._begin()

    def blink(self, _checked: bool) -> None:
        self.desk.blink()
        self.changed.emit()

    def is_blinking(self) -> bool:
        return _is(self, "blink")

    def swap(self) -> None:
        self.desk.swap()

    def link(self, on: bool) -> None:
        self.desk.link(on)

    def is_linked(self) -> bool:
        return self.desk.is_linked

    def follow_pointer(self, on: bool) -> None:
        self.desk.follow_pointer(on)

    def follows_pointer(self) -> bool:
        return self.desk.follows_pointer

    def is_spyglass(self) -> bool:
        return _is(self, "spyglass")

    def is_in_panes(self) -> bool:
        return _is(self, "panes")

    def match(self, on: bool) -> None:
        self.desk.set_match(on)

    def is_matched(self) -> bool:
        return self.desk.spec is not None and self.desk.spec.match

    def end(self) -> None:
        self.desk.end()

    def _ask(self, candidates: list[Candidate]) -> None:
        rows = [TickRow(tick_words(candidate), candidate.uuid, is_ticked=False) for candidate in reversed(candidates)]
        question = self.tr(
            "Which images are to be compared? Not all of them are dated, so that none can be called the newest."
        )
        text = self.tr("&Compare {0} Images")
        dialog = TickDialog(
            question, [self.tr("Image"), self.tr("Date")], rows, lambda count: text.format(count), self._window
        )
        dialog.setWindowTitle(self.tr("Compare"))
        dialog.set_range(2, MOST_FRAMES)
        dialog.resize(520, 320)
        dialog.chosen.connect(self._compare_chosen)
        dialog.open()

    def _compare_chosen(self, uuids: list[str]) -> None:
        self.desk.compare(uuids[::-1])
        if self.desk.spec is not None:
            self._begin()

    id = "compare"
    actions = (
        Action(
            "compare",
            QT_TRANSLATE_NOOP("Actions", "&Compare Images"),
            compare,
            "K",
            "compare",
            toolbar=True,
            offered=has_case,
            tip=QT_TRANSLATE_NOOP(
                "Actions",
                "Compare two selected images, or the newest two at the pointer; Alt+click on a layer also does",
            ),
        ),
        _mode("compare_swipe", QT_TRANSLATE_NOOP("Actions", "&Swipe"), "swipe", breaks=True),
        _mode("compare_across", QT_TRANSLATE_NOOP("Actions", "Swipe &Across"), "swipe across"),
        _mode("compare_spyglass", QT_TRANSLATE_NOOP("Actions", "Spy&glass"), "spyglass"),
        _mode("compare_fade", QT_TRANSLATE_NOOP("Actions", "&Fade"), "fade"),
        _mode("compare_panes", QT_TRANSLATE_NOOP("Actions", "S&ide by Side"), "panes"),
        _mode("compare_difference", QT_TRANSLATE_NOOP("Actions", "&Difference"), "difference"),
        Action(
            "blink",
            QT_TRANSLATE_NOOP("Actions", "&Blink"),
            blink,
            "B",
            check="own",
            offered=_compares,
            checked=is_blinking,
            tip=QT_TRANSLATE_NOOP("Actions", "Alternate between the images; hold B to see the other one"),
        ),
        Action(
            "swap_sides",
            QT_TRANSLATE_NOOP("Actions", "S&wap Sides"),
            swap,
            "Shift+X",
            "swap",
            offered=_compares,
            breaks=True,
        ),
        Action(
            "link_panes",
            QT_TRANSLATE_NOOP("Actions", "&Link the Panes"),
            link,
            check="own",
            offered=is_in_panes,
            checked=is_linked,
            tip=QT_TRANSLATE_NOOP("Actions", "Move all panes together: place, scale and turn"),
        ),
        Action(
            "follow_pointer",
            QT_TRANSLATE_NOOP("Actions", "Glass Follows the &Pointer"),
            follow_pointer,
            "Shift+G",
            check="own",
            offered=is_spyglass,
            checked=follows_pointer,
            tip=QT_TRANSLATE_NOOP("Actions", "Let the spyglass go with the pointer, or hold it where it is"),
        ),
        Action(
            "match_stretch",
            QT_TRANSLATE_NOOP("Actions", "&Match the Stretch"),
            match,
            check="own",
            offered=_compares,
            checked=is_matched,
            tip=QT_TRANSLATE_NOOP(
                "Actions", "The same stretch for the same sensor and units, else matched band by band"
            ),
        ),
        Action(
            "end_comparison",
            QT_TRANSLATE_NOOP("Actions", "&End the Comparison (Esc)"),
            end,
            offered=_compares,
            tip=QT_TRANSLATE_NOOP("Actions", "Show only the map again; Esc does the same"),
        ),
    )
