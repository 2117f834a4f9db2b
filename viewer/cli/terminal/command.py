"""The type of a subcommand, its output, and its parsers of arguments."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

DONE, BAD_INPUT, USAGE, FINDINGS = 0, 1, 2, 3

OUTSIDE = (
    "Naming a case is no consent for what it names: layers that lead to a host, or to files outside the case's own "
    "folder, are left out, each with a sentence on standard error. Name such a file or service yourself to have it "
    "drawn."
)
"""End of the help of subcommands that draw a case."""


class Command(NamedTuple):  # for start-up time: help needs no library
    """One subcommand: `add_arguments` fills its parser, `run` does it and returns an exit code."""

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def print_json(value: Any) -> None:
    """Print a result on standard output, keys in the order given; characters that no encoding has are escaped.

    Numbers that JSON cannot express are texts: "nan", "inf" or "-inf".
    """
    text = json.dumps(_sayable(value), ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _sayable(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _sayable(member) for key, member in value.items()}
    return [_sayable(member) for member in value] if isinstance(value, list | tuple) else value


def parse_size(text: str) -> tuple[int, int]:
    """Parse WxH in pixels of a picture that is held in memory, for argparse."""
    return _parsed_size(text, 30_000, 400_000_000)


def parse_page_size(text: str) -> tuple[int, int]:
    """Parse WxH in pixels of a page, which is written strip by strip, for argparse."""
    return _parsed_size(text, 100_000, 2_000_000_000)


def _parsed_size(text: str, most_side: int, most_pixels: int) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"a size is written WIDTHxHEIGHT, such as 1440x900, not “{text}”") from None
    if not (min(width, height) >= 16 and max(width, height) <= most_side and width * height <= most_pixels):
        raise argparse.ArgumentTypeError(f"{text} is no usable size")
    return width, height


def parse_bounds(text: str) -> tuple[float, float, float, float]:
    """Parse W,S,E,N in degrees, for argparse."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"bounds are written W,S,E,N in degrees, not “{text}”") from None
    if not (-180 <= west < east <= 360 and east - west <= 360 and -90 <= south < north <= 90):
        raise argparse.ArgumentTypeError(f"“{text}” is no extent: W < E and S < N, in degrees")
    return west, south, east, north


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
