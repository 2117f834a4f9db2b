"""Rows of the Edit menu that select marks by class or by folder, or those like the selected ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP
from PySide6.QtWidgets import QWidget

from layers.document.site import Site
from viewer.app.actions.action_table import Action, has_case
from viewer.panels.context import PanelContext
from viewer.panels.widgets.tick_dialog import TickDialog, TickRow
from viewer.panels.words import class_title
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

SELECT_BY = QT_TRANSLATE_NOOP("Actions", "Select &By")


def select_alike(panels: PanelContext, column: str) -> None:
    """Select all marks that have the class, or folder, of a selected mark."""
    sites = panels.document.sites
    value_of = attrgetter(column)
    wanted = {value_of(sites[uuid]) for uuid in panels.selection.uuids if uuid in sites}
    panels.selection.set(site.uuid for site in sites.values() if value_of(site) in wanted)


def ask_values(panels: PanelContext, parent: QWidget, column: str) -> TickDialog | None:
    """Ask for classes or folders, by `column`, with their numbers of marks, and select the marks of the chosen ones."""
    counts = Counter(map(attrgetter(column), panels.document.sites.values()))
    if column == "folder":
        counts.pop("", None)
    if not counts:
        panels.report(
            translate("select_sites", "No mark is in a folder.")
            if column == "folder"
            else translate("select_sites", "The case has no marks.")
        )
        return None
    shown = partial(class_title, document=panels.document) if column == "class_code" else one_line
    chosen = {getattr(site, column) for site in _selected(panels)}
    rows = [
        TickRow([shown(class_or_folder), str(count)], class_or_folder, class_or_folder in chosen)
        for class_or_folder, count in sorted(counts.items(), key=lambda entry: shown(entry[0]).casefold())
    ]
    title = translate("select_sites", "Class") if column == "class_code" else translate("select_sites", "Folder")
    question = translate("select_sites", "Select the marks of these folders:")
    verb = _select_folders
    if column == "class_code":
        question, verb = translate("select_sites", "Select the marks of these classes:"), _select_classes
    dialog = TickDialog(question, [title, translate("select_sites", "Marks")], rows, verb, parent)
    dialog.setWindowTitle(translate("select_sites", "Select Marks"))
    dialog.chosen.connect(partial(_take, panels, column))
    dialog.open()
    return dialog


def _select_classes(count: int) -> str:
    return translate("select_sites", "Select {count} classes", "Select {count} class", count)


def _select_folders(count: int) -> str:
    return translate("select_sites", "Select {count} folders", "Select {count} folder", count)


def _take(panels: PanelContext, column: str, values: Iterable[Any]) -> None:
    wanted, value_of = set(values), attrgetter(column)
    panels.selection.set(site.uuid for site in panels.document.sites.values() if value_of(site) in wanted)


def _selected(panels: PanelContext) -> list[Site]:
    sites = panels.document.sites
    return [sites[uuid] for uuid in panels.selection.uuids if uuid in sites]


def select_actions(offered: Callable[..., bool]) -> tuple[Action, ...]:
    """Rows for a menu that has `select_alike` and `ask_values`. `offered` is true while marks are selected."""
    return (
        Action(
            "select_same_class",
            QT_TRANSLATE_NOOP("Actions", "&Same Class as the Selected"),
            lambda menu: menu.select_alike("class_code"),
            "Ctrl+Alt+A",
            offered=offered,
            submenu=SELECT_BY,
        ),
        Action(
            "select_same_folder",
            QT_TRANSLATE_NOOP("Actions", "Same F&older as the Selected"),
            lambda menu: menu.select_alike("folder"),
            offered=offered,
            submenu=SELECT_BY,
        ),
        Action(
            "select_class",
            QT_TRANSLATE_NOOP("Actions", "&Class…"),
            lambda menu: menu.ask_values("class_code"),
            offered=has_case,
            submenu=SELECT_BY,
        ),
        Action(
            "select_folder",
            QT_TRANSLATE_NOOP("Actions", "&Folder…"),
            lambda menu: menu.ask_values("folder"),
            offered=has_case,
            submenu=SELECT_BY,
        ),
    )
