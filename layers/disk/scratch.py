"""Folders for what is thrown away are named so that what killed runs left behind is known."""

from __future__ import annotations

import os
import socket
import zlib


def scratch_prefix() -> str:
    """Of a folder of this process in the system's temporary folder; eight letters of chance follow it."""
    return f"geoloupe-{os.getpid()}-{this_host()}"


def this_host() -> str:
    """Eight letters for this computer's name."""
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"
