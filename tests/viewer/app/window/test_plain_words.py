"""Words of the window: kinds of marks, names that are empty, dates, and who did it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot
from shapely import LineString, Point, box

from layers.document.claim import Claim
from layers.document.document import Document
from layers.document.rows import ClaimSite, MetaEntry
from layers.document.site import Site
from layers.geo.bounds import Bounds
from tests.support.windows import begin_on_map, settle, texts
from viewer.app.actions.menu_bar import shortcut_groups
from viewer.app.navigation.map_menu import MapMenu
from viewer.app.window import MainWindow
from viewer.canvas.pointer import PointerEvent
from viewer.panels.claims.claim_list import ClaimListPanel
from viewer.panels.shell.guide import GuideWindow
from viewer.panels.shell.shortcut_sheet import ShortcutSheet
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel
from viewer.resources import resource_path
from viewer.support.elided import ElidedLabel

PAD = (128.355, 51.876)
LINE = LineString([PAD, (128.36, 51.88)])


def begin(window: MainWindow, qtbot: QtBot, *sites: Site, **tables: list[object]) -> None:
    window.session.new_case(Document({"sites": sites, **tables}))  # type: ignore[arg-type]
    settle(window, qtbot)
    begin_on_map(window, qtbot)


def marks() -> list[Site]:
    return [
        Site(uuid="pad", geometry=Point(PAD), label="Pad"),
        Site(uuid="gate", geometry=Point(PAD), label="Gate"),
        Site(uuid="long", geometry=LINE, mark_kind="measurement"),
    ]


@pytest.mark.bounded
@pytest.mark.sampled(2)
@pytest.mark.parametrize("by", ["the key on the map", "the Edit menu"])
@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"long"}, "1 measurement deleted."),
        ({"pad"}, "1 site deleted."),
        ({"pad", "gate", "long"}, "2 sites and 1 measurement deleted."),
    ],
)
def test_what_was_deleted_is_called_by_its_kind(
    window: MainWindow, qtbot: QtBot, by: str, chosen: set[str], said: str
) -> None:
    begin(window, qtbot, *marks())
    window.selection.set(chosen)
    if by == "the key on the map":
        QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    else:
        window.action_table["delete"].trigger()
    settle(window, qtbot)
    assert not chosen & set(window.session.document.sites)
    assert f"{said} Ctrl+Z brings back" in texts(window)
    undo = "Delete site “Pad”" if chosen == {"pad"} else f"Delete {said.removesuffix(' deleted.').removeprefix('1 ')}"
    assert window.action_table["undo"].text() == f"&Undo: {undo}"


@pytest.mark.bounded
@pytest.mark.qt_log_ignore("grabbing the keyboard")
def test_the_menu_of_the_map_calls_a_measurement_by_its_kind(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, *marks())
    menu = window.findChild(MapMenu)
    assert menu is not None
    x, y = window.canvas.viewport.view().width / 2, window.canvas.viewport.view().height / 2
    window.selection.set({"long"})
    opened = menu.open_at(PointerEvent(x, y, *PAD, button=Qt.MouseButton.NoButton))
    next(action for action in opened.actions() if action.text() == "&Delete").trigger()
    opened.close()
    assert "1 measurement deleted." in texts(window)


@pytest.mark.bounded
def test_a_mark_without_a_label_is_called_the_same_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    """In the list of sites, in the title of the inspector, and where a claim tells its places."""
    claim, link = Claim(uuid="said", statement="It is there."), ClaimSite(uuid="l", claim_uuid="said", site_uuid="pad")
    begin(window, qtbot, Site(uuid="pad", geometry=Point(PAD)), claims=[claim], claim_sites=[link])
    window.action_table["panel_claims"].trigger()
    window.selection.set({"pad"})
    settle(window, qtbot)
    sites, claims = window.findChild(SiteListPanel), window.findChild(ClaimListPanel)
    assert sites is not None
    assert claims is not None
    assert sites.model.data(sites.model.index(0, 0)) == "(no label)"
    cells = [claims.model.data(claims.model.index(0, column)) for column in range(claims.model.columnCount())]
    assert "(no label)" in cells
    assert any("(no label)" in dock.windowTitle() for dock in window.findChildren(QDockWidget))
    assert not any("(no name)" in dock.windowTitle() for dock in window.findChildren(QDockWidget))


@pytest.mark.bounded
def test_a_site_says_when_and_by_whom_it_was_made_as_people_do(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "u0412")
    made = {"created_at": "2026-11-30T12:54:07Z", "rev": 2, "modified_at": "2026-12-01T12:00:00Z"}
    pad = Site(uuid="pad", geometry=Point(PAD), created_by="u0412", modified_by="Li Wei", **made)  # type: ignore[arg-type]
    for meta, by in (([], ""), ([MetaEntry(uuid="author", value="Anna Lind")], ", by Anna Lind")):
        begin(window, qtbot, pad, meta=meta)
        window.selection.set({"pad"})
        settle(window, qtbot)
        form = window.findChild(SiteFormPanel)
        assert form is not None
        created, changed = form.stamps.text().splitlines()
        assert created.startswith("Created ")
        assert " November 2026, " in created
        assert created.endswith(f":54{by}")
        assert changed.endswith(", by Li Wei")
        assert "u0412" not in form.stamps.text().casefold()


@pytest.mark.bounded
def test_what_a_mark_measures_is_clearly_apart_from_the_hint(window: MainWindow, qtbot: QtBot) -> None:
    """On the status line it was “2 km², 6 km around Drag a vertex to move it”."""
    begin(window, qtbot, Site(uuid="field", geometry=box(9.5, 50.1, 9.52, 50.12)))
    window.selection.set({"field"})
    window.action_table["tool_edit_vertices"].trigger()
    said = window.status.findChild(ElidedLabel).text()  # type: ignore[union-attr]
    assert re.match(r"[\d.,\u202f]+ km², perimeter [\d.,\u202f]+ km · Drag a vertex to move it, ", said)


@pytest.mark.bounded
def test_each_tool_says_its_hint_in_whole_sentences(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, *marks())
    window.selection.set({"pad"})
    tools = [id_ for menu in window.action_table.menus for spec in menu.actions if (id_ := spec.id).startswith("tool_")]
    assert len(tools) > 20
    for id_ in tools:
        window.action_table[id_].trigger()
        hint = window.canvas.hint
        assert hint[:1].isupper() or hint[:1].isdigit(), id_
        assert hint.endswith("."), id_
        assert "  " not in hint, id_


@pytest.mark.bounded_after(1)
@pytest.mark.parametrize("name", ["A name of many words " * 15, "x" * 300, "东方航天港" * 60])
def test_a_very_long_label_is_shortened_on_the_map(window: MainWindow, qtbot: QtBot, name: str) -> None:
    begin(window, qtbot, Site(uuid="pad", geometry=Point(PAD), label=name, role="named in a claim"))
    window.views.show_bounds(Bounds(PAD[0] - 1, PAD[1] - 0.5, PAD[0] + 1, PAD[1] + 0.5), 0.0)
    settle(window, qtbot)
    (label,) = window.scene.label_layout(window.canvas.viewport.view()).placed
    assert label.uuid == "pad"
    assert label.text.endswith("…")
    assert name.startswith(label.text.split("\n")[0])


@pytest.mark.bounded
def test_the_help_of_f1_is_searched(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, *marks())
    QTest.keyClick(window.canvas, Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.findChild(ShortcutSheet) is not None)
    sheet = window.findChild(ShortcutSheet)
    assert sheet is not None
    qtbot.waitUntil(sheet.isVisible)
    QTest.keyClicks(sheet.search, "save")
    texts_shown = [text for text, _ in sheet.shown_rows()]
    assert {"Save", "Save As"} <= set(texts_shown)
    assert len(texts_shown) < 6
    QTest.keyClick(sheet.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not shiboken6.isValid(sheet) or not sheet.isVisible())


@pytest.mark.bounded
def test_the_guide_is_searched(window: MainWindow, qtbot: QtBot) -> None:
    begin(window, qtbot, *marks())
    window.action_table["guide"].trigger()
    guide = window.findChild(GuideWindow)
    assert guide is not None
    qtbot.waitUntil(guide.isVisible)
    guide.search.setFocus()
    QTest.keyClicks(guide.search, "measure")
    first = guide.page.textCursor()
    assert first.selectedText().casefold() == "measure"
    count = len(guide.page.extraSelections())
    assert count > 2
    places = {first.selectionStart()}
    for _ in range(count):
        QTest.keyClick(guide.search, Qt.Key.Key_Return)
        places.add(guide.page.textCursor().selectionStart())
    assert len(places) == count
    assert guide.page.textCursor().selectionStart() == first.selectionStart(), "after the last comes the first"
    QTest.keyClicks(guide.search, " zebra")
    assert guide.nothing.isVisible()
    assert guide.isVisible()
    guide.close()


QUAINT = re.compile(
    r"lays? (?:the|a) tool|for ever\b|tool in hand|stood everywhere|\bnobody (?:knows|was contacted)|do(?:es)? so, too"
    r"|gives? the changes up|is let go|in turns\b|lead(?:s)? (?:the )?layers|go(?:es)? along|look it over",
    re.IGNORECASE,
)
"""Phrases that are no plain English."""


@pytest.mark.bounded
def test_no_text_on_the_screen_is_quaint(window: MainWindow) -> None:
    """Of all actions, tips and keys, of the guide, and of all texts that are marked for translation."""
    said = [resource_path("guide.md").read_text("utf-8")]
    for path in (Path(__file__).resolve().parents[4] / "viewer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and name in ("tr", "_tr", "translate", "QT_TRANSLATE_NOOP", "show", "report"):
                said += [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    for menu in window.action_table.menus:
        said += [f"{spec.text} {spec.tip}" for spec in menu.actions]
    said += [text for rows in shortcut_groups(window.action_table).values() for text, _ in rows]
    assert len(said) > 1500
    assert not [text for text in said if QUAINT.search(text)]


@pytest.mark.bounded
def test_what_is_said_in_a_sentence_ends_with_a_full_stop() -> None:
    """Texts with a verb that are shown on the message line; a label with a value, as “Copied: …”, is no sentence."""
    verb, open_ended = re.compile(r"\b(?:is|are|was|were|has|have|cannot|does)\b"), []
    for path in (Path(__file__).resolve().parents[4] / "viewer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", "")
            if not isinstance(node, ast.Call) or name not in ("show", "report", "message", "say", "show_error"):
                continue
            for one in ast.walk(node):
                said = one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else ""
                if said[:1].isupper() and verb.search(said) and said.rstrip()[-1] not in ".?:…}":
                    open_ended.append(f"{path.name}: {said}")
                if said[:1].isupper() and verb.search(said) and said.endswith("{0}") and ". {" not in said:
                    open_ended.append(f"{path.name}: {said}")
    assert not open_ended
