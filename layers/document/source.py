"""A source: where a claim is from, what its citation needs, kept copies of it, and the machine work on it."""

from __future__ import annotations

import json
import re

from msgspec import Struct

from layers.document.json_fields import json_object
from layers.document.rows import Row
from layers.errors import InvalidValue
from layers.phrase import Phrase

IMAGERY = "imagery"
"""Kind of a source that is an image: it is cited by sensor, product, date and credit."""
_OF_IMAGERY = ("sensor", "title", "acquired_at", "rights")
_OF_OTHERS = ("title", "publisher", "published_at", "accessed_at")
_LETTER = re.compile(r"[^\W\d_]")
LONGEST_MACHINE = 400
_MACHINE = Phrase("The machine work")


class Source(Row, frozen=True, kw_only=True):
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
    """Words of the same source for the other side, verbatim."""
    evaluated: bool | None = None
    """True where somebody has judged the source; None: not stated."""
    machine_json: str = ""
    """The machine work on it: tool, version, task, and the person who checked it."""


class SourceFile(Row, frozen=True, kw_only=True):
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


class MachineWork(Struct, frozen=True):
    """A tool with its version, its task, and the person who checked what it made. Empty words are not stated."""

    tool: str = ""
    version: str = ""
    task: str = ""
    checked_by: str = ""

    @property
    def is_checked(self) -> bool:
        """True where a named person has checked it."""
        return bool(self.checked_by.strip())

    @property
    def words(self) -> str:
        """One line: task, tool, version, and who checked it."""
        return self.words_for(is_published=False)

    def words_for(self, *, is_published: bool) -> str:
        """One line: task, tool, version, and who checked it; for readers outside only that a person has."""
        tool = " ".join(filter(None, (self.tool.strip(), self.version.strip()))) or Phrase("a tool that is not named")
        if not self.is_checked:
            checked = Phrase("not checked by a person")
        elif is_published:
            checked = Phrase("checked by a person")
        else:
            checked = Phrase("checked by {checked_by}", checked_by=self.checked_by.strip())
        return Phrase(
            "{task} by machine ({tool}), {checked}",
            task=self.task.strip() or Phrase("worked on"),
            tool=tool,
            checked=checked,
        )

    def to_json(self) -> str:
        """Text for `machine_json`; `read_machine` gives back an equal value."""
        fields = {
            "tool": self.tool,
            "version": self.version,
            "task": self.task,
            "checked_by": self.checked_by,
        }
        return json.dumps({name: text for name, text in fields.items() if text}, ensure_ascii=False)


def read_machine(text: str) -> MachineWork | None:
    """The machine work in `machine_json`; None where it is empty. Odd members count as not stated."""
    if not text.strip():
        return None
    try:
        data = json_object(text, _MACHINE)
    except InvalidValue:
        return MachineWork()
    words = [data.get(name) for name in ("tool", "version", "task", "checked_by")]
    return MachineWork(*(word[:LONGEST_MACHINE] if isinstance(word, str) else "" for word in words))


def names_a_work(title: str) -> bool:
    """True for a title that can be looked for: a bare year, date or number such as 2020 names nothing."""
    return _LETTER.search(title) is not None


def missing_for_citation(source: Source) -> tuple[str, ...]:
    """The columns of a source that its citation still needs, the first to be stated first."""
    columns = _OF_IMAGERY if source.kind == IMAGERY else _OF_OTHERS
    return tuple(column for column in columns if not _is_stated(source, column))


def _is_stated(source: Source, column: str) -> bool:
    text = str(getattr(source, column)).strip()
    return names_a_work(text) if column == "title" and source.kind != IMAGERY else bool(text)
