"""Tells by name and first bytes the kind of a file that is to be kept as a copy of a source. Nothing else is read."""

from __future__ import annotations

import re

from layers.errors import UnsupportedFormat

HEAD_BYTES = 4096
"""First bytes of a file that are looked at."""
CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".mhtml": "multipart/related",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".warc": "application/warc",
    ".warc.gz": "application/warc+gzip",
    ".wacz": "application/wacz",
}
"""Content types of the files that can become sources, by their ending."""
PROOF_ENDINGS = (".ots", ".tsr")
"""Endings of proofs of time: of OpenTimestamps, and of RFC 3161."""
_HEADS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/bmp": (b"BM",),
    "image/tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "application/warc": (b"WARC/",),
    "application/warc+gzip": (b"\x1f\x8b",),
    "application/wacz": (b"PK\x03\x04",),
}
_PROOF_HEADS = {".ots": b"\0OpenTimestamps\0\0Proof\0", ".tsr": b"\x30"}
_ENDING = re.compile(r"(\.warc)?\.\w+$")


def ending_of(name: str) -> str:
    """The ending of a name that says what a file is: .warc.gz is one."""
    match = _ENDING.search(name.lower())
    ending = match[0] if match is not None else ""
    return ending if ending in CONTENT_TYPES else "." + ending.rpartition(".")[2] if ending else ""


def is_proof(name: str) -> bool:
    """True for the name of a proof of time."""
    return ending_of(name) in PROOF_ENDINGS


def content_type_of(name: str, head: bytes) -> str:
    """The content type of a file.

    name: its name
    head: its first bytes, at most HEAD_BYTES of them

    Raises UnsupportedFormat for other kinds, and for a file that is not what its ending says.
    """
    ending = ending_of(name)
    content_type = CONTENT_TYPES.get(ending)
    if content_type is None:
        raise UnsupportedFormat(
            "{name} is not kept: a kept copy is a PDF, an HTML file, a picture, a WARC or a WACZ.", name=name
        )
    heads = _HEADS.get(content_type)
    fits = head.startswith(heads) if heads is not None else bool(head.strip()) and not _is_binary(head)
    if content_type == "application/pdf":
        fits = b"%PDF-" in head[:1024]  # some begin with a line of their own
    if not fits:
        raise UnsupportedFormat(
            "{name} is not kept: its first bytes are not those of a {ending} file. Look where it is from.",
            name=name,
            ending=ending.removeprefix("."),
        )
    return content_type


def check_proof(name: str, data: bytes) -> None:
    """Raise UnsupportedFormat for a file that cannot be a proof of time. Whether it proves anything is not checked."""
    if not data.startswith(_PROOF_HEADS[ending_of(name)]):
        raise UnsupportedFormat("{name} is no proof of time: its first bytes are not those of one.", name=name)


def _is_binary(head: bytes) -> bool:
    """True for bytes that are no text in UTF-8 or UTF-16, or in one of the older encodings."""
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
