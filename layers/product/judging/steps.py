"""The steps by which a claim is known, as its row has them: read from any JSON, printed in order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from layers.document.source import MachineWork, read_machine

MOST_STEPS, LONGEST = 50, 1000
_PARTS = ("what", "how", "on", "result")


class Step(Struct, frozen=True):
    """One step: what was checked, how, on what, and the result."""

    what: str = ""
    how: str = ""
    on: str = ""
    result: str = ""
    machine: MachineWork | None = None
    """The machine that did a part of it; None: none is stated."""

    @property
    def words(self) -> str:
        """The step in one line; empty for one that says nothing."""
        return self.words_for(is_published=False)

    def words_for(self, *, is_published: bool) -> str:
        """The step in one line; a published one does not name the person who checked a machine."""
        machine = self.machine.words_for(is_published=is_published) if self.machine is not None else ""
        return "; ".join(part for part in (self.what, self.how, self.on, self.result, machine) if part)


def step_words(text: str, is_published: bool = False) -> tuple[str, ...]:
    """Word the steps, one line each; those that cannot be understood are left out."""
    return tuple(words for step in read_steps(text) if (words := step.words_for(is_published=is_published)))


def has_unchecked_step(text: str) -> bool:
    """True where a machine did a part of a step in `steps_json`, and no person is named who checked it."""
    return any(step.machine is not None and not step.machine.is_checked for step in read_steps(text))


def read_steps(text: str) -> tuple[Step, ...]:
    """The steps in `steps_json`; those that cannot be understood are left out."""
    if not text.strip() or len(text) > LONGEST * MOST_STEPS:
        return ()
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    rows = data.get("steps") if isinstance(data, dict) else data
    steps = [_step(row) for row in rows[:MOST_STEPS]] if isinstance(rows, list) else []
    return tuple(step for step in steps if step is not None)


def steps_json(steps: Sequence[Step]) -> str:
    """Text for `steps_json`; empty without steps. `read_steps` gives back equal steps."""
    rows = [
        {part: text for part in _PARTS if (text := getattr(step, part))}
        | ({"machine": json.loads(step.machine.to_json())} if step.machine is not None else {})
        for step in steps
    ]
    return json.dumps({"steps": rows}, ensure_ascii=False) if rows else ""


def _step(row: Any) -> Step | None:
    if isinstance(row, str):
        return Step(row[:LONGEST])
    if not isinstance(row, dict):
        return None
    parts = {part: row[part][:LONGEST] for part in _PARTS if isinstance(row.get(part), str)}
    machine = read_machine(json.dumps(row["machine"])) if isinstance(row.get("machine"), dict) else None
    return Step(**parts, machine=machine) if any(parts.values()) or machine is not None else None
