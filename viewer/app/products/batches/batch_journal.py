"""The journal of a batch, a small file beside its products: after a crash, complete products are not made again."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

from layers.errors import ExportFailed
from layers.project.storage.save_errors import save_error

NAME = ".geoloupe-batch.jsonl"
_MOST_BYTES = 64_000_000


class BatchJournal:
    """Journal of one batch: a first line with its digest, then a line for each product whose file is complete.

    Further lines hold the digest after each product kept in the case, and the uuids of the products.
    """

    def __init__(self, folder: Path, digest: str) -> None:
        """Raises ExportFailed where the folder cannot be written to."""
        self._path = folder / NAME
        self.products: dict[str, str] = {}
        """Uuids of the issued products in the case, by the stems of their files."""
        self.done: dict[str, str] = {}
        """SHA-256 hashes of the complete files, by name."""
        self._read(digest)
        if not self.done and not self.products:
            self._write(json.dumps({"batch": digest}) + "\n", "w")

    def note(self, name: str, sha256: str) -> None:
        """Record that a product is written. Raises ExportFailed."""
        self.done[name] = sha256
        self._write(json.dumps({"file": name, "sha256": sha256}) + "\n", "a")

    def note_products(self, uuids: Mapping[str, str]) -> None:
        """Record the uuids of products, before the case holds them. Raises ExportFailed."""
        if uuids != self.products:
            self.products = dict(uuids)
            self._write(json.dumps({"products": self.products}) + "\n", "a")

    def note_case(self, digest: str) -> None:
        """Record the digest of the batch after a product was kept in the case. Raises ExportFailed."""
        self._write(json.dumps({"batch": digest}) + "\n", "a")

    def end(self) -> None:
        """Delete the journal once all products are written: the next batch makes them anew."""
        with contextlib.suppress(OSError):
            self._path.unlink()

    def _read(self, digest: str) -> None:
        """Read the products of the same batch whose files still exist, ignoring a line cut by a crash."""
        try:
            text = self._path.read_bytes()[:_MOST_BYTES].decode("utf-8", "replace")
        except OSError:
            return
        rows = [row for line in text.splitlines() if isinstance(row := _row(line), dict)]
        if digest not in [row.get("batch") for row in rows]:
            return
        for row in rows:
            if isinstance(uuids := row.get("products"), dict):
                self.products = {stem: uuid for stem, uuid in uuids.items() if isinstance(uuid, str)}
        entries = ((row.get("file"), row.get("sha256")) for row in rows)
        named = {name: sha for name, sha in entries if isinstance(name, str) and isinstance(sha, str)}
        folder = self._path.parent
        self.done = {name: sha for name, sha in named.items() if Path(name).name == name and (folder / name).is_file()}

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
