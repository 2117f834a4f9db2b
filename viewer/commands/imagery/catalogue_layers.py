"""Edits that take scenes of a catalogue into the case: as layers, and searches as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from layers.decoding import encoded
from layers.document.document import Document
from layers.document.edit import Edit
from layers.document.vocabulary import WHYS
from layers.errors import InvalidValue
from layers.observing.listed_scenes import UNUSABLE, SceneState, listed, scenes_of
from layers.observing.search_mask import kept_mask
from layers.phrase import Phrase
from layers.raster.band_files import KEY as BAND_FILES
from layers.raster.band_files import stated_files
from layers.raster.band_names import KEY as BAND_NAMES
from layers.raster.band_names import stated_names
from layers.scenes.found_scene import FoundScene
from layers.services.stac.addresses import is_path, unsigned
from layers.services.stac.item import StacItem
from layers.services.stac.offsets import is_sentinel2, stated_values
from layers.services.stac.question import StacQuestion
from layers.services.stac.separate_bands import separate_bands
from viewer.commands.fields import check_choice, row_of
from viewer.commands.imagery.searches import record_search, update_search
from viewer.commands.layers import add_layer
from viewer.commands.stamps import stamp_of

LONGEST_NAME = 120


class StatedScene(Struct, frozen=True):
    """Statements of a catalogue on a file: members for the source of its layer, and fields of the layer."""

    source: Mapping[str, Any]
    fields: Mapping[str, Any]


def stated_scene(item: StacItem, place: str) -> StatedScene:
    """Facts that an item states of its file at an address or a path: date, credit, sensor, terms, bands."""
    is_stretch = item.date_kind in ("interval", "composite")
    begin = item.start if is_stretch else item.datetime
    acquired = f"{begin}/{item.end}" if is_stretch and item.end and item.end != begin else begin
    sensor = " ".join(dict.fromkeys(part for part in (item.platform, *item.instruments) if part))
    source: dict[str, Any] = {
        "licence": str(item.terms),
        "link": item.licence_link,
        "catalogue": {"id": item.id, "collection": item.collection, "address": unsigned(item.address)},
    }
    source["catalogue"] |= kept_mask(item)
    if is_sentinel2(item):
        source["catalogue"]["values"] = encoded(stated_values(item))
    if names := _band_names(item, place):
        source[BAND_NAMES] = names
    if sensor:
        source["sensor"] = sensor[:LONGEST_NAME]
    is_dated = bool(acquired) and item.date_kind != "unknown"
    fields = {
        "credit": item.credit,
        "acquired_at": acquired if is_dated else "",
        "date_kind": item.date_kind if is_dated else "unknown",
        "date_basis": "catalogue" if is_dated else "",
    }
    return StatedScene(source, fields)


def add_scene(
    document: Document, item: StacItem, address: str, *, actor: str, now: str | None = None, uuid: str | None = None
) -> Edit:
    """Add a scene of a catalogue, whose picture is at `address`, or at a path of this computer, as a layer with the
    date, credit and sensor that the catalogue states, and with each of its bands where they lie in files of their own.
    Raises InvalidValue.
    """
    name, source, fields = scene_as_layer(item, address)
    return add_layer(document, "raster", name, source, actor=actor, now=now, uuid=uuid, **fields)


def scene_as_layer(item: StacItem, address: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Name, source and fields of the layer of a scene whose picture is at an address or a path."""
    stated = stated_scene(item, address)
    place = {"path": address} if is_path(address) else {"address": unsigned(address)}
    source = {**place, **stated.source}
    if files := separate_bands(item):
        source |= {BAND_FILES: stated_files(files), BAND_NAMES: stated_names([file.seen for file in files])}
    return (item.title or item.id)[:LONGEST_NAME], source, {**stated.fields}


def _band_names(item: StacItem, place: str) -> dict[str, str]:
    """Names of the bands of an item's file at an address or a path, as a layer's source keeps them."""
    for asset in item.assets:
        if place and place in (asset.path, asset.web, unsigned(asset.web)):
            return stated_names(asset.colours)
    return {}


def record_catalogue_search(
    document: Document,
    address: str,
    title: str,
    question: StacQuestion,
    count: int,
    matched: str | None,
    *,
    is_complete: bool,
    words: str = "",
    sites: Sequence[str] = (),
    scenes: Iterable[FoundScene] = (),
    actor: str,
    now: str | None = None,
) -> Edit:
    """Keep as evidence what an archive was asked, and what came of it. Raises InvalidValue for a search that broke off
    without a scene: nobody can say then that none is listed.

    `sites` are the uuids of the sites that it was about; none for other ground. `scenes` are those that came, which can
    be gone through later.
    """
    if not count and not is_complete:
        raise InvalidValue(
            "The search broke off before a scene came: that is no evidence that there is none. Search again."
        )
    query = {"archive": address, "title": title, "count": count, "matched": matched, "question": encoded(question)}
    query |= {"complete": is_complete, "about": list(sites)} if sites else {"complete": is_complete}
    result = "found" if count else "none listed"
    sentence = words or str(_words(title or address, count, matched))
    kept = listed(scenes)
    return record_search(
        document,
        actor=actor,
        now=now,
        kind="catalogue",
        query_json=json.dumps(query),
        cells_json=kept.text if kept.scenes else "",
        result=result,
        words=sentence,
    )


def answer_scene(
    document: Document, uuid: str, key: str, answer: SceneState, *, why: str = "", actor: str, now: str | None = None
) -> Edit:
    """Keep whether a scene that a search has listed is usable, and the reason where it is not. Raises InvalidValue."""
    search = row_of(document.searches, uuid, Phrase("search"))
    answers = scenes_of(search)
    scene = None if answers is None else answers.scene(key)
    if answers is None or scene is None:
        raise InvalidValue("That search has kept no such scene: ask the archive again, and keep its answer.")
    check_choice(why, ("", *WHYS), Phrase("reason"))
    stamp = stamp_of(actor, now)
    answered = replace(scene, answer=answer, why=why if answer == UNUSABLE else "", by=actor, at=stamp.now)
    edit = update_search(document, uuid, actor=actor, now=now, cells_json=answers.with_scene(answered).text)
    name = (scene.title or scene.key)[:LONGEST_NAME]
    return Edit(Phrase("Scene {name}: {answer}", name=name, answer=Phrase(answer or "open")), edit.changes)


def _words(title: str, count: int, matched: str | None) -> Phrase:
    if not count:
        return Phrase("{title} lists no scene for this question.", title=title)
    return Phrase("{title} lists {count} of {matched} scenes.", title=title, count=count, matched=matched or count)
