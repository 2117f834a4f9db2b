"""Observations, and the dates without one, as a table that a spreadsheet opens and that comes back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from layers.document.document import Document
from layers.document.image import Image
from layers.document.observation import Observation
from layers.errors import UnsupportedFormat
from layers.observing.observation_rows import written_count
from layers.observing.seen_words import rows_by_thing
from layers.observing.sheet import Cover, SheetImage, SheetScene, sheet_of
from layers.pool.pool import ReaderPool
from layers.project.storage.fsops import write_whole
from layers.text.spreadsheet import without_formulas
from viewer.export.data.tables import LONGEST_CELL, DataTable, for_xml
from viewer.export.data.workbook import save_workbook
from viewer.support.language.text import plain

COLUMNS = (
    *("site", "date", "presence", "count", "words", "why", "view", "looked for", "change", "compared with"),
    *("image", "image name", "date kind", "observer", "site_uuid", "gap"),
)
NO_ROW = "no row"
"""The word in the last column for a date with an image that nobody has looked at; its presence is empty, so that it
comes back as nothing.
"""
ENDINGS = (".csv", ".xlsx")


class ObservationTable(NamedTuple):
    """The table, with the number of its rows that are observations: the others are gaps."""

    table: DataTable
    observations: int


def observation_table(
    document: Document, sites: Collection[str] | None = None, scenes: Iterable[SheetScene] = ()
) -> ObservationTable:
    """The observations of these sites, or of all, site by site and by date, each a row of texts. Among them stand the
    dated images of the case and of its layers, `scenes`, that show an observed site and have no row on its thing.
    """
    order = {uuid: number for number, uuid in enumerate(document.sites)}
    wanted = order.keys() if sites is None else order.keys() & set(sites)
    seen = [row for row in document.observations.values() if row.site_uuid in wanted]
    rows = [
        (order[row.site_uuid], _date(document, row.image_uuid), row.observer, _cells(document, row)) for row in seen
    ]
    observed = sorted({row.site_uuid for row in seen}, key=order.__getitem__)
    sheet = sheet_of(document, observed, scenes, "")
    for number, uuid in enumerate(sheet.sites):
        shown = [image for at, image in enumerate(sheet.images) if sheet.covers[number, at] == Cover.COVERED]
        for about in rows_by_thing(document.links.observations_of_site(uuid)):
            looked_at = {document.links.image_key(row.image_uuid) for row in about}
            gaps = (image for image in shown if image.is_dated and image.key not in looked_at)
            rows += [
                (order[uuid], gap.acquired_at, "", _gap_cells(document, uuid, gap, about[0].target)) for gap in gaps
            ]
    rows.sort(key=lambda row: row[:3])
    return ObservationTable(DataTable("Observations", COLUMNS, tuple(cells for *_, cells in rows)), len(seen))


def save_observations(table: DataTable, path: Path, pool: ReaderPool) -> None:
    """Write the table as CSV or XLSX, by the ending; the file appears when it is whole. Blocks.

    Raises UnsupportedFormat, ExportFailed, NotAllowed or DiskFull, and what the reader raises.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        save_workbook(pool, [table], path)
    elif suffix == ".csv":
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([without_formulas(str(cell)) for cell in row] for row in table.rows)
        write_whole(path, b"\xef\xbb\xbf" + text.getvalue().encode())  # the mark by which spreadsheets know UTF-8
    else:
        raise UnsupportedFormat("“{name}”: the ending must be one of .csv, .xlsx.", name=path.name)


def _cells(document: Document, row: Observation) -> tuple[str, ...]:
    site, image = document.sites[row.site_uuid], document.images.get(row.image_uuid)
    compared = document.images.get(row.compared_to_uuid)
    texts = (
        *(
            site.label,
            _date(document, row.image_uuid),
            row.presence,
            written_count(row.count_low, row.count_high),
            row.words,
            row.why,
        ),
        *(row.view_quality, row.target, row.change, _name(compared)),
        *(image.image_key if image else "", _name(image), image.date_kind if image else ""),
        *(row.observer, site.uuid, ""),
    )
    return tuple(for_xml(plain(text, LONGEST_CELL)) for text in texts)


def _gap_cells(document: Document, site_uuid: str, image: SheetImage, target: str) -> tuple[str, ...]:
    texts = (
        *(document.sites[site_uuid].label, image.acquired_at, "", "", "", "", "", target, "", ""),
        *(image.key, image.title, image.date_kind, "", site_uuid, NO_ROW),
    )
    return tuple(for_xml(plain(text, LONGEST_CELL)) for text in texts)


def _date(document: Document, image_uuid: str) -> str:
    image = document.images.get(image_uuid)
    return image.acquired_at if image is not None else ""


def _name(image: Image | None) -> str:
    return "" if image is None else image.layer_title or image.product_id or image.service
