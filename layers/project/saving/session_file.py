"""session.json: the owner of a working copy, the file that it is of, and how much of it that file holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from layers.decoding import decoded, decoded_or_none, encoded
from layers.errors import CaseDamaged, InvalidValue
from layers.phrase import Phrase
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.fsops import FileSystem
from layers.project.storage.processes import Owner

NAME = "session.json"


class StoredSession(Struct, frozen=True):
    """`saved_seq` is the last history row that the target holds.

    A recovered session is not deleted when it is closed, only marked so: a person may still want to look into it.
    """

    target: Path | None
    fingerprint: Fingerprint | None
    project_uuid: str
    saved_seq: int = 0
    owner: Owner = field(default_factory=Owner.of_this_process)
    is_recovered: bool = False
    is_closed: bool = False
    is_made: bool = True
    """False while the working copy is being made: nobody has edited anything yet."""
    carries: bool = False
    """True where base.gpkg holds content of other programs, for the next save to carry over."""
    was_edited: bool = False
    """True where the target holds content that no save of ours has: a backup of it is kept, whatever its age."""
    placing: Fingerprint | None = None
    """Mark of the file that a save is about to put in the target's place: after a crash either may stand there."""
    last_change: str = ""
    """The change_uuid of history row `saved_seq`: a file that has it holds all saved edits."""
    is_damaged: bool = False
    """True where bytes of pictures or kept files in the target are not those that were saved: it is not replaced."""
    later_history: int = 0
    """Number of the newest row of a history whose older rows are not all copied yet; 0 once they are."""

    def with_saved(
        self, target: Path | None, fingerprint: Fingerprint | None, seq: int, last_change: str
    ) -> StoredSession:
        return replace(
            self,
            target=target,
            fingerprint=fingerprint,
            placing=None,
            saved_seq=seq,
            last_change=last_change,
            was_edited=False,
            is_damaged=False,
        )

    def recovered_here(self) -> StoredSession:
        return replace(self, owner=Owner.of_this_process(), is_recovered=True, is_closed=False)

    def closed(self) -> StoredSession:
        return replace(self, is_closed=True)


class _Kept(Struct):
    """A session as its file has it; an owner or a fingerprint that is damaged is dropped alone, and the session is
    kept.
    """

    target: str | None
    project_uuid: str
    saved_seq: int
    owner: Any
    fingerprint: Any
    is_recovered: bool
    is_closed: bool
    is_made: bool = True
    carries: bool = False
    was_edited: bool = False
    placing: Any = None
    last_change: str = ""
    is_damaged: bool = False
    later_history: Annotated[int, Meta(ge=0)] = 0


def write_session(folder: Path, session: StoredSession, fs: FileSystem) -> None:
    """Write it as a whole or not at all, durably, with the identity of this computer. Raises OSError."""
    kept = _Kept(
        None if session.target is None else str(session.target),
        session.project_uuid,
        session.saved_seq,
        encoded(session.owner.known_in(folder.parent)),
        encoded(session.fingerprint),
        session.is_recovered,
        session.is_closed,
        session.is_made,
        session.carries,
        session.was_edited,
        encoded(session.placing),
        session.last_change,
        session.is_damaged,
        session.later_history,
    )
    new = folder / f"{NAME}.new"
    with fs.open(new, "wb") as file:
        fs.write_all(file, json.dumps(encoded(kept), indent=1).encode("utf-8"))
    fs.fsync_file(new)
    fs.replace(new, folder / NAME)
    fs.fsync_folder(folder)


def read_session(folder: Path) -> StoredSession:
    """Read the session of a folder. Raises CaseDamaged where there is no readable session.json."""
    damaged = Phrase(
        "The session in “{name}” cannot be read: its session.json is missing or damaged.", name=folder.name
    )
    try:
        kept = decoded(json.loads((folder / NAME).read_text(encoding="utf-8")), _Kept, damaged)
    except (OSError, ValueError, RecursionError, InvalidValue) as error:
        raise CaseDamaged(damaged) from error
    return StoredSession(
        None if kept.target is None else Path(kept.target),
        decoded_or_none(kept.fingerprint, Fingerprint),
        kept.project_uuid,
        kept.saved_seq,
        decoded_or_none(kept.owner, Owner) or Owner(0),
        kept.is_recovered,
        kept.is_closed,
        kept.is_made,
        kept.carries,
        kept.was_edited,
        decoded_or_none(kept.placing, Fingerprint),
        kept.last_change,
        kept.is_damaged,
        kept.later_history,
    )


def delete_session(folder: Path, fs: FileSystem) -> None:
    """Take a session's folder away. Raises OSError."""
    for path in sorted(fs.listdir(folder)):
        if path.is_dir() and not path.is_symlink():
            delete_session(path, fs)
        else:
            fs.unlink(path)
    folder.rmdir()
