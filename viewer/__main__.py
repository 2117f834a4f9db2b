"""Where the program starts. Nothing heavy is imported here: reader processes import this module again."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (0 done, 1 bad input, 2 usage, 3 findings)."""
    from viewer.cli.parser import run  # for start-up time: a spawned reader needs none of it

    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
