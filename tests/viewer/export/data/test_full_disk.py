"""A disk that is full in the middle of an export: the old file stands, no half one does, and a sentence says why."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.errors import DiskFull
from layers.pool.pool import ReaderPool
from layers.product.page_formats import DATA_ENDINGS
from layers.project.storage.fsops import FileSystem
from tests.viewer.export.data.conftest import png_of
from viewer.export.data.data_files import write_data
from viewer.export.data.exported import data_export


def _full(*_: object) -> int:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("suffix", DATA_ENDINGS)
@pytest.mark.parametrize("call", ["write", "fsync_file", "replace"])
def test_the_old_file_stands_where_the_disk_is_full(
    case: Document, pool: ReaderPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, call: str
) -> None:
    path = tmp_path / f"x{suffix}"
    path.write_bytes(b"old")
    told = data_export(case, suffix, lambda uuids: {"chip": png_of()})
    if suffix == ".gpkg" and call == "write":
        monkeypatch.setattr(FileSystem, "free_bytes", lambda *_: 1000)
    else:
        monkeypatch.setattr(FileSystem, call, _full)
    with pytest.raises(DiskFull):
        write_data(told, path, pool)
    assert path.read_bytes() == b"old"
    assert not [one for one in tmp_path.iterdir() if one.suffix == suffix and one != path]
