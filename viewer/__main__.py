"""Starts the program. Nothing heavy is imported here: reader processes import this module again."""

from __future__ import annotations

import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (0 done, 1 bad input, 2 usage, 3 findings)."""
    from viewer.cli.parser import run  # for start-up time: a spawned reader needs none of it

    return run(sys.argv[1:] if argv is None else argv)


def program() -> None:
    """The installed command: `main`, and out at once. Everything is closed by then, and taking Qt and Python apart
    object by object would only cost a tenth of a second more.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (BrokenPipeError, ValueError, AttributeError):  # a closed pipe, or a windowed program without streams
            continue
    os._exit(code)


if __name__ == "__main__":
    program()
