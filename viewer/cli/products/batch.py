"""Writes a batch of products from the command line: one for each site, class or bookmark of a case."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from layers.product.batch import EACH, batch_digest, batch_of
from layers.product.publishing import DRAFT, state_asked
from layers.text.counted import counted
from viewer.app.products.batches.batch_issue import BatchIssue
from viewer.app.products.batches.batch_run import BatchOrder, BatchRun, finish_batch
from viewer.app.products.product_pages import ProductPages
from viewer.cli.products.case_in_hand import case_in_hand
from viewer.cli.products.printed_product import scenes_of, spec_of
from viewer.cli.terminal.command import DONE, USAGE
from viewer.cli.terminal.documents import ACTOR
from viewer.export.headless import Studio
from viewer.support.terminal import complain


def write_batch(arguments: argparse.Namespace, suffix: str) -> int:
    """Write the products into the folder of an option, except those that are there already."""
    folders = [(kind, getattr(arguments, f"each_{kind}")) for kind in EACH]
    chosen = [(kind, folder) for kind, folder in folders if folder is not None]
    if len(chosen) > 1:
        complain("One batch at a time: give one of --each-site, --each-class and --each-bookmark.")
        return USAGE
    ((kind, folder),) = chosen
    state = state_asked(issue=arguments.issue, publish=arguments.publish)
    with case_in_hand(arguments.case, state) as case, Studio() as studio:
        document = case.document
        like = replace(spec_of(document, arguments), layout="single")
        items = batch_of(document, kind, like)
        digest = partial(batch_digest, document, items, suffix, state)
        issue = BatchIssue(document, state, ACTOR, case.push, case.save) if state != DRAFT else None
        maker = ProductPages(
            document, studio.context.jobs, lambda spec, document: scenes_of(studio, document, case.home, spec)
        )
        run = BatchRun(BatchOrder(items, Path(folder), suffix, digest, issue), maker, studio.context)
        finish_batch(run)
    skipped = f", {run.skipped} were there already" if run.skipped else ""
    kept = "" if state == DRAFT else f" All are {state}, and kept in the case."
    print(f"{counted(len(run.written), 'product')} written to {folder}{skipped}.{kept}")
    return DONE
