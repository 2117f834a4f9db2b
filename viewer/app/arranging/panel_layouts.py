"""Named layouts of the panels around the map, the window sizes that each is kept for, and how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, field

LISTS = (
    "panel_sites",
    "panel_claims",
    "panel_sources",
    "panel_responses",
    "panel_bookmarks",
    "panel_measurements",
    "panel_products",
    "panel_searches",
)
"""Panels of the list area; records chosen in them open at the right."""
FORMS = ("panel_details", "panel_acquisition", "panel_comparisons")
BELOW_PX = {
    "panel_attributes": 300,
    "panel_time_strip": 204,
    "panel_timeline": 280,
    "panel_observations": 300,
    "panel_history": 300,
    "panel_find": 300,
}
"""Heights of the panels below the map, where the window is high enough."""
BELOW_SHARE = 0.5
"""Greatest share of a window's height that a panel below the map takes at first: the map stays in sight."""
LEFT_PX, RIGHT_PX, WRITING_PX = 318, 350, 460
"""Widths of the left side, the right side, and the right side for writing, where the window is wide enough."""
SIDES_SHARE = 0.39
"""Share of a window's width that both sides take together at first: the map has about 60 %."""
SMALL_SHARE = 0.48
"""The same share for a small window, where narrower forms could not be read: the map has about half."""
LEFT_OF_SIDES = 0.48
NARROWEST_FORM_PX = 240
SMALL_PX, LARGE_PX = 1200, 1700
"""Limits of the size classes: a narrower window than the first is small, one at least as wide as the second large."""
WIDEST_PX = 10_000
"""Limit of a side's width: a setting that is wider is damaged."""
LOW_PX = 600
"""Least height of a window with room for two panels above each other."""


class PanelLayout(Struct, frozen=True):
    """Places of the panels for one kind of work. The first of several panels in tabs is in front."""

    name: str
    left: tuple[tuple[str, ...], ...]
    """Groups of panels in tabs, from the top down."""
    right: tuple[str, ...]
    below: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    """Panels shown only on request."""
    right_px: int = RIGHT_PX
    folded: tuple[str, ...] = ()
    """Sides folded at first, even where they have something to show."""


_ON_DEMAND = frozenset({*BELOW_PX, "panel_measurements", "panel_products", "panel_searches"})
_LAYERS = ("panel_layers",)
_RARER = frozenset({"panel_responses", "panel_bookmarks", "panel_comparisons"})
"""Lists left out at first where one row of tabs would hold too many to be read."""

LOOKING = PanelLayout(
    "looking",
    (_LAYERS, ("panel_bookmarks", *(id_ for id_ in LISTS if id_ != "panel_bookmarks"))),
    ("panel_acquisition", "panel_details", "panel_comparisons"),
    hidden=_ON_DEMAND,
    folded=("left", "right"),
)
MARKING = PanelLayout("marking", (_LAYERS, LISTS), FORMS, hidden=_ON_DEMAND)
COMPARING = PanelLayout(
    "comparing",
    (_LAYERS, ("panel_comparisons", "panel_bookmarks", *(id_ for id_ in LISTS if id_ != "panel_bookmarks"))),
    ("panel_acquisition", "panel_details"),
    ("panel_time_strip",),
    hidden=_ON_DEMAND - {"panel_time_strip"},
    folded=("right",),
)
WRITING = PanelLayout(
    "writing",
    (
        (
            "panel_claims",
            "panel_sites",
            "panel_sources",
            "panel_responses",
            "panel_products",
            "panel_searches",
            "panel_layers",
        ),
    ),
    FORMS,
    hidden=(_ON_DEMAND - {"panel_products"}) | {"panel_bookmarks"},
    right_px=WRITING_PX,
)
LAYOUTS = {layout.name: layout for layout in (LOOKING, MARKING, COMPARING, WRITING)}
FIRST = MARKING


class WindowRoom(Struct, frozen=True):
    """Size of a window in Qt's logical pixels: pixels of the screen divided by its scale."""

    width: int
    height: int

    @property
    def size_class(self) -> str:
        """Size class of the window: small, medium or large. Arrangements are kept for each."""
        if self.width < SMALL_PX or self.height < LOW_PX:
            return "small"
        return "medium" if self.width < LARGE_PX else "large"

    def left_groups(self, layout: PanelLayout) -> tuple[tuple[str, ...], ...]:
        """Groups of panels in tabs at the left, from the top down. A low window has room for one group only."""
        is_low = self.height < LOW_PX
        return (tuple(id_ for group in layout.left for id_ in group),) if is_low else layout.left

    def hidden(self, layout: PanelLayout) -> frozenset[str]:
        """Panels shown only on request."""
        crowd = len(self.left_groups(layout)) < len(layout.left)
        return layout.hidden | (_RARER.intersection(layout.left[-1][1:]) if crowd else frozenset())

    def below_px(self, id_: str) -> int:
        """Height at first of a panel below the map."""
        return min(BELOW_PX[id_], round(self.height * BELOW_SHARE))

    def sides(self, layout: PanelLayout) -> tuple[int, int]:
        """Widths of the left and the right panels at first."""
        both = round(self.width * (SMALL_SHARE if self.width < SMALL_PX else SIDES_SHARE))
        left = min(round(both * LEFT_OF_SIDES), both - NARROWEST_FORM_PX)
        more = max(0, layout.right_px - RIGHT_PX) if self.width >= SMALL_PX else 0
        return min(LEFT_PX, left), min(layout.right_px, both - left + more)


type _Side = Annotated[str, Meta(pattern="^(left|right)$")]


class Fold(Struct, frozen=True):
    """A side whose panels are folded into the window's edge."""

    ids: tuple[str, ...]
    """Ids of its panels, from the first tab to the last."""
    fronts: tuple[str, ...]
    """Ids of the panels in front of others."""
    width_px: Annotated[int, Meta(gt=0, lt=WIDEST_PX)]


class Standing(Struct, frozen=True):
    """Arrangement of all panels: Qt's own state of the window, and the folds that Qt knows nothing of."""

    state: str
    """Qt's state of the window, in Base64."""
    folds: Mapping[_Side, Fold] = field(default_factory=dict)
    opened: tuple[str, ...] = ()
    """Sides that were opened by hand: they stay open while they are empty."""
