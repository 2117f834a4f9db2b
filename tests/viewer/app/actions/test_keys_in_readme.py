"""The keys and menus that README and SECURITY.md name lead to what they say."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QKeySequence

from tests.support.command_line import ROOT
from viewer.app import window
from viewer.app.actions.action_table import Action, ActionMenu, bare
from viewer.app.actions.menu_bar import BAR, place_of, way_to

MENUS = [menu for menu in vars(window).values() if isinstance(menu, type) and issubclass(menu, ActionMenu)]
ACTIONS = [spec for menu in MENUS for spec in menu.actions]

KEYS = {
    "Ctrl+K finds every command": ("palette",),
    "F1 lists all shortcuts": ("shortcuts",),
    "F6 opens a layer's attribute table": ("panel_attributes",),
    "Ctrl+S saves one GeoPackage": ("save",),
    "P and a click": ("tool_point",),
    "L, Y, O, A and T draw lines, areas, circles, arrows and texts": (
        "tool_line",
        "tool_polygon",
        "tool_circle",
        "tool_arrow",
        "tool_text",
    ),
    "Alt+1 to Alt+9 mark by template": ("template_1", "template_9"),
    "R reports what somebody says": ("report",),
    "J judges": ("judge",),
    "C takes a chip": ("take_chip",),
    "K sets two selected images against each other": ("compare",),
    "hold B to blink": ("blink",),
    "Shift+N nudges a layer": ("tool_nudge_layer",),
    "F9 shows which scenes": ("panel_time_strip",),
    "Ctrl+Shift+B keeps the view": ("add_bookmark",),
    "(M, and *Mark, Measure*)": ("tool_measure",),
    "listed (F4)": ("panel_measurements",),
    "**Products** (Ctrl+E)": ("export_product",),
    "a product stays in the case (Ctrl+Shift+P)": ("panel_products",),
}
"""Words of README that name keys, and the actions that they mean, in the same order."""
KEY = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)*(?:F\d{1,2}|[A-Z]|\d)\b")
MENUS_NAMED = {
    "README.md": (
        "Layer, Add Imagery",
        "Mark, Draw",
        "Image, Compare, Side by Side",
        "Layer, Register To",
        "Layer, Georeference",
        "Mark, Measure",
        "File, Export a Batch",
    ),
    "SECURITY.md": ("File, Permissions", "Help, Copy Diagnostics"),
}


def bar_title(menu: ActionMenu, spec: Action) -> str:
    return bare(BAR[place_of(menu, spec).menu])


def words_of(document: str) -> str:
    return " ".join((ROOT / document).read_text("utf-8").split())


@pytest.mark.parametrize("words", KEYS)
def test_a_key_in_readme_leads_to_what_it_says(words: str) -> None:
    assert words in words_of("README.md")
    keys = {spec.id: QKeySequence(spec.shortcut).toString() for spec in ACTIONS}
    assert KEY.findall(words) == [keys[action] for action in KEYS[words]]


@pytest.mark.parametrize(
    ("document", "way"), [(document, way) for document, ways in MENUS_NAMED.items() for way in ways]
)
def test_a_menu_that_a_document_names_is_there(document: str, way: str) -> None:
    assert way in words_of(document)
    *menus, entry = way.split(", ")
    ways = {
        (titles, bare(text))
        for menu in MENUS
        for spec in menu.actions
        for titles, text in ((way_to(menu, spec), spec.text), (bar_title(menu, spec), place_of(menu, spec).inside))
    }
    assert (", ".join(menus), entry) in ways
