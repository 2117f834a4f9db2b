"""Hostile .aux.xml, .ovr, VRT and WMS descriptions make no request: judged by a server in a network of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


def run(kind: str, folder: Path, mode: str) -> dict:
    """The child's report; as root on Linux it can reach nothing but its own loopback."""
    command = [sys.executable, "-m", "tests.support.readers.hostile_child", kind, str(folder), mode]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("unshare") and shutil.which("ip"):
        command = ["unshare", "-n", "--", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    # Tests that read in this process leave the readers' settings behind, which are a defence.
    others = ("gdal", "ogr", "cpl", "vsi", "proj_network", "geoloupe_reader", "http_proxy", "https_proxy", "all_proxy")
    kept = {key: value for key, value in os.environ.items() if not key.lower().startswith((*others, "no_proxy"))}
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.bounded
def test_nothing_is_asked_of_any_host(tmp_path):
    report = run("rasters", tmp_path, "guarded")
    assert report["requests"] == []
    said = report["said"]
    assert len(said) >= 25
    drawn = {name for name, sentence in said.items() if sentence == "drawn"}
    ours = {"aux", "aux-mask", "aux-entity", "aux-dtd", "aux-srs", "ovr-vrt", "ovr-wms", "msk-vrt"}
    assert drawn >= ours | {"vrt-ovr", "vrt-aux", "vrt-own-ovr"}
    assert drawn <= ours | {"vrt-ovr", "vrt-aux", "vrt-own-ovr", "vrt-srs"}
    for name in ("vrt-as-tif", "wms-as-tif", "wms-as-jp2", "wms-as-ntf", "wmts"):
        assert "its content is" in said[name], said[name]


@pytest.mark.bounded
def test_the_guard_sees_what_gdal_asks_without_the_defences(tmp_path):
    report = run("rasters", tmp_path, "open")
    asked = " ".join(report["requests"])
    assert "/x.tif" in asked
    assert ".png" in asked  # the WMS
