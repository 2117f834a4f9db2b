"""Icons, the mark and translations, as files that travel with the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


def resource_path(name: str) -> Path:
    """The path of a resource on disk, by its name relative to this folder."""
    return _FOLDER / name


@cache
def icon_svg(name: str) -> str:
    """The SVG text of a line icon; its colour is the word ``currentColor``.

    Raises FileNotFoundError for a name that is none of ours: a word of a case must not become a path.
    """
    if name not in icon_names():
        raise FileNotFoundError(f"There is no icon {name[:40]!r}.")
    return resource_path(f"icons/{name}.svg").read_text(encoding="utf-8")


@cache
def icon_names() -> tuple[str, ...]:
    """Names of all icons that are shipped."""
    return tuple(sorted(path.stem for path in resource_path("icons").glob("*.svg")))
