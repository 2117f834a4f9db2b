"""Tells this computer from others, whatever it is called today, and one start of it from the next.

Names of computers change, and several computers may share a home. The identity is a hash of an id of ours, kept in a
folder of ours, with the system's: copies of one disk image share the system's, and nobody learns that from the hash.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import secrets
import sys
from contextlib import suppress
from pathlib import Path

_FORM = re.compile(r"[0-9a-f]{32}")
SYSTEMS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_BOOT = "/proc/sys/kernel/random/boot_id"
_PROCESSES = "/proc/self/ns/pid"


def machine_for(folder: Path) -> str:
    """The identity of this computer for files in `folder`, beside which our own id is kept.

    Empty where the system has no id of its own, or where no file can be made there.
    """
    system, ours = _system_id(), _our_id(folder.with_name(f".{folder.name}-machine"))
    return hashlib.sha256(f"{ours}\n{system}".encode()).hexdigest()[:32] if system and ours else ""


def boot_id() -> str:
    """The system's start, and the processes that are seen in it, as "start/processes"; empty where it tells none."""
    if sys.platform != "linux":
        return ""
    try:
        start = Path(_BOOT).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    seen = ""
    with suppress(OSError):
        seen = os.readlink(_PROCESSES)
    return f"{start}/{seen}"


def _our_id(path: Path) -> str:
    with suppress(OSError):
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(16))
    try:
        text = path.read_text("ascii")[:64]
    except (OSError, UnicodeDecodeError):
        return ""
    return text if _FORM.fullmatch(text) else ""


def _system_id() -> str:
    if sys.platform == "win32":
        return _windows_id()
    if sys.platform == "darwin":
        return _mac_id()
    for path in SYSTEMS:
        with suppress(OSError, UnicodeDecodeError):
            text = Path(path).read_text("ascii").strip()
            if _FORM.fullmatch(text):
                return text
    return ""


def _windows_id() -> str:
    import winreg  # only Windows has it

    with suppress(OSError):
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY  # type: ignore[attr-defined,unused-ignore]
        key = r"SOFTWARE\Microsoft\Cryptography"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, access) as opened:  # type: ignore[attr-defined,unused-ignore]
            return str(winreg.QueryValueEx(opened, "MachineGuid")[0])  # type: ignore[attr-defined,unused-ignore]
    return ""


def _mac_id() -> str:
    raw_id, patience = (ctypes.c_ubyte * 16)(), (ctypes.c_long * 2)(1, 0)
    with suppress(OSError, AttributeError):
        if ctypes.CDLL(None).gethostuuid(raw_id, patience) == 0:
            return bytes(raw_id).hex()
    return ""
