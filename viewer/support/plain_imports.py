"""Loads Qt and removes PySide6's import hook.

The hook reads the source text of every module imported afterwards, to see whether it switches `__feature__`s, and keeps
that text. No module here switches any: the hook would cost 15 MB and a tenth of the start for nothing.
"""

from __future__ import annotations

import builtins


def load_qt() -> None:
    """Import Qt's core and remove its import hook. Call it before any other import of Qt."""
    import PySide6.QtCore  # noqa: F401 - here and not above: what comes after it is the point

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
