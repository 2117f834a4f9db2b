"""geoloupe validate CASE: checks format, integrity and missing files."""

from __future__ import annotations

import argparse

from viewer.cli.terminal.command import DONE, FINDINGS, Command, add_json, print_json
from viewer.support.terminal import say


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE")
    add_json(parser)


def _run(arguments: argparse.Namespace) -> int:
    from layers.project.opening.validation_report import validate  # for start-up time
    from viewer.cli.terminal.reading import regular_file

    findings = validate(regular_file(arguments.case))
    if arguments.json:
        print_json([{"code": f.code, "severity": f.severity, "sentence": f.sentence} for f in findings])
    else:
        for finding in findings:
            say(f"{finding.severity}: {finding.sentence} [{finding.code}]")
        if not findings:
            print(f"{arguments.case}: nothing found.")
    return FINDINGS if findings else DONE


VALIDATE = Command("validate", "check a case's format, integrity and files", _add_arguments, _run)
