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
from typing import TypeGuard
from xml.etree import ElementTree

import pytest

from tests.support.marked_sentences import DOOR, LAYERS, MARKS, ROOT, VIEWER, Mark, Marked, marks_in
from tests.support.parsed import nodes_in, parsed

TRANSLATION = ROOT / "viewer/support/language/translation.py"


def marked_wrongly(code: str) -> Iterator[str]:
    """The places of a module that mark a sentence in another way, or one that no list of sentences can hold."""
    nodes = nodes_in(code)
    marks = [mark for mark in marks_in(code) if not mark.is_phrase]
    places = {_place(mark.call) for mark in marks}
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    is_window = any(alias.name in MARKS for node in parsed(code).body if _is_door(node) for alias in node.names)
    yield from (ast.unparse(mark.call) for mark in marks if not _is_whole(mark))
    for node in nodes:
        match node:
            case ast.Attribute(attr="tr") if id(node) not in called or ast.unparse(node) != "self.tr":
                yield f"{ast.unparse(node)} is neither self.tr() nor translate()"
            case ast.Name(id="tr" | "_tr") | ast.FunctionDef(name="tr" | "_tr"):
                yield "another name of tr"
            case ast.Name(id="translate") if is_window and id(node) not in called:
                yield "another name of translate"
            case ast.JoinedStr() if any(isinstance(one, ast.Call) and _place(one) in places for one in ast.walk(node)):
                yield f"Qt's tool does not look into {ast.unparse(node)}"
            case ast.Attribute(value=ast.Name(id="QCoreApplication"), attr="translate"):
                yield "QCoreApplication.translate is called by translate() only"


def _is_door(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and node.module in (DOOR, "PySide6.QtCore")


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value.strip())


def _is_whole(mark: Mark) -> bool:
    """True for a literal text with its context, an entry of a table that marks its own words, and the two English forms
    of a text with a number.
    """
    count = len(mark.call.args)
    match mark.forms:
        case [text] if mark.name == "tr":
            return _is_literal(text)
        case [ast.Name() | ast.Subscript()] if mark.name == "translate" and count == 2:
            return _is_literal(mark.context)
        case [text] if count == 2:
            return _is_literal(mark.context) and _is_literal(text)
        case [many, one] if count == 4 and all(map(_is_literal, (mark.context, many, one))):
            return all("{count}" in str(ast.literal_eval(form)) for form in (many, one))
    return False


IMPORT = f"from {DOOR} import translate\n"


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
        IMPORT + 'f\'{name}: {translate("Map", "Open")}\'',
        IMPORT + "translate('Map', '{count} layers', word, count)",
        IMPORT + "translate('Map', '{count} layers', 'one layer', count)",
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
        IMPORT + "translate('Map', '{count} layers', '{count} layer', count)",
        "from shapely.affinity import translate\ntranslate(area, *step)",
        "painter.translate(x, y)",
    ],
)
def test_a_marked_sentence_is_let_pass(code: str) -> None:
    assert not list(marked_wrongly(code))


def test_each_sentence_of_the_window_is_marked_in_one_way() -> None:
    found = {str(path.relative_to(ROOT)): list(marked_wrongly(path.read_text("utf-8"))) for path in VIEWER}
    found.pop(str(TRANSLATION.relative_to(ROOT)))
    assert not {name: wrong for name, wrong in found.items() if wrong}


def test_qt_extracts_each_sentence_with_its_context(tmp_path: Path) -> None:
    """What Qt's own tool does not find, or finds without a place, no translator is ever shown."""
    listed = tmp_path / "sentences.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([tool, "-silent", *VIEWER, "-ts", listed], check=True, capture_output=True, timeout=50)
    contexts = ElementTree.parse(listed).getroot().findall("context")
    found = {(context.findtext("name"), one) for context in contexts for one in context.iter("message")}
    assert not [one.findtext("source") for context, one in found if not context]
    extracted = {(context, one.findtext("source"), one.get("numerus", "")) for context, one in found}
    marked = {one for path in VIEWER for mark in marks_in(path.read_text("utf-8")) if (one := _of_window(mark))}
    assert extracted == {(one.context, one.text, "yes" if one.one else "") for one in marked}


def _of_window(mark: Mark) -> Marked | None:
    return None if mark.is_phrase else mark.literal


def composed_phrases(code: str) -> Iterator[str]:
    """Templates that are put together while the program runs: no list of phrases holds them."""
    for mark in marks_in(code):
        parts = [part for form in mark.forms for part in _branches(form)] if mark.is_phrase else []
        if any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in parts):
            yield ast.unparse(mark.call)


def _branches(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression may be."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_branches(body), *_branches(orelse))
        case ast.BoolOp(values=values):
            yield from (one for value in values for one in _branches(value))
        case _:
            yield node


@pytest.mark.parametrize(
    "code",
    [
        "InvalidValue(f'{name} is no number.')",
        "NotReadable('It is damaged: ' + why)",
        "NotReadable(why or f'{name} is damaged.')",
        "Phrase(f'{name} is damaged.')",
        "WaitsForPermission(f'{name} waits.')",
        "counted(lost, f'row of {name}', f'rows of {name}')",
    ],
)
def test_a_refusal_that_nobody_could_translate_is_found(code: str) -> None:
    assert list(composed_phrases(code))


def test_each_refusal_is_a_template_and_its_values() -> None:
    found = {
        str(path.relative_to(ROOT)): list(composed_phrases(path.read_text("utf-8"))) for path in (*LAYERS, *VIEWER)
    }
    assert not {name: wrong for name, wrong in found.items() if wrong}


def labels_as_text(code: str) -> Iterator[str]:
    """Labels of edits that are no phrases: Undo shows them."""
    for node in nodes_in(code):
        if isinstance(node, ast.Call):
            labels = [keyword.value for keyword in node.keywords if keyword.arg == "label"]
            labels += node.args[:1] if ast.unparse(node.func) == "Edit" else []
            parts = [part for label in labels for part in _branches(label)]
            yield from (ast.unparse(part) for part in parts if isinstance(part, ast.JoinedStr) or _is_literal(part))


def test_each_label_of_an_edit_is_a_phrase() -> None:
    assert list(labels_as_text("Edit('Add claim', ())")) == ["'Add claim'"]
    assert list(labels_as_text("replace(edit, label=f'Change {name}')")) == ["f'Change {name}'"]
    assert not list(labels_as_text("Edit(Phrase('Add claim'), ())"))
    rooms = [path for path in VIEWER if {"commands", "panels"} & set(path.relative_to(ROOT).parts)]
    found = {str(path.relative_to(ROOT)): list(labels_as_text(path.read_text("utf-8"))) for path in rooms}
    assert not {name: labels for name, labels in found.items() if labels}


MAKERS = {"Phrase", "Phrase.counting", "counted", "joined", "all_of", "either"}
HELD = {"sentence", "problem", "problems", "why", "remark", "georeferencing_note", "offset_words"}
"""Attributes that hold phrases: of errors, of what is drawn, of facts of a file."""
SAYERS = {"in_language", "plain", "one_line", "tooltip", "word", "say", "len", "bool"}
"""What comes out of these is no phrase any more, in whatever language."""
ENGLISH = {
    "layers/frames.py: counted(len(self.document.table(name)), name.removesuffix('s'))",  # of a repr
    "layers/frames.py: counted(len(self.problems), 'problem')",
    "layers/project/saving/case_copy.py: counted(len(value), 'byte')",  # the history that a case keeps
    "layers/project/saving/case_copy.py: counted(len(value), 'character')",
    "layers/project/storage/fsops.py: counted(len(data), 'byte')",  # of an error for developers
    "layers/readers/features/odd_numbers.py: counted(len(cell), 'byte')",  # cells of a table
    "layers/readers/rows/ogr.py: counted(len(value), 'byte')",
    "viewer/app/case_log.py: counted(len(table), noun)",  # the log
    "viewer/app/opening/layer_adder.py: error.sentence",  # the key of a message
    "viewer/panels/context.py: dropped.why",  # translated when it was put together
}


def lost_phrases(code: str) -> Iterator[str]:
    """Phrases that are put into plain text before they are translated: they stay English in every language."""
    for node in nodes_in(code):
        match node:
            case ast.JoinedStr(values=values):
                parts = [one.value for one in values if isinstance(one, ast.FormattedValue)]
            case ast.Call(func=ast.Attribute(attr="join" | "format"), args=args, keywords=keywords):
                parts = [*args, *(keyword.value for keyword in keywords)]
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                parts = [one for one in (left, right) if isinstance(one, ast.Call | ast.Attribute)]
            case ast.Subscript(value=value, slice=ast.Slice()):
                parts = [value] if isinstance(value, ast.Call) else []
            case _:
                continue
        yield from (ast.unparse(one) for part in parts for one in _phrases_in(part))


def _phrases_in(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=func) if ast.unparse(func) in MAKERS:
            yield node
        case ast.Attribute(attr=name) if name in HELD:
            yield node
        case ast.Compare():
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_phrases_in(body), *_phrases_in(orelse))
        case ast.Call(func=func, args=args) if _last_name(func) in SAYERS or _maps_to_text(func, args):
            return
        case _:
            yield from (one for child in ast.iter_child_nodes(node) for one in _phrases_in(child))


def _maps_to_text(func: ast.expr, args: list[ast.expr]) -> bool:
    return ast.unparse(func) == "map" and _last_name(args[0]) in SAYERS


def _last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


@pytest.mark.parametrize(
    "code",
    [
        "f'{name}: {error.sentence}'",
        "' '.join(pictures.problems)",
        "' '.join(one.sentence for one in found)",
        "self.tr('Not moved. {0}').format(found.why)",
        "f'{sensor}: {counted(3, 'tile')}'",
        "', '.join(names) + Phrase(' and more')",
        "Phrase('no place')[:-1]",
    ],
)
def test_a_phrase_that_is_lost_is_found(code: str) -> None:
    assert list(lost_phrases(code))


def test_no_phrase_is_lost_in_plain_text() -> None:
    """What prints on a command line, and data for other programs, are English in every language."""
    rooms = [path for path in (*LAYERS, *VIEWER) if not {"cli", "data"} & set(path.relative_to(ROOT).parts)]
    found = {f"{path.relative_to(ROOT)}: {one}" for path in rooms for one in lost_phrases(path.read_text("utf-8"))}
    assert found == ENGLISH
    assert not list(lost_phrases("' '.join(map(in_language, pictures.problems)) + f'{plain(error.sentence)}'"))
