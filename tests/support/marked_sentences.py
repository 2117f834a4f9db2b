"""The reader of marks: all calls that mark a sentence for translation, and the sentences that they mark.

Qt's own tool finds those of the window only. Whoever makes a list for translators adds those of phrases, templates of
errors and notices, most of them in `layers/`, and the words of `tests/support/listed_words.py`, all in the context
"Phrases".
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from layers import errors
from tests.support.parsed import parsed
from viewer.support.language.translation import PHRASES

ROOT = Path(__file__).resolve().parents[2]
VIEWER = sorted((ROOT / "viewer").rglob("*.py"))
LAYERS = sorted((ROOT / "layers").rglob("*.py"))
DOOR = "viewer.support.language.translation"
MARKS = ("translate", "QT_TRANSLATE_NOOP")
_LEAVES = (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.alias)
_KEPT = ROOT / ".pytest_cache" / "sentences.json"
_CLASS = re.compile(r"^class (\w+)\((\w+)\)", re.MULTILINE)


class Marked(NamedTuple):
    """A sentence as a list of translations has it; `one` is the English form for a single thing, where it counts."""

    context: str
    text: str
    one: str = ""


class Mark(NamedTuple):
    """A call that marks a sentence by the function of this `name`.

    `context` and `forms` stand as in the code, whether anybody could translate them or not: the text, and that for a
    single thing where it counts.
    """

    name: str
    call: ast.Call
    context: ast.expr
    forms: tuple[ast.expr, ...]

    @property
    def is_phrase(self) -> bool:
        """True for a phrase or an error, which Qt's tool does not find."""
        return isinstance(self.context, ast.Constant) and self.context.value == PHRASES

    @property
    def literal(self) -> Marked | None:
        """The sentence, where all of it is literal."""
        parts = [part.value for part in (self.context, *self.forms) if isinstance(part, ast.Constant)]
        if len(parts) <= len(self.forms) or not self.forms or not all(isinstance(part, str) for part in parts):
            return None
        return Marked(*map(str, parts))


@cache
def marks_in(code: str) -> tuple[Mark, ...]:
    """The marks of a module, in no order."""
    return tuple(_marks_of(parsed(code)))


def _marks_of(tree: ast.Module) -> Iterator[Mark]:
    window, makers, phrases = _window_marks(tree), nouns(), ast.Constant(PHRASES)
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, owner = waiting.pop()
        inner = node.name if isinstance(node, ast.ClassDef) else owner
        waiting += [(child, inner) for child in ast.iter_child_nodes(node) if not isinstance(child, _LEAVES)]
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="tr"), args=forms):
                yield Mark("tr", node, ast.Constant(owner), tuple(forms[:1]))
            case ast.Call(func=ast.Name(id=name), args=[context, *forms]) if name in window:
                yield Mark(name, node, context, tuple(forms[:2]))
            case ast.Call(func=ast.Name(id="counted"), args=[_, one, *many]):
                yield Mark("counted", node, phrases, _forms_of_counted(one, many))
            case ast.Call(func=ast.Name(id=name), args=[template, *_]) if name in makers:
                yield Mark(name, node, phrases, (template,))


def _forms_of_counted(one: ast.expr, many: list[ast.expr]) -> tuple[ast.expr, ...]:
    """The templates that `counted` of layers/text/counted.py makes, where its words are literal."""
    match one, many:
        case ast.Constant(value=str(word)), []:
            return ast.Constant(f"{{count}} {word}s"), ast.Constant(f"{{count}} {word}")
        case ast.Constant(value=str(word)), [ast.Constant(value=str(words))]:
            return ast.Constant(f"{{count}} {words}"), ast.Constant(f"{{count}} {word}")
    return (*many, one)


def _window_marks(tree: ast.Module) -> set[str]:
    """Functions of a module that mark; another `translate` moves geometries."""
    imported = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    sources = {alias.name: node.module for node in imported for alias in node.names}
    return {name for name in MARKS if sources.get(name) in (DOOR, "PySide6.QtCore")}


@cache
def nouns() -> frozenset[str]:
    """Names whose call makes a phrase: `Phrase` itself and all errors of ours."""
    found = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    classes = [one for path in (*LAYERS, *VIEWER) for one in _CLASS.findall(path.read_text("utf-8"))]
    while more := {name for name, base in classes if base in found} - found:
        found |= more
    return frozenset(found)


@cache
def sentences() -> frozenset[Marked]:
    """All that the code marks. To parse it takes seconds, in each process: a file has the answer for the same code."""
    texts = [path.read_text("utf-8") for path in (*LAYERS, *VIEWER)]
    digest = sha256("\0".join([*texts, Path(__file__).read_text("utf-8")]).encode()).hexdigest()
    with suppress(OSError, ValueError):
        kept = json.loads(_KEPT.read_text("utf-8"))
        if kept["digest"] == digest:
            return frozenset(Marked(*one) for one in kept["sentences"])
    marks = (mark for text in texts for mark in _marks_of(ast.parse(text)))
    listed = frozenset(one for mark in marks if (one := mark.literal) is not None)
    with suppress(OSError):  # a clone that nobody may write to
        _KEPT.parent.mkdir(exist_ok=True)
        new = _KEPT.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps({"digest": digest, "sentences": sorted(listed)}), "utf-8")
        new.replace(_KEPT)
    return listed
