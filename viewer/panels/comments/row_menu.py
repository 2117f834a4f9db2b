"""Entries of a row's menu on what people did with it: its changes, and the comments on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QMenu

from layers.document.edit import Table
from viewer.panels.comments.comment_words import comments_text
from viewer.panels.context import PanelContext
from viewer.support.language.translation import translate


def add_history(menu: QMenu, context: PanelContext, table: Table, uuid: str) -> None:
    """Add the entries for a row of the document."""
    menu.addAction(comments_text(context, uuid), partial(context.comments_wanted.emit, table, uuid))
    menu.addAction(translate("History", "&History"), partial(context.history_wanted.emit, table, uuid))


def told_of(context: PanelContext, table: Table, uuid: str) -> tuple[tuple[str, str, Callable[[], None]], ...]:
    """The same entries for a list whose menu is made of (text, keys, function); none for an empty uuid."""
    if not uuid:
        return ()
    return (
        (comments_text(context, uuid), "", partial(context.comments_wanted.emit, table, uuid)),
        (translate("History", "&History"), "", partial(context.history_wanted.emit, table, uuid)),
    )
