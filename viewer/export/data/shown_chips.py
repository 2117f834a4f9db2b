"""Encodes chips anew for readers outside, in a reader process: somebody else may have made their bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from msgspec.structs import replace

from layers.errors import GeoloupeError, ReaderCrashed, ReaderTimeout
from layers.pool.pool import ReaderPool
from layers.product.shown_picture import shown_picture
from viewer.export.data.exported import DataExport, ShownChip
from viewer.export.data.recoding import recoded
from viewer.support.language.translation import translate

_MOST_DEATHS = 3
"""Most pictures that may stop their reader; after that the remaining ones are not tried."""


def with_shown_chips(
    export: DataExport, pool: ReaderPool, check: Callable[[], None] = lambda: None
) -> tuple[DataExport, str]:
    """Return the export with the chips that its readers will see, and a sentence on those that are left out.

    The sentence is also among the export's caveats; it is empty where all are shown. Blocks, so not for the window's
    thread. `check` is called while a reader works: what it raises ends the work, and the reader with it. Raises
    ReaderCrashed where the pool is being closed.
    """
    shown: dict[str, ShownChip] = {}
    deaths = 0
    for uuid, data in export.chips.items():
        judged = shown_picture(data)
        if judged is None or deaths >= _MOST_DEATHS:
            continue
        outcome = recoded(judged, pool, check)
        if isinstance(outcome, ReaderCrashed | ReaderTimeout):
            if pool.is_closed:
                raise outcome
            deaths += 1
        elif not isinstance(outcome, GeoloupeError):
            shown[uuid] = ShownChip(outcome, hashlib.sha256(data).hexdigest())
    chips = export.document.chips
    lost = sum(uuid not in shown and chips[uuid].pair_uuid not in shown for uuid in export.chips)
    made = replace(export, shown=shown)
    if not lost:
        return made, ""
    clause = translate(
        "Export",
        "{count} image chips are no pictures that are shown",
        "{count} image chip is no picture that is shown",
        lost,
    )
    sentence = f"{clause}, or cannot be decoded, and left out."
    return replace(made, content=replace(made.content, caveats=(*made.content.caveats, sentence))), sentence
