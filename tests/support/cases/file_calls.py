"""Names of the calls to the file system by which a case is written, for tests that let one of them fail."""

from __future__ import annotations

CHANGES = (
    *("create", "open", "write", "fsync_file", "fsync_folder", "replace", "link", "copy"),
    *("unlink", "mkdir"),
)
"""Methods of `FileSystem` that change something on the disk, or open what is changed."""
CALLS = (*CHANGES, "listdir", "stat")
"""Those, and the ones that only look."""
