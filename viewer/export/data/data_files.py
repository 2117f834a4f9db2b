"""Writes the data of a case in the format of a file's ending: the whole file, or nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

from layers.errors import UnsupportedFormat
from layers.pool.pool import ReaderPool
from layers.product.page_formats import DATA_ENDINGS
from layers.product.subset import subset_of
from layers.project.saving.publish import write_case
from layers.project.storage.fsops import write_whole
from viewer.export.data.exported import DataExport
from viewer.export.features import sites_text


def write_data(export: DataExport, path: Path, pool: ReaderPool) -> None:
    """Write a file in the format of its ending, which appears under its name only when it is whole. Blocks.

    Raises UnsupportedFormat, ExportFailed, SaveFailed, NotAllowed or DiskFull, and what the reader raises.
    """
    suffix = path.suffix.lower()
    if suffix in (".geojson", ".csv"):
        write_whole(path, sites_text(export.document, suffix, export.content))
    elif suffix == ".kmz":
        from viewer.export.data.kmz import kmz_bytes  # only where it is written: it needs the painter of symbols

        parts = export.chip_pictures, export.overlays, export.laid, export.views
        write_whole(path, kmz_bytes(export.document, export.content, *parts))
    elif suffix == ".xlsx":
        from viewer.export.data.tables import case_tables  # only where one is written
        from viewer.export.data.workbook import save_workbook

        save_workbook(pool, case_tables(export.document, export.content), path)
    elif suffix == ".gpkg":
        save_subset(export, path)
    elif suffix == ".html":
        from viewer.export.data.report import report_html  # only where one is written

        write_whole(path, report_html(export).encode())
    else:
        raise UnsupportedFormat(
            "“{name}”: the ending must be one of {data_endings}.", name=path.name, data_endings=", ".join(DATA_ENDINGS)
        )


def save_subset(export: DataExport, path: Path) -> None:
    """Write the rows as a new case of their own, without a history. Raises as `write_case`."""
    hashes = {uuid: hashlib.sha256(data).hexdigest() for uuid, data in export.chips.items()}
    rows = subset_of(export.document, export.content, hashes, export.marking)
    blobs: dict[tuple[str, str] | tuple[str, str, str], bytes] = {
        ("chips", uuid): data for uuid, data in export.chips.items() if uuid in rows.chips
    }
    write_case(rows, path, blobs=blobs, with_history=False)
