"""The analyst's own list of imagery, and what was added lately: small files in the form of the catalogue."""

from __future__ import annotations

from pathlib import Path

from layers.errors import GeoloupeError, NotAllowed, NotReadable
from layers.services.entry_text import MOST_BYTES, EntriesRead, entry_text, read_entries
from layers.services.imagery_entry import ImageryEntry
from viewer.support.kept_files import replace_text
from viewer.support.settings import config_folder

MOST_RECENT = 5


class EntryList:
    """A list in a file. `path` None keeps it in memory: for tests and pictures."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._text = ""

    def read(self) -> EntriesRead:
        """The entries; a file that is none of ours costs a problem and stays as it is. In any thread."""
        try:
            return read_entries(self._kept())
        except GeoloupeError as error:
            return EntriesRead((), (error.sentence,))

    def append(self, entries: list[ImageryEntry]) -> None:
        """Add entries at the end; the rest of the file, comments as well, stays. Raises NotReadable and NotAllowed."""
        text = self._kept()
        read_entries(text)  # what cannot be read is not written to: the analyst would look in vain for what is new
        parts = [text.rstrip() + "\n"] if text.strip() else []
        self._write("\n".join([*parts, *map(entry_text, entries)]))

    def put_first(self, entry: ImageryEntry) -> None:
        """Move an entry to the front of a list of the last few. Raises NotAllowed."""
        others = [other for other in self.read().entries if _meaning(other) != _meaning(entry)]
        self._write("\n".join(map(entry_text, [entry, *others][:MOST_RECENT])))

    def _kept(self) -> str:
        if self.path is None:
            return self._text
        try:
            with self.path.open("rb") as file:
                return file.read(MOST_BYTES + 1).decode("utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            raise NotReadable("{path} cannot be read ({error}).", path=self.path, error=error) from error

    def _write(self, text: str) -> None:
        if self.path is None:
            self._text = text
            return
        try:
            replace_text(self.path, text)
        except OSError as error:
            raise NotAllowed(
                "{path} cannot be written ({error}): make room there.", path=self.path, error=error.strerror
            ) from error


def _meaning(entry: ImageryEntry) -> str:
    """The address by which entries are told apart; of dated imagery without its time."""
    return entry.service.template if entry.service is not None else entry.address


class KeptImagery:
    """The two lists of a user."""

    def __init__(self, own: EntryList, recent: EntryList) -> None:
        self.own, self.recent = own, recent

    @classmethod
    def of_user(cls) -> KeptImagery:
        folder = config_folder()
        return cls(EntryList(folder / "imagery.toml"), EntryList(folder / "recent_imagery.toml"))

    @classmethod
    def in_memory(cls) -> KeptImagery:
        return cls(EntryList(None), EntryList(None))
