"""Asks which bookmarks, images (also of comparisons) and sites a product shows in maps of their own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from layers.product.maps.map_choices import MapChoice
from viewer.panels.widgets.tick_dialog import TickDialog, TickRow
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate


def ask_for_maps(choices: Sequence[MapChoice], room: int, parent: QWidget) -> TickDialog:
    """Open the dialog. Its `chosen` carries the ticked choices, at most `room` of them."""
    kinds = {
        "bookmark": translate("ProductWindow", "Bookmark"),
        "comparison": translate("ProductWindow", "Comparison"),
        "image": translate("ProductWindow", "Image"),
        "site": translate("ProductWindow", "Site"),
    }
    rows = [TickRow([one_line(choice.name, 120), kinds[choice.kind]], choice, is_ticked=False) for choice in choices]
    question = translate(
        "ProductWindow",
        "What is to be shown, each in a map of its own? There is room for {count} maps.",
        "What is to be shown, each in a map of its own? There is room for {count} map.",
        room,
    )
    dialog = TickDialog(
        question,
        [translate("ProductWindow", "Map"), translate("ProductWindow", "Kind")],
        rows,
        lambda n: translate("ProductWindow", "&Show {count} maps", "&Show {count} map", n),
        parent,
    )
    dialog.setWindowTitle(translate("ProductWindow", "Choose Maps"))
    dialog.set_range(1, room)
    dialog.resize(520, 420)
    dialog.open()
    return dialog
