"""Names the command line promises for later: they answer so, and nothing else."""

from __future__ import annotations

import argparse

from viewer.cli.command import USAGE, Command
from viewer.support.terminal import complain


def _command(name: str, summary: str) -> Command:
    def run(_arguments: argparse.Namespace) -> int:
        complain(f"“{name}” is not yet available.")
        return USAGE

    return Command(name, summary, _add_arguments, run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("words", nargs=argparse.REMAINDER)


LATER = (
    _command("lint", "check a product against the checklist (not yet available)"),
    _command("share", "a working copy for a colleague (not yet available)"),
    _command("merge", "join two analysts' copies (not yet available)"),
    _command("diff", "what differs between two cases (not yet available)"),
)
