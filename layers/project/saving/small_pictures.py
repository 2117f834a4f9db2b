"""Reads the small pictures of rows: from the session where it has them, else from the case as it was opened."""

from __future__ import annotations

from collections.abc import Collection

from layers.project.opening.case_reader import CaseReader, Chunk
from layers.project.saving.working_copy import WorkingCopy
from layers.project.storage.tables import THUMBNAIL

MOST_BYTES = 1 << 20
"""Most bytes of one small picture: none of ours is larger."""


def small_pictures(work: WorkingCopy, table: str, uuids: Collection[str]) -> dict[str, bytes]:
    """The bytes by uuid, as foreign as the case is; rows without any are left out. Blocks, so never in the window's
    thread. Raises OSError and what `CaseReader` raises.
    """
    pictures, missing = dict[str, bytes](), set[str]()
    for uuid in uuids:
        place = work.blobs.find(table, uuid, THUMBNAIL)
        if place is None:
            missing.add(uuid)
        elif place.stat().st_size <= MOST_BYTES:
            pictures[uuid] = place.read_bytes()
    if missing and work.base is not None:
        with CaseReader.open(work.base, is_judged=False) as case:
            pictures |= _in_case(case, table, missing)
    return pictures


def _in_case(case: CaseReader, table: str, wanted: Collection[str]) -> dict[str, bytes]:
    pictures: dict[str, bytes] = {}

    def take(chunk: Chunk) -> None:
        rows = zip(chunk.columns["uuid"], chunk.columns[THUMBNAIL], strict=True)
        for at, (uuid, data) in enumerate(rows):
            if at not in chunk.refused and uuid in wanted and data and len(data) <= MOST_BYTES:
                pictures.setdefault(str(uuid), bytes(data))

    if {"uuid", THUMBNAIL} <= case.opened.tables.get(table, frozenset()):
        columns = case.filled(table, ["uuid", THUMBNAIL])
        if len(columns) == 2:
            case.each_chunk(table, columns, take, blob=THUMBNAIL)
    return pictures
