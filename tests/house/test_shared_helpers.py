"""Shared helpers stand in tests/support (or in a conftest): no test module is read to understand another."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.support.parsed import nodes_in

TESTS = Path(__file__).resolve().parents[1]


def imported(path: Path) -> list[str]:
    """The dotted names that a file imports; none where it names no test but its own, as parsing takes long."""
    text, found = path.read_text("utf-8"), []
    for node in nodes_in(text) if re.search(r"(?<!def )\btest_", text) else ():
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            found += [source, *(f"{source}.{alias.name}" for alias in node.names)]
    return found


def test_no_test_module_imports_from_another() -> None:
    offenders = [
        f"{path.relative_to(TESTS)}: {name}"
        for path in sorted(TESTS.rglob("*.py"))
        for name in imported(path)
        if name.startswith((".", "tests.")) and any(part.startswith("test_") for part in name.split("."))
    ]
    assert not offenders, offenders
