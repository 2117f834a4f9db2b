"""Names folders for temporary files so that those left behind by killed runs are recognised."""

from __future__ import annotations

import os
import socket
import zlib


def scratch_prefix() -> str:
    """Prefix of the name of this process's folder in the system's temporary folder; eight random letters follow."""
    return f"geoloupe-{os.getpid()}-{this_host()}"


def this_host() -> str:
    """Eight letters for this computer's name."""
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"
