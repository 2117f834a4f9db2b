"""Imports as Python does them, with Qt loaded.

PySide6 puts itself in front of every import that follows its own, reads the source text of each new module to see
whether it may want `__feature__`s switched, and keeps all of that text. Nothing here switches any: 15 MB and a tenth
of the start for nothing.
"""

from __future__ import annotations

import builtins


def load_qt() -> None:
    """Import Qt's core and leave the imports after it alone; to be called before anything else of Qt is imported."""
    import PySide6.QtCore  # noqa: F401 - here and not above: what comes after it is the point

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
