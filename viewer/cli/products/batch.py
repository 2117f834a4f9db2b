"""A batch of products from the command line: one a site, a class or a bookmark of a case."""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path

from layers.product.batch import EACH, batch_digest, batch_of
from viewer.app.products.batch_run import BatchRun, finish_batch
from viewer.app.products.plate_pages import PlatePages
from viewer.cli.command import DONE, USAGE
from viewer.cli.documents import case_at_home
from viewer.cli.products.printed_product import scenes_of, spec_of
from viewer.cli.reading import case_file
from viewer.export.headless import Studio
from viewer.support.terminal import complain


def write_batch(arguments: argparse.Namespace, suffix: str) -> int:
    """Write the products into the folder that an option names, those that are there from before left out."""
    given = [(each, getattr(arguments, f"each_{each}")) for each in EACH]
    chosen = [(each, folder) for each, folder in given if folder is not None]
    if len(chosen) > 1:
        complain("One batch at a time: give one of --each-site, --each-class and --each-bookmark.")
        return USAGE
    ((each, folder),) = chosen
    document, home = case_at_home(case_file(arguments.case))
    like = replace(spec_of(document, arguments), layout="single")
    items = batch_of(document, each, like)
    digest = batch_digest(document, items, suffix)
    with Studio() as studio:
        maker = PlatePages(document, partial(scenes_of, studio, document, home))
        run = BatchRun(items, Path(folder), suffix, digest, maker, studio.context)
        finish_batch(run)
    there = f", {run.skipped} were there already" if run.skipped else ""
    print(f"{len(run.written)} products written to {folder}{there}.")
    return DONE
