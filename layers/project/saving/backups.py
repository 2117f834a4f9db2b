"""The last three saved files, as hard links beside the case: name.gpkg.bak1 (newest) to bak3."""

from __future__ import annotations

from pathlib import Path

from layers.project.storage.fsops import FileSystem

KEPT = 3
APART_S = 600


def backup_path(target: Path, number: int) -> Path:
    return target.with_name(f"{target.name}.bak{number}")


def keep_backup(target: Path, fs: FileSystem, *, always: bool = False) -> bool:
    """Keep the file that is about to be replaced, unless bak1 was saved less than ten minutes before it.

    `always`: keep it anyway, as it holds content that no save of ours has. Wherever this is interrupted, at least one
    good generation remains. Raises OSError.
    """
    newest = backup_path(target, 1)
    if newest.exists():
        apart_s = fs.stat(target).st_mtime - fs.stat(newest).st_mtime
        if 0 <= apart_s < APART_S and not always:
            return False
        for number in range(KEPT - 1, 0, -1):
            if backup_path(target, number).exists():
                fs.replace(backup_path(target, number), backup_path(target, number + 1))
    fs.link(target, newest)
    return True
