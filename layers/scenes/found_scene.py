"""A scene that covers some ground at some time, from any source: a folder, the case, a catalogue."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.decoding import decoded_or_none
from layers.phrase import Phrase
from layers.raster.acquisition import DATE_KINDS, Acquisition
from layers.requests.scenes import MOST_RING_POINTS, SceneFacts
from layers.scenes.footprint import footprint_of_ring, in_equal_areas
from layers.scenes.name_dates import date_in_name
from layers.time.time_span import TimeSpan, span_of

LONGEST = 300
"""Most characters of a text that a foreign file states."""
_FARTHEST_LON = 900.0
_TEXTS = ("title", "kind", "sensor", "credit", "date_basis", "date_in_name", "observation", "version")


@dataclass(frozen=True)  # no Struct: `problems` make no other scene
class FoundScene:
    """Facts as they are stated; "" where nothing is. A scene without a usable date has kind "unknown"."""

    key: str
    """Identifies the scene: its path, or its id in a catalogue."""
    title: str = ""
    path: str = ""
    """Path to open it by, of the file or of a delivery's metadata file; "" where it is not on this computer."""
    kind: str = ""
    """The format, or the kind of delivery."""
    sensor: str = ""
    """Platform and sensor as they are stated."""
    acquired: str = ""
    until: str = ""
    date_kind: str = "unknown"
    date_basis: str = ""
    """A word of `vocabulary.DATE_BASES` where the date is known."""
    date_in_name: str = ""
    """A date that the name of the file suggests: only offered."""
    credit: str = ""
    gsd_m: float | None = None
    cloud_percent: float | None = None
    """Cloud over the ground that `cloud_of` says; None where it is not known."""
    cloud_of: str = "scene"
    """The ground that the cloud is over: "scene", as it is stated of the whole, or "site", as a mask tells it."""
    ring: tuple[tuple[float, float], ...] = ()
    """Longitudes, continuous, and latitudes along its outline; empty where its place is not known."""
    observation: str = ""
    """The same for scenes that are one observation, processed more than once; "" where nothing tells that."""
    version: str = ""
    """The version of the processing and its time: the greatest is the newest."""
    has_picture: bool = False
    layer_uuid: str = ""
    """The layer of the case that shows it."""
    problems: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def span(self) -> TimeSpan | None:
        """The time that it is of; None where that is not known."""
        return span_of(f"{self.acquired}/{self.until}" if self.until else self.acquired)

    @cached_property
    def footprint(self) -> BaseGeometry:
        """The ground that it covers, in longitude and latitude, cut at the antimeridian; empty where not known."""
        return footprint_of_ring(self.ring)

    @cached_property
    def ground(self) -> tuple[BaseGeometry, ...]:
        """The parts of its footprint in equal areas, as they are compared with others."""
        return tuple(shapely.get_parts(in_equal_areas(self.footprint)))

    @property
    def is_dated(self) -> bool:
        """True where its kind of date and its date are both stated; a day of publication is no date of an image."""
        return self.span is not None and self.date_kind not in ("published", "unknown")

    @property
    def when(self) -> str:
        """The date in a few words, with its kind and where it is from."""
        stated = Acquisition(at=self.acquired, until=self.until, date_kind=self.date_kind)
        words = (
            Phrase("composite, date unknown") if not self.acquired and self.date_kind == "composite" else stated.when
        )
        return (
            Phrase("{words}, from {date_basis}", words=words, date_basis=Phrase(self.date_basis))
            if self.acquired and self.date_basis
            else words
        )

    def to_json(self) -> str:
        """Encode the scene for the cache; `scene_from_json` gives back an equal value."""
        facts = {
            name: value for name, value in asdict(self).items() if value not in ("", (), None) and value is not False
        }
        return json.dumps(facts, ensure_ascii=False)


def fill_grounds(scenes: Iterable[FoundScene]) -> None:
    """Work out the `ground` of many scenes at once, in a tenth of the time, where it is one plain area; others work it
    out when they are asked.
    """
    plain = [scene for scene in scenes if "ground" not in scene.__dict__ and len(scene.ring) > 2]
    if not plain:
        return
    lengths = np.array([len(scene.ring) + 1 for scene in plain])
    places = np.array([place for scene in plain for place in (*scene.ring, scene.ring[0])], dtype=np.float64)
    firsts = np.cumsum(lengths) - lengths
    west, east = (reach.reduceat(places[:, 0], firsts) for reach in (np.minimum, np.maximum))
    is_plain = (west >= -180.0) & (east <= 180.0) & (east - west < 180.0)
    if not is_plain.all():
        fill_grounds([scene for scene, plainly in zip(plain, is_plain.tolist(), strict=True) if plainly])
        return
    areas = shapely.polygons(shapely.linearrings(places, indices=np.repeat(np.arange(len(plain)), lengths)))
    grounds = in_equal_areas(areas)
    for scene, ground, is_valid in zip(plain, grounds, shapely.is_valid(areas).tolist(), strict=True):
        if is_valid:
            scene.__dict__["ground"] = (ground,)  # as a cached property keeps it


def scene_of_facts(path: str, facts: SceneFacts, *, has_picture: bool) -> FoundScene:
    """The scene that a reader has described. Facts that make no sense count as absent, whatever a file stated."""
    known = facts.acquisition
    sensor = " ".join(dict.fromkeys(text for text in (known.platform, known.sensor) if text))
    scene = FoundScene(
        key=path,
        title=facts.title,
        path=path,
        kind=facts.kind,
        sensor=sensor,
        acquired=known.at,
        until="" if known.until == known.at else known.until,
        date_kind=known.date_kind,
        credit=known.credit,
        gsd_m=facts.gsd_m,
        ring=facts.ring,
        has_picture=has_picture,
        problems=facts.problems,
    )
    named = date_in_name(path.replace("\\", "/").rpartition("/")[2]) or date_in_name(facts.title)
    return judged(replace(scene, date_in_name=named, date_basis="metadata" if known.at else ""))


def judged(scene: FoundScene) -> FoundScene:
    """The same with impossible dates, places and numbers left out, and long texts cut."""
    cut: dict[str, Any] = {}
    for name in _TEXTS:
        words = getattr(scene, name)
        plain = " ".join(str(words).split())[:LONGEST]
        if plain != words:
            cut[name] = plain
    if any(len(problem) > LONGEST for problem in scene.problems):
        cut["problems"] = tuple(problem[:LONGEST] for problem in scene.problems)
    scene = replace(scene, **cut) if cut else scene
    if scene.acquired and scene.span is None:
        scene = replace(scene, acquired="", until="", date_basis="", date_kind=_undated(scene.date_kind))
    if scene.date_kind not in DATE_KINDS:
        scene = replace(scene, date_kind="unknown")
    if not scene.acquired and scene.date_kind in ("instant", "interval"):
        scene = replace(scene, date_kind="unknown")
    if scene.gsd_m is not None and not (math.isfinite(scene.gsd_m) and 0 < scene.gsd_m <= 1e6):
        scene = replace(scene, gsd_m=None)
    if scene.cloud_percent is not None and not 0 <= scene.cloud_percent <= 100:
        scene = replace(scene, cloud_percent=None)
    return scene if _is_ring(scene.ring) else replace(scene, ring=())


def _undated(kind: str) -> str:
    return kind if kind == "composite" else "unknown"


def _is_ring(ring: tuple[tuple[float, float], ...]) -> bool:
    if not 3 <= len(ring) <= MOST_RING_POINTS:
        return False
    # Not-a-number is within no limits.
    return all(-_FARTHEST_LON <= lon <= _FARTHEST_LON and -90.0 <= lat <= 90.0 for lon, lat in ring)


def scene_from_json(text: str) -> FoundScene | None:
    """The scene that the cache holds; None where the text is not one, whatever stands in it."""
    try:
        scene = decoded_or_none(json.loads(text), FoundScene)
    except (ValueError, RecursionError):
        return None
    return None if scene is None else judged(replace(scene, layer_uuid=""))
