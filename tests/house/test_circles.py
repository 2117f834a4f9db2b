"""No circle of modules, and no knot of packages beyond those listed, which may only become fewer.

Imports for typing only, and imports inside functions, count like any other. A package is a folder with its own modules;
those of `layers/` itself, such as `errors.py`, are packages of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.support.parsed import nodes_in

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("layers", "viewer", "sample_data")
KNOTS: tuple[tuple[str, ...], ...] = ()
"""Packages that import each other still: shorten the list when one is cut, and never lengthen it."""


def modules(root: Path) -> dict[str, Path]:
    """The file of each module by its dotted name; a package goes by the name of its folder."""
    found = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(name: str, path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The modules of `known` that a module imports, anywhere in its text."""
    package = name if path.stem == "__init__" else name.rpartition(".")[0]
    for node in nodes_in(path.read_text("utf-8")):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                if whole in known or source in known:
                    yield whole if whole in known else source


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Groups of modules each of which reaches all others of its group (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    found: set[frozenset[str]] = set()

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        waiting.append(name)
        for other in sorted(graph[name]):
            if other not in number:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in waiting:
                lowest[name] = min(lowest[name], number[other])
        if lowest[name] == number[name]:
            at = waiting.index(name)
            group, waiting[at:] = frozenset(waiting[at:]), []
            if len(group) > 1 or name in graph[name]:
                found.add(group)

    for name in graph:
        if name not in number:
            visit(name)
    return found


@cache
def graph_of(root: Path) -> dict[str, set[str]]:
    """What each module under `root` imports of the others."""
    known = modules(root)
    return {name: set(imports(name, path, known)) for name, path in known.items()}


def packages_of(graph: Mapping[str, set[str]], root: Path) -> dict[str, set[str]]:
    """What each package imports of the others, by the dotted names of their folders."""
    known = modules(root)

    def package(name: str) -> str:
        is_folder = known[name].stem == "__init__"
        return name if is_folder or name.count(".") == 1 else name.rpartition(".")[0]

    imported: dict[str, set[str]] = {}
    for name, others in graph.items():
        imported.setdefault(package(name), set()).update(map(package, others))
    return {name: others - {name} for name, others in imported.items()}


def test_packages_import_each_other_in_one_direction() -> None:
    knots = circles(packages_of(graph_of(ROOT), ROOT))
    assert sorted(map(sorted, knots)) == sorted(map(sorted, KNOTS))


def test_a_knot_of_packages_is_found_between_folders_and_not_within_one(tmp_path: Path) -> None:
    texts = {
        "layers/errors.py": "import layers.a.one\n",
        "layers/a/one.py": "import layers.a.two\nimport layers.b.deep.three\n",
        "layers/a/two.py": "",
        "layers/a/four.py": "",
        "layers/b/deep/three.py": "def late():\n    from layers.a import four\n",
        "layers/phrase.py": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    knots = circles(packages_of(graph_of(tmp_path), tmp_path))
    assert knots == {frozenset({"layers.a", "layers.b.deep"})}
    assert not circles(graph_of(tmp_path)), "no module of it is in a circle"


def test_no_circle_of_modules() -> None:
    assert not [sorted(group) for group in circles(graph_of(ROOT))]


def test_a_circle_is_found_wherever_the_import_stands(tmp_path: Path) -> None:
    """Through typing, through a function, through a package, and through a relative import."""
    texts = {
        "layers/__init__.py": "",
        "layers/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from layers.b import B\n",
        "layers/b.py": "def late():\n    import layers.a\n",
        "layers/c.py": "from layers import a\n",
        "viewer/d/__init__.py": "from viewer.d.e import E\n",
        "viewer/d/e.py": "from viewer.d import F\n",
        "viewer/g.py": "from .h import H\n",
        "viewer/h.py": "from . import g, i\n",
        "viewer/i.py": "",
        "viewer/__init__.py": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    groups = (("layers.a", "layers.b"), ("viewer.d", "viewer.d.e"), ("viewer.g", "viewer.h"))
    assert circles(graph_of(tmp_path)) == {frozenset(group) for group in groups}
