"""Lists of imagery as text, in the form of `catalog.toml`: groups of services, read guardedly and written again."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from msgspec import Struct

from layers.decoding import decoded, encoded
from layers.errors import BadTemplate, GeoloupeError, NotReadable
from layers.phrase import Phrase
from layers.services.address_keys import split_key
from layers.services.imagery_entry import (
    ROLE_OF_KIND,
    ROLES,
    ImageryEntry,
    checked_address,
    entry_of_service,
)
from layers.services.tile_service import TileService

MOST_BYTES = 4 * 2**20
MOST_ENTRIES = 20_000


class EntriesRead(Struct, frozen=True):
    """The entries of a list, and a sentence for each that is none."""

    entries: tuple[ImageryEntry, ...]
    problems: tuple[Phrase, ...] = ()


class _Addressed(Struct, frozen=True):
    """An entry that is no tiles, as the text has it."""

    title: str
    address: str
    kind: str = ""
    role: str = ""
    attribution: str = ""
    link: str = ""
    licence: str = ""
    note: str = ""
    group: str = ""


def read_entries(text: str) -> EntriesRead:
    """The entries of a list. A bad one costs itself. Raises NotReadable where the text is no such list at all."""
    if len(text) > MOST_BYTES:
        raise NotReadable("The list of imagery is larger than {size} MB: take entries out.", size=MOST_BYTES // 2**20)
    try:
        groups = tomllib.loads(text).get("group", [])
    except (ValueError, RecursionError) as error:
        raise NotReadable("The list of imagery is not in its form ({error}): mend it there.", error=error) from error
    if not isinstance(groups, list):
        raise NotReadable("The list of imagery has no [[group]]: write it as the shipped catalogue is.")
    entries: list[ImageryEntry] = []
    problems: list[Phrase] = []
    for group in groups:
        common, services = _group_of(group)
        for values in services:
            if len(entries) == MOST_ENTRIES:
                problems.append(Phrase("Entries after the first {count} are left out.", count=MOST_ENTRIES))
                return EntriesRead(tuple(entries), tuple(problems))
            try:
                entries.append(_entry_of(common, values))
            except GeoloupeError as error:
                title = values.get("title") if isinstance(values, dict) else None
                name = title[:60] if isinstance(title, str) and title else Phrase("An entry without a title")
                problems.append(Phrase("{name} is left out of the list: {why}", name=name, why=error.sentence))
    return EntriesRead(tuple(entries), tuple(problems))


def _group_of(group: Any) -> tuple[dict[str, Any], list[Any]]:
    """The values that hold for all services of a group, and these services."""
    if not isinstance(group, dict):
        return {}, []
    services = group.get("service", [])
    common = {key: value for key, value in group.items() if key not in ("title", "service")}
    return common | {"group": group.get("title", "")}, services if isinstance(services, list) else []


def _entry_of(common: dict[str, Any], values: Any) -> ImageryEntry:
    if not isinstance(values, dict):
        raise BadTemplate("it is no table of keys and values.")
    whole = common | values
    role = whole.get("role", "")
    if whole.get("title", "") == "":
        raise BadTemplate("it has no title.")
    if role not in ("", *ROLES):
        raise BadTemplate("its role is none of {roles}.", roles=", ".join(ROLES))
    if any(isinstance(address, str) and split_key(address).key for address in map(whole.get, ("template", "address"))):
        raise BadTemplate("its address holds a key: paste it into Add imagery instead.")
    if "template" in whole:
        return entry_of_service(TileService.from_json(whole), role)
    addressed = decoded(whole, _Addressed, _not_an_entry)
    return ImageryEntry(
        title=addressed.title,
        role=role or ROLE_OF_KIND.get(addressed.kind, "server"),
        kind=addressed.kind,
        address=checked_address(addressed.address),
        attribution=addressed.attribution,
        link=addressed.link,
        licence=addressed.licence,
        note=addressed.note,
        group=addressed.group,
    )


def _not_an_entry(member: str) -> Phrase:
    if member in _Addressed.__struct_fields__:
        return Phrase("its {name} is not of the right kind.", name=member)
    return Phrase("it has neither a template nor an address.")


def entry_text(entry: ImageryEntry) -> str:
    """An entry as a group of its own, to be added to the text of a list."""
    if entry.service is None:
        values = {name: getattr(entry, name) for name in _Addressed.__struct_fields__ if name != "group"}
        plain = {name: value for name, value in values.items() if value}
    else:
        service = encoded(entry.service)
        fresh = encoded(TileService(entry.service.title, entry.service.template))
        kept = ("title", "template")
        plain = {name: value for name, value in service.items() if name in kept or value != fresh.get(name)}
        plain["role"] = entry.role
    plain.pop("group", None)
    lines = ["[[group]]", f"title = {_toml(entry.group)}", "", "[[group.service]]"]
    return "\n".join([*lines, *(f"{name} = {_toml(value)}" for name, value in plain.items())]) + "\n"


def _toml(value: Any) -> str:
    """A value of JSON as TOML writes it, on one line; members without a value are left out."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case dict():
            members = (f"{json.dumps(name)} = {_toml(part)}" for name, part in value.items() if part is not None)
            return "{" + ", ".join(members) + "}"
        case list() | tuple():
            return "[" + ", ".join(_toml(part) for part in value) + "]"
    return repr(value)
