"""Edits that paste marks from the clipboard, with all that they cite, and that cut them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from layers.document.alias import with_sources
from layers.document.document import Document
from layers.document.edit import Change, Edit
from layers.document.image import Image
from layers.document.mark_template import MOST_TEMPLATES
from layers.document.marks.mark_shape import MOST_NUMBER, Numbered, as_json, shape_of
from layers.document.site import Site
from layers.document.source import Source
from layers.errors import InvalidValue
from layers.phrase import Phrase
from layers.project.sharing.copied_marks import CopiedMarks, cited_by
from layers.text.counted import counted
from viewer.commands.fields import check_color, check_date, column_word
from viewer.commands.filing.templates import rows_of, save_templates
from viewer.commands.mark_numbers import highest_number
from viewer.commands.sites import add_site, delete_sites
from viewer.commands.sources import source_of_link
from viewer.commands.stamps import Stamp, insert, new_uuid, stamp_of

PASTED = "pasted as GeoJSON"
_DATES = ("observed_at", "valid_from", "valid_to", "lifecycle_as_of")
_COLORS = ("stroke_color", "fill_color")


def paste_marks(document: Document, copied: CopiedMarks, *, actor: str, now: str | None = None) -> Edit:
    """Add copies of marks, with new uuids, as drafts without claims. Raises InvalidValue where none can be pasted.

    The sources and images that they cite are added where the case has none with that uuid, link or key, and so are
    templates of classes without one of the case's own. A part stays a part where the site above it is pasted too, or is
    in the case. A number is the next one, and not locked.
    """
    stamp = stamp_of(actor, now)
    uses = Counter(site.uuid for site in copied.sites)
    uuids = [new_uuid() for _ in copied.sites]
    anew = {site.uuid: uuid for site, uuid in zip(copied.sites, uuids, strict=True) if uses[site.uuid] == 1}
    sources, carried = _sources(document, copied, stamp)
    images, carried_images = _images(document, copied, stamp)
    changes: list[Change] = [*carried, *carried_images, *_templates(document, copied, actor, now)]
    number = highest_number(document)
    added: list[Change] = []
    for site, uuid in zip(copied.sites, uuids, strict=True):
        above = anew.get(site.parent_uuid) or (site.parent_uuid if site.parent_uuid in document.sites else "")
        marked = replace(
            _with_sound_fields(site),
            uuid=uuid,
            parent_uuid=above,
            aliases=with_sources(site.aliases, lambda source: sources.get(source, "")),
            position_source_uuid=sources.get(site.position_source_uuid, ""),
            lifecycle_source_uuid=sources.get(site.lifecycle_source_uuid, ""),
            image_uuid=images.get(site.image_uuid, ""),
            status="draft",
            layer_uuid="",
            position_basis=site.position_basis or ("" if copied.is_ours else PASTED),
        )
        if isinstance(shape_of(marked.shape_json), Numbered):
            number = min(number + 1, MOST_NUMBER)
            marked = replace(marked, shape_json=as_json(Numbered(number)), number=number)
        (placed,) = add_site(document, site.geometry, actor=actor, now=now).changes
        assert isinstance(placed.after, Site)
        added.append(insert("sites", replace(marked, geometry=placed.after.geometry), stamp))
    return Edit(Phrase("Paste {marks}", marks=counted(len(added), "mark", "marks")), (*changes, *added))


def cut_marks(document: Document, uuids: Iterable[str], *, actor: str, now: str | None = None) -> Edit:
    """Delete marks that were just copied."""
    gone = list(uuids)
    return replace(
        delete_sites(document, gone, actor=actor, now=now),
        label=Phrase("Cut {marks}", marks=counted(len(gone), "mark")),
    )


def _sources(document: Document, copied: CopiedMarks, stamp: Stamp) -> tuple[dict[str, str], list[Change]]:
    """The uuid in the case of each cited source, and the inserts of those that are not in it yet."""
    uuids: dict[str, str] = {}
    changes: list[Change] = []
    for uuid in _cited(copied.sites):
        source = copied.sources.get(uuid)
        if uuid in document.sources:
            uuids[uuid] = uuid
        elif source is not None:
            known = source_of_link(document, source.url)
            uuids[uuid] = known or uuid
            if not known:
                origin = source.origin_uuid if source.origin_uuid in document.sources else ""
                row: Source = replace(source, origin_uuid=origin)
                changes.append(insert("sources", row, stamp))
    return uuids, changes


def _templates(document: Document, copied: CopiedMarks, actor: str, now: str | None) -> tuple[Change, ...]:
    """Inserts of templates of classes that the case has not changed; one whose key is taken here is left out."""
    rows = rows_of(document)
    known, keys = {row.class_code for row in rows}, {row.hot_key for row in rows}
    new = [
        replace(template, uuid="", hot_key="" if template.hot_key in keys else template.hot_key)
        for template in copied.templates
        if template.code not in known
    ]
    if not new or len(rows) + len(new) > MOST_TEMPLATES:
        return ()
    return save_templates(document, new, actor=actor, now=now).changes


def _images(document: Document, copied: CopiedMarks, stamp: Stamp) -> tuple[Mapping[str, str], list[Change]]:
    uuids: dict[str, str] = {}
    changes: list[Change] = []
    for uuid in dict.fromkeys(site.image_uuid for site in copied.sites if site.image_uuid):
        image = copied.images.get(uuid)
        if uuid in document.images:
            uuids[uuid] = uuid
        elif image is not None:
            known = document.links.image_of_key(image.image_key)
            uuids[uuid] = known.uuid if known is not None else uuid
            if known is None:
                layer = image.layer_uuid if image.layer_uuid in document.layers else ""
                row: Image = replace(image, layer_uuid=layer)
                changes.append(insert("images", row, stamp))
    return uuids, changes


def _cited(sites: Collection[Site]) -> list[str]:
    cited = (uuid for site in sites for uuid in cited_by(site))
    return [uuid for uuid in dict.fromkeys(cited) if uuid]


def _with_sound_fields(site: Site) -> Site:
    """The site without dates and colours that no form would accept."""
    wrong: dict[str, Any] = {
        name: "" for name in (*_DATES, *_COLORS) if getattr(site, name) and not _is_sound(site, name)
    }
    return replace(site, **wrong) if wrong else site


def _is_sound(site: Site, name: str) -> bool:
    try:
        (check_color if name in _COLORS else check_date)(getattr(site, name), column_word(name))
    except InvalidValue:
        return False
    return True
