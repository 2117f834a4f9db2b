"""A site said to be planned in the form of the real window: dashed and labelled on the map, in list and legend."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from layers.geo.bounds import Bounds
from tests.support.choices import choose_by_keys, popup
from tests.support.windows import settle
from viewer.app.window import MainWindow
from viewer.canvas.sites.site_labels import label_text
from viewer.export.plates.maps.legend_content import legend_rows
from viewer.panels.sites.site_form import SiteFormPanel
from viewer.panels.sites.site_list import SiteListPanel


@popup
def test_planned_is_dashed_and_labelled_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    window.file_menu.new_case()
    settle(window, qtbot)
    window.views.show_bounds(Bounds(127, 51, 129, 53), 0.0)
    window.activateWindow()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    settle(window, qtbot)
    form, sites = window.findChild(SiteFormPanel), window.findChild(SiteListPanel)
    assert form is not None
    assert sites is not None
    label, lifecycle, start = (form.fields.fields[name] for name in ("label", "lifecycle", "valid_from"))
    label.setFocus()
    qtbot.keyClicks(label, "Pad 7")
    qtbot.keyClick(label, Qt.Key.Key_Return)
    window.selection.clear()
    settle(window, qtbot)
    (uuid,) = window.session.document.sites
    known = window.canvas.grab_picture()
    window.selection.set([uuid])
    form.dates_part.set_folded(False)
    lifecycle.setFocus()
    choose_by_keys(lifecycle, "Pl")
    start.setFocus()
    qtbot.keyClicks(start, "2030")
    qtbot.keyClick(start, Qt.Key.Key_Return)
    window.selection.clear()
    settle(window, qtbot)
    site = window.session.document.sites[uuid]
    assert (site.lifecycle, site.valid_from) == ("planned", "2030")
    assert label_text(site) == "Pad 7 (planned 2030)"
    assert sites.model.data(sites.model.index(0, 0)) == "Pad 7 (planned 2030)"
    assert "Launch pad (planned)" in [row.text for row in legend_rows(window.session.document, [uuid])]
    planned = window.canvas.grab_picture()
    assert planned != known
    while window.session.document.sites[uuid].lifecycle:
        window.action_table["undo"].trigger()
    window.selection.clear()
    settle(window, qtbot)
    assert window.canvas.grab_picture() == known
