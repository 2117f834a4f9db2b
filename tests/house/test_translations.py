"""Sentences of `viewer/` ready for other languages: one way to mark each, with the place it stands at.

A `QObject` has `self.tr("words")`, whose context is its class. All else calls `translate("Context", "words")` of
`viewer/support/language/translation.py`; a table of constants marks its words with `QT_TRANSLATE_NOOP`. The words are
literal: what is put together while the program runs stands in no list of sentences, so nobody can translate it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
VIEWER = sorted((ROOT / "viewer").rglob("*.py"))
DOOR = ROOT / "viewer/support/language/translation.py"


def marked_wrongly(code: str) -> Iterator[str]:
    """The places of a module that mark a sentence in another way, or one that no list of sentences can hold."""
    tree = ast.parse(code)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    marks = _names_of_marks(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr="tr") if id(node) not in called or ast.unparse(node) != "self.tr":
                yield f"{ast.unparse(node)} is neither self.tr() nor translate()"
            case ast.Name(id="tr" | "_tr") | ast.FunctionDef(name="tr" | "_tr"):
                yield "another name of tr"
            case ast.Name(id="translate") if "translate" in marks and id(node) not in called:
                yield "another name of translate"
            case ast.Attribute(value=ast.Name(id="QCoreApplication"), attr="translate"):
                yield "QCoreApplication.translate is called by translate() only"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr="tr"), args=args):
                if not (args and _is_literal(args[0])):
                    yield ast.unparse(node)
            case ast.Call(func=ast.Name(id=name), args=args) if name in marks:
                if not (len(args) > 1 and _is_literal(args[0]) and (_is_literal(args[1]) or _is_looked_up(name, args))):
                    yield ast.unparse(node)


def _names_of_marks(tree: ast.Module) -> set[str]:
    """Functions of the module that mark; another `translate` moves geometries."""
    imported = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    names = {alias.name for node in imported if node.module == "PySide6.QtCore" for alias in node.names}
    doors = {alias.name for node in imported if node.module == DOOR_NAME for alias in node.names}
    return (names & {"QT_TRANSLATE_NOOP"}) | (doors & {"translate"})


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value.strip())


def _is_looked_up(name: str, args: list[ast.expr]) -> bool:
    """True for a value of a table that marks its own words, where a variable or an entry is what is translated."""
    return name == "translate" and isinstance(args[1], ast.Name | ast.Subscript)


DOOR_NAME = "viewer.support.language.translation"
IMPORT = f"from {DOOR_NAME} import translate\n"


@pytest.mark.parametrize(
    "code",
    [
        "tr = self.tr",
        "tr, form = self.tr, QFormLayout()",
        "parent.tr('Map')",
        "self.tr(f'{count} sites')",
        "self.tr('Open ' + name)",
        "self.tr('one' if count == 1 else 'many')",
        "self.tr(title)",
        "self.tr('')",
        "QCoreApplication.translate('Map', 'Open')",
        "def _tr(text): ...",
        IMPORT + "translate('', 'Open')",
        IMPORT + "translate('Map', f'Open {name}')",
        IMPORT + "translate('Map', 'Open {0}'.format(name))",
        IMPORT + "say = translate",
        "from PySide6.QtCore import QT_TRANSLATE_NOOP\nQT_TRANSLATE_NOOP('Map', OPEN)",
    ],
)
def test_a_sentence_that_nobody_could_translate_is_found(code: str) -> None:
    assert list(marked_wrongly(code))


@pytest.mark.parametrize(
    "code",
    [
        "self.tr('Open {0}').format(name)",
        IMPORT + "translate('Map', 'Open')",
        IMPORT + "translate('Map', TITLES[name])",
        "from shapely.affinity import translate\ntranslate(area, *step)",
        "painter.translate(x, y)",
    ],
)
def test_a_marked_sentence_is_let_pass(code: str) -> None:
    assert not list(marked_wrongly(code))


def test_each_sentence_of_the_window_is_marked_in_one_way() -> None:
    found = {str(path.relative_to(ROOT)): list(marked_wrongly(path.read_text("utf-8"))) for path in VIEWER}
    found.pop(str(DOOR.relative_to(ROOT)))
    assert not {name: wrong for name, wrong in found.items() if wrong}


def test_qt_extracts_each_sentence_with_its_context(tmp_path: Path) -> None:
    """What Qt's own tool does not find, or finds without a place, no translator is ever shown."""
    listed = tmp_path / "sentences.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([tool, "-silent", *VIEWER, "-ts", listed], check=True, capture_output=True, timeout=50)
    contexts = ElementTree.parse(listed).getroot().findall("context")
    found = {
        (context.findtext("name"), one.findtext("source")) for context in contexts for one in context.iter("message")
    }
    assert not [text for context, text in found if not context]
    assert {text for _, text in found} == {text for path in VIEWER for text in literals_of(path.read_text("utf-8"))}


def literals_of(code: str) -> Iterator[str]:
    """The marked sentences of a module."""
    tree = ast.parse(code)
    marks = _names_of_marks(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="self"), attr="tr"), args=[ast.Constant(value=text), *_]
            ):
                yield str(text)
            case ast.Call(func=ast.Name(id=name), args=[_, ast.Constant(value=text), *_]) if name in marks:
                yield str(text)
