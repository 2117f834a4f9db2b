"""The steps by which a claim is known, as its row has them: read from any JSON, printed in order."""

from __future__ import annotations

import json
from typing import Any

_PARTS = ("what", "how", "on", "result")
MOST_STEPS, LONGEST = 50, 1000


def step_words(text: str) -> tuple[str, ...]:
    """Word the steps, one line each; those that cannot be understood are left out."""
    if not text.strip() or len(text) > LONGEST * MOST_STEPS:
        return ()
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    rows = data.get("steps") if isinstance(data, dict) else data
    lines = [_line(row) for row in rows[:MOST_STEPS]] if isinstance(rows, list) else []
    return tuple(line for line in lines if line)


def _line(row: Any) -> str:
    if isinstance(row, str):
        return row[:LONGEST]
    if not isinstance(row, dict):
        return ""
    return "; ".join(row[part][:LONGEST] for part in _PARTS if isinstance(row.get(part), str) and row[part])
