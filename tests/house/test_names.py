"""A public type has one name, and the name no other meaning anywhere in the program.

Aliases of the same text are the same type. A type of one module alone begins with an underscore and is not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.parsed import parsed

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for room in ("layers", "viewer") for path in (ROOT / room).rglob("*.py"))
ONE_MEANING = {
    "Floats": "an array of floats, here of one width and there of any",
    "Points": "arrays of x and y",
}
"""Aliases that differ in their text and mean the same."""
TWO_MEANINGS: dict[str, str] = {}
"""Names that still have two: shorten the list when one is renamed, and never lengthen it."""


def public_types(path: Path) -> Iterator[tuple[str, str]]:
    """The types of a module, each with the text of an alias; a class has its module's path instead."""
    for node in parsed(path.read_text("utf-8")).body:
        match node:
            case ast.ClassDef(name=name):
                meaning = str(path)
            case (
                ast.TypeAlias(name=ast.Name(id=name), value=value)
                | ast.Assign(targets=[ast.Name(id=name)], value=value)
            ):
                meaning = ast.unparse(value)
            case _:
                continue
        if name[0].isupper() and name != name.upper() and "_" not in name:
            yield name, meaning


def meanings(paths: list[Path]) -> dict[str, set[str]]:
    """What each name of a public type means, where that is more than one thing."""
    known: dict[str, set[str]] = {}
    for path in paths:
        for name, meaning in public_types(path):
            known.setdefault(name, set()).add(meaning)
    return {name: said for name, said in known.items() if len(said) > 1}


def test_a_name_of_a_type_means_one_thing() -> None:
    assert meanings(CODE).keys() == ONE_MEANING.keys() | TWO_MEANINGS.keys()


def test_a_second_meaning_is_found(tmp_path: Path) -> None:
    texts = ("class Place:\n    pass\ntype Step = int\n", "Place = tuple\nStep = int\n", "class _Place:\n    pass\n")
    paths = [tmp_path / f"{at}.py" for at in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    assert meanings(paths).keys() == {"Place"}
