"""Data exported from the window: asked for beside the map, and written by jobs from the case as it was then."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import rasterio
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import sample_data
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.layer import FORBIDDEN
from layers.geo.bounds import Bounds
from layers.product.content import ProductContent
from layers.project.saving.publish import write_case
from layers.time.written_dates import written_date
from tests.support.cases.rich import BLOBS, read_case, rich_document
from tests.support.hostile_pictures import PAGE, SECRET, bomb, told_in_chunks, with_broken_pixels
from tests.support.readers.tiny_rasters import write_raster
from tests.support.windows import opened
from tests.viewer.app.conftest import Answers, settle
from viewer.app.products.data.data_dialog import SELECTED, SHOWN, WHOLE, DataDialog
from viewer.app.products.product_file import file_sha256
from viewer.app.window import MainWindow
from viewer.commands.layers import update_layer
from viewer.commands.products import products_in_order
from viewer.commands.responses import delete_responses
from viewer.export.data import data_files

FIRM = "Hikvision (Hangzhou Hikvision Digital Technology)"


@pytest.fixture
def demo(window: MainWindow, qtbot: QtBot) -> MainWindow:
    return opened(window, sample_data.path("demo.gpkg"), qtbot)


def asked(window: MainWindow, qtbot: QtBot) -> DataDialog:
    window.action_table["export_data"].trigger()
    qtbot.waitUntil(lambda: window.map_export.is_idle, timeout=20_000)
    dialog = window.findChild(DataDialog)
    assert dialog is not None
    return dialog


def choose(dialog: DataDialog, suffix: str, part: str = "", publish: bool = False) -> None:
    dialog.format.setCurrentIndex(dialog.format.findData(suffix))
    if part:
        assert dialog.part.findData(part) >= 0
        dialog.part.setCurrentIndex(dialog.part.findData(part))
    dialog.publish.setChecked(publish)


def written(window: MainWindow, qtbot: QtBot, path: Path) -> bytes:
    qtbot.waitUntil(lambda: window.map_export.is_idle and path.exists(), timeout=20_000)
    qtbot.waitUntil(lambda: "Written" in getattr(window.messages.line("export"), "text", ""), timeout=10_000)
    assert str(path) in window.messages.line("export").text
    return path.read_bytes()


def names_in(suffix: str, path: Path) -> set[str]:
    data = path.read_bytes()
    if suffix == ".geojson":
        return {feature["properties"]["label"] for feature in json.loads(data)["features"]}
    if suffix == ".csv":
        return {row["label"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))}
    if suffix == ".xlsx":
        return {row[0] for row in openpyxl.load_workbook(path)["Sites"].iter_rows(min_row=2, values_only=True)}
    if suffix == ".gpkg":
        return {site.label for site in read_case(path).document.sites.values()}
    text = zipfile.ZipFile(path).read("doc.kml").decode() if suffix == ".kmz" else data.decode()
    return {FIRM} if FIRM in text else set()


@pytest.mark.bounded
def test_the_dialog_grows_with_what_publishing_leaves_out(demo: MainWindow, qtbot: QtBot) -> None:
    """Its fields were squeezed to half of their height."""
    dialog = asked(demo, qtbot)
    fields = (dialog.format, dialog.part, dialog.marking, dialog.state)
    before = [field.height() for field in fields]
    dialog.publish.click()
    qtbot.waitUntil(dialog.taken_away.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: [field.height() for field in fields] == before, timeout=20_000)
    assert all(field.height() >= field.sizeHint().height() for field in fields)
    dialog.reject()


@pytest.mark.bounded
def test_the_web_story_is_offered_by_its_own_entry(demo: MainWindow, qtbot: QtBot) -> None:
    demo.action_table["export_story"].trigger()
    qtbot.waitUntil(lambda: demo.findChild(DataDialog) is not None, timeout=20_000)
    dialog = demo.findChild(DataDialog)
    assert dialog is not None
    assert dialog.format.currentData() == ".html"
    assert "Web story" in dialog.format.currentText()
    dialog.reject()


@pytest.mark.bounded
def test_each_format_is_written_for_inside_and_outside(
    demo: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    for suffix in (".kmz", ".html", ".xlsx", ".csv", ".gpkg"):
        dialog = asked(demo, qtbot)
        choose(dialog, suffix, publish=suffix != ".csv")
        assert dialog.note.text().startswith("Left out") is (suffix != ".csv")
        answers.path = tmp_path / f"demo{suffix}"
        qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
        written(demo, qtbot, answers.path)
        names = names_in(suffix, answers.path)
        assert FIRM in names
        assert suffix in (".kmz", ".html") or len(names) == (60 if suffix == ".csv" else 5), suffix
        demo.messages.clear("export")
        qtbot.waitUntil(lambda: demo.findChild(DataDialog) is None)
    assert b"data:image/png" in (tmp_path / "demo.html").read_bytes()
    assert demo.messages.line("export data") is None


@pytest.mark.bounded
def test_what_a_report_could_not_show_is_said(demo: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path) -> None:
    lost = replace(next(iter(demo.session.document.layers.values())), uuid="lost", name="Lost one")
    lost = replace(lost, source_json='{"path": "/nowhere/lost.tif"}')
    demo.session.push(Edit("Add", (Change("layers", None, lost),)))
    dialog = asked(demo, qtbot)
    choose(dialog, ".html")
    answers.path = tmp_path / "demo.html"
    dialog.take_button.click()
    written(demo, qtbot, answers.path)
    assert "Lost one" in demo.messages.line("export data").text


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", [".kmz", ".gpkg"])
def test_chips_stay_where_the_terms_of_their_image_were_stated_since(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path, suffix: str
) -> None:
    case = tmp_path / "case.gpkg"
    write_case(rich_document(), case, blobs=BLOBS | {("chips", "chip"): told_in_chunks()})
    opened(window, case, qtbot)
    chip, (layer,) = window.session.document.chips["chip"], window.session.document.layers
    image = replace(window.session.document.images[chip.image_uuid], layer_uuid=layer)
    window.session.push(Edit("Image", (Change("images", window.session.document.images[image.uuid], image),)))
    window.panel_context.do(update_layer, layer, own_export=FORBIDDEN)
    dialog = asked(window, qtbot)
    choose(dialog, suffix)
    answers.path = tmp_path / f"out{suffix}"
    dialog.take_button.click()
    written(window, qtbot, answers.path)
    said = "1 image chip is left out: the terms of its image do not allow its pictures in a file."
    assert said in window.messages.line("export data").text
    if suffix == ".kmz":
        assert not [name for name in zipfile.ZipFile(answers.path).namelist() if name.startswith("chips/")]
    else:
        with closing(sqlite3.connect(answers.path)) as database:
            assert database.execute("SELECT COUNT(*) FROM chips").fetchone() == (0,)
            assert database.execute("SELECT DISTINCT chip_uuid FROM observations").fetchall() == [(None,)]


@pytest.mark.bounded
@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_a_chip_is_encoded_anew_and_one_that_is_no_picture_is_left_out_and_said(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path, suffix: str
) -> None:
    document = rich_document()
    chip = document.chips["chip"]
    more = (Change("chips", None, replace(chip, uuid=name)) for name in ("page", "bomb", "cut"))
    document.apply(Edit("Add", tuple(more)))
    data = told_in_chunks()
    kept = {"chip": data, "page": PAGE, "bomb": bomb(), "cut": with_broken_pixels("JPEG")}
    case = tmp_path / "case.gpkg"
    write_case(document, case, blobs=BLOBS | {("chips", name): each for name, each in kept.items()})
    opened(window, case, qtbot)
    dialog = asked(window, qtbot)
    choose(dialog, suffix)
    answers.path = tmp_path / f"out{suffix}"
    dialog.take_button.click()
    made = written(window, qtbot, answers.path)
    said = "3 image chips are no pictures that are shown, or cannot be decoded, and left out."
    assert said in window.messages.line("export data").text
    text = zipfile.ZipFile(answers.path).read("doc.kml").decode() if suffix == ".kmz" else made.decode()
    assert said in text
    assert f"SHA-256 of the original {hashlib.sha256(data).hexdigest()}" in text
    members = [read for name, read in members_of(answers.path) if name.startswith("chips/")]
    assert len(members) == (1 if suffix == ".kmz" else 0)
    assert text.count("SHA-256 of the original") >= 1
    assert not any(word in each for each in (made, *members) for word in (PAGE, SECRET))


def members_of(path: Path) -> list[tuple[str, bytes]]:
    """The files of an archive; none of another file."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


@pytest.mark.bounded
def test_what_is_selected_or_shown_goes_along_and_no_more(
    demo: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    sites = demo.session.document.sites
    dialog = asked(demo, qtbot)
    assert dialog.part.findData(SELECTED) < 0, "nothing is selected"
    dialog.reject()
    qtbot.waitUntil(lambda: demo.findChild(DataDialog) is None)
    (firm,) = (uuid for uuid, site in sites.items() if site.label == FIRM)
    demo.selection.set([firm])
    dialog = asked(demo, qtbot)
    choose(dialog, ".geojson", SELECTED)
    answers.path = tmp_path / "one.geojson"
    qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    written(demo, qtbot, answers.path)
    assert names_in(".geojson", answers.path) == {FIRM}
    qtbot.waitUntil(lambda: demo.findChild(DataDialog) is None)
    demo.messages.clear("export")
    demo.canvas.viewport.fit_lonlat(demo.canvas.own_scene.marks.bounds(frozenset([firm])), 0.0, 0.0)
    dialog = asked(demo, qtbot)
    assert dialog.wish().suffix == ".geojson", "the last choice stands"
    choose(dialog, ".geojson", SHOWN)
    answers.path = tmp_path / "shown.geojson"
    qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
    written(demo, qtbot, answers.path)
    assert FIRM in names_in(".geojson", answers.path)
    assert len(names_in(".geojson", answers.path)) < len(sites)


@pytest.mark.bounded
def test_the_case_as_it_was_is_written_without_the_window_s_thread(
    demo: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, can_begin, plain = [], threading.Event(), data_files.sites_text

    def slow(document: Document, kind: str, content: ProductContent):
        threads.append(threading.current_thread())
        can_begin.wait(10)
        yield from plain(document, kind, content)

    monkeypatch.setattr(data_files, "sites_text", slow)
    answers.path = tmp_path / "sites.geojson"
    sites = list(demo.session.document.sites)
    dialog = asked(demo, qtbot)
    choose(dialog, ".geojson")
    dialog.take_button.click()
    demo.selection.set(sites[:1])
    demo.action_table["delete"].trigger()
    assert len(demo.session.document.sites) == len(sites) - 1
    can_begin.set()
    written(demo, qtbot, answers.path)
    line = demo.messages.line("export")
    opened: list[str] = []
    take: Callable[..., bool] = lambda url: opened.append(url.toLocalFile()) or True  # noqa: E731
    monkeypatch.setattr("viewer.app.opening.written_file.QDesktopServices.openUrl", take)
    assert line.action is not None
    line.action.run()
    assert opened == [str(answers.path)]
    suggested: list[Path] = []
    answers.measurements_to_write = suggested.append  # type: ignore[assignment, method-assign]
    demo.map_export.export_measurements()
    assert suggested[0].parent == tmp_path, "where the last one was written"
    assert threads
    assert threading.main_thread() not in threads
    assert [feature["id"] for feature in json.loads(answers.path.read_text("utf-8"))["features"]] == sites


@pytest.mark.bounded
def test_the_open_case_is_not_replaced_by_a_part_of_it(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    case = tmp_path / "case.gpkg"
    case.write_bytes(sample_data.path("demo.gpkg").read_bytes())
    window.opener.open([str(case)])
    settle(window, qtbot)
    before = case.read_bytes()
    dialog = asked(window, qtbot)
    choose(dialog, ".gpkg")
    answers.path = case
    dialog.take_button.click()
    qtbot.waitUntil(lambda: window.messages.line("export") is not None, timeout=10_000)
    assert "is the open case itself" in window.messages.line("export").text
    assert case.read_bytes() == before


def test_the_pixels_of_the_image_on_top_are_written_as_they_are(
    window: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    values = np.random.default_rng(2).integers(0, 3000, (2, 300, 400)).astype(np.uint16)
    image = write_raster(tmp_path / "scene.tif", values, "EPSG:32632", Bounds(5e5, 5.5e6, 5.04e5, 5.503e6))
    window.opener.open([str(image)])
    settle(window, qtbot)
    for part, path in ((WHOLE, tmp_path / "all.tif"), (SHOWN, tmp_path / "shown.tif")):
        dialog = asked(window, qtbot)
        choose(dialog, ".tif", part)
        assert "its own grid" in dialog.note.text()
        assert dialog.part.itemText(0) == "The whole image"
        answers.path = path
        qtbot.mouseClick(dialog.take_button, Qt.MouseButton.LeftButton)
        written(window, qtbot, path)
        qtbot.waitUntil(lambda: window.findChild(DataDialog) is None)
        window.messages.clear("export")
        view = window.canvas.viewport
        view.fit_lonlat(Bounds(9.01, 49.655, 9.02, 49.66), 0.0, 0.0)
    with rasterio.open(tmp_path / "all.tif") as made, rasterio.open(tmp_path / "shown.tif") as seen:
        assert (made.read() == values).all()
        assert seen.res == made.res
        assert seen.width < made.width


@pytest.mark.bounded
def test_data_are_issued_numbered_and_kept_or_stopped_at_the_gate(
    demo: MainWindow, qtbot: QtBot, answers: Answers, tmp_path: Path
) -> None:
    answers.path = path = tmp_path / "sites.geojson"
    dialog = asked(demo, qtbot)
    choose(dialog, ".geojson")
    dialog.state.setCurrentIndex(dialog.state.findData("issued"))
    dialog.take_button.click()
    text = written(demo, qtbot, path).decode()
    qtbot.waitUntil(lambda: bool(products_in_order(demo.session.document)), timeout=10_000)
    (row,) = products_in_order(demo.session.document)
    assert (row.number, row.state, row.sha256) == ("1", "issued", file_sha256(path))
    assert f"issued {written_date(row.issued_at[:10])} as product 1, version 1" in text
    assert "issued as product 1" in demo.messages.line("export").text
    assert demo.session.document.links.rows_of_product(row.uuid)
    for answer in tuple(demo.session.document.responses):
        demo.panel_context.do(delete_responses, [answer])
    answers.path = other = tmp_path / "more.geojson"
    dialog = asked(demo, qtbot)
    choose(dialog, ".geojson")
    dialog.state.setCurrentIndex(dialog.state.findData("issued"))
    dialog.take_button.click()
    qtbot.waitUntil(lambda: "not issued" in demo.messages.line("export").text, timeout=10_000)
    assert "No answer is recorded" in demo.messages.line("export").text
    assert not other.exists()
    assert products_in_order(demo.session.document) == [row]


@pytest.mark.bounded
def test_what_publishing_takes_away_is_said_and_reviewed_in_one_step(demo: MainWindow, qtbot: QtBot) -> None:
    dialog = asked(demo, qtbot)
    choose(dialog, ".geojson")
    assert not dialog.taken_away.isVisible()
    dialog.state.setCurrentIndex(dialog.state.findData("published"))
    assert dialog.publish.isChecked()
    qtbot.waitUntil(lambda: bool(dialog.taken_away.buttons), timeout=10_000)
    assert dialog.taken_away.buttons[0].text() == "Review 55 marks…"
    dialog.taken_away.buttons[0].click()
    dialog.taken_away.name_line.setText("Boris B.")
    QTest.keyClick(dialog.taken_away.name_line, Qt.Key.Key_Return)
    sites = demo.session.document.sites.values()
    assert sum(site.reviewed_by == "Boris B." for site in sites) == 55
    words = "55 marks"
    qtbot.waitUntil(lambda: words not in [one.text() for one in dialog.taken_away.buttons], timeout=10_000)
    demo.action_table["undo"].trigger()
    assert not any(site.reviewed_by for site in demo.session.document.sites.values())
    dialog.reject()
