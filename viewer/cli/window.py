"""geoloupe [FILES...] and geoloupe demo: open the window."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from viewer.cli.terminal.command import DONE, Command, parse_bounds, parse_size


def add_window_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--screenshot", metavar="OUT.png", help="write the window's picture once all is drawn, and exit"
    )
    parser.add_argument("--size", type=parse_size, metavar="WxH", help="the window's size in pixels")
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="what the map shows, in degrees")
    parser.add_argument("--safe-mode", action="store_true", help="open with all layers paused and default settings")
    parser.add_argument("--trace", metavar="OUT.json", help="write a Chrome trace of plan, read, style and paint")


def add_file_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="*", metavar="FILES", help="cases, rasters, vectors, tile templates; mixed")
    add_window_arguments(parser)


def run_window(arguments: argparse.Namespace) -> int:
    """Open the window, and return its exit code."""
    from viewer.app.main import run  # for start-up time

    return run(
        arguments.files,
        screenshot=arguments.screenshot,
        size=arguments.size,
        bounds=arguments.bounds,
        safe_mode=arguments.safe_mode,
        trace=arguments.trace,
    )


def run_demo(arguments: argparse.Namespace) -> int:
    """Open the demo case as an unsaved copy; without a display write a picture of it instead."""
    from viewer.app.main import run  # for start-up time

    picture = arguments.screenshot
    if picture is None and not has_display():
        picture = "geoloupe-demo.png"
    code = run(
        [],
        demo=True,
        screenshot=picture,
        size=arguments.size,
        bounds=arguments.bounds,
        safe_mode=arguments.safe_mode,
        trace=arguments.trace,
    )
    if code == DONE and picture is not None and arguments.screenshot is None:
        print(f"No display here: the demo's picture is in {Path(picture).resolve()}")
    return code


def has_display() -> bool:
    """True where a window can be shown."""
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


WINDOW = Command("", "open the window", add_file_arguments, run_window)
DEMO = Command("demo", "open the demo case as an unsaved copy, offline", add_window_arguments, run_demo)
