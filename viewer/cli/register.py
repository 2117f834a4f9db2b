"""geoloupe register MOVING FIXED: finds the shift that lays MOVING onto FIXED."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

from layers.errors import UnsupportedFormat
from viewer.cli.terminal.command import DONE, FINDINGS, Command, add_json, print_json
from viewer.support.terminal import say

if TYPE_CHECKING:
    from layers.pool.pool import ReaderPool
    from layers.raster.common_grid import CommonGrid, PlacedRaster
    from layers.raster.phase_correlation import Registered
    from layers.requests.imagery import ReadTile
    from layers.requests.probed import Probed

_EPILOG = (
    "The shift is what to add to MOVING's position, in its pixels and in metres, x right, y down, by phase correlation "
    "of what both show. It says nothing about where FIXED lies. Exit code 3: the shift is not reliable, `why` says why."
)
TIMEOUT_S = 300.0


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("moving", metavar="MOVING", help="the image that is to be moved")
    parser.add_argument("fixed", metavar="FIXED", help="the image that it is to lie on")
    add_json(parser)
    parser.epilog = _EPILOG


def _run(arguments: argparse.Namespace) -> int:
    from layers.raster.common_grid import common_grid  # for start-up time
    from layers.requests.registering import Register
    from viewer.cli.terminal.reading import one_reader

    with one_reader() as pool:
        (moving, of_moving), (fixed, of_fixed) = (_image(pool, text) for text in (arguments.moving, arguments.fixed))
        grid = common_grid(moving, fixed)
        answer = pool.ask(Register.on(grid, of_moving, of_fixed), TIMEOUT_S)
    registered: Registered = answer.facts
    if arguments.json:
        print_json(facts_of(grid, registered))
    else:
        _say(grid, registered)
    return DONE if registered.reliable else FINDINGS


def facts_of(grid: CommonGrid, registered: Registered) -> dict[str, Any]:
    """Keys of `register --json`; null without a significant shift."""
    shift_px = shift_m = None
    if registered.dx is not None and registered.dy is not None:
        shift_px, shift_m = grid.shift_px(registered.dx, registered.dy), grid.along_m(registered.dx, registered.dy)
    return {
        "shift_px": None if shift_px is None else [round(v, 4) for v in shift_px],
        "shift_m": None if shift_m is None else [round(v, 4) for v in shift_m],
        "reliable": registered.reliable,
        "residual_px": None if registered.residual_px is None else round(registered.residual_px * grid.step, 4),
        "why": registered.why,
    }


def _say(grid: CommonGrid, registered: Registered) -> None:
    facts = facts_of(grid, registered)
    say("reliable" if registered.reliable else "not reliable")
    say(registered.why)
    if registered.dx is not None and registered.dy is not None:
        (x, y), (east, north) = facts["shift_px"], grid.ground_m(registered.dx, registered.dy)
        say(f"add {x:.2f} px right and {y:.2f} px down to MOVING: {east:.2f} m east, {north:.2f} m north")
        say(f"residual {facts['residual_px']:.2f} px between its parts")
        if registered.reliable and math.hypot(*facts["shift_px"]) <= facts["residual_px"]:
            say("not significant: the shift is no more than its parts differ")


def _image(pool: ReaderPool, text: str) -> tuple[PlacedRaster, ReadTile]:
    """Grid of an image, and the request for the bands in which it is shown. Raises GeoloupeError."""
    from layers.raster.common_grid import PlacedRaster  # for start-up time
    from layers.raster.style import RasterStyle
    from layers.requests.imagery import ReadTile
    from layers.requests.probe import Probe
    from viewer.cli.terminal.reading import existing

    path = existing(text).resolve()
    probed: Probed = pool.ask(Probe(str(path))).facts
    info = probed.raster
    if info is None:
        raise UnsupportedFormat("{name} is no image: name two images to register the one to the other.", name=path.name)
    bands: tuple[Any, ...] = RasterStyle.default(info).bands
    if probed.scene is not None:
        bands = tuple(probed.scene.bands[number - 1].place for number in bands)
    return PlacedRaster.of(path.name, info), ReadTile(str(path), info.part, bands=bands)


REGISTER = Command("register", "by how much one image has to be moved to lie on another", _add_arguments, _run)
