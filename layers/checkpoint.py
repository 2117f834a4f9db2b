"""Checkpoints of long work: calls between its parts, which may end it."""

from __future__ import annotations

from collections.abc import Callable

type Checkpoint = Callable[[], None]
"""Called by long work each few milliseconds; it raises where the work was cancelled."""


def unchecked() -> None:
    """Let work go on: the checkpoint of work that nobody can cancel."""
