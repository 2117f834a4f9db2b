"""The error of a map that is not complete in time."""

from __future__ import annotations

from collections.abc import Sequence

from layers.errors import ExportFailed
from layers.phrase import Phrase

_MOST_NAMED = 5


def not_complete(late: Sequence[str]) -> ExportFailed:
    """The error, with the names of the first of the `late` layers, of which none may be known."""
    names = ", ".join(f"“{name}”" for name in late[:_MOST_NAMED]) + (", …" if len(late) > _MOST_NAMED else "")
    return ExportFailed(
        "The map did not get complete within two minutes: {some} did not answer.",
        some=names or Phrase("a file or a server"),
    )
