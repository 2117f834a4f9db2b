"""NGA's GeoPackage client, where Node has it, sees each kind of mark with its geometry and label."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from layers.document.document import Document
from layers.project.saving.publish import write_case
from tests.support.cases.marks import marks_of_every_kind

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]

LOOK = Path(__file__).parents[4] / "tests" / "support" / "qgis" / "nga_marks.js"
CLIENT = "@ngageoint/geopackage"


def test_every_kind_of_mark_has_geometry_and_label(tmp_path: Path) -> None:
    node = shutil.which("node")
    there = node and subprocess.run([node, "-e", f"require.resolve('{CLIENT}')"], capture_output=True).returncode == 0
    if not node or not there:
        pytest.skip(f"{CLIENT} is not installed: set NODE_PATH to the folder that npm put it in")
    sites = list(marks_of_every_kind())
    write_case(Document({"sites": sites}), tmp_path / "marks.gpkg")
    done = subprocess.run(
        [node, str(LOOK), str(tmp_path / "marks.gpkg")], capture_output=True, text=True, timeout=120, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    types = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}
    assert seen == {site.uuid: {"type": types[site.kind], "label": site.label} for site in sites}
