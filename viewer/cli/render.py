"""geoloupe render FILES... --out OUT.png --size WxH: draws the map alone, no furniture. Same input, same bytes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from layers.errors import CannotBePlaced, InvalidValue
from viewer.cli.terminal.command import DONE, FINDINGS, OUTSIDE, Command, parse_bounds, parse_size
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain

if TYPE_CHECKING:
    from layers.geo.bounds import Bounds
    from viewer.canvas.scene import MapScene

_NO_EARTH = "What is named has no CRS of the Earth and is drawn in pixel space: leave out --bounds and --crs."


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILES", help="one case, rasters, vectors, tile templates")
    parser.add_argument("--out", required=True, metavar="OUT.png", help="the picture to write")
    parser.add_argument("--size", required=True, type=parse_size, metavar="WxH", help="in pixels")
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="in degrees; default: everything")
    parser.add_argument("--crs", metavar="EPSG:N", help="of the map; default EPSG:3857, a polar one beyond 85 degrees")
    parser.add_argument("--crs-of-data", metavar="EPSG:N", help="of files that do not say theirs; default: pixel space")
    parser.epilog = OUTSIDE
    parser.add_argument("--style", default="", metavar="JSON", help="a layer style for the files that are no case")


def _run(arguments: argparse.Namespace) -> int:
    from layers.geo.bounds import Bounds  # for start-up time
    from layers.geo.crs import WEB_MERCATOR, chosen_canvas, parse_crs
    from layers.project.storage.fsops import scratch_folder
    from viewer.cli.terminal.documents import document_of, hosts_named, without_keys

    load_qt()
    from viewer.canvas.extent import bounds_of_all, lone_plane
    from viewer.canvas.said_problems import said_problems
    from viewer.cli.products.unnamed_parties import leave_names_out
    from viewer.cli.products.withheld_layers import leave_withheld_out
    from viewer.cli.terminal.server_documents import ServerDocuments
    from viewer.cli.terminal.server_features import FeaturesWanted
    from viewer.export.headless import Studio
    from viewer.export.image import check_suffix, save_image
    from viewer.export.tile_counts import needs_of, tile_counts, words_for_picture
    from viewer.network.typed_keys import secrets_in

    check_suffix(arguments.out)
    for text in (arguments.crs, arguments.crs_of_data):
        parse_crs(text or WEB_MERCATOR)
    bounds = Bounds(*arguments.bounds) if arguments.bounds else None
    style = _checked_style(arguments.style)
    note, files = "", without_keys(arguments.files)
    secrets = secrets_in(arguments.files)
    with scratch_folder() as folder, Studio(consent=hosts_named(files), secrets=secrets) as studio:
        opened = document_of(
            files,
            studio.pool,
            style,
            arguments.crs_of_data or "",
            is_steady=True,
            servers=ServerDocuments(studio.fetcher),
            features=FeaturesWanted(folder, _shown_bounds(bounds, arguments.crs, *arguments.size)),
        )
        leave_names_out(opened.document)
        withheld = leave_withheld_out(opened.document)
        scene = studio.scene(opened.document, opened.home, opened.named)
        _refuse_unplaced(scene, opened.named)
        if plane := lone_plane(scene):
            if arguments.crs or bounds:
                raise CannotBePlaced(_NO_EARTH)
            picture = studio.plane_picture(scene, plane, *arguments.size)
        else:
            crs, note = chosen_canvas(arguments.crs, bounds or bounds_of_all(scene))
            view = studio.view(scene, crs, bounds, *arguments.size)
            if needed := words_for_picture(tile_counts(needs_of([(scene, view)]), studio.fetcher)):
                complain(needed)
            picture = studio.picture_of(scene, view)
        lost, problems = scene.stack.lost(), [note, *withheld, *said_problems(scene)]
    save_image(picture, arguments.out)
    for sentence in filter(None, [*opened.notices, *problems]):
        complain(sentence)
    return FINDINGS if lost or withheld else DONE


def _shown_bounds(bounds: Bounds | None, crs: str | None, width: int, height: int) -> Bounds | None:
    """Bounds in lon, lat of all that a picture of these bounds shows: more than them where its shape is another."""
    from layers.geo.crs import chosen_canvas, lonlat_bounds  # for start-up time, as all below
    from viewer.export.headless import view_of_lonlat

    if bounds is None:
        return None
    canvas, _ = chosen_canvas(crs, bounds)
    return lonlat_bounds(canvas, view_of_lonlat(canvas, bounds, None, width, height).world_bounds())


def _refuse_unplaced(scene: MapScene, named: Iterable[str]) -> None:
    """Refuse a named file without a place: that is a fault of the input, and no picture is made without it."""
    for uuid, sentence in scene.stack.problems().items():
        if uuid in named and scene.stack.bounds_of(uuid) is None:
            raise CannotBePlaced(sentence)


def _checked_style(text: str) -> str:

    try:
        style = json.loads(text) if text else {}
    except ValueError as error:
        raise InvalidValue("--style is no JSON: {error}.", error=error) from error
    if not isinstance(style, dict):
        raise InvalidValue('--style wants a JSON object, such as {"bands": [4, 3, 2]}.')
    return text


RENDER = Command(
    "render",
    "draw the map alone into a picture, firms and persons named in claims without their names",
    _add_arguments,
    _run,
)
