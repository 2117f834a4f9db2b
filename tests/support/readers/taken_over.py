"""The ops of a real reader with one more: it tries what code would that has taken the reader over."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from layers.readers.confinement import system_calls
from layers.readers.environment import Profile

TABLES = [table for name, table in vars(system_calls).items() if isinstance(table, str) and name.isupper()]
CLONE3 = 435
NO_CALL = 1023
"""A number that no kernel has given to a call."""


def load(profile: Profile) -> Any:
    """As the window's readers are loaded, libraries and all."""
    from layers.pool.worker import load_readers  # after the environment is set, as all of these
    from layers.project.opening.case_process import load_case_ops

    run = load_case_ops(profile) if profile is Profile.CASE else load_readers(profile)

    def taken_over(op: str, params: dict[str, Any]) -> Any:
        if op == "_try":
            return {"refused": {name: _refusal(attempt) for name, attempt in attempts(params["outside"]).items()}}, ()
        if op == "_tell":
            return _told(), ()
        return run(op, params)

    return taken_over


def attempts(outside: str) -> dict[str, Callable[[], object]]:
    """What to try, by name. None of it does harm where it is not refused."""
    import fcntl  # absent on Windows, as the next
    import resource

    window, own_file = os.getppid(), os.open(os.devnull, os.O_RDONLY)
    limits = resource.RLIMIT_NOFILE, (64, 64)
    text = ctypes.c_char_p(b"geoloupe")
    return {
        "limits of the window": lambda: resource.prlimit(window, resource.RLIMIT_NOFILE),
        "its own limits": lambda: resource.prlimit(os.getpid(), *limits),
        "priority of the window": lambda: os.setpriority(
            os.PRIO_PROCESS, window, os.getpriority(os.PRIO_PROCESS, window)
        ),
        "priority of its group": lambda: os.setpriority(os.PRIO_PGRP, 0, 19),
        "its own priority": lambda: os.setpriority(os.PRIO_PROCESS, 0, 19),
        "cores of the window": lambda: os.sched_setaffinity(window, os.sched_getaffinity(window)),
        "its own cores": lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)),
        "scheduling of the window": lambda: os.sched_setscheduler(window, os.SCHED_OTHER, os.sched_param(0)),
        "fork": lambda: os.fork() or os._exit(0),
        "another program": lambda: subprocess.run(["/bin/true"], check=False),
        "exec": lambda: os.execv("/bin/true", ["/bin/true"]),
        "clone": lambda: _call("clone", signal.SIGCHLD, 0, 0, 0, 0) or os._exit(0),
        "clone3": lambda: (
            _call(CLONE3, ctypes.byref((ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD)), 88) or os._exit(0)
        ),
        "a call of tomorrow": lambda: _call(NO_CALL),
        "keyctl": lambda: _call("keyctl", 0, -4, 0),
        "add_key": lambda: _call("add_key", b"user", text, text, 8, -2),
        "request_key": lambda: _call("request_key", b"user", text, None, 0),
        "shared memory": lambda: _call("shmget", 0, 4096, 0o600 | 0o1000),
        "semaphores": lambda: _call("semget", 0, 1, 0o600 | 0o1000),
        "messages": lambda: _call("msgget", 0, 0o600 | 0o1000),
        "ptrace": lambda: _call("ptrace", 0x4206, window, 0, 0),
        "memory of the window": lambda: _call("process_vm_readv", window, None, 0, None, 0, 0),
        "handle of the window": lambda: _call("pidfd_open", window, 0),
        "signal to the window": lambda: os.kill(window, 0),
        "signal to the group": lambda: os.kill(0, 0),
        "signal by a file": lambda: fcntl.fcntl(own_file, fcntl.F_SETOWN, window),
        "life after the window": lambda: _call("prctl", 1, 0, 0, 0, 0),
        "session": os.setsid,
        "namespace": lambda: _call("unshare", 0x04000000),
        "user": lambda: _call("setuid", os.getuid()),
        "socket": lambda: socket.socket().close(),
        "file outside": lambda: Path(outside).read_bytes(),
    }


def _told() -> dict[str, Any]:
    """What it knows of the analyst's environment, and its threads."""
    first = Path("/proc/self/environ").read_bytes()
    library = ctypes.CDLL(None)
    library.getenv.restype = ctypes.c_char_p
    return {
        "environ": dict(os.environ),
        "first": os.fsdecode(first),
        "getenv": library.getenv(b"GEOLOUPE_TEST_TOKEN") is not None,
        "threads": len(os.listdir("/proc/self/task")),
    }


def _call(call: str | int, *arguments: Any) -> int:
    """Calls the kernel past the C library. Raises OSError."""
    machine = system_calls.MACHINES[platform.machine()]
    named = {name: number for table in TABLES for name, number in system_calls.numbers(table, machine).items()}
    library = ctypes.CDLL(None, use_errno=True)
    found = int(library.syscall(ctypes.c_long(call if isinstance(call, int) else named[call]), *map(_wide, arguments)))
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found


def _wide(argument: Any) -> Any:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _refusal(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return ""
