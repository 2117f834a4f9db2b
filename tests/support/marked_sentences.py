"""All sentences that are marked for translation, read from the code as Qt's own tool reads it, and those of phrases.

Phrases are what Qt's tool cannot find: templates of errors and notices, most of them in `layers/`, and the words that a
case stores. Whoever makes a list for translators adds `phrases()` and `stored_words()` to what pyside6-lupdate
extracts, in the context "Phrases".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from layers import errors
from layers.colour.palettes import PALETTES
from layers.document import vocabulary
from layers.document.imagery.shadow_mark import IMAGE_KINDS
from layers.document.mark_shape import ANCHORS
from layers.document.mark_template import GEOMETRIES, KINDS
from layers.product.spec import LAYOUTS, PAGES, PARTS
from layers.raster.presets import COMBINATIONS, INDICES
from layers.raster.style import COLORMAPS
from layers.services.catalog import catalog
from layers.vector.style.breaks import METHODS
from layers.vector.style.label_style import LABEL_LAYOUTS
from layers.vector.style.markers import MARKERS
from layers.vector.style.routes import ROUTES
from layers.vector.style.symbol import ARROWS
from viewer.commands.imagery.chips import NIIRS_SCALES
from viewer.export.plates.house_style import style_names
from viewer.panels.shell.guide import guide_blocks
from viewer.panels.sites.case_templates import shipped_templates
from viewer.support.language.translation import PHRASES

ROOT = Path(__file__).resolve().parents[2]
VIEWER = sorted((ROOT / "viewer").rglob("*.py"))
LAYERS = sorted((ROOT / "layers").rglob("*.py"))
DOOR = "viewer.support.language.translation"
MARKS = ("translate", "QT_TRANSLATE_NOOP")
CLASS = re.compile(r"^class (\w+)\((\w+)\)", re.MULTILINE)


TABLES = (PARTS, LAYOUTS.values(), PAGES, COLORMAPS, PALETTES, METHODS, LABEL_LAYOUTS, MARKERS, ROUTES, ARROWS)
TABLES += (IMAGE_KINDS, GEOMETRIES, KINDS, NIIRS_SCALES, style_names(), [one.replace("-", " ") for one in ANCHORS])
TABLES += ([one.title for one in (*COMBINATIONS, *INDICES)],)
"""Words of tables that stand below the window, and beside the vocabulary. A case keeps some of them, in English."""


class Marked(NamedTuple):
    """A sentence as a list of translations has it; `one` is the English form for a single thing, where it counts."""

    context: str
    text: str
    one: str = ""


def names_of_marks(tree: ast.Module) -> set[str]:
    """Functions of a module that mark; another `translate` moves geometries."""
    imported = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    sources = {alias.name: node.module for node in imported for alias in node.names}
    return {name for name in MARKS if sources.get(name) in (DOOR, "PySide6.QtCore")}


def marked_in(code: str) -> Iterator[Marked]:
    """The sentences that a module of `viewer/` marks."""
    tree = ast.parse(code)
    marks = names_of_marks(tree)
    for node, owner in _with_class(tree, ""):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="self"), attr="tr"), args=[ast.Constant(value=text), *_]
            ):
                yield Marked(owner, str(text))
            case ast.Call(
                func=ast.Name(id=name),
                args=[ast.Constant(value=context), ast.Constant(value=text), *counted],
            ) if name in marks:
                yield Marked(str(context), str(text), *(str(ast.literal_eval(one)) for one in counted[:1]))


def _with_class(node: ast.AST, owner: str) -> Iterator[tuple[ast.AST, str]]:
    """Each node with the name of the class around it, which is the context of `self.tr`."""
    for child in ast.iter_child_nodes(node):
        yield child, owner
        yield from _with_class(child, child.name if isinstance(child, ast.ClassDef) else owner)


def phrases_in(code: str, nouns: frozenset[str]) -> Iterator[Marked]:
    """The templates of a module's phrases: of errors, by the names of their classes, of `Phrase` and of `counted`."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=one), *many]):
                word = ast.literal_eval(many[0]) if many else f"{one}s"
                yield Marked(PHRASES, f"{{count}} {word}", f"{{count}} {one}")
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str() as text), *_]) if name in nouns:
                yield Marked(PHRASES, text)


@cache
def nouns() -> frozenset[str]:
    """Names whose call makes a phrase: `Phrase` itself and all errors of ours."""
    found = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    classes = [one for path in (*LAYERS, *VIEWER) for one in CLASS.findall(path.read_text("utf-8"))]
    while more := {name for name, base in classes if base in found} - found:
        found |= more
    return frozenset(found)


@cache
def sentences() -> frozenset[Marked]:
    """All that the code of the window marks."""
    return frozenset(one for path in VIEWER for one in marked_in(path.read_text("utf-8")))


@cache
def phrases() -> frozenset[Marked]:
    """The templates of all phrases."""
    return frozenset(one for path in (*LAYERS, *VIEWER) for one in phrases_in(path.read_text("utf-8"), nouns()))


@cache
def stored_words() -> frozenset[Marked]:
    """Words of the vocabulary and of tables, which the window shows in the analyst's language."""
    own = [table for name, table in vars(vocabulary).items() if not name.startswith("_")]
    found = [word for table in (*own, *TABLES) for word in _words_in(table)]
    for template in shipped_templates():
        found += [template.name, *(field.title for field in template.fields)]
        found += [choice for field in template.fields for choice in field.choices]
    for group in catalog():
        found += [word for service in group.services for word in (service.note, service.licence)]
    found += [words for _mark, words in guide_blocks()]
    counted = (Marked(PHRASES, f"{{count}} {kind}s", f"{{count}} {kind}") for kind in vocabulary.MARK_KINDS)
    return frozenset([*(Marked(PHRASES, word) for word in found if word), *counted])


def _words_in(table: object) -> list[str]:
    match table:
        case str():
            return [table]
        case Mapping():
            return [*_words_in(list(table)), *_words_in(list(table.values()))]
        case Iterable():
            return [word for one in table for word in _words_in(one)]
    return []
