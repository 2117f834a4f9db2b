"""Words after a number: "1 site", "2 sites", by one function, so that nobody reads of "1 sites"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.support.marked_sentences import DOOR, LAYERS, ROOT, VIEWER, marks_in
from tests.support.parsed import nodes_in

CODE = (*LAYERS, *VIEWER)
IMPORT = f"from {DOOR} import translate\n"
NUMBERS = {"len", "grouped", "sum"}
"""Functions whose answer, where words follow it, is a number of things."""
PLURAL = re.compile(r" (?:[a-z]+ (?:and )?)?[a-z]{2,}s\b")
NO_PLURAL = re.compile(r" (?:(?:times|of|is|has|was|as|across)\b|[a-z]+ (?:of|is|has|was|as|across|its|this)\b)")
"""Words that end in s and are no things counted, directly or as the second word."""
SLOT = re.compile(r"\{(\d)\}")


def is_number(node: ast.expr) -> bool:
    """True for an expression that counts something; a constant limit is never one."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in NUMBERS and not (node.args and is_limit(node.args[0]))
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in ("count", "total", "counted")
        case ast.BinOp():
            return is_number(node.left) or is_number(node.right)
    return False


def is_limit(node: ast.expr) -> bool:
    """True for a constant, in capitals: it is no 1."""
    return (
        isinstance(node, ast.Name | ast.Attribute) and (node.id if isinstance(node, ast.Name) else node.attr).isupper()
    )


def is_plural(text: str) -> bool:
    """True where a thing in the plural follows a number."""
    return PLURAL.match(text) is not None and NO_PLURAL.match(text) is None


def counts_by_hand(code: str) -> Iterator[str]:
    """The texts of a module in which a number stands before a plural that is there for one thing, too."""
    marked = {(mark.call.lineno, mark.call.col_offset): mark.literal for mark in marks_in(code)}
    for node in nodes_in(code):
        match node:
            case ast.JoinedStr(values=values):
                for number, words in pairwise(values):
                    is_raw = isinstance(number, ast.FormattedValue) and is_number(number.value)
                    if is_raw and isinstance(words, ast.Constant) and is_plural(str(words.value)):
                        yield ast.unparse(node)
            case ast.Call(func=ast.Attribute(value=said, attr="format"), args=numbers):
                sentence = marked.get((said.lineno, said.col_offset))
                text = sentence.text if sentence is not None else getattr(said, "value", "")
                for slot in SLOT.finditer(text if isinstance(text, str) else ""):
                    at = int(slot[1])
                    if at < len(numbers) and is_number(numbers[at]) and is_plural(text[slot.end() :]):
                        yield text


@pytest.mark.parametrize(
    "code",
    [
        'f"{len(rows)} sites"',
        'f"at most {grouped(count)} rows with it"',
        'f"{total} named sites"',
        'self.tr("{0} files are gone").format(len(lost))',
        f'{IMPORT}translate("Files", "Of {{1}}, {{0}} files").format(count, name)',
    ],
)
def test_a_raw_plural_is_found(code: str) -> None:
    assert len(list(counts_by_hand(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        'counted(len(rows), "site")',
        "f\"{counted(len(rows), 'site')} left out\"",
        'f"at most {grouped(MOST_ROWS)} rows"',
        'f"{len(done)} of {count} is done"',
        'self.tr("Zoom to {0} sites").format(name)',
        'f"{at} places"',
    ],
)
def test_other_words_are_let_pass(code: str) -> None:
    assert not list(counts_by_hand(code))


def test_numbers_of_things_are_told_by_one_function() -> None:
    """`counted` of layers/text/counted.py has the singular, and the thin space between thousands."""
    found = {str(path.relative_to(ROOT)): list(counts_by_hand(path.read_text("utf-8"))) for path in CODE}
    assert not {name: texts for name, texts in found.items() if texts}
