"""The symbols of routes and boundaries, on imagery as on paper; sites and vector layers draw them alike."""

from __future__ import annotations

from layers.vector.style.named_things import Words, thing_named
from layers.vector.style.symbol import Symbol

_NIGHT = "#b90b141c"
ROUTES: dict[str, Symbol] = {
    # What lies on the ground is drawn through: a broken line reads as a border.
    "rail": Symbol("#1d262f", 1.3, casing_color="#b9ffffff", casing_width_px=1.1),
    "road": Symbol("#ffd166", 2.4, casing_color=_NIGHT),
    "oil_pipeline": Symbol("#a878e0", 2.6, casing_color=_NIGHT),
    "gas_pipeline": Symbol("#8ce99a", 2.2, dash=(6.0, 1.0), casing_color=_NIGHT),
    "sea": Symbol("#8fd3ff", 2.0, dash=(1.0, 2.5), casing_color=_NIGHT, arrow="end"),
    "air": Symbol("#f1f3f5", 1.6, dash=(8.75, 3.1), casing_color=_NIGHT, arrow="end"),
    "boundary": Symbol("#f4f1e8", 1.4, casing_color=_NIGHT, casing_width_px=1.0),
    "disputed boundary": Symbol("#f4f1e8", 1.4, dash=(3.5, 3.0), casing_color=_NIGHT, casing_width_px=1.0),
}
_WORDS: Words = {
    "disputed boundary": (
        "disputed",
        "claimed boundary",
        "claim line",
        "indefinite boundary",
        "line of control",
        "breakaway",
        "спорн*",
        "争议",
    ),
    "boundary": ("boundary", "boundaries", "border", "international boundary", "границ*", "国界", "边界"),
    "rail": ("rail", "railway", "railroad", "железн*", "жд", "铁路"),
    "oil_pipeline": ("oil", "нефт*", "石油", "原油"),
    "gas_pipeline": ("gas", "lng", "газ", "газопровод*", "газов*", "天然气"),
    "sea": (
        "sea",
        "sea route",
        "seaway",
        "sea lane",
        "ferry",
        "ferries",
        "shipping",
        "maritime",
        "морск*",
        "паром*",
        "海运",
        "航线",
    ),
    "air": ("air", "airway", "airline", "flight", "авиа*", "воздуш*", "航空"),
    "road": ("road", "roadway", "highway", "motorway", "street", "дорог*", "автодорог*", "шоссе", "公路"),
}


def route_of(value: str) -> str:
    """The route (a key of `ROUTES`) that a column's value names; empty for none."""
    return thing_named(value, _WORDS)
