"""The entry of a row's menu that lists the changes of the row."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QMenu

from layers.document.edit import Table
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate


def add_history(menu: QMenu, context: PanelContext, table: Table, uuid: str) -> None:
    """Add the entry for a row of the document."""
    menu.addAction(translate("History", "&History"), partial(context.history_wanted.emit, table, uuid))
