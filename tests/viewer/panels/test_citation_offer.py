"""Citation fields that kept copies state are offered in the form of their source, and entered where they are used."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel

from layers.document.source import Source, missing_for_citation, names_a_work
from tests.support.readers.kept_documents import PAGE, PAGE_ADDRESS, pdf_of, wacz_of, warc_of, warc_record
from tests.viewer.conftest import shown
from tests.viewer.panels.conftest import Desk
from viewer.commands.sources import add_source
from viewer.panels.sources.source_form import SourceForm

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def form(qtbot, reading_desk: Desk) -> SourceForm:
    return shown(qtbot, SourceForm(reading_desk.context), 340, 900)


def attach(form: SourceForm, desk: Desk, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    form.take([str(path)])


def add(desk: Desk, **fields: str) -> str:
    edit = add_source(desk.document, actor="Olga", **fields)
    desk.history.push(edit)
    uuid = edit.changes[0].uuid
    desk.context.show_row("sources", uuid)
    return uuid


def test_a_page_in_a_web_archive_offers_title_publisher_and_dates_in_this_order(
    qtbot, form: SourceForm, desk: Desk, tmp_path: Path
) -> None:
    uuid = add(desk, title="page.wacz")
    attach(form, desk, tmp_path / "page.wacz", wacz_of(warc_of(warc_record(PAGE_ADDRESS, PAGE.encode()))))
    offered = list(form.offer.use_buttons)
    assert offered == ["title", "publisher", "author", "published_at", "url", "all"]
    assert desk.document.sources[uuid].publisher == "", "nothing is entered unasked"
    qtbot.mouseClick(form.offer.use_buttons["publisher"], LEFT)
    assert desk.document.sources[uuid].publisher == "Example News"
    left = [label.text() for label in form.offer.findChildren(QLabel) if label.isVisible()]
    assert len(left) == len(set(left)), "each line stands there once"
    qtbot.mouseClick(form.offer.use_buttons["all"], LEFT)
    source = desk.document.sources[uuid]
    assert (source.title, source.author) == ("A new pad at Восточный", "Anna Lind")
    assert (source.published_at, source.url) == ("2024-04-12T05:30Z", PAGE_ADDRESS)
    assert list(form.offer.use_buttons) == []
    assert form.offer.next_link is not None
    assert "Accessed" in form.offer.next_link.text(), "the date of access is the analyst's own: it is asked for"
    desk.history.undo()
    assert desk.document.sources[uuid].title == "page.wacz", "one step back"


def test_the_date_of_a_pdf_is_told_and_never_offered_as_its_publication(
    form: SourceForm, desk: Desk, tmp_path: Path
) -> None:
    add(desk, title="A report", publisher="Ministry")
    attach(form, desk, tmp_path / "scan.pdf", pdf_of("", made="D:20240412"))
    assert not form.offer.use_buttons
    (note,) = [label.text() for label in form.offer.findChildren(QLabel) if "no date of publication" in label.text()]
    assert "12 April 2024" in note
    assert "scanned pages are pictures" in form.copies.cards[0].facts.text()
    wanted: list[tuple[str, str]] = []
    desk.context.field_wanted.connect(lambda name, column: wanted.append((name, column)))
    assert form.offer.next_link is not None
    form.offer.next_link.click()
    assert wanted == [("source_form", "published_at")]


def test_a_bare_year_names_no_work() -> None:
    assert [names_a_work(title) for title in ("2020", "12.04.2024", "三亚", "U.S. 2020")] == [False, False, True, True]


def test_an_image_needs_sensor_product_date_and_credit() -> None:
    image = Source(uuid="i", kind="imagery", title="2020")
    assert missing_for_citation(image) == ("sensor", "acquired_at", "rights")
    assert missing_for_citation(Source(uuid="p", title="2020")) == ("title", "publisher", "published_at", "accessed_at")


def test_a_kept_picture_is_known_again_in_another_size_and_format(form: SourceForm, desk: Desk, tmp_path: Path) -> None:
    picture = QImage(96, 64, QImage.Format.Format_RGB32)
    for x in range(96):
        for y in range(64):
            grey = int(128 + 60 * math.sin(x / 13 + y / 29) + 50 * math.sin(x / 7 - y / 11))
            picture.setPixelColor(x, y, QColor(grey, grey, grey))
    picture.save(str(tmp_path / "first.png"))
    picture.scaled(192, 128, mode=Qt.TransformationMode.SmoothTransformation).save(str(tmp_path / "second.jpg"))
    add(desk, title="A photograph")
    form.take([str(tmp_path / "first.png")])
    add(desk, title="Another post")
    form.take([str(tmp_path / "second.jpg")])
    assert all(len(getattr(row, "phash", "")) == 16 for row in desk.document.table("source_files").values())
    assert [link.text() for link in form.alike.links] == ["A photograph: a picture that looks the same"]
