"""Kept copies are read by one confined process, once: what was read is known by its hash from then on."""

from __future__ import annotations

import hashlib
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from layers.document.source import SourceFile
from layers.errors import GeoloupeError
from layers.finding.kept_words_store import KeptWordsStore
from layers.pool.pool import ReaderPool
from layers.project.saving.blobs import SessionBlobs
from layers.project.saving.kept_bytes import KeptBytes
from layers.project.saving.kept_documents import KeptDocuments
from layers.project.storage.fsops import DISK
from layers.readers.environment import Profile
from layers.requests.kept_document import DocumentFacts
from tests.support.readers.kept_documents import PAGE, PAGE_ADDRESS, pdf_of, wacz_of, warc_of, warc_record


def kept(folder: Path, pool: ReaderPool, **files: bytes) -> tuple[KeptDocuments, list[SourceFile]]:
    blobs = SessionBlobs(folder / "blobs", DISK)
    copies = []
    for uuid, data in files.items():
        blobs.put("source_files", uuid, data)
        kind = "application/pdf" if data.startswith(b"%PDF") else "application/wacz"
        sha256 = hashlib.sha256(data).hexdigest()
        copies.append(SourceFile(uuid=uuid, source_uuid="s", name=uuid, content_type=kind, sha256=sha256))
    return KeptDocuments(KeptBytes(blobs, lambda: None), KeptWordsStore(folder / "words"), pool), copies


def test_what_was_read_is_known_by_hash_and_by_no_forged_one(tmp_path: Path) -> None:
    documents, copies = kept(tmp_path, ReaderPool(inline=True), report=pdf_of("Восточный"))
    assert documents.known(copies[0]) is None
    ((_copy, facts),) = documents.read_all(copies)
    assert isinstance(facts, DocumentFacts)
    assert documents.known(copies[0]) == facts
    forged = SourceFile(uuid="f", source_uuid="s", content_type="application/pdf", sha256="0" * 64, name="f")
    documents.kept.session.put("source_files", "f", pdf_of("forged"))
    assert [facts.text for _copy, facts in documents.read_all([forged]) if isinstance(facts, DocumentFacts)] == [
        "forged"
    ]
    assert documents.known(forged) is None, "bytes are stored under their own hash, not under a stated one"
    assert not list((tmp_path / "words").glob("*.new"))


@pytest.mark.bounded
def test_one_confined_process_reads_all_and_a_bomb_costs_only_itself(tmp_path: Path) -> None:
    page = b"BT /F 12 Tf " + b"(x) Tj " * 1_000_000 + b"ET"
    bomb = zlib.compress(page, 9)
    plain = pdf_of("x")
    body = b"<</Length %d /Filter /FlateDecode>> stream\n%s\nendstream" % (len(bomb), bomb)
    packed = plain.replace(b"8 0 obj\n", b"9 0 obj\n").replace(
        b"startxref", b"8 0 obj\n" + body + b"\nendobj\nstartxref"
    )
    with closing(ReaderPool(workers=1)) as pool:
        wacz = wacz_of(warc_of(warc_record(PAGE_ADDRESS, PAGE.encode())))
        documents, copies = kept(tmp_path, pool, first=pdf_of("三亚"), second=packed, third=wacz)
        read = {copy.uuid: facts for copy, facts in documents.read_all(copies)}
        (holds,) = pool.holds(Profile.DOCUMENTS)
        assert (holds.files and holds.network) or holds.lacks
        assert not pool.pids(Profile.LOCAL), "no GDAL is loaded for words"
    first, second, third = read["first"], read["second"], read["third"]
    assert isinstance(first, DocumentFacts)
    assert first.text == "三亚"
    assert isinstance(second, GeoloupeError) or not second.is_whole or len(second.text) <= 400_000
    assert isinstance(third, DocumentFacts)
    assert "Восточный" in third.text
