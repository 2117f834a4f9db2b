"""geoloupe export CASE --out X: writes a product of the kind that the ending of X names."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import CannotBePlaced, InvalidValue
from layers.product.page_formats import DATA_ENDINGS, PRINTED_ENDINGS
from viewer.cli.products.exported_data import write_case_data
from viewer.cli.terminal.command import DONE, FINDINGS, OUTSIDE, USAGE, Command, parse_bounds, parse_page_size
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain

if TYPE_CHECKING:
    from layers.product.spec import ProductSpec
    from viewer.canvas.scene import MapScene
    from viewer.export.formats.writing import Writing
    from viewer.rendering.context import RenderContext

NOW = (*PRINTED_ENDINGS, *DATA_ENDINGS)
LATER = (".docx", ".pptx")
BATCHES = ("each_site", "each_class", "each_bookmark")
FACT_CHECK, SHEETS = "fact-check", (".html", ".pdf")
"""The layout that is no page but the sheet beside one, and the endings of its file."""
OF_PAGES = ("bookmark", "comparison")
"""Options that do not apply to data formats, as a table has no view."""
OF_ITS_OWN = ("layout", "paper", "size", "bounds", "title", "marking", "site", *OF_PAGES)
"""Options that are fixed in a product kept by the case."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="what to show")
    endings = ",".join(ending[1:] for ending in NOW)
    parser.add_argument("--out", metavar=f"X.{{{endings}}}", help="the ending says what is written")
    parser.add_argument(
        "--layout",
        metavar="NAME",
        help="how the page is laid out: single, plain, site, before-after, panels, insets; fact-check: the"
        " internal sheet beside it, as .html or .pdf",
    )
    parser.add_argument(
        "--since", metavar="SHEET.html", help="with --layout fact-check: only what changed since this earlier sheet"
    )
    parser.add_argument(
        "--paper",
        metavar="A4",
        help="the page: A4, A3, Letter, slide, square; “A4 portrait”, “newspaper 1 column” (2 columns, 4 columns)",
    )
    parser.add_argument("--size", type=parse_page_size, metavar="WxH", help="pixels; default 1600x1000")
    parser.add_argument(
        "--dpi",
        type=int,
        metavar="N",
        help="dots per inch: how large text and symbols are; default 96, on paper 300",
    )
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="in degrees; default: all sites")
    parser.add_argument("--marking", default="", metavar="TEXT", help="handling marking above and below")
    parser.add_argument("--title", default="", metavar="TEXT", help="default: the case's title, or its few sites")
    parser.epilog = OUTSIDE
    parser.add_argument("--site", metavar="UUID", help="the page of this site; as data: only this site and its claims")
    parser.add_argument(
        "--product",
        metavar="NAME",
        help="one that the case keeps: its name, number or uuid; laid out as kept, dark or in grey, in its house style",
    )
    parser.add_argument(
        "--issue", action="store_true", help="number it and keep it in the case; without, it is a draft"
    )
    parser.add_argument(
        "--publish", action="store_true", help="issue it for outside: no drafts, internal sources, names or paths"
    )
    parser.add_argument(
        "--raw", action="store_true", help="as .tif: the topmost image's own pixels in view, on its own grid"
    )
    parser.add_argument("--bookmark", metavar="NAME", help="the view of a bookmark, with its layers, dates and styles")
    parser.add_argument("--comparison", metavar="NAME", help="the images of a comparison side by side")
    for word in ("site", "class", "bookmark"):
        parser.add_argument(f"--each-{word}", metavar="FOLDER", help=f"one product a {word}; --out is its kind: .pdf")


def _run(arguments: argparse.Namespace) -> int:
    if any(getattr(arguments, option) is not None for option in BATCHES):
        return _batch(arguments)
    if not arguments.out:
        complain("--out is missing: name the file to write.")
        return USAGE
    suffix = Path(arguments.out).suffix.lower()
    if arguments.layout == FACT_CHECK:
        return _fact_check(arguments, suffix)
    if suffix in LATER:
        complain(f"export to {suffix} is not yet available.")
        return USAGE
    if suffix not in NOW:
        complain(f"“{arguments.out}”: the ending must be one of {', '.join(NOW)}.")
        return USAGE
    if sentence := _refusal(arguments):
        complain(sentence)
        return USAGE
    if suffix in DATA_ENDINGS:
        return write_case_data(arguments)
    return _page(arguments)


def _fact_check(arguments: argparse.Namespace, suffix: str) -> int:
    """Write the fact-check sheet of a product, which never leaves the house: it is neither issued nor published."""
    if suffix not in SHEETS:
        complain(f"A fact-check sheet is written as {' or '.join(SHEETS)}.")
        return USAGE
    if arguments.issue or arguments.publish or arguments.raw:
        complain("A fact-check sheet is internal: leave --issue, --publish and --raw out.")
        return USAGE
    arguments.layout = None
    if sentence := _refusal(arguments, is_sheet=True):
        complain(sentence)
        return USAGE
    load_qt()
    from viewer.cli.products.fact_check import write_fact_check  # for start-up time

    return write_fact_check(arguments)


def _batch(arguments: argparse.Namespace) -> int:
    """Write a product for each site, class or bookmark; after a crash it continues where it stopped."""
    suffix = Path(arguments.out).suffix.lower() or arguments.out.lower() if arguments.out else ".pdf"
    if suffix not in PRINTED_ENDINGS:
        complain(f"“{arguments.out}”: a batch is written as one of {', '.join(PRINTED_ENDINGS)}.")
        return USAGE
    if sentence := _refusal(arguments):
        complain(sentence)
        return USAGE
    load_qt()
    from viewer.cli.products.batch import write_batch  # for start-up time

    return write_batch(arguments, suffix)


def _refusal(arguments: argparse.Namespace, *, is_sheet: bool = False) -> str:
    """A sentence on options that are refused; empty where all are accepted."""
    from layers.product.spec import LAYOUTS, page_of_words  # for start-up time

    named = [option for option in ("site", *OF_PAGES) if getattr(arguments, option) is not None]
    if len(named) > 1:
        return f"A product is of one thing: give one of {' and '.join(f'--{option}' for option in named)}."
    if named and any(getattr(arguments, option) is not None for option in BATCHES):
        return f"--{named[0]} is of one product, and a batch is of many: leave one of them out."
    if arguments.since is not None and not is_sheet:
        return f"--since is of a fact-check sheet: give --layout {FACT_CHECK} with it."
    if not is_sheet and named[:1] != ["site"] and named and Path(arguments.out).suffix.lower() in DATA_ENDINGS:
        return f"--{named[0]} is of a page: --out takes one of {', '.join(PRINTED_ENDINGS)} with it."
    if arguments.product is not None:
        options = [option for option in OF_ITS_OWN if getattr(arguments, option, None)]
        if options or any(getattr(arguments, option) is not None for option in BATCHES):
            refused = f"--{options[0]}" if options else "a batch"
            return f"--product is laid out as the case keeps it: leave {refused} out."
    if arguments.raw and (arguments.issue or arguments.product is not None):
        return "--raw is of pixels as a file has them, which are no product: leave --issue and --product out."
    if arguments.raw and Path(arguments.out).suffix.lower() != ".tif":
        return "--raw is of pixels as a file has them: --out takes .tif with it."
    if arguments.dpi is not None and not 24 <= arguments.dpi <= 1200:
        return "--dpi takes a number from 24 to 1200."
    if arguments.layout is not None and arguments.layout not in LAYOUTS:
        return _one_of("--layout", LAYOUTS)
    if arguments.layout is not None and arguments.layout not in (fitting := _layouts_of(named)):
        return f"With --{named[0]}, {_one_of('--layout', fitting)}"
    if arguments.paper is not None and arguments.size is not None:
        return "--paper and --size both say how large the page is: give one of them."
    if arguments.paper is not None and page_of_words(arguments.paper) is None:
        return _one_of("--paper", ("A4", "A3", "Letter", "slide", "square", "newspaper"))
    return ""


def _layouts_of(named: Sequence[str]) -> Iterable[str]:
    """Layouts possible for a product of a named subject."""
    from layers.product.spec import LAYOUTS  # for start-up time

    match named:
        case ["comparison"]:
            return ("before-after", "panels")
        case ["bookmark"]:
            return ("single", "plain", "insets")
        case ["site"]:
            return ("site", "single", "plain", "insets")
    return LAYOUTS


def _one_of(option: str, words: Iterable[str]) -> str:
    return f"{option} takes one of {', '.join(words)}."


def _page(arguments: argparse.Namespace) -> int:
    from msgspec.structs import replace  # for start-up time

    load_qt()
    from layers.geo.crs import chosen_canvas
    from layers.product.issuing.printed_rows import printed_rows
    from layers.product.publishing import DRAFT, state_asked
    from layers.product.spec import read_overrides
    from viewer.canvas.extent import lone_plane
    from viewer.canvas.said_problems import said_problems
    from viewer.cli.products.case_in_hand import case_in_hand
    from viewer.cli.products.issued_page import keep_issue, leaving
    from viewer.cli.products.printed_product import laid_out, scenes_of, spec_of
    from viewer.cli.products.subject import subject_bounds
    from viewer.export.formats.writers import begin_writing
    from viewer.export.formats.writing import finish
    from viewer.export.gate import through_gate
    from viewer.export.headless import Studio

    out, notices = Path(arguments.out), list[str]()
    state = state_asked(issue=arguments.issue, publish=arguments.publish)
    if out.exists() and Path(arguments.case).exists() and out.samefile(arguments.case):
        raise InvalidValue("{out} is the case itself: name another file.", out=arguments.out)
    with case_in_hand(arguments.case, state) as case, Studio() as studio:
        document = case.document
        spec = spec_of(document, arguments)
        state = "published" if state != DRAFT and spec.publish else state
        scenes = scenes_of(studio, document, case.home, spec)
        if lone_plane(scenes[0]):
            raise CannotBePlaced(
                "{case} shows only data without a CRS of the Earth: a product needs a map.", case=arguments.case
            )
        if (
            spec.bounds is None
            and spec.layout != "site"
            and all(product_map.bounds is None for product_map in spec.maps)
        ):
            spec = replace(spec, bounds=subject_bounds(document, scenes[0], spec.published_marking))
        if arguments.raw:
            finish(_raw_pixels(spec, scenes[0], out, studio.context))
        else:
            leaves = leaving(case, arguments, spec, state)
            notices.append(leaves.notice)
            laid = laid_out(spec, document, scenes, leaves.edition)
            laid = through_gate(laid, spec, read_overrides(leaves.overrides_json), leaves.edition.state)
            written = finish(begin_writing(laid, out, studio.context))
            if leaves.is_new:
                print(
                    keep_issue(
                        case, leaves.edition, printed_rows(document, laid.content, laid.facts()), written, laid.numbers
                    )
                )
        lost = any(scene.stack.lost() for scene in scenes)
        notices += [] if spec.bounds is None else [chosen_canvas(spec.crs, spec.bounds)[1]]
        problems = dict.fromkeys([*notices, *(problem for scene in scenes for problem in said_problems(scene))])
    for sentence in filter(None, problems):
        complain(sentence)
    return FINDINGS if lost else DONE


def _raw_pixels(spec: ProductSpec, scene: MapScene, out: Path, context: RenderContext) -> Writing:
    from PySide6.QtCore import QRectF  # for start-up time

    from layers.geo.bounds import Bounds
    from layers.geo.crs import chosen_canvas
    from viewer.canvas.extent import bounds_of_all
    from viewer.export.formats.raw_pixels import begin_pixels, topmost_image
    from viewer.export.plates.maps.framing import Framing

    bounds = spec.bounds or bounds_of_all(scene) or Bounds(-180, -85, 180, 85)
    crs = chosen_canvas(spec.crs, bounds)[0]
    view = Framing.of(QRectF(0, 0, 1000, 1000), crs, bounds, 1.0).view
    drawing = topmost_image(scene, view)
    return begin_pixels(drawing, bounds, out, context, marking=spec.marking, publish=spec.publish)


EXPORT = Command("export", "write a product: a credited page, or the data of the case", _add_arguments, _run)
