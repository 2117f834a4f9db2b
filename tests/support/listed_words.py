"""Words of tables below the window, and of shipped files, which the window shows in the analyst's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from layers.colour.palettes import PALETTES
from layers.document import vocabulary
from layers.document.mark_template import GEOMETRIES, KINDS
from layers.document.marks.mark_shape import ANCHORS
from layers.document.marks.shadow_mark import IMAGE_KINDS
from layers.product.lint.finding import BLOCKING, WARNING
from layers.product.spec import LAYOUTS, PAGES, PARTS
from layers.project.storage.tables import SPECS
from layers.raster.point_fit.control_point import Method
from layers.raster.presets import COMBINATIONS, INDICES
from layers.raster.style import COLORMAPS
from layers.services.catalog import catalog
from layers.services.listed.connections import SECRET_LEFT
from layers.vector.style.breaks import METHODS
from layers.vector.style.label_style import LABEL_LAYOUTS
from layers.vector.style.markers import MARKERS
from layers.vector.style.routes import ROUTES
from layers.vector.style.symbol import ARROWS
from tests.support.marked_sentences import Marked
from viewer.commands.fields import column_word
from viewer.commands.imagery.chips import NIIRS_SCALES
from viewer.export.plates.setting.house_style import style_names
from viewer.panels.shell.guide import guide_blocks
from viewer.panels.sites.case_templates import shipped_templates
from viewer.support.language.translation import PHRASES

TABLES = (PARTS, LAYOUTS.values(), PAGES, COLORMAPS, PALETTES, METHODS, LABEL_LAYOUTS, MARKERS, ROUTES, ARROWS)
TABLES += (IMAGE_KINDS, GEOMETRIES, KINDS, NIIRS_SCALES, style_names(), [one.replace("-", " ") for one in ANCHORS])
TABLES += ([one.title for one in (*COMBINATIONS, *INDICES)], list(Method), (BLOCKING, WARNING), SECRET_LEFT)
"""Words of tables that stand below the window, and beside the vocabulary. A case keeps some of them, in English."""


@cache
def listed_words() -> frozenset[Marked]:
    """All of them, in the context of phrases."""
    own = [table for name, table in vars(vocabulary).items() if not name.startswith("_")]
    found = [word for table in (*own, *TABLES) for word in _words_in(table)]
    for template in shipped_templates():
        found += [template.name, *(field.title for field in template.fields)]
        found += [choice for field in template.fields for choice in field.choices]
    for group in catalog():
        found += [word for entry in group.entries for word in (entry.note, entry.licence)]
    found += [words for _mark, words in guide_blocks()]
    found += [column_word(column) for table in SPECS for column in table.row_type.__struct_fields__]
    counted = (Marked(PHRASES, f"{{count}} {kind}s", f"{{count}} {kind}") for kind in vocabulary.MARK_KINDS)
    return frozenset([*(Marked(PHRASES, word) for word in found if word), *counted])


def _words_in(table: object) -> list[str]:
    match table:
        case str():
            return [table]
        case Mapping():
            return [*_words_in(list(table)), *_words_in(list(table.values()))]
        case Iterable():
            return [word for one in table for word in _words_in(one)]
    return []
