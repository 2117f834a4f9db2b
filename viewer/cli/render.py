"""geoloupe render FILES... --out OUT.png --size WxH: the map alone, no furniture. Same input, same bytes."""

from __future__ import annotations

import argparse

from viewer.cli.command import DONE, Command, parse_bounds, parse_size


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILES")
    parser.add_argument("--out", required=True, metavar="OUT.png")
    parser.add_argument("--size", required=True, type=parse_size, metavar="WxH")
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="in degrees; default: everything")
    parser.add_argument("--crs", default="EPSG:3857", metavar="EPSG:N")
    parser.add_argument("--style", default="", metavar="JSON", help="a layer style for the files that are no case")


def _run(arguments: argparse.Namespace) -> int:
    from layers.geo.bounds import Bounds  # for start-up time
    from viewer.cli.documents import document_of, hosts_named
    from viewer.export.headless import Studio
    from viewer.export.image import save_image

    bounds = Bounds(*arguments.bounds) if arguments.bounds else None
    with Studio(consent=hosts_named(arguments.files)) as studio:
        document, folder = document_of(arguments.files, studio.pool, _checked_style(arguments.style))
        picture = studio.picture(document, folder, arguments.crs, bounds, *arguments.size)
    save_image(picture, arguments.out)
    return DONE


def _checked_style(text: str) -> str:
    import json  # for start-up time

    from layers.errors import InvalidValue

    try:
        value = json.loads(text) if text else {}
    except ValueError as error:
        raise InvalidValue(f"--style is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise InvalidValue('--style wants a JSON object, such as {"bands": [4, 3, 2]}.')
    return text


RENDER = Command("render", "draw the map alone into a picture", _add_arguments, _run)
