"""Machine work on a source or a chip: translated, described, detected or transcribed by a tool, and checked by whom."""

from __future__ import annotations

import json

from layers.document.json_fields import json_object
from layers.errors import InvalidValue
from layers.quick_dataclass import dataclass

LONGEST = 400
_WHAT = "The machine work"


@dataclass(frozen=True, slots=True)
class MachineWork:
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
        tool = " ".join(filter(None, (self.tool.strip(), self.version.strip()))) or "a tool that is not named"
        checked = f"checked by {self.checked_by.strip()}" if self.is_checked else "not checked by a person"
        return f"{self.task.strip() or 'worked on'} by machine ({tool}), {checked}"

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
    """The machine work that `machine_json` tells of; None where it is empty. What is odd in it counts as not stated."""
    if not text.strip():
        return None
    try:
        data = json_object(text, _WHAT)
    except InvalidValue:
        return MachineWork()
    words = [data.get(name) for name in ("tool", "version", "task", "checked_by")]
    return MachineWork(*(one[:LONGEST] if isinstance(one, str) else "" for one in words))
