"""Chips that leave the house are judged by their bytes: a page or an archive shows no other, and says so."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from layers.document.document import Document
from layers.document.edit import Change, Edit
from tests.viewer.export.data.conftest import png_of
from viewer.export.data.exported import DataExport, data_export
from viewer.export.data.kmz import kmz_bytes

PAGE = b"<html><script>alert(1)</script></html>"


def told_with(case: Document, data: bytes, suffix: str, content_type: str = "image/png") -> DataExport:
    """The case's chip has these bytes, and says that it is of that type."""
    chip = next(iter(case.chips.values()))
    new = replace(chip, content_type=content_type, sha256=hashlib.sha256(data).hexdigest())
    case.apply(Edit("chip", (Change("chips", chip, new),)))
    return data_export(case, suffix, lambda uuids: dict.fromkeys(uuids, data))


@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_a_page_called_a_picture_is_left_out_and_said(case: Document, suffix: str) -> None:
    told = told_with(case, PAGE, suffix)
    assert told.chip_pictures == []
    assert any("no pictures that are shown, and left out" in caveat for caveat in told.content.caveats)


def test_a_chip_is_what_its_bytes_are_and_its_hash_is_named(case: Document) -> None:
    data = png_of("a secret text beside the pixels")
    told = told_with(case, data, ".kmz", "image/webp")
    (shown, *_) = told.chip_pictures
    assert shown.content_type == "image/png"
    assert hashlib.sha256(data).hexdigest() in shown.words
    assert b"secret" not in shown.data
    with zipfile.ZipFile(BytesIO(kmz_bytes(case, told.content, told.chip_pictures))) as archive:
        assert {name[-4:] for name in archive.namelist() if name.startswith("chips/")} == {".png"}
        assert hashlib.sha256(data).hexdigest() in archive.read("doc.kml").decode()


def test_a_case_keeps_the_bytes_that_were_taken(case: Document) -> None:
    """Evidence is handed on as it is: its hash is of these bytes."""
    assert set(told_with(case, PAGE, ".gpkg").chips.values()) == {PAGE}


@pytest.mark.parametrize("suffix", [".kmz", ".html"])
def test_a_chip_keeps_its_stamp_and_says_what_was_stated_later(case: Document, suffix: str) -> None:
    chip, (image,) = case.chips["chip"], case.images.values()
    undated = replace(chip, acquired_at="", date_kind="unknown", image_uuid=image.uuid)
    case.apply(Edit("chip", (Change("chips", chip, undated),)))
    data = png_of("a quay")
    told = data_export(case, suffix, lambda uuids: dict.fromkeys(uuids, data))
    (words,) = (shown.words for shown in told.chip_pictures if shown.uuid == "chip")
    assert "date unknown · unknown · stated later: 2024-04-12 08:00 UTC (from metadata)" in words
    case.apply(Edit("image", (Change("images", image, replace(image, acquired_at="")),)))
    told = data_export(case, suffix, lambda uuids: dict.fromkeys(uuids, data))
    assert not any("stated later" in shown.words for shown in told.chip_pictures)
