"""geoloupe export CASE --out X: a product. The ending of X says which kind."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from viewer.cli.command import DONE, FINDINGS, OUTSIDE, USAGE, Command, parse_bounds, parse_size
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain

if TYPE_CHECKING:
    from layers.document.document import Document
    from layers.project.opening.case_paths import CaseHome

NOW = (".png", ".geojson", ".csv")
LATER = (".jpg", ".jpeg", ".webp", ".pdf", ".svg", ".tif", ".kmz", ".xlsx", ".gpkg", ".html", ".docx", ".pptx")
LATER_OPTIONS = ("layout", "paper", "site", "bookmark", "each_site", "each_class", "each_bookmark")
PAGE = (1600, 1000)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="what to show")
    parser.add_argument("--out", metavar="X.{png,geojson,csv}", help="the ending says what is written")
    parser.add_argument("--size", type=parse_size, metavar="WxH", help=f"pixels; default {PAGE[0]}x{PAGE[1]}")
    parser.add_argument(
        "--dpi", type=int, default=96, metavar="N", help="dots per inch: how large text and symbols are"
    )
    parser.add_argument("--bounds", type=parse_bounds, metavar="W,S,E,N", help="in degrees; default: all sites")
    parser.add_argument("--marking", default="", metavar="TEXT", help="handling marking above and below")
    parser.add_argument("--title", default="", metavar="TEXT", help="default: the case's title, or its file name")
    parser.epilog = OUTSIDE
    for option, word in (("layout", "NAME"), ("paper", "A4"), ("site", "UUID"), ("bookmark", "NAME")):
        parser.add_argument(f"--{option}", metavar=word, help="not yet available")
    for option in ("each-site", "each-class", "each-bookmark"):
        parser.add_argument(f"--{option}", metavar="FOLDER", help="not yet available")


def _run(arguments: argparse.Namespace) -> int:
    for option in LATER_OPTIONS:
        if getattr(arguments, option) is not None:
            complain(f"--{option.replace('_', '-')} is not yet available.")
            return USAGE
    if not arguments.out:
        complain("--out is missing: name the file to write.")
        return USAGE
    suffix = Path(arguments.out).suffix.lower()
    if suffix in LATER:
        complain(f"export to {suffix} is not yet available.")
        return USAGE
    if suffix not in NOW:
        complain(f"“{arguments.out}”: the ending must be one of {', '.join(NOW)}.")
        return USAGE
    if not 24 <= arguments.dpi <= 1200:
        complain("--dpi takes a number from 24 to 1200.")
        return USAGE
    from viewer.cli.documents import case_at_home  # for start-up time
    from viewer.cli.reading import case_file

    document, home = case_at_home(case_file(arguments.case))
    if suffix == ".png":
        return _picture(document, home, arguments)
    _features(document, Path(arguments.out), suffix)
    return DONE


def _features(document: Document, out: Path, suffix: str) -> None:
    from layers.document.sites_off_earth import not_drawn  # for start-up time
    from layers.project.storage.fsops import write_whole
    from viewer.export.features import sites_text

    write_whole(out, sites_text(document, suffix))
    if sentence := not_drawn(document.sites.values()):
        complain(sentence)


def _picture(document: Document, home: CaseHome, arguments: argparse.Namespace) -> int:
    from layers.errors import CannotBePlaced  # for start-up time
    from layers.geo.bounds import Bounds
    from layers.geo.crs import chosen_canvas

    load_qt()
    from viewer.export.headless import Studio, complete
    from viewer.export.image import save_image
    from viewer.export.layout import Layout, today
    from viewer.export.product import Product

    with Studio() as studio:
        scene = studio.scene(document, home)
        if scene.lone_plane():
            raise CannotBePlaced(f"{arguments.case} shows only data without a CRS of the Earth: a product needs a map.")
        bounds = Bounds(*arguments.bounds) if arguments.bounds else subject_bounds(document, scene)
        crs, said = chosen_canvas(None, bounds)
        width, height = arguments.size or PAGE
        layout = Layout(
            width,
            height,
            crs=crs,
            ratio=arguments.dpi / 96,
            title=arguments.title or document.meta("title") or Path(arguments.case).stem,
            subtitle=document.meta("subtitle"),
            marking=arguments.marking or document.meta("marking"),
            author=document.meta("author"),
            made_on=today(),
        )
        product = Product(layout, document, scene, bounds)
        complete(scene, product.view)
        picture = product.image()
        lost, problems = scene.lost_layers(), [said, *scene.said_problems()]
    save_image(picture, arguments.out)
    for sentence in filter(None, problems):
        complain(sentence)
    return FINDINGS if lost else DONE


def subject_bounds(document: Document, scene: Any) -> Any:
    """The bounds of a product by default: all sites, with the areas that stand for loosely known ones and some room
    around them, else all layers, else the world.
    """
    from layers.geo.bounds import Bounds  # for start-up time
    from layers.geo.crs import polar_canvas

    whole = scene.site_bounds(frozenset(uuid for uuid, site in document.sites.items() if not site.geometry.is_empty))
    if whole is None:
        return scene.bounds_lonlat() or Bounds(-180, -85, 180, 85)
    room = max(whole.width, whole.height, 0.02) * 0.06
    grown = whole.expanded(room)
    left, right = (
        (grown.left, grown.right)
        if whole.left < -180 or whole.right > 180
        else (
            max(grown.left, -180),
            min(grown.right, 180),
        )
    )
    if polar_canvas(grown):
        return Bounds(left, max(grown.bottom, -90), right, min(grown.top, 90))
    return Bounds(left, max(grown.bottom, -85), right, min(grown.top, 85))


EXPORT = Command("export", "write a product: a credited picture, or the sites as GeoJSON or CSV", _add_arguments, _run)
