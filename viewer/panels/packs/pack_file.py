"""Names of the files of offline packs, which lie beside their case."""

from __future__ import annotations

LONGEST_NAME = 60
_NOT_IN_NAMES = frozenset('/\\:*?"<>|\0')


def file_name_of(text: str, ending: str) -> str:
    """The file name that was typed, with its ending; empty where it is none, or leads elsewhere."""
    name = text.strip()
    if not name or _NOT_IN_NAMES.intersection(name) or name.startswith("."):
        return ""
    return name if name.lower().endswith(ending) else name + ending


def pack_file_name(name: str, time: str, ending: str) -> str:
    """A name for the pack of a layer, with its time where the layer's name does not have it."""
    words = name if not time or time in name else f"{name} {time}"
    fit = "".join(" " if char in _NOT_IN_NAMES or not char.isprintable() else char for char in words)
    return (" ".join(fit.split()).strip(". ")[:LONGEST_NAME].strip(". ") or "pack") + ending
