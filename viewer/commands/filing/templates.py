"""Edits of templates of marks, and of the values of their fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast

from msgspec.structs import replace

from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.mark_template import (
    LONGEST_NAME,
    LONGEST_VALUE,
    MOST_TEMPLATES,
    MarkTemplate,
    TemplateField,
    code_of_name,
    row_of_template,
    template_of_row,
    with_value,
)
from layers.document.rows import Template
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.text.counted import counted
from viewer.commands.fields import check_date, check_number, row_of
from viewer.commands.sites import update_site
from viewer.commands.stamps import Stamp, delete, insert, new_uuid, stamp_of, update


def save_templates(
    document: Document, templates: Iterable[MarkTemplate], *, actor: str, now: str | None = None
) -> Edit:
    """Keep templates in the case, each in place of its present one for that class. Raises InvalidValue."""
    stamp, wanted = stamp_of(actor, now), list(templates)
    rows = rows_of(document)
    new = {template.code for template in wanted} - {row.class_code for row in rows}
    if len(rows) + len(new) > MOST_TEMPLATES:
        raise InvalidValue(
            "A case holds at most {most_templates} templates: delete some first.", most_templates=MOST_TEMPLATES
        )
    changes = [change for template in wanted for change in _saved(rows, template, stamp)]
    label = Phrase("Change template “{name}”", name=wanted[0].name) if len(wanted) == 1 else Phrase("Change templates")
    return Edit(label, tuple(changes))


def mark_as_new_class(
    document: Document,
    uuid: str,
    name: str,
    kind_of: str = "other",
    *,
    known: Collection[str] = (),
    actor: str,
    now: str | None = None,
) -> Edit:
    """Give a mark a class of the case's own, and the case the template for it, as one step.

    `kind_of`: the class that it is a kind of. `known`: codes of templates that are there, which stay as they are.
    Raises InvalidValue.
    """
    site = row_of(document.sites, uuid, Phrase("site"))
    template = new_class(name, kind_of, site.kind)
    made = () if template.code in known else save_templates(document, (template,), actor=actor, now=now).changes
    classed = update_site(document, uuid, actor=actor, now=now, class_code=template.code)
    return Edit(Phrase("Add class “{name}”", name=template.name), (*made, *classed.changes))


def add_new_class(document: Document, name: str, kind_of: str = "other", *, actor: str, now: str | None = None) -> Edit:
    """Give the case the template of a class of its own, which no mark has yet. Raises InvalidValue."""
    template = new_class(name, kind_of)
    made = save_templates(document, (template,), actor=actor, now=now)
    return Edit(Phrase("Add class “{name}”", name=template.name), made.changes)


def new_class(name: str, kind_of: str = "other", geometry: str = "point") -> MarkTemplate:
    """The template of a class of the case's own: a kind of `kind_of`. Raises InvalidValue."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidValue("A class needs a name of at most {longest} characters.", longest=LONGEST_NAME)
    return MarkTemplate(code_of_name(name, kind_of), name, geometry)


def delete_templates(document: Document, uuids: Iterable[str], *, actor: str = "", now: str | None = None) -> Edit:
    """Remove templates from the case; the marks of their classes, and the values of their fields, stay as they are."""
    rows = [row_of(document.table("templates"), uuid, Phrase("template")) for uuid in uuids]
    return Edit(
        Phrase("Delete {templates}", templates=counted(len(rows), "template", "templates")),
        tuple(delete("templates", row) for row in rows),
    )


def set_detail(
    document: Document, uuid: str, field: TemplateField, value: Any, *, actor: str, now: str | None = None
) -> Edit:
    """Set the value of a field of a mark's class; None removes it. Raises InvalidValue."""
    site = row_of(document.sites, uuid, Phrase("site"))
    if field.kind == "number":
        check_number(value, -1e14, 1e14, Phrase(field.title))
    elif field.kind == "date":
        check_date(value or "", Phrase("date ({title})", title=field.title))
    elif len(str(value or "")) > LONGEST_VALUE:
        raise InvalidValue(
            "The text is longer than {longest_value} characters: put it into the notes.", longest_value=LONGEST_VALUE
        )
    edit = update_site(document, uuid, actor=actor, now=now, props_json=with_value(site.props_json, field, value))
    name = Phrase("site “{label}”", label=site.label) if site.label else Phrase("site")
    return replace(edit, label=Phrase("Change {field} of {name}", field=Phrase(field.title), name=name))


def rows_of(document: Document) -> list[Template]:
    """The rows of the case's own templates, in their order."""
    rows = cast("Iterable[Template]", document.table("templates").values())
    return sorted(rows, key=lambda row: row.order_key)


def _saved(rows: list[Template], template: MarkTemplate, stamp: Stamp) -> tuple[Change, ...]:
    columns: dict[str, Any] = dict(row_of_template(template))
    known = next((row for row in rows if row.class_code == template.code), None)
    if known is not None:
        return update("templates", known, stamp, **columns)
    last = max((row.order_key for row in rows), default=0.0)
    row = Template(uuid=new_uuid(), order_key=last + 1.0, **columns)
    if template_of_row(row) is None:
        raise InvalidValue("A template needs a name, and a class that it is a kind of.")
    rows.append(row)
    return (insert("templates", row, stamp),)
