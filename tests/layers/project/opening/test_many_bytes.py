"""A case with many bytes in pictures: they are judged and copied while its rows are read, and each of them counts."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from pathlib import Path

import pytest
from shapely import Point

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.site import Site
from layers.errors import CaseDamaged, CaseInUse, SaveFailed
from layers.project.opening import byte_check, glimpse, intake
from layers.project.opening.case_process import CaseInline
from layers.project.opening.case_reader import CaseReader
from layers.project.opening.opening_watch import Glimpse, OpeningStep
from layers.project.opening.rows import read_rows
from layers.project.saving import case_copy
from layers.project.saving.blobs import read_blobs
from layers.project.saving.publish import write_case
from layers.project.storage.integrity import Integrity, examine
from layers.project.storage.tables import DATA
from tests.support.cases.flipped_bits import flip

CHIPS, CHIP_BYTES = 3, 100_000


class Watch:
    """Records what a window would show."""

    size_px = (1000, 700)

    def __init__(self) -> None:
        self.shown: list[Glimpse] = []
        self.is_copied = threading.Event()

    def show(self, glimpse: Glimpse) -> None:
        self.shown.append(glimpse)

    def tell(self, step: OpeningStep, done: int, of: int) -> None:
        if step is OpeningStep.COPIED:
            self.is_copied.set()


@pytest.fixture
def pictures() -> dict[str, bytes]:
    generator = random.Random(1)
    return {f"chip {number}": generator.randbytes(CHIP_BYTES) for number in range(CHIPS)}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: dict[str, bytes]) -> Path:
    """Sites with a chip each, read as a case of very many sites and bytes is."""
    monkeypatch.setattr(glimpse, "LEAST_SITES", 1)
    monkeypatch.setattr(intake, "SOON_READ_BYTES", 0)
    sites = [Site(uuid=f"site {number}", geometry=Point(number, 10)) for number in range(CHIPS)]
    chips = [
        Chip(uuid=uuid, content_type="image/png", site_uuid=f"site {number}") for number, uuid in enumerate(pictures)
    ]
    blobs: dict[tuple[str, str] | tuple[str, str, str], bytes] = {
        ("chips", uuid): data for uuid, data in pictures.items()
    }
    path = tmp_path / "home" / "case.gpkg"
    path.parent.mkdir()
    write_case(Document({"sites": sites, "chips": chips}), path, blobs=blobs)
    return path


@pytest.mark.parametrize("picture", range(CHIPS))
@pytest.mark.parametrize("at", [0, 50_000, CHIP_BYTES - 16])
def test_a_bit_anywhere_in_a_picture_is_found_and_nothing_is_kept(
    case: Path, tmp_path: Path, pictures: dict[str, bytes], picture: int, at: int
) -> None:
    flip(case, pictures[f"chip {picture}"], at)
    before, watch = case.read_bytes(), Watch()
    with pytest.raises(CaseDamaged):
        case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline(), watch=watch)
    assert watch.shown == []
    assert not list((tmp_path / "sessions").iterdir())
    assert case.read_bytes() == before
    assert [path.name for path in case.parent.iterdir()] == ["case.gpkg"]


def test_the_copy_is_whole_once_a_case_is_open(case: Path, tmp_path: Path, pictures: dict[str, bytes]) -> None:
    watch = Watch()
    opened = case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline(), watch=watch)
    base = opened.work.base
    assert base is not None
    assert base.read_bytes() == case.read_bytes()
    assert len(watch.shown) == 1
    case.unlink()
    assert read_blobs(opened.work.blobs, base, "chips", pictures) == pictures
    opened.work.close()


def test_rows_do_not_wait_for_the_bytes(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_are_read = threading.Event()

    def examine_late(*given: object) -> object:
        assert rows_are_read.wait(10)
        return examine(*given)  # type: ignore[arg-type]

    def read_and_tell(*given: object, **named: object) -> object:
        rows = read_rows(*given, **named)  # type: ignore[arg-type]
        rows_are_read.set()
        return rows

    monkeypatch.setattr(byte_check, "examine", examine_late)
    monkeypatch.setattr(intake, "read_rows", read_and_tell)
    watch = Watch()
    opened = case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline(), watch=watch)
    assert len(watch.shown) == 1, "it is shown while the working copy is made"
    assert len(opened.intake.document.chips) == CHIPS
    opened.work.close()


@pytest.mark.parametrize("is_damaged", [False, True])
def test_the_working_copy_does_not_wait_for_the_bytes(
    case: Path, tmp_path: Path, pictures: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, is_damaged: bool
) -> None:
    watch = Watch()

    def examine_late(*given: object) -> object:
        assert watch.is_copied.wait(10)
        assert watch.shown == [], "nothing is shown before the bytes are known"
        return examine(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(byte_check, "examine", examine_late)
    if is_damaged:
        flip(case, pictures["chip 1"], 5_000)
        with pytest.raises(CaseDamaged, match="its bytes are not what was saved"):
            case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline(), watch=watch)
        assert watch.shown == []
        assert not list((tmp_path / "sessions").iterdir())
        return
    opened = case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline(), watch=watch)
    assert len(watch.shown) == 1
    assert opened.intake.integrity is Integrity.INTACT
    assert opened.intake.fingerprint.integrity
    opened.work.close()


def test_rows_that_damage_has_spoiled_are_told_as_damage(
    case: Path, tmp_path: Path, pictures: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise sqlite3.IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(case_copy, "migrate", refuse)
    with pytest.raises(SaveFailed):
        case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline())
    flip(case, pictures["chip 1"], 5_000)
    with pytest.raises(CaseDamaged, match="its bytes are not what was saved"):
        case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline())


def test_a_program_that_writes_in_spite_of_the_lock_is_noticed(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_and_examine(*given: object) -> object:
        answer = examine(*given)  # type: ignore[arg-type]
        os.utime(case, ns=(1, 1))
        return answer

    monkeypatch.setattr(byte_check, "examine", write_and_examine)
    with pytest.raises(CaseInUse, match="being written by another program"):
        case_copy.open_for_work(tmp_path / "sessions", case, asks=CaseInline())
    assert not list((tmp_path / "sessions").iterdir())


def test_who_reads_one_picture_does_not_read_all_bytes(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    examined: list[object] = []

    def note(*given: object) -> tuple[Integrity, int]:
        examined.append(given)
        return Integrity.INTACT, 0

    monkeypatch.setattr(byte_check, "examine", note)
    with CaseReader.open(case, asks=CaseInline(), is_judged=False) as reader:
        assert len(b"".join(reader.value("chips", DATA, 1).pieces)) == CHIP_BYTES
        assert not examined
        assert reader.read_bytes().integrity is Integrity.INTACT
    assert examined
