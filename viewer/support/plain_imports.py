"""Imports without PySide6's hook, while Qt is loaded.

PySide6 hooks every import after its own, reads the source text of each new module to see whether it switches
`__feature__`s, and keeps all of that text. No module here switches any: that would be 15 MB and a tenth of the start
for nothing.
"""

from __future__ import annotations

import builtins


def load_qt() -> None:
    """Import Qt's core without its hook on later imports; to be called before any other import of Qt."""
    import PySide6.QtCore  # noqa: F401 - here and not above: what comes after it is the point

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
