"""The context menu of a list of hits: what its buttons do, and what is copied of one scene."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from layers.services.stac.addresses import unsigned
from viewer.panels.hits.hit import ArchiveHit
from viewer.panels.hits.hit_panel import HitPanel
from viewer.support.language.translation import translate


class HitVerbs(Struct, frozen=True, eq=False):
    """Actions of the menu beyond those of the list's panel."""

    layer_of: Callable[[ArchiveHit], str]
    """The layer of a hit; empty where the case has none."""
    is_compared: Callable[[], bool]
    """True while a comparison is shown, which can take a scene."""
    swap_in: Callable[[ArchiveHit], None]
    """Show a hit in the chosen picture of the comparison."""
    show: Callable[[ArchiveHit], None]
    """Show the ground of a hit on the map."""
    can_keep: Callable[[], bool]
    """True where the search has ended and is not kept yet."""
    keep: Callable[[], None]
    """Keep the search as evidence."""


def open_hit_menu(panel: HitPanel, verbs: HitVerbs, place: QPoint) -> QMenu | None:
    """Open the menu of the chosen hits at a place in the list's viewport; None without any."""
    chosen = panel.list.chosen
    if not chosen:
        return None
    menu = QMenu(panel)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    hit = chosen[0]
    is_added = len(chosen) == 1 and bool(verbs.layer_of(hit))
    words = translate("HitMenu", "Show the &Layer") if is_added else translate("HitMenu", "&Add as Layer")
    enter = translate("HitMenu", "Enter")
    menu.addAction(f"{words}\t{enter}", panel.add_button.click)
    compare = menu.addAction(f"{panel.compare_button.text()}\tK", panel.compare_button.click)
    compare.setEnabled(panel.compare_button.isEnabled())
    if len(chosen) == 1:
        if verbs.is_compared():
            menu.addAction(translate("HitMenu", "S&wap into the Comparison"), lambda: verbs.swap_in(hit))
        shown = menu.addAction(translate("HitMenu", "Show on the &Map"), lambda: verbs.show(hit))
        shown.setEnabled(bool(hit.scene.ring))
        menu.addSeparator()
        _add_copying(menu, hit)
    menu.addSeparator()
    kept = menu.addAction(translate("HitMenu", "&Keep the Search as Evidence"), verbs.keep)
    kept.setEnabled(verbs.can_keep())
    menu.popup(panel.list.viewport().mapToGlobal(place))
    return menu


def _add_copying(menu: QMenu, hit: ArchiveHit) -> None:
    """Add what can be copied: never a signature, which lets its holder in."""
    for words, text in (
        (translate("HitMenu", "Copy the A&ddress of the Picture"), unsigned(hit.scene.path)),
        (translate("HitMenu", "Copy the Address of the &Item"), unsigned(hit.item.address)),
        (translate("HitMenu", "Copy the &Name of the Item"), hit.item.id),
    ):
        action = menu.addAction(words, partial(_copy, text))
        action.setEnabled(bool(text))


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
