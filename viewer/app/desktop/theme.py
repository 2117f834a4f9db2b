"""The light and the dark theme: our own palettes, as Qt's colour scheme does nothing offscreen, and one style sheet."""

from __future__ import annotations

from string import Template

from msgspec import Struct
from msgspec.structs import asdict
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from viewer.resources import resource_path

TINT_SHARE = 0.2
STYLE = "fusion"


class Theme(Struct, frozen=True):
    """Colours by their purpose, as #rrggbb."""

    name: str
    window: str
    surface: str
    """Background of text fields and lists."""
    stripe: str
    raised: str
    """Background of buttons."""
    line: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    info: tuple[str, str]
    """Background and text of a message line."""
    warning: tuple[str, str]
    error: tuple[str, str]

    @property
    def tint(self) -> str:
        """Background of selected items."""
        return _mix(self.accent, self.surface, TINT_SHARE)


LIGHT = Theme(
    "light",
    window="#f3f4f6",
    surface="#ffffff",
    stripe="#f7f8fa",
    raised="#ffffff",
    line="#cdd3da",
    text="#1b2027",
    muted="#545d68",
    disabled="#9aa3ad",
    accent="#0b5cad",
    on_accent="#ffffff",
    info=("#e4effa", "#123f6b"),
    warning=("#fdf0cf", "#5c3d00"),
    error=("#fbe3e3", "#861c1c"),
)

DARK = Theme(
    "dark",
    window="#1f2328",
    surface="#171a1e",
    stripe="#1b1f24",
    raised="#2b3037",
    line="#3a414a",
    text="#e7eaee",
    muted="#a5adb8",
    disabled="#666f7a",
    accent="#5aa9f7",
    on_accent="#08131f",
    info=("#17314b", "#bddcfb"),
    warning=("#40330f", "#ffdc85"),
    error=("#4b2124", "#ffbcbc"),
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def apply_theme(application: QApplication, name: str) -> Theme:
    """Apply a theme to the whole program; an unknown name means the dark one."""
    theme = THEMES.get(name, DARK)
    # Setting a style anew takes seconds. An empty sheet in between would delete a style that Qt's widgets still know.
    if application.style().name() != STYLE:
        application.setStyle(STYLE)
    application.setPalette(palette_of(theme))
    application.setStyleSheet(style_sheet(theme))
    return theme


def palette_of(theme: Theme) -> QPalette:
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    colors = {
        role.Window: theme.window, role.WindowText: theme.text, role.Base: theme.surface,
        role.AlternateBase: theme.stripe, role.Text: theme.text,
        role.Button: theme.raised, role.ButtonText: theme.text, role.BrightText: theme.on_accent,
        role.Highlight: theme.tint, role.HighlightedText: theme.text, role.Link: theme.accent,
        role.LinkVisited: theme.accent, role.PlaceholderText: theme.muted, role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text, role.Mid: theme.line, role.Midlight: theme.line, role.Dark: theme.line,
        role.Light: theme.raised, role.Shadow: theme.line, role.Accent: theme.accent,
    }  # fmt: skip
    for which, color in colors.items():
        palette.setColor(which, QColor(color))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, which, QColor(theme.disabled))
    palette.setColor(group.Disabled, role.Highlight, QColor(theme.line))
    return palette


def style_sheet(theme: Theme) -> str:
    """The style sheet in a theme's colours."""
    colors = {name: color for name, color in asdict(theme).items() if isinstance(color, str)}
    for level, (ground, text) in (("info", theme.info), ("warning", theme.warning), ("error", theme.error)):
        colors |= {f"{level}_ground": ground, f"{level}_text": text}
    colors["accent_faint"] = _mix(theme.accent, theme.window, 0.28)
    return Template(resource_path("style.qss").read_text(encoding="utf-8")).substitute(colors)


def _mix(color: str, ground: str, share: float) -> str:
    pairs = ((int(color[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
