"""session.json: whose working copy this is, of which file, and how much of it that file holds."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from layers.errors import CaseDamaged
from layers.project.storage.fingerprint import Fingerprint
from layers.project.storage.fsops import FileSystem
from layers.project.storage.processes import Owner

NAME = "session.json"


class Session(Struct, frozen=True):
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
    """True where the target holds what no save of ours holds: a backup of it is kept, whatever its age."""
    placing: Fingerprint | None = None
    """Of the file that a save is about to put in the target's place: after a crash either may stand there."""
    last_change: str = ""
    """The change_uuid of history row `saved_seq`: a file that has it holds all that was saved."""

    def with_saved(self, target: Path | None, fingerprint: Fingerprint | None, seq: int, last_change: str) -> Session:
        return replace(
            self,
            target=target,
            fingerprint=fingerprint,
            placing=None,
            saved_seq=seq,
            last_change=last_change,
            was_edited=False,
        )

    def recovered_here(self) -> Session:
        return replace(self, owner=Owner.of_this_process(), is_recovered=True, is_closed=False)

    def closed(self) -> Session:
        return replace(self, is_closed=True)


def write_session(folder: Path, session: Session, fs: FileSystem) -> None:
    """Write it as a whole or not at all, durably, with what tells this computer from others. Raises OSError."""
    data = {
        "target": None if session.target is None else str(session.target),
        "fingerprint": None if session.fingerprint is None else session.fingerprint.to_json(),
        "project_uuid": session.project_uuid,
        "saved_seq": session.saved_seq,
        "owner": session.owner.known_in(folder.parent).to_json(),
        "is_recovered": session.is_recovered,
        "is_closed": session.is_closed,
        "is_made": session.is_made,
        "carries": session.carries,
        "was_edited": session.was_edited,
        "placing": None if session.placing is None else session.placing.to_json(),
        "last_change": session.last_change,
    }
    new = folder / f"{NAME}.new"
    with fs.open(new, "wb") as file:
        fs.write_all(file, json.dumps(data, indent=1).encode("utf-8"))
    fs.fsync_file(new)
    fs.replace(new, folder / NAME)
    fs.fsync_folder(folder)


def read_session(folder: Path) -> Session:
    """Raises CaseDamaged where there is no readable session.json."""
    damaged = CaseDamaged(
        "The session in “{name}” cannot be read: its session.json is missing or damaged.", name=folder.name
    )
    try:
        data = json.loads((folder / NAME).read_text(encoding="utf-8"))
        owner = Owner.from_json(data["owner"])
        target = None if data["target"] is None else Path(str(data["target"]))
        session = Session(
            target,
            Fingerprint.from_json(data["fingerprint"]),
            str(data["project_uuid"]),
            int(data["saved_seq"]),
            owner or Owner(0, "", ""),
            bool(data["is_recovered"]),
            bool(data["is_closed"]),
            bool(data.get("is_made", True)),
            bool(data.get("carries", False)),
            bool(data.get("was_edited", False)),
            Fingerprint.from_json(data.get("placing")),
            str(data.get("last_change", "")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged from error
    return session
