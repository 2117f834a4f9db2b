"""The copy of a large case as it was opened: made while the case is worked on, and never taken for whole before."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import ClassVar

import pytest
from shapely import Point

from layers.document.chip import Chip
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.site import Site
from layers.errors import CaseDamaged, DiskFull, SaveFailed
from layers.project.opening import glimpse, intake
from layers.project.opening.case_process import CaseInline, CaseProcess
from layers.project.opening.intake import read_case
from layers.project.opening.opening_watch import Glimpse, OpeningStep
from layers.project.saving import opened_copy
from layers.project.saving import publish as publishing
from layers.project.saving.blobs import SessionBlobs, read_blobs
from layers.project.saving.case_copy import open_for_work
from layers.project.saving.opened_copy import BASE, PART
from layers.project.saving.publish import publish, write_case
from layers.project.saving.recovery import copy_of_session
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.fsops import DISK, FileSystem
from layers.project.storage.integrity import Integrity
from tests.support.cases.flipped_bits import flip

PICTURE = random.Random(2).randbytes(300_000)


class FullDisk(FileSystem):
    """A disk with hardly any room."""

    def free_bytes(self, folder: Path) -> int:
        return 1000


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "case.gpkg"
    path.parent.mkdir()
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="")
    write_case(Document({"chips": [chip]}), path, blobs={("chips", "chip"): PICTURE})
    return path


@pytest.fixture
def left(case: Path, tmp_path: Path) -> Path:
    """The folder of a session whose program was killed while the case was being copied."""
    work = open_for_work(tmp_path / "sessions", case, asks=CaseInline()).work
    site = Site(uuid="site", label="edited", geometry=Point(9, 50))
    work.append(Edit("add", (Change("sites", None, site),)), "me")
    work.close(keep=True)
    (work.folder / BASE).unlink()
    (work.folder / PART).write_bytes(case.read_bytes()[:5000])
    return work.folder


@pytest.fixture
def many_bytes(case: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case as one of very many bytes is written and read."""
    monkeypatch.setattr(opened_copy, "SOON_COPIED_BYTES", 0)
    monkeypatch.setattr(publishing, "MANY_BYTES", 0)
    chip = Chip(uuid="chip", content_type="image/png", site_uuid="")
    write_case(Document({"chips": [chip]}), case, blobs={("chips", "chip"): PICTURE})
    return case


def pictures(work: WorkingCopy) -> dict[str, bytes]:
    return read_blobs(work.blobs, work.base, "chips", ["chip"])


def test_a_copy_that_was_not_finished_is_made_anew_and_saved_with_its_pictures(left: Path, case: Path) -> None:
    work = WorkingCopy.resume(left)
    assert pictures(work) == {"chip": PICTURE}
    assert not (left / PART).exists()
    publish(work, case)
    assert read_blobs(SessionBlobs(left / "nothing", DISK), case, "chips", ["chip"]) == {"chip": PICTURE}
    work.close(keep=True)


def test_a_copy_of_that_session_has_its_pictures_too(left: Path) -> None:
    work = WorkingCopy.resume(copy_of_session(left))
    assert pictures(work) == {"chip": PICTURE}
    work.close(keep=True)


def test_nothing_is_saved_without_the_pictures_where_the_case_is_another_by_now(left: Path, case: Path) -> None:
    shutil.copy(case, case.with_name("old.gpkg"))
    write_case(Document({}), case)
    before, work = case.read_bytes(), WorkingCopy.resume(left)
    for target in (case, case.with_name("elsewhere.gpkg")):
        with pytest.raises(SaveFailed, match="it is not there as it was opened"):
            publish(work, target, overwrite=True)
    assert case.read_bytes() == before
    assert not case.with_name("elsewhere.gpkg").exists()
    shutil.copy(case.with_name("old.gpkg"), case)
    assert pictures(work) == {"chip": PICTURE}, "it is put back, as the sentence asks"
    work.close(keep=True)


def test_a_save_tells_how_far_its_bytes_are(case: Path, tmp_path: Path) -> None:
    work = open_for_work(tmp_path / "sessions", case, asks=CaseInline()).work
    shares: list[float] = []
    publish(work, case, progress=shares.append)
    assert len(shares) >= 3, "written, hashed and copied"
    assert shares == sorted(shares)
    assert 0.6 < shares[-1] <= 1.0
    assert pictures(work) == {"chip": PICTURE}
    work.close()


def test_nothing_is_saved_with_pictures_that_nobody_has_judged(left: Path, case: Path) -> None:
    flip(case, PICTURE, 100_000)
    before, work = case.read_bytes(), WorkingCopy.resume(left)
    with pytest.raises(SaveFailed, match="it is not there as it was opened"):
        publish(work, case)
    assert case.read_bytes() == before
    work.close(keep=True)


@pytest.mark.bounded
def test_a_large_case_with_a_damaged_picture_is_shown_and_never_saved_over(
    many_bytes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flip(many_bytes, PICTURE, 100_000)
    before, shares = many_bytes.read_bytes(), []
    opened = open_for_work(tmp_path / "sessions", many_bytes, asks=CaseProcess())
    work, elsewhere = opened.work, many_bytes.with_name("elsewhere.gpkg")
    assert opened.intake.integrity is Integrity.INTACT, "of its rows"
    with pytest.raises(CaseDamaged, match="bytes of its pictures or kept files are not what was saved"):
        work.judge_rest(shares.append)
    assert shares == sorted(shares)
    work.append(Edit("add", (Change("sites", None, Site(uuid="site", geometry=Point(9, 50))),)), "me")
    for _ in range(2):
        for overwrite in (False, True):
            with pytest.raises(SaveFailed, match="pictures or kept files are damaged"):
                publish(work, many_bytes, overwrite=overwrite)
        assert many_bytes.read_bytes() == before
        work.close(keep=True)
        work = WorkingCopy.resume(work.folder)  # whoever recovers it knows of the damage
    assert work.is_damaged
    publish(work, elsewhere)
    assert "site" in read_case(elsewhere, asks=CaseInline()).document.sites
    assert not work.is_damaged
    work.close()


@pytest.mark.bounded
def test_the_first_sites_are_shown_before_the_bytes_of_pictures_are_read(
    many_bytes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glimpse, "LEAST_SITES", 1)
    monkeypatch.setattr(intake, "SOON_READ_BYTES", 0)
    site, chip = Site(uuid="site", geometry=Point(9, 50)), Chip(uuid="chip", content_type="image/png")
    write_case(Document({"sites": [site], "chips": [chip]}), many_bytes, blobs={("chips", "chip"): PICTURE})
    flip(many_bytes, PICTURE, 100_000)

    class Watch:
        size_px = (1000, 700)
        seen: ClassVar[list[str]] = []

        def show(self, shown: Glimpse) -> None:
            self.seen.append(f"{shown.sites} sites")

        def tell(self, step: OpeningStep, done: int, of: int) -> None:
            self.seen.append(str(step))

    work = open_for_work(tmp_path / "sessions", many_bytes, asks=CaseProcess(), watch=Watch()).work
    assert "1 sites" in Watch.seen
    work.close()


@pytest.mark.bounded
def test_a_large_case_with_a_damaged_row_is_not_shown(many_bytes: Path, tmp_path: Path) -> None:
    data = bytearray(many_bytes.read_bytes())
    data[data.rindex(b"image/png")] ^= 1
    many_bytes.write_bytes(data)
    with pytest.raises(CaseDamaged):
        open_for_work(tmp_path / "sessions", many_bytes, asks=CaseProcess())
    assert not list((tmp_path / "sessions").iterdir())


@pytest.mark.bounded
@pytest.mark.parametrize("is_interrupted", [False, True])
def test_a_large_case_is_open_before_its_copy_is_whole(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_interrupted: bool
) -> None:
    monkeypatch.setattr(opened_copy, "SOON_COPIED_BYTES", 0)
    with pytest.raises(DiskFull):
        open_for_work(tmp_path / "sessions", case, asks=CaseProcess(), fs=FullDisk())
    assert not list((tmp_path / "sessions").iterdir())
    process = CaseProcess()
    work = open_for_work(tmp_path / "sessions", case, asks=process).work
    if is_interrupted:
        process.interrupt()
    assert work.base is not None
    assert work.base.read_bytes() == case.read_bytes()
    assert not (work.folder / PART).exists()
    assert pictures(work) == {"chip": PICTURE}
    work.close()
    work = open_for_work(tmp_path / "sessions", case, asks=CaseProcess()).work
    work.close()
    assert not list((tmp_path / "sessions").iterdir()), "it ends with the copy under way"
