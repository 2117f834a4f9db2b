"""Light and dark: palettes of our own, as Qt's colour scheme does nothing offscreen, and one restrained style sheet."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for, as #rrggbb."""

    name: str
    window: str
    surface: str
    """Where text is typed and listed."""
    stripe: str
    raised: str
    """Buttons."""
    line: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    info: tuple[str, str]
    """(ground, text) of a message line."""
    warning: tuple[str, str]
    error: tuple[str, str]

    def text_pairs(self) -> dict[str, tuple[str, str]]:
        """Every (text, ground) pair that people read, by a name."""
        return {
            "window": (self.text, self.window), "surface": (self.text, self.surface),
            "stripe": (self.text, self.stripe), "button": (self.text, self.raised), "muted": (self.muted, self.window),
            "muted surface": (self.muted, self.surface), "selection": (self.on_accent, self.accent),
            "link": (self.accent, self.surface), "info": self.info[::-1], "warning": self.warning[::-1],
            "error": self.error[::-1],
        }  # fmt: skip


LIGHT = Theme(
    "light", window="#f3f4f6", surface="#ffffff", stripe="#f7f8fa", raised="#ffffff", line="#cdd3da", text="#1b2027",
    muted="#545d68", disabled="#9aa3ad", accent="#0b5cad", on_accent="#ffffff", info=("#e4effa", "#123f6b"),
    warning=("#fdf0cf", "#5c3d00"), error=("#fbe3e3", "#861c1c"),
)  # fmt: skip

DARK = Theme(
    "dark", window="#1f2328", surface="#171a1e", stripe="#1b1f24", raised="#2b3037", line="#3a414a", text="#e7eaee",
    muted="#a5adb8", disabled="#666f7a", accent="#5aa9f7", on_accent="#08131f", info=("#17314b", "#bddcfb"),
    warning=("#40330f", "#ffdc85"), error=("#4b2124", "#ffbcbc"),
)  # fmt: skip

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def apply_theme(application: QApplication, name: str) -> Theme:
    """Dress the whole program; an unknown name is dark."""
    theme = THEMES.get(name, DARK)
    application.setStyle("Fusion")
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
        role.Highlight: theme.accent, role.HighlightedText: theme.on_accent, role.Link: theme.accent,
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
    """Spacing and edges only; colours of controls come from the palette."""
    levels = "".join(
        f'#messageLine[level="{level}"] {{ background: {ground}; border-bottom: 1px solid {theme.line}; }}'
        f'#messageLine[level="{level}"] QLabel, #messageLine[level="{level}"] QToolButton {{ color: {text}; }}'
        for level, (ground, text) in (("info", theme.info), ("warning", theme.warning), ("error", theme.error))
    )
    return f"""
    QMainWindow::separator {{ background: {theme.window}; width: 5px; height: 5px; }}
    QMainWindow::separator:hover {{ background: {theme.accent}; }}
    QToolBar {{ border: 0; border-bottom: 1px solid {theme.line}; padding: 3px 6px; spacing: 1px; }}
    QToolBar::separator {{ background: {theme.line}; width: 1px; margin: 5px 6px; }}
    QToolBar QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 4px; }}
    QToolBar QToolButton:hover {{ background: {theme.raised}; border-color: {theme.line}; }}
    QToolBar QToolButton:checked {{ border-color: {theme.accent};
        background: {_mix(theme.accent, theme.window, 0.28)}; }}
    QToolBar QToolButton:focus {{ border-color: {theme.accent}; }}
    QMenuBar {{ border-bottom: 1px solid {theme.line}; padding: 1px 4px; }}
    QMenuBar::item {{ padding: 4px 9px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QMenu {{ background: {theme.surface}; border: 1px solid {theme.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 22px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QMenu::item:disabled {{ color: {theme.disabled}; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget > QWidget {{ font-weight: 400; }}
    QDockWidget::title {{ padding: 6px 9px; background: {theme.window}; border-bottom: 1px solid {theme.line}; }}
    QTabBar::tab {{ padding: 5px 11px; border: 0; border-bottom: 2px solid transparent; color: {theme.muted}; }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom-color: {theme.accent}; }}
    QTabBar::tab:hover {{ color: {theme.text}; }}
    QTabBar::tab:focus {{ background: {theme.raised}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {theme.line}; }}
    QHeaderView::section {{ background: {theme.window}; border: 0; padding: 4px 6px;
        border-bottom: 1px solid {theme.line}; }}
    QStatusBar {{ border-top: 1px solid {theme.line}; }}
    QStatusBar::item {{ border: 0; }}
    QStatusBar QToolButton::menu-indicator {{ image: none; }}
    QStatusBar QLabel {{ padding-left: 6px; }}
    QLineEdit, QPlainTextEdit, QTextEdit {{ border: 1px solid {theme.disabled}; border-radius: 4px; padding: 2px 4px;
        background: {theme.surface}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border-color: {theme.accent}; }}
    QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled {{ border-color: {theme.line}; }}
    QComboBox QLineEdit, QAbstractSpinBox QLineEdit {{ border: 0; padding: 0; background: transparent; }}
    QAbstractItemView {{ border: 1px solid {theme.line}; }}
    QScrollBar {{ background: transparent; border: 0; margin: 0; }}
    QScrollBar:vertical {{ width: 12px; }}
    QScrollBar:horizontal {{ height: 12px; }}
    QScrollBar::handle {{ background: {theme.disabled}; border-radius: 3px; margin: 3px; }}
    QScrollBar::handle:hover {{ background: {theme.muted}; }}
    QScrollBar::handle:vertical {{ min-height: 26px; }}
    QScrollBar::handle:horizontal {{ min-width: 26px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 3px; }}
    #muted {{ color: {theme.muted}; }}
    #startPage {{ background: {theme.surface}; }}
    #wordmark {{ font-size: 26px; font-weight: 600; }}
    #heading {{ font-weight: 600; color: {theme.muted}; }}
    #card {{ background: {theme.window}; border: 1px solid {theme.line}; border-radius: 8px; padding: 9px 12px;
             text-align: left; }}
    #card:hover, #card:focus {{ border-color: {theme.accent}; }}
    #palette {{ background: {theme.window}; border: 1px solid {theme.line}; }}
    #palette QLineEdit {{ border: 0; border-bottom: 1px solid {theme.line}; padding: 9px 11px; font-size: 15px; }}
    #palette QListView {{ border: 0; }}
    #palette QListView::item {{ padding: 5px 8px; }}
    #keycap {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 4px; padding: 1px 6px; }}
    {levels}
    """


def contrast(text: str, ground: str) -> float:
    """WCAG 2 contrast ratio of two #rrggbb colours, 1 to 21."""
    lighter, darker = sorted((_luminance(text), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(color: str, ground: str, share: float) -> str:
    pairs = ((int(color[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)
