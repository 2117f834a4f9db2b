"""Classes that others need for unlike reasons: no constructor takes over eight arguments, no class has over thirty
public methods, no module imports over fifty others, but those listed, whose numbers may only fall.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.parsed import nodes_in

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for room in ("layers", "viewer") for path in (ROOT / room).rglob("*.py"))
MOST_ARGUMENTS, MOST_METHODS, MOST_IMPORTS = 8, 30, 50
WIDE: dict[str, int] = {}
"""Arguments of constructors that take more: give each a few collaborators by what it does with them."""
MANY: dict[str, int] = {}
"""Public methods of classes that have more, handlers of Qt's events among them: split them by who asks."""
WIRED = {"viewer/app/window.py": 82}
"""Modules of ours that a module imports where these are more: let rooms make what only they need."""

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def classes_of(text: str) -> Iterator[tuple[str, list[Function]]]:
    """Each class of a module with its methods."""
    for node in nodes_in(text):
        if isinstance(node, ast.ClassDef):
            yield node.name, [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


def arguments_of(methods: list[Function]) -> int:
    """Number of arguments of the constructor, `self` not counted; 0 without one."""
    made = next((method for method in methods if method.name == "__init__"), None)
    return 0 if made is None else len(made.args.args) + len(made.args.kwonlyargs) - 1


def public_of(methods: list[Function]) -> int:
    """Number of methods and properties without an underscore."""
    return len({method.name for method in methods if not method.name.startswith("_")})


def imported_by(text: str) -> set[str]:
    """Names of our modules from which a module imports, anywhere in it."""
    froms = [node.module or "" for node in nodes_in(text) if isinstance(node, ast.ImportFrom)]
    return {name for name in froms if name.split(".")[0] in ("layers", "viewer")}


@pytest.mark.parametrize(
    ("text", "arguments", "methods"),
    [
        ("class A:\n    def __init__(self, a, *, b=1): ...\n    def go(self): ...\n    def _stay(self): ...", 2, 1),
        ("class A:\n    @property\n    def size(self): ...\n    @size.setter\n    def size(self, value): ...", 0, 1),
    ],
)
def test_arguments_and_methods_are_counted(text: str, arguments: int, methods: int) -> None:
    [(_, found)] = classes_of(text)
    assert (arguments_of(found), public_of(found)) == (arguments, methods)


def test_no_class_becomes_a_hub() -> None:
    wide, many = {}, {}
    for path in CODE:
        for name, methods in classes_of(path.read_text("utf-8")):
            if (count := arguments_of(methods)) > MOST_ARGUMENTS:
                wide[name] = count
            if (count := public_of(methods)) > MOST_METHODS:
                many[name] = count
    assert wide == WIDE, "give it collaborators by what it does with them; where there are fewer, lower the number"
    assert many == MANY, "split it by who asks; where there are fewer, lower the number"


def test_imported_modules_are_counted() -> None:
    text = "import os\nfrom viewer.a import b, c\ndef go():\n    from layers.d import e\nfrom viewer.a import f\n"
    assert imported_by(text) == {"viewer.a", "layers.d"}


def test_no_module_knows_too_many_others() -> None:
    counts = {str(path.relative_to(ROOT)): len(imported_by(path.read_text("utf-8"))) for path in CODE}
    wired = {name: count for name, count in counts.items() if count > MOST_IMPORTS}
    assert wired == WIRED, "let rooms make what only they need; where there are fewer, lower the number"
