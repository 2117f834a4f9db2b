"""The row of the Site menu that checks a stated time against a shadow."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QT_TRANSLATE_NOOP, QObject
from PySide6.QtWidgets import QWidget

from viewer.app.actions.action_table import Action
from viewer.panels.context import PanelContext


class ShadowMenu(Protocol):
    """The menu that holds the row."""

    @property
    def panels(self) -> PanelContext: ...

    def parent(self) -> QObject: ...


def check_shadow(menu: ShadowMenu) -> None:
    """Compare a stated time with the shadow that is selected."""
    from viewer.panels.shadows.shadow_check import open_check  # for start-up time: no mark is selected yet

    window = menu.parent()
    assert isinstance(window, QWidget)
    (uuid,) = menu.panels.selection.uuids
    open_check(menu.panels, uuid, window)


def is_shadow_chosen(menu: ShadowMenu) -> bool:
    """True while one mark on a shadow is selected, and nothing else."""
    uuids = menu.panels.selection.uuids
    site = menu.panels.document.sites.get(next(iter(uuids))) if len(uuids) == 1 else None
    if site is None:
        return False
    from viewer.panels.shadows.shadow_part import shadow_of  # for start-up time: no mark is selected yet

    return shadow_of(site) is not None


SHADOW_ROWS = (
    Action(
        "check_shadow",
        QT_TRANSLATE_NOOP("Actions", "Check a Time &by the Shadow…"),
        check_shadow,
        "",
        tip=QT_TRANSLATE_NOOP("Actions", "Compare a stated time with the selected shadow"),
        offered=is_shadow_chosen,
    ),
)
