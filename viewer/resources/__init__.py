"""Icons, the mark and translations, as files that travel with the package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path


def resource_path(name: str) -> Path:
    """Where a resource is on disk, by its name relative to this folder."""
    return Path(str(files(__name__))) / name


@cache
def icon_svg(name: str) -> str:
    """The SVG text of a line icon; its colour is the word ``currentColor``. Raises FileNotFoundError."""
    return resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")


def icon_names() -> list[str]:
    return sorted(path.stem for path in resource_path("icons").glob("*.svg"))
