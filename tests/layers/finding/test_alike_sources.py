"""Sources that may be one are found by link, title, bytes and look, and follow the edits."""

from __future__ import annotations

from layers.document.document import Document
from layers.document.source import Source, SourceFile
from layers.finding.alike_sources import AlikeSources, Likeness

SOURCES = [
    Source(uuid="a", title="Optics were sold", url="https://www.example.org/17/"),
    Source(uuid="b", title="Another title", archive_url="http://example.org/17"),
    Source(uuid="c", title="optics  were Sold"),
    Source(uuid="d", title="2020"),
    Source(uuid="e", title="2020"),
    Source(uuid="f", title="Photo"),
]
FILES = [
    SourceFile(uuid="1", source_uuid="a", sha256="0" * 64),
    SourceFile(uuid="2", source_uuid="d", sha256="0" * 64, phash="ffff0000ffff0000"),
    SourceFile(uuid="3", source_uuid="f", sha256="1" * 64, phash="ffff0000ffff0013"),
    SourceFile(uuid="4", source_uuid="e", sha256="2" * 64, phash="no hash at all !"),
]


def test_likeness_by_link_title_bytes_and_look_and_none_by_a_bare_year() -> None:
    alike = AlikeSources(Document({"sources": SOURCES, "source_files": FILES}))
    assert alike.alike("a") == {"d": Likeness.BYTES, "b": Likeness.LINK, "c": Likeness.TITLE}
    assert alike.alike("f") == {"d": Likeness.PICTURE}
    assert alike.alike("e") == {}


def test_an_edit_makes_and_ends_likeness() -> None:
    alike = AlikeSources(Document({"sources": SOURCES[:3]}))
    changed = Document({"sources": [*SOURCES[:2], Source(uuid="c", title="Other")]})
    alike.refresh(changed, ["c"])
    assert alike.alike("a") == {"b": Likeness.LINK}
    alike.refresh(Document({"sources": SOURCES[:1]}), ["b", "c"])
    assert alike.alike("a") == {}
