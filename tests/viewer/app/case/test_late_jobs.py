"""Late results of jobs stay with their case: they never show in the one that is opened meanwhile."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot
from shapely.geometry import Point

from layers.document.document import Document
from layers.document.site import Site
from layers.errors import FileMissing
from tests.support.windows import settle, take_up, texts
from viewer.app.window import MainWindow
from viewer.commands.sites import delete_sites
from viewer.panels.context import BULK_ROWS


@pytest.mark.bounded
def test_an_edit_built_for_the_case_before_is_dropped(window: MainWindow, qtbot: QtBot) -> None:
    sites = [Site(uuid=f"s{n}", geometry=Point(n / 100, 0), label=str(n)) for n in range(BULK_ROWS)]
    take_up(window, qtbot, sites=sites)
    window.panel_context.do_for_many("Deleting sites", delete_sites, [site.uuid for site in sites])
    window.session.new_case(Document({"sites": sites}))  # the very same rows
    settle(window, qtbot)
    assert len(window.session.document.sites) == BULK_ROWS
    assert not window.session.history.stack.canUndo()


def test_a_sentence_about_the_case_before_is_not_said(window: MainWindow, qtbot: QtBot) -> None:
    def fails() -> None:
        raise FileMissing("gone.pdf cannot be kept.")

    take_up(window, qtbot)
    window.panel_context.run(fails, lambda _: None, "Keeping a copy")
    window.session.new_case()
    settle(window, qtbot)
    assert "gone.pdf" not in texts(window)
