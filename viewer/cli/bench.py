"""geoloupe bench view, save, case, compare, export: measurements on the real canvas, window and case."""

from __future__ import annotations

import argparse

from viewer.cli.terminal.command import DONE, Command, add_json, parse_bounds, parse_size, print_json
from viewer.support.plain_imports import load_qt


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", metavar="view|save|case|compare|export", required=True)
    view = kinds.add_parser("view", help="first frame, pans, event-loop gaps and memory of one file or service")
    view.add_argument(
        "file", metavar="FILE|ADDRESS", help="a file, a COG's address, or ADDRESS#LAYER@TIME of a service"
    )
    view.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="in degrees; default: the whole layer")
    view.add_argument("--size", type=parse_size, default=(1920, 1080), metavar="WxH")
    view.add_argument("--frames", metavar="FOLDER", help="write every measured picture there, with its bounds")
    save = kinds.add_parser("save", help="full save, save after one edit, open, and to_file of the same sites")
    save.add_argument("case", metavar="CASE")
    work = kinds.add_parser("case", help="draw, select, edit, undo, search and pan in the real window, and growth")
    work.add_argument("case", metavar="CASE")
    work.add_argument(
        "--edits", type=int, default=10_000, metavar="N", help="edits and undos that growth is measured by"
    )
    compare = kinds.add_parser(
        "compare", help="a bar dragged, two pictures that blink, four panes and one canvas that pan"
    )
    compare.add_argument("first", metavar="A")
    compare.add_argument("second", metavar="B")
    export = kinds.add_parser("export", help="an A3 page at 300 dpi, as PNG and as PDF")
    export.add_argument("case", metavar="CASE")
    for child in (view, save, work, compare, export):
        add_json(child)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.what == "view":
        load_qt()
        from viewer.cli.benches.bench_view import measure_view  # for start-up time

        figures = measure_view(arguments.file, arguments.size, arguments.frames, arguments.bounds)
    elif arguments.what == "compare":
        load_qt()
        from viewer.cli.benches.bench_compare import measure_compare  # for start-up time

        figures = measure_compare(arguments.first, arguments.second)
    elif arguments.what == "export":
        load_qt()
        from viewer.cli.benches.bench_export import measure_export  # for start-up time

        figures = measure_export(arguments.case)
    elif arguments.what == "case":
        load_qt()
        from viewer.cli.benches.bench_case import measure_case  # for start-up time

        figures = measure_case(arguments.case, arguments.edits)
    else:
        from viewer.cli.benches.bench_save import measure_save  # for start-up time

        figures = measure_save(arguments.case)
    if arguments.json:
        print_json(figures)
    else:
        for key, figure in figures.items():
            print(f"{key}: {figure}")
    return DONE


BENCH = Command("bench", "the measurements", _add_arguments, _run)
