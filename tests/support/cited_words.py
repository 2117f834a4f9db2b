"""English that stays in every language of the window: names, codes, and what others have written. Nothing else may."""

from __future__ import annotations

from collections.abc import Iterable

import sample_data
from layers.geo.datum import Datum
from layers.raster.band_names import MEANINGS
from layers.services.catalog import catalog
from layers.services.web_views.web_viewer import shipped_web_maps
from layers.vector.expression.language import FUNCTIONS
from tests.support.made_up_language import english_in
from tests.support.shown_texts import Shown
from viewer.network.consent import host_of
from viewer.panels.sites.case_templates import shipped_templates
from viewer.support.language.text import BREAK

KEYS = "ctrl shift alt del esc enter space backspace"
"""As keyboards have them."""
NAMES = "geoloupe python qgis okabe geotiff geojson geopackage shapefile imagine flatgeobuf netcdf info excel webp"
"""Of programs, formats, palettes and fonts."""
ENCODINGS = "utf iso euc big"
"""The beginnings of names of encodings."""
SYSTEMS = "pseudo mercator zone"
"""Of names of CRSs, as EPSG has them."""
WORDS = frozenset(f"{KEYS} {NAMES} {ENCODINGS} {SYSTEMS}".split()) | set(MEANINGS)
"""Words that may stand in any sentence; names of bands are those of formulas."""

CODES = {
    *("kind", "min_zoom", "kind, min_zoom", "coast"),  # columns and layer of the demo's coast
    "Unknown",  # OGR's name of a kind of geometry
    *(datum.value for datum in Datum),
}
"""Whole texts that are as a file or a standard has them."""
EDITED = {
    *(word for template in shipped_templates() for word in (template.name, *(one.title for one in template.fields))),
    *(", ".join(field.choices) for template in shipped_templates() for field in template.fields),
}
"""Words of templates, which their dialog shows as a case keeps them."""

QUOTED = (
    *(text for credit in sample_data.credits().values() for text in (credit.credit, credit.licence)),
    *(f"{credit.title}: {credit.date_text}" for credit in sample_data.credits().values()),
    *(text for group in catalog() for entry in group.entries for text in (entry.title, entry.attribution)),
    *(group.title for group in catalog()),
    *(host_of(entry.address) for group in catalog() for entry in group.entries),
    *(link.title for link in shipped_web_maps().links),
    "and or not = <> < > like contains starts ends in between is null",
    " ".join(FUNCTIONS),
    "(nir - red) / (nir + red)",
    "no element found: line 1, column 15",
    "kind = 'port' and (people > 5000 or people is null)",
)
"""Parts of texts: credits and licences as given, names and hosts of services, small languages, an XML library."""


def english(texts: Iterable[Shown], names: frozenset[str] = frozenset()) -> list[Shown]:
    """What is English among the texts of a window, but for what stays so and some more `names`."""
    return sorted({(name, text) for name, text in texts if english_in(_unquoted(name, text), WORDS | names)})


def _unquoted(name: str, text: str) -> str:
    line = " ".join(text.replace(BREAK, "").split())
    if line in CODES or (line in EDITED and "TemplateDialog" in name):
        return ""
    for quoted in sorted(QUOTED, key=len, reverse=True):
        line = line.replace(quoted, "")
    return line
