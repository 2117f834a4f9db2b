"""The journal of a batch, a small file beside its products: after a crash, what is written is not made again."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from layers.errors import ExportFailed
from layers.project.storage.save_errors import save_error

NAME = ".geoloupe-batch.jsonl"
_MOST_BYTES = 64_000_000


class BatchJournal:
    """One line a product, written as soon as that is under its name. The first line says of which batch it is."""

    def __init__(self, folder: Path, digest: str) -> None:
        """Raises ExportFailed where the folder cannot be written to."""
        self._path = folder / NAME
        self.done = self._read(digest)
        """The names of files that are there, whole, with their hashes."""
        if not self.done:
            self._write(json.dumps({"batch": digest}) + "\n", "w")

    def note(self, name: str, sha256: str) -> None:
        """A product is written. Raises ExportFailed."""
        self.done[name] = sha256
        self._write(json.dumps({"file": name, "sha256": sha256}) + "\n", "a")

    def end(self) -> None:
        """All are written: the next batch makes them anew."""
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _read(self, digest: str) -> dict[str, str]:
        """Products of the same batch whose files are still there; a line that a crash has cut is none."""
        try:
            text = self._path.read_bytes()[:_MOST_BYTES].decode("utf-8", "replace")
        except OSError:
            return {}
        rows = [row for line in text.splitlines() if isinstance(row := _row(line), dict)]
        if not rows or rows[0].get("batch") != digest:
            return {}
        found = ((row.get("file"), row.get("sha256")) for row in rows[1:])
        named = {name: sha for name, sha in found if isinstance(name, str) and isinstance(sha, str)}
        folder = self._path.parent
        return {name: sha for name, sha in named.items() if Path(name).name == name and (folder / name).is_file()}

    def _write(self, text: str, mode: str) -> None:
        try:
            with self._path.open(mode, encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise ExportFailed(save_error(error, self._path).sentence) from error


def _row(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
