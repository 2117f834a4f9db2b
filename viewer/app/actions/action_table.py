"""The table of menu actions, and the QActions of a window that its menus, toolbar and palette share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from msgspec import Struct
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPalette
from PySide6.QtWidgets import QWidget

from layers.phrase import Phrase
from viewer.app.case.session import Session
from viewer.support.icons import line_icon
from viewer.support.language.text import tooltip
from viewer.support.language.translation import in_language, translate

AFTER_PAINT_MS = 20
"""Delay before the actions are refreshed: the map paints the analyst's step first."""

TOOLBAR_ORDER: tuple[str, ...] = (
    "file",
    "edit",
    "layer",
    "feature",
    "image",
    "compare",
    "tools",
    "site",
    "view",
    "help",
)
"""Groups of the toolbar, by menu: layers and tools come before the view, as they are used most."""


class Action(Struct, frozen=True):
    """One row of a menu's table. Its callables are methods of the menu's class and are given the menu.

    Its icon is empty where the menu entry says it all: such an action is in no toolbar.
    """

    id: str
    text: Any
    """English text marked for translation, which Qt's stubs take for an object, or a phrase."""
    run: Callable[..., None]
    """Handler of the action. It gets the menu, and for an action with a check also whether it is checked now."""
    shortcut: str = ""
    icon: str = ""
    tip: Any = ""
    toolbar: bool = False
    check: str = ""
    """"" is a plain action, "own" switches by itself, any other word names an exclusive group."""
    offered: Callable[..., bool] | None = None
    """True while the action can be done; None: it always can."""
    breaks: bool = False
    """True where a separator stands before the action, in the menu and in the toolbar."""
    text_now: Callable[..., str] | None = None
    """Present text, such as one that names the step to undo; empty for `text`."""
    submenu: Any = ""
    """Title of the submenu that holds the action. The submenu stands at the place of its first action."""
    also: str = ""
    """Second shortcut, for analysts who are used to it."""
    checked: Callable[..., bool] | None = None
    """True while the action is checked; None where nothing but the analyst's click checks it."""


class ActionMenu(QObject):
    """One menu of a window: the table of its actions, and their handlers.

    `changed`: actions of any menu may have become available or unavailable.
    """

    id: ClassVar[str]
    actions: ClassVar[tuple[Action, ...]]
    changed = Signal()
    own_changed = Signal()
    """Actions of this menu may have become available or unavailable; those of other menus have not."""


class CaseMenu(ActionMenu):
    """A menu with actions that are offered while a case is open."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self.session = session


def has_case(menu: CaseMenu) -> bool:
    """True while a case is open."""
    return menu.session.is_begun


class ActionTable(QObject):
    """The QActions of one window. Menus are added in the order of the menu bar.

    One step of the analyst can change case, selection and title. The actions are therefore refreshed once after all of
    that: when the map has been painted, or as soon as somebody asks for an action.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._groups: dict[str, QActionGroup] = {}
        self._menus: dict[str, ActionMenu] = {}
        self._specs: dict[str, Action] = {}
        self._actions: dict[str, QAction] = {}
        self._soon = QTimer(self, singleShot=True, interval=AFTER_PAINT_MS)
        self._soon.timeout.connect(self.refresh)

    def add(self, menu: ActionMenu) -> None:
        """Make the actions of a menu. Raises ValueError where the menu or one of its ids is there already."""
        repeated = {spec.id for spec in menu.actions} & self._specs.keys()
        if menu.id in self._menus or repeated:
            raise ValueError(f"added twice: {menu.id} {sorted(repeated)}")
        self._menus[menu.id] = menu
        for spec in menu.actions:
            self._specs[spec.id] = spec
            self._actions[spec.id] = self._build(spec, menu)
        menu.changed.connect(self.refresh_soon)
        menu.own_changed.connect(partial(self._refresh, menu))

    def __getitem__(self, id_: str) -> QAction:
        self.refresh_if_due()
        return self._actions[id_]

    @property
    def menus(self) -> list[ActionMenu]:
        return list(self._menus.values())

    def in_toolbar(self) -> list[tuple[str, Action]]:
        """Actions of the toolbar in its order, each as (id of its menu, action)."""
        menus = (self._menus[id_] for id_ in TOOLBAR_ORDER)
        return [(menu.id, spec) for menu in menus for spec in menu.actions if spec.toolbar]

    def refresh_soon(self, *_: object) -> None:
        """Refresh all actions a moment later, as their state or text may have changed."""
        if not self._soon.isActive():
            self._soon.start()

    def refresh_if_due(self) -> None:
        """Refresh at once where `refresh_soon` is still waiting."""
        if self._soon.isActive():
            self.refresh()

    def refresh(self) -> None:
        """Enable, check and name all actions by the present state."""
        self._soon.stop()
        for menu in self._menus.values():
            self._refresh(menu)

    def _refresh(self, menu: ActionMenu, *_: object) -> None:
        for spec in menu.actions:
            action = self._actions[spec.id]
            if spec.offered is not None:
                action.setEnabled(spec.offered(menu))
            if spec.text_now is not None:
                text = spec.text_now(menu) or translated(spec.text)
                if text != action.text():
                    self._label(action, spec, text)
            if spec.checked is not None:
                action.setChecked(spec.checked(menu))

    def color(self, palette: QPalette) -> None:
        """Draw the icons that are always in sight, those of toolbar and tools, in the palette's text colour."""
        for id_, spec in self._specs.items():
            if spec.toolbar or (spec.icon and spec.check == "tool"):
                self._actions[id_].setIcon(line_icon(spec.icon, palette))

    def _build(self, spec: Action, menu: ActionMenu) -> QAction:
        action = QAction(self._window)
        action.setObjectName(spec.id)
        action.setIconVisibleInMenu(False)
        if spec.check:
            action.setCheckable(True)
            if spec.check != "own":
                group = self._groups.setdefault(spec.check, QActionGroup(self))
                group.addAction(action)
        if spec.shortcut:
            action.setShortcuts([QKeySequence(key) for key in (spec.shortcut, spec.also) if key])
        self._label(action, spec, translated(spec.text))
        run = partial(spec.run, menu)
        # PySide counts a callable's arguments to decide whether to hand over the check; a partial's it counts wrongly.
        if spec.check:
            action.triggered.connect(lambda checked: run(checked))
        else:
            action.triggered.connect(lambda _checked: run())
        return action

    def _label(self, action: QAction, spec: Action, text: str) -> None:
        action.setText(text)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        tip = translated(spec.tip) if spec.tip else bare(text)
        action.setToolTip(tooltip(f"{tip} ({keys})" if keys else tip))
        action.setStatusTip(tip)


def translated(text: str) -> str:
    if isinstance(text, Phrase):
        return in_language(text)
    return translate("Actions", text) if text else ""


def full_text(spec: Action, action: QAction) -> str:
    """Name of an action for places outside its menu: the title of its submenu goes before it."""
    text = bare(action.text())
    return f"{bare(translated(spec.submenu))}: {text}" if spec.submenu else text


def bare(text: str) -> str:
    """A menu text without its "&" and without a final "…"."""
    return text.replace("&", "").rstrip("…")
