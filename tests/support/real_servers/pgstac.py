"""An archive of scenes on loopback: stac-fastapi over pgSTAC in a PostgreSQL of its own, none of them as root."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.qgis.peers import clean, need
from tests.support.real_servers.environments import PeerEnvironment
from tests.support.real_servers.processes import as_nobody, free_port, running

ENVIRONMENT = PeerEnvironment(
    "pgstac",
    (
        "stac-fastapi-pgstac==7.2.0",
        "stac-fastapi-api==7.0.0",
        "stac-fastapi-extensions==7.0.0",
        "stac-fastapi-types==7.0.0",
        "stac-pydantic==3.7.1",
        "pypgstac[psycopg]==0.10.0",
        "fastapi==0.165.0",
        "starlette==1.10.0",
        "pydantic==2.14.4",
        "uvicorn==0.54.0",
    ),
)
_LIBRARIES, _SHARED = Path("/usr/lib/postgresql"), Path("/usr/share/postgresql")
USER, DATABASE = "loupe", "postgres"
_FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""Settings for a database that nobody will miss."""
COMMAND_S = 120


def postgresql() -> Path:
    """Folder of the programs of the newest PostgreSQL that has PostGIS."""
    folders = [
        folder / "bin"
        for folder in _LIBRARIES.glob("*")
        if (_SHARED / folder.name / "extension" / "postgis.control").exists() and (folder / "bin" / "initdb").exists()
    ]
    need(bool(folders), "PostgreSQL with PostGIS (.ci/packages lists it)")
    return max(folders, key=lambda folder: float(folder.parent.name))


@contextmanager
def database(folder: Path) -> Iterator[dict[str, str]]:
    """A PostgreSQL with an empty database in a folder; yields the environment by which it is reached."""
    programs, port, data = postgresql(), str(free_port()), folder / "data"
    environment = clean(LC_ALL="C", HOME=str(folder))
    _run([programs / "initdb", "-D", data, "-A", "trust", "-U", USER, "-E", "UTF8", "--no-sync"], folder, environment)
    settings = (*_FAST, "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", f"port={port}")
    words = [word for setting in settings for word in ("-c", setting)]
    control = [programs / "pg_ctl", "-D", data, "-w", "-t", str(COMMAND_S)]
    _run([*control, "-l", folder / "postgresql.log", "-o", " ".join(words), "start"], folder, environment)
    try:
        where = {"PGHOST": "127.0.0.1", "PGPORT": port, "PGUSER": USER, "PGPASSWORD": "none", "PGDATABASE": DATABASE}
        yield environment | where
    finally:
        _run([*control, "-m", "fast", "stop"], folder, environment)


@contextmanager
def archive(collections: Sequence[dict[str, Any]], items: Sequence[dict[str, Any]], folder: Path) -> Iterator[str]:
    """An archive of these collections and items (JSON of STAC); yields the address of its landing page.

    `folder` is one that a server without the rights of its user may write.
    """
    python = ENVIRONMENT.python()
    with database(folder) as environment:
        load = [python.parent / "pypgstac"]
        _run([*load, "migrate"], folder, environment)
        for table, rows in (("collections", collections), ("items", items)):
            file = folder / f"{table}.ndjson"
            file.write_text("\n".join(map(json.dumps, rows)))
            file.chmod(0o644)
            _run([*load, "load", table, file, "--method", "insert"], folder, environment)
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        words = [
            python,
            "-m",
            "uvicorn",
            "--factory",
            "stac_fastapi.pgstac.app:create_app",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        with running(words, f"{address}/", folder, environment):
            yield address


def _run(words: Sequence[str | Path], folder: Path, environment: dict[str, str]) -> None:
    """Run a program to its end. What a server that it starts says goes to a file: a pipe would never end."""
    said = folder / f"{Path(words[0]).name}.out"
    with said.open("wb") as log:
        done = subprocess.run(
            [*as_nobody(), *words],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
            timeout=COMMAND_S,
        )
    assert done.returncode == 0, said.read_text(errors="replace")[-2000:]
