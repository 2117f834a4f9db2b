"""Windows runs the program too: nothing that only POSIX has stands without a branch."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.on_windows import findings_in, on_windows, posix_only, unbranched

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for room in ("layers", "viewer") for path in (ROOT / room).rglob("*.py"))


def test_no_call_that_only_posix_has_stands_without_a_branch() -> None:
    found = [f"{finding.path.relative_to(ROOT)}:{finding.line}: {finding.what}" for finding in unbranched(CODE)]
    assert not found, "Windows has none of these: put a branch for `sys.platform` before each"


def whats(code: str) -> list[str]:
    return [finding.what for finding in findings_in(dedent(code))]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import os\nos.fork()", "os.fork"),
        ("def f():\n    return os.getuid()", "os.getuid"),
        ("os.kill(pid, signal.SIGKILL)", "signal.SIGKILL"),
        ("os.kill(pid, 0)", "os.kill(..., 0), which ends a process there"),
        ("signal.signal(signal.SIGHUP, stop)", "signal.SIGHUP"),
        ("signal.alarm(1)", "signal.alarm"),
        ("import fcntl", "fcntl"),
        ("from resource import getrlimit", "resource.getrlimit"),
        ("from os import killpg", "os.killpg"),
        ("def f(x=os.O_NOFOLLOW): ...", "os.O_NOFOLLOW"),
        ("flags = os.O_RDONLY | os.O_DIRECTORY", "os.O_DIRECTORY"),
        ("os.open(path, flags, dir_fd=folder)", "dir_fd"),
        ("os.sync()", "os.sync"),
        ("free = os.statvfs(path).f_bavail", "os.statvfs"),
        ("class A:\n    user = os.geteuid()", "os.geteuid"),
        ("os.fchmod(1, 0o600)", "os.fchmod"),
        ("poll = select.poll()", "select.poll"),
        ("mmap.mmap(-1, 9, flags=mmap.MAP_PRIVATE)", "mmap.MAP_PRIVATE"),
        ("socket.socket(socket.AF_UNIX)", "socket.AF_UNIX"),
        ("ctypes.CDLL(None).prctl(1, 9)", "ctypes.CDLL(None)"),
        ("Path(f'/proc/{pid}/stat').read_text()", "/proc/"),
        ("open('/dev/null')", "/dev/null"),
        ("os.uname().sysname", "os.uname"),
        ("subprocess.run(words, preexec_fn=go)", "preexec_fn"),
        ("if sys.platform == 'darwin' or is_here():\n    os.fork()", "os.fork"),
        ("if sys.platform == 'linux':\n    pass\nelse:\n    os.fork()", "os.fork"),
        ("def f():\n    if os.name == 'nt':\n        log()\n    os.fork()", "os.fork"),
        ("os.nice(1) if is_here else None", "os.nice"),
        ("try:\n    os.fork()\nexcept OSError:\n    pass", "os.fork"),
        ("hasattr(os, 'nice') or os.nice(1)", "os.nice"),
    ],
)
def test_what_only_posix_has_is_found(code: str, what: str) -> None:
    assert whats(code) == [what]


@pytest.mark.parametrize(
    "code",
    [
        "os.getpid()\nos.O_RDONLY\nsignal.SIGTERM\nsocket.AF_INET\nos.kill(pid, signal.SIGTERM)",
        "if sys.platform == 'linux':\n    os.fork()",
        "if sys.platform != 'win32':\n    import fcntl",
        "if sys.platform.startswith('linux') and is_here():\n    os.fork()",
        "if sys.platform in {'linux', 'darwin'}:\n    os.fork()",
        "if platform.system() == 'Windows':\n    pass\nelse:\n    os.fork()",
        "def f():\n    if sys.platform == 'win32':\n        return 0\n    return os.getuid()",
        "def f():\n    if sys.platform != 'linux' or old:\n        return 0\n    with a:\n        return os.getuid()",
        "def f():\n    assert sys.platform == 'linux'\n    os.fork()",
        "for pid in pids:\n    if os.name == 'nt':\n        continue\n    os.kill(pid, 0)",
        "IS_WINDOWS = os.name == 'nt'\ndef f():\n    if not IS_WINDOWS:\n        os.fork()",
        "os.nice(1) if hasattr(os, 'nice') else None",
        "hasattr(os, 'nice') and os.nice(1)",
        "user = 0 if os.name == 'nt' else os.getuid()",
        "while sys.platform != 'win32' and os.getppid() != 1:\n    os.wait()",
        "getattr(os, 'O_NOFOLLOW', 0)",
        "try:\n    import fcntl\nexcept ImportError:\n    fcntl = None",
        "PLACES = ('/proc', '/dev/null')",
        "number: os.sched_param = 0",
    ],
)
def test_what_stands_behind_a_branch_is_let_be(code: str) -> None:
    assert whats(code) == []


def test_a_function_that_only_a_branch_mentions_is_let_be(tmp_path: Path) -> None:
    door, room = tmp_path / "door.py", tmp_path / "room.py"
    room.write_text(
        "class Fork:\n    def go(self): os.fork()\n"
        "def alarm(): _alarm()\ndef _alarm(): signal.alarm(1)\n"
        "def sync(): os.sync()\n"
        "def nobody_mentions(): os.wait()\n"
    )
    door.write_text(
        "def open_it() -> Fork:\n"
        "    if sys.platform == 'win32': return\n"
        "    Fork().go()\n    alarm()\n    sync()\n"
        "def close_it(): sync()\n"
    )
    assert sorted(finding.what for finding in unbranched([door, room])) == ["os.sync", "os.wait"]


def test_the_names_are_those_of_pythons_type_stubs() -> None:
    assert {"fork", "getuid", "O_NOFOLLOW", "O_CLOEXEC", "setpgid", "sync", "statvfs", "uname"} <= posix_only("os")
    assert {"SIGKILL", "SIGHUP", "SIGALRM", "alarm", "setitimer"} <= posix_only("signal")
    assert not {"open", "O_BINARY", "getpid", "replace", "kill", "startfile"} & posix_only("os")
    assert not {"SIGTERM", "SIGINT", "CTRL_C_EVENT"} & posix_only("signal")


@pytest.mark.parametrize(
    ("test", "truth"),
    [
        ("sys.platform == 'win32'", True),
        ("sys.platform != 'linux' or x", True),
        ("x or y", None),
        ("x and os.name == 'posix'", False),
        ("not hasattr(os, 'fork')", True),
        ("hasattr(os, 'open')", None),
        ("sys.version_info >= (3, 12)", True),
    ],
)
def test_conditions_are_judged_as_windows_has_them(test: str, truth: bool | None) -> None:
    assert on_windows(ast.parse(""))(ast.parse(test, mode="eval").body) is truth
