"""Each row of the fault table has a test that names it: what is not tried does not hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.parsed import nodes_in

TESTS = Path(__file__).resolve().parents[1]

ROWS = {
    # saving and files
    "F01": "kill -9 during save",
    "F02": "kill -9 during autosave or journal append",
    "F03": "kill -9 during export",
    "F04": "kill -9 during first start, settings write, schema migration",
    "F05": "disk full on save, export, journal",
    "F06": "short write",
    "F07": "read-only folder or file",
    "F08": "permission denied on replace",
    "F09": "file locked by another process",
    "F10": "file changed on disk while open",
    "F11": "file deleted or renamed while open",
    "F12": "folder vanishes, network drive slow or dead",
    "F13": "two instances, same project",
    "F14": "stale lock: dead pid, pid reuse, other host",
    "F15": "same project through symlink, case variant, UNC",
    "F16": "hot rollback journal or WAL beside the file",
    "F17": "odd paths: long, emoji, newline, surrogate bytes",
    "F18": "clock jumps",
    "F19": "backup rotation interrupted",
    "F20": "two SQLite copies on one file in one process",
    # tile servers and network
    "F21": "offline start, DNS failure",
    "F22": "connect refused",
    "F23": "server never answers",
    "F24": "one byte a second",
    "F25": "endless body",
    "F26": "drop in mid-body, Content-Length that lies",
    "F27": "half a picture with the right length",
    "F28": "404, 204, empty 200",
    "F29": "403, 401",
    "F30": "429 with and without Retry-After, 503",
    "F31": "burst of 500 and 502",
    "F32": "login page with 200",
    "F33": "wrong kind of image",
    "F34": "giant image",
    "F35": "gzip bomb",
    "F36": "redirects: loop, to a file, https to http, to another host, to a private address",
    "F37": "expired, self-signed, wrong-host certificate",
    "F38": "attacks by URL template",
    "F39": "cache folder full, corrupt, of very many files",
    "F40": "a shared project names hosts",
    # rasters
    "F41": "truncated TIFF, JP2, NITF",
    "F42": "no overviews, huge",
    "F43": "deceptive header, giant block",
    "F44": "nodata NaN, all NaN, infinity, constant",
    "F45": "no CRS",
    "F46": "rotated, sheared, zero or singular transform",
    "F47": "control points only, RPC only",
    "F48": "all kinds of bands",
    "F49": "antimeridian, 0 to 360, poles, beyond 90",
    "F50": "broken or hostile sidecars",
    "F51": "VRT to missing, absolute, URL, recursive, raw",
    "F52": "disguised format",
    "F53": "raster changed, truncated, deleted while shown",
    "F54": "two threads, close during read",
    "F55": "huge metadata",
    # vectors
    "F56": "broken geometries",
    "F57": "null and empty geometry, zero features, zero layers",
    "F58": "coordinates that are no place",
    "F59": "mixed types, Z and M, curves, TIN",
    "F60": "a million features, a million vertices",
    "F61": "5 MB attribute, 2,000 columns, NUL, bidi",
    "F62": "unknown or wrong encoding",
    "F63": "missing .shx, .prj, .dbf",
    "F64": "CRS missing, custom, axis order, wrong",
    "F65": "antimeridian route and polygon",
    "F66": "KMZ: bomb, zip-slip, many members, encrypted, nested",
    "F67": "NetworkLink, remote icon, GroundOverlay",
    "F68": "XML entity bomb, XXE, deep XML",
    "F69": "GeoJSON depth, crs link, one line of 2 GB, NaN",
    "F70": "gx:Track without when, broken times in GPX",
    "F71": "formula injection in CSV",
    "F72": "geometry bomb",
    # project files
    "F73": "not SQLite, empty, truncated, zeroed page, flipped byte",
    "F74": "newer schema",
    "F75": "migration of an older schema fails midway",
    "F76": "hostile triggers, views, generated columns, virtual tables",
    "F77": "deep WKB, counts of 2^31",
    "F78": "missing layers, absolute paths of another system",
    "F79": "layer paths that lead elsewhere",
    "F80": "100,000 layers, a million sites, a note of 100 MB",
    "F81": "HTML in names, notes, host names",
    # runtime
    "F82": "exception in slot, timer, paintEvent, closeEvent, redo",
    "F83": "exception in worker or child",
    "F84": "reader crash, hang, memory, garbage",
    "F85": "MemoryError in the window's process",
    "F86": "object deleted while a worker emits",
    "F87": "quit during load, save, export",
    "F88": "SIGTERM, session end, SIGINT",
    "F89": "10,000 steps of undo, undo across save",
    "F90": "crash loop on open",
    "F91": "corrupt or unwritable settings, cache, log, journal folder",
    "F92": "font, plugin or screen missing, DPI change, sleep",
}


def rows_named(path: Path) -> set[str]:
    """The rows that the tests of a module name: in the function's name as f12_, or in its docstring as F12."""
    found: set[str] = set()
    text = path.read_text("utf-8")
    for node in nodes_in(text) if re.search(r"[fF]\d\d", text) else ():  # parsing takes long
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found |= {number.upper() for number in re.findall(r"(?<=_)f\d\d(?=_)", node.name)}
            found |= set(re.findall(r"\bF\d\d\b", ast.get_docstring(node) or ""))
    return found


@pytest.fixture(scope="module")
def tested() -> set[str]:
    return {row for path in TESTS.rglob("test_*.py") for row in rows_named(path)}


def test_the_table_has_all_its_rows() -> None:
    assert list(ROWS) == [f"F{number:02}" for number in range(1, 93)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row} {ROWS[row]}")
def test_a_row_of_the_fault_table_has_a_test_that_names_it(tested: set[str], row: str) -> None:
    assert row in tested


def test_no_test_names_a_row_that_there_is_not(tested: set[str]) -> None:
    assert tested <= set(ROWS)
