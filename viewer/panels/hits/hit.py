"""Hits of a search of an archive: a scene with how much of the ground it covers, and what a list says of it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from layers.scenes.found_scene import FoundScene
from layers.services.stac.item import StacItem
from viewer.support.language.text import one_line
from viewer.support.language.translation import translate

_LAST = float("-inf")


class ArchiveHit(Struct, frozen=True, eq=False):
    """One answer of an archive."""

    item: StacItem
    scene: FoundScene
    part: float
    """Share of the ground asked about that it covers, 0 to 1; 0 where the archive's box holds it and the ground not."""
    picture: str = ""
    """Address of its small picture; empty for none."""


def begin_of(hit: ArchiveHit) -> float:
    """Seconds since 1970 at which it begins, to sort by; before all others where its date is not known."""
    return hit.scene.span.begin if hit.scene.is_dated and hit.scene.span is not None else _LAST


def day_words(scene: FoundScene) -> str:
    """The date, or both ends of it: to the minute for an instant, to the day for what lasts."""
    if not scene.is_dated:
        return translate("HitWords", "date unknown")
    if scene.date_kind == "instant":
        return scene.acquired[:16].replace("T", " ")
    begin, end = scene.acquired[:10], scene.until[:10]
    if end[:4] == begin[:4] and end != begin:
        end = end[5:]  # a year that both share is said once: the kind of date has to have room beside them
    days = " – ".join(dict.fromkeys(filter(None, (begin, end))))
    return translate("HitWords", "{0}, composite").format(days) if scene.date_kind == "composite" else days


def cloud_words(scene: FoundScene) -> str:
    """The cloud in percent, always with the ground that it is over."""
    if scene.cloud_percent is None:
        return translate("HitWords", "unknown")
    words = (
        translate("HitWords", "{0} % over the site")
        if scene.cloud_of == "site"
        else translate("HitWords", "{0} % of the scene")
    )
    return words.format(f"{scene.cloud_percent:.3g}")


def part_words(part: float, of_site: bool) -> str:
    """The part of the ground asked about that is covered."""
    if part <= 0.0:
        return translate("HitWords", "beside it")
    if part >= 1.0:
        return translate("HitWords", "the site") if of_site else translate("HitWords", "the view")
    percent = max(1, min(99, round(100 * part)))
    words = translate("HitWords", "{0} % of the site") if of_site else translate("HitWords", "{0} % of the view")
    return words.format(percent)


def sensor_words(hit: ArchiveHit) -> str:
    """The platform, else the collection."""
    return one_line(hit.scene.sensor or hit.item.collection or hit.scene.kind, 60)


def ends_of(hits: Iterable[ArchiveHit]) -> list[ArchiveHit]:
    """The oldest and the newest of the hits that have a picture and cover all of the ground, and of those that cover
    some of it: at most four, from which `newest_and_oldest` chooses.
    """
    dated = [hit for hit in hits if hit.scene.path and hit.part > 0.0 and begin_of(hit) > _LAST]
    whole = [hit for hit in dated if hit.part >= 1.0]
    ends = [end(group, key=begin_of) for group in (whole, dated) if group for end in (min, max)]
    return list({hit.scene.key: hit for hit in ends}.values())


def newest_and_oldest(ends: Iterable[ArchiveHit]) -> tuple[ArchiveHit, ...]:
    """The oldest and the newest hit of `ends_of`, in this order; empty for fewer than two dates.

    They are of those that cover all of the ground; without two of them, of those that cover some of it.
    """
    dated = sorted(ends, key=begin_of)
    for least in (1.0, 0.0):
        covering = [hit for hit in dated if hit.part >= least]
        if covering and begin_of(covering[0]) < begin_of(covering[-1]):
            return covering[0], covering[-1]
    return ()
