"""Ticks in words, for tips, for the line below the strip, and for screen readers."""

from __future__ import annotations

from layers.phrase import Phrase
from layers.scenes.passes import Pass
from layers.scenes.scene_cloud import SceneCloud, cloud_of_scene
from viewer.support.language.text import one_line
from viewer.support.language.translation import in_language, translate

MOST_TITLES = 6


def date_words(tick: Pass) -> str:
    """The date with its kind and its basis; a date from the name is marked as a suggestion."""
    first = tick.scenes[0]
    if tick.is_dated or first.acquired or first.date_kind == "composite":
        return in_language(first.when)
    if first.date_in_name:
        return translate("TickWords", "date unknown; its name suggests {0}").format(first.date_in_name)
    return translate("TickWords", "date unknown")


def part_words(tick: Pass, of_site: bool) -> str:
    """The part of the view or the site that it covers."""
    if tick.part >= 1.0:
        return translate("TickWords", "covers the site") if of_site else translate("TickWords", "covers the view")
    percent = max(1, min(99, round(100 * tick.part)))
    return (
        translate("TickWords", "covers {0} % of the site")
        if of_site
        else translate("TickWords", "covers {0} % of the view")
    ).format(percent)


def state_words(tick: Pass) -> str:
    """A word for a layer of the case; empty for other scenes."""
    if not tick.layers:
        return ""
    if len(tick.layers) == len(tick.scenes):
        return translate("TickWords", "in the case")
    return translate("TickWords", "{0} of {1} in the case").format(len(tick.layers), len(tick.scenes))


def cloud_words(tick: Pass, cloud: SceneCloud) -> str:
    """Cloud with what it is of; empty where nothing is known, as of a local scene."""
    if cloud.cloud_of in ("site", "view") or len(tick.scenes) == 1:
        return "" if not cloud.cloud_of else in_language(cloud.words)
    if cloud.cloud is None:
        return ""
    return in_language(Phrase("cloud up to {percent} % of a scene", percent=f"{cloud.cloud:.3g}"))


def tick_lines(tick: Pass, of_site: bool, cloud: SceneCloud | None = None) -> list[str]:
    """Name, sensor, date, coverage and cloud, and the tiles of a pass that has several.

    `cloud` is that over the ground; by default that of the scene is told.
    """
    known, first = _known_cloud(tick, cloud), tick.scenes[0]
    lines = [one_line(tick.title, 80), *_sensor(tick), date_words(tick), _ground_words(tick, of_site, known)]
    if len(tick.scenes) > 1:
        named = [one_line(scene.title, 60) for scene in tick.scenes[:MOST_TITLES]]
        more = len(tick.scenes) - len(named)
        others = translate("TickWords", "{count} tiles", "{count} tile", more)
        lines.append(", ".join(named) + (f" + {others}" if more else ""))
    if first.credit:
        lines.append(translate("TickWords", "Credit: {0}").format(one_line(first.credit, 80)))
    if known.problem:
        lines.append(
            translate("TickWords", "Its mask of clouds: {0}").format(one_line(in_language(known.problem), 160))
        )
    return lines


def strip_sentence(tick: Pass, of_site: bool, cloud: SceneCloud | None = None) -> str:
    """Date, coverage and cloud of a tick, then sensor and name, on one line: what is cut is the least."""
    ground = _ground_words(tick, of_site, _known_cloud(tick, cloud))
    return "; ".join([date_words(tick), ground, *_sensor(tick), one_line(tick.title, 80)])


def _known_cloud(tick: Pass, cloud: SceneCloud | None) -> SceneCloud:
    return cloud or cloud_of_scene(tick.scenes[0].cloud_percent if len(tick.scenes) == 1 else None)


def _ground_words(tick: Pass, of_site: bool, cloud: SceneCloud) -> str:
    return ", ".join(filter(None, (part_words(tick, of_site), cloud_words(tick, cloud), state_words(tick))))


def _sensor(tick: Pass) -> list[str]:
    first = tick.scenes[0]
    return [one_line(first.sensor, 80)] if first.sensor and len(tick.scenes) == 1 else []
