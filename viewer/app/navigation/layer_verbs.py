"""Commands of the palette that show or hide a layer, the sites or the searches, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QIcon

from viewer.commands.layers import update_layer
from viewer.commands.meta import searches_visible, set_searches_visible, set_sites_visible, sites_visible
from viewer.panels.context import PanelContext
from viewer.panels.search.palette_rows import PaletteEntry
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

MOST_LAYERS = 500


def layer_verbs(panels: PanelContext) -> list[PaletteEntry]:
    """One entry for each layer: it shows a hidden layer and hides a shown one."""
    document = panels.document
    rows = document.layers_in_order()[::-1][:MOST_LAYERS]
    are_shown = sites_visible(document)
    entries = [
        _entry(translate("Palette", "all sites"), are_shown, partial(panels.do, set_sites_visible, not are_shown))
    ]
    if document.searches:
        are_all = searches_visible(document)
        show_all = partial(panels.do, set_searches_visible, not are_all)
        entries.append(_entry(translate("Palette", "all searches"), are_all, show_all))
    for layer in rows:
        change = partial(panels.do, update_layer, layer.uuid, visible=not layer.visible)
        entries.append(_entry(f"“{one_line(layer.name, 80)}”", layer.visible, change))
    return entries


def _entry(name: str, is_shown: bool, run: Callable[[], object]) -> PaletteEntry:
    verb = translate("Palette", "Hide") if is_shown else translate("Palette", "Show")
    return PaletteEntry(f"{verb} {name}", translate("Palette", "Layer"), "", QIcon(), True, run, is_by_verb=True)
