"""Parses the command line to a subcommand. The window is the command without a name."""

from __future__ import annotations

import argparse
import os
import sys

from layers.errors import GeoloupeError, ProductStopped
from viewer.cli import (
    add_sites,
    bench,
    compare,
    export,
    info,
    lint,
    new,
    pack,
    read,
    register,
    render,
    scenes,
    search,
    validate,
    window,
)
from viewer.cli.terminal.command import BAD_INPUT, FINDINGS, USAGE, Command
from viewer.support.terminal import complain

PROMISED = {
    "share": "a working copy for a colleague (not yet available)",
    "merge": "join two analysts' copies (not yet available)",
    "diff": "what differs between two cases (not yet available)",
}
"""Commands to come, by name: they are listed as not available yet."""


def _promised(name: str) -> Command:
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("words", nargs=argparse.REMAINDER)

    def run(_arguments: argparse.Namespace) -> int:
        complain(f"“{name}” is not yet available.")
        return USAGE

    return Command(name, PROMISED[name], add_arguments, run)


COMMANDS: tuple[Command, ...] = (
    window.DEMO,
    render.RENDER,
    info.INFO,
    new.NEW,
    add_sites.ADD_SITES,
    read.SITES,
    read.CLAIMS,
    read.SOURCES,
    read.OBSERVATIONS,
    search.SEARCH,
    compare.COMPARE,
    scenes.SCENES,
    register.REGISTER,
    validate.VALIDATE,
    lint.LINT,
    export.EXPORT,
    pack.PACK,
    bench.BENCH,
    *map(_promised, PROMISED),
)


NO_MEMORY = "There is not enough memory for this. Close other programs, then try again; all files are as they were."
MISSING_LIBRARY = ("shared object", "DLL load failed", "Library not loaded", "No module named 'PySide6")
"""Phrases with which Linux, Windows and macOS report that a library of Qt, or of its dependencies, is missing."""


def run(argv: list[str]) -> int:
    """Parse and run; usage errors and bad input become exit codes, never tracebacks."""
    try:
        arguments = _parser(argv).parse_args(_bounds_joined(argv))
        code = int(arguments.run(arguments))
        if sys.stdout is not None:  # a windowed program on Windows has none
            sys.stdout.flush()
        return code
    except SystemExit as end:  # argparse ends itself, with 0 after --help and 2 on wrong usage
        return end.code if isinstance(end.code, int) else USAGE
    except ProductStopped as stop:
        for line in (stop.sentence, *stop.lines):
            complain(line)
        return FINDINGS
    except GeoloupeError as error:
        complain(error.sentence)
        return BAD_INPUT
    except MemoryError:
        complain(NO_MEMORY)
        return BAD_INPUT
    except BrokenPipeError:  # whoever read us has gone; Python would complain of it once more at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT
    except ImportError as error:
        if not any(words in str(error) for words in MISSING_LIBRARY):
            raise  # that is a fault of ours
        complain(f"A library of the system is missing or broken ({error}): install it and start again.")
        return BAD_INPUT
    except OSError as error:
        complain(f"{error.filename or 'A file'}: {error.strerror or error}.")
        return BAD_INPUT


def _bounds_joined(argv: list[str]) -> list[str]:
    """Join `--bounds -10,40,5,50` to one word, as argparse takes a value that begins with a minus for an option."""
    joined: list[str] = []
    for word in argv:
        if joined and joined[-1] == "--bounds" and word.startswith("-") and "," in word:
            joined[-1] = f"--bounds={word}"
        else:
            joined.append(word)
    return joined


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="geoloupe",
        usage="geoloupe [FILES ...] [options]\n       geoloupe COMMAND ...",
        description="The imagery analyst's light table. Without a command: opens the window with FILES.",
        epilog="A file named like a command is opened by its path, such as ./demo. Exit codes: 0 done, 1 the input is "
        "at fault, 2 usage, 3 done with findings.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"geoloupe {_version()}")
    is_command = bool(argv) and any(argv[0] == command.name for command in COMMANDS)
    if is_command or argv in (["--help"], ["-h"]):
        subparsers = parser.add_subparsers(prog="geoloupe", metavar="COMMAND", required=False)
        for command in COMMANDS:
            child = subparsers.add_parser(
                command.name, help=command.summary, description=command.summary, allow_abbrev=False
            )
            command.add_arguments(child)
            child.set_defaults(run=command.run)
    if not is_command:  # the window's FILES would swallow a command's own
        window.WINDOW.add_arguments(parser)
        parser.set_defaults(run=window.WINDOW.run)
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # for start-up time: --help alone needs it

    try:
        return version("geoloupe")
    except PackageNotFoundError:
        return "0 (not installed)"
