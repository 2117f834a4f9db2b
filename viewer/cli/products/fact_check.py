"""geoloupe export CASE --layout fact-check: writes the fact-check sheet beside a product."""

from __future__ import annotations

import argparse
from pathlib import Path

from msgspec.structs import replace

from layers.errors import InvalidValue
from layers.finding.kept_words_store import KeptWordsStore
from layers.product.factcheck.fact_sheet import FactSheet
from layers.product.factcheck.sheet import CheckedProduct
from layers.product.publishing import DRAFT
from layers.product.spec import read_overrides
from layers.project.saving.blobs import SessionBlobs
from layers.project.saving.kept_bytes import KeptBytes
from layers.project.saving.kept_documents import KeptDocuments
from layers.project.storage.fsops import DISK
from viewer.canvas.scene import MapScene
from viewer.cli.products.case_in_hand import CaseInHand, case_in_hand
from viewer.cli.products.issued_page import leaving
from viewer.cli.products.printed_product import scenes_of, spec_of
from viewer.cli.products.subject import subject_bounds
from viewer.cli.terminal.command import DONE
from viewer.cli.terminal.reading import case_file, reader_of_documents
from viewer.export.factcheck.kept_sources import kept_texts
from viewer.export.factcheck.sheet_file import write_sheet
from viewer.export.factcheck.sheet_words import counts, since_words
from viewer.export.formats.writing import Workshop, Writing, finish
from viewer.export.headless import Studio
from viewer.export.plates.plate import Plate
from viewer.export.plates.printed_plate import SCREEN_DPI, PrintedPlate
from viewer.support.settings import kept_words_folder


def write_fact_check(arguments: argparse.Namespace) -> int:
    """Write the sheet of the product that the options name. Raises the GeoloupeError of reading or writing."""
    out = Path(arguments.out)
    if out.exists() and Path(arguments.case).exists() and out.samefile(arguments.case):
        raise InvalidValue("{out} is the case itself: name another file.", out=arguments.out)

    since = Path(arguments.since) if arguments.since else None
    sheets: list[FactSheet] = []
    with case_in_hand(arguments.case, DRAFT) as case, Studio() as studio:
        product = _product(case, studio, arguments)

        def work(_shop: Workshop) -> CheckedProduct:
            return product

        def write(shop: Workshop) -> list[tuple[Path, Path]]:
            return list(write_sheet(work, since, sheets.append, shop))

        finish(Writing(out, write, studio.context.jobs, studio.pool))
    print(". ".join(filter(None, (f"{counts(sheets[0])}", since_words(sheets[0])))))
    return DONE


def _product(case: CaseInHand, studio: Studio, arguments: argparse.Namespace) -> CheckedProduct:
    """Lay the product out, without reading a pixel: a sheet needs only its words and their places."""
    document = case.document
    spec = spec_of(document, arguments)
    scenes: list[MapScene] = scenes_of(studio, document, case.home, spec)
    if spec.bounds is None and spec.layout != "site" and all(shown.bounds is None for shown in spec.maps):
        spec = replace(spec, bounds=subject_bounds(document, scenes[0], spec.published_marking))
    leaves = leaving(case, arguments, spec, DRAFT)
    printed = PrintedPlate(Plate(spec, document, scenes, leaves.edition), SCREEN_DPI)
    session = SessionBlobs(Path(arguments.case).parent / "no session", DISK)
    kept = KeptBytes(session, lambda: case_file(arguments.case))
    with reader_of_documents() as pool:
        documents = KeptDocuments(kept, KeptWordsStore(kept_words_folder()), pool)
        texts = kept_texts(document, printed.content, documents)
    return CheckedProduct(
        document, printed.content, printed.facts(), spec, leaves.edition, read_overrides(leaves.overrides_json), texts
    )
