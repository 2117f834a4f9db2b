"""A file is kept for what its first bytes say, and for nothing else."""

from __future__ import annotations

import pytest

from layers.disk.kept_kinds import check_proof, content_type_of, is_proof
from layers.errors import UnsupportedFormat


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("A.PDF", b"\xef\xbb\xbf%PDF-1.7", "application/pdf"),
        ("page.html", b"<!doctype html>", "text/html"),
        ("page.htm", "\ufeff<html>".encode("utf-16"), "text/html"),
        ("crawl.warc", b"WARC/1.0\r\n", "application/warc"),
        ("crawl.warc.gz", b"\x1f\x8b\x08", "application/warc+gzip"),
        ("crawl.wacz", b"PK\x03\x04", "application/wacz"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("снимок.png", b"\x89PNG\r\n\x1a\n", "image/png"),
    ],
)
def test_kinds_that_are_kept(name: str, head: bytes, kind: str) -> None:
    assert content_type_of(name, head) == kind


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("tool.exe", b"MZ"),
        ("report.pdf", b"MZ\x90\0"),
        ("report.pdf", b""),
        ("page.html", b"\x7fELF\0\0"),
        ("page.html", b"  "),
        ("picture.png", b"%PDF-1.7"),
        ("a.gz", b"\x1f\x8b\x08"),
        ("pdf", b"%PDF-1.7"),
        ("report.pdf.exe", b"%PDF-1.7"),
    ],
)
def test_what_is_no_such_file_is_refused(name: str, head: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        content_type_of(name, head)


def test_proofs_of_time_are_known_by_their_first_bytes() -> None:
    assert is_proof("report.pdf.ots")
    assert is_proof("report.TSR")
    assert not is_proof("report.pdf")
    check_proof("a.ots", b"\0OpenTimestamps\0\0Proof\0\xbf")
    with pytest.raises(UnsupportedFormat):
        check_proof("a.ots", b"not one")
