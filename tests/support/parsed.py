"""Syntax trees of the project's modules, each parsed once for all house tests of a process. Nobody changes them."""

from __future__ import annotations

import ast
import gc
from functools import cache


@cache
def parsed(code: str) -> ast.Module:
    """The tree of a module."""
    tree = ast.parse(code)
    gc.freeze()  # millions of nodes that live for a while: no collection looks through them
    return tree


@cache
def nodes_in(code: str) -> tuple[ast.AST, ...]:
    """All nodes of a module's tree, in the order of `ast.walk`."""
    nodes = tuple(ast.walk(parsed(code)))
    gc.freeze()
    return nodes


def forget_parsed() -> None:
    """Let go of all trees, some 400 MB. They hold no circle, and need no collector."""
    nodes_in.cache_clear()
    parsed.cache_clear()
