"""geoloupe lint CASE: checks the products that a case keeps, or its default one."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import TYPE_CHECKING, Any

from viewer.cli.terminal.command import DONE, FINDINGS, USAGE, Command, add_json, print_json
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
    parser.add_argument("--paper", metavar="A4", help="on this page: A4, A3, Letter, slide, square")
    parser.add_argument("--title", metavar="TEXT", help="under this title")
    parser.add_argument("--publish", action="store_true", help="as it would be published")
    parser.add_argument("--site", metavar="UUID", help="check the page of this site")
    parser.add_argument("--comparison", metavar="NAME", help="check the images of this comparison side by side")
    parser.add_argument("--product", metavar="NAME", help="check one that the case keeps: its name, number or uuid")
    add_json(parser)


def _run(arguments: argparse.Namespace) -> int:
    from layers.text.counted import counted  # for start-up time

    if sentence := _refusal(arguments):
        complain(sentence)
        return USAGE
    from viewer.cli.terminal.documents import case_at_home
    from viewer.cli.terminal.reading import case_file

    path = case_file(arguments.case)
    document, home = case_at_home(path)
    load_qt()
    products = _products(document, arguments)
    from viewer.cli.products.checked_pages import findings_of  # after Qt: pages are laid out

    groups = findings_of(document, home, [(row, spec) for _, row, spec in products])
    pairs = [(name, finding) for (name, _, _), group in zip(products, groups, strict=True) for finding in group]
    stands = list({(finding.rule, finding.where): finding for _, finding in pairs if not finding.explained}.values())
    if arguments.json:
        print_json([_as_json(finding) for finding in stands])
    else:
        for name, finding in pairs:
            if not finding.explained:
                say(f"{finding.severity}: {name}{finding.where}: {finding.sentence} {finding.cure} [{finding.rule}]")
        for (rule, reason), count in Counter(
            (finding.rule, finding.explained) for _, finding in pairs if finding.explained
        ).items():
            print(f"let pass: {counted(count, 'finding')} of {rule}: {reason}")
        if not stands:
            print(f"{arguments.case}: nothing found that is not explained.")
    return FINDINGS if stands else DONE


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fields of a product that are set by options."""
    from layers.product.spec import page_of_words  # for start-up time

    fields: dict[str, Any] = {}
    if arguments.paper is not None:
        page = page_of_words(arguments.paper)
        assert page is not None
        fields["page"] = page.name
    if arguments.title:
        fields["title"] = arguments.title
    if arguments.publish:
        fields["publish"] = True
    return fields


def _refusal(arguments: argparse.Namespace) -> str:
    """A sentence on options that are refused; empty where all are accepted."""
    from layers.product.spec import LAYOUTS, page_of_words  # for start-up time

    if arguments.layout is not None and arguments.layout not in LAYOUTS:
        return f"“{arguments.layout}” is no layout: use one of {', '.join(LAYOUTS)}."
    named = [option for option in ("site", "comparison", "product") if getattr(arguments, option) is not None]
    if len(named) > 1:
        return f"A check is of one product: give one of {' and '.join(f'--{option}' for option in named)}."
    if named == ["product"] and (
        fixed := [option for option in ("layout", "paper", "title") if getattr(arguments, option)]
    ):
        return f"--product is laid out as the case keeps it: leave --{fixed[0]} out."
    if arguments.paper is not None and page_of_words(arguments.paper) is None:
        return "--paper takes one of A4, A3, Letter, slide, square, newspaper."
    return ""


def _products(document: Document, arguments: argparse.Namespace) -> list[tuple[str, Product | None, ProductSpec]]:
    """Products to check, with their names: that of the options, else those the case keeps, else its defaults."""
    from msgspec.structs import replace  # for start-up time

    from layers.product.case_facts import default_specs, saved_specs, title_of_sites
    from layers.product.maps.crowded_places import with_crowded_maps
    from layers.product.named_product import kept_product, product_of_comparison, product_of_site

    if arguments.product is not None:
        row, kept = kept_product(document, arguments.product)
        return [("", row, replace(kept, publish=kept.publish or arguments.publish))]
    like = _options(arguments)
    name = "" if arguments.publish else title_of_sites(document)
    if arguments.site is not None or arguments.comparison is not None:
        first = replace(default_specs(document, "single", name)[0], publish=arguments.publish)
        if arguments.site is not None:
            spec = product_of_site(document, arguments.site, first)
        else:
            spec = product_of_comparison(document, arguments.comparison, first)
        return [("", None, replace(spec, layout=arguments.layout or spec.layout, **like))]
    rows = list(saved_specs(document)) if arguments.layout is None and not like else []
    if rows:
        return [(f"product “{row.name}”, " if len(rows) > 1 else "", row, spec) for row, spec in rows]
    offered = default_specs(document, arguments.layout or "single", name)
    return [("", None, with_crowded_maps(replace(spec, **like), document)) for spec in offered]


def _as_json(finding: Finding) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "where": finding.where,
        "sentence": finding.sentence,
        "cure": finding.cure,
    }


LINT = Command("lint", "check a product against the checklist", _add_arguments, _run)
