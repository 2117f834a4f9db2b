"""A reader that was taken over by a file: own code in each kind of reader tries to reach the window and the analyst."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.geo.bounds import Bounds
from layers.pool.protocol import Answer, Profile
from layers.pool.reader_process import ReaderProcess
from layers.project.saving.publish import write_case
from layers.readers.confinement.grants import NOTHING, Grants
from layers.readers.confinement.landlock import landlock_abi
from layers.readers.confinement.system_calls import MACHINES
from tests.support.cases.rich import BLOBS, rich_document
from tests.support.readers import taken_over
from tests.support.readers.tiny_rasters import surface, write_raster

ROOT = Path(__file__).parents[4]
UTM = Bounds(400_000, 5_750_000, 401_280, 5_751_280)
OWN = {"its own limits", "its own priority", "its own cores"}
OTHER_ERRORS = {
    **dict.fromkeys(("clone3", "a call of tomorrow"), "ENOSYS"),
    **dict.fromkeys(("exec", "socket", "file outside"), "EACCES"),
}
REFUSED = {name: OTHER_ERRORS.get(name, "EPERM") for name in taken_over.attempts("") if name not in OWN}
EACH_KIND = [
    Profile.LOCAL,
    *(pytest.param(profile, marks=pytest.mark.bounded) for profile in Profile if profile is not Profile.LOCAL),
]
SECRETS = {"GEOLOUPE_TEST_TOKEN": "s3cret", "AWS_SECRET_ACCESS_KEY": "s3cret", "SSH_AUTH_SOCK": "/s3cret"}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in MACHINES or not landlock_abi(),
    reason="the walls are Linux's",
)


def asked_for(profile: Profile, folder: Path) -> tuple[str, dict[str, Any]]:
    """A question that a reader of this kind answers from a file of the folder."""
    if profile is Profile.CASE:
        case = folder / "a.gpkg"
        write_case(rich_document(), case, blobs=BLOBS)
        return "open", {"path": str(case), "copy": "", "scratch": str(folder), "deadline_s": 20.0}
    if profile is Profile.FEATURES:
        points = folder / "a.geojson"
        points.write_text('{"type": "Point", "coordinates": [1, 2]}')
        return "probe", {"path": str(points)}
    path = write_raster(folder / "a.tif", surface(3).astype(np.uint8), "EPSG:32652", UTM)
    return "probe", {"path": str(path)}


def tried(profile: Profile, folder: Path) -> tuple[dict[str, str], dict[str, Any], list[str]]:
    """What was refused to a reader of this kind, what it could tell, and what its walls lack; it answers afterwards."""
    own, outside = folder / "in", folder / "outside.txt"
    own.mkdir()
    outside.write_text("secret")
    op, params = asked_for(profile, own)
    grants = Grants(write=frozenset((str(own),))) if profile is Profile.CASE else NOTHING
    reader = ReaderProcess(profile, taken_over.load, grants)
    try:
        reader.start()
        told = answered(reader, "_tell", {"path": params["path"]})
        refused = answered(reader, "_try", {"outside": str(outside)})["refused"]
        assert answered(reader, op, params), "and it reads on"
        assert reader.holds is not None
        lacks = [*reader.holds.lacks, *([] if reader.holds.calls else ["it can make all calls"])]
    finally:
        reader.close()
    return refused, told, lacks


def answered(reader: ReaderProcess, op: str, params: dict[str, Any]) -> dict[str, Any]:
    found = reader.ask(op, params, 30)
    assert isinstance(found, Answer), found
    return found.header


@pytest.mark.bounded
@pytest.mark.parametrize("profile", EACH_KIND)
def test_own_code_in_a_reader_reaches_nothing_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    refused, told, lacks = tried(profile, tmp_path)
    assert refused == {**REFUSED, **dict.fromkeys(OWN, "")}
    assert lacks == []
    assert told["threads"] == 1, "others that ran before the walls stood would be free"
    assert not any(word in f"{told['environ']} {told['first']}" for word in ("s3cret", *SECRETS))
    assert not told["getenv"]


SCRIPT = """
import json, sys
from pathlib import Path
from layers.pool.protocol import Profile
from tests.layers.readers.confinement.test_taken_over import tried
if __name__ == "__main__":
    found = {}
    for profile in (Profile.LOCAL, Profile.FEATURES, Profile.CASE):
        folder = Path(sys.argv[1]) / profile
        folder.mkdir()
        refused, told, lacks = tried(profile, folder)
        found[profile] = [refused, lacks, told["threads"]]
    print(json.dumps(found))
"""


@pytest.mark.bounded
def test_a_user_without_privileges_is_held_to_the_same() -> None:
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root can become another user here")
    with tempfile.TemporaryDirectory() as name:  # pytest's folders are reached by nobody else
        os.chown(name, 65534, 65534)
        script = Path(name) / "script.py"
        script.write_text(SCRIPT)
        environment = {**os.environ, "HOME": name, "GEOLOUPE_HOME": name, "PYTHONPATH": str(ROOT)}
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, str(script), name]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, cwd=name)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found == {profile: [{**REFUSED, **dict.fromkeys(OWN, "")}, [], 1] for profile in found}
    assert len(found) == 3
