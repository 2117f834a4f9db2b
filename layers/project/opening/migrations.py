"""Forward migrations: a case of an older schema becomes one of this, on the way in; its file stays as it is.

A step works on the document, by an edit, so that it is told in the history like any other change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from layers.document.document import Document
from layers.document.edit import Edit
from layers.errors import CaseDamaged
from layers.project.storage.schema import SCHEMA_VERSION

type Step = Callable[[Document], Edit]
"""What has to change so that a document of one version is one of the next."""

STEPS: Mapping[int, Step] = {}
"""By the version that a step begins with. Columns and tables that are new are empty without any step."""


def migrate(document: Document, version: int, name: str) -> tuple[Edit, ...]:
    """Bring a document of `version` to ours; the edits that were applied, in their order.

    Raises CaseDamaged where a step fails; nothing but the document in memory was touched then.
    """
    done = []
    for number in range(version, SCHEMA_VERSION):
        step = STEPS.get(number)
        if step is None:
            continue
        try:
            edit = step(document)
            document.apply(edit)
        except Exception as error:  # whatever an old case holds: it is not opened half
            raise CaseDamaged(
                f"“{name}” is of an older version and could not be brought to this one ({error}). The file is as it "
                "was: open it with the version that wrote it."
            ) from error
        done.append(edit)
    return tuple(done)
