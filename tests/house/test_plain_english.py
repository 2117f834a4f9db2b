"""Plain English: a docstring begins with what a thing is or does, never with a riddle ("What ...", "Whether ..."), and
a variable is called by what it holds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.parsed import nodes_in, parsed

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(p for room in ("layers", "viewer", "sample_data") for p in (ROOT / room).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
RIDDLE = r"\W*(?:What|Who|Which|How|Where|Those|Whether|When)\b"
OPENINGS = (
    *("About", "After", "Along", "Among", "Around", "As", "At", "Before", "Below", "Beside", "Between", "Beyond", "By"),
    *("For", "From", "In", "Inside", "Into", "Like", "Near", "Of", "Off", "On", "Onto", "Out", "Outside", "Over"),
    *("Past", "Round", "Since", "Than", "Through", "To", "Under", "Until", "Up", "With", "Within", "Without", "While"),
    *("Neither", "Never", "No", "Nobody", "None", "Not", "Nothing", "So", "Such", "But"),
)
TURNED_ROUND = re.compile(rf"(?:{'|'.join(OPENINGS)})\b")
"""A preposition, a denial or "So many" at the beginning: a riddle that was only turned round."""
BARE = frozenset({"found", "one", "told", "said", "heard", "asked", "taken", "some", "given"})
"""Names that say nothing of a value: a variable is called by what it holds."""
MOST_BARE = {"layers": 30, "viewer": 6}
"""Places in each wall where a variable or a parameter is still called so. The numbers may only fall."""
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings_of(tree: ast.AST) -> Iterator[str]:
    """Docstrings of all modules, classes and functions, and of the attributes that have a text below them."""
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED):
            yield ast.get_docstring(node) or ""
            for above, below in pairwise(node.body):
                if isinstance(above, ast.Assign | ast.AnnAssign) and isinstance(below, ast.Expr):
                    match below.value:
                        case ast.Constant(value=str() as text):
                            yield text


def riddles_in(text: str) -> list[str]:
    """First lines of docstrings that begin with a riddle; a file without one in quotes is not even parsed."""
    docstrings = docstrings_of(parsed(text)) if re.search(f"[\"']{RIDDLE}", text) else ()
    return [text.strip().splitlines()[0] for text in docstrings if re.match(RIDDLE, text)]


@pytest.mark.parametrize(
    "code",
    [
        '"""What is kept."""',
        'def read():\n    """\n    Whether it is read.\n    """',
        'class Rows:\n    """Rows."""\n\n    def count(self):\n        r"""How many there are."""',
        'class Rows:\n    count: int\n    """How many there are."""',
        'async def read():\n    "(When it is read)"',
        'LEFT = 1\n"""Which is left."""',
    ],
)
def test_a_riddle_is_found(code: str) -> None:
    assert len(riddles_in(code)) == 1


@pytest.mark.parametrize(
    "code",
    ['"""Rows: what is kept."""', '"""Whatever is kept."""', 'print("What is kept?")', '# What is kept\n"""Rows."""'],
)
def test_other_texts_are_no_riddles(code: str) -> None:
    assert not riddles_in(code)


def test_docstrings_say_what_a_thing_is_or_does() -> None:
    """An engineer new to the code reads first what is there, in the field's words."""
    by_file = {str(path.relative_to(ROOT)): riddles_in(path.read_text("utf-8")) for path in CODE}
    assert not {name: riddles for name, riddles in by_file.items() if riddles}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Of layers without a style.", True),
        ("So many rows are read at a time.", True),
        ("Nobody waits for it.", True),
        ("Default colours of layers without a style.", False),
        ("Notes of a product.", False),
        ("Offers a polar map.", False),
    ],
)
def test_openings_that_were_only_turned_round_are_found(text: str, is_one: bool) -> None:
    assert bool(TURNED_ROUND.match(text)) is is_one


def test_docstrings_open_with_a_noun_or_a_verb() -> None:
    by_file = {}
    for path in CODE:
        text = path.read_text("utf-8")
        if re.search(f"[\"']{TURNED_ROUND.pattern}", text):
            odd = [
                line
                for doc in docstrings_of(parsed(text))
                if TURNED_ROUND.match(line := doc.strip().partition("\n")[0])
            ]
            by_file[str(path.relative_to(ROOT))] = odd
    assert not {name: odd for name, odd in by_file.items() if odd}


def bare_names_in(text: str) -> int:
    """Number of places where a variable or a parameter has a bare name; a file without one is not even parsed."""
    if not re.search(rf"(?<![.\w])(?:{'|'.join(BARE)})\b", text):
        return 0
    nodes = nodes_in(text)
    return sum(
        (isinstance(node, ast.Name) and node.id in BARE) or (isinstance(node, ast.arg) and node.arg in BARE)
        for node in nodes
    )


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("def keep(told):\n    return told", 2),
        ("rows = [one for one in found]", 3),
        ("site.found = site.told(found='one')  # said", 0),
    ],
)
def test_bare_names_are_counted(code: str, count: int) -> None:
    assert bare_names_in(code) == count


@pytest.mark.parametrize("wall", MOST_BARE)
def test_variables_are_called_by_what_they_hold(wall: str) -> None:
    count = sum(bare_names_in(path.read_text("utf-8")) for path in (ROOT / wall).rglob("*.py"))
    assert count <= MOST_BARE[wall], f"{count} variables are called {', '.join(sorted(BARE))}: say what they hold"


def test_tests_say_in_their_first_line_what_they_are_of() -> None:
    riddles = [path for path in TESTS if re.match(f"[\"']+{RIDDLE}", path.read_text("utf-8"))]
    assert not [str(path.relative_to(ROOT)) for path in riddles]
