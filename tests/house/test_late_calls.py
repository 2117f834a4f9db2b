"""A call put off by a timer names the object it goes with: a window closed meanwhile takes the call along."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.parsed import nodes_in

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "viewer").rglob("*.py"))


def stray_calls(code: str) -> list[int]:
    """Lines of `QTimer.singleShot` without an object between the time and what is called."""
    return [
        node.lineno
        for node in nodes_in(code)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "singleShot"
        and len(node.args) < 3
    ]


def test_every_call_put_off_goes_with_an_object() -> None:
    found = [f"{path.relative_to(ROOT)}:{line}" for path in CODE for line in stray_calls(path.read_text("utf-8"))]
    assert not found, "write QTimer.singleShot(time, self, function)"


def test_a_call_put_off_without_an_object_is_found() -> None:
    assert stray_calls("QTimer.singleShot(0, self.go)\nQTimer.singleShot(0, self, self.go)") == [1]
