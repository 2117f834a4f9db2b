"""Texts of megabytes in every field of a case: shown as far as they can be read, kept whole, and nothing hangs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from msgspec.structs import fields
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from layers.document.claim import Claim
from layers.document.layer import Layer
from layers.document.rows import ClaimSite, ClaimSource, MetaEntry, Response, ResponseClaim
from layers.document.site import Site
from layers.document.source import Source
from layers.geo.bounds import Bounds
from layers.product.issuing.edition import Edition
from layers.product.spec import ProductSpec
from tests.support.printed_pages import whole_picture
from tests.support.windows import search_for, take_up
from tests.viewer.app.conftest import settle
from viewer.app.window import MainWindow
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import PrintedPlate
from viewer.panels.widgets.fields import LONGEST_LINE, LONGEST_TEXT, ChoiceField, LineField, TextField
from viewer.support.language.text import LONGEST, one_line, plain, searched, tooltip

pytestmark = pytest.mark.bounded

SIZE = 3_000_000
TEXTS = [
    "Lorem ipsum dolor " * (SIZE // 18),
    "x" * SIZE,
    "line\n" * (SIZE // 5),
    "восточный " * (SIZE // 10),
    " " * SIZE,
]


def filled(row: type, **given: Any) -> Any:
    """A row with one of the long texts in each of its text fields that is not given."""
    names = [field.name for field in fields(row) if field.type is str and field.name not in given]
    return row(**given, **{name: TEXTS[at % len(TEXTS)] for at, name in enumerate(names)})


def case(points: Path) -> dict[str, list[Any]]:
    geometries = [shapely.Point(10, 50), shapely.LineString([(9, 49), (11, 51)]), shapely.box(10, 50, 11, 51)]
    aliases = (("zh", TEXTS[1]), ("ru", TEXTS[3]))
    path = json.dumps({"path": str(points)})
    tiles = json.dumps({"template": "https://x.example/{z}/{x}/{y}", "title": TEXTS[0], "attribution": TEXTS[1]})
    return {
        "sites": [
            filled(Site, uuid=f"s{n}", label=TEXTS[0], geometry=one, aliases=aliases)
            for n, one in enumerate(geometries)
        ],
        "claims": [filled(Claim, uuid="c")],
        "claim_sites": [ClaimSite(uuid="cs", claim_uuid="c", site_uuid="s0")],
        "sources": [filled(Source, uuid="src")],
        "claim_sources": [filled(ClaimSource, uuid="q", claim_uuid="c", source_uuid="src")],
        "responses": [filled(Response, uuid="r", source_uuid="")],
        "response_claims": [ResponseClaim(uuid="rc", response_uuid="r", claim_uuid="c")],
        "layers": [
            filled(Layer, uuid="vector", kind="vector", source_json=path, style_json="", crs=""),
            filled(Layer, uuid="tiles", kind="tiles", source_json=tiles, style_json="", crs=""),
            filled(Layer, uuid="raster", kind="raster", source_json=path, style_json=""),
            filled(Layer, uuid="all"),
        ],
        "meta": [MetaEntry(uuid=name, value=TEXTS[n]) for n, name in enumerate(("title", "marking", "author"))],
    }


@pytest.mark.timeout(50)
def test_a_case_of_megabytes_in_every_field_is_worked_with(window: MainWindow, qtbot: QtBot, points: Path) -> None:
    """With 2 MB a field the window hung at opening, measuring a label letter by letter."""
    tables = case(points)
    take_up(window, qtbot, **tables)
    window.views.show_bounds(Bounds(8, 48, 12, 52))
    for uuids in (("s0",), ("s1",), ("s2",), ("s0", "s1", "s2")):
        window.selection.set(uuids)
        settle(window, qtbot)
    window.panel_context.show_claim("c", raise_form=True)
    for layer in tables["layers"]:
        window.panel_context.show_layer(layer.uuid, raise_form=True)
        settle(window, qtbot)
    for panel in ("sites", "claims", "sources", "responses", "attributes", "acquisition"):
        window.panel_context.panel_wanted.emit(panel)
        settle(window, qtbot)
    palette, line = search_for(window, "lorem ipsum", qtbot)
    assert palette.shown_texts()
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    longest = max((len(label.text()) for label in window.findChildren(QLabel)), default=0)
    assert longest <= 2 * LONGEST
    assert len(window.windowTitle()) < 300
    document = window.session.document
    words = {name: document.meta(name) for name in ("title", "marking", "author")}
    spec = ProductSpec(page="A3 landscape", subtitle=TEXTS[0], bounds=Bounds(8, 48, 12, 52), **words)
    plate = Plate(spec, document, [window.scene], Edition(made_on="2024-04-12"))
    assert not whole_picture(PrintedPlate(plate, 96)).isNull()
    window.panel_context.flush()
    for name, rows in tables.items():
        assert list(document.table(name).values()) == rows, "all of it is kept as it was"


def _free_choice() -> ChoiceField:
    return ChoiceField(free=True)


def test_a_field_never_saves_the_beginning_of_a_text(qtbot: QtBot) -> None:
    for field, limit in (
        (LineField(), LONGEST_LINE),
        (TextField(), LONGEST_TEXT),
        (ChoiceField(free=True), LONGEST_LINE),
    ):
        qtbot.addWidget(field)
        committed: list[object] = []
        field.committed.connect(committed.append)
        line = field if not isinstance(field, ChoiceField) else field.lineEdit()
        assert line is not None
        for text, is_cut in (("short", False), ("y" * limit, False), ("z" * (limit + 1), True), ("short", False)):
            field.show_value(text)
            assert line.isReadOnly() == is_cut
            qtbot.keyClicks(line, "abc")
            field.flush()
            assert bool(committed) != is_cut
            committed.clear()
            field.reset()
        field.show_value("z" * 5_000_000)
        shown = line.toPlainText() if isinstance(line, TextField) else line.text()
        assert 0 < len(shown) <= LONGEST


def test_a_long_value_that_is_no_choice_is_shown_and_stays(qtbot: QtBot) -> None:
    field = ChoiceField([("a", "A"), ("b", "B")])
    qtbot.addWidget(field)
    committed: list[object] = []
    field.committed.connect(committed.append)
    field.show_value("q" * 1_000_000)
    assert field.currentText().startswith("qqq")
    assert len(field.currentText()) <= LONGEST
    field.reset()
    field.flush()
    assert committed == []
    field.activated.emit(0)
    assert committed == ["a"]


def test_only_the_beginning_of_a_text_is_looked_at_for_display() -> None:
    for text in TEXTS:
        assert len(plain(text)) <= LONGEST
        assert len(one_line(text)) <= 200
        assert len(tooltip("&" + text)) <= 6 * LONGEST
        assert len(searched(text, text)) <= 400_001
    assert one_line(TEXTS[4] + "word") == "", "blank for thousands of characters is blank"
    assert one_line("  a \n b  ") == "a b"
