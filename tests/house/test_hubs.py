"""Classes that others need for unlike reasons: no constructor takes over eight arguments, no class has over thirty
public methods, but those listed, whose numbers may only fall.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for room in ("layers", "viewer") for path in (ROOT / room).rglob("*.py"))
MOST_ARGUMENTS, MOST_METHODS = 8, 30
WIDE = {
    "FeatureTable": 11,
}
"""Arguments of constructors that take more: give each a few collaborators by what it does with them."""
MANY = {"Document": 38, "MapCanvas": 34}
"""Public methods of classes that have more, handlers of Qt's events among them: split them by who asks."""

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def classes_of(text: str) -> Iterator[tuple[str, list[Function]]]:
    """Each class of a module with its methods."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            yield node.name, [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


def arguments_of(methods: list[Function]) -> int:
    """Number of arguments of the constructor, `self` not counted; 0 without one."""
    made = next((method for method in methods if method.name == "__init__"), None)
    return 0 if made is None else len(made.args.args) + len(made.args.kwonlyargs) - 1


def public_of(methods: list[Function]) -> int:
    """Number of methods and properties without an underscore."""
    return len({method.name for method in methods if not method.name.startswith("_")})


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
