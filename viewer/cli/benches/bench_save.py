"""Measures saves: a whole case, a save after one edit, opening, and GeoPandas with the same sites."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.errors import InvalidValue
from layers.project.opening.intake import read_case
from layers.project.saving.publish import publish
from layers.project.saving.working_copy import WorkingCopy
from viewer.cli.terminal.reading import case_file

ROUNDS = 3

TO_FILE = """
import json, sys, time
import geopandas, pandas, pyogrio
case, out = sys.argv[1:3]
tables = [name for name, kind in pyogrio.list_layers(case) if name.startswith("site_") and kind]
sites = pandas.concat([frame for frame in (geopandas.read_file(case, layer=name) for name in tables) if len(frame)])
sites = geopandas.GeoDataFrame(sites, geometry="geometry", crs=4326)
times = []
for turn in range(3):
    start = time.perf_counter()
    sites.to_file(f"{out}/{turn}.gpkg", driver="GPKG", layer="sites")
    times.append((time.perf_counter() - start) * 1000)
print(json.dumps(sorted(times)[1]))
"""


def measure_save(case: str) -> dict[str, Any]:
    """The figures of `bench save --json`, medians of three, in ms. The case itself is only read."""
    path = case_file(case)
    opened: list[float] = []
    for _turn in range(ROUNDS):
        start = time.perf_counter()
        intake = read_case(path)
        opened.append(_ms(start))
    document = intake.document
    if not document.sites:
        raise InvalidValue("{path} has no sites: there is nothing to measure.", path=path)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "bench.gpkg"
        work = WorkingCopy.create(Path(folder) / "sessions", document, target=None)
        full = [_saved(work, target) for _turn in range(ROUNDS)]
        after_edit = []
        for turn in range(ROUNDS):
            edit = _one_edit(document, turn)
            document.apply(edit)
            work.append(edit, "bench")
            after_edit.append(_saved(work, target))
        work.close(keep=False)
        to_file = _to_file_ms(path, folder)
    return {
        "sites": len(document.sites),
        "full_save_ms": round(median(full), 1),
        "save_after_one_edit_ms": round(median(after_edit), 1),
        "open_ms": round(median(opened), 1),
        "to_file_ms": round(to_file, 1),
    }


def _saved(work: WorkingCopy, target: Path) -> float:
    start = time.perf_counter()
    publish(work, target)
    return _ms(start)


def _one_edit(document: Document, turn: int) -> Edit:
    site = next(iter(document.sites.values()))
    return Edit("Bench", (Change("sites", site, replace(site, notes=f"bench {turn}", rev=site.rev + 1)),))


def _to_file_ms(path: Path, folder: str) -> float:
    """`GeoDataFrame.to_file` of all sites with all columns, in a process of its own: this one imports no GDAL."""
    command = [sys.executable, "-W", "ignore", "-c", TO_FILE, str(path), folder]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def _ms(start: float) -> float:
    return (time.perf_counter() - start) * 1000
