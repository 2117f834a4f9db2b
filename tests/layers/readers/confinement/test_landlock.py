"""Landlock by each of its versions: what they refuse, and that what is granted stays open."""

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from layers.readers.confinement.landlock import READ, Access, Ruleset, handled, landlock_abi

ROOT = Path(__file__).parents[4]

CHILD = """
import errno, json, os, socket, sys, threading
from layers.readers.confinement.landlock import READ, WRITE, Access, Ruleset
from layers.readers.confinement.network import give_up_privileges
abi, inside, outside, written, port = int(sys.argv[1]), *sys.argv[2:5], int(sys.argv[5])
places = [(inside, READ), (outside + "/one", Access.READ_FILE), (written, WRITE), ("/not/there", READ)]
give_up_privileges()
ruleset = Ruleset(abi, keeps_network=sys.argv[6] == "kept")
for place in places:
    ruleset.allow(*place)
ruleset.restrict()
def refusal(work):
    try:
        work()
    except OSError as error:
        return errno.errorcode[error.errno]
    return ""
def in_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(refusal(work)))
    thread.start()
    thread.join()
    return found[0]
print(json.dumps({
    "inside": refusal(lambda: open(inside + "/deep/a").read()),
    "listed": refusal(lambda: os.listdir(inside)),
    "file": refusal(lambda: open(outside + "/one").read()),
    "outside": refusal(lambda: open(outside + "/two").read()),
    "outside listed": refusal(lambda: os.listdir(outside)),
    "in a thread": in_thread(lambda: open(outside + "/two").read()),
    "by a link": refusal(lambda: open(inside + "/link").read()),
    "upwards": refusal(lambda: open(inside + "/../outside/two").read()),
    "written": refusal(lambda: open(written + "/a", "w").write("x")),
    "moved within": refusal(lambda: (os.mkdir(written + "/b"), os.rename(written + "/a", written + "/b/a"))),
    "written inside": refusal(lambda: open(inside + "/b", "w")),
    "emptied": refusal(lambda: os.truncate(inside + "/deep/a", 0)),
    "tcp": refusal(lambda: socket.socket().connect(("127.0.0.1", port))),
    "signal": refusal(lambda: os.kill(os.getppid(), 0)),
}))
"""


@pytest.fixture
def needs_landlock() -> None:
    if not landlock_abi():
        pytest.skip("this system has no Landlock")


def confined(tmp_path: Path, abi: int, network: str = "taken") -> dict[str, str]:
    import socket

    for name in ("inside/deep", "outside", "written"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("inside/deep/a", "outside/one", "outside/two"):
        (tmp_path / name).write_text("x")
    (tmp_path / "inside/link").symlink_to(tmp_path / "outside/two")
    with socket.create_server(("127.0.0.1", 0)) as server:
        folders = [str(tmp_path / name) for name in ("inside", "outside", "written")]
        command = [sys.executable, "-S", "-c", CHILD, str(abi), *folders, str(server.getsockname()[1]), network]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.usefixtures("needs_landlock")
@pytest.mark.parametrize("abi", range(1, 8))
def test_each_version_keeps_what_it_can(tmp_path, abi):
    if abi > landlock_abi():
        pytest.skip("the kernel's Landlock is older")
    found = confined(tmp_path, abi)
    assert {name for name, refusal in found.items() if not refusal} - {"tcp", "signal", "emptied"} == {
        "inside",
        "listed",
        "file",
        "written",
        *(("moved within",) if abi > 1 else ()),
    }
    assert (found["tcp"] == "EACCES") == (abi >= 4)
    assert (found["emptied"] == "EACCES") == (abi >= 3)
    assert (found["signal"] == "EPERM") == (abi >= 6)


@pytest.mark.usefixtures("needs_landlock")
def test_who_reads_of_hosts_keeps_tcp(tmp_path):
    found = confined(tmp_path, landlock_abi(), "kept")
    assert (found["tcp"], found["outside"]) == ("", "EACCES")


def test_a_version_refuses_what_it_knows_and_nothing_else():
    assert [len(list(handled(abi))) for abi in range(1, 9)] == [13, 14, 15, 15, 16, 16, 16, 16]
    assert Access.REFER not in handled(1)


# -- what is asked of the kernel, without asking it -------------------------------------------------------------------


class Kernel:
    """Tells what it was asked for, and does as it is told to do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer: int) -> None:
        self.answer = answer
        self.calls: list[tuple[int, list[object]]] = []
        monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: self)

    def syscall(self, number: ctypes.c_long, *arguments: object) -> int:
        plain: list[object] = []
        for argument in arguments:
            inside = getattr(argument, "_obj", argument)
            if isinstance(inside, ctypes.Structure):
                plain.append({name: getattr(inside, name) for name, *_ in type(inside)._fields_})
            else:
                plain.append(getattr(inside, "value", inside))
        self.calls.append((number.value, plain))
        return self.answer


def test_rules_name_folders_and_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("x")
    number, other = os.pipe()
    os.close(other)
    kernel = Kernel(monkeypatch, answer=number)
    rules = Ruleset(6, keeps_network=False)
    rules.allow(str(tmp_path), READ)
    rules.allow(str(tmp_path / "a.tif"), READ)
    rules.allow(str(tmp_path / "gone"), READ)
    rules.allow(str(tmp_path / "a.tif"), Access.MAKE_DIR)  # which no file has
    rules.restrict()
    made, folder, file, restricted = kernel.calls
    assert made == (444, [{"paths": int(handled(6)), "network": 3, "scopes": 3}, 24, 0])
    assert [call[0] for call in (folder, file)] == [445, 445]
    assert [call[1][2]["allowed"] for call in (folder, file)] == [READ, Access.READ_FILE]
    assert restricted == (446, [number, 0])
    with pytest.raises(OSError, match=r"."):
        os.fstat(number)


@pytest.mark.parametrize(
    ("abi", "keeps", "network", "scopes", "size"), [(3, False, 0, 0, 8), (5, False, 3, 0, 16), (7, True, 0, 3, 24)]
)
def test_an_older_kernel_is_asked_for_what_it_knows(
    monkeypatch: pytest.MonkeyPatch, abi: int, keeps: bool, network: int, scopes: int, size: int
) -> None:
    kernel = Kernel(monkeypatch, answer=0)
    Ruleset(abi, keeps_network=keeps)
    assert kernel.calls == [(444, [{"paths": int(handled(abi)), "network": network, "scopes": scopes}, size, 0])]


def test_a_kernel_without_it_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel(monkeypatch, answer=-1)
    assert landlock_abi() == 0
    kernel.answer = 4
    assert landlock_abi() == 4
