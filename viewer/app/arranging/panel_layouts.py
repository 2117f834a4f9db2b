"""Named layouts of the panels around the map, the sizes of window that each is kept for, and how they are stored."""

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
)
"""The panels of the list area; what is chosen in them opens at the right."""
FORMS = ("panel_details", "panel_acquisition", "panel_comparisons")
BELOW_PX = {"panel_attributes": 300, "panel_time_strip": 184}
"""Heights of the panels below the map."""
LEFT_PX, RIGHT_PX, WRITING_PX = 318, 350, 460
"""Widths of the sides, where the window is wide enough."""
SIDES_SHARE = 0.39
"""Part of a window's width that the panels beside the map take together at first: the map has 60 %."""
SMALL_SHARE = 0.48
"""The same of a small window, where forms could not be read in less: the map has half."""
LEFT_OF_SIDES = 0.48
NARROWEST_FORM_PX = 240
SMALL_PX, LARGE_PX = 1200, 1700
"""A window narrower than the one is small, one as wide as the other is large."""
WIDEST_PX = 10_000
"""A side wider than this is a damaged setting."""
LOW_PX = 600
"""A window that is lower has no room for two panels above each other."""


class PanelLayout(Struct, frozen=True):
    """Places of the panels for one kind of work. The first of several panels behind tabs is in front."""

    name: str
    left: tuple[tuple[str, ...], ...]
    """Panels behind tabs, from the top down."""
    right: tuple[str, ...]
    below: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    """Panels that are there when they are asked for."""
    right_px: int = RIGHT_PX
    folded: tuple[str, ...] = ()
    """Sides that are folded at first, whatever is in them."""


_ON_DEMAND = frozenset({*BELOW_PX, "panel_measurements", "panel_products"})
_LAYERS = ("panel_layers",)
_RARER = frozenset({"panel_responses", "panel_bookmarks", "panel_comparisons"})
"""Lists whose tabs are left out at first where tabs could not be read for their number."""

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
    (("panel_claims", "panel_sites", "panel_sources", "panel_responses", "panel_products", "panel_layers"),),
    FORMS,
    hidden=(_ON_DEMAND - {"panel_products"}) | {"panel_bookmarks"},
    right_px=WRITING_PX,
)
LAYOUTS = {layout.name: layout for layout in (LOOKING, MARKING, COMPARING, WRITING)}
FIRST = MARKING


class WindowRoom(Struct, frozen=True):
    """The size of a window, in Qt's own pixels: those of the screen divided by its scale."""

    width: int
    height: int

    @property
    def size_class(self) -> str:
        """The class of sizes that arrangements are kept for."""
        if self.width < SMALL_PX or self.height < LOW_PX:
            return "small"
        return "medium" if self.width < LARGE_PX else "large"

    def left_groups(self, layout: PanelLayout) -> tuple[tuple[str, ...], ...]:
        """Panels behind tabs at the left, from the top down: in a low window there is room for one panel only."""
        is_low = self.height < LOW_PX
        return (tuple(id_ for group in layout.left for id_ in group),) if is_low else layout.left

    def hidden(self, layout: PanelLayout) -> frozenset[str]:
        """Panels that are there when they are asked for."""
        crowd = len(self.left_groups(layout)) < len(layout.left)
        return layout.hidden | (_RARER.intersection(layout.left[-1][1:]) if crowd else frozenset())

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
    """The panels that stand there, from the first tab to the last."""
    fronts: tuple[str, ...]
    """The panels in front of others."""
    width_px: Annotated[int, Meta(gt=0, lt=WIDEST_PX)]


class Standing(Struct, frozen=True):
    """All panels as they stand: Qt's own state of the window, and what it does not know."""

    state: str
    """Base64."""
    folds: Mapping[_Side, Fold] = field(default_factory=dict)
    opened: tuple[str, ...] = ()
    """Sides that were opened by hand: they stay open while they are empty."""
