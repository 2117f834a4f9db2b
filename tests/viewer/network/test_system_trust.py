"""The authorities that are trusted are those of this computer's own store, and no others.

A process with a file system of its own sees another store in the place where Qt looks for that of the system.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QSslSocket

from tests.support import certificates
from tests.support.tile_server import serving

STORE = Path("/etc/ssl/certs")
"""The place of the store on most Linux systems; elsewhere Qt asks the system itself."""
_IN_PLACE = 'mount --bind "$0" "$1" && shift && exec "$@"'


def command_with_store(folder: Path, *command: str) -> list[str]:
    """A command that is run where the certificates in a folder are the system's store."""
    own = ["unshare", "--user", "--map-root-user", "--mount", "--", "sh", "-c", _IN_PLACE, str(folder), str(STORE)]
    return [*own, *command]


def lacks() -> str:
    """The reason why there cannot be another store here; empty where there can."""
    if not STORE.is_dir() or not shutil.which("unshare") or not shutil.which("openssl"):
        return "no store of files, or no unshare and openssl to make another"
    if not QSslSocket.supportsSsl():
        return "a Qt without TLS"
    alone = subprocess.run(command_with_store(STORE, "true"), capture_output=True, check=False)
    return "" if alone.returncode == 0 else "no file system of its own is given to a process here"


@pytest.mark.bounded
def test_an_authority_in_the_systems_store_is_believed_and_one_that_is_not_is_refused_in_words(
    qapp: object, tmp_path: Path
) -> None:
    if why := lacks():
        pytest.skip(why)
    for name in ("made", "with_ours", "without"):
        (tmp_path / name).mkdir()
    made = certificates.made(tmp_path / "made")
    shutil.copy(made.authority, tmp_path / "with_ours" / "authority.pem")
    told, asked = {}, {}
    for store in ("with_ours", "without"):
        with serving(tls=made.server_side("sound")) as server:
            address = f"{server.url}/plain/0/0/0.json"
            program = (sys.executable, "-m", "tests.support.trusting_fetch", address)
            command = command_with_store(tmp_path / store, *program)
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
            told[store], asked[store] = done.stdout.strip(), len(server.log)
            host = server.host
    assert told["with_ours"] == f"came {len(server.document)}"
    assert host in told["without"]
    assert "authority that is not known" in told["without"]
    assert asked == {"with_ours": 1, "without": 0}
