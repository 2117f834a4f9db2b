"""geoloupe add-sites CASE FILE: adds the rows of a file to a case as sites."""

from __future__ import annotations

import argparse
from pathlib import Path

from layers.errors import CaseTooNew
from viewer.cli.terminal.command import DONE, FINDINGS, USAGE, Command
from viewer.support.terminal import complain

_ACTOR = "command line"


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="gets the sites")
    parser.add_argument("file", metavar="FILE", help="a table or any vector file")
    fields = (
        "label, lat, lon, place (any notation), notes, class_code, position_error_m, alias_zh, statement, made_by, ..."
    )
    parser.add_argument(
        "--map",
        nargs="+",
        action="extend",
        default=[],
        metavar="FIELD=COLUMN",
        help=f"which column fills which field: {fields}",
    )


def _run(arguments: argparse.Namespace) -> int:
    wrong = [pair for pair in arguments.map if "=" not in pair]
    if wrong:
        complain(f"--map takes FIELD=COLUMN, not “{wrong[0]}”.")
        return USAGE
    mapping = dict(pair.split("=", 1) for pair in arguments.map)

    from layers.project.saving.case_copy import open_for_work  # for start-up time, as all below
    from layers.project.saving.publish import publish
    from layers.project.storage.fsops import scratch_folder
    from layers.text.counted import counted
    from viewer.cli.terminal.reading import case_file, one_reader, regular_file
    from viewer.commands.tables.known_rows import known_rows
    from viewer.commands.tables.site_files import read_sites, sites_in_words
    from viewer.commands.tables.site_rows import add_table, own_classes

    target, file = case_file(arguments.case), regular_file(arguments.file)
    with scratch_folder() as folder, one_reader() as pool:
        intake, work, _home = open_for_work(folder / "sessions", target)
        try:
            if intake.read_only:
                raise CaseTooNew("{target} was written by a later Geoloupe: this one may read it only.", target=target)
            found_sites = read_sites(file, mapping, pool, own_classes(intake.document))
            known = len(known_rows(intake.document, found_sites.sites))
            made = add_table(intake.document, found_sites.sites, Path(arguments.file).name, actor=_ACTOR)
            intake.document.apply(made.edit)
            work.append(made.edit, _ACTOR)
            publish(work, target, goes_on=False)
        finally:
            work.close(keep=False)
    print(f"{target}: {sites_in_words(found_sites.counts, made.sources, made.claims)}")
    remarks = [*found_sites.notes, *found_sites.left_out, *found_sites.unfit.sentences()]
    for sentence in remarks:
        complain(sentence)
    if known:  # done as asked: it alone makes no findings
        complain(f"The case had {counted(known, 'of these rows', 'of these rows')} already, by name and place.")
    return FINDINGS if remarks else DONE


ADD_SITES = Command("add-sites", "turn the rows of a file into sites", _add_arguments, _run)
