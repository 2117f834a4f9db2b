"""One changed byte of a chip or a kept file is found and named, whoever changed it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from shapely import Point

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.site import Site
from layers.document.source import Source, SourceFile
from layers.project.saving.publish import write_case
from tests.support.cases.case_contents import validate
from tests.support.cases.changed_cases import change

DATA = b"%PDF-1.4 a report, as it was read on that day" * 40
PICTURE = b"\x89PNG\r\n\x1a\n the pixels of the pad" * 40


def hashed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.gpkg"
    file = SourceFile(uuid="file", source_uuid="s", name="report.pdf", sha256=hashed(DATA))
    chip = Chip(uuid="chip", content_type="image/png", caption="The pad", sha256=hashed(PICTURE))
    rows = {"sources": [Source(uuid="s", title="A report")], "source_files": [file], "chips": [chip]}
    write_case(Document(rows), path, blobs={("source_files", "file"): DATA, ("chips", "chip"): PICTURE})
    assert validate(path) == []
    return path


def _flip(path: Path, data: bytes) -> None:
    """Change one byte in the file itself, as a bad disk does."""
    content = bytearray(path.read_bytes())
    content[content.index(data[:40]) + 20] ^= 1
    path.write_bytes(content)


CHANGES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a disk, in a kept file": ("report.pdf", lambda path: _flip(path, DATA)),
    "a disk, in a chip": ("The pad", lambda path: _flip(path, PICTURE)),
    "another program": (
        "report.pdf",
        lambda path: change(path, "UPDATE source_files SET data = CAST(replace(data, 'that', 'this') AS BLOB)"),
    ),
    "lost bytes": ("report.pdf", lambda path: change(path, "UPDATE source_files SET data = NULL")),
}


@pytest.mark.parametrize("hand", CHANGES)
def test_one_changed_byte_is_found_and_its_file_named(case: Path, hand: str) -> None:
    name, spoil = CHANGES[hand]
    spoil(case)
    (found,) = [finding for finding in validate(case) if finding.code == "changed_bytes"]
    assert name in found.sentence
    assert found.severity == "error"


def test_a_chip_without_a_caption_is_named_by_its_image_and_its_site(tmp_path: Path) -> None:
    """Its uuid alone told an analyst nothing."""
    path = tmp_path / "case.gpkg"
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="pad", layer_title="2020", width=80, height=60)
    site = Site(uuid="pad", geometry=Point(1, 2), label="East pad")
    rows = {"sites": [site], "chips": [replace(chip, sha256=hashed(PICTURE))]}
    write_case(Document(rows), path, blobs={("chips", "chip"): PICTURE})
    _flip(path, PICTURE)
    (found,) = [finding for finding in validate(path) if finding.code == "changed_bytes"]
    assert found.sentence.startswith("The image chip “2020, 80 x 60 pixels, East pad” was changed")


def test_a_row_without_a_whole_hash_is_not_compared(tmp_path: Path) -> None:
    path = tmp_path / "case.gpkg"
    file = replace(SourceFile(uuid="file", source_uuid="s"), sha256="0")
    write_case(Document({"sources": [Source(uuid="s")], "source_files": [file]}), path)
    assert not [finding for finding in validate(path) if finding.code == "changed_bytes"]
