"""The ops of a process that only tries what it is told to, as a reader of cases is started."""

from __future__ import annotations

import os
from typing import Any

from layers.readers.environment import Profile


def load(profile: Profile) -> Any:
    from layers.readers.door.ops import refusal  # after the environment is set

    def run(op: str, params: dict[str, Any]) -> Any:
        if op == "say":
            os.write(1, b"said on stdout")
            os.write(2, b"said on stderr")
        if op == "sort":
            return {"rows": _sorted(params["path"]), "scratch": os.environ["TMPDIR"]}, ()
        return {"refused": [refusal(*attempt) for attempt in params.get("attempts", [])]}, ()

    return run


def _sorted(path: str) -> int:
    """Rows of a database that is sorted in temporary files, as SQLite does where its cache is full."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA temp_store = FILE")
        database.execute("PRAGMA cache_size = 10")
        database.execute(
            "CREATE TABLE a AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000)"
            " SELECT hex(randomblob(40)) AS t FROM n"
        )
        database.execute("CREATE INDEX b ON a(t)")
        return len(database.execute("SELECT t FROM a ORDER BY t DESC").fetchall())
