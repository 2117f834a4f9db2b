"""The lines that link rows to each other: typing, Esc, undo and clicks elsewhere, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shapely import Point

from tests.support.choices import popup
from tests.support.windows import begin_on_map, new_case, press, texts
from viewer.app.window import MainWindow
from viewer.commands.claims import add_claim
from viewer.commands.responses import add_response
from viewer.commands.sites import add_site
from viewer.commands.sources import add_source
from viewer.panels.claims.claim_form import ClaimFormPanel
from viewer.panels.claims.response_form import ResponseForm
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.widgets.picker import Picker

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard")

Key = Qt.Key


@pytest.fixture
def case(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """Three sites, a claim, a source and a response, in the active window."""
    new_case(window, qtbot)
    document, push = window.session.document, window.session.push
    push(add_site(document, Point(128.3, 51.9), actor="me", uuid="pad", label="Pad"))
    push(add_site(document, Point(128.4, 51.9), actor="me", uuid="port", label="Spaceport"))
    push(add_site(document, Point(128.5, 51.9), actor="me", uuid="town", label="Town"))
    push(add_claim(document, actor="me", uuid="own", voice="speaker", statement="Not yet ready"))
    push(add_source(document, actor="me", uuid="press", title="Press release"))
    push(add_response(document, actor="me", speaker="AP", words="Untrue", uuid="answer"))
    return window


def picker_of(window: MainWindow, name: str) -> Picker:
    """The line of this name, in its form, the row of which it is about shown."""
    context = window.panel_context
    if name in ("site", "source"):
        context.show_claim("own", raise_form=True)
        claim = window.findChild(ClaimFormPanel)
        assert claim is not None
        return claim.places.picker if name == "site" else claim.sources.picker
    if name == "answered claim":
        context.show_row("responses", "answer", raise_form=True)
        response = window.findChild(ResponseForm)
        assert response is not None
        return response.picker
    window.selection.set({"pad", "port"} if name == "whole of many" else {"pad"})
    context.panel_wanted.emit("site_form")
    site = window.findChild(SiteFormPanel)
    assert site is not None
    site.dates_part.set_folded(False)
    site.filing_part.set_folded(False)
    return {
        "claim": site.claim_picker,
        "source of the lifecycle": site.lifecycle.source.picker,
        "whole": site.filing.parent_site.picker,
        "whole of many": site.bulk.parent_picker,
    }[name]


@pytest.mark.bounded
@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("name", "text", "way"),
    [
        ("site", "Spacep", "typed"),
        ("site", "Spacep", "from the list"),
        ("source", "Press", "typed"),
        ("answered claim", "Not y", "from the list"),
        ("claim", "Not y", "typed"),
        ("source of the lifecycle", "Press", "from the list"),
        ("whole", "Spacep", "typed"),
        ("whole of many", "Tow", "from the list"),
    ],
)
def test_undo_takes_a_link_back_at_once_and_brings_no_typing_back(
    case: MainWindow, qtbot: QtBot, name: str, text: str, way: str
) -> None:
    picker = picker_of(case, name)
    qtbot.waitUntil(picker.isVisible)
    steps = case.session.history.undo_text()
    picker.setFocus()
    qtbot.waitUntil(picker.hasFocus)
    QTest.keyClicks(picker, text)
    popup = picker.completer().popup()
    assert popup is not None
    if way == "from the list":
        qtbot.waitUntil(popup.isVisible)
        press(Key.Key_Down)
    press(Key.Key_Return)
    qtbot.wait(20)
    linked = case.session.history.undo_text()
    assert linked != steps
    if picker.isVisible():
        picker.setFocus()
    press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(20)
    assert case.session.history.undo_text() == steps, f"still undoes “{linked}”"
    assert picker.text() == ""
    assert QApplication.activePopupWidget() is None


def show_another(window: MainWindow, name: str) -> None:
    """Another row of the kind that this line is about, in the same form."""
    context, document, push = window.panel_context, window.session.document, window.session.push
    if name in ("site", "source"):
        push(add_claim(document, actor="me", uuid="other", voice="speaker", statement="Sold"))
        context.show_claim("other")
    elif name == "answered claim":
        push(add_response(document, actor="me", speaker="dpa", words="True", uuid="other"))
        context.show_row("responses", "other")
    else:
        window.selection.set({"pad", "town"} if name == "whole of many" else {"port"})


@pytest.mark.bounded
@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "name", ["site", "source", "answered claim", "claim", "source of the lifecycle", "whole", "whole of many"]
)
def test_what_was_typed_for_one_row_never_stands_in_the_line_of_another(
    case: MainWindow, qtbot: QtBot, name: str
) -> None:
    picker = picker_of(case, name)
    qtbot.waitUntil(picker.isVisible)
    picker.setFocus()
    qtbot.waitUntil(picker.hasFocus)
    QTest.keyClicks(picker, "Not there yet")
    case.session.push(add_source(case.session.document, actor="me", title="Another"))
    assert picker.text() == "Not there yet", "a change elsewhere takes no typing away"
    case.canvas.setFocus()
    steps = case.session.history.undo_text()
    show_another(case, name)
    qtbot.wait(20)
    assert picker.text() == ""
    assert QApplication.activePopupWidget() is None
    if picker.isVisible():
        picker.setFocus()
    press(Key.Key_Return)
    qtbot.wait(20)
    if name not in ("site", "source", "answered claim"):
        assert case.session.history.undo_text() == steps, "nothing is linked to the other"


@pytest.mark.bounded
def test_a_new_claim_begins_with_empty_lines_also_after_undo(case: MainWindow, qtbot: QtBot) -> None:
    form = None
    for key in (Key.Key_R, Key.Key_J):
        begin_on_map(case, qtbot)
        case.action_table["report" if key == Key.Key_R else "judge"].trigger()
        qtbot.wait(20)
        form = case.findChild(ClaimFormPanel)
        assert form is not None
        typed = form.sources.picker
        assert typed.text() == ""
        typed.setFocus()
        QTest.keyClicks(typed, "Yearbook")
        popup = typed.completer().popup()
        assert popup is not None
        popup.hide()
    begin_on_map(case, qtbot)
    press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait(20)
    case.panel_context.show_claim("own", raise_form=True)
    assert form is not None
    assert form.sources.picker.text() == ""
    assert not case.session.document.links.claim_to_sources("own")


@pytest.mark.bounded_after(1)
@popup
@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["site", "source", "claim", "answered claim", "whole", "whole of many"])
def test_a_click_elsewhere_leaves_the_line_with_its_list(case: MainWindow, qtbot: QtBot, name: str) -> None:
    line = picker_of(case, name)
    qtbot.waitUntil(line.isVisible)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    rows = line.completer().popup()
    qtbot.waitUntil(rows.isVisible)
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(-300, -200))
    assert not rows.isVisible()
    case.activateWindow()  # as a window manager does
    qtbot.waitUntil(case.canvas.hasFocus)
    press(Key.Key_M)
    assert (case.toolbox.in_hand, line.text()) == ("tool_measure", "")


@pytest.mark.bounded
def test_esc_takes_back_what_was_typed_to_be_linked(case: MainWindow, qtbot: QtBot) -> None:
    line = picker_of(case, "source")
    qtbot.waitUntil(line.isVisible)
    line.setFocus()
    QTest.keyClicks(line, "half a title")
    line.completer().popup().hide()
    press(Key.Key_Escape)
    qtbot.waitUntil(case.canvas.hasFocus)
    assert line.text() == ""
    assert len(case.session.document.sources) == 1


@pytest.mark.bounded
def test_what_was_typed_and_not_linked_is_named_when_another_row_is_shown(case: MainWindow, qtbot: QtBot) -> None:
    case.session.push(add_claim(case.session.document, actor="me", uuid="other", statement="Another"))
    line = picker_of(case, "source")
    qtbot.waitUntil(line.isVisible)
    line.setFocus()
    QTest.keyClicks(line, "half a title")
    line.completer().popup().hide()
    case.panel_context.show_claim("other", raise_form=True)
    qtbot.waitUntil(lambda: "Not linked: “half a title”" in texts(case))
    assert line.text() == ""
    QTest.keyClicks(line, "Whole title")
    line.completer().popup().hide()
    press(Key.Key_Return)
    assert "Whole title" in {source.title for source in case.session.document.sources.values()}
    assert "Whole title”, which was typed" not in texts(case)
