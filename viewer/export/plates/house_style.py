"""House styles: fonts, colours and the logo of a product, kept as data beside the code, each light and dark."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "house_styles"
FIRST = "Plain"


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """Colours as Qt reads them. `plate` is the ground of what stands on a map, and is nearly opaque."""

    name: str
    fonts: tuple[str, ...]
    logo: Path | None
    is_dark: bool
    paper: str
    ink: str
    quiet: str
    line: str
    accent: str
    plate: str
    plate_ink: str
    label: str
    label_claim: str
    halo: str
    locator_land: str
    locator_ground: str


_COLORS = tuple(field.name for field in fields(HouseStyle))[4:]


def style_names() -> list[str]:
    """The names of all that are shipped, the first of them first."""
    return sorted(_all(), key=lambda name: (name != FIRST, name))


def house_style(name: str, dark: bool) -> HouseStyle:
    """A style by its name; the first one for a name that nobody knows."""
    known = _all()
    data, folder = known.get(name, known[FIRST])
    return _style_of(data, folder, dark)


@cache
def _all() -> dict[str, tuple[Mapping[str, Any], Path]]:
    found: dict[str, tuple[Mapping[str, Any], Path]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        found[str(data["name"])] = (data, path.parent)
    return found


def _style_of(data: Mapping[str, Any], folder: Path, dark: bool) -> HouseStyle:
    colors = data["dark" if dark else "light"]
    logo = folder / data["logo"] if data.get("logo") else None
    return HouseStyle(data["name"], tuple(data["fonts"]), logo, dark, *(str(colors[name]) for name in _COLORS))
