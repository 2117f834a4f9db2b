"""NGA's GeoPackage client, where Node has it, sees each kind of mark with its geometry and label, and all rows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from layers.project.saving.publish import write_case
from layers.project.storage.tables import SPECS
from tests.support.cases.marks import marked_document
from tests.support.cases.rich import BLOBS
from tests.support.qgis.peers import need

pytestmark = [pytest.mark.bounded, pytest.mark.timeout(180)]

LOOK = Path(__file__).parents[4] / "tests" / "support" / "qgis" / "nga_marks.js"
CLIENT = "@ngageoint/geopackage"


def test_every_kind_of_mark_has_geometry_and_label(tmp_path: Path) -> None:
    node = shutil.which("node")
    there = node and subprocess.run([node, "-e", f"require.resolve('{CLIENT}')"], capture_output=True).returncode == 0
    need(bool(there), f"{CLIENT} (NODE_PATH is the folder that npm put it in)")
    assert node is not None
    document = marked_document()
    write_case(document, tmp_path / "marks.gpkg", blobs=BLOBS)
    done = subprocess.run(
        [node, str(LOOK), str(tmp_path / "marks.gpkg")], capture_output=True, text=True, timeout=120, env=os.environ
    )
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    types = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}
    sites = {site.uuid: {"type": types[site.kind], "label": site.label} for site in document.sites.values()}
    assert seen["sites"] == sites
    tables = [spec for spec in SPECS if spec.table != "sites" and not spec.private]
    counts = {spec.name: len(document.table(spec.table)) for spec in tables}
    assert 0 not in counts.values(), "a table without a row"
    assert {name: seen["rows"].get(name) for name in counts if name != "chips"} == {
        name: count for name, count in counts.items() if name != "chips"
    }, "chips are media to it"
