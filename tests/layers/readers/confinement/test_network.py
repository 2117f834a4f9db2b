"""Each way of taking the network by itself, in a process of its own."""

import ctypes
import io
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.readers.confinement import network

ROOT = Path(__file__).parents[4]

CHILD = """
import ctypes, errno, json, os, socket, sys
from layers.readers.confinement.call_filter import refuse_calls
from layers.readers.confinement.network import give_up_privileges, leave_network
way, port, path, own = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
ours, theirs = socket.socketpair()
give_up_privileges()
before = os.readlink("/proc/self/ns/net")
parent_ends_us = ctypes.CDLL(None).prctl(1, 9)
done = leave_network() if way == "namespace" else refuse_calls(sockets=way != "attributes", attributes=way != "sockets")
def refusal(work):
    try:
        work()
    except OSError as error:
        return errno.errorcode[error.errno]
    return ""
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"x", ("127.0.0.1", port))
def talk():
    with socket.socket(socket.AF_UNIX) as unix:
        unix.connect(path)
theirs.send(b"x")
signal = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(signal))
libc = ctypes.CDLL(None, use_errno=True)
def ring():
    if libc.syscall(425, 1, ctypes.create_string_buffer(256)) < 0:
        raise OSError(ctypes.get_errno(), "")
print(json.dumps({
    "done": done, "moved": before != os.readlink("/proc/self/ns/net"), "user": os.geteuid(), "dies": signal.value,
    "tcp": refusal(lambda: socket.create_connection(("127.0.0.1", port), 5).close()), "udp": refusal(send),
    "unix": refusal(talk), "open": ours.recv(1).decode(), "ring": refusal(ring), "read": open(own).read(),
    "mode": refusal(lambda: os.chmod(own, 0o700)), "times": refusal(lambda: os.utime(own)),
    "owner": refusal(lambda: os.chown(own, -1, -1)), "emptied": refusal(lambda: os.truncate(own, 0)),
    "marked": refusal(lambda: os.setxattr(own, "user.x", b"x")),
    "capabilities": [line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")][0],
}))
"""


@pytest.fixture
def anybodys() -> Iterator[Path]:
    """A folder that other users reach, which pytest's are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def tried(folder: Path, way: str, *command: str) -> dict:
    own, by_name = folder / "own", folder / "socket"
    own.write_text("mine")
    if command:
        os.chown(own, 12345, 12345)
    own.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(by_name))
        by_name.chmod(0o777)
        unix.listen()
        child = [sys.executable, "-S", "-c", CHILD, way, str(tcp.getsockname()[1]), str(by_name), str(own)]
        done = subprocess.run([*command, *child], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def as_user() -> list[str]:
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root can become another user here")
    return ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
@pytest.mark.parametrize("who", ["as we are", "as a user"])
def test_a_network_of_its_own_has_nothing_in_it(anybodys, who):
    found = tried(anybodys, "namespace", *(as_user() if who == "as a user" else ()))
    flags = "os.CLONE_NEWNET" + " | os.CLONE_NEWUSER" * (who == "as a user")
    alone = [*(as_user() if who == "as a user" else ()), sys.executable, "-S", "-c", f"import os; os.unshare({flags})"]
    if subprocess.run(alone, capture_output=True).returncode and not os.environ.get("CI"):
        pytest.skip("this system lets nobody have namespaces")
    assert (found["done"], found["moved"], found["tcp"], found["udp"]) == (True, True, "ENETUNREACH", "ENETUNREACH")
    assert (found["read"], found["open"], found["dies"]) == ("mine", "x", 9)
    if who == "as a user":
        assert (found["user"], int(found["capabilities"], 16)) == (12345, 0)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="its calls have other numbers")
@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
@pytest.mark.parametrize("who", ["as we are", "as a user"])
def test_the_filter_refuses_sockets_and_attributes(anybodys, who):
    found = tried(anybodys, "both", *(as_user() if who == "as a user" else ()))
    refused = ("tcp", "udp", "unix", "ring", "mode", "times", "owner", "emptied", "marked")
    assert {name: found[name] for name in refused} == dict.fromkeys(refused, "EACCES")
    assert (found["done"], found["read"], found["open"]) == (True, "mine", "x")


@pytest.mark.skipif(platform.machine() not in ("x86_64", "aarch64"), reason="its calls have other numbers")
@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_each_half_of_the_filter_leaves_the_other_alone(tmp_path):
    places = [tmp_path / name for name in ("sockets", "attributes")]
    for place in places:
        place.mkdir()
    sockets, attributes = (tried(place, place.name) for place in places)
    assert (sockets["tcp"], sockets["unix"], sockets["mode"], sockets["emptied"]) == ("EACCES", "EACCES", "", "")
    assert (attributes["tcp"], attributes["unix"], attributes["mode"]) == ("", "", "EACCES")


# -- what is asked of the kernel, without asking it -------------------------------------------------------------------


class Library:
    """The C library, which tells what it was asked and does nothing."""

    def __init__(self, result: int = 0) -> None:
        self.calls: list[tuple[object, ...]] = []
        self._result = result

    def prctl(self, *arguments: object) -> int:
        self.calls.append(arguments)
        return self._result

    def capset(self, *arguments: object) -> int:
        self.calls.append(arguments)
        return 0


def test_privileges_are_given_up_or_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    network.give_up_privileges()
    assert library.calls == [(38, 1, 0, 0, 0)]
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: Library(result=-1))
    with pytest.raises(OSError, match=r"."):
        network.give_up_privileges()


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces are Linux's")
@pytest.mark.parametrize(
    ("may", "user", "done", "asked"),
    [
        ("all", 0, True, 1),
        ("none", 0, False, 1),  # a root without the privilege could read nobody's files after the other
        ("users", 1000, True, 2),
        ("none", 1000, False, 2),
    ],
)
def test_a_network_of_its_own_is_asked_for_by_those_who_keep_their_files(
    monkeypatch: pytest.MonkeyPatch, may: str, user: int, done: bool, asked: int
) -> None:
    flags: list[int] = []

    def unshare(wanted: int) -> None:
        flags.append(wanted)
        if may == "none" or (may == "users" and not wanted & os.CLONE_NEWUSER):
            raise PermissionError

    library = Library()
    monkeypatch.setattr(network.os, "unshare", unshare)
    monkeypatch.setattr(network.os, "geteuid", lambda: user)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    monkeypatch.setattr(network, "open", lambda *_, **__: io.StringIO(), raising=False)
    assert network.leave_network() is done
    assert len(flags) == asked
    assert all(wanted & os.CLONE_NEWNET for wanted in flags)
    assert len(library.calls) == (1 if may == "users" else 0), "and the rights over it are dropped"
