"""An odd but honest file: how it is made, and what is written out where its peer does not know better."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct, field

SEED = 20_261_127


class Odd(Struct, frozen=True):
    """One file of the corpus."""

    name: str
    make: Callable[[Path, np.random.Generator], Path]
    """Writes it into an empty folder of its own; the path is what is opened."""
    refused: str = ""
    """A part of the sentence with which it is rightly refused."""
    not_drawn: str = ""
    """The same where it can be told of, but not drawn."""
    says: str = ""
    """A part of the sentence that has to be said of it when it is drawn."""
    part: str = ""
    """Its picture, of several."""
    peer: dict[str, Any] = field(default_factory=dict)
    """What the peer is told besides the path: see `gdal_word`."""
    written: dict[str, Any] = field(default_factory=dict)
    """What is expected in place of what the peer says, by the name in its answer."""
    why: str = ""
    """The reason why the peer is told more, or is not believed."""

    def rng(self) -> np.random.Generator:
        """The same for each run, another for each file."""
        return np.random.default_rng([SEED, zlib.crc32(self.name.encode())])

    def write(self, folder: Path) -> Path:
        """The file, in a folder of its own below this one."""
        own = folder / f"{zlib.crc32(self.name.encode()):08x}"
        own.mkdir()
        return self.make(own, self.rng())

    def job(self, path: Path) -> dict[str, Any]:
        """What the peer is asked; paths in `peer` are relative to the file's folder."""
        beside = {key: str(path.parent / value) for key, value in self.peer.items() if key == "beside"}
        besides = {
            key: [str(path.parent / one) for one in value] for key, value in self.peer.items() if key == "besides"
        }
        return {"path": str(path), **self.peer, **beside, **besides}
