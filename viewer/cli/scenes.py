"""geoloupe scenes FOLDER or ADDRESS: lists scenes of a folder, or of an archive (STAC), with places and dates."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from layers.errors import NotAFile
from viewer.cli.terminal.command import DONE, Command, add_json, parse_bounds, print_json
from viewer.support.terminal import complain, say

if TYPE_CHECKING:
    from layers.scenes.found_scene import FoundScene

IN_FLIGHT = 2


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", help="images and deliveries in it and below it; or the address of an archive (STAC)"
    )
    parser.add_argument(
        "--bounds", type=parse_bounds, metavar="W,S,E,N", help="only what covers some of this, in degrees"
    )
    parser.add_argument(
        "--from", dest="begin", type=_parse_date, metavar="DATE", help="only what is of this day or later"
    )
    parser.add_argument(
        "--to", dest="end", type=_parse_date, metavar="DATE", help="only what is of this day or earlier"
    )
    add_json(parser)


def _parse_date(text: str) -> str:
    from layers.time.time_span import span_of  # for start-up time

    if span_of(text) is None:
        raise argparse.ArgumentTypeError(f"a date is written 2024, 2024-04 or 2024-04-12, not “{text}”")
    return text


def _run(arguments: argparse.Namespace) -> int:
    if "://" in arguments.folder:
        from viewer.cli.archive_scenes import list_archive  # for start-up time

        return list_archive(arguments)
    scenes = _wanted_scenes(arguments)
    if arguments.json:
        print_json([_described(scene) for scene in scenes])
        return DONE
    for scene in scenes:
        say(f"{scene.path}: {', '.join(filter(None, (scene.sensor, scene.when, _offer(scene))))}")
    if not scenes:
        say("No scene found.")
    return DONE


def _wanted_scenes(arguments: argparse.Namespace) -> list[FoundScene]:
    """Scenes selected by the options: dated ones by date, then undated ones. Prints problems."""
    from layers.scenes.indexing import index_folder  # for start-up time, as all below
    from layers.scenes.scene_store import SceneStore
    from layers.text.counted import counted
    from layers.time.time_span import TimeSpan, span_of
    from viewer.cli.terminal.reading import existing, readers
    from viewer.support.settings import scenes_file

    folder = existing(arguments.folder)
    if not folder.is_dir():
        raise NotAFile("{folder} is no folder: name the folder that the scenes are in.", folder=arguments.folder)
    with readers(IN_FLIGHT) as pool, SceneStore(scenes_file()) as store:
        report = index_folder(os.path.realpath(folder), pool, store, in_flight=IN_FLIGHT)
    for sentence in report.said():
        complain(sentence)
    scenes = _within(report.scenes, arguments.bounds)
    if arguments.begin is not None or arguments.end is not None:
        first, last = span_of(arguments.begin or ""), span_of(arguments.end or "")
        begin = first.begin if first is not None else float("-inf")
        end = last.end if last is not None else float("inf")
        undated = sum(not scene.is_dated for scene in scenes)
        if undated:
            complain(f"{counted(undated, 'scene')} without a known date left out: it may be of that time or not.")
        wanted = TimeSpan(begin, end)
        scenes = [scene for scene in scenes if scene.is_dated and scene.span is not None and scene.span.meets(wanted)]
    return sorted(scenes, key=_order)


def _within(scenes: list[FoundScene], bounds: tuple[float, float, float, float] | None) -> list[FoundScene]:
    if bounds is None:
        return scenes
    from layers.geo.bounds import Bounds  # for start-up time
    from layers.scenes.footprint import footprint_of_box
    from layers.scenes.scene_table import SceneTable

    return [cover.scene for cover in SceneTable(scenes).covering(footprint_of_box(Bounds(*bounds)))]


def _order(scene: FoundScene) -> tuple[bool, float, str]:
    is_dated = scene.is_dated and scene.span is not None
    return (not is_dated, scene.span.begin if is_dated and scene.span is not None else 0.0, scene.path)


def _offer(scene: FoundScene) -> str:
    return f"its name suggests {scene.date_in_name}" if scene.date_in_name and not scene.is_dated else ""


def _described(scene: FoundScene) -> dict[str, Any]:
    """Keys of `scenes --json`. `bounds_lonlat` continue past 180° over the antimeridian; the footprint is cut there."""
    from shapely.geometry import mapping  # for start-up time

    from layers.geo.antimeridian import boxes_of
    from layers.geo.lon_extent import narrowest

    return {
        "path": scene.path,
        "name": scene.title,
        "kind": scene.kind,
        "sensor": scene.sensor or None,
        "acquired": scene.acquired or None,
        "until": scene.until or None,
        "date_kind": scene.date_kind,
        "date_basis": scene.date_basis or None,
        "date_in_name": scene.date_in_name or None,
        "gsd_m": scene.gsd_m,
        "credit": scene.credit or None,
        "bounds_lonlat": list(narrowest(boxes_of(list(_parts(scene))))),
        "footprint": mapping(scene.footprint),
        "problems": list(scene.problems),
    }


def _parts(scene: FoundScene) -> Any:
    from shapely import get_parts  # for start-up time

    return get_parts(scene.footprint)


SCENES = Command("scenes", "say which scenes are in a folder or an archive, where and when", _add_arguments, _run)
