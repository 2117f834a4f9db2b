"""geoloupe compare A B [C D] --mode MODE --out OUT.png --size WxH: compares images, as the window does."""

from __future__ import annotations

import argparse

from viewer.cli.terminal.command import DONE, FINDINGS, Command, parse_bounds, parse_size
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain, say

MODES = ("swipe", "spyglass", "side", "difference")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="IMAGE", help="two to four images of one place, the first at the left"
    )
    parser.add_argument("--mode", choices=MODES, default=MODES[0], help="default: swipe")
    parser.add_argument("--out", required=True, metavar="OUT.png", help="the picture to write")
    parser.add_argument("--size", required=True, type=parse_size, metavar="WxH", help="in pixels")
    parser.add_argument("--at", type=_parse_part, metavar="0..1", help="where the bar stands, from the left")
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="in degrees; default: everything")
    parser.add_argument("--match", action="store_true", help="stretch all as the first: alike, or matched band by band")
    parser.epilog = (
        "Dates and their kinds are burned in beside the bar, and how the stretch was matched; apart from these words "
        "and the bar, without --match each side has the bytes that “geoloupe render” draws of it at that size and "
        "those bounds. A difference is refused where sensor, level, units or resampling are not stated and equal; of "
        "Sentinel-2 where not both are known to lead to reflectance, to which both are brought, and that is printed."
    )


def _parse_part(text: str) -> float:
    """Parse a number from 0 to 1, for argparse."""
    try:
        part = float(text)
    except ValueError:
        part = -1.0
    if not 0 <= part <= 1:
        raise argparse.ArgumentTypeError(f"the bar stands between 0 and 1, not at “{text}”")
    return part


def _run(arguments: argparse.Namespace) -> int:
    load_qt()
    from viewer.cli.products.compared_pictures import compared_picture  # for start-up time
    from viewer.export.image import check_suffix, save_image

    check_suffix(arguments.out)
    compared = compared_picture(
        arguments.files, arguments.mode, arguments.size, arguments.at, arguments.bounds, match=arguments.match
    )
    save_image(compared.picture, arguments.out)
    for sentence in compared.values:
        say(sentence)
    for sentence in compared.problems:
        complain(sentence)
    return FINDINGS if compared.is_lost else DONE


COMPARE = Command("compare", "set two to four images against each other in a picture", _add_arguments, _run)
