"""A source: where a claim is from, and kept copies of it."""

from __future__ import annotations

from layers.document.rows import Row
from layers.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Row):
    """ICS 206-01's citation fields and ICD 206's descriptor. `reliability` A..F, F = cannot be judged."""

    kind: str = "other"
    title: str = ""
    publisher: str = ""
    author: str = ""
    published_at: str = ""
    accessed_at: str = ""
    url: str = ""
    archive_url: str = ""
    sensor: str = ""
    acquired_at: str = ""
    reliability: str = ""
    descriptor: str = ""
    excerpt: str = ""
    rights: str = ""
    marking: str = ""
    origin_uuid: str = ""
    """The source that this one carries: two carriers of one report are one origin."""
    date_basis: str = ""
    context: str = ""
    """Words of the same source to the other side, verbatim."""
    evaluated: bool | None = None
    """True where somebody has judged the source; None: not stated."""
    machine_json: str = ""
    """The machine that made or worked on it: tool, version, task, and who checked it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile(Row):
    """A kept copy of a source. Its bytes are in the file only, never in memory."""

    source_uuid: str
    name: str = ""
    content_type: str = ""
    sha256: str = ""
    phash: str = ""
    copy_kind: str = ""
    """Evidentiary, which stays as it was taken, or a working copy."""
    collected_at: str = ""
    collected_by: str = ""
    method: str = ""
    tool: str = ""
    proof_json: str = ""
    """Time stamps that are kept beside it."""

    @property
    def what(self) -> str:
        """The file in a few words, for the list of what was deleted."""
        return "kept file: " + ", ".join(part for part in (self.name, self.content_type) if part)
