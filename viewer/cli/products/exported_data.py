"""Writes the data of a case by `geoloupe export`: KMZ, GeoJSON, CSV, XLSX, GeoPackage and a report."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import InvalidValue
from viewer.cli.terminal.command import DONE
from viewer.support.plain_imports import load_qt
from viewer.support.terminal import complain

if TYPE_CHECKING:
    from layers.product.issuing.data_spec import DataSpec
    from layers.project.opening.case_paths import CaseHome
    from viewer.export.data.exported import DataExport


def write_case_data(arguments: argparse.Namespace) -> int:
    """Write the file that `--out` names. Raises the GeoloupeError of reading, issuing or writing."""
    from layers.document.sites_off_earth import not_drawn  # for start-up time
    from layers.product.issuing.printed_rows import printed_rows
    from layers.product.publishing import state_asked
    from viewer.cli.products.case_in_hand import case_in_hand
    from viewer.cli.terminal.reading import case_file, readers

    path, out = case_file(arguments.case), Path(arguments.out)
    suffix = out.suffix.lower()
    if out.exists() and os.path.samefile(path, out):
        raise InvalidValue("{out} is the case itself: name another file.", out=arguments.out)
    if suffix in (".kmz", ".html"):
        load_qt()
    from viewer.cli.products.issued_data import data_leaving, data_spec_of  # after Qt: symbols are painted
    from viewer.cli.products.issued_page import keep_issue
    from viewer.export.data.data_files import write_data
    from viewer.export.data.data_gate import data_through_gate
    from viewer.export.data.exported import WITH_PICTURES, data_export

    with case_in_hand(arguments.case, state_asked(issue=arguments.issue, publish=arguments.publish)) as case:
        document = case.document
        spec = data_spec_of(document, arguments, suffix)
        export = data_export(
            document,
            suffix,
            lambda uuids: _chips(path, uuids),
            publish=spec.publish,
            marking=spec.marking,
            sites=spec.sites,
            bounds=spec.bounds,
        )
        leaves = data_leaving(case, arguments, spec)
        export = data_through_gate(export, spec, leaves.edition)
        problems = [
            leaves.notice,
            export.left_out,
            not_drawn(document.sites[site.uuid] for site in export.content.sites),
        ]
        if suffix in WITH_PICTURES:
            problems += _with_pictures(export, spec, out, case.home)
        else:
            with readers(int(suffix == ".xlsx")) as pool:
                write_data(export, out, pool)
        if leaves.is_new:
            print(keep_issue(case, leaves.edition, printed_rows(document, export.content), [out]))
    for sentence in filter(None, problems):
        complain(sentence)
    return DONE


def _with_pictures(export: DataExport, spec: DataSpec, out: Path, home: CaseHome) -> list[str]:
    """Write a file with pictures of the map in it, and return sentences on their problems."""
    from layers.geo.crs import WGS84  # after Qt, and for start-up time
    from viewer.export.data.data_files import write_data
    from viewer.export.data.ground import GroundPictures
    from viewer.export.data.laid_pictures import CasePlace, with_laid_pictures
    from viewer.export.data.shown_chips import with_shown_chips
    from viewer.export.headless import Studio
    from viewer.export.held_scenes import make_held
    from viewer.network.folder_consent import FolderConsent

    is_report = out.suffix.lower() == ".html"
    with Studio() as studio:
        pictures = GroundPictures(
            export,
            lambda make, rows: studio.scene_made(partial(make_held, make), rows, home),
            crs="" if is_report else WGS84,
            with_map=is_report,
            tell=complain,
        )
        complete_export, left_out = with_shown_chips(studio.in_job(pictures.make), studio.pool)
        allowed = FolderConsent()
        allowed.begin(home)
        place = CasePlace(Path(home.folder) if home.folder else None, allowed)
        complete_export, unlaid = with_laid_pictures(complete_export, spec, place, studio.pool)
        write_data(complete_export, out, studio.pool)
        return [*pictures.problems, left_out, *unlaid]


def _chips(case: Path, uuids: Iterable[str]) -> Mapping[str, bytes]:
    """The bytes of chips in the file of a case."""
    from layers.project.saving.blobs import SessionBlobs, read_blobs  # for start-up time
    from layers.project.storage.fsops import DISK

    return read_blobs(SessionBlobs(case.parent / "no session", DISK), case, "chips", uuids)
