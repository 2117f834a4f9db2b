"""The dependencies: each is imported by somebody, each import is declared, and all of Qt is among the essentials."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import files
from itertools import accumulate
from pathlib import Path, PurePosixPath

from tests.support.parsed import nodes_in

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("layers", "viewer", "sample_data")
IMPORTED_AS = {
    "opencv-python-headless": {"cv2"},
    "pyside6-essentials": {"PySide6", "shiboken6"},
    "pytest-qt": {"pytestqt"},
}
"""The names by which a distribution is imported, where these are not its own."""
COMMANDS = {"import-linter", "mypy", "pytest-timeout", "pytest-xdist", "ruff", "vulture"}
"""Distributions for engineers that are run, or are parts of pytest, and that nobody imports."""
OTHERS = {"lxml", "osgeo", "PIL", "qgis"}
"""What tests import that others bring along: lxml and PIL come with fastkml and pikepdf, the rest with Debian."""
LENT = re.compile(r"--with ([\w-]+)==")
"""The head of a script says so of a distribution that only its own command brings along."""
IMPORT = re.compile(r"(?:^|[;:])[ \t]*(?:from +([\w.]+) +import\b|import +([\w., ]+))", re.MULTILINE)
"""What may be an import; a file without any that is new is not parsed, as that takes long."""
NAME = re.compile(r"[\w-]+")


def declared(requirements: list[str]) -> set[str]:
    """The names in a list of requirements such as `numpy>=2.1` or `fastkml[lxml]>=1.4`."""
    return {found[0] for line in requirements if (found := NAME.match(line))}


def imports_in(code: str) -> Iterator[str]:
    """Full names of all modules that a source imports, `PySide6.QtCore` for `from PySide6 import QtCore` too."""
    for node in nodes_in(code):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str() as module, level=0):
                yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_by(*rooms: str) -> set[str]:
    """Full names of what these rooms import, without our own and Python's modules."""
    return set().union(*(imported_by_room(room) for room in rooms))


@cache
def imported_by_room(room: str) -> set[str]:
    ours = {*PROGRAM, "tests", *sys.stdlib_module_names}
    names, known = set[str](), set[str]()
    for path in (ROOT / room).rglob("*.py"):
        code = path.read_text("utf-8")
        lent = set(LENT.findall(code)) if path.is_relative_to(ROOT / "sample_data" / "build") else set()
        if any(name not in known and name.partition(".")[0] not in ours | lent for name in maybe_imported(code)):
            names |= {name for name in imports_in(code) if name.partition(".")[0] not in ours | lent}
            known = {before for name in names for before in accumulate(name.split("."), "{}.{}".format)} - {"PySide6"}
    return names


def maybe_imported(code: str) -> set[str]:
    """Names of modules in what looks like an import, in a text within the source too: quicker than parsing it."""
    lists = [source or listed for source, listed in IMPORT.findall(code)]
    return {word.split()[0] for words in lists for word in words.split(",") if word.strip()}


def names_of(distributions: set[str]) -> set[str]:
    return set().union(*(IMPORTED_AS.get(name, {name}) for name in distributions))


def project() -> dict[str, list[str]]:
    """The lists of requirements in pyproject.toml: the program's, the engineers', the pins."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        "program": table["project"]["dependencies"],
        "engineers": table["dependency-groups"]["dev"],
        "pins": table["tool"]["uv"]["constraint-dependencies"],
    }


def test_the_program_declares_what_it_imports_and_nothing_else() -> None:
    assert {name.partition(".")[0] for name in imported_by(*PROGRAM)} == names_of(declared(project()["program"]))


def test_the_tests_import_each_other_package() -> None:
    lists = project()
    engineers, program = declared(lists["engineers"]), declared(lists["program"])
    imported = {name.partition(".")[0] for name in imported_by("tests")}
    assert not engineers & program
    assert names_of(engineers - COMMANDS) - imported == set(), "nobody imports these"
    assert imported - names_of(engineers | program) == OTHERS, "nobody declares these"
    assert engineers >= COMMANDS


def test_each_requirement_is_pinned_once() -> None:
    lists = project()
    pins = [line.partition("==")[0] for line in lists["pins"]]
    assert sorted(pins) == sorted(declared(lists["program"]) | declared(lists["engineers"]))


def test_all_of_qt_that_is_imported_is_among_the_essentials() -> None:
    """The other half of Qt, with a browser in it, takes 430 MB."""
    shipped = {PurePosixPath(str(path)).name.partition(".")[0] for path in files("pyside6-essentials") or []}
    used = {name.split(".")[1] for name in imported_by(*PROGRAM, "tests") if re.match(r"PySide6\.Qt[A-Z]", name)}
    assert {"QtCore", "QtGui", "QtWidgets", "QtNetwork", "QtSvg", "QtTest"} <= used
    assert used <= shipped, "not in pyside6-essentials"


def test_imports_are_found_in_each_spelling() -> None:
    code = "import a.b, c\nfrom PySide6 import QtCore\ndef f():\n    from d.e import f\n    from . import g\n"
    assert list(imports_in(code)) == ["a.b", "c", "PySide6.QtCore", "d.e.f"]
