"""Templates of marks: a class with its geometry, colour, key and the fields of its form, and the values of those
fields.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from layers.document.document import Document
from layers.document.json_fields import json_object
from layers.document.rows import Template
from layers.document.vocabulary import SITE_CLASSES, class_words
from layers.errors import InvalidValue
from layers.phrase import Phrase

KINDS = ("text", "number", "choice", "date")
GEOMETRIES = ("point", "line", "polygon")
HOT_KEYS = tuple("123456789")
"""Keys that choose a template, together with Alt."""
MOST_TEMPLATES = 200
MOST_FIELDS = 40
MOST_CHOICES = 60
LONGEST_NAME = 80
LONGEST_VALUE = 2000
DETAILS = "details"
"""Key of a site's `props_json` for the values."""
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}(/[a-z0-9_]{1,60})?", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)
_COLOR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)
_MOST_CHARS = 2_000_000
_IT = Phrase("It")


class TemplateField(Struct, frozen=True):
    """One line of a form. A number has a unit, a choice its words."""

    key: str
    title: str
    kind: str = "text"
    unit: str = ""
    choices: tuple[str, ...] = ()


class MarkTemplate(Struct, frozen=True):
    """`uuid` is that of the case's row; empty for a template that is shipped, or was read from a file."""

    code: str
    name: str
    geometry: str = "point"
    hot_key: str = ""
    color: str = ""
    """Colour of the outline of new marks; empty: by role."""
    fields: tuple[TemplateField, ...] = ()
    uuid: str = ""

    def field_of(self, key: str) -> TemplateField | None:
        """The field of this key."""
        return next((field for field in self.fields if field.key == key), None)


def template_of_row(row: Template) -> MarkTemplate | None:
    """The template that a row of a case holds; None where it has no valid class, or no name."""
    style, form = _object(row.style_json), _object(row.fields_json)
    data = {**style, "code": row.class_code, "name": row.name, "hot_key": row.hot_key, "fields": form.get("fields")}
    template = _template(data)
    return None if template is None else replace(template, uuid=row.uuid)


def row_of_template(template: MarkTemplate) -> dict[str, str]:
    """The columns of a row that holds the template."""
    return {
        "class_code": template.code,
        "name": template.name,
        "hot_key": template.hot_key,
        "style_json": json.dumps({"geometry": template.geometry, "color": template.color}),
        "fields_json": json.dumps({"fields": [_field_data(field) for field in template.fields]}, ensure_ascii=False),
    }


def templates_text(templates: Iterable[MarkTemplate]) -> str:
    """Templates as the text of a file."""
    data = [
        {
            "code": template.code,
            "name": template.name,
            "geometry": template.geometry,
            "hot_key": template.hot_key,
            "color": template.color,
            "fields": [_field_data(field) for field in template.fields],
        }
        for template in templates
    ]
    return json.dumps({"templates": data}, ensure_ascii=False, indent=1) + "\n"


def templates_in_text(text: str) -> list[MarkTemplate]:
    """The templates in the text of a file, one a class. Raises InvalidValue where there are none."""
    if len(text) > _MOST_CHARS:
        raise InvalidValue("The file of templates is too long to be one.")
    rows = json_object(text, Phrase("The file of templates")).get("templates")
    if not isinstance(rows, list) or len(rows) > MOST_TEMPLATES:
        raise InvalidValue(
            "The file holds no list of at most {most_templates} templates.", most_templates=MOST_TEMPLATES
        )
    by_code = {template.code: template for template in map(_template, rows) if template is not None}
    if not by_code:
        raise InvalidValue("The file holds no template that has a class and a name.")
    return list(by_code.values())


def templates_of(rows: Iterable[Template], shipped: Iterable[MarkTemplate]) -> list[MarkTemplate]:
    """The templates of a case: those shipped, with the case's own in their place or after them.

    A key goes to the case's own template before a shipped one.
    """
    own = {
        template.code: template
        for template in map(template_of_row, list(rows)[:MOST_TEMPLATES])
        if template is not None
    }
    shipped = list(shipped)
    templates = [own.pop(template.code, template) for template in shipped] + list(own.values())
    code_of_key: dict[str, str] = {}
    for template in sorted(templates, key=lambda template: not template.uuid):
        if template.hot_key:
            code_of_key.setdefault(template.hot_key, template.code)
    return [
        template if code_of_key.get(template.hot_key, template.code) == template.code else replace(template, hot_key="")
        for template in templates
    ]


def template_for(templates: Iterable[MarkTemplate], code: str) -> MarkTemplate | None:
    """The template of a class; for a kind of a class without one, that of the class."""
    by_code = {template.code: template for template in templates}
    return by_code.get(code) or by_code.get(code.partition("/")[0])


def class_name(document: Document, code: str) -> str:
    """The name of a class as the form of a site shows it: "Fence" for a kind that the case calls so."""
    if code in SITE_CLASSES or not code:
        return class_words(code)
    rows = cast("tuple[Template, ...]", tuple(document.table("templates").values()))
    return _own_names(rows).get(code) or class_words(code)


@lru_cache(maxsize=4)
def _own_names(rows: tuple[Template, ...]) -> Mapping[str, str]:
    """The names in templates, read once for each state of a case: a list asks for each of its rows."""
    templates = (template_of_row(row) for row in rows)
    return {template.code: template.name for template in templates if template is not None}


# -- values ---------------------------------------------------------------------------------------------------------


def details_in(props_json: str) -> dict[str, Any]:
    """The entries of a mark in the fields of templates, by their keys, as they were read."""
    details = _object(props_json).get(DETAILS)
    return details if isinstance(details, dict) else {}


def value_in(details: Mapping[str, Any], field: TemplateField) -> Any:
    """A mark's value of a field: text, or a number or None; a value of another kind counts as missing."""
    value = details.get(field.key)
    if field.kind == "number":
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        return float(value) if abs(value) < 1e15 and math.isfinite(value) else None
    return value[:LONGEST_VALUE] if isinstance(value, str) else ""


def with_value(props_json: str, field: TemplateField, value: Any) -> str:
    """`props_json` with one value set, or removed where it is empty; text that cannot be read is replaced."""
    props, details = _object(props_json), details_in(props_json)
    if value in ("", None):
        details.pop(field.key, None)
    else:
        details[field.key] = value
    kept = {key: entry for key, entry in props.items() if key != DETAILS}
    both = {**kept, DETAILS: details} if details else kept
    return json.dumps(both, ensure_ascii=False) if both else ""


# -- reading --------------------------------------------------------------------------------------------------------


def _object(text: str) -> dict[str, Any]:
    try:
        return json_object(text, _IT)
    except InvalidValue:
        return {}


def _template(data: object) -> MarkTemplate | None:
    if not isinstance(data, Mapping):
        return None
    code, name = data.get("code"), _words(data.get("name"))
    if not isinstance(code, str) or not _CODE.fullmatch(code) or code.partition("/")[0] not in SITE_CLASSES or not name:
        return None
    geometry, color, key = data.get("geometry"), data.get("color"), data.get("hot_key")
    listed = data.get("fields")
    fields = [_field(row) for row in listed[:MOST_FIELDS]] if isinstance(listed, list) else []
    return MarkTemplate(
        code,
        name,
        geometry if isinstance(geometry, str) and geometry in GEOMETRIES else "point",
        key if isinstance(key, str) and key in HOT_KEYS else "",
        color if isinstance(color, str) and _COLOR.fullmatch(color) else "",
        tuple({field.key: field for field in fields if field is not None}.values()),
    )


def _field(data: object) -> TemplateField | None:
    if not isinstance(data, dict):
        return None
    key, title, kind, listed = data.get("key"), _words(data.get("title")), data.get("kind"), data.get("choices")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or not title:
        return None
    words = [_words(choice) for choice in listed[:MOST_CHOICES]] if isinstance(listed, list) else []
    return TemplateField(
        key,
        title,
        kind if isinstance(kind, str) and kind in KINDS else "text",
        _words(data.get("unit"))[:20],
        tuple(dict.fromkeys(word for word in words if word)),
    )


def _field_data(field: TemplateField) -> dict[str, Any]:
    data: dict[str, Any] = {"key": field.key, "title": field.title, "kind": field.kind}
    if field.unit:
        data["unit"] = field.unit
    if field.choices:
        data["choices"] = list(field.choices)
    return data


def _words(value: object) -> str:
    return " ".join(value[: 4 * LONGEST_NAME].split())[:LONGEST_NAME] if isinstance(value, str) else ""


def code_of_name(name: str, kind_of: str) -> str:
    """The class of a new template: its name as a kind of a class, in ASCII."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:60].strip("_")
    return f"{kind_of}/{slug or 'kind_' + format(sum(map(ord, name)) % 100_000, 'd')}"


def key_of_title(title: str, keys: Iterable[str]) -> str:
    """The key of a new field, from its title."""
    slug = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")[:32].strip("_")
    key = slug if slug[:1].isalpha() else f"field_{slug}".strip("_")
    used = set(keys)
    numbered = (f"{key}_{number}" for number in range(2, MOST_FIELDS + 3))
    return next(candidate for candidate in (key, *numbered) if candidate not in used)
