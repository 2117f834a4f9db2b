"""geoloupe lint CASE: the checklist of products, over those that the case keeps or the one it has by default."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING

from viewer.cli.command import DONE, FINDINGS, USAGE, Command, add_json, print_json
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain, say

if TYPE_CHECKING:
    from layers.document.document import Document
    from layers.document.rows import Product
    from layers.product.lint.finding import Finding
    from layers.product.spec import ProductSpec


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE")
    parser.add_argument(
        "--layout", metavar="NAME", help="check the case's default product of this layout, not those that it keeps"
    )
    add_json(parser)


def _run(arguments: argparse.Namespace) -> int:
    from layers.product.spec import LAYOUTS  # for start-up time
    from layers.text.counted import counted

    if arguments.layout is not None and arguments.layout not in LAYOUTS:
        complain(f"“{arguments.layout}” is no layout: use one of {', '.join(LAYOUTS)}.")
        return USAGE
    from viewer.cli.documents import case_at_home
    from viewer.cli.reading import case_file

    path = case_file(arguments.case)
    document, home = case_at_home(path)
    products = _products(document, arguments.layout, path.stem)
    load_qt()
    from viewer.cli.products.checked_pages import findings_of  # after Qt: pages are laid out

    each = findings_of(document, home, [(row, spec) for _, row, spec in products])
    found = [(name, one) for (name, _, _), some in zip(products, each, strict=True) for one in some]
    stands = list({(one.rule, one.where): one for _, one in found if not one.explained}.values())
    if arguments.json:
        print_json([_as_json(one) for one in stands])
    else:
        for name, one in found:
            if not one.explained:
                say(f"{one.severity}: {name}{one.where}: {one.sentence} {one.cure} [{one.rule}]")
        for (rule, reason), count in Counter((one.rule, one.explained) for _, one in found if one.explained).items():
            print(f"let pass: {counted(count, 'finding')} of {rule}: {reason}")
        if not stands:
            print(f"{arguments.case}: nothing found that is not explained.")
    return FINDINGS if stands else DONE


def _products(document: Document, layout: str | None, stem: str) -> list[tuple[str, Product | None, ProductSpec]]:
    from layers.product.case_facts import default_specs, saved_specs  # for start-up time

    kept = list(saved_specs(document)) if layout is None else []
    if kept:
        return [(f"product “{row.name}”, " if len(kept) > 1 else "", row, spec) for row, spec in kept]
    return [("", None, spec) for spec in default_specs(document, layout or "single", stem)]


def _as_json(one: Finding) -> dict[str, str]:
    return {
        "rule": one.rule,
        "severity": one.severity,
        "where": one.where,
        "sentence": one.sentence,
        "cure": one.cure,
    }


LINT = Command("lint", "check a product against the checklist", _add_arguments, _run)
