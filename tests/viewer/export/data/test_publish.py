"""A published product holds no name, path, draft, internal source, case id or deleted text, whatever its format."""

from __future__ import annotations

import io
import os
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QImage

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.pool.pool import ReaderPool
from layers.product.page_formats import DATA_ENDINGS
from layers.project.opening.case_process import CaseInline
from layers.project.saving import case_copy
from layers.project.saving.blobs import SessionBlobs, read_blobs
from layers.project.saving.publish import publish, write_case
from layers.project.storage.fsops import DISK
from tests.support.cases.rich import read_case
from tests.viewer.export.data.conftest import CASE_ID, DELETED, INTERNAL, PLANTED, USER, png_of, with_pictures
from tests.viewer.export.data.hidden_words import pieces, words_in
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import WITH_PICTURES, DataExport, data_export

MARKING = "UNCLASSIFIED // TLP:GREEN"


@pytest.fixture
def saved(case: Document, tmp_path: Path) -> Path:
    """The case in a file with a history, in which a name was deleted, and chips whose metadata name somebody."""
    path = tmp_path / USER / "case.gpkg"
    path.parent.mkdir()
    blobs = {("chips", "chip"): png_of(f"{USER} {INTERNAL}"), ("chips", "secret"): png_of(INTERNAL)}
    write_case(case, path, project_uuid=CASE_ID, blobs=blobs)
    intake, work, _home = case_copy.open_for_work(tmp_path / "sessions", path, asks=CaseInline())
    with closing(work):
        port = intake.document.sites["port"]
        named = replace(port, label=f"Port of {DELETED}", rev=port.rev + 1)
        work.append(Edit("Rename", (Change("sites", port, named),)), USER)
        work.append(Edit("Rename", (Change("sites", named, replace(port, rev=named.rev + 1)),)), USER)
        publish(work, path)
    return path


def exported(path: Path, suffix: str, publish: bool) -> DataExport:
    document = read_case(path).document
    nothing = SessionBlobs(path.parent / "none", DISK)
    told = data_export(
        document,
        suffix,
        lambda uuids: read_blobs(nothing, path, "chips", uuids),
        publish=publish,
        marking=MARKING if publish else "",
    )
    return with_pictures(told) if suffix in WITH_PICTURES else told


def test_the_words_are_found_where_they_are(saved: Path) -> None:
    """The search itself finds each of them in the case, those inside of packed and deleted things among them."""
    assert words_in(saved.read_bytes(), PLANTED) == set(PLANTED)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", png_of(USER * 50))
    assert words_in(out.getvalue(), PLANTED) == {USER}


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(3)
@pytest.mark.parametrize("suffix", DATA_ENDINGS)
def test_no_byte_of_a_published_one_tells_what_is_internal(
    saved: Path, tmp_path: Path, pool: ReaderPool, suffix: str
) -> None:
    path = tmp_path / f"out{suffix}"
    write_data(exported(saved, suffix, publish=True), path, pool)
    data = path.read_bytes()
    assert words_in(data, PLANTED) == set()
    assert words_in(data, [str(tmp_path), os.fspath(saved)]) == set()
    told = (
        "nobody says who shipped them",
        "port is used",
        "Two officials",
        "武汉公司",
        "TLP:GREEN",
        "It is not so",
        "On ports",
        "planned",
    )
    assert words_in(data, told) == {*told}
    if suffix in (".kmz", ".gpkg", ".html"):
        sizes = [(shown.width(), shown.height()) for piece in pieces(data) if (shown := QImage.fromData(piece)).width()]
        assert (8, 6) in sizes, "the chip itself is there"


@pytest.mark.bounded_after(1)
@pytest.mark.sampled(2)
@pytest.mark.parametrize("suffix", DATA_ENDINGS)
def test_one_for_the_desk_tells_all_but_the_history(saved: Path, tmp_path: Path, pool: ReaderPool, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    write_data(exported(saved, suffix, publish=False), path, pool)
    found = words_in(path.read_bytes(), PLANTED)
    assert INTERNAL in found
    assert not found & {CASE_ID, DELETED}, "neither is of this file"


def test_a_judgement_that_nobody_reviewed_and_a_mark_that_is_a_draft_stay_behind(saved: Path, tmp_path: Path) -> None:
    told = exported(saved, ".gpkg", publish=True)
    assert {site.uuid for site in told.content.sites} == {"firm", "port", "pad", "line", "note"}
    assert {claim.uuid for claim in told.content.claims} == {"judged", "accuses", "nowhere"}
    assert {source.uuid for source in told.content.sources} == {"s1"}
    assert list(told.chips) == ["chip"]
