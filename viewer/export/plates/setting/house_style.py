"""House styles: fonts, colours and the logo of a product, kept as data beside the code, each light and dark."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

FOLDER = Path(__file__).parents[2] / "house_styles"
FIRST = "Plain"


class HouseStyle(Struct, frozen=True):
    """A house style. Colours are as Qt reads them; `plate` is the nearly opaque ground of furniture on a map."""

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


_COLORS = HouseStyle.__struct_fields__[4:]


def style_names() -> list[str]:
    """The names of all shipped styles, the first of them the default."""
    return sorted(_all(), key=lambda name: (name != FIRST, name))


def house_style(name: str, dark: bool, grey: bool = False) -> HouseStyle:
    """A style by its name; the default one for an unknown name. With `grey`, all colours are grey."""
    known = _all()
    data, folder = known.get(name, known[FIRST])
    return _style_of(data, folder, dark, _grey if grey else str)


def _grey(color: str) -> str:
    """A grey as light as the colour looks, as #aarrggbb or #rrggbb."""
    alpha, digits = color[1:-6], color[-6:]
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    level = round(0.299 * red + 0.587 * green + 0.114 * blue)
    return f"#{alpha}{level:02x}{level:02x}{level:02x}"


@cache
def _all() -> dict[str, tuple[Mapping[str, Any], Path]]:
    styles: dict[str, tuple[Mapping[str, Any], Path]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        styles[str(data["name"])] = (data, path.parent)
    return styles


def _style_of(data: Mapping[str, Any], folder: Path, dark: bool, shade: Callable[[str], str]) -> HouseStyle:
    colors = data["dark" if dark else "light"]
    logo = folder / data["logo"] if data.get("logo") else None
    return HouseStyle(data["name"], tuple(data["fonts"]), logo, dark, *(shade(str(colors[name])) for name in _COLORS))
