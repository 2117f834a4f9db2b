"""Landlock by each of its versions: what they refuse, and that what is granted stays open."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from layers.readers.confinement.landlock import Access, handled, landlock_abi

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


@pytest.fixture(autouse=True)
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


def test_who_reads_of_hosts_keeps_tcp(tmp_path):
    found = confined(tmp_path, landlock_abi(), "kept")
    assert (found["tcp"], found["outside"]) == ("", "EACCES")


def test_a_version_refuses_what_it_knows_and_nothing_else():
    assert [len(list(handled(abi))) for abi in range(1, 9)] == [13, 14, 15, 15, 16, 16, 16, 16]
    assert Access.REFER not in handled(1)
