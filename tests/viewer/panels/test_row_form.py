"""A form of one row: nothing typed goes astray when another row is chosen, and a new row starts at its top."""

from PySide6.QtCore import Qt

from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.panels.sources.source_form import SourceForm


def test_what_is_typed_goes_to_the_row_it_was_typed_for(qtbot, desk: Desk) -> None:
    form = shown(qtbot, SourceForm(desk.context), 320, 200)
    form.show_uuid("s1")
    bar = form.page.currentWidget().verticalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    form.fields.fields["author"].setFocus()
    qtbot.keyClicks(form.fields.fields["author"], "A. Author")
    form.show_uuid("s2")
    assert (desk.document.sources["s1"].author, desk.document.sources["s2"].author) == ("A. Author", "")
    assert form.fields.fields["author"].text() == ""
    assert bar.value() == 0
    qtbot.keyClicks(form.fields.fields["author"], "B")
    qtbot.keyClick(form.fields.fields["author"], Qt.Key.Key_Return)
    assert desk.document.sources["s2"].author == "B"
    form.fields.refuse("That is no author.")
    form.show_uuid("s1")
    assert form.fields.refusal.isHidden()
    form.show_uuid("")
    assert form.page.currentWidget() is form.page.hint
