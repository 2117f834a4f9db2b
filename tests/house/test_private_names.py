"""Tests look at the program as others do, by its public names: what stands behind an underscore may change any day.

A test finds widgets by their kind and actions by their text, and asks what anybody may ask. Where the program lacks a
public question that others would ask as well, it gets one; a test of what nobody could tell goes. What stays is in
`LEFT`: nearly all of it counts steps, spares a wait of seconds, or forgets what is kept, which no person asks for.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.parsed import parsed

TESTS = Path(__file__).resolve().parents[1]
THEIRS = {"_replace", "_fields_", "_exit", "_getframe", "_obj", "_Element", "_popen"}
"""Names of Python's, of ctypes' and of lxml's objects, of which most are public in spite of their underscore."""
LEFT = {
    "end_to_end/test_heartbeat.py": 1,  # what a job has laid out is forgotten, to be laid out here
    "end_to_end/test_unknown_crs.py": 1,  # what other tests have asked of PROJ is forgotten
    "layers/readers/features/test_vector_faults.py": 2,  # counts the reads of a search by halves
    "support/windows.py": 3,  # a case of hostile rows: no file would be opened with them
    "viewer/app/actions/test_action_table.py": 2,  # counts how often a menu is looked at: nobody sees that
    "viewer/app/actions/test_image_menu.py": 1,  # a row with a date of any length
    "viewer/app/case/test_drives.py": 1,  # a request at the moment when its drive is found to be gone
    "viewer/app/imagery/test_registering.py": 1,  # two files seen as services are
    "viewer/app/opening/test_large_case.py": 2,  # counts calls in each delivery to the window's thread
    "viewer/app/window/test_compare_images.py": 1,  # a case that may only be looked at, while it stands open
    "viewer/app/window/test_docks.py": 1,  # counts what is made in one turn of the event loop
    "viewer/app/window/test_keyboard_goes_on.py": 1,  # a window that is not active yet: offscreen each is at once
    "viewer/canvas/sites/test_site_shapes.py": 1,  # what is kept of circles is forgotten
    "viewer/export/plates/test_checkpoints.py": 3,  # counts the lines between two checkpoints
}
"""Lines of each file that still reach behind an underscore, and why. The numbers may only fall."""
ASKED_BY_NAME = {"setattr", "delattr", "getattr", "hasattr", "object"}


def is_private(name: str) -> bool:
    """True for a name with one underscore; those with two are Python's own."""
    return name.startswith("_") and name.isidentifier() and not name.startswith("__") and name != "_"


def own_names(tree: ast.AST) -> set[str]:
    """The names that a test module binds itself: of functions, classes, variables, and of attributes of `self`."""
    names = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                names.add(name)
    return names


def private_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of what a module looks at behind an underscore, its own and others'."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls")):
                continue
            case ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.ImportFrom(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=args) if called in ASKED_BY_NAME:
                for one in args:
                    match one:
                        case ast.Constant(value=str() as text):
                            yield one.lineno, text.rpartition(".")[2]


def reaching_lines(text: str) -> list[int]:
    """Lines of a test that reach into private names of others; a file without any underscore is not even parsed."""
    if not re.search(r"(?<!\bself)(?<!\bcls)\._[a-zA-Z]|\bimport\b.*\b_[a-zA-Z]|[\"'.]_[a-zA-Z]\w*[\"']", text):
        return []
    tree = parsed(text)
    known = own_names(tree) | THEIRS
    return sorted({line for line, name in private_names(tree) if is_private(name) and name not in known})


@pytest.mark.parametrize(
    "code",
    [
        "assert window._tool is None",
        "from viewer.app.main import _begin",
        'monkeypatch.setattr(pool, "_strikes", {})',
        'monkeypatch.delattr("layers.geo.crs._parsed")',
        "pool._state._lock.acquire()",
    ],
)
def test_a_reach_is_found(code: str) -> None:
    assert reaching_lines(code) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "self._tool = 1\nother._tool = 2",
        "os._exit(0)",
        "_, found = read()",
        'Rows.__dict__["__doc__"]',
        'pool.ask(raw("_echo"))',
    ],
)
def test_other_underscores_are_none(code: str) -> None:
    assert reaching_lines(code) == []


def test_ever_fewer_lines_reach_behind_an_underscore() -> None:
    found = {path: len(reaching_lines(path.read_text("utf-8"))) for path in TESTS.rglob("*.py")}
    lines = {str(path.relative_to(TESTS)): count for path, count in found.items() if count}
    assert not Counter(lines) - Counter(LEFT), "ask for it by a public name"
    assert not Counter(LEFT) - Counter(lines), "there are fewer: lower the number"
