"""Finds what only POSIX has in code that Windows would run: code behind a branch for the system is not looked at.

The names are those that the type stubs of Python, which come with mypy, give to other systems than Windows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

ABSENT = frozenset(
    {"_posixsubprocess", "fcntl", "grp", "posix", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
)
"""Modules of Python that Windows lacks."""
PARTLY = frozenset({"errno", "mmap", "os", "select", "signal", "socket", "sys", "threading", "time"})
"""Modules of Python of which Windows lacks a part."""
ARGUMENTS = frozenset({"dir_fd", "src_dir_fd", "dst_dir_fd", "preexec_fn", "pass_fds"})
"""Arguments of Python's own functions with which they raise on Windows."""
PLACES = re.compile(r"/(?:proc|sys|dev|etc|run|tmp|var)/")
"""The beginnings of paths that lead to nothing there."""
LIMITS = frozenset({"AttributeError", "ImportError", "ModuleNotFoundError"})
"""Errors whose handler is a branch for systems that lack a thing."""
STEPS = 3
"""So many times it is looked who mentions a function, then who mentions those."""
OLDEST_PYTHON = (3, 12)
WINDOWS = {"sys.platform": "win32", "os.name": "nt", "platform.system()": "Windows"}

type Judge = Callable[[ast.expr], bool | None]
type Scopes = tuple[str, ...]


class Finding(Struct, frozen=True):
    """What stands without a branch: `path:line: what`, in the function or class of `scopes`, the outermost first."""

    path: Path
    line: int
    what: str
    scopes: Scopes


def unbranched(files: Sequence[Path]) -> list[Finding]:
    """All findings in these files, without functions and classes that only code behind a branch mentions."""
    texts = {path: path.read_text("utf-8") for path in files}
    mentions = _Mentions(texts)
    words = _words()
    found = [finding for path, text in texts.items() if words.search(text) for finding in findings_in(text, path)]
    return [finding for finding in found if mentions.is_run(finding.path, finding.scopes)]


def _words() -> re.Pattern[str]:
    """A file without any of these is not even parsed."""
    names = (rf"{module}\.(?:{'|'.join(sorted(posix_only(module)))})" for module in sorted(PARTLY))
    plain = (*names, *sorted(ABSENT), r"os\.kill", rf"from (?:{'|'.join(sorted(PARTLY))}) import")
    return re.compile(rf"\b(?:{'|'.join(plain)})\b|\b(?:{'|'.join(ARGUMENTS)})=|[\"']{PLACES.pattern}|CDLL\(None")


def findings_in(code: str, path: Path = Path("sample.py")) -> list[Finding]:
    """All findings in a source, as if each of its functions were called."""
    tree = ast.parse(code)
    walked = _walk(tree.body, (), on_windows(tree))
    return [Finding(path, node.lineno, what, scopes) for node, scopes in walked if (what := _lacking(node))]


@cache
def posix_only(module: str) -> frozenset[str]:
    """Names of a module of Python's that Windows does not have."""
    spec = find_spec("mypy")
    assert spec is not None
    assert spec.origin is not None
    stubs = Path(spec.origin).parent / "typeshed" / "stdlib"
    stub = next(path for path in (stubs / f"{module}.pyi", stubs / module / "__init__.pyi") if path.exists())
    tree = ast.parse(stub.read_text("utf-8"))
    everywhere = set(_defined(_walk(tree.body, (), lambda _: None)))
    there = set(_defined(_walk(tree.body, (), on_windows(tree))))
    return frozenset(everywhere - there)


def on_windows(tree: ast.Module) -> Judge:
    """A judge of conditions: True, False, or None where it is not the system that decides."""
    constants: dict[str, bool] = {}

    def judge(test: ast.expr) -> bool | None:
        match test:
            case ast.Constant(value=bool() as value):
                return value
            case ast.Name(id=name):
                return constants.get(name)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = judge(operand)
                return None if inner is None else not inner
            case ast.BoolOp(op=op, values=values):
                decides = isinstance(op, ast.Or)
                parts = [judge(value) for value in values]
                return decides if decides in parts else None if None in parts else not decides
            case ast.Call(func=ast.Name(id="hasattr"), args=[ast.Name(id=module), ast.Constant(value=str() as name)]):
                return False if module in PARTLY and name in posix_only(module) else None
            case ast.Call(
                func=ast.Attribute(attr="startswith", value=value), args=[ast.Constant(value=str() as begin)]
            ):
                system = WINDOWS.get(ast.unparse(value))
                return None if system is None else system.startswith(begin)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compared(ast.unparse(left), op, right)
        return None

    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if (known := judge(value)) is not None:
                constants[name] = known
    return judge


def _compared(left: str, op: ast.cmpop, right: ast.expr) -> bool | None:
    try:
        wanted = ast.literal_eval(right)
    except ValueError:
        return None
    if left == "sys.version_info" and isinstance(wanted, tuple):
        return {ast.GtE: wanted <= OLDEST_PYTHON, ast.Lt: wanted > OLDEST_PYTHON}.get(type(op))
    system = WINDOWS.get(left)
    if system is None:
        return None
    match op:
        case ast.Eq():
            return bool(system == wanted)
        case ast.NotEq():
            return bool(system != wanted)
        case ast.In():
            return system in wanted
        case ast.NotIn():
            return system not in wanted
    return None


def _walk(block: Sequence[ast.stmt], scopes: Scopes, judge: Judge) -> Iterator[tuple[ast.AST, Scopes]]:
    """All nodes that are reached, with the names of the functions and classes around them."""
    for statement in block:
        yield from _reached(statement, scopes, judge)
        if _ends(statement, judge):
            return


def _reached(node: ast.AST, scopes: Scopes, judge: Judge) -> Iterator[tuple[ast.AST, Scopes]]:
    yield node, scopes
    match node:
        case ast.If(test=test, body=body, orelse=orelse) | ast.While(test=test, body=body, orelse=orelse):
            decided = judge(test)
            yield from _reached(test, scopes, judge)
            yield from _walk(body if decided is not False else [], scopes, judge)
            yield from _walk(orelse if decided is not True else [], scopes, judge)
        case ast.IfExp(test=test, body=chosen, orelse=other):
            decided = judge(test)
            parts = [test, *([chosen] if decided is not False else []), *([other] if decided is not True else [])]
            yield from (step for part in parts for step in _reached(part, scopes, judge))
        case ast.BoolOp(op=op, values=values):
            for value in values:
                yield from _reached(value, scopes, judge)
                if judge(value) is isinstance(op, ast.Or):
                    break
        case ast.Try(handlers=handlers, finalbody=last) if any(_names_in(h.type) & LIMITS for h in handlers):
            yield from (step for handler in handlers for step in _walk(handler.body, scopes, judge))
            yield from _walk(last, scopes, judge)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            heads = [*getattr(node, "bases", ()), *node.decorator_list, *_defaults_of(node)]
            yield from (step for part in heads for step in _reached(part, scopes, judge))
            yield from _walk(node.body, (*scopes, name), judge)
        case ast.AnnAssign(target=target, value=value):  # an annotation runs nothing
            yield from (step for part in (target, value) if part for step in _reached(part, scopes, judge))
        case _:
            for _, value in ast.iter_fields(node):
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    yield from _walk(value, scopes, judge)
                elif isinstance(value, list):
                    yield from (s for part in value if isinstance(part, ast.AST) for s in _reached(part, scopes, judge))
                elif isinstance(value, ast.AST):
                    yield from _reached(value, scopes, judge)


def _defaults_of(node: ast.AST) -> list[ast.expr]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    return [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]


def _ends(statement: ast.stmt, judge: Judge) -> bool:
    """Nothing after it in its block is reached."""
    match statement:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Assert(test=test):
            return judge(test) is False
        case ast.If(test=test, body=body, orelse=orelse):
            decided = judge(test)
            return decided is not None and any(_ends(inner, judge) for inner in (body if decided else orelse))
    return False


def _names_in(node: ast.AST | None) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node is not None else set()


def _defined(walked: Iterator[tuple[ast.AST, Scopes]]) -> Iterator[str]:
    """The names that a stub defines at its outermost level, without those of types."""
    for node, scopes in walked:
        if scopes:
            continue
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) if not name.startswith("__"):
                yield name
            case ast.ImportFrom(module=str() as module, names=names) if (
                module.startswith("_") and "typeshed" not in module
            ):
                yield from (alias.asname or alias.name for alias in names)


def _lacking(node: ast.AST) -> str:
    """What it is of this node that Windows lacks; empty where it has it."""
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in PARTLY and name in posix_only(module):
            return f"{module}.{name}"
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in ABSENT:
            return f"{module}.{name}"
        case ast.Import(names=names):
            return next((alias.name for alias in names if alias.name in ABSENT), "")
        case ast.ImportFrom(module=str() as module, names=names):
            lacking = posix_only(module) if module in PARTLY else frozenset()
            found = [f"{module}.{alias.name}" for alias in names if module in ABSENT or alias.name in lacking]
            return next(iter(found), "")
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr="kill"), args=[_, ast.Constant(value=0)]):
            return "os.kill(..., 0), which ends a process there"
        case ast.Call(func=ast.Attribute(attr="CDLL"), args=[ast.Constant(value=None), *_]):
            return "ctypes.CDLL(None)"
        case ast.Call(args=arguments, keywords=keywords):
            named = {keyword.arg for keyword in keywords} & ARGUMENTS
            return next(iter(named), "") or next((text for a in arguments if PLACES.match(text := _begin(a))), "")
    return ""


def _begin(node: ast.expr) -> str:
    """The text, or the beginning of one that is put together."""
    match node:
        case ast.Constant(value=str() as text) | ast.JoinedStr(values=[ast.Constant(value=str() as text), *_]):
            return text
    return ""


class _Mentions:
    """Answers whether a function or class is mentioned by code that Windows runs, in any of the files."""

    def __init__(self, texts: dict[Path, str]) -> None:
        self._texts = texts
        self._trees: dict[Path, ast.Module] = {}

    def is_run(self, path: Path, scopes: Scopes, steps: int = STEPS) -> bool:
        """True for code of a module itself, and for functions that nobody mentions: Qt and Python call some."""
        return not steps or all(self._is_name_run(path, name, steps) for name in scopes)

    def _is_name_run(self, home: Path, name: str, steps: int) -> bool:
        """A private name is its own file's, `home`."""
        if name.startswith("__"):
            return True
        word, is_mentioned = re.compile(rf"(?<!def )(?<!class )\b{name}\b"), False
        for path in [home] if name.startswith("_") else self._texts:
            if name not in self._texts[path] or not word.search(self._texts[path]):
                continue
            if path not in self._trees:
                self._trees[path] = ast.parse(self._texts[path])
            tree = self._trees[path]
            is_mentioned |= any(_is_mention(node, name) for node in ast.walk(tree))
            for node, scopes in _walk(tree.body, (), on_windows(tree)):
                if _is_mention(node, name) and name not in scopes and self.is_run(path, scopes, steps - 1):
                    return True
        return not is_mentioned


def _is_mention(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=module)) if module in PARTLY | ABSENT:
            return False
        case ast.Name(id=found) | ast.Attribute(attr=found):
            return found == name
    return False
